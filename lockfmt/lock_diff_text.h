/*
 * The words for a diff: names of its kinds, and its reasons as sentences.
 *
 * Plain text without a newline of its own, not escaped: what comes from a lock
 * or an input may hold any byte, and who shows it escapes the whole.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_DIFF_TEXT_H
#define PODLOCK_LOCKFMT_LOCK_DIFF_TEXT_H

#include "lockfmt/lock_diff.h"

/* "added", "upgraded", "rebuilt" ...: also the words of JSON. */
struct pl_str pl_diff_kind_name(enum pl_diff_kind kind);
/* "torch", "files", "replaced", "abi", "major" ...: the same. */
struct pl_str pl_diff_group_name(enum pl_diff_group group);
/* As the lock calls it: "requires-python", "environments", "via" ... */
struct pl_str pl_diff_field_name(enum pl_diff_field field);
/* "template", "lock"; empty: nowhere. */
struct pl_str pl_diff_where_name(enum pl_diff_where where);

/* "pandas 2.1.4 -> 2.2.0 asks for it" */
struct pl_str pl_diff_reason_text(struct pl_arena *arena,
                                  const struct pl_diff_reason *reason);
/* "other hash, other host"; of one that came or went "added", "removed". */
struct pl_str pl_diff_file_text(struct pl_arena *arena,
                                const struct pl_diff_file *file);

#endif
