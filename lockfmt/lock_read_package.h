/*
 * One [[packages]] table of a lock. Internal to lockfmt/.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_READ_PACKAGE_H
#define PODLOCK_LOCKFMT_LOCK_READ_PACKAGE_H

#include "core/toml.h"
#include "lockfmt/lock_node.h"

PL_MUST_CHECK bool pl_lock_read_package(const struct pl_lock_reader *r,
                                        const struct pl_toml_node *table,
                                        struct pl_lock_package *out);

#endif
