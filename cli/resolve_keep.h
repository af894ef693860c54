/*
 * What an earlier answer says to this one.
 *
 * The versions in the file that is to be written are preferences
 * (pl_policy.pins): each is kept where it can be. --upgrade takes none of
 * them, --upgrade-package not those named; with a version it bounds this run
 * as a constraint would.
 *
 * Read are podlock's own files and those of other tools: a pylock.toml, whose
 * packages for this environment count, and the pins of a requirements.txt or
 * constraints.txt; JSON is not. One that is none, and is not empty, is an
 * error, so that nothing is lost.
 */
#ifndef PODLOCK_CLI_RESOLVE_KEEP_H
#define PODLOCK_CLI_RESOLVE_KEEP_H

#include "cli/resolve_options.h"
#include "cli/resolve_setup.h"

/*
 * --upgrade-package: the policy's upgrades, and NAME==V as constraints. Errors:
 * PL_ERR_USAGE.
 */
PL_MUST_CHECK bool pl_resolve_upgrades(const struct pl_resolve_options *options,
                                       struct pl_inputs *inputs,
                                       struct pl_policy *policy,
                                       struct pl_error *err);
/*
 * Fills the problem's pins; its environment is known. Errors: those of
 * pl_lock_read; PL_ERR_USAGE when the file is one of the inputs.
 */
PL_MUST_CHECK bool pl_resolve_pins(const struct pl_resolve_options *options,
                                   const struct pl_inputs *inputs,
                                   struct pl_problem *problem,
                                   struct pl_error *err);

#endif
