/*
 * Where a pin without a version says that its package is, and its hashes.
 *
 * Nothing is opened: paths and URLs stay the text that they are. Internal to
 * lockfmt/.
 */
#ifndef PODLOCK_LOCKFMT_PINS_LOCATION_H
#define PODLOCK_LOCKFMT_PINS_LOCATION_H

#include "core/arena.h"
#include "core/attr.h"
#include "lockfmt/lock.h"

/* False: there are PL_MAX_LOCK_FILES. */
PL_MUST_CHECK bool pl_pins_add_file(struct pl_arena *arena,
                                    const struct pl_lock_file *file,
                                    struct pl_lock_package *package);
/* `name @ URL`: a file, a folder or a commit; false: none of them. */
PL_MUST_CHECK bool pl_pins_locate(struct pl_arena *arena, struct pl_str url,
                                  struct pl_lock_package *out);
/*
 * `-e WHERE`. Its name stands behind "#egg=", or in the remark that pip writes
 * above it: "# Editable install with no version control (name==1.0)"; else it
 * is that of the folder. False: there is none.
 */
PL_MUST_CHECK bool pl_pins_editable(struct pl_arena *arena, struct pl_str where,
                                    struct pl_str remark,
                                    struct pl_lock_package *out);

#endif
