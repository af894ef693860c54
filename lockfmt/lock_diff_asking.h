/*
 * Who asks for a package in one lock. Internal to lockfmt/.
 *
 * A lock of podlock says it (`via`). In another one only the dependencies of
 * its packages are known, so parents and no lines.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_DIFF_ASKING_H
#define PODLOCK_LOCKFMT_LOCK_DIFF_ASKING_H

#include "lockfmt/lock_diff_lines.h"

struct pl_diff_edge {
    struct pl_str child, parent;
};

struct pl_diff_asking {
    struct pl_diff_lines lines;
    bool by_via;
    struct pl_diff_edge *edges; /* by child, then parent; unless by_via */
    size_t edge_count;
};

struct pl_diff_parents {
    const struct pl_str *at; /* sorted, each once */
    size_t count;
};

bool pl_diff_says_via(const struct pl_lock *lock);
/* `texts`: the inputs' texts are looked at. */
void pl_diff_asking_read(struct pl_arena *arena,
                         const struct pl_diff_side *side, bool by_via,
                         bool texts, struct pl_diff_asking *out);
/* Of what is not in the lock, and relied on, what the lock says of that. */
struct pl_diff_parents pl_diff_parents_of(struct pl_arena *arena,
                                          const struct pl_diff_asking *asking,
                                          const struct pl_diff_state *state);
pl_diff_line_vec pl_diff_asking_lines(const struct pl_diff_asking *asking,
                                      const struct pl_diff_state *state,
                                      struct pl_str name);

#endif
