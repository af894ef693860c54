/*
 * Writes a lock as requirements.txt (hashed, pip-compile's form) or as
 * constraints.txt (pins of the lock and of the template's facts it relies
 * on, without hashes).
 */
#ifndef PODLOCK_LOCKFMT_REQS_WRITE_H
#define PODLOCK_LOCKFMT_REQS_WRITE_H

#include "core/buf.h"
#include "lockfmt/lock.h"

void pl_reqs_write(const struct pl_lock *lock, struct pl_str output_name,
                   struct pl_buf *out);
void pl_constraints_write(const struct pl_lock *lock, struct pl_buf *out);

#endif
