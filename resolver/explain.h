/*
 * Why the answer is no: from the solver's proof to a conflict.
 *
 * The proof is reduced until nothing can be left out (proof.h); what remains
 * is told as a tree, from the user's lines and the template's facts down to
 * what stands against them. The conflict is minimal for what the pool knows.
 * That leaving out a leaf really makes the rest possible needs a search of its
 * own: see conflicts.h.
 */
#ifndef PODLOCK_RESOLVER_EXPLAIN_H
#define PODLOCK_RESOLVER_EXPLAIN_H

#include "resolver/conflict.h"
#include "resolver/pool.h"

/* `core` is of these jobs, and impossible in this pool. */
const struct pl_conflict *pl_explain(struct pl_problem *problem,
                                     struct pl_pool *pool,
                                     const pl_job_vec *jobs,
                                     const struct pl_core *core);

#endif
