/*
 * Help, the man page and the completion, all from the tables of options.
 *
 * The texts are podlock's own; nothing foreign is in them.
 */
#ifndef PODLOCK_CLI_HELP_H
#define PODLOCK_CLI_HELP_H

#include "cli/cli.h"

/* The first screen: what podlock is for, how to start, the commands. */
void pl_help_podlock(const struct pl_show *show, struct pl_buf *out);
/* A command: synopsis, text, options in groups, examples. */
void pl_help_command(struct pl_arena *arena, const struct pl_command *command,
                     const struct pl_show *show, struct pl_buf *out);

/* "-o, --output-file FILE"; `indented` leaves room for a missing letter. */
void pl_help_option_head(const struct pl_option *option, bool indented,
                         struct pl_buf *out);
/* Its help with the default and the foreign variables. */
void pl_help_option_text(const struct pl_option *option, struct pl_buf *out);

/* podlock.1 in roff's man macros. */
void pl_help_man(struct pl_buf *out);
/* A completion for bash. */
void pl_help_bash(struct pl_buf *out);

#endif
