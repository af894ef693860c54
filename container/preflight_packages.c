#include "container/preflight_internal.h"

/* ---- the lock's own packages ---- */

static void tell_missing(struct pl_preflight *p,
                         struct pl_preflight_names *missing)
{
    if (!missing->count)
        return;
    struct pl_str first = missing->first;
    size_t count = missing->count;
    struct pl_str names = pl_preflight_named(p, missing);
    struct pl_finding *f = pl_preflight_add(
        p, PL_PF202_NOT_INSTALLED, count == 1 ? first : PL_STR(""),
        count == 1 ? "%.*s is in the lock and not installed"
                   : "packages of the lock are not installed: %.*s",
        PL_STR_ARG(names));
    f->told.hint = pl_preflight_commands(p);
}

static void tell_differing(struct pl_preflight *p, const struct pl_expected *e,
                           const struct pl_installed *row)
{
    struct pl_finding *f = pl_preflight_add(
        p, PL_PF203_OTHER_VERSION, e->name, "%.*s is %.*s; the lock has %.*s",
        PL_STR_ARG(e->name), PL_STR_ARG(row->version_text),
        PL_STR_ARG(e->version.text));
    if (e->fact && row->has_version &&
        pl_version_cmp(&e->fact->version, &row->version) == 0)
        pl_error_because(&f->told, "it is still the image's: the lock was not "
                                   "installed over it");
    else
        pl_error_because(&f->told,
                         "a later install changed it, or a folder "
                         "before pip's hides the lock's: %.*s",
                         PL_STR_ARG(row->folder));
    f->told.hint = pl_preflight_commands(p);
}

static void check_lock(struct pl_preflight *p)
{
    struct pl_preflight_names missing = {0};
    for (size_t i = 0; i < p->expected.len; i++) {
        const struct pl_expected *e = p->expected.entries[i].value;
        const struct pl_installed *row = pl_python_has(p->python, e->name);
        if (e->from != PL_EXPECT_LOCK)
            continue;
        if (!row)
            pl_preflight_name(&missing, e->name, e->version.text);
        else if (!pl_preflight_is(e, row))
            tell_differing(p, e, row);
    }
    tell_missing(p, &missing);
}

/* ---- the image's ---- */

static void tell_relied_on(struct pl_preflight *p, const struct pl_expected *e,
                           const struct pl_installed *row)
{
    struct pl_finding *f =
        row ? pl_preflight_add(
                  p, PL_PF204_RELIED_ON, e->name,
                  "%.*s is %.*s; the lock relies on %.*s", PL_STR_ARG(e->name),
                  PL_STR_ARG(row->version_text), PL_STR_ARG(e->version.text))
            : pl_preflight_add(p, PL_PF204_RELIED_ON, e->name,
                               "%.*s is not installed; the lock relies on %.*s",
                               PL_STR_ARG(e->name),
                               PL_STR_ARG(e->version.text));
    struct pl_str pip = pl_preflight_pip(p);
    pl_error_because(&f->told,
                     "packages of the lock were chosen to fit it, and "
                     "the lock does not install it");
    pl_error_hint(&f->told, "%.*s install --no-deps %.*s==%.*s",
                  PL_STR_ARG(pip), PL_STR_ARG(e->name),
                  PL_STR_ARG(e->version.text));
}

static void tell_template(struct pl_preflight *p, enum pl_preflight_rule rule,
                          struct pl_preflight_names *names, const char *one,
                          const char *many)
{
    if (!names->count)
        return;
    struct pl_str first = names->first;
    size_t count = names->count;
    struct pl_str text = pl_preflight_named(p, names);
    struct pl_finding *f =
        pl_preflight_add(p, rule, count == 1 ? first : PL_STR(""), "%.*s %s",
                         PL_STR_ARG(text), count == 1 ? one : many);
    pl_error_because(&f->told,
                     "the template %.*s has %s; the lock does not "
                     "rely on %s",
                     PL_STR_ARG(p->q->template->id),
                     count == 1 ? "it so" : "them so",
                     count == 1 ? "it" : "them");
    f->told.hint =
        PL_STR("if the image is right: podlock snapshot -o image.toml, "
               "and resolve with --template image.toml");
}

static struct pl_str change_of(struct pl_preflight *p,
                               const struct pl_expected *e,
                               const struct pl_installed *row)
{
    return pl_arena_printf(p->arena, "%.*s (%.*s)",
                           PL_STR_ARG(row->version_text),
                           PL_STR_ARG(e->version.text));
}

static void check_image(struct pl_preflight *p)
{
    struct pl_preflight_names gone = {0}, changed = {0};
    for (size_t i = 0; i < p->expected.len; i++) {
        const struct pl_expected *e = p->expected.entries[i].value;
        const struct pl_installed *row = pl_python_has(p->python, e->name);
        if (e->from == PL_EXPECT_LOCK || e->locked ||
            (row && pl_preflight_is(e, row)))
            continue;
        if (e->from == PL_EXPECT_PROVIDED)
            tell_relied_on(p, e, row);
        else if (row)
            pl_preflight_name(&changed, e->name, change_of(p, e, row));
        else
            pl_preflight_name(&gone, e->name, PL_STR(""));
    }
    tell_template(p, PL_PF205_TEMPLATE_GONE, &gone, "is not installed",
                  "are not installed");
    tell_template(p, PL_PF206_TEMPLATE_CHANGED, &changed,
                  "is another than the image's", "are others than the image's");
}

static void check_facts(struct pl_preflight *p)
{
    const struct pl_lock *lock = p->q->lock;
    const struct pl_template *t = p->q->template;
    if (!lock || !lock->template_id.len)
        return;
    p->out->checks++;
    if (t && pl_str_eq(t->digest, lock->template_digest))
        return;
    struct pl_finding *f =
        t ? pl_preflight_add(p, PL_PF701_FACTS, PL_STR(""),
                             "the facts of %.*s are not those of the lock",
                             PL_STR_ARG(t->id))
          : pl_preflight_add(p, PL_PF701_FACTS, PL_STR(""),
                             "the template %.*s is not known here: only what "
                             "the lock relies on is compared",
                             PL_STR_ARG(lock->template_id));
    if (t)
        f->told.hint = PL_STR("podlock check says what differs");
    else
        f->told.hint = PL_STR("name its file: --template FILE");
}

/* ---- ABI rules ---- */

/* The version that is, or will be when the lock is installed. */
static bool version_of(const struct pl_preflight *p, struct pl_str name,
                       struct pl_version *out)
{
    const struct pl_expected *e = pl_preflight_expected(p, name);
    const struct pl_installed *row = pl_python_has(p->python, name);
    if (p->is_before && e && e->from == PL_EXPECT_LOCK && e->has_version) {
        *out = e->version;
        return true;
    }
    if (row && row->has_version)
        *out = row->version;
    return row && row->has_version;
}

static bool was_so(const struct pl_preflight *p, struct pl_str name,
                   const struct pl_version *version)
{
    const struct pl_expected *e = pl_preflight_expected(p, name);
    return e && e->fact && pl_version_cmp(&e->fact->version, version) == 0;
}

static void cure_rule(struct pl_preflight *p, const struct pl_abi_rule *rule,
                      const struct pl_version *b, struct pl_finding *f)
{
    struct pl_str pip = pl_preflight_pip(p);
    struct pl_str other =
        pl_arena_printf(p->arena, "%.*s%.*s", PL_STR_ARG(rule->other),
                        PL_STR_ARG(rule->other_versions.text));
    const struct pl_expected *e = pl_preflight_expected(p, rule->other);
    if (e && e->has_version && pl_version_cmp(&e->version, b) != 0)
        pl_error_hint(&f->told, "%.*s install --no-deps %.*s==%.*s",
                      PL_STR_ARG(pip), PL_STR_ARG(e->name),
                      PL_STR_ARG(e->version.text));
    else if (rule->is_requires)
        pl_error_hint(&f->told, "%.*s install --no-deps %.*s", PL_STR_ARG(pip),
                      PL_STR_ARG(pl_preflight_word(p, other)));
    else
        pl_error_hint(&f->told,
                      "another %.*s than %.*s, or another %.*s: podlock "
                      "resolve finds them",
                      PL_STR_ARG(rule->other),
                      PL_STR_ARG(rule->other_versions.text),
                      PL_STR_ARG(rule->package));
}

static void check_rule(struct pl_preflight *p, const struct pl_abi_rule *rule)
{
    struct pl_version a, b;
    if (!version_of(p, rule->package, &a) || !version_of(p, rule->other, &b) ||
        !pl_specifier_match(&rule->versions, &a) ||
        pl_specifier_match(&rule->other_versions, &b) == rule->is_requires)
        return;
    struct pl_finding *f = pl_preflight_add(
        p, PL_PF201_ABI, rule->package,
        "%.*s %.*s does not work with %.*s %.*s (rule %.*s)",
        PL_STR_ARG(rule->package), PL_STR_ARG(a.text), PL_STR_ARG(rule->other),
        PL_STR_ARG(b.text), PL_STR_ARG(rule->id));
    bool is_image = was_so(p, rule->package, &a) && was_so(p, rule->other, &b);
    if (is_image)
        f->level = PL_LEVEL_NOTE;
    else if (pl_str_is(rule->severity, "call"))
        f->level = PL_LEVEL_WARNING;
    pl_error_because(&f->told, "%.*s (%.*s)%s", PL_STR_ARG(rule->reason),
                     PL_STR_ARG(rule->evidence),
                     is_image ? "; the image came so" : "");
    cure_rule(p, rule, &b, f);
}

static void check_rules(struct pl_preflight *p)
{
    const struct pl_lock *lock = p->q->lock;
    p->out->checks++;
    for (size_t i = 0; i < p->q->rules->count; i++) {
        const struct pl_abi_rule *rule = &p->q->rules->rules[i];
        if (!lock ||
            !pl_str_in(rule->id, lock->ignored_rules, lock->ignored_rule_count))
            check_rule(p, rule);
    }
}

void pl_preflight_packages(struct pl_preflight *p)
{
    if (p->is_after) {
        check_lock(p);
        p->out->checks += 2;
    }
    if (p->expected.len) {
        check_image(p);
        p->out->checks += 3;
    }
    check_facts(p);
    check_rules(p);
}
