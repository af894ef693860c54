/*
 * The files of a container, wherever they lie: below a root, in an archive.
 *
 * A tree answers of a path: what is there, what is in the folder, what is in
 * the file. Paths are absolute inside the container ("/usr/lib/python3.12"); a
 * path that is asked for loses its "." and ".." and "//" by its text alone, as
 * pl_tree_path does. Links are followed inside the tree: one to
 * "/opt/x" below the root /mnt is /mnt/opt/x, never the machine's own /opt/x,
 * and one that leaves through ".." stays at the root. At most
 * PL_MAX_TREE_LINKS links are followed for one path.
 *
 *     struct pl_tree *tree;
 *     if (!pl_tree_open_root(arena, PL_STR("/mnt"), &tree, err)) return false;
 *     ... pl_tree_read(tree, arena, path, max, &text, err) ...
 *     pl_tree_close(tree);
 *
 * What a tree holds may be hostile: fifos and devices are never opened, a
 * folder has at most PL_MAX_TREE_ENTRIES names, a read is bounded by its
 * caller. Nothing is executed and nothing is written.
 *
 * Views that are given live in the arena of the call. Errors: PL_ERR_FILE for
 * what cannot be read, PL_ERR_LIMIT; that something is not there is an
 * answer.
 */
#ifndef PODLOCK_CONTAINER_TREE_H
#define PODLOCK_CONTAINER_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/str.h"

enum pl_node_type {
    PL_NODE_ABSENT, /* also: a link to nothing, in a circle; not to be seen */
    PL_NODE_FILE,
    PL_NODE_FOLDER,
    PL_NODE_LINK,  /* only of an entry: links are not followed in a listing */
    PL_NODE_OTHER, /* fifo, socket, device */
};

struct pl_node {
    enum pl_node_type type;
    uint64_t size; /* of a file, bytes */
    bool is_executable;
};

struct pl_tree_entry {
    struct pl_str name;
    enum pl_node_type type;
};

struct pl_tree_sum {
    struct pl_str hex; /* 64 lower-case hex digits */
    uint64_t size;     /* of the bytes that were summed */
};

/* What a back end provides: the functions below; paths come normal. */
struct pl_tree {
    struct pl_node (*look)(struct pl_tree *tree, struct pl_str path);
    bool (*list)(struct pl_tree *tree, struct pl_arena *arena,
                 struct pl_str path, struct pl_tree_entry **entries,
                 size_t *count, struct pl_error *err);
    bool (*read)(struct pl_tree *tree, struct pl_arena *arena,
                 struct pl_str path, size_t max, struct pl_str *text,
                 struct pl_error *err);
    bool (*link)(struct pl_tree *tree, struct pl_arena *arena,
                 struct pl_str path, struct pl_str *target);
    /* May be NULL: this tree does not keep whole files. */
    bool (*sha256)(struct pl_tree *tree, struct pl_arena *arena,
                   struct pl_str path, struct pl_tree_sum *sum,
                   struct pl_error *err);
    void (*close)(struct pl_tree *tree);
};

/*
 * `path` as it is seen from `folder`, absolute and normal. What climbs above
 * "/" stays there; `above` (may be NULL) tells. Empty: too long, or NUL in it.
 */
struct pl_str pl_tree_path(struct pl_arena *arena, struct pl_str folder,
                           struct pl_str path, bool *above);
/* What is at the path; links are followed. */
struct pl_node pl_tree_look(struct pl_tree *tree, struct pl_str path);
/* A folder's entries, sorted by bytes; none where there is no folder. */
PL_MUST_CHECK bool pl_tree_list(struct pl_tree *tree, struct pl_arena *arena,
                                struct pl_str path,
                                struct pl_tree_entry **entries, size_t *count,
                                struct pl_error *err);
/*
 * The first `max` bytes of a file, or all of it when it has fewer; a NUL
 * follows, uncounted. Errors: also PL_ERR_FILE where there is no file.
 */
PL_MUST_CHECK bool pl_tree_read(struct pl_tree *tree, struct pl_arena *arena,
                                struct pl_str path, size_t max,
                                struct pl_str *text, struct pl_error *err);
/* What the link at the path says; false when it is no link. */
bool pl_tree_link(struct pl_tree *tree, struct pl_arena *arena,
                  struct pl_str path, struct pl_str *target);
/*
 * SHA-256 of a whole file, read in parts. Errors: PL_ERR_FILE, also where
 * there is no file and where the tree cannot tell (an archive may not).
 */
PL_MUST_CHECK bool pl_tree_sha256(struct pl_tree *tree, struct pl_arena *arena,
                                  struct pl_str path, struct pl_tree_sum *sum,
                                  struct pl_error *err);
void pl_tree_close(struct pl_tree *tree); /* NULL is accepted */

/* The tree below a folder of this machine; "/" is the machine itself. */
PL_MUST_CHECK bool pl_tree_open_root(struct pl_arena *arena,
                                     struct pl_str folder, struct pl_tree **out,
                                     struct pl_error *err);

#endif
