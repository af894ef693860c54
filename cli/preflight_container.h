/*
 * `podlock preflight [LOCK]` in a container, or of a root's files.
 *
 * What is there is judged by container/preflight.h, against the lock that is
 * the command's argument, else pylock.toml where it is there, else alone. The
 * lock's template is a shipped one, or --template's. With --script no container
 * is looked at.
 */
#ifndef PODLOCK_CLI_PREFLIGHT_CONTAINER_H
#define PODLOCK_CLI_PREFLIGHT_CONTAINER_H

#include "cli/cli.h"
#include "cli/preflight_options.h"

/* The exit code: 1 when one of the findings is an error. */
int pl_preflight_container(struct pl_cli *cli,
                           const struct pl_preflight_options *options);

#endif
