/*
 * The comment at the top of a written lock: what made it, for which template,
 * and how to install it.
 *
 * Its first two lines are constant: pip looks for a "coding:" in those of a
 * requirements file, so no foreign string may stand there.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_HEADER_H
#define PODLOCK_LOCKFMT_LOCK_HEADER_H

#include "core/buf.h"
#include "lockfmt/lock.h"

/* "podlock resolve" with the lock's arguments, quoted for a shell. */
void pl_lock_command(const struct pl_lock *lock, struct pl_buf *out);
/* `title` is the first line, without "# ". Nothing when !with_header. */
void pl_lock_header(const struct pl_lock *lock, const char *title,
                    struct pl_buf *out);
/* The lines that say how to install `output_name`. */
void pl_lock_header_install(const struct pl_lock *lock,
                            struct pl_str output_name, struct pl_buf *out);

#endif
