#include "resolver/conflicts.h"

#include "core/limits.h"
#include "resolver/refine.h"

struct finder {
    struct pl_problem *problem;
    struct pl_index *index;
    struct pl_conflicts out;
};

/* ---- a question with fewer inputs that bind ---- */

struct question {
    struct pl_lifted lifted;
    PL_VEC(const struct pl_abi_rule *) rules;
};

static size_t fact_count(const struct pl_problem *problem)
{
    return problem->template ? problem->template->fact_count : 0;
}

static bool *all_true(struct pl_arena *arena, size_t count)
{
    bool *array = pl_new_array(arena, bool, count + 1);
    memset(array, true, count);
    return array;
}

/* One in which nothing binds yet. */
static struct question nothing_asked(const struct pl_problem *problem,
                                     struct pl_arena *arena)
{
    return (struct question){
        .lifted = {
            .asked = all_true(arena, problem->asked_count),
            .constraints = all_true(arena, problem->constraint_count),
            .facts = all_true(arena, fact_count(problem)),
            .exclusions = true,
        }};
}

/* Not a constraint of the template: that is part of the image. */
static bool is_leaf(const struct pl_reason *reason)
{
    if (reason->kind == PL_REASON_EXCLUDED)
        return reason->asked || reason->why != PL_EXCLUDED_CONSTRAINT;
    return reason->kind == PL_REASON_ASKED || reason->kind == PL_REASON_FACT ||
           reason->kind == PL_REASON_RULE;
}

/* One leaf may be told of several times. */
static bool is_same(const struct pl_reason *a, const struct pl_reason *b)
{
    return a->kind == b->kind && a->asked == b->asked && a->fact == b->fact &&
           a->rule == b->rule &&
           (a->kind != PL_REASON_EXCLUDED || a->asked ||
            (a->why == b->why && a->project == b->project));
}

static void bind(const struct pl_problem *problem, struct pl_arena *arena,
                 const struct pl_reason *leaf, struct question *question)
{
    struct pl_lifted *lifted = &question->lifted;
    if (leaf->kind == PL_REASON_ASKED)
        lifted->asked[leaf->asked - problem->asked] = false;
    else if (leaf->kind == PL_REASON_FACT)
        lifted->facts[leaf->fact - problem->template->facts] = false;
    else if (leaf->kind == PL_REASON_RULE)
        pl_vec_push(arena, &question->rules, leaf->rule);
    else if (leaf->asked)
        lifted->constraints[leaf->asked - problem->constraints] = false;
    else
        pl_vec_push(arena, &lifted->kept_exclusions,
                    (struct pl_kept_exclusion){leaf->project->name, leaf->why});
}

enum answer { ANSWER_YES, ANSWER_NO, ANSWER_FAILED };

/* *conflict is set by a no, unless it is NULL. */
static enum answer ask(const struct finder *f, const struct question *question,
                       struct pl_arena *arena,
                       const struct pl_conflict **conflict)
{
    struct pl_problem *again = pl_new(arena, struct pl_problem);
    struct pl_solution solution;
    *again = pl_problem_again(f->problem, arena);
    again->lifted = question->lifted;
    again->rules = question->rules.at;
    again->rule_count = question->rules.len;
    again->any_answer = true;
    again->is_unexplained = !conflict;
    pl_index_begin_again(f->index);
    if (!pl_problem_start(again, NULL) ||
        !pl_refine(again, f->index, (struct pl_str){0}, NULL, &solution, NULL))
        return ANSWER_FAILED;
    if (solution.satisfiable)
        return ANSWER_YES;
    if (conflict)
        *conflict = solution.conflict;
    return ANSWER_NO;
}

/* ---- one conflict ---- */

/* Asks without each leaf; a smaller conflict takes the place of this one. */
static const struct pl_conflict *smaller(const struct finder *f,
                                         const struct pl_conflict *conflict)
{
    for (size_t out = 0; out < conflict->count; out++) {
        PL_ARENA(scratch);
        if (!is_leaf(&conflict->reasons[out]))
            continue;
        struct pl_arena *arena = f->problem->arena;
        struct question question = nothing_asked(f->problem, arena);
        for (size_t i = 0; i < conflict->count; i++)
            if (is_leaf(&conflict->reasons[i]) &&
                !is_same(&conflict->reasons[i], &conflict->reasons[out]))
                bind(f->problem, arena, &conflict->reasons[i], &question);
        const struct pl_conflict *found;
        if (ask(f, &question, &scratch, NULL) == ANSWER_NO &&
            ask(f, &question, arena, &found) == ANSWER_NO)
            return found;
    }
    return NULL;
}

static const struct pl_conflict *smallest(const struct finder *f,
                                          const struct pl_conflict *conflict)
{
    for (;;) {
        const struct pl_conflict *found = smaller(f, conflict);
        if (!found)
            return conflict;
        conflict = found;
    }
}

/* ---- others ---- */

/* Everything binds but the lines that conflicts have named so far. */
static bool set_lines_aside(struct finder *f, const struct pl_conflict *last,
                            struct question *question)
{
    bool any = false;
    for (size_t i = 0; i < last->count; i++)
        if (last->reasons[i].kind == PL_REASON_ASKED) {
            question->lifted.asked[last->reasons[i].asked - f->problem->asked] =
                true;
            any = true;
        }
    return any;
}

/* As the lines stand that they blame; last the template's own. */
static int compare_lines(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)(*(const struct pl_conflict *const *)a)->blamed;
    uintptr_t y = (uintptr_t)(*(const struct pl_conflict *const *)b)->blamed;
    return (x - 1 > y - 1) - (x - 1 < y - 1); /* NULL is the greatest */
}

static struct pl_conflicts find_all(struct pl_problem *problem,
                                    struct pl_index *index,
                                    const struct pl_conflict *first)
{
    struct pl_arena *arena = problem->arena;
    struct finder f = {.problem = problem, .index = index};
    struct question rest = {
        .lifted.asked = pl_new_array(arena, bool, problem->asked_count + 1)};
    for (size_t i = 0; i < problem->rule_count; i++)
        pl_vec_push(arena, &rest.rules, problem->rules[i]);
    for (const struct pl_conflict *next = first;;) {
        next = smallest(&f, next);
        pl_vec_push(arena, &f.out.list, next);
        f.out.may_have_more = f.out.list.len == PL_MAX_CONFLICTS;
        if (f.out.may_have_more || !set_lines_aside(&f, next, &rest))
            return f.out;
        enum answer answer = ask(&f, &rest, arena, &next);
        f.out.may_have_more = answer == ANSWER_FAILED;
        if (answer != ANSWER_NO)
            return f.out;
    }
}

struct pl_conflicts pl_conflicts_find(struct pl_problem *problem,
                                      struct pl_index *index,
                                      const struct pl_conflict *first)
{
    struct pl_conflicts found = find_all(problem, index, first);
    qsort(found.list.at, found.list.len, sizeof(found.list.at[0]),
          compare_lines);
    return found;
}

const struct pl_conflict *
pl_conflicts_together(struct pl_arena *arena,
                      const struct pl_conflicts *conflicts)
{
    const struct pl_conflict *first = conflicts->list.at[0];
    PL_VEC(struct pl_reason) reasons = {0};
    if (conflicts->list.len == 1)
        return first;
    for (size_t c = 0; c < conflicts->list.len; c++)
        for (size_t i = 0; i < conflicts->list.at[c]->count; i++)
            pl_vec_push(arena, &reasons, conflicts->list.at[c]->reasons[i]);
    struct pl_conflict *all = pl_new(arena, struct pl_conflict);
    *all = (struct pl_conflict){reasons.at, reasons.len, first->blamed};
    return all;
}
