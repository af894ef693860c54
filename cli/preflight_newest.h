/*
 * Which version a Dockerfile's command would get: asked of --index-root, with
 * the candidates that `podlock resolve` would have (resolver/candidates.h).
 *
 *     struct pl_newest *newest;
 *     if (!pl_newest_open(cli, root, &question, &newest, err)) return false;
 *     ... pl_dockerfile_check(arena, &question, ...)
 *     if (!pl_newest_close(newest, err)) return false;
 *
 * An index is opened when the first command asks it, so a Dockerfile without
 * a finding asks nobody. Only there is an index looked at; nothing is cached.
 * What pip finds there besides (what the others in the command need) is not
 * taken into account.
 *
 * Bounds: PL_MAX_DOCKER_INDEXES, PL_MAX_DOCKER_QUESTIONS; more is not asked.
 *
 * Errors: PL_ERR_USAGE for a folder that is no index, and in the static
 * program; those of the index, of the first question that failed.
 */
#ifndef PODLOCK_CLI_PREFLIGHT_NEWEST_H
#define PODLOCK_CLI_PREFLIGHT_NEWEST_H

#include "cli/cli.h"
#include "container/dockerfile_check.h"

struct pl_newest;

/* Sets the question's `newest`. The caller closes *out after the check. */
PL_MUST_CHECK bool pl_newest_open(struct pl_cli *cli, struct pl_str index_root,
                                  struct pl_docker_question *question,
                                  struct pl_newest **out, struct pl_error *err);
/* False: a question failed. NULL is accepted. */
PL_MUST_CHECK bool pl_newest_close(struct pl_newest *newest,
                                   struct pl_error *err);

#endif
