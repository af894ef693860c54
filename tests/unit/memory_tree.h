/*
 * A container's tree in memory, for unit tests: container/tree.h's promises
 * without a file system.
 *
 *     struct memory_tree t;
 *     memory_tree_init(&t, &arena);
 *     memory_file(&t, "/etc/os-release", "ID=debian\n");
 *     memory_link(&t, "/bin", "usr/bin");
 *     ... pl_container_scan(&arena, &t.tree, ...) ...
 *
 * Folders above what is added are made. Links are kept as they are given and
 * followed inside the tree. Adding a path again replaces it. Reads and lookups
 * are counted, so that a test can hold what a scan costs.
 */
#ifndef PODLOCK_TESTS_MEMORY_TREE_H
#define PODLOCK_TESTS_MEMORY_TREE_H

#include "container/tree.h"
#include "core/map.h"

struct memory_tree {
    struct pl_tree tree; /* first: a pl_tree is a memory_tree */
    struct pl_arena *arena;
    struct pl_map nodes; /* path -> struct memory_node */
    size_t looks, lists, reads, read_bytes;
};

void memory_tree_init(struct memory_tree *t, struct pl_arena *arena);
void memory_folder(struct memory_tree *t, const char *path);
void memory_file(struct memory_tree *t, const char *path, const char *text);
void memory_bytes(struct memory_tree *t, const char *path, struct pl_str bytes);
void memory_program(struct memory_tree *t, const char *path);
void memory_link(struct memory_tree *t, const char *path, const char *target);
void memory_fifo(struct memory_tree *t, const char *path);
/* A file or folder that may not be read. */
void memory_locked(struct memory_tree *t, const char *path);

#endif
