/*
 * Solves a problem written as text, and tells the answer as lines.
 *
 * For the cases of tests/cases and for tests that make problems up. Lines, in
 * this order, each kind by name:
 *
 *     NAME VERSION            locked, and not there before; NAME[x] with extra
 *     replaced NAME OLD NEW   locked in the place of a preinstalled one
 *
 * A "no" is the single line `no`, what cannot be asked is `error`; `message`
 * is then what a user would read.
 */
#ifndef PODLOCK_TESTS_ANSWER_H
#define PODLOCK_TESTS_ANSWER_H

#include "resolver/problem_text.h"
#include "resolver/solution.h"
#include "resolver/trail.h"

struct pl_answer {
    struct pl_problem_text text;
    struct pl_solution solution;
    struct pl_str lines;
    struct pl_str message; /* empty when satisfiable */
    bool failed;           /* the index does not hold what was asked for */
};

/* The window of the text itself. */
#define PL_ANSWER_OWN_WINDOW UINT32_MAX

/* False, with an error, when the text cannot be read. `trail` may be NULL. */
PL_MUST_CHECK bool pl_answer_solve(struct pl_arena *arena,
                                   const struct pl_source *source,
                                   uint32_t window, struct pl_trail *trail,
                                   struct pl_answer *out, struct pl_error *err);
/* The problem with all it has seen, as `resolve --dump` writes it. */
struct pl_str pl_answer_dump(struct pl_arena *arena,
                             const struct pl_answer *answer);
bool pl_answer_keeps(const struct pl_answer *answer, struct pl_str name);

#endif
