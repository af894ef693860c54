/*
 * What would change in a lock, in one line: a short form of `podlock diff`.
 */
#ifndef PODLOCK_CLI_LOCK_CHANGES_H
#define PODLOCK_CLI_LOCK_CHANGES_H

#include "lockfmt/lock.h"

/*
 * "numpy 2.0.2 becomes 2.1.0, six 1.17.0 is new, idna 3.10 goes, and 4 more":
 * at most `max` packages, torch and what matters most first. Where the packages
 * are the same, what else is not: "nothing but its inputs". *where is the first
 * entry of the old lock that is no more as it was, or its [tool.podlock]; none
 * when it was not read.
 */
struct pl_str pl_lock_changes(struct pl_arena *arena, const struct pl_lock *old,
                              const struct pl_lock *new, size_t max,
                              struct pl_span *where);
/* Do they say the same, but for comments and who asked in which words? */
bool pl_lock_same(const struct pl_lock *old, const struct pl_lock *new);

#endif
