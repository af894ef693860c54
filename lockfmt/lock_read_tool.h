/*
 * What podlock says about its own locks: [tool.podlock] and
 * [packages.tool.podlock]. The tables of other tools are kept.
 *
 * Internal to lockfmt/.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_READ_TOOL_H
#define PODLOCK_LOCKFMT_LOCK_READ_TOOL_H

#include "core/toml.h"
#include "lockfmt/lock_node.h"

/* The format of [tool.podlock] that is written and read. */
#define PL_LOCK_FORMAT 1

/*
 * Member `tool` of the lock's root. Another format of podlock's own table is a
 * warning; it is kept as a table of another tool.
 */
PL_MUST_CHECK bool pl_lock_read_tool(const struct pl_lock_reader *r,
                                     const struct pl_toml_node *root,
                                     struct pl_lock *out);
/* Member `tool` of a package. */
PL_MUST_CHECK bool pl_lock_read_package_tool(const struct pl_lock_reader *r,
                                             const struct pl_toml_node *table,
                                             struct pl_lock_package *out);

#endif
