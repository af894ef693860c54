/*
 * One line on a terminal that says what is being read, for people.
 *
 *     Reading 34 of 120 pages and metadata (4.2 MB) scikit-learn
 *
 * It appears when reading takes longer than a moment, is drawn again at most
 * ten times a second, is cut to the terminal's width, and is gone when
 * pl_progress_end returns: call that before anything else is written. Nothing
 * is shown when standard error is no terminal, TERM is dumb, CI is set, or
 * --no-progress, -q, -v or --trace is given.
 */
#ifndef PODLOCK_CLI_PROGRESS_H
#define PODLOCK_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/cli.h"
#include "index/remote.h"

struct pl_progress_line {
    unsigned width; /* 0: nothing is shown */
    uint64_t begun_ns, drawn_ns;
    bool is_drawn;
};

/* Would people see it? `is_terminal` is of standard error. */
bool pl_progress_is_wanted(const struct pl_common *common, bool is_terminal,
                           const char *const *vars);
void pl_progress_begin(struct pl_progress_line *line, const struct pl_cli *cli,
                       bool no_progress);
/* For pl_remote_options.report; `line` is a struct pl_progress_line. */
void pl_progress_report(void *line, const struct pl_progress *progress);
/* The same for another text, cut to the width; foreign bytes are escaped. */
void pl_progress_say(struct pl_progress_line *line, struct pl_str text);
void pl_progress_end(struct pl_progress_line *line);

/* What the line says, at most `width` columns; appended. */
void pl_progress_print(const struct pl_progress *progress, unsigned width,
                       struct pl_buf *out);

#endif
