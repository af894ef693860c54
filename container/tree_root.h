/*
 * The tree below a folder of this machine, as its tests see it.
 *
 * Links are followed by the kernel where it can do so below a root (openat2,
 * Linux 5.6) and otherwise component by component; both give the same answers,
 * but for a path of more than PL_MAX_TREE_STEPS steps, which the walk gives up.
 * A tree that was told to walk asks the kernel no such thing.
 */
#ifndef PODLOCK_CONTAINER_TREE_ROOT_H
#define PODLOCK_CONTAINER_TREE_ROOT_H

#include "container/tree.h"

/* `tree` is one of pl_tree_open_root. */
void pl_tree_root_walk(struct pl_tree *tree);

#endif
