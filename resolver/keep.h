/*
 * Which preinstalled packages must be replaced: as few as possible.
 *
 * Each proof of "no" names the facts it rests on; one of them must give way.
 * The smallest set that meets all proofs is tried; when it is impossible too,
 * there is one proof more. So the set found last is least in number, and no
 * smaller one was missed. An `os` package weighs more than all others. Among
 * equals the one that keeps the earlier names (os first, then by name) wins.
 *
 * Proofs hold for the rest of the run, because refinement only ever takes
 * possibilities away. Above PL_MAX_NUMBER_MINIMAL replaced packages the set is
 * minimal by inclusion only.
 */
#ifndef PODLOCK_RESOLVER_KEEP_H
#define PODLOCK_RESOLVER_KEEP_H

#include "resolver/pool.h"

struct pl_keep_proof {
    struct pl_project **projects; /* os first, then by name */
    size_t count;
};

struct pl_keep {
    struct pl_problem *problem;
    PL_VEC(struct pl_keep_proof) proofs;
    bool *released; /* by project number: may be replaced */
    size_t released_len;
    bool number_minimal;
    size_t steps; /* of the searches for smallest sets so far */
};

void pl_keep_init(struct pl_keep *keep, struct pl_problem *problem);

/* Which facts stay under the current set, by project number. */
bool *pl_keep_staying(const struct pl_keep *keep, struct pl_arena *arena,
                      size_t *count);
/* The jobs of roots and facts for the current set. */
void pl_keep_jobs(const struct pl_keep *keep, struct pl_pool *pool,
                  pl_job_vec *jobs);
/*
 * Adds the packages that every answer needs, because all options of another
 * such package need them, and orders all by fewest choices: the solver then
 * fails soon where it must fail.
 */
void pl_keep_add_forced(const struct pl_keep *keep, struct pl_pool *pool,
                        pl_job_vec *jobs);
/*
 * Learns that the facts cannot all stay, and chooses the next set. False when
 * none of them may go: then there is no answer whatever is replaced.
 */
PL_MUST_CHECK bool pl_keep_learn(struct pl_keep *keep,
                                 struct pl_project *const *facts, size_t count);
/* The same from the solver's proofs; `final` is the one nobody can lift. */
PL_MUST_CHECK bool pl_keep_learn_cores(struct pl_keep *keep,
                                       const pl_job_vec *jobs,
                                       const pl_core_vec *cores,
                                       struct pl_core *final);

#endif
