/*
 * Which versions of a project may be chosen, and in which order.
 *
 * Decided from direct inputs and the project's page alone, before the search:
 * never from metadata read on the way, or "unsatisfiable" could be said too
 * early. The order is that of docs/search.md: finals before pre-releases that
 * nobody named, newest first (or lowest, with --resolution).
 */
#ifndef PODLOCK_RESOLVER_CANDIDATES_H
#define PODLOCK_RESOLVER_CANDIDATES_H

#include "resolver/problem.h"

/*
 * Fills candidates, excluded and the matches of all demands of the project.
 * `page` is NULL when no index has it: the fact, if any, is all there is.
 */
void pl_candidates_fill(struct pl_problem *problem, struct pl_project *project,
                        const struct pl_page *page);
/* Does that look at more of each file than a brief one has (index/index.h)? */
bool pl_candidates_look_closely(const struct pl_problem *problem,
                                struct pl_str name);
/* Computes the matches of one demand, when the page has been read. */
void pl_candidates_match(struct pl_problem *problem, struct pl_demand *demand);

#endif
