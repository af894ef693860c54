/*
 * A diff for its readers: people at a terminal, a pull request, a program.
 *
 * Every foreign string is escaped for its medium here.
 */
#ifndef PODLOCK_CLI_DIFF_SHOW_H
#define PODLOCK_CLI_DIFF_SHOW_H

#include "cli/diff_words.h"

/* Text with colour, in the width of the terminal. */
void pl_diff_show(const struct pl_diff_view *view, const struct pl_show *show,
                  struct pl_buf *out);
/* GitHub's Markdown; unless `all`, at most about 60,000 bytes. */
void pl_diff_markdown(const struct pl_diff_view *view, struct pl_buf *out);
/* One object: docs/json-format.md, `podlock diff`. */
void pl_diff_json(const struct pl_diff_view *view, struct pl_buf *out);

#endif
