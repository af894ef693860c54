/*
 * ARG and ENV: what variables a Dockerfile's instruction sees.
 *
 *     struct pl_docker_vars vars = {.arena = arena};
 *     pl_docker_vars_take(&vars, &file, &file.at[i]);    an ARG or ENV
 *     struct pl_docker_value v = pl_docker_expand(&vars, text, file.escape);
 *
 * A value that is not known stays unknown, and so does what is made of it: a
 * variable that no instruction set may come from the base image. Of an ARG its
 * default counts, which `docker build --build-arg` can change.
 *
 * ${X}, ${X:-d}, ${X-d}, ${X:+d}, ${X+d}, ${X:?e}, ${X?e} are understood, with
 * variables inside `d`; other forms (${X#p}, ${X/a/b}) make a value unknown.
 * Bounds: PL_MAX_DOCKER_VALUE_BYTES and PL_MAX_DOCKER_EXPAND_DEPTH: what is
 * beyond is unknown. PL_MAX_DOCKER_WORK_BYTES for all that one table makes.
 *
 * https://docs.docker.com/reference/dockerfile/#environment-replacement
 */
#ifndef PODLOCK_CONTAINER_DOCKERFILE_VARS_H
#define PODLOCK_CONTAINER_DOCKERFILE_VARS_H

#include "container/dockerfile.h"
#include "core/map.h"

struct pl_docker_value {
    struct pl_str text; /* as far as it is known */
    bool is_known;
    bool is_env;         /* set by ENV: an ARG does not change it */
    struct pl_span span; /* where it was set */
};

struct pl_docker_vars {
    struct pl_arena *arena;
    const struct pl_docker_vars *parent; /* asked for what is not here */
    bool is_closed; /* what nothing set is empty: before the first FROM */
    size_t *work;   /* bytes made so far; NULL: not counted */
    struct pl_map map;
};

/* NULL: nothing set it. */
const struct pl_docker_value *
pl_docker_vars_get(const struct pl_docker_vars *vars, struct pl_str name);
void pl_docker_vars_set(struct pl_docker_vars *vars, struct pl_str name,
                        struct pl_docker_value value);
/* What an ARG or ENV says; `global` has the ARGs above the first FROM. */
void pl_docker_vars_take(struct pl_docker_vars *vars,
                         const struct pl_docker_vars *global, char escape,
                         const struct pl_docker_instruction *instruction);

/* Quotes are taken out and variables put in, as Docker does it. */
struct pl_docker_value pl_docker_expand(const struct pl_docker_vars *vars,
                                        struct pl_str text, char escape);
/*
 * The variable at text.at[*at], a '$': its value is added and *at is moved
 * behind it. False when it is not known; then the text as it was written is
 * added. A '$' that begins no variable stands for itself.
 */
bool pl_docker_vars_dollar(const struct pl_docker_vars *vars,
                           struct pl_str text, size_t *at, struct pl_buf *out);

/* The words of a line, parted by blanks outside of quotes, not expanded. */
bool pl_docker_next_word(struct pl_str text, size_t *at, char escape,
                         struct pl_str *word);

#endif
