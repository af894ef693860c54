/*
 * Comparing the parts of two locks, a row for each value that differs.
 *
 * Internal to lockfmt/. Lists that the model sorts are compared as sets, those
 * in the user's order by their places (lock_diff.h, struct pl_diff_value).
 */
#ifndef PODLOCK_LOCKFMT_LOCK_DIFF_VALUES_H
#define PODLOCK_LOCKFMT_LOCK_DIFF_VALUES_H

#include "core/vec.h"
#include "lockfmt/lock_diff.h"

typedef PL_VEC(struct pl_diff_value) pl_diff_rows;

/* An empty text counts as one that is not there. */
void pl_diff_text(struct pl_arena *arena, pl_diff_rows *rows,
                  enum pl_diff_field field, struct pl_str from,
                  struct pl_str to);
void pl_diff_flag(struct pl_arena *arena, pl_diff_rows *rows,
                  enum pl_diff_field field, bool from, bool to);
/* Sorted, each once. */
void pl_diff_set(struct pl_arena *arena, pl_diff_rows *rows,
                 enum pl_diff_field field, const struct pl_str *a,
                 size_t a_count, const struct pl_str *b, size_t b_count);
/* In the order given. */
void pl_diff_list(struct pl_arena *arena, pl_diff_rows *rows,
                  enum pl_diff_field field, const struct pl_str *a,
                  size_t a_count, const struct pl_str *b, size_t b_count);
void pl_diff_inputs(struct pl_arena *arena, pl_diff_rows *rows,
                    const struct pl_lock *a, const struct pl_lock *b);
void pl_diff_keys(struct pl_arena *arena, pl_diff_rows *rows,
                  enum pl_diff_field field, const struct pl_lock_others *a,
                  const struct pl_lock_others *b);

/* Values and files of a package that both locks have. */
void pl_diff_packages(struct pl_arena *arena, const struct pl_lock_package *a,
                      const struct pl_lock_package *b, pl_diff_rows *rows,
                      struct pl_diff_change *out);

#endif
