/*
 * From a plan of indexes (cli/index_plan.h) to an open one: the recorded
 * folder, or the network with its cache, credentials and progress.
 */
#ifndef PODLOCK_CLI_RESOLVE_INDEX_H
#define PODLOCK_CLI_RESOLVE_INDEX_H

#include "cli/resolve_setup.h"

/* Fills setup->index, cache and progress; `setup` must stay where it is. */
PL_MUST_CHECK bool
pl_resolve_index_open(struct pl_cli *cli,
                      const struct pl_resolve_options *options,
                      struct pl_setup *setup, struct pl_error *err);

/* "cu128": whose wheels of torch's family are asked for; or empty. */
struct pl_str pl_resolve_torch_variant(const struct pl_resolve_options *options,
                                       const struct pl_setup *setup);

#endif
