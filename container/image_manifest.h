/*
 * Which image of an archive is meant, and of which layers it is made.
 *
 * Of an OCI layout: index.json, nested indexes, the manifest of the platform;
 * otherwise manifest.json of `docker save`.
 *
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md
 * https://github.com/moby/moby/blob/v28.0.0/image/spec/v1.2.md
 *
 * What a manifest names by digest must have it; in the old form, a plain layer
 * must have the diff_id that the configuration says.
 *
 * Errors: PL_ERR_INPUT (no image, a blob is missing or malformed),
 * PL_ERR_INTEGRITY, PL_ERR_USAGE (which image?), PL_ERR_LIMIT.
 */
#ifndef PODLOCK_CONTAINER_IMAGE_MANIFEST_H
#define PODLOCK_CONTAINER_IMAGE_MANIFEST_H

#include "container/image_blobs.h"
#include "container/tree_image.h"

struct pl_image_plan {
    struct pl_image image;
    struct pl_image_blob **layers; /* image.layer_count, the lowest first */
};

PL_MUST_CHECK bool pl_image_choose(struct pl_arena *arena,
                                   const struct pl_image_blobs *blobs,
                                   const struct pl_image_options *options,
                                   struct pl_image_plan *out,
                                   struct pl_error *err);

#endif
