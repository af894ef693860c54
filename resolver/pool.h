/*
 * The pool: a problem as libsolv's rules, for one round.
 *
 * Of each project that matters it holds options, in order of preference: a
 * loaded version, a run of versions that are not, or, while its page is
 * unread, one option that satisfies everything. Each option is a solvable;
 * each extra in use is a solvable beside it that requires exactly it. A
 * requirement is one opaque id that options provide. ABI rules are conflicts
 * with ids of their own: shared with a requirement's, a run that provides the
 * requirement would be hit by the conflict, a false "no".
 *
 * Facts are ordinary options; what holds them in place are jobs, so that
 * a proof of "no" names the facts it rests on.
 *
 * Lives in the arena of the round; libsolv's part until pl_pool_finish.
 */
#ifndef PODLOCK_RESOLVER_POOL_H
#define PODLOCK_RESOLVER_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "resolver/problem.h"

enum pl_option_kind {
    PL_OPTION_VERSION,
    PL_OPTION_RUN,
    PL_OPTION_UNREAD_PAGE,
};

struct pl_option {
    struct pl_project *project;
    enum pl_option_kind kind;
    size_t first, last; /* candidates, inclusive; first == last: a version */
    int solvable;       /* libsolv's id */
};

struct pl_pool_project {
    struct pl_project *project;
    PL_VEC(struct pl_option) options; /* in order of preference */
    size_t fact_option;               /* SIZE_MAX: none */
    int name_id;
    PL_VEC(struct pl_demand *) demands; /* that matter this round */
    PL_VEC(struct pl_str) extras;
    bool is_dirty; /* while the pool is opened: to be looked at again */
};

/* What the solver is told to achieve, beside the pool's own rules. */
enum pl_job_kind {
    PL_JOB_DEMAND,  /* a root's requirement */
    PL_JOB_STAY,    /* the fact of a project, and nothing else */
    PL_JOB_PRESENT, /* some version of a project */
    PL_JOB_FORCED,  /* the same, of one that the others imply */
    PL_JOB_OPTION,  /* exactly this option */
    PL_JOB_BEFORE,  /* one of the project's options before this one */
};

struct pl_job {
    enum pl_job_kind kind;
    struct pl_demand *demand;
    struct pl_project *project;
    size_t option;
};

typedef PL_VEC(struct pl_job) pl_job_vec;

struct pl_pool; /* libsolv's */

/*
 * The options of everything that matters, from what has been read; the second
 * step makes libsolv's rules of those that are left (see prune.h) in between.
 * Errors: PL_ERR_LIMIT.
 */
struct pl_pool *pl_pool_open(struct pl_problem *problem,
                             struct pl_arena *round);
PL_MUST_CHECK bool pl_pool_encode(struct pl_pool *pool, struct pl_error *err);
void pl_pool_finish(struct pl_pool *pool); /* NULL accepted */

/* NULL when the project is not in the pool. */
struct pl_pool_project *pl_pool_project(const struct pl_pool *pool,
                                        const struct pl_project *project);
size_t pl_pool_solvable_count(const struct pl_pool *pool);
/* The option satisfies the demand, as far as is known. */
bool pl_option_provides(const struct pl_option *option,
                        const struct pl_demand *demand);
/* The version of the option; NULL when it is not just one. */
struct pl_candidate *pl_option_candidate(const struct pl_option *option);

/*
 * Can all jobs be done? If so, chosen[n] is the option of project number n,
 * or SIZE_MAX when it is not installed. If not, `cores` receives sets of jobs
 * (as positions in `jobs`) each of which is impossible by itself.
 */
struct pl_core_need {
    struct pl_project *project;
    size_t candidate;
    struct pl_str extra; /* it comes with this extra, or "" */
    struct pl_demand *demand;
};

struct pl_core {
    const size_t *jobs; /* ascending */
    size_t count;
    PL_VEC(const struct pl_abi_rule *) rules; /* the proof rests on, too */
    PL_VEC(struct pl_core_need) needs;        /* the same: of pl_pool_prove */
};
typedef PL_VEC(struct pl_core) pl_core_vec;

bool pl_pool_solve(struct pl_pool *pool, const pl_job_vec *jobs, size_t *chosen,
                   pl_core_vec *cores);

/* Of jobs that are impossible together: one proof, with what versions need. */
struct pl_core pl_pool_prove(struct pl_pool *pool, const pl_job_vec *jobs);

/*
 * Hints where to look first: the option that holds the candidate. No answer
 * depends on it, only how soon the solver finds one.
 */
void pl_pool_favour(struct pl_pool *pool, const struct pl_project *project,
                    size_t candidate);

/* libsolv's testcase of the pool with these jobs, into the folder. */
PL_MUST_CHECK bool pl_pool_dump(struct pl_pool *pool, const pl_job_vec *jobs,
                                struct pl_str folder, struct pl_error *err);

#endif
