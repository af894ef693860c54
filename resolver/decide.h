/*
 * Which version of each package: the newest that leaves an answer.
 *
 * Names are decided one by one: those the user asks for in the order given,
 * then those their requirements bring in, breadth first, in the order stated;
 * last the replaced packages nobody reached, by name. For each the most
 * preferred option is taken with which the rest can still be met, given all
 * decided before. So the answer is the first one in that order, whatever the
 * solver itself would have preferred.
 *
 * Where an earlier answer has pins (pl_policy.pins), a name that can keep its
 * own is decided before those that cannot or have none, and a name that is to
 * be upgraded before both, each kind in that same order: so what is new adapts
 * to what was there, and what was there to what is upgraded.
 *
 * The solver's own answer is a witness: only where it differs from the best
 * must a better one be tried, and most of those fall to a look at the
 * requirements already decided.
 */
#ifndef PODLOCK_RESOLVER_DECIDE_H
#define PODLOCK_RESOLVER_DECIDE_H

#include "resolver/pool.h"

struct pl_decided {
    struct pl_project *project;
    size_t option;
    bool is_fact; /* it stays as it is */
};

typedef PL_VEC(struct pl_demand *) pl_demand_vec;

struct pl_decision {
    PL_VEC(struct pl_decided) order; /* every package reached */
    pl_demand_vec *imposed; /* what binds each project, by its number */
    uint32_t solves;
};

/*
 * What was refuted, kept between rounds: while the named projects are decided
 * within these candidates, no candidate of `project` before `bound` leaves an
 * answer. Reading more never makes it untrue; replacing another fact may, and
 * then all is forgotten.
 */
struct pl_refutation {
    struct pl_project *project;
    size_t bound;
    const struct pl_option *while_decided;
    size_t count;
};

struct pl_refutations {
    PL_VEC(struct pl_refutation) list;
    size_t generation; /* of the set of facts that stay */
};

/*
 * `jobs` and `chosen` are those of pl_keep_solve; both are changed. The
 * decision is a full answer of the pool.
 */
void pl_decide(struct pl_pool *pool, pl_job_vec *jobs, size_t *chosen,
               struct pl_refutations *known, struct pl_decision *out);

#endif
