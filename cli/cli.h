/*
 * What every command shares, and what a command is.
 *
 * A command is one struct in a file of its own (cmd_NAME.c), listed in
 * commands.c. Its options are a static table; the parser fills a struct of
 * `values_size` bytes, which `run` gets as `values`.
 *
 *     static int run(struct pl_cli *cli, const void *values) { ... }
 *     const struct pl_command pl_cmd_tree = {
 *         .name = "tree", .summary = "show who needs what", .run = run, ...
 *     };
 *
 * `run` returns the exit code: 0, what pl_cli_fail returned, or 1 for a "no"
 * that it has shown itself. What it appends to `cli->text` is written to
 * standard output when it has ended, at one go; all else goes to standard
 * error at once, through pl_cli_note and pl_cli_warn.
 *
 * A name may be two words, "templates fit": it then comes before the command
 * that has the first one as its name.
 */
#ifndef PODLOCK_CLI_CLI_H
#define PODLOCK_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"
#include "cli/show.h"
#include "core/arena.h"
#include "core/buf.h"
#include "core/error.h"

/* Options of every command. */
struct pl_common {
    bool help, version;
    bool quiet;
    unsigned verbose;
    unsigned colour; /* enum pl_when */
    struct pl_str directory, trace;
};

struct pl_cli {
    struct pl_arena *arena;  /* of the whole run */
    const char *const *vars; /* environ */
    const struct pl_command *command;
    struct pl_common common;
    struct pl_parsed parsed; /* arguments, and who supplied what */
    struct pl_show out, err; /* how to show on each stream */
    struct pl_buf text;      /* for standard output */
};

struct pl_command {
    const char *name;
    const char *args;     /* of the synopsis: "[FILE ...]"; NULL: none */
    const char *summary;  /* a phrase; NULL: not shown in lists */
    const char *text;     /* paragraphs for --help, parted by '\n'; or NULL */
    const char *examples; /* lines of "COMMAND<tab>what it does"; or NULL */
    const struct pl_option *options;
    size_t option_count;
    /* Some of another command's, whose values stand first in this one's. */
    const struct pl_option *shared;
    size_t shared_count;
    size_t values_size;
    size_t max_args;
    int (*run)(struct pl_cli *cli, const void *values);
};

/* All commands, sorted by name, and one by its name (NULL: none). */
extern const struct pl_command *const pl_commands[];
extern const size_t pl_command_count;
const struct pl_command *pl_command_find(struct pl_str name);
/* Those of the full podlock that this program has not; NULL at the end. */
extern const char *const pl_commands_elsewhere[];

/* What the help begins with. */
struct pl_first_step {
    const char *command, *what;
};

extern const struct pl_first_step pl_first_steps[];
extern const size_t pl_first_step_count;

extern const struct pl_option pl_common_options[];
extern const size_t pl_common_option_count;

/* A line for people on standard error; -q silences it. Text is escaped. */
void pl_cli_note(const struct pl_cli *cli, const char *format, ...)
    PL_PRINTF(2, 3);
/* A rendered warning on standard error; -q silences it. */
void pl_cli_warn(const struct pl_cli *cli, const struct pl_error *warning);
/* A rendered error on standard error; gives its exit code. */
int pl_cli_fail(const struct pl_cli *cli, const struct pl_error *err);
/* Text that is rendered already, on standard error, also with -q. */
void pl_cli_write_error(const struct pl_buf *shown);
/* Adds to the text that goes to standard output when the command ends. */
void pl_cli_print(struct pl_cli *cli, const char *format, ...) PL_PRINTF(2, 3);

/*
 * What `templates` and `rules` are asked: "", "list" or "show ID". The id is
 * empty for the list. Errors: PL_ERR_USAGE.
 */
PL_MUST_CHECK bool pl_cli_listing_args(const struct pl_cli *cli,
                                       struct pl_str *id, struct pl_error *err);

#endif
