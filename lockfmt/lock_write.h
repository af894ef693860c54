/*
 * Writes a lock as pylock.toml (PEP 751 and docs/lock-format.md).
 *
 * Byte-stable: keys in a fixed order, arrays sorted, no time, no path of the
 * machine. One package a table; small diffs.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_WRITE_H
#define PODLOCK_LOCKFMT_LOCK_WRITE_H

#include "core/buf.h"
#include "lockfmt/lock.h"

void pl_lock_write(const struct pl_lock *lock, struct pl_str output_name,
                   struct pl_buf *out);

/* "pylock.toml" or "pylock.NAME.toml", NAME without a dot (PEP 751). */
bool pl_lock_name_valid(struct pl_str base_name);

#endif
