/*
 * All that stands in the way, each conflict as small as can be.
 *
 * The conflict of a search is minimal for what the search had read. Here each
 * of its leaves is left out in turn and the rest asked as a question of its
 * own, so that in the end every leaf is needed: without it the others can be
 * met. Then the lines of the conflict are set aside, and what is still
 * impossible is another conflict, independent of the first.
 *
 * The questions beside go to the same index, from memory where it has been
 * read. A question that fails or comes too late (problem->deadline_ns) ends
 * the search for more; what was found by then is true all the same.
 */
#ifndef PODLOCK_RESOLVER_CONFLICTS_H
#define PODLOCK_RESOLVER_CONFLICTS_H

#include "resolver/conflict.h"

struct pl_conflicts {
    PL_VEC(const struct pl_conflict *) list; /* at least one */
    bool may_have_more; /* a question failed, or there are too many */
};

/*
 * `first` is what pl_refine found; the index is the one it asked. In the order
 * of the lines that they blame.
 */
struct pl_conflicts pl_conflicts_find(struct pl_problem *problem,
                                      struct pl_index *index,
                                      const struct pl_conflict *first);

/* All their reasons one after the other, for who looks for repairs. */
const struct pl_conflict *
pl_conflicts_together(struct pl_arena *arena,
                      const struct pl_conflicts *conflicts);

#endif
