/*
 * A lock's graph for people, as a tree, and for programs, as it is.
 *
 * The needs of a package are shown where it stands first; elsewhere "(*)" says
 * so: the text is as long as the graph, cycles end. Deeper than
 * PL_MAX_TREE_DEPTH nothing is shown, and at most PL_MAX_TREE_LINES.
 */
#ifndef PODLOCK_CLI_TREE_SHOW_H
#define PODLOCK_CLI_TREE_SHOW_H

#include "cli/cli.h"
#include "lockfmt/lock_graph.h"

struct pl_tree {
    const struct pl_lock *lock;
    const struct pl_lock_graph *graph;
    struct pl_lock_edges starts;
    struct pl_str path; /* of the lock, for people */
    bool inverted;      /* who needs it */
    bool is_whole;      /* starts are all there are, no names of the user's */
    size_t depth;       /* levels below a start */
    bool draws_lines;   /* with characters that are not ASCII */
};

/* Both append to the command's text. Errors: PL_ERR_LIMIT. */
PL_MUST_CHECK bool pl_tree_show(struct pl_cli *cli, const struct pl_tree *tree,
                                struct pl_error *err);
void pl_tree_json(struct pl_cli *cli, const struct pl_tree *tree);

#endif
