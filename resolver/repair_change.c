#include "resolver/repair_internal.h"

struct line_list {
    const struct pl_asked **at;
    size_t *count;
};

/* Which list the line stands in; `at` NULL: in none. */
static struct line_list list_of(struct pl_problem *problem,
                                const struct pl_asked *asked)
{
    const struct line_list lists[] = {
        {&problem->asked, &problem->asked_count},
        {&problem->constraints, &problem->constraint_count},
        {&problem->overrides, &problem->override_count},
    };
    for (size_t l = 0; l < PL_COUNT(lists); l++)
        for (size_t i = 0; i < *lists[l].count; i++)
            if (asked == *lists[l].at + i)
                return lists[l];
    return (struct line_list){0};
}

/* The lists of a problem are shared with the one it was made of. */
static void change_line(const struct pl_change *change,
                        struct pl_problem *problem, bool drop)
{
    const struct pl_asked *line = change->repair.asked;
    struct line_list list = list_of(problem, line);
    if (!list.at)
        list = (struct line_list){&problem->asked, &problem->asked_count};
    struct pl_asked *lines =
        pl_new_array(problem->arena, struct pl_asked, *list.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < *list.count; i++)
        if (*list.at + i != line) {
            lines[count++] = (*list.at)[i];
        } else if (!drop) {
            lines[count] = *line;
            lines[count].req = change->requirement;
            lines[count++].hash_count = 0;
        }
    if (!line)
        lines[count++] = (struct pl_asked){.req = change->requirement};
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
        change_line(change, problem, false);
        return;
    case PL_REPAIR_DROP:
        change_line(change, problem, true);
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
