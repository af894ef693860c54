#include "core/limits.h"
#include "resolver/repair_internal.h"

struct suggester {
    const struct pl_problem *problem;
    struct pl_arena *arena;
    pl_change_vec *out;
};

static bool is_same_change(const struct pl_repair *a, const struct pl_repair *b)
{
    return a->kind == b->kind && a->asked == b->asked &&
           pl_str_eq(a->text, b->text);
}

static void suggest(struct suggester *s, struct pl_change change)
{
    for (size_t i = 0; i < s->out->len; i++)
        if (is_same_change(&s->out->at[i].repair, &change.repair))
            return;
    if (s->out->len < PL_MAX_REPAIR_QUESTIONS)
        pl_vec_push(s->arena, s->out, change);
}

static void suggest_option(struct suggester *s, enum pl_repair_kind kind,
                           const char *option, struct pl_str value)
{
    suggest(s, (struct pl_change){.repair = {.kind = kind,
                                             .text = pl_arena_printf(
                                                 s->arena, "--%s %.*s", option,
                                                 PL_STR_ARG(value)),
                                             .value = value}});
}

/* ---- lines ---- */

static void suggest_line(struct suggester *s, enum pl_repair_kind kind,
                         const struct pl_asked *told)
{
    struct pl_problem copy = *s->problem;
    struct pl_line_list list = pl_line_list(&copy, kind);
    size_t at = pl_line_list_find(&list, told);
    if (at == *list.count)
        return;
    const struct pl_asked *asked = *list.at + at;
    pl_requirement_vec wider = {0};
    struct pl_change change = {
        .repair = {.kind = kind, .value = asked->req.name, .asked = asked},
        .list = kind,
    };
    pl_repair_widen(s->arena, asked, &wider);
    for (size_t i = 0; i < wider.len; i++) {
        change.repair.text = wider.at[i].text;
        change.requirement = wider.at[i];
        suggest(s, change);
    }
    change.repair.kind = PL_REPAIR_DROP;
    change.repair.text = (struct pl_str){0};
    suggest(s, change);
}

/* What a requirement says is not what counts where it is overridden. */
static void suggest_overrides(struct suggester *s, struct pl_str name)
{
    const struct pl_problem *problem = s->problem;
    for (size_t i = 0; i < problem->override_count; i++)
        if (pl_str_eq(problem->overrides[i].req.name, name))
            suggest_line(s, PL_REPAIR_OVERRIDE, &problem->overrides[i]);
}

/* ---- what the index has and may not be used ---- */

static const struct pl_asked *line_about(const struct pl_problem *problem,
                                         struct pl_str name)
{
    for (size_t i = 0; i < problem->asked_count; i++)
        if (pl_str_eq(problem->asked[i].req.name, name))
            return &problem->asked[i];
    return NULL;
}

/* A yanked version is taken when a line pins it. */
static void suggest_yanked(struct suggester *s, const struct pl_reason *reason)
{
    struct pl_str name = reason->project->name;
    const struct pl_asked *line = line_about(s->problem, name);
    const struct pl_requirement bare = {
        .text = name, .written_name = name, .name = name};
    if (!reason->range_count)
        return;
    struct pl_str version =
        pl_version_text(s->arena, reason->ranges[reason->range_count - 1].last);
    struct pl_change change = {
        .repair = {.kind = PL_REPAIR_REQUIREMENT, .value = name, .asked = line},
        .list = PL_REPAIR_REQUIREMENT};
    struct pl_str pin =
        pl_arena_printf(s->arena, "==%.*s", PL_STR_ARG(version));
    if (!pl_repair_respecify(s->arena, line ? &line->req : &bare, pin,
                             &change.requirement))
        return;
    change.repair.text = change.requirement.text;
    suggest(s, change);
}

static bool is_listed(const struct pl_format_control *control,
                      struct pl_str name)
{
    return pl_str_in(name, control->names.at, control->names.len);
}

/* The name in the other list comes before :all:, not before itself. */
static void suggest_format(struct suggester *s, struct pl_str name, bool wheels)
{
    const struct pl_policy *policy = &s->problem->policy;
    const char *option = wheels ? "only-binary" : "no-binary";
    if (is_listed(wheels ? &policy->no_binary : &policy->only_binary, name))
        return;
    suggest(s, (struct pl_change){
                   .repair = {.kind = PL_REPAIR_SOURCE,
                              .text = pl_arena_printf(s->arena, "--%s %.*s",
                                                      option, PL_STR_ARG(name)),
                              .value = name},
                   .wheels = wheels});
}

/* repair.c finds the day. */
static void suggest_date(struct suggester *s)
{
    suggest(s, (struct pl_change){.repair = {.kind = PL_REPAIR_DATE}});
}

static void suggest_excluded(struct suggester *s,
                             const struct pl_reason *reason)
{
    switch (reason->why) {
    case PL_EXCLUDED_CONSTRAINT:
        if (reason->asked)
            suggest_line(s, PL_REPAIR_CONSTRAINT, reason->asked);
        return;
    case PL_EXCLUDED_NEWER:
        suggest_date(s);
        return;
    case PL_EXCLUDED_PRERELEASE:
        suggest_option(s, PL_REPAIR_PRERELEASE, "prerelease",
                       PL_STR("if-necessary-or-explicit"));
        return;
    case PL_EXCLUDED_SOURCE:
        suggest_format(s, reason->project->name, false);
        return;
    case PL_EXCLUDED_WHEEL:
        suggest_format(s, reason->project->name, true);
        return;
    case PL_EXCLUDED_YANKED:
        suggest_yanked(s, reason);
        return;
    /* Hashes are there to be kept; for the others there are templates. */
    case PL_EXCLUDED_TAGS:
    case PL_EXCLUDED_PYTHON:
    case PL_EXCLUDED_HASH:
    case PL_EXCLUDED_OTHER_HASH:
    case PL_EXCLUDED_VARIANT:
    case PL_EXCLUDED_METADATA:
    case PL_EXCLUSION_COUNT:
        return;
    }
}

/* ---- reasons ---- */

static void suggest_fact(struct suggester *s, const struct pl_reason *reason)
{
    switch (reason->holds) {
    case PL_HOLDS_LOCKED:
        suggest_option(s, PL_REPAIR_ALLOW_REPLACE, "allow-replace",
                       reason->fact->name);
        return;
    case PL_HOLDS_NEVER:
        suggest_option(s, PL_REPAIR_REPLACE, "replace", PL_STR("if-needed"));
        return;
    case PL_HOLDS_PRESENT:
        return;
    }
}

static void suggest_rule(struct suggester *s, const struct pl_abi_rule *rule)
{
    suggest(s, (struct pl_change){.repair = {.kind = PL_REPAIR_IGNORE_RULE,
                                             .text = pl_arena_printf(
                                                 s->arena, "--ignore-rule %.*s",
                                                 PL_STR_ARG(rule->id)),
                                             .value = rule->id},
                                  .rule = rule});
}

static void suggest_needs(struct suggester *s, const struct pl_reason *reason)
{
    if (reason->is_fact)
        suggest_option(s, PL_REPAIR_ALLOW_BREAK, "allow-break",
                       reason->project->name);
    for (size_t i = 0; i < reason->demand_count; i++)
        suggest_overrides(s, reason->demands[i]->project->name);
}

static void suggest_for(struct suggester *s, const struct pl_reason *reason)
{
    switch (reason->kind) {
    case PL_REASON_ASKED:
        suggest_line(s, PL_REPAIR_REQUIREMENT, reason->asked);
        suggest_overrides(s, reason->asked->req.name);
        return;
    case PL_REASON_FACT:
        suggest_fact(s, reason);
        return;
    case PL_REASON_RULE:
        suggest_rule(s, reason->rule);
        return;
    case PL_REASON_NEEDS:
        suggest_needs(s, reason);
        return;
    case PL_REASON_EXCLUDED:
        suggest_excluded(s, reason);
        return;
    case PL_REASON_ABSENT:
    case PL_REASON_NO_MATCH:
        return;
    }
}

void pl_repair_suggest(const struct pl_problem *problem,
                       const struct pl_conflict *conflict,
                       struct pl_arena *arena, pl_change_vec *out)
{
    pl_change_vec all = {0};
    struct suggester s = {problem, arena, &all};
    for (size_t i = 0; i < conflict->count; i++)
        suggest_for(&s, &conflict->reasons[i]);
    for (unsigned kind = 0; kind <= PL_REPAIR_DROP; kind++)
        for (size_t i = 0; i < all.len; i++)
            if (all.at[i].repair.kind == kind)
                pl_vec_push(arena, out, all.at[i]);
}
