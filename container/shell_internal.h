/*
 * What the shell's reader and the commands that begin other commands share.
 * Internal to container/.
 */
#ifndef PODLOCK_CONTAINER_SHELL_INTERNAL_H
#define PODLOCK_CONTAINER_SHELL_INTERNAL_H

#include "container/shell_words.h"

struct pl_shell_words {
    struct pl_shell_word *at;
    size_t len, cap;
};

struct pl_shell_run {
    struct pl_arena *arena;
    struct pl_shell_script *out;
    struct pl_docker_vars vars; /* what the script itself sets */
    unsigned depth;             /* of bash -c in one another */
    struct pl_str inside;       /* an environment was activated */
    struct pl_error *err;
};

/* Reads a text whose commands are added to the run's. */
bool pl_shell_read_text(struct pl_shell_run *run, const struct pl_joined *text);
/*
 * Adds the command, without what begins it (sudo, env ...); sets variables
 * where it is an assignment.
 */
bool pl_shell_add(struct pl_shell_run *run, const struct pl_shell_words *words,
                  bool in_condition);

#endif
