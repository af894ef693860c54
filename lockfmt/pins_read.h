/*
 * Pins of another form as a lock, so that they can be compared with one.
 *
 * Read are requirements.txt as pip-compile, uv and podlock write it, and what
 * `pip freeze` prints: one package a line.
 *
 *     name==version --hash=sha256:...     with `# via` below it
 *     name[extra]==version ; marker
 *     name @ https://host/name-1-py3-none-any.whl#sha256=...
 *     name @ file:///folder    name @ git+https://host/name@commit
 *     -e git+https://host/name@commit#egg=name    -e /folder
 *
 * A line that is none of these is an error with its place: what is not pinned
 * cannot be compared. pip's options for indexes and files are passed over;
 * -r and -c are errors, since the pins would not be all.
 *
 * https://pip.pypa.io/en/stable/reference/requirements-file-format/
 *
 * The lock is foreign and has spans; strings point into the source and the
 * arena. Each hash of a pin is one file without a URL, since pins name none.
 * pl_pins_match gives them what they leave out.
 *
 * Errors: PL_ERR_INPUT, PL_ERR_LIMIT.
 */
#ifndef PODLOCK_LOCKFMT_PINS_READ_H
#define PODLOCK_LOCKFMT_PINS_READ_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/source.h"
#include "lockfmt/lock.h"
#include "rules/template.h"

PL_MUST_CHECK bool pl_pins_read(struct pl_arena *arena,
                                const struct pl_source *source,
                                struct pl_lock *out, struct pl_error *err);
/* Does it state no hash at all, as what `pip freeze` prints? */
bool pl_pins_are_bare(const struct pl_lock *pins);
/*
 * Pins beside a real lock: what pins cannot say is taken from the lock where
 * nothing that they do say is against it, so that only contents differ. That
 * is all that is not a package; and of a package its whole entry when versions
 * are equal and a hash of the pin is one of the entry's files, or the pin has
 * no hash. Of bare pins those that `facts` (or NULL) have at the same version
 * are dropped: the template provides them.
 */
void pl_pins_match(struct pl_arena *arena, struct pl_lock *pins,
                   const struct pl_lock *lock, const struct pl_template *facts);

#endif
