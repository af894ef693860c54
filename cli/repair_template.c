#include "cli/repair_template.h"

#include "cli/template_fit.h"
#include "core/clock.h"
#include "core/limits.h"

struct near {
    const struct pl_template *template;
    uint64_t distance; /* how unlike the one asked for */
};

typedef PL_VEC(struct near) near_vec;

/* ---- which ---- */

static bool is_of_container(const struct pl_reason *reason)
{
    switch (reason->kind) {
    case PL_REASON_FACT:
    case PL_REASON_RULE:
        return true;
    case PL_REASON_NEEDS:
        return reason->is_fact;
    case PL_REASON_EXCLUDED:
        return reason->why == PL_EXCLUDED_TAGS ||
               reason->why == PL_EXCLUDED_PYTHON ||
               reason->why == PL_EXCLUDED_VARIANT ||
               (reason->why == PL_EXCLUDED_CONSTRAINT && !reason->asked);
    case PL_REASON_ASKED:
    case PL_REASON_ABSENT:
    case PL_REASON_NO_MATCH:
        return false;
    }
    return false;
}

static bool may_help(const struct pl_setup *setup,
                     const struct pl_conflict *conflict)
{
    for (size_t i = 0; setup->has_template && i < conflict->count; i++)
        if (is_of_container(&conflict->reasons[i]))
            return true;
    return false;
}

/* 2.8.0 and 2.9.1 are one apart. */
static uint64_t torch_series(const struct pl_template *template)
{
    const struct pl_fact *torch = pl_template_fact(template, PL_STR("torch"));
    if (!torch || torch->version.release_count < 2)
        return 0;
    return torch->version.release[0] * 100 + torch->version.release[1];
}

static uint64_t distance(const struct pl_template *a,
                         const struct pl_template *b)
{
    struct pl_str maker = pl_str_sub(a->id, 0, pl_str_find(a->id, '-'));
    struct pl_str other = pl_str_sub(b->id, 0, pl_str_find(b->id, '-'));
    uint64_t x = torch_series(a), y = torch_series(b);
    uint64_t apart = x > y ? x - y : y - x;
    return (pl_str_eq(maker, other) ? 0 : 1u << 20) +
           (b->complete ? 0 : 1u << 19) + (apart < 1000 ? apart : 1000) * 8 +
           (pl_str_eq(a->torch_variant, b->torch_variant) ? 0 : 4) +
           (pl_str_eq(a->cuda, b->cuda) ? 0 : 2) +
           (pl_str_eq(a->env.python_version, b->env.python_version) ? 0 : 1);
}

/* The nearest first; of equals the last by id, which is the newest series. */
static void add_near(struct pl_arena *arena, near_vec *list, struct near added)
{
    pl_vec_push(arena, list, added);
    size_t at = list->len - 1;
    for (; at && list->at[at - 1].distance >= added.distance; at--)
        list->at[at] = list->at[at - 1];
    list->at[at] = added;
}

/* With the same Python and the same facts the same conflict stands there. */
static bool has_the_same(const struct pl_setup *setup,
                         const struct pl_conflict *conflict,
                         const struct pl_template *template)
{
    if (!pl_str_eq(setup->template.env.python_version,
                   template->env.python_version))
        return false;
    for (size_t i = 0; i < conflict->count; i++) {
        const struct pl_fact *fact = conflict->reasons[i].fact;
        const struct pl_fact *other =
            fact ? pl_template_fact(template, fact->name) : NULL;
        if (fact &&
            (!other || pl_version_cmp(&fact->version, &other->version) != 0))
            return false;
    }
    return true;
}

static void find_near(struct pl_arena *arena, const struct pl_setup *setup,
                      const struct pl_conflict *conflict, near_vec *out)
{
    const struct pl_template *asked = &setup->template;
    for (size_t i = 0; i < pl_template_shipped_count(); i++) {
        struct pl_template *template = pl_new(arena, struct pl_template);
        if (!pl_str_eq(pl_template_shipped_id(i), asked->id) &&
            pl_template_shipped(arena, i, template, NULL) &&
            !has_the_same(setup, conflict, template))
            add_near(arena, out,
                     (struct near){template, distance(asked, template)});
    }
    if (out->len > PL_MAX_REPAIR_TEMPLATES_TRIED)
        out->len = PL_MAX_REPAIR_TEMPLATES_TRIED;
}

/* ---- trying them ---- */

static bool try_template(struct pl_cli *cli,
                         const struct pl_resolve_options *options,
                         const struct pl_setup *setup,
                         const struct pl_repair_search *search,
                         const struct pl_template *template,
                         struct pl_repairs *repairs)
{
    PL_ARENA(scratch);
    struct pl_error err = {.arena = &scratch};
    struct pl_cli own = *cli;
    struct pl_setup timed = *setup;
    struct pl_fit fit;
    struct pl_repair repair = {
        .kind = PL_REPAIR_TEMPLATE,
        .text = pl_arena_printf(cli->arena, "--template %.*s",
                                PL_STR_ARG(template->id)),
        .value = template->id,
    };
    own.arena = &scratch;
    timed.problem.deadline_ns = pl_repair_deadline(search);
    search->report(search->user, &repair);
    if (!pl_template_fit(&own, options, &timed, template, &fit, &err)) {
        /* it may have been the index of this question */
        repairs->out_of_time |= err.code == PL_ERR_LIMIT;
        repairs->is_cut = err.code != PL_ERR_LIMIT && setup->index &&
                          !search->reopen(search->user);
        return false;
    }
    if (!fit.fits)
        return false;
    repair.packages = fit.packages;
    repair.replaced = fit.replaced;
    repair.download = fit.download;
    pl_repairs_add(cli->arena, repairs, repair);
    return true;
}

void pl_repairs_add_templates(struct pl_cli *cli,
                              const struct pl_resolve_options *options,
                              struct pl_setup *setup,
                              const struct pl_repair_search *search,
                              struct pl_repairs *repairs)
{
    near_vec near = {0};
    size_t found = 0;
    if (!may_help(setup, search->conflict))
        return;
    /*
     * Two indexes do not write to one cache at a time: this one writes what
     * it has learnt, and the next begins with that.
     */
    if (setup->cache) {
        pl_index_close(setup->index);
        setup->index = NULL;
    }
    find_near(cli->arena, setup, search->conflict, &near);
    for (size_t i = 0;
         i < near.len && found < PL_MAX_REPAIR_TEMPLATES && !repairs->is_cut;
         i++) {
        if (pl_clock_ns() >= search->deadline_ns) {
            repairs->out_of_time = true;
            return;
        }
        repairs->questions++;
        found += try_template(cli, options, setup, search, near.at[i].template,
                              repairs);
    }
}
