/*
 * Comparing the files of a package in two locks, and whether its code may be
 * another one. Internal to lockfmt/.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_DIFF_FILE_H
#define PODLOCK_LOCKFMT_LOCK_DIFF_FILE_H

#include "lockfmt/lock_diff.h"

/*
 * The files that differ, in `files`. Those that are not told are equal, and
 * stand in the same order.
 */
void pl_diff_files(struct pl_arena *arena, const struct pl_lock_package *a,
                   const struct pl_lock_package *b, struct pl_diff_change *out);

enum pl_diff_code {
    PL_DIFF_SAME_CODE,  /* or nothing says that it is another one */
    PL_DIFF_SAME_MOVED, /* the same hashes from another place */
    PL_DIFF_OTHER_CODE,
};

/* Of a change that holds its values and files. */
enum pl_diff_code pl_diff_code_of(struct pl_arena *arena,
                                  const struct pl_diff_change *change);

#endif
