/*
 * The search of a command, with the trail of an earlier run.
 *
 * Where there is a cache, what an earlier run with the same question read and
 * decided is where this one starts (resolver/trail.h), and what this one leaves
 * is kept for the next. An error that a trail is to blame for is no error of
 * the question: the search then starts again without it.
 */
#ifndef PODLOCK_CLI_RESOLVE_SEARCH_H
#define PODLOCK_CLI_RESOLVE_SEARCH_H

#include "cli/resolve_setup.h"
#include "resolver/solution.h"

/* As pl_refine, of a setup that pl_setup_make has made. */
PL_MUST_CHECK bool pl_resolve_search(struct pl_cli *cli,
                                     const struct pl_resolve_options *options,
                                     struct pl_setup *setup,
                                     struct pl_solution *solution,
                                     struct pl_error *err);

#endif
