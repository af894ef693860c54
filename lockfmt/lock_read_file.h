/*
 * The source of a package in a lock: wheels and sdist, archive, commit or
 * folder, and that it is exactly one of them.
 *
 * The names of wheels and sdists must be those of the package's name and, when
 * it states one, its version. Internal to lockfmt/.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_READ_FILE_H
#define PODLOCK_LOCKFMT_LOCK_READ_FILE_H

#include "core/toml.h"
#include "lockfmt/lock_node.h"
#include "pep/version.h"

/*
 * Name and version of the package are there; `version` is NULL when it states
 * none.
 */
PL_MUST_CHECK bool pl_lock_read_source(const struct pl_lock_reader *r,
                                       const struct pl_toml_node *table,
                                       const struct pl_version *version,
                                       struct pl_lock_package *out);

#endif
