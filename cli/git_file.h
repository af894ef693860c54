/*
 * A file as git has it at a revision.
 *
 * git itself is run (`git cat-file blob REV:PATH`), without a shell, filters
 * or a terminal: its grammar of revisions, its packs and its checks hold.
 * What begins with '-' is never given to it.
 *
 *     struct pl_git_object object =
 *         pl_git_object_of(arena, PL_STR("HEAD~1"), PL_STR("pylock.toml"));
 *     if (!pl_git_load(arena, &object, &source, err)) ...
 *
 * Errors: PL_ERR_INPUT (git's own message as `because`), PL_ERR_USAGE (no git,
 * or a revision that is none), PL_ERR_LIMIT (too large, or PL_GIT_SECONDS).
 */
#ifndef PODLOCK_CLI_GIT_FILE_H
#define PODLOCK_CLI_GIT_FILE_H

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/source.h"
#include "core/str.h"

struct pl_git_object {
    struct pl_str dir;  /* where git runs; empty: here */
    struct pl_str name; /* "HEAD~1:./pylock.toml" */
};

/* The file at that path of the work tree; an empty revision is the index. */
struct pl_git_object pl_git_object_of(struct pl_arena *arena,
                                      struct pl_str revision,
                                      struct pl_str path);
/* The file `name` of the same revision, in the folder of `object`. */
struct pl_git_object pl_git_object_beside(struct pl_arena *arena,
                                          const struct pl_git_object *object,
                                          struct pl_str name);

/* At most PL_MAX_USER_FILE_BYTES; the source is named as the object. */
PL_MUST_CHECK bool pl_git_load(struct pl_arena *arena,
                               const struct pl_git_object *object,
                               const struct pl_source **out,
                               struct pl_error *err);
/* Is there such a revision, but no such file in it? */
bool pl_git_lacks(struct pl_arena *arena, const struct pl_git_object *object);

#endif
