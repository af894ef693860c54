/*
 * The answer of a search, as values.
 *
 * Lives in the arena of the problem. Packages stand by name; `via` lists who
 * asked ("requirements.in:2", "pandas"), sorted.
 */
#ifndef PODLOCK_RESOLVER_SOLUTION_H
#define PODLOCK_RESOLVER_SOLUTION_H

#include "resolver/conflict.h"
#include "resolver/problem.h"

struct pl_chosen {
    struct pl_project *project;
    struct pl_candidate *candidate; /* never a fact */
    struct pl_str version;          /* normal form */
    const struct pl_str *extras;    /* requested, sorted */
    size_t extra_count;
    const struct pl_str *via;
    size_t via_count;
    const struct pl_str *dependencies; /* names also chosen, sorted */
    size_t dependency_count;
    const struct pl_str
        *rules; /* ids of ABI rules that ruled out better ones */
    size_t rule_count;
    const struct pl_fact *replaces; /* NULL: new */
    struct pl_str because;          /* why the fact could not stay */
};

struct pl_kept {
    const struct pl_fact *fact;
    bool relied_on;           /* a requirement of the answer leads to it */
    const struct pl_str *via; /* who asked */
    size_t via_count;
};

struct pl_search_stats {
    uint32_t rounds;       /* solve, then read what the answer lacked */
    uint32_t solves;       /* calls of the solver */
    uint32_t largest_pool; /* solvables */
    uint64_t solver_ns;    /* building pools and solving */
};

struct pl_solution {
    bool satisfiable;
    const struct pl_conflict *conflict; /* NULL when it is satisfiable */
    const struct pl_chosen *chosen;
    size_t chosen_count;
    const struct pl_kept *kept; /* facts that stay, by name */
    size_t kept_count;
    const struct pl_str *broken; /* broken in the template already */
    size_t broken_count;
    const struct pl_str *newly_broken; /* "name: requirement", as allowed */
    size_t newly_broken_count;
    bool replaced_number_minimal; /* else minimal by inclusion */
    struct pl_search_stats stats;
};

#endif
