/*
 * The paths of an image's layer, or of its layers merged.
 *
 * A layer is an overlay: besides paths it says which ones of the layers below
 * it are gone. Merging puts one over what is there already:
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md
 *
 *     struct pl_image_files layer = pl_image_files(arena, &spent);
 *     pl_image_files_put(&layer, path, &node, err) ...
 *     struct pl_image_files image = pl_image_files(arena, &spent);
 *     pl_image_files_merge(&image, &layer, err);
 *     node = pl_image_files_find(&image, path, true);
 *
 * Nodes and texts live in the arena. A node that a later one replaced stays
 * in its folder's list as PL_NODE_ABSENT.
 *
 * `spent` is shared by all layers of an archive. Errors: PL_ERR_LIMIT.
 */
#ifndef PODLOCK_CONTAINER_IMAGE_FILES_H
#define PODLOCK_CONTAINER_IMAGE_FILES_H

#include "container/tree.h"

/* What reading an archive took so far, against PL_MAX_IMAGE_*. */
struct pl_image_spent {
    uint64_t bytes;
    size_t members, nodes, steps, kept;
};

/* Adds to what was spent, and says when it is too much. */
PL_MUST_CHECK bool pl_image_spend_member(struct pl_image_spent *spent,
                                         uint64_t bytes, struct pl_error *err);
PL_MUST_CHECK bool pl_image_spend_kept(struct pl_image_spent *spent,
                                       size_t bytes, struct pl_error *err);

struct pl_image_node {
    struct pl_image_node *parent;       /* NULL: the root */
    struct pl_image_node *child, *next; /* newest first */
    struct pl_image_node *onto;         /* while merging: where it goes */
    struct pl_str name;
    struct pl_str text; /* what is kept of a file; a link's target */
    uint64_t size;      /* of the file */
    uint32_t age;       /* a child counts when it has its folder's */
    uint32_t folder_age;
    enum pl_node_type type;
    bool is_executable;
    bool is_stated;    /* a folder that is a member itself */
    bool is_hard_link; /* `text`: the path of a file of a lower layer */
    bool hides;        /* what lower layers have here is gone */
    bool is_opaque;    /* what lower layers have in this folder is gone */
};

struct pl_image_files {
    struct pl_arena *arena;
    struct pl_image_spent *spent;
    struct pl_image_node *root;
    struct pl_image_node **slots;
    size_t slot_count, len;
};

struct pl_image_files pl_image_files(struct pl_arena *arena,
                                     struct pl_image_spent *spent);
/*
 * The node of a path of the layer, without "." or "..", made where there is
 * none, and so the folders above it. A link above it is followed where the
 * layer itself has the folder.
 */
PL_MUST_CHECK bool pl_image_files_put(struct pl_image_files *files,
                                      struct pl_str path,
                                      struct pl_image_node **out,
                                      struct pl_error *err);
/* Drops what is in a folder. */
void pl_image_node_empty(struct pl_image_node *node);
/* NULL: nothing is there. Links above the last name are followed anyhow. */
struct pl_image_node *pl_image_files_find(const struct pl_image_files *files,
                                          struct pl_str path, bool follow);
PL_MUST_CHECK bool pl_image_files_merge(struct pl_image_files *files,
                                        struct pl_image_files *layer,
                                        struct pl_error *err);

#endif
