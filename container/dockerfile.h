/*
 * A Dockerfile, read into instructions and stages.
 *
 * https://docs.docker.com/reference/dockerfile/
 *
 *     struct pl_dockerfile file;
 *     if (!pl_dockerfile_read(arena, source, &file, err)) return false;
 *     for (size_t i = 0; i < file.count; i++) ... file.at[i].kind ...
 *
 * Lines are read as BuildKit does: parser directives (escape, syntax),
 * continuations, comments and empty lines inside them, heredocs of RUN, COPY
 * and ADD, the JSON form, flags (--mount=...). Nothing is expanded here, see
 * container/dockerfile_vars.h; the words of a RUN are
 * container/shell_words.h's. No other file is looked at.
 *
 * Bounds: PL_MAX_DOCKER_INSTRUCTIONS, PL_MAX_DOCKER_HEREDOCS of one of them.
 * Views live in the source's text and the arena. Errors: PL_ERR_INPUT with the
 * place (what Docker refuses as well), PL_ERR_LIMIT.
 */
#ifndef PODLOCK_CONTAINER_DOCKERFILE_H
#define PODLOCK_CONTAINER_DOCKERFILE_H

#include "container/joined.h"
#include "core/error.h"

enum pl_docker_kind {
    PL_DOCKER_ADD,
    PL_DOCKER_ARG,
    PL_DOCKER_CMD,
    PL_DOCKER_COPY,
    PL_DOCKER_ENTRYPOINT,
    PL_DOCKER_ENV,
    PL_DOCKER_FROM,
    PL_DOCKER_RUN,
    PL_DOCKER_SHELL,
    PL_DOCKER_USER,
    PL_DOCKER_WORKDIR,
    PL_DOCKER_OTHER, /* known to Docker, of no matter here */
};

struct pl_docker_flag {
    struct pl_str name;  /* "mount" of --mount=type=cache */
    struct pl_str value; /* as written; empty: it has none */
};

struct pl_docker_heredoc {
    struct pl_str name; /* without quotes */
    bool is_quoted;     /* nothing in it is expanded */
    struct pl_joined body;
};

/* Ids that comments "# podlock ignore=PD101,PD102" name. */
struct pl_docker_ignored {
    struct pl_str *at;
    size_t len, cap;
};

struct pl_docker_instruction {
    enum pl_docker_kind kind;
    bool on_build;         /* ONBUILD stood before it */
    struct pl_joined rest; /* behind keyword and flags */
    const struct pl_docker_flag *flags;
    size_t flag_count;
    bool is_json; /* of RUN, COPY, ADD, SHELL: `json` has its strings */
    const struct pl_str *json;
    size_t json_count;
    const struct pl_docker_heredoc *heredocs;
    size_t heredoc_count;
    struct pl_span keyword;
    struct pl_docker_ignored ignored;
};

struct pl_dockerfile {
    const struct pl_source *source;
    char escape; /* '\\' or '`' */
    const struct pl_docker_instruction *at;
    size_t count;
    struct pl_docker_ignored ignored; /* above all instructions */
};

PL_MUST_CHECK bool pl_dockerfile_read(struct pl_arena *arena,
                                      const struct pl_source *source,
                                      struct pl_dockerfile *out,
                                      struct pl_error *err);

/* The value of the first flag of that name; false: it has none. */
bool pl_docker_flag(const struct pl_docker_instruction *instruction,
                    const char *name, struct pl_str *value);

#endif
