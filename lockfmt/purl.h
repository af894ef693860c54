/*
 * Package URLs of Python packages: pkg:pypi/name@version?qualifiers.
 *
 * https://github.com/package-url/purl-spec
 *
 * What does not come from PyPI says from where: repository_url of another
 * index, download_url of an archive, vcs_url of a commit. A folder has none.
 */
#ifndef PODLOCK_LOCKFMT_PURL_H
#define PODLOCK_LOCKFMT_PURL_H

#include "core/buf.h"
#include "lockfmt/lock.h"

/* Empty for a folder. */
struct pl_str pl_purl_of(struct pl_arena *arena,
                         const struct pl_lock_package *package);
/* Of a name and a version alone, which may be empty. */
struct pl_str pl_purl(struct pl_arena *arena, struct pl_str name,
                      struct pl_str version);

#endif
