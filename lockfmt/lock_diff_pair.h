/*
 * Pairing several packages of one name. Internal to lockfmt/.
 *
 * PEP 751 allows them, with markers that exclude each other. Paired are first
 * those that look equal, then those of one marker, then those of one version,
 * and what is left in its order; what has no partner came or went.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_DIFF_PAIR_H
#define PODLOCK_LOCKFMT_LOCK_DIFF_PAIR_H

#include "lockfmt/lock.h"

struct pl_diff_pair {
    const struct pl_lock_package *old, *new; /* not both are NULL */
};

/* All of them, in the old lock's order, then what is new. */
size_t pl_diff_pairs(struct pl_arena *arena, const struct pl_lock_package *old,
                     size_t old_count, const struct pl_lock_package *new,
                     size_t new_count, struct pl_diff_pair **out);

#endif
