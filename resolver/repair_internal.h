/*
 * Between the files of the repairs: what might help, before it is tried.
 */
#ifndef PODLOCK_RESOLVER_REPAIR_INTERNAL_H
#define PODLOCK_RESOLVER_REPAIR_INTERNAL_H

#include "resolver/repair.h"

struct pl_change {
    struct pl_repair repair;           /* without its cost */
    struct pl_requirement requirement; /* the new one, of a line */
    const struct pl_abi_rule *rule;    /* of IGNORE_RULE */
    struct pl_str moment; /* of DATE: the bound; of "" there is none */
    bool wheels;          /* of SOURCE: wheels are let in */
};

typedef PL_VEC(struct pl_change) pl_change_vec;
typedef PL_VEC(struct pl_requirement) pl_requirement_vec;

/* Ways to ask for less in the line's place; what keeps most of it first. */
void pl_repair_widen(struct pl_arena *arena, const struct pl_asked *asked,
                     pl_requirement_vec *out);
/* The line's text with another specifier, which may be empty. */
PL_MUST_CHECK bool pl_repair_respecify(struct pl_arena *arena,
                                       const struct pl_requirement *requirement,
                                       struct pl_str specifier,
                                       struct pl_requirement *out);

/* What the reasons of the conflict suggest, in the order of trying. */
void pl_repair_suggest(const struct pl_repair_search *search,
                       struct pl_arena *arena, pl_change_vec *out);

/* Makes the change in a problem that has not started. */
void pl_change_apply(const struct pl_change *change,
                     struct pl_problem *problem);

#endif
