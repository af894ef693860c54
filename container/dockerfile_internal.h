/*
 * What the parts of the Dockerfile's check share. Internal to container/.
 */
#ifndef PODLOCK_CONTAINER_DOCKERFILE_INTERNAL_H
#define PODLOCK_CONTAINER_DOCKERFILE_INTERNAL_H

#include "container/dockerfile_check.h"
#include "container/dockerfile_stages.h"
#include "container/install_command.h"
#include "rules/torch_family.h"

enum pl_docker_base {
    PL_BASE_TEMPLATE, /* a known image, or the template said by hand */
    PL_BASE_ASSUMED,  /* not known: the lock's template counts */
    PL_BASE_BARE,     /* known to have no torch */
    PL_BASE_UNKNOWN,
};

/* A file that COPY, ADD or a bind mount brings. */
struct pl_docker_copy {
    struct pl_str from, to; /* last parts of the paths */
    struct pl_str path;     /* in the build's folder; empty: a heredoc's */
};

struct pl_docker_check {
    struct pl_arena *arena;
    const struct pl_docker_question *q;
    struct pl_docker_verdict *out;
    struct pl_dockerfile file;
    struct pl_docker_stages stages;
    struct pl_torch_family family;
    enum pl_docker_base base;
    const struct pl_template *template; /* NULL: no facts */
    const struct pl_template *lock_template;
    const struct pl_docker_instruction *instruction;
    struct pl_docker_vars vars;
    PL_VEC(struct pl_docker_copy) copies;
    size_t files_read; /* of requirements */
    bool brings_any;   /* a folder was copied, or something was downloaded */
    bool lock_installed;
    bool marker_removed; /* EXTERNALLY-MANAGED was deleted */
    bool has_own;        /* an environment was made that sees no torch */
    bool own_is_default; /* and PATH, VIRTUAL_ENV or uv lead to it */
    bool own_is_told;
    bool is_shell;             /* SHELL is one that is understood */
    PL_VEC(struct pl_str) own; /* their paths */
    struct pl_error *err;
};

/* NULL: the finding is ignored. */
struct pl_finding *pl_docker_tell(struct pl_docker_check *check,
                                  enum pl_docker_rule rule, struct pl_span span,
                                  const char *format, ...) PL_PRINTF(4, 5);
void pl_docker_edit(struct pl_docker_check *check, uint32_t begin, uint32_t end,
                    struct pl_str text);
/* Puts text behind the word, where the word stands as it is in the file. */
void pl_docker_insert(struct pl_docker_check *check,
                      const struct pl_shell_word *word, const char *text);

/* The value of a variable, of ENV or before the command; or empty. */
struct pl_str pl_docker_setting(const struct pl_docker_check *check,
                                const struct pl_install *install,
                                const char *name);
/* Is it set to something that pip and uv take for yes? */
bool pl_docker_switch(const struct pl_docker_check *check,
                      const struct pl_install *install, const char *name);

/* Judges a command that installs; takes note of what it does. */
bool pl_docker_judge(struct pl_docker_check *check,
                     const struct pl_install *install);
/* What of its targets collides with facts or lock. */
bool pl_docker_judge_targets(struct pl_docker_check *check,
                             const struct pl_install *install);
/*
 * What the one index that the command asks has for the requirement. NULL: none,
 * or options and variables make it another question than the newest that fits.
 */
const struct pl_file *
pl_docker_newest(const struct pl_docker_check *check,
                 const struct pl_install *install,
                 const struct pl_requirement *requirement);
/* Into which environment it goes; false: not into the image's. */
bool pl_docker_judge_place(struct pl_docker_check *check,
                           const struct pl_install *install);
/* Is the file the lock, or made from it? */
bool pl_docker_is_lock(struct pl_docker_check *check, struct pl_str path);
/* The path of a file of the build's folder; empty: there is none. */
struct pl_str pl_docker_local(struct pl_docker_check *check,
                              struct pl_str path);
/* COPY, ADD and --mount=type=bind. */
void pl_docker_take_copy(struct pl_docker_check *check);
void pl_docker_take_mounts(struct pl_docker_check *check);
/* ENV that changes what pip does. */
void pl_docker_judge_env(struct pl_docker_check *check);
/* Does PATH or VIRTUAL_ENV lead to an environment made in this file? */
void pl_docker_note_default(struct pl_docker_check *check);
/* FROM: which facts count; the notes about the image. */
bool pl_docker_judge_image(struct pl_docker_check *check);
void pl_docker_tell_image(struct pl_docker_check *check);

#endif
