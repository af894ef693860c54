/*
 * Reads any pylock.toml: podlock's own, and those of other tools.
 *
 * https://packaging.python.org/en/latest/specifications/pylock-toml/ (PEP 751)
 *
 * The whole file is checked (docs/lock-format.md lists how); the first mistake
 * is the error, with its place. What PEP 751 allows and podlock does not use
 * is kept, so that writing the lock again loses nothing but comments below the
 * first line and the writer's layout. A lock that podlock wrote is written
 * again byte for byte.
 *
 *     struct pl_lock lock;
 *     struct pl_lock_warnings warnings = {0};
 *     if (!pl_lock_load(arena, PL_STR("pylock.toml"), &lock, &warnings, err))
 *         return false;
 *
 * The lock's strings point into the source's text and the arena, which must
 * outlive it. It is in the order of pl_lock_sort, but for environments,
 * inputs and groups, which stay as they are given.
 *
 * Errors: PL_ERR_INPUT (also a major version that is not 1), PL_ERR_LIMIT,
 * PL_ERR_FILE. Warnings: a newer minor version, keys that are not of the
 * format, files without a safe hash, paths that leave the lock's folder.
 *
 * It does not look for the files, does not compare hashes with them, and does
 * not choose packages for an environment.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_READ_H
#define PODLOCK_LOCKFMT_LOCK_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/source.h"
#include "lockfmt/lock.h"

/*
 * At most PL_MAX_LOCK_WARNINGS; what comes after is only counted. What a lock
 * may have in every entry is told of the first one.
 */
struct pl_lock_warnings {
    struct pl_error *at;
    size_t count, cap;
    size_t not_kept;
    unsigned told; /* bits of what is told once */
};

/* `warnings` and `err` may be NULL. */
PL_MUST_CHECK bool pl_lock_read(struct pl_arena *arena,
                                const struct pl_source *source,
                                struct pl_lock *out,
                                struct pl_lock_warnings *warnings,
                                struct pl_error *err);
/* The same of a file, or "-" for standard input. */
PL_MUST_CHECK bool pl_lock_load(struct pl_arena *arena, struct pl_str path,
                                struct pl_lock *out,
                                struct pl_lock_warnings *warnings,
                                struct pl_error *err);

#endif
