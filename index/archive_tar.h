/* index/archive_read.h with libarchive itself: what stands behind index/net.h.
 */
#ifndef PODLOCK_INDEX_ARCHIVE_TAR_H
#define PODLOCK_INDEX_ARCHIVE_TAR_H

#include "index/archive_read.h"

PL_MUST_CHECK bool pl_archive_open_tar(struct pl_arena *arena,
                                       pl_archive_feed feed, void *user,
                                       struct pl_archive **out,
                                       struct pl_error *err);

#endif
