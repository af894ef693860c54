/*
 * One question of `podlock resolve`, from the options to the file or the
 * message: searched, locked, shown, written or compared.
 */
#ifndef PODLOCK_CLI_RESOLVE_ONE_H
#define PODLOCK_CLI_RESOLVE_ONE_H

#include "cli/cli.h"
#include "cli/resolve_options.h"

/*
 * For the files in cli->parsed.args. Gives the exit code; what is wrong has
 * been told then, and no file changed.
 */
int pl_resolve_one(struct pl_cli *cli,
                   const struct pl_resolve_options *options);

#endif
