/*
 * The stages of a Dockerfile: what each is built on.
 *
 *     struct pl_docker_stages stages;
 *     if (!pl_docker_stages_read(arena, &file, &stages, err)) return false;
 *     struct pl_str image = pl_docker_stages_image(&stages).text;
 *
 * FROM is expanded with the ARGs above the first FROM, by their defaults. What
 * counts is the last stage and those that it is built on, the oldest first, in
 * `chain`. Errors: PL_ERR_INPUT with the place: no FROM, or an instruction
 * other than ARG before it.
 */
#ifndef PODLOCK_CONTAINER_DOCKERFILE_STAGES_H
#define PODLOCK_CONTAINER_DOCKERFILE_STAGES_H

#include "container/dockerfile_vars.h"

#define PL_DOCKER_NO_STAGE SIZE_MAX

struct pl_docker_stage {
    struct pl_docker_value base; /* the image, or an earlier stage's name */
    struct pl_str name;          /* of AS; empty: none */
    size_t parent;               /* the earlier stage; or PL_DOCKER_NO_STAGE */
    size_t from;                 /* its FROM */
    size_t end;                  /* behind its last instruction */
    struct pl_span span;         /* of the base in FROM */
};

struct pl_docker_stages {
    struct pl_docker_vars global; /* the ARGs above the first FROM */
    const struct pl_docker_stage *at;
    size_t count;
    const size_t *chain; /* numbers of stages, the last one is the result */
    size_t chain_count;
};

PL_MUST_CHECK bool pl_docker_stages_read(struct pl_arena *arena,
                                         const struct pl_dockerfile *file,
                                         struct pl_docker_stages *out,
                                         struct pl_error *err);
/* The image that the result is built on, at the end of all references. */
const struct pl_docker_stage *
pl_docker_stages_image(const struct pl_docker_stages *stages);
/* The stage of that name or number, before the stage `before`. */
size_t pl_docker_stages_find(const struct pl_docker_stages *stages,
                             struct pl_str name, size_t before);

#endif
