/*
 * Writes a lock as requirements.txt (hashed, pip-compile's form) or as
 * constraints.txt (pins of the lock and of the template's facts it relies
 * on, without hashes).
 *
 *     if (!pl_reqs_check(&lock, err))
 *         return false;
 *     pl_reqs_write(&lock, PL_STR("requirements.txt"), &out);
 *
 * podlock's own locks can all be written. Of those of other tools
 * pl_lock_for_requirements (lockfmt/lock_public.h) makes locks that can, and
 * pl_reqs_check tells what pip would refuse; what is written without asking
 * either is still no other package's line.
 *
 * https://pip.pypa.io/en/stable/reference/requirements-file-format/
 * https://pip.pypa.io/en/stable/topics/secure-installs/ (hash-checking mode)
 */
#ifndef PODLOCK_LOCKFMT_REQS_WRITE_H
#define PODLOCK_LOCKFMT_REQS_WRITE_H

#include "core/attr.h"
#include "core/buf.h"
#include "core/error.h"
#include "lockfmt/lock.h"

/* `without_hashes` of the lock leaves them out. */
void pl_reqs_write(const struct pl_lock *lock, struct pl_str output_name,
                   struct pl_buf *out);
void pl_constraints_write(const struct pl_lock *lock, struct pl_buf *out);
/* Its lines alone; a comment stands for what cannot be a constraint. */
void pl_pins_write(const struct pl_lock *lock, struct pl_buf *out);
/* Can it be one? Not a folder or a path without a version. */
bool pl_pin_possible(const struct pl_lock_package *package);

/*
 * May pl_reqs_write write it for pip? Errors: PL_ERR_INPUT at the package that
 * stands against it; without_hashes of the lock is looked at.
 */
PL_MUST_CHECK bool pl_reqs_check(const struct pl_lock *lock,
                                 struct pl_error *err);
/* Has it nothing that pip's grammar would take for something else? */
bool pl_reqs_is_marker(struct pl_str marker);
/* Is it written as the path of its only file? */
bool pl_reqs_is_by_path(const struct pl_lock_package *package);
/*
 * The hash that pip checks: sha256, else the strongest of sha384 and sha512;
 * empty: none of these.
 */
struct pl_lock_hash pl_reqs_hash(const struct pl_lock_file *file);

#endif
