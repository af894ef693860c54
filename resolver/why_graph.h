/*
 * What is in force in an answer: every package of the environment with the
 * requirements it states, and who brought it in.
 *
 * A node is a package, or one extra of it. Nodes stand breadth first: those of
 * the user's lines in the order given, then what these need. Behind them come
 * packages that the answer changes though no line leads there, and last the
 * preinstalled ones that stay unasked. `from` always points to an earlier
 * node, so following it gives a shortest way to a line.
 *
 * Lives in the arena of the problem. A page that is read later moves its
 * project's candidates: read first.
 */
#ifndef PODLOCK_RESOLVER_WHY_GRAPH_H
#define PODLOCK_RESOLVER_WHY_GRAPH_H

#include "resolver/solution.h"

enum pl_reach {
    PL_REACH_LINE,    /* a line of the user's leads there */
    PL_REACH_CHANGED, /* only what the answer changes does */
    PL_REACH_NONE,    /* it is merely there */
};

struct pl_graph_node {
    struct pl_project *project;
    struct pl_candidate *candidate;
    struct pl_str extra;          /* empty: the package itself */
    const struct pl_needs *needs; /* NULL: not known */
    enum pl_reach reach;
    size_t from;                    /* SIZE_MAX: none */
    const struct pl_asked *asked;   /* the line, when `from` is none */
    const struct pl_demand *demand; /* what the line or `from` says */
};

struct pl_graph {
    struct pl_problem *problem;
    struct pl_candidate **final; /* by project number; NULL: not there */
    size_t count;
    PL_VEC(struct pl_graph_node) nodes;
};

/* `without`, when not NULL, is as if it were not there. */
void pl_graph_make(struct pl_problem *problem,
                   const struct pl_solution *solution,
                   const struct pl_project *without, struct pl_graph *out);
/* What the environment will hold of the project; NULL: nothing. */
struct pl_candidate *pl_graph_final(const struct pl_graph *graph,
                                    const struct pl_project *project);
/* The first node of the project; NULL: none. */
const struct pl_graph_node *pl_graph_node(const struct pl_graph *graph,
                                          const struct pl_project *project);

#endif
