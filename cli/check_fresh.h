/*
 * `podlock check --fresh`: would resolving still give what a lock holds?
 *
 * The lock's arguments are resolved again, its own versions being kept where
 * they can be, as `podlock resolve` does. Whom to ask is for the caller to
 * say, never for the lock: an index that stands in its arguments must be named
 * on the command line, or by a variable, in the same words.
 */
#ifndef PODLOCK_CLI_CHECK_FRESH_H
#define PODLOCK_CLI_CHECK_FRESH_H

#include "cli/check_lock.h"

/*
 * Adds to the findings of a check that has none. `asked` are the options of
 * the index, the network and the cache. Errors: PL_ERR_USAGE for another
 * index, and those of resolving.
 */
PL_MUST_CHECK bool pl_check_fresh(struct pl_cli *cli,
                                  const struct pl_resolve_options *asked,
                                  struct pl_check *check, struct pl_error *err);

#endif
