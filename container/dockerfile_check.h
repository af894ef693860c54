/*
 * A Dockerfile, judged against a lock and an image's facts.
 *
 *     struct pl_docker_question question = {.source = source, .lock = &lock,
 *                                           .lock_name = name};
 *     struct pl_docker_verdict verdict;
 *     if (!pl_dockerfile_check(arena, &question, &verdict, err)) return false;
 *
 * The facts are those of the image that FROM names, where it is a known one;
 * else the lock's template's, which a note says; for an image that is known to
 * have no torch (nvidia/cuda, ubuntu, python ...) there are none. Without lock
 * and without facts hardly anything can be said, and nothing is.
 *
 * Only the last stage and the stages that it is built on count. What a script
 * does that RUN, ENTRYPOINT or CMD start is not known. Requirements files are
 * read where they stand below `folder`. No network, nothing is executed; which
 * version a command would get in place of the image's is asked of `newest`.
 *
 * Bound: PL_MAX_DOCKER_FINDINGS, what is beyond is not told.
 *
 * Errors: PL_ERR_INPUT, PL_ERR_LIMIT of the Dockerfile. Rules:
 * container/dockerfile_rules.h. Findings come in the order of their places.
 */
#ifndef PODLOCK_CONTAINER_DOCKERFILE_CHECK_H
#define PODLOCK_CONTAINER_DOCKERFILE_CHECK_H

#include "container/dockerfile_rules.h"
#include "index/index.h"
#include "lockfmt/lock.h"
#include "rules/template.h"

/* Which file would pip take for this, with nothing else to look at? */
struct pl_docker_wish {
    const struct pl_template *template; /* whose Python and platform */
    const struct pl_requirement *requirement;
    struct pl_str torch_variant; /* of torch's index; empty: the usual index */
};

struct pl_docker_question {
    const struct pl_source *source;     /* the Dockerfile */
    const struct pl_lock *lock;         /* NULL: none */
    struct pl_str lock_name;            /* its path, as it was given */
    const struct pl_template *template; /* said by hand; NULL: by FROM */
    struct pl_str folder;         /* of the build; empty: no file is read */
    const struct pl_str *ignored; /* ids */
    size_t ignored_count;
    /* NULL where none fits or it cannot be told. May be NULL: none is asked. */
    const struct pl_file *(*newest)(void *user,
                                    const struct pl_docker_wish *wish);
    void *newest_user;
};

/* A part of the source and what should stand there. */
struct pl_docker_edit {
    uint32_t begin, end;
    struct pl_str text;
};

struct pl_docker_verdict {
    struct pl_findings findings;
    PL_VEC(struct pl_docker_edit) edits; /* by place, none overlaps */
    struct pl_str image; /* of FROM, expanded; empty: not known */
    const struct pl_template *template; /* whose facts counted; NULL: none */
    bool is_of_image; /* and they are those of the image itself */
};

PL_MUST_CHECK bool pl_dockerfile_check(struct pl_arena *arena,
                                       const struct pl_docker_question *q,
                                       struct pl_docker_verdict *out,
                                       struct pl_error *err);

/* The known image that a Dockerfile's result is built on; empty: none. */
PL_MUST_CHECK bool pl_dockerfile_image(struct pl_arena *arena,
                                       const struct pl_source *source,
                                       struct pl_str *image,
                                       struct pl_template *template,
                                       struct pl_error *err);

/*
 * The edits as a unified diff that `patch` and `git apply` take; nothing when
 * there are none.
 */
void pl_docker_edits_diff(const struct pl_source *source,
                          const struct pl_docker_verdict *verdict,
                          struct pl_buf *out);

#endif
