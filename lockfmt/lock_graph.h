/*
 * Who needs whom in a lock, and what it weighs.
 *
 * A node stands for a name: a package of the lock, with all its entries when
 * several environments have one each, or a package of the template that the
 * lock relies on or that asks for one of its packages. Edges come from
 * `dependencies` and `via`; locks of other tools have the first only, and some
 * have none. A line of the user's ("requirements.in:2") is no node: it is told
 * of the node that it asks for.
 *
 *     struct pl_lock_graph graph;
 *     if (!pl_lock_graph_make(arena, &lock, &graph, err))
 *         return false;
 *     const struct pl_lock_node *n = pl_lock_graph_find(&graph, name);
 *     for (size_t i = 0; n && i < n->needs.count; i++)
 *         use(&graph.nodes[n->needs.at[i]]);
 *
 * Nodes are sorted by name, edges by number, which is the same. There may be
 * cycles. Bytes are those of each name's first entry's first file, as in
 * pl_lock_bytes; sums stop at UINT64_MAX. Everything lives in the arena; views
 * are those of the lock.
 *
 * Errors: PL_ERR_LIMIT when more than PL_MAX_LOCK_FACTS names need something.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_GRAPH_H
#define PODLOCK_LOCKFMT_LOCK_GRAPH_H

#include "core/attr.h"
#include "core/error.h"
#include "lockfmt/lock.h"

struct pl_lock_edges {
    const size_t *at; /* numbers of nodes */
    size_t count;
};

/* Packages with what they weigh. */
struct pl_lock_weight {
    uint64_t bytes;
    size_t packages;
    size_t unknown; /* those of them whose size the lock does not state */
};

struct pl_lock_node {
    struct pl_str name;
    struct pl_str version;                 /* empty: not stated */
    const struct pl_lock_package *package; /* the first; NULL: template's */
    size_t entry_count;
    struct pl_lock_edges needs, askers;
    const struct pl_str *lines; /* "requirements.in:2", sorted */
    size_t line_count;
    bool is_start;               /* of pl_lock_graph_starts, not inverted */
    struct pl_lock_weight own;   /* nothing for one of the template */
    struct pl_lock_weight all;   /* with all that it leads to, each once */
    struct pl_lock_weight alone; /* of a start: what no other one leads to */
};

struct pl_lock_graph {
    struct pl_lock_node *nodes;
    size_t count;
};

PL_MUST_CHECK bool pl_lock_graph_make(struct pl_arena *arena,
                                      const struct pl_lock *lock,
                                      struct pl_lock_graph *out,
                                      struct pl_error *err);
/* By its normalised name; NULL: the lock does not know it. */
const struct pl_lock_node *pl_lock_graph_find(const struct pl_lock_graph *graph,
                                              struct pl_str name);
/*
 * Nodes that lead to all others: what a line asks for, and what nobody in the
 * lock needs; inverted, packages that need no other one of the lock. Of a
 * cycle that nothing else leads to, the first by name. What nobody asks for
 * and needs nothing is one only as a package.
 */
struct pl_lock_edges pl_lock_graph_starts(struct pl_arena *arena,
                                          const struct pl_lock_graph *graph,
                                          bool inverted);

#endif
