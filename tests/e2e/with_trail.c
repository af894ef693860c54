/*
 * podlock with a trail: a test program.
 *
 * Linked in the place of pl_refine, this one gives the search the trail in the
 * file PODLOCK_TEST_TRAIL, when there is one, and writes there what it leaves.
 */
#include <stdlib.h>

#include "core/file.h"
#include "core/limits.h"
#include "resolver/refine.h"

bool __real_pl_refine(struct pl_problem *problem, struct pl_index *index,
                      struct pl_str dump_dir, struct pl_trail *trail,
                      struct pl_solution *solution, struct pl_error *err);
bool __wrap_pl_refine(struct pl_problem *problem, struct pl_index *index,
                      struct pl_str dump_dir, struct pl_trail *trail,
                      struct pl_solution *solution, struct pl_error *err);

bool __wrap_pl_refine(struct pl_problem *problem, struct pl_index *index,
                      struct pl_str dump_dir, struct pl_trail *trail,
                      struct pl_solution *solution, struct pl_error *err)
{
    PL_BUF(next, PL_MAX_TRAIL_BYTES);
    struct pl_trail own = {.next = &next};
    struct pl_str path = pl_str_from(getenv("PODLOCK_TEST_TRAIL"));
    (void)trail;
    enum pl_file_state state;
    if (path.len && !pl_file_load(problem->arena, path, PL_MAX_TRAIL_BYTES,
                                  &own.earlier, &state, err))
        return false;
    if (!__real_pl_refine(problem, index, dump_dir, path.len ? &own : NULL,
                          solution, err))
        return false;
    return !path.len || !next.len || pl_str_eq(pl_buf_view(&next), own.earlier)
               ? true
               : pl_file_save(path, pl_buf_view(&next), err);
}
