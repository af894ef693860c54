#include "container/preflight_internal.h"

#include <stdarg.h>
#include <stdlib.h>

#include "core/escape.h"
#include "core/limits.h"
#include "pep/marker.h"

/* ---- what the themes share ---- */

struct pl_finding *pl_preflight_add(struct pl_preflight *p,
                                    enum pl_preflight_rule rule,
                                    struct pl_str package, const char *format,
                                    ...)
{
    PL_BUF(message, PL_MAX_MESSAGE_BYTES);
    va_list args;
    va_start(args, format);
    pl_buf_addv(&message, format, args);
    va_end(args);
    struct pl_finding *finding = pl_finding_add(
        &p->out->findings, &pl_preflight_rules[rule], (struct pl_span){0},
        "%.*s", PL_STR_ARG(pl_buf_view(&message)));
    finding->package = package;
    return finding;
}

void pl_preflight_name(struct pl_preflight_names *names, struct pl_str name,
                       struct pl_str rest)
{
    if (names->count++ >= PL_PREFLIGHT_NAMES)
        return;
    if (names->count == 1) {
        pl_buf_init(&names->text, PL_MAX_MESSAGE_BYTES);
        names->first = name;
    } else {
        pl_buf_add_cstr(&names->text, ", ");
    }
    pl_buf_add_str(&names->text, name);
    if (rest.len)
        pl_buf_addf(&names->text, " %.*s", PL_STR_ARG(rest));
}

struct pl_str pl_preflight_named(struct pl_preflight *p,
                                 struct pl_preflight_names *names)
{
    if (names->count > PL_PREFLIGHT_NAMES)
        pl_buf_addf(&names->text, " and %zu more",
                    names->count - PL_PREFLIGHT_NAMES);
    struct pl_str text = pl_arena_dup(p->arena, pl_buf_view(&names->text));
    pl_buf_finish(&names->text);
    return text;
}

const struct pl_expected *pl_preflight_expected(const struct pl_preflight *p,
                                                struct pl_str name)
{
    return pl_map_get(&p->expected, name);
}

bool pl_preflight_is(const struct pl_expected *expected,
                     const struct pl_installed *row)
{
    if (!expected->has_version)
        return true;
    return row->has_version &&
           pl_version_cmp(&row->version, &expected->version) == 0;
}

bool pl_preflight_matters(const struct pl_preflight *p, struct pl_str name)
{
    const struct pl_expected *expected = pl_preflight_expected(p, name);
    const struct pl_torch_project *project =
        pl_torch_family_find(p->q->family, name);
    if (expected && (expected->locked || expected->from != PL_EXPECT_TEMPLATE))
        return true;
    return pl_str_is(name, "torch") || (project && project->companion);
}

struct pl_str pl_preflight_word(struct pl_preflight *p, struct pl_str word)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_escape_shell(&text, word);
    return pl_arena_dup(p->arena, pl_buf_view(&text));
}

struct pl_str pl_preflight_pip(struct pl_preflight *p)
{
    if (!p->python->program.len)
        return PL_STR("pip");
    struct pl_str program = pl_preflight_word(p, p->python->program);
    return pl_arena_printf(p->arena, "%.*s -m pip", PL_STR_ARG(program));
}

/* What the line begins with is the image's default pip, maybe another's. */
struct pl_str pl_preflight_install(struct pl_preflight *p)
{
    struct pl_str line =
        pl_lock_install_line(p->arena, p->q->lock, p->q->lock_name);
    struct pl_str pip = pl_preflight_pip(p);
    return pl_arena_printf(p->arena, "%.*s%.*s", PL_STR_ARG(pip),
                           PL_STR_ARG(pl_str_sub(line, 3, line.len)));
}

bool pl_preflight_applies(const struct pl_preflight *p,
                          const struct pl_lock_package *package)
{
    const struct pl_marker *marker;
    if (!package->marker.len)
        return true;
    return p->has_env &&
           pl_marker_parse(p->arena, package->marker, &marker, NULL) &&
           pl_marker_eval(marker, &p->env, PL_STR(""));
}

/* ---- what is expected ---- */

static struct pl_expected *expect(struct pl_preflight *p, struct pl_str name,
                                  enum pl_expect_from from)
{
    void **slot = pl_map_slot(&p->expected, name);
    struct pl_expected *expected = *slot;
    if (!expected)
        *slot = expected = pl_new(p->arena, struct pl_expected);
    expected->name = name;
    expected->from = from;
    return expected;
}

static void expect_version(struct pl_preflight *p, struct pl_expected *expected,
                           struct pl_str text)
{
    expected->has_version =
        pl_version_parse_view(p->arena, text, &expected->version, NULL);
}

static void expect_all(struct pl_preflight *p)
{
    const struct pl_template *t = p->q->template;
    const struct pl_lock *lock = p->q->lock;
    for (size_t i = 0; t && i < t->fact_count; i++) {
        const struct pl_fact *fact = &t->facts[i];
        struct pl_expected *e = expect(p, fact->name, PL_EXPECT_TEMPLATE);
        e->fact = fact;
        e->locked = fact->protect == PL_PROTECT_LOCKED;
        e->has_version = true;
        e->version = fact->version;
    }
    for (size_t i = 0; lock && i < lock->provided_count; i++) {
        const struct pl_lock_provided *row = &lock->provided[i];
        struct pl_expected *e = expect(p, row->name, PL_EXPECT_PROVIDED);
        e->locked = e->locked || row->locked || pl_str_is(row->name, "torch");
        expect_version(p, e, row->version);
    }
    for (size_t i = 0; lock && i < lock->package_count; i++) {
        const struct pl_lock_package *package = &lock->packages[i];
        if (pl_preflight_applies(p, package))
            expect_version(p, expect(p, package->name, PL_EXPECT_LOCK),
                           package->version);
    }
}

/* ---- before or after? ---- */

static void count_installed(struct pl_preflight *p)
{
    for (size_t i = 0; i < p->expected.len; i++) {
        const struct pl_expected *e = p->expected.entries[i].value;
        if (e->from != PL_EXPECT_LOCK)
            continue;
        const struct pl_installed *row = pl_python_has(p->python, e->name);
        p->out->lock_packages++;
        p->out->lock_installed += row && pl_preflight_is(e, row);
    }
}

/*
 * An install that was cut short has left some; a lock of another day is
 * partly there already. Half of it tells the two apart well enough, and the
 * output says which was taken.
 */
static void find_when(struct pl_preflight *p)
{
    struct pl_preflight_verdict *out = p->out;
    size_t there = out->lock_installed, all = out->lock_packages;
    out->when = p->q->when;
    if (!p->q->lock) {
        out->when = PL_PREFLIGHT_FIND_OUT;
        out->why = PL_STR("there is no lock");
        return;
    }
    out->why = pl_arena_printf(p->arena, "%zu of %zu packages are installed",
                               there, all);
    if (out->when == PL_PREFLIGHT_FIND_OUT)
        out->when = 2 * there >= all ? PL_PREFLIGHT_AFTER : PL_PREFLIGHT_BEFORE;
    p->is_before = out->when == PL_PREFLIGHT_BEFORE;
    p->is_after = !p->is_before;
}

/* ---- the whole ---- */

static bool is_ignored(const struct pl_preflight_question *q,
                       const struct pl_finding *finding)
{
    return pl_str_in(pl_str_from(finding->rule->id), q->ignored,
                     q->ignored_count);
}

static void drop_ignored(struct pl_preflight *p)
{
    struct pl_findings *all = &p->out->findings;
    size_t kept = 0;
    for (size_t i = 0; i < all->list.len; i++)
        if (!is_ignored(p->q, &all->list.at[i]))
            all->list.at[kept++] = all->list.at[i];
    all->list.len = kept;
}

static int compare(const void *left, const void *right)
{
    const struct pl_finding *a = left, *b = right;
    if (a->level != b->level)
        return a->level > b->level ? -1 : 1;
    int order = strcmp(a->rule->id, b->rule->id);
    if (!order)
        order = pl_str_cmp(a->package, b->package);
    return order ? order : pl_str_cmp(a->told.message, b->told.message);
}

static void sort(struct pl_findings *all)
{
    if (all->list.len)
        qsort(all->list.at, all->list.len, sizeof(*all->list.at), compare);
}

static void find_torch(struct pl_preflight *p)
{
    p->torch = pl_python_has(p->python, PL_STR("torch"));
    if (p->torch)
        p->build =
            pl_torch_build_of(p->arena, p->c->tree, p->q->family, p->torch);
}

bool pl_preflight_check(struct pl_arena *arena,
                        const struct pl_preflight_question *q,
                        struct pl_preflight_verdict *out, struct pl_error *err)
{
    struct pl_preflight_verdict verdict = {.findings = {.arena = arena}};
    struct pl_preflight p = {.arena = arena,
                             .q = q,
                             .c = q->container,
                             .python = q->python,
                             .expected = {.arena = arena},
                             .out = &verdict};
    struct pl_str arch = p.c->arch.len ? p.c->arch : PL_STR("x86_64");
    struct pl_str glibc = p.c->glibc.len ? p.c->glibc : PL_STR("2.28");
    p.has_env =
        pl_env_make(arena, p.python->version, glibc, arch, &p.env, NULL);
    find_torch(&p);
    expect_all(&p);
    count_installed(&p);
    find_when(&p);
    pl_preflight_torch(&p);
    pl_preflight_packages(&p);
    pl_preflight_damage(&p);
    pl_preflight_system(&p);
    pl_preflight_pip_settings(&p);
    if (q->deep && !pl_preflight_deep(&p, err))
        return false;
    drop_ignored(&p);
    sort(&verdict.findings);
    *out = verdict;
    return true;
}
