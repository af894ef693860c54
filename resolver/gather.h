/*
 * Reads what the search needs from the index: the only file of resolver/ that
 * calls it.
 *
 * Wishes are followed transitively: when a version has been read, the best
 * match of each of its requirements is read too, so that one call brings the
 * whole likely closure. What is read never changes an answer, only how many
 * rounds it takes.
 */
#ifndef PODLOCK_RESOLVER_GATHER_H
#define PODLOCK_RESOLVER_GATHER_H

#include "resolver/problem.h"

struct pl_gather {
    struct pl_problem *problem;
    struct pl_index *index;
    /* Kept facts that the current answer may replace, by project number. */
    const bool *released;
    size_t released_count;
    PL_VEC(struct pl_demand *) to_follow;
    bool is_following;
    /* Of an earlier run, by name: see trail.h. */
    struct pl_map trail;
    bool on_trail; /* what the trail names is read, and nothing else */
};

/*
 * Wants all that the trail names; a version as soon as its page is there, and
 * it stands in the pool by itself.
 */
void pl_gather_want_trail(struct pl_gather *gather);
void pl_gather_want_page(struct pl_gather *gather, struct pl_project *project);
void pl_gather_want_candidate(struct pl_gather *gather,
                              struct pl_project *project,
                              struct pl_candidate *candidate);
/* Follows a demand: its page, its best match, and what that one needs. */
void pl_gather_want_demand(struct pl_gather *gather, struct pl_demand *demand);
/* Reads until nothing is wanted. Errors: those of the index. */
PL_MUST_CHECK bool pl_gather_run(struct pl_gather *gather,
                                 struct pl_error *err);

#endif
