/*
 * Why a package is in a lock, from the lock alone.
 *
 * A lock says who asked and which file was taken; it does not say what else
 * there was, so that nothing is told of newer versions but the rules that
 * mattered. podlock's own locks name lines and packages in `via`; of those of
 * other tools `dependencies` is all there is, and what no package depends on
 * is taken to have been asked for. What a preinstalled package asks for is
 * taken to be asked for whatever else goes.
 */
#ifndef PODLOCK_CLI_WHY_LOCK_H
#define PODLOCK_CLI_WHY_LOCK_H

#include "cli/cli.h"

/* Is that a lock by its name, and no requirements file? */
bool pl_why_is_lock(struct pl_str path);
/*
 * Reads the lock and tells; gives the exit code. `name` is normalised.
 */
int pl_why_lock(struct pl_cli *cli, struct pl_str path, struct pl_str name,
                bool json);

#endif
