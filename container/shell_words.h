/*
 * The commands of a RUN line, as sh and bash part them.
 *
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
 *
 * Quotes are taken out, variables that are known put in, redirections and
 * comments dropped; commands are parted by newline ; & | && || ( ) and by the
 * words of if, while, for and case, whose bodies count as if they were run.
 * Assignments ("X=1", "export X=1") set a variable for what follows, to
 * something unknown when a condition decides. What begins another command is
 * looked through: sudo, env, time, exec, nohup, command, nice, xargs, eval,
 * `bash -c TEXT`, `conda run`, `uv run`, `poetry run`.
 *
 * $(...), `...`, $((...)), globs, arrays and functions' arguments are not
 * computed: a word with one of them is not known, and `clear` says how much of
 * its beginning is.
 *
 * Bounds: PL_MAX_SHELL_COMMANDS, PL_MAX_SHELL_DEPTH: PL_ERR_LIMIT. A quote that
 * is never closed goes to the end and `is_whole` is false.
 */
#ifndef PODLOCK_CONTAINER_SHELL_WORDS_H
#define PODLOCK_CONTAINER_SHELL_WORDS_H

#include "container/dockerfile_vars.h"

struct pl_shell_word {
    struct pl_str text; /* where it is not known: as it was written */
    bool is_known;
    bool is_quoted; /* some of it was */
    size_t clear;   /* bytes of the text that are known, from its begin */
    struct pl_span span;
};

struct pl_shell_command {
    const struct pl_shell_word *words; /* the program's name first */
    size_t count;
    const struct pl_shell_word *assigned; /* "PIP_NO_CACHE_DIR=1" before it */
    size_t assigned_count;
    bool in_condition;    /* in an if, a loop, a case, behind || */
    bool more_words;      /* xargs: it gets words that are not here */
    struct pl_str inside; /* of `conda run -n NAME`, "source X/activate" */
};

struct pl_shell_script {
    struct pl_shell_command *at;
    size_t len, cap;
    bool is_whole;
};

/* The variables are those of the instruction; they are not changed. */
PL_MUST_CHECK bool pl_shell_read(struct pl_arena *arena,
                                 const struct pl_joined *text,
                                 const struct pl_docker_vars *vars,
                                 struct pl_shell_script *out,
                                 struct pl_error *err);
/* The command of a JSON form; no shell sees it unless it names one. */
PL_MUST_CHECK bool pl_shell_read_json(struct pl_arena *arena,
                                      const struct pl_str *words, size_t count,
                                      struct pl_span span,
                                      const struct pl_docker_vars *vars,
                                      struct pl_shell_script *out,
                                      struct pl_error *err);

#endif
