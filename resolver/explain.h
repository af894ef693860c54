/*
 * Why the answer is no, short and true.
 *
 * The jobs of the solver's proof are reduced until none can be left out; what
 * remains is told in the user's own terms: the line of the file, the fact, the
 * rule, or why a project has no candidate at all.
 */
#ifndef PODLOCK_RESOLVER_EXPLAIN_H
#define PODLOCK_RESOLVER_EXPLAIN_H

#include "resolver/pool.h"

/* Fills *why with PL_ERR_NO; its span is a line of the user's. */
void pl_explain(struct pl_problem *problem, struct pl_pool *pool,
                const pl_job_vec *jobs, struct pl_core core,
                struct pl_error *why);

#endif
