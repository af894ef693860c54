/*
 * Fills `all` and `alone` of a graph's nodes. Takes a bit a pair of one that
 * needs something and one that is needed, and no stack of the machine.
 * Internal to lockfmt/.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_WEIGHT_H
#define PODLOCK_LOCKFMT_LOCK_WEIGHT_H

#include "lockfmt/lock_graph.h"

void pl_lock_weigh(struct pl_arena *arena, struct pl_lock_graph *graph);

#endif
