/*
 * What image_manifest.c, image_index.c and image_config.c know of one another.
 * For nobody else.
 */
#ifndef PODLOCK_CONTAINER_IMAGE_MANIFEST_INTERNAL_H
#define PODLOCK_CONTAINER_IMAGE_MANIFEST_INTERNAL_H

#include "container/image_manifest.h"
#include "core/json.h"
#include "core/vec.h"

struct pl_image_reading {
    struct pl_arena *arena;
    const struct pl_image_blobs *blobs;
    const struct pl_image_options *options;
    struct pl_error *err;
};

struct pl_image_names {
    PL_VEC(struct pl_str) list;
};

/* An image that the archive could have. */
struct pl_image_choice {
    struct pl_str digest; /* "sha256:..." of its manifest; empty: old form */
    struct pl_str config; /* the member's name */
    PL_VEC(struct pl_str) layers; /* members' names */
    struct pl_image_names names;
    struct pl_str platform; /* "linux/amd64"; empty: nothing says it */
    bool is_absent;         /* its manifest is not in the archive */
};

struct pl_image_choices {
    PL_VEC(struct pl_image_choice) list;
};

/* A JSON document of the archive; destroyed by pl_image_json_drop. */
PL_MUST_CHECK bool pl_image_json(struct pl_image_reading *reading,
                                 struct pl_str member, struct pl_json **out);
void pl_image_json_drop(struct pl_json **doc);

/* PL_ERR_LIMIT: the member has more than that; returns false. */
bool pl_image_too_many(struct pl_image_reading *reading, struct pl_str member,
                       const char *what, int most);

/* "blobs/sha256/HEX" of "sha256:HEX". */
PL_MUST_CHECK bool pl_image_digest_member(struct pl_image_reading *reading,
                                          struct pl_str digest,
                                          struct pl_str *member);
/* Does what lies there have the digest that its name says, if it says one? */
PL_MUST_CHECK bool pl_image_check(struct pl_image_reading *reading,
                                  const struct pl_image_blob *blob);

/* index.json and the indexes it names. */
PL_MUST_CHECK bool pl_image_index(struct pl_image_reading *reading,
                                  struct pl_image_choices *out);
/* The layers and configuration of a choice that index.json names. */
PL_MUST_CHECK bool pl_image_manifest(struct pl_image_reading *reading,
                                     struct pl_image_choice *choice);

struct pl_image_config {
    struct pl_image *image; /* os, arch, vars, labels */
    PL_VEC(struct pl_str) diff_ids;
};

PL_MUST_CHECK bool pl_image_config(struct pl_image_reading *reading,
                                   struct pl_str member,
                                   struct pl_image_config *out);

/* "linux/amd64", "linux/arm/v7"; empty parts are left out. */
struct pl_str pl_image_platform(struct pl_arena *arena, struct pl_str os,
                                struct pl_str arch, struct pl_str variant);
/* Adds the name as users write it, without "docker.io/", unless it is there. */
void pl_image_name_add(struct pl_arena *arena, struct pl_image_names *names,
                       struct pl_str name);

#endif
