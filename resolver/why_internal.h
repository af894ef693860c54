/* What the parts of why.h share: why.c, why_bars.c and why_ask.c. */
#ifndef PODLOCK_RESOLVER_WHY_INTERNAL_H
#define PODLOCK_RESOLVER_WHY_INTERNAL_H

#include "resolver/why.h"

typedef PL_VEC(struct pl_bar) pl_bar_vec;

struct pl_why_finder {
    struct pl_problem *problem;
    struct pl_index *index;
    const struct pl_solution *solution;
    struct pl_arena *arena;
    struct pl_graph graph;
    struct pl_project *project;
    struct pl_candidate *final;
    bool is_lowest;
    unsigned questions;   /* asked so far */
    uint64_t deadline_ns; /* of all of them; once one was asked */
};

/* ---- why_bars.c ---- */

/* Every version that is preferred to the final one, or newer, under a bar. */
void pl_why_find_bars(struct pl_why_finder *f, struct pl_why *out);

/* ---- why_ask.c ---- */

/* What the answer takes from an index under that name; NULL: nothing. */
const struct pl_chosen *pl_why_chosen(const struct pl_solution *solution,
                                      struct pl_str name);
/* Fills the bar's verdict; its ranges are there. */
void pl_why_ask(struct pl_why_finder *f, struct pl_bar *bar);

#endif
