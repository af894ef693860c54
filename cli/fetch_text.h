/*
 * requirements.txt beside the files that `podlock fetch` fetched.
 *
 * It is podlock's own where its first line says so; any other file of that name
 * (somebody's requirements, a link) is never written to.
 */
#ifndef PODLOCK_CLI_FETCH_TEXT_H
#define PODLOCK_CLI_FETCH_TEXT_H

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "lockfmt/lock.h"

/*
 * Where they will be written, one a lock: "FOLDER/requirements.txt" of
 * pylock.toml, "FOLDER/requirements.gpu.txt" of pylock.gpu.toml. Errors:
 * PL_ERR_USAGE when two locks would have one; PL_ERR_FILE when what is there
 * is not podlock's.
 */
PL_MUST_CHECK bool pl_fetch_text_paths(struct pl_arena *arena,
                                       struct pl_str folder,
                                       const struct pl_str *locks, size_t count,
                                       struct pl_str **paths,
                                       struct pl_error *err);
/*
 * Writes it for a lock of pl_lock_files_flat. *install is the line that
 * installs from the folder.
 */
PL_MUST_CHECK bool pl_fetch_text_save(struct pl_arena *arena,
                                      struct pl_str folder, struct pl_str path,
                                      const struct pl_lock *flat,
                                      struct pl_str *install,
                                      struct pl_error *err);

#endif
