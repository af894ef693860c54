/* What encode.c builds and solve.c asks; nobody else sees libsolv. */
#ifndef PODLOCK_RESOLVER_POOL_INTERNAL_H
#define PODLOCK_RESOLVER_POOL_INTERNAL_H

#include "resolver/pool.h"

struct s_Pool;
struct s_Repo;
struct s_Solver;

/* Which option a solvable is; extras' solvables have none. */
struct pl_solvable_option {
    struct pl_pool_project *project;
    size_t option;
};

struct pl_pool {
    struct pl_problem *problem;
    struct pl_arena *arena; /* of the round */
    struct s_Pool *pool;
    struct s_Repo *repo;
    struct s_Solver *solver; /* kept between solves: its rules are reused */
    /* By number of project; NULL: it does not matter this round. */
    PL_VEC(struct pl_pool_project *) by_number;
    PL_VEC(struct pl_pool_project *) projects; /* in order of activation */
    PL_VEC(int) demand_ids; /* by number of demand; 0: does not matter */
    PL_VEC(struct pl_solvable_option) by_solvable;
    PL_VEC(int) favoured; /* solvables to try first */
    int first_solvable;
};

#endif
