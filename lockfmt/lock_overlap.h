/*
 * Entries of one name in a lock: at most one may hold wherever it is used.
 *
 * PEP 751 lets a name stand in a lock more than once when the markers narrow
 * them down to one. Whether two markers can both hold is asked of a list of
 * real targets (Linux, macOS and Windows, CPython 3.8 to 3.15, no extras), of
 * those that the lock's own `environments` and `requires-python` admit. What
 * is found is a mistake; what only another target would show is not found.
 * Internal to lockfmt/.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_OVERLAP_H
#define PODLOCK_LOCKFMT_LOCK_OVERLAP_H

#include "lockfmt/lock_node.h"

/* Errors: PL_ERR_INPUT at the second name, with the target. */
PL_MUST_CHECK bool pl_lock_check_overlap(const struct pl_lock_reader *r,
                                         const struct pl_lock *lock);

#endif
