/*
 * The files that locks name, as downloads.
 */
#ifndef PODLOCK_CLI_LOCK_FILES_H
#define PODLOCK_CLI_LOCK_FILES_H

#include "core/vec.h"
#include "index/download.h"
#include "lockfmt/lock.h"

/* A recorded index: files below the URL `origin` lie in the folder. */
struct pl_lock_root {
    struct pl_str folder, origin; /* empty: none */
};

struct pl_lock_files {
    struct pl_lock_root root;
    PL_VEC(struct pl_download) rows; /* each name once */
    PL_VEC(struct pl_str) others;    /* names that need not be fetched */
};

/*
 * Reads FOLDER/origin. Errors: PL_ERR_USAGE when there is no such folder,
 * PL_ERR_FILE.
 */
PL_MUST_CHECK bool pl_lock_root_open(struct pl_arena *arena,
                                     struct pl_str folder,
                                     struct pl_lock_root *out,
                                     struct pl_error *err);

/*
 * Adds those of a lock: of each package its wheels, or where it has none its
 * source distribution. Paths are as seen from the lock's folder; what the root
 * has is copied from there. Errors:
 * PL_ERR_INPUT, at what is no file (a commit, a folder), has no sha256, or is
 * another file by the same name.
 */
PL_MUST_CHECK bool pl_lock_files_add(struct pl_arena *arena,
                                     const struct pl_lock *lock,
                                     struct pl_str lock_path,
                                     struct pl_lock_files *files,
                                     struct pl_error *err);
/*
 * The lock for a requirements.txt of its files in the folder: no index, no
 * address, each package by its version, an archive, whose name need not tell
 * it, by its path. Errors: PL_ERR_INPUT (a package without a version), and
 * those of pl_lock_for_requirements.
 */
PL_MUST_CHECK bool pl_lock_files_flat(struct pl_arena *arena,
                                      const struct pl_lock *lock,
                                      struct pl_str to, struct pl_lock *out,
                                      struct pl_error *err);

#endif
