/*
 * A whole problem as text: what was asked, what is there, and everything the
 * index answered. docs/problem-format.md has the grammar.
 *
 * `resolve --dump` writes it, `replay` and the cases of tests/cases read it.
 * What is written and read again is written the same, byte for byte. Small
 * problems are written by hand:
 *
 *     python 3.11
 *     require a
 *     fact b 1.0 keep
 *     project a
 *       2.0
 *         b>=2
 *       1.0
 *
 * The torch family and the wheel tags are not in the text: they are podlock's
 * own and follow from the environment.
 */
#ifndef PODLOCK_RESOLVER_PROBLEM_TEXT_H
#define PODLOCK_RESOLVER_PROBLEM_TEXT_H

#include "core/buf.h"
#include "resolver/problem.h"

struct pl_problem_text {
    struct pl_problem problem; /* pl_problem_start comes next */
    struct pl_index *index;    /* answers what the text says */
    bool recorded; /* the index knows only what a run has seen: it is strict */
    const struct pl_source *source;
    struct pl_str rest; /* from a line `expect` on, for test cases */
};

/*
 * Everything read lives in the arena, and views of the source's text in it.
 * Errors: PL_ERR_INPUT with the place.
 */
PL_MUST_CHECK bool pl_problem_text_read(struct pl_arena *arena,
                                        const struct pl_source *source,
                                        struct pl_problem_text *out,
                                        struct pl_error *err);
/* Reads the file first. Errors: PL_ERR_FILE, PL_ERR_LIMIT; the above. */
PL_MUST_CHECK bool pl_problem_text_load(struct pl_arena *arena,
                                        struct pl_str path,
                                        struct pl_problem_text *out,
                                        struct pl_error *err);
/* Appends the problem and what it has seen of the index. */
void pl_problem_text_write(const struct pl_problem *problem,
                           struct pl_buf *out);

#endif
