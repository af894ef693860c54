/*
 * The files of an image archive, without unpacking it.
 *
 * What `docker save` writes, old form (manifest.json and layers) and new (an
 * OCI layout beside it), and an OCI layout as tar; each plain, gzip or zstd as
 * a whole, and so each layer.
 *
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md
 * https://github.com/moby/moby/blob/v28.0.0/image/spec/v1.2.md
 *
 * The archive is read once, from its beginning to its end, so that it may be a
 * pipe ("-": standard input). Layers may come before the manifest that orders
 * them: of each one its paths and link targets are kept, and the contents of
 * the small files that a scan reads (container/image_keep.h); at the end the
 * layers of the chosen image are put over one another.
 *
 *     struct pl_image image;
 *     struct pl_tree *tree;
 *     struct pl_image_options options = {0};
 *     if (!pl_image_open(arena, path, &options, &image, &tree, err)) ...
 *     struct pl_scan_options scan = {.vars = image.vars};
 *     ... pl_container_scan(arena, tree, &scan, &container, err) ...
 *     pl_tree_close(tree);
 *
 * The digests that a manifest names are verified. Nothing is written.
 *
 * Bounds: PL_MAX_IMAGE_* of core/limits.h. Everything lives in the arena.
 * Errors name the archive: PL_ERR_FILE (cannot be read), PL_ERR_INPUT (no
 * image archive, damaged, a layer is missing), PL_ERR_INTEGRITY (a digest
 * differs, a member's name leaves the image), PL_ERR_USAGE (several images;
 * none for the platform), PL_ERR_LIMIT.
 */
#ifndef PODLOCK_CONTAINER_TREE_IMAGE_H
#define PODLOCK_CONTAINER_TREE_IMAGE_H

#include "container/tree.h"
#include "index/archive_read.h"

struct pl_image_options {
    /*
     * "linux/arm64", "linux/arm/v7". Empty: the only one, or linux/amd64 when
     * there are several.
     */
    struct pl_str platform;
    /* Which of several, a reference or digest; not looked at with one. */
    struct pl_str name;
};

struct pl_image_label {
    struct pl_str name, value;
};

struct pl_image {
    const struct pl_str *references; /* "runpod/pytorch:1.0.2-..." */
    size_t reference_count;          /* may be 0 */
    /* "sha256:..." of the manifest; empty: the old form has none. */
    struct pl_str digest;
    struct pl_str id;        /* "sha256:..." of the configuration */
    struct pl_str os, arch;  /* "linux", "amd64", as it says; may be empty */
    const char *const *vars; /* "NAME=VALUE", NULL at the end; of Env */
    const struct pl_image_label *labels; /* in the configuration's order */
    size_t label_count;
    size_t layer_count;
};

/* *image is untouched on failure, and so is *tree. */
PL_MUST_CHECK bool pl_image_open(struct pl_arena *arena, struct pl_str path,
                                 const struct pl_image_options *options,
                                 struct pl_image *image, struct pl_tree **tree,
                                 struct pl_error *err);
/* The same of bytes that come from a feed; messages name no archive. */
PL_MUST_CHECK bool pl_image_open_feed(struct pl_arena *arena,
                                      pl_archive_feed feed, void *user,
                                      const struct pl_image_options *options,
                                      struct pl_image *image,
                                      struct pl_tree **tree,
                                      struct pl_error *err);

#endif
