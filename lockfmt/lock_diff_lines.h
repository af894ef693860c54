/*
 * The lines of a lock's inputs that ask for a package. Internal to lockfmt/.
 *
 * Inputs are looked at as text, not parsed: a line counts for the name that it
 * begins with, or that a string in it begins with (pyproject.toml). So the
 * words of a line can be told without knowing which options read it.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_DIFF_LINES_H
#define PODLOCK_LOCKFMT_LOCK_DIFF_LINES_H

#include "core/map.h"
#include "core/vec.h"
#include "lockfmt/lock_diff.h"

struct pl_diff_line {
    struct pl_str where; /* "requirements.in:2" */
    struct pl_str text;  /* "numpy<2.1", without a comment; empty: not known */
};

typedef PL_VEC(struct pl_diff_line) pl_diff_line_vec;

struct pl_diff_lines {
    struct pl_arena *arena;
    struct pl_map by_name;  /* pl_diff_line_vec *, of files but TOML */
    struct pl_map by_where; /* the same, where its name is in the key */
};

void pl_diff_lines_read(struct pl_arena *arena, const struct pl_diff_side *side,
                        struct pl_diff_lines *out);
/*
 * The lines that ask for a package: those of its `via` (sorted), and others
 * that begin with its name, as those of constraints do.
 */
pl_diff_line_vec pl_diff_lines_of(const struct pl_diff_lines *lines,
                                  struct pl_str name, const struct pl_str *via,
                                  size_t via_count);
/* Is it a place in an input, and not the name of a package? */
bool pl_diff_is_line(struct pl_str via);
/* "requirements.in" of "requirements.in:2". */
struct pl_str pl_diff_line_file(struct pl_str where);

#endif
