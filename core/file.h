/*
 * Files and folders, read whole and written whole.
 *
 * Writing makes a temporary file beside the target, fsyncs and renames it, so
 * that a reader sees the old bytes or the new ones, never a part. Unchanged
 * contents are not written again. Paths are views; they may not hold NUL.
 */
#ifndef PODLOCK_CORE_FILE_H
#define PODLOCK_CORE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/str.h"

enum pl_file_state { PL_FILE_ABSENT, PL_FILE_READ };

/*
 * Reads a file of at most `max` bytes into the arena; a NUL follows the text,
 * uncounted. With `state`, a file that is not there is no error, and one that
 * is there is a regular file.
 * Errors: PL_ERR_FILE; PL_ERR_LIMIT when it is larger.
 */
PL_MUST_CHECK bool pl_file_load(struct pl_arena *arena, struct pl_str path,
                                size_t max, struct pl_str *out,
                                enum pl_file_state *state,
                                struct pl_error *err);
/*
 * Replaces the file atomically. A folder, fifo or device is an error, and so
 * is a link to nothing; the file behind another link is replaced. One that
 * holds the same bytes is left alone; pl_file_holds tells beforehand.
 */
PL_MUST_CHECK bool pl_file_save(struct pl_str path, struct pl_str contents,
                                struct pl_error *err);
/* Is it a regular file of these bytes? */
bool pl_file_holds(struct pl_str path, struct pl_str contents);
bool pl_file_exists(struct pl_str path);
/* Are both there, and one file by two names? */
bool pl_file_is_same(struct pl_str a, struct pl_str b);
bool pl_dir_exists(struct pl_str path);
/* Makes the folder and those above it, mode 0777 less the umask. */
PL_MUST_CHECK bool pl_dir_make(struct pl_str path, struct pl_error *err);
/* Names in a folder, sorted by bytes, without "." and "..". */
PL_MUST_CHECK bool pl_dir_list(struct pl_arena *arena, struct pl_str path,
                               struct pl_str **names, size_t *count,
                               struct pl_error *err);

/* "a/b" of "a" and "b"; an absolute b stays b; NUL-terminated. */
struct pl_str pl_path_join(struct pl_arena *arena, struct pl_str dir,
                           struct pl_str name);
/*
 * The path of the working directory as it is seen from `dir`: "../w/a" of "w/a"
 * from "out". Absolute when the way from an absolute `dir`, or from one with
 * "..", is not known. What is absolute stays.
 */
struct pl_str pl_path_from(struct pl_arena *arena, struct pl_str dir,
                           struct pl_str path);
/* One path by two spellings: "a//b" and "./a/b"? Nothing is looked at. */
bool pl_path_eq(struct pl_str a, struct pl_str b);
struct pl_str pl_path_dir(struct pl_str path);  /* "." when there is none */
struct pl_str pl_path_base(struct pl_str path); /* after the last '/' */

#endif
