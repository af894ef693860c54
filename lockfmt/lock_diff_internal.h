/*
 * What the parts of the differ share. Internal to lockfmt/.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_DIFF_INTERNAL_H
#define PODLOCK_LOCKFMT_LOCK_DIFF_INTERNAL_H

#include "core/map.h"
#include "core/vec.h"
#include "lockfmt/lock_diff.h"

struct pl_differ {
    struct pl_arena *arena;
    const struct pl_diff_given *given;
    PL_VEC(struct pl_diff_change) changes;
    PL_VEC(struct pl_diff_rule) rules; /* of all packages, by id */
    PL_VEC(struct pl_str) followed; /* facts to tell of, though no lock does */
};

/* The same template, as far as the locks tell: its facts are the same. */
bool pl_diff_same_facts(const struct pl_diff_given *given);
/* torch, what is built for one torch, and CUDA's libraries. */
bool pl_diff_is_torch(struct pl_str name);

/* ---- the parts, in the order they run ---- */

/* Rules whose state differs; the facts they are about are followed. */
void pl_diff_find_rules(struct pl_differ *d);
/* The lock's own keys and the image. */
void pl_diff_lock_keys(struct pl_differ *d);
/* Kind, group and is_quiet of a change that has all but its reasons. */
void pl_diff_classify(struct pl_arena *arena, struct pl_diff_change *change);
/* Why each change of a package came to be. */
void pl_diff_explain(struct pl_differ *d);

#endif
