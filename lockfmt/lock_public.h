/*
 * A lock made ready to leave podlock for another format.
 *
 * Copies, in the arena: the lock given stays as it is.
 *
 *     struct pl_lock_left left;
 *     pl_lock_without_users(arena, &lock, false, &plain, &left);
 *     if (!pl_lock_for_requirements(arena, &plain, folder, &flat, &left, err))
 */
#ifndef PODLOCK_LOCKFMT_LOCK_PUBLIC_H
#define PODLOCK_LOCKFMT_LOCK_PUBLIC_H

#include "core/attr.h"
#include "core/error.h"
#include "lockfmt/lock.h"

/* What was not taken over. */
struct pl_lock_left {
    size_t users;    /* URLs that had a user name or a password */
    size_t packages; /* entries that hold only with an extra or a group */
};

/*
 * Without the user names and passwords of URLs. With `keep_ssh` one of ssh
 * that has no password stays: git@host is how a repository is reached.
 */
void pl_lock_without_users(struct pl_arena *arena, const struct pl_lock *lock,
                           bool keep_ssh, struct pl_lock *out,
                           struct pl_lock_left *left);
/*
 * With the default groups and no extra chosen: markers are ones that
 * requirements.txt may have, in packaging's normal form, and what holds only
 * otherwise is left out. Paths are as seen from the working directory, where
 * `folder` is the lock's. Errors: PL_ERR_INPUT, of a marker that cannot be
 * written in such a file.
 */
PL_MUST_CHECK bool
pl_lock_for_requirements(struct pl_arena *arena, const struct pl_lock *lock,
                         struct pl_str folder, struct pl_lock *out,
                         struct pl_lock_left *left, struct pl_error *err);

#endif
