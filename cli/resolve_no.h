/*
 * A "no" for people and for programs: the conflicts, and what lifts them.
 *
 * Each conflict is an error of its own with its place; the repairs follow the
 * last one. On a terminal the lines are broken at its width.
 */
#ifndef PODLOCK_CLI_RESOLVE_NO_H
#define PODLOCK_CLI_RESOLVE_NO_H

#include "cli/resolve_show.h"

/*
 * Makes the conflict small, finds others and what lifts them; the setup's
 * index must be open. Errors: PL_ERR_USAGE for --repair-time.
 */
PL_MUST_CHECK bool pl_answer_no_find(struct pl_cli *cli,
                                     const struct pl_resolve_options *options,
                                     struct pl_setup *setup,
                                     struct pl_answer *answer,
                                     struct pl_error *err);
/* Tells it, and gives the exit code of the command. */
int pl_answer_no(struct pl_cli *cli, const struct pl_answer *answer, bool json);

#endif
