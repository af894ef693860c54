/*
 * A container image's reference, and what a RunPod tag says.
 *
 *     [docker.io/]runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404[@sha256:...]
 *
 * Two forms of tag are known:
 *
 *     2.4.0-py3.11-cuda12.4.1[-cudnn][-devel][-ubuntu22.04]
 *     1.0.2[-rc.N|-dev-NAME]-cu1281-torch280-ubuntu2404
 *
 * In the second one the last digit is the patch and the first (of torch) or
 * the first two (of CUDA) the major number; the Python is not named, but known
 * for most series. What a tag says need not be what the image holds.
 * Everything is a view of the text or lies in the arena. Internal to rules/.
 */
#ifndef PODLOCK_RULES_IMAGE_REF_H
#define PODLOCK_RULES_IMAGE_REF_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/str.h"

struct pl_image_ref {
    struct pl_str name;   /* without registry when that is Docker Hub */
    struct pl_str tag;    /* empty: none */
    struct pl_str digest; /* "sha256:..."; empty: none */
};

/* Any text is taken; one without ':', '/' and '@' is a tag alone. */
struct pl_image_ref pl_image_ref_parse(struct pl_str text);

struct pl_image_tag {
    struct pl_str series; /* "1.0.2"; empty in the first form */
    struct pl_str python; /* "3.11"; empty: not known */
    struct pl_str torch;  /* "2.8.0" */
    struct pl_str cuda;   /* "12.8.1"; of the image */
    struct pl_str ubuntu; /* "22.04"; empty: not said */
};

/* False when the tag has neither form (ROCm's tags have none). */
bool pl_image_tag_parse(struct pl_arena *arena, struct pl_str tag,
                        struct pl_image_tag *out);

/* Compares "1.0.10" with "1.0.2" by numbers; an absent part is 0. */
int pl_dotted_cmp(struct pl_str a, struct pl_str b);

#endif
