/*
 * Finds options that cannot be in any answer, before the solver sees them.
 *
 * Given which facts stay, an option is dead when the user's own requirement or
 * one of a fact that stays refuses it, when an ABI rule forbids it beside such
 * a fact, or when it needs something that no living option provides; and so on
 * until nothing changes. What is left has the same answers, with a fraction of
 * the rules.
 *
 * When a package that must be there has no option left, the answer is no for
 * these facts. Each death remembers which facts it rests on, so that this no
 * is a proof as good as the solver's, and far cheaper.
 */
#ifndef PODLOCK_RESOLVER_PRUNE_H
#define PODLOCK_RESOLVER_PRUNE_H

#include "resolver/pool_internal.h"

struct pl_pruning {
    bool possible;            /* false: no answer while these facts stay */
    struct pl_project **core; /* then: facts the proof rests on */
    size_t core_count;
    bool **dead; /* by project number, then option */
};

/* `staying` says by project number which facts stay. Changes nothing. */
struct pl_pruning pl_prune(struct pl_pool *pool, const bool *staying,
                           size_t count);
/* Removes what is dead from the pool's options. */
void pl_prune_apply(struct pl_pool *pool, const struct pl_pruning *pruning);

#endif
