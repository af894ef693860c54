/*
 * What commands that read a lock share.
 */
#ifndef PODLOCK_CLI_LOCK_SHOW_H
#define PODLOCK_CLI_LOCK_SHOW_H

#include "cli/cli.h"
#include "lockfmt/lock.h"

/*
 * Reads a lock, or "-", and shows its warnings. Errors: see
 * lockfmt/lock_read.h.
 */
PL_MUST_CHECK bool pl_lock_open(struct pl_cli *cli, struct pl_str path,
                                struct pl_lock *out, struct pl_error *err);
/* The same of a source that is loaded already. */
PL_MUST_CHECK bool pl_lock_open_source(struct pl_cli *cli,
                                       const struct pl_source *source,
                                       struct pl_lock *out,
                                       struct pl_error *err);
/* May a file that is no lock be written there? Errors: PL_ERR_USAGE. */
PL_MUST_CHECK bool pl_lock_spare(struct pl_str output_file,
                                 struct pl_error *err);
/* Nor the lock that was read from `path`, nor what it was made from. */
PL_MUST_CHECK bool pl_lock_spare_inputs(struct pl_str output_file,
                                        struct pl_str path,
                                        const struct pl_lock *lock,
                                        struct pl_error *err);
/* The error of an output file that is read: false. */
bool pl_output_is_read(struct pl_str output_file, struct pl_error *err);
/* The lock as one JSON object: docs/json-format.md, `podlock show`. */
void pl_lock_json(const struct pl_lock *lock, struct pl_buf *out);

#endif
