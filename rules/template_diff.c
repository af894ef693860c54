#include "rules/template_diff.h"

#include <stdlib.h>

#include "core/limits.h"

struct differ {
    struct pl_arena *arena;
    const struct pl_template *from, *to;
    struct pl_template_diff *out;
};

/* ---- requirements: a set, however it is spelt ---- */

static int compare_strs(const void *left, const void *right)
{
    return pl_str_cmp(*(const struct pl_str *)left,
                      *(const struct pl_str *)right);
}

static struct pl_str *print_sorted(struct pl_arena *arena,
                                   const struct pl_fact *fact)
{
    struct pl_str *texts =
        pl_new_array(arena, struct pl_str, fact->require_count);
    for (size_t i = 0; i < fact->require_count; i++) {
        PL_BUF(text, PL_MAX_OUTPUT_BYTES);
        pl_requirement_print(&fact->requires[i], &text);
        texts[i] = pl_arena_dup(arena, pl_buf_view(&text));
    }
    if (fact->require_count)
        qsort(texts, fact->require_count, sizeof(*texts), compare_strs);
    return texts;
}

static bool same_requires(const struct pl_fact *a, const struct pl_fact *b)
{
    PL_ARENA(scratch);
    if (!a->requires_known || !b->requires_known)
        return true;
    if (a->require_count != b->require_count)
        return false;
    struct pl_str *left = print_sorted(&scratch, a);
    struct pl_str *right = print_sorted(&scratch, b);
    for (size_t i = 0; i < a->require_count; i++)
        if (!pl_str_eq(left[i], right[i]))
            return false;
    return true;
}

/* ---- packages ---- */

static bool is_unknown(const struct pl_template *t, struct pl_str name)
{
    return pl_str_in(name, t->unknown, t->unknown_count);
}

/* Who knows no package folder cannot tell what is the distribution's. */
static bool knows_os(const struct pl_template *t)
{
    return t->site_package_count != 0;
}

static bool protect_differs(const struct differ *d, const struct pl_fact *from,
                            const struct pl_fact *to)
{
    if (knows_os(d->from) && knows_os(d->to))
        return from->protect != to->protect;
    return (from->protect == PL_PROTECT_LOCKED) !=
           (to->protect == PL_PROTECT_LOCKED);
}

static void push(struct differ *d, enum pl_template_change_kind kind,
                 const struct pl_fact *from, const struct pl_fact *to)
{
    struct pl_template_change change = {.kind = kind, .from = from, .to = to};
    change.group = from ? from->protect : to->protect;
    if (from && to) {
        change.protect_differs = protect_differs(d, from, to);
        change.requires_differ = !same_requires(from, to);
    }
    pl_vec_push(d->arena, &d->out->changes, change);
}

static void add_new(struct differ *d, const struct pl_fact *to)
{
    if (is_unknown(d->from, to->name))
        return;
    if (d->from->complete)
        push(d, PL_TEMPLATE_ADDED, NULL, to);
    else
        d->out->unlisted++;
}

static void add_gone(struct differ *d, const struct pl_fact *from)
{
    if (is_unknown(d->to, from->name))
        return;
    if (d->to->complete)
        push(d, PL_TEMPLATE_GONE, from, NULL);
    else
        d->out->unseen++;
}

static void add_both(struct differ *d, const struct pl_fact *from,
                     const struct pl_fact *to)
{
    int order = pl_version_cmp(&from->version, &to->version);
    if (order)
        push(d, order < 0 ? PL_TEMPLATE_UPGRADED : PL_TEMPLATE_DOWNGRADED, from,
             to);
    else if (protect_differs(d, from, to) || !same_requires(from, to))
        push(d, PL_TEMPLATE_CHANGED, from, to);
}

static void add_packages(struct differ *d)
{
    const struct pl_template *a = d->from, *b = d->to;
    size_t i = 0, k = 0;
    while (i < a->fact_count || k < b->fact_count) {
        int order = i == a->fact_count ? 1
                    : k == b->fact_count
                        ? -1
                        : pl_str_cmp(a->facts[i].name, b->facts[k].name);
        if (order < 0)
            add_gone(d, &a->facts[i++]);
        else if (order > 0)
            add_new(d, &b->facts[k++]);
        else
            add_both(d, &a->facts[i++], &b->facts[k++]);
    }
}

static struct pl_str name_of(const struct pl_template_change *change)
{
    return change->from ? change->from->name : change->to->name;
}

static int compare_changes(const void *left, const void *right)
{
    const struct pl_template_change *a = left, *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return pl_str_cmp(name_of(a), name_of(b));
}

/* ---- the environment ---- */

static void add_value(struct differ *d, const char *key, struct pl_str from,
                      struct pl_str to)
{
    if (!pl_str_eq(from, to))
        pl_vec_push(d->arena, &d->out->environment,
                    (struct pl_template_value){key, from, to});
}

/* What one of them does not say may be anything. */
static void add_said(struct differ *d, const char *key, struct pl_str from,
                     struct pl_str to)
{
    if (from.len && to.len)
        add_value(d, key, from, to);
}

static struct pl_str joined(struct pl_arena *arena, const struct pl_str *at,
                            size_t count)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    for (size_t i = 0; i < count; i++) {
        pl_buf_add_cstr(&text, i ? ", " : "");
        pl_buf_add_str(&text, at[i]);
    }
    return pl_arena_dup(arena, pl_buf_view(&text));
}

static struct pl_str constraints_of(struct pl_arena *arena,
                                    const struct pl_template *t)
{
    struct pl_str *texts =
        pl_new_array(arena, struct pl_str, t->constraint_count);
    for (size_t i = 0; i < t->constraint_count; i++)
        texts[i] = t->constraints[i].text;
    return joined(arena, texts, t->constraint_count);
}

static void add_target(struct differ *d)
{
    const struct pl_env *a = &d->from->env, *b = &d->to->env;
    bool patch = a->patch_known && b->patch_known;
    add_value(d, "python", patch ? a->python_full : a->python_version,
              patch ? b->python_full : b->python_version);
    if (!d->from->glibc_assumed && !d->to->glibc_assumed)
        add_value(
            d, "glibc",
            pl_arena_printf(d->arena, "%u.%u", a->glibc_major, a->glibc_minor),
            pl_arena_printf(d->arena, "%u.%u", b->glibc_major, b->glibc_minor));
    add_value(d, "arch", a->arch, b->arch);
}

static void add_folders(struct differ *d)
{
    const struct pl_template *a = d->from, *b = d->to;
    add_said(d, "site-packages",
             joined(d->arena, a->site_packages, a->site_package_count),
             joined(d->arena, b->site_packages, b->site_package_count));
    add_value(d, "externally-managed",
              a->externally_managed ? PL_STR("true") : PL_STR("false"),
              b->externally_managed ? PL_STR("true") : PL_STR("false"));
}

static void add_environment(struct differ *d)
{
    const struct pl_template *a = d->from, *b = d->to;
    struct pl_arena *arena = d->arena;
    add_target(d);
    add_said(d, "os", a->os, b->os);
    add_said(d, "cuda", a->cuda, b->cuda);
    add_said(d, "torch-index", a->torch_variant, b->torch_variant);
    if (!a->glibc_assumed && !b->glibc_assumed)
        add_folders(d);
    add_said(d, "pip-settings",
             joined(arena, a->pip_settings, a->pip_setting_count),
             joined(arena, b->pip_settings, b->pip_setting_count));
    add_value(d, "constraints", constraints_of(arena, a),
              constraints_of(arena, b));
}

/* ---- the whole ---- */

void pl_template_diff(struct pl_arena *arena, const struct pl_template *from,
                      const struct pl_template *to,
                      struct pl_template_diff *out)
{
    struct differ d = {arena, from, to, out};
    *out = (struct pl_template_diff){0};
    add_environment(&d);
    add_packages(&d);
    if (out->changes.len)
        qsort(out->changes.at, out->changes.len, sizeof(*out->changes.at),
              compare_changes);
}

const char *pl_template_change_name(enum pl_template_change_kind kind)
{
    switch (kind) {
    case PL_TEMPLATE_ADDED:
        return "added";
    case PL_TEMPLATE_GONE:
        return "gone";
    case PL_TEMPLATE_UPGRADED:
        return "upgraded";
    case PL_TEMPLATE_DOWNGRADED:
        return "downgraded";
    case PL_TEMPLATE_CHANGED:
        break;
    }
    return "changed";
}
