/*
 * `podlock check` where podlock.toml says how a project is locked: its locks
 * are what is checked, and whether they were made as it says.
 */
#ifndef PODLOCK_CLI_CHECK_CONFIG_H
#define PODLOCK_CLI_CHECK_CONFIG_H

#include "cli/check_lock.h"
#include "cli/config.h"

/*
 * The configuration when no lock is named; out->source is NULL when there is
 * none, or none that says what is locked. Errors: those of pl_config_open.
 */
PL_MUST_CHECK bool pl_check_config_open(struct pl_cli *cli,
                                        struct pl_resolve_options *options,
                                        struct pl_config *out,
                                        struct pl_error *err);
/*
 * Adds to the findings when the lock's arguments, but for indexes, are not
 * those of the configuration; its check->command is `podlock resolve` then.
 * Errors: those of reading the inputs that the configuration names.
 */
PL_MUST_CHECK bool pl_check_config(const struct pl_cli *cli,
                                   const struct pl_config *config,
                                   const struct pl_config_lock *lock,
                                   struct pl_check *check,
                                   struct pl_error *err);

#endif
