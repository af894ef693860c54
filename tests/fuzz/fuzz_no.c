/* A problem as text that has no answer: its conflicts, and what lifts them. */
#include "core/clock.h"
#include "core/limits.h"
#include "resolver/conflict_text.h"
#include "resolver/conflicts.h"
#include "resolver/problem_text.h"
#include "resolver/refine.h"
#include "resolver/repair.h"
#include "tests/fuzz/fuzz.h"

#define MAX_BYTES 2000
#define MAX_NS (PL_SECOND_NS / 5)

static void tell(struct pl_arena *arena, const struct pl_problem *problem,
                 const struct pl_conflict *conflict)
{
    struct pl_error why = {.arena = arena};
    PL_BUF(message, PL_MAX_MESSAGE_BYTES);
    PL_FUZZ_WANT(conflict->count);
    pl_conflict_error(problem, conflict, &why);
    pl_error_print(&why, "error", false, &message);
    PL_FUZZ_WANT(pl_buf_view(&message).len);
}

static void look_for_repairs(struct pl_arena *arena,
                             const struct pl_problem_text *text,
                             const struct pl_conflict *conflict)
{
    struct pl_repairs repairs;
    const struct pl_repair_search search = {
        .problem = &text->problem,
        .index = text->index,
        .conflict = conflict,
        .max_download = UINT64_MAX,
        .deadline_ns = pl_clock_ns() + MAX_NS,
    };
    pl_repairs_find(&search, arena, &repairs);
    for (size_t i = 0; i < repairs.list.len; i++)
        PL_FUZZ_WANT(repairs.list.at[i].kind == PL_REPAIR_DROP ||
                     repairs.list.at[i].text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_problem_text text;
    struct pl_solution solution;
    struct pl_problem *problem = &text.problem;
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("fuzz"), pl_fuzz_text(data, size));
    if (size > MAX_BYTES || !pl_problem_text_read(&arena, source, &text, NULL))
        return 0;
    problem->deadline_ns = pl_clock_ns() + MAX_NS;
    if (!pl_problem_start(problem, NULL) ||
        !pl_refine(problem, text.index, (struct pl_str){0}, NULL, &solution,
                   NULL) ||
        solution.satisfiable)
        return 0;
    struct pl_conflicts conflicts =
        pl_conflicts_find(problem, text.index, solution.conflict);
    for (size_t i = 0; i < conflicts.list.len; i++)
        tell(&arena, problem, conflicts.list.at[i]);
    problem->deadline_ns = 0;
    look_for_repairs(&arena, &text, pl_conflicts_together(&arena, &conflicts));
    return 0;
}
