/*
 * What lies in an image archive: manifests, configurations and layers, by the
 * names of its members.
 *
 *     struct pl_image_blobs blobs;
 *     if (!pl_image_blobs_feed(arena, feed, user, &blobs, err)) return false;
 *     blob = pl_image_blobs_find(&blobs, PL_STR("manifest.json"));
 *
 * A member is what its first bytes say: JSON is kept as text, a tar archive,
 * plain or packed, becomes the paths of a layer, all else is passed over. Of
 * each one the digest is computed. A damaged layer is an error only for the
 * one who asks for it.
 *
 * Errors: PL_ERR_FILE, PL_ERR_INPUT, PL_ERR_INTEGRITY, PL_ERR_LIMIT; messages
 * do not name the archive.
 */
#ifndef PODLOCK_CONTAINER_IMAGE_BLOBS_H
#define PODLOCK_CONTAINER_IMAGE_BLOBS_H

#include "container/image_files.h"
#include "core/map.h"
#include "index/archive_read.h"

enum pl_blob_kind {
    PL_BLOB_OTHER,
    PL_BLOB_TEXT,
    PL_BLOB_LAYER,
    PL_BLOB_LINK, /* to another member, whose name `text` is */
};

struct pl_image_blob {
    struct pl_str name; /* of the member, "blobs/sha256/..." */
    enum pl_blob_kind kind;
    struct pl_str text;
    struct pl_str sha256; /* 64 hex digits */
    bool is_packed;       /* of a layer: sha256 is not its diff_id */
    struct pl_image_files files;
    bool is_bad; /* a layer that cannot be read, for this reason */
    struct pl_error bad;
};

struct pl_image_blobs {
    struct pl_arena *arena;
    struct pl_map by_name; /* of struct pl_image_blob */
    struct pl_image_spent spent;
};

PL_MUST_CHECK bool pl_image_blobs_feed(struct pl_arena *arena,
                                       pl_archive_feed feed, void *user,
                                       struct pl_image_blobs *out,
                                       struct pl_error *err);
/* Links are followed; NULL: there is none. */
struct pl_image_blob *pl_image_blobs_find(const struct pl_image_blobs *blobs,
                                          struct pl_str name);

#endif
