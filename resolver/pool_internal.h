/* What encode.c builds and solve.c asks; nobody else sees libsolv. */
#ifndef PODLOCK_RESOLVER_POOL_INTERNAL_H
#define PODLOCK_RESOLVER_POOL_INTERNAL_H

#include "resolver/pool.h"

struct s_Pool;
struct s_Repo;
struct s_Solver;

/* Which option a solvable is, or of which it is the extra. */
struct pl_solvable_option {
    struct pl_pool_project *project;
    size_t option;
    struct pl_str extra; /* empty: the option itself */
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

/* Holds for every version of the option: a run may only allow more. */
bool pl_option_in(const struct pl_option *option,
                  const struct pl_specifier *specifier, bool inverted);
/* The two projects a rule is about; false unless both are in the pool. */
bool pl_pool_rule_sides(const struct pl_pool *pool,
                        const struct pl_abi_rule *rule,
                        struct pl_pool_project **package,
                        struct pl_pool_project **other);

#endif
