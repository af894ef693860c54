/*
 * The search: abstraction and refinement (docs/search.md).
 *
 *     read the closure of the best matches
 *     repeat
 *         build the pool: loaded versions one by one, the others in runs
 *         find the fewest preinstalled packages to replace     (keep.h)
 *         decide versions, newest first, in order of discovery (decide.h)
 *         done when the answer holds no unread version, run or page
 *         else read what it held, load what its runs held
 *
 * An unread version is taken to require nothing, a run to satisfy whatever
 * one of its versions satisfies: both only ever allow more. So "no" is true as
 * soon as it is said, and an answer without them is a real one. The answer is
 * a function of the problem: it does not depend on the window, on what was
 * read by chance or on the solver's own preferences.
 */
#ifndef PODLOCK_RESOLVER_REFINE_H
#define PODLOCK_RESOLVER_REFINE_H

#include "resolver/problem.h"
#include "resolver/solution.h"
#include "resolver/trail.h"

/*
 * Runs the search. False only for errors that are no answer (index, limits);
 * an unsatisfiable problem gives true, solution->satisfiable false and the
 * conflict that makes it so. The dump directory, when not empty,
 * receives libsolv's testcase of the last pool. `trail` may be NULL.
 */
PL_MUST_CHECK bool pl_refine(struct pl_problem *problem, struct pl_index *index,
                             struct pl_str dump_dir, struct pl_trail *trail,
                             struct pl_solution *solution,
                             struct pl_error *err);

#endif
