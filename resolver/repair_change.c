#include "resolver/repair_internal.h"

struct pl_line_list pl_line_list(struct pl_problem *problem,
                                 enum pl_repair_kind kind)
{
    if (kind == PL_REPAIR_CONSTRAINT)
        return (struct pl_line_list){&problem->constraints,
                                     &problem->constraint_count};
    if (kind == PL_REPAIR_OVERRIDE)
        return (struct pl_line_list){&problem->overrides,
                                     &problem->override_count};
    return (struct pl_line_list){&problem->asked, &problem->asked_count};
}

size_t pl_line_list_find(const struct pl_line_list *list,
                         const struct pl_asked *line)
{
    for (size_t i = 0; line && i < *list->count; i++) {
        const struct pl_asked *own = *list->at + i;
        if (own == line ||
            (line->span.source && own->span.source == line->span.source &&
             own->span.begin == line->span.begin))
            return i;
    }
    return *list->count;
}

/* The lists of a problem are shared with the one it was made of. */
static void change_line(const struct pl_change *change,
                        struct pl_problem *problem)
{
    struct pl_line_list list = pl_line_list(problem, change->list);
    size_t at = pl_line_list_find(&list, change->repair.asked), count = 0;
    struct pl_asked *lines =
        pl_new_array(problem->arena, struct pl_asked, *list.count + 1);
    for (size_t i = 0; i < *list.count; i++)
        if (i != at || change->repair.kind != PL_REPAIR_DROP)
            lines[count++] = (*list.at)[i];
    if (change->repair.kind != PL_REPAIR_DROP) {
        count += at == count;
        lines[at].req = change->requirement;
        lines[at].hash_count = 0;
    }
    *list.at = lines;
    *list.count = count;
}

static void leave_out_rule(const struct pl_abi_rule *rule,
                           struct pl_problem *problem)
{
    const struct pl_abi_rule **kept = pl_new_array(
        problem->arena, const struct pl_abi_rule *, problem->rule_count);
    size_t count = 0;
    for (size_t i = 0; i < problem->rule_count; i++)
        if (problem->rules[i] != rule)
            kept[count++] = problem->rules[i];
    problem->rules = kept;
    problem->rule_count = count;
}

typedef PL_VEC(struct pl_str) name_vec;

/* A list of the policy's with one more name, in memory of its own. */
#define ADD_NAME(arena, names, name)                                           \
    do {                                                                       \
        name_vec more = {0};                                                   \
        for (size_t i = 0; i < (names)->len; i++)                              \
            pl_vec_push((arena), &more, (names)->at[i]);                       \
        pl_vec_push((arena), &more, (name));                                   \
        (names)->at = more.at;                                                 \
        (names)->len = more.len;                                               \
        (names)->cap = more.cap;                                               \
    } while (0)

void pl_change_apply(const struct pl_change *change, struct pl_problem *problem)
{
    struct pl_policy *policy = &problem->policy;
    struct pl_format_control *control =
        change->wheels ? &policy->only_binary : &policy->no_binary;
    struct pl_str value = change->repair.value;
    switch (change->repair.kind) {
    case PL_REPAIR_REQUIREMENT:
    case PL_REPAIR_CONSTRAINT:
    case PL_REPAIR_OVERRIDE:
    case PL_REPAIR_DROP:
        change_line(change, problem);
        return;
    case PL_REPAIR_DATE:
        policy->exclude_newer = change->moment;
        return;
    case PL_REPAIR_PRERELEASE:
        policy->prerelease = PL_PRERELEASE_IF_NECESSARY_OR_EXPLICIT;
        return;
    case PL_REPAIR_SOURCE:
        ADD_NAME(problem->arena, &control->names, value);
        return;
    case PL_REPAIR_REPLACE:
        policy->replace = PL_REPLACE_IF_NEEDED;
        return;
    case PL_REPAIR_IGNORE_RULE:
        leave_out_rule(change->rule, problem);
        return;
    case PL_REPAIR_ALLOW_REPLACE:
        ADD_NAME(problem->arena, &policy->allow_replace, value);
        return;
    case PL_REPAIR_ALLOW_BREAK:
        ADD_NAME(problem->arena, &policy->allow_break, value);
        return;
    case PL_REPAIR_TEMPLATE:
        return;
    }
}
