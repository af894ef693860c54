/*
 * Hashes of a lock's files: the algorithms that Python's hashlib guarantees.
 *
 * https://docs.python.org/3/library/hashlib.html#hashlib.algorithms_guaranteed
 * Internal to lockfmt/.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_HASH_H
#define PODLOCK_LOCKFMT_LOCK_HASH_H

#include "core/toml.h"
#include "lockfmt/lock_node.h"

/* Fills sha256 and hashes of the file from its table's `hashes`. */
PL_MUST_CHECK bool pl_lock_hashes(const struct pl_lock_reader *r,
                                  const struct pl_toml_node *table,
                                  const char *what, struct pl_lock_file *out);
/* Known, and safe today. */
bool pl_lock_hash_is_safe(struct pl_str algorithm);
/* A known algorithm, and hex digits as many as it has; makes them lower. */
PL_MUST_CHECK bool pl_lock_hash_clean(struct pl_arena *arena,
                                      struct pl_lock_hash *hash);

#endif
