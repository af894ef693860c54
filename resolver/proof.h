/*
 * A proof of "no", small enough to be taken apart.
 *
 * The solver's proof names lines, facts, rules and needs of versions. Here
 * they stand as groups that can be switched off one by one, over the projects
 * they are about, so that what the "no" does not rest on can be left out. The
 * versions of a project that are alike in all this form one class; versions
 * that are no candidates stand here too, kept out by a group of their own: if
 * letting them in makes no difference, nobody need be told of them.
 *
 *     struct pl_proof *proof = pl_proof_make(problem, arena, core);
 *     pl_proof_minimize(proof);
 *     ... proof->groups.at[i].on
 *
 * Its own search tries classes with the fewest choices first and remembers
 * nothing; it gives up after MAX_STEPS or MAX_WORK, and what it cannot show to
 * be needless then stays. Everything lives in the arena given.
 */
#ifndef PODLOCK_RESOLVER_PROOF_H
#define PODLOCK_RESOLVER_PROOF_H

#include "resolver/conflict.h"
#include "resolver/pool.h"

enum pl_group_kind {
    PL_GROUP_ASKED,
    PL_GROUP_FACT,
    PL_GROUP_RULE,
    PL_GROUP_EXCLUSION,
    PL_GROUP_NEEDS, /* the only kind that is no leaf */
};

struct pl_proof_group {
    enum pl_group_kind kind;
    bool on;
    size_t project; /* not of a rule */
    size_t target;  /* NEEDS: a demand; RULE: in rules */
    struct pl_str extra;
    const struct pl_asked *asked; /* ASKED; EXCLUSION by a constraint */
    PL_VEC(size_t) demands;       /* ASKED: one for each extra of the line */
    const struct pl_abi_rule *rule;
    enum pl_exclusion why;
    struct pl_str detail;
    enum pl_holds holds;
};

struct pl_proof_demand {
    struct pl_demand *demand;
    size_t project;
    size_t position; /* among those of its project */
};

/* A version: a candidate, or one that is excluded. */
struct pl_proof_item {
    const struct pl_version *version;
    struct pl_candidate *candidate; /* NULL: excluded */
    size_t number;                  /* of the class */
};

struct pl_proof_class {
    const bool *meets;  /* by position of the demand */
    const bool *barred; /* the same: a constraint keeps the fact from it */
    size_t exclusion;   /* group; SIZE_MAX: none */
    const size_t *needs;
    size_t need_count;
    const bool *sides; /* by 2 * rule: package; + 1: other */
    bool is_fact;
};

struct pl_proof_project {
    struct pl_project *project;
    PL_VEC(size_t) demands;
    PL_VEC(struct pl_proof_item) items; /* ascending; an unread one first */
    PL_VEC(struct pl_proof_class) classes;
    size_t stays;    /* group: the fact and nothing else; or SIZE_MAX */
    size_t presence; /* group: some version; or SIZE_MAX */
    size_t bar;      /* group: the constraint that bars the fact; SIZE_MAX */
};

struct pl_proof {
    struct pl_problem *problem;
    struct pl_arena *arena;
    PL_VEC(struct pl_proof_project) projects;
    PL_VEC(struct pl_proof_demand) demands;
    PL_VEC(struct pl_proof_group) groups;
    PL_VEC(const struct pl_abi_rule *) rules;
    size_t first_rule; /* group of the first one; the others follow it */
};

/* From what the solver's proof rests on: jobs, rules and needs. */
struct pl_proof *pl_proof_make(struct pl_problem *problem,
                               struct pl_arena *arena, const pl_job_vec *jobs,
                               const struct pl_core *core);
/* Switches off what the "no" does not rest on; leaves before needs. */
void pl_proof_minimize(struct pl_proof *proof);
/* The class is let in by all that is on, and meets the demand (a number). */
bool pl_proof_meets(const struct pl_proof *proof, size_t demand, size_t class);

#endif
