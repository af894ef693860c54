/*
 * Where a lock says that something is: URLs, paths, file names.
 *
 * Internal to lockfmt/.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_PATH_H
#define PODLOCK_LOCKFMT_LOCK_PATH_H

#include "core/toml.h"
#include "lockfmt/lock_node.h"

/*
 * The members `url` and `path` of a table, at least one of them. `vcs`: a
 * repository, which may be "user@host:path" or any scheme; else http, https or
 * file. A path that is absolute or leaves the lock's folder is a warning.
 */
PL_MUST_CHECK bool pl_lock_location(const struct pl_lock_reader *r,
                                    const struct pl_toml_node *table,
                                    const char *what, bool vcs,
                                    struct pl_str *url, struct pl_str *path);
/* `subdirectory`: relative and inside the source. */
PL_MUST_CHECK bool pl_lock_subdirectory(const struct pl_lock_reader *r,
                                        const struct pl_toml_node *table,
                                        struct pl_str *out);
/*
 * The name of a file: `name`, else the last part of the path, else that of the
 * URL, decoded once. One part of a path, or an error.
 */
PL_MUST_CHECK bool pl_lock_file_name(const struct pl_lock_reader *r,
                                     const struct pl_toml_node *table,
                                     const char *what,
                                     struct pl_lock_file *file,
                                     const struct pl_toml_node **told_by);

#endif
