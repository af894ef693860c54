/*
 * METADATA of a wheel that lies on this machine, read by pieces.
 *
 * Only the end, the directory and the member are read (index/wheel.h), so that
 * a wheel of gigabytes costs no more than a small one.
 */
#ifndef PODLOCK_INDEX_WHEEL_FILE_H
#define PODLOCK_INDEX_WHEEL_FILE_H

#include "index/net.h"

/*
 * `fd` is an open regular file; where it stands stays. Errors: those of
 * pl_wheel_read; PL_ERR_FILE when it cannot be read or becomes shorter.
 */
PL_MUST_CHECK bool pl_wheel_read_file(struct pl_arena *arena,
                                      const struct pl_net *net, int fd,
                                      const struct pl_file *file,
                                      struct pl_str *metadata,
                                      struct pl_error *err);

#endif
