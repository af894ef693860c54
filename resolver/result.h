/*
 * From a decision to the answer people read: who asked, what was replaced and
 * why, which rules mattered, which facts it relies on.
 */
#ifndef PODLOCK_RESOLVER_RESULT_H
#define PODLOCK_RESOLVER_RESULT_H

#include "resolver/decide.h"
#include "resolver/solution.h"

void pl_result_build(struct pl_problem *problem, const struct pl_pool *pool,
                     const struct pl_decision *decision,
                     struct pl_solution *out);

/* "requirements.in:2" or "pandas 2.1.4", for `via` and `because`. */
struct pl_str pl_result_where(struct pl_arena *arena,
                              const struct pl_asked *asked);

#endif
