/*
 * `podlock preflight --dockerfile FILE [LOCK]`: without a container.
 *
 * The Dockerfile is judged by container/dockerfile_check.h; with --fix its
 * corrections are printed as a diff and the file stays as it is. The lock is
 * the command's argument, else pylock.toml where it is there.
 */
#ifndef PODLOCK_CLI_PREFLIGHT_DOCKERFILE_H
#define PODLOCK_CLI_PREFLIGHT_DOCKERFILE_H

#include "cli/cli.h"
#include "cli/preflight_options.h"

/* The exit code: 1 when one of the findings is an error. */
int pl_preflight_dockerfile(struct pl_cli *cli,
                            const struct pl_preflight_options *options);

#endif
