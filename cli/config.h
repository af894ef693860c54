/*
 * The file that says how a project is locked: podlock.toml, or the table
 * [tool.podlock] of a pyproject.toml. docs/configuration.md is its page.
 *
 * Keys are the long names of `podlock resolve`'s options, from its one table,
 * but for those that are of one run or of one machine; and `inputs`, `output`
 * (of --output-file), `ignore-rules` (of --ignore-rule, each with its reason)
 * and [lock.NAME], which overrides all of them for one lock.
 *
 * The command line comes first, then PODLOCK_*, then this file, then variables
 * of pip and uv: a project's lock must not depend on whose machine made it.
 *
 *     struct pl_config config;
 *     if (!pl_config_open(cli, &options, &config, err)) ...
 *     for (size_t i = 0; i < config.lock_count; i++) {
 *         struct pl_cli own = *cli;
 *         struct pl_resolve_options of_lock = options;
 *         pl_config_apply(&own, &config, &config.locks[i], &of_lock);
 *         ... own.parsed.args are its files
 *     }
 *
 * Where it is looked for: in the folder of the first file that is named, in
 * the working directory when none is; inside a git work tree also in those
 * above, up to the work tree's own. Above it, and outside of one, anybody's
 * file might be found.
 *
 * Everything lives in the command's arena. It asks no network and writes no
 * file. Which template counts is decided in cli/resolve_template.c.
 */
#ifndef PODLOCK_CLI_CONFIG_H
#define PODLOCK_CLI_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/cli.h"
#include "cli/resolve_options.h"
#include "core/source.h"
#include "core/vec.h"

/* A value as the file has it, checked; paths as seen from the working folder */
struct pl_config_value {
    const struct pl_option *option;
    bool on;              /* PL_OPTION_FLAG */
    unsigned choice;      /* PL_OPTION_CHOICE */
    struct pl_str text;   /* PL_OPTION_VALUE; of others, what is shown */
    struct pl_strs list;  /* PL_OPTION_LIST */
    struct pl_str origin; /* "podlock.toml:4" */
};

struct pl_config_lock {
    struct pl_str name; /* of [lock.NAME]; empty: the file has none */
    struct pl_span span;
    struct pl_strs inputs;
    struct pl_str output; /* never empty */
    bool has_inputs, has_output;
    bool has_own_template; /* which comes before a requirements file's */
    PL_VEC(struct pl_config_value) values; /* of one option at most one */
    struct pl_ignored_vec ignored;
};

struct pl_config {
    const struct pl_source *source; /* NULL: there is none */
    struct pl_config_lock base;     /* what stands above every [lock.NAME] */
    /*
     * Parsed: those of the file, at least one. Opened: those to make, which is
     * all of them, that of --lock, or, where files are named, one without
     * inputs and output.
     */
    struct pl_config_lock *locks;
    size_t lock_count;
};

/*
 * The whole file, every table of it, read and checked; `dir` is put before
 * its relative paths. Errors: PL_ERR_INPUT with the place, PL_ERR_LIMIT.
 */
PL_MUST_CHECK bool pl_config_parse(struct pl_arena *arena,
                                   const struct pl_source *source,
                                   bool is_pyproject, struct pl_str dir,
                                   struct pl_config *out, struct pl_error *err);
/*
 * The file of --config, or the one that is found, unless --no-config; and of
 * its locks those that the command is about: --lock, and the command's
 * arguments. Where none is named, the file's folder becomes the working
 * directory, and the paths of the command line are changed to match: a lock
 * has the same bytes from wherever it is made.
 * Errors: PL_ERR_USAGE, PL_ERR_FILE, and those of pl_config_parse.
 */
PL_MUST_CHECK bool pl_config_open(struct pl_cli *cli,
                                  struct pl_resolve_options *options,
                                  struct pl_config *out, struct pl_error *err);
/*
 * Puts a lock's values where neither the command line nor PODLOCK_* has one,
 * and its files where none are named. cli->parsed says who supplied what.
 */
void pl_config_apply(struct pl_cli *cli, const struct pl_config *config,
                     const struct pl_config_lock *lock,
                     struct pl_resolve_options *options);
/*
 * For commands that are about one question: opens, and applies the only lock.
 * Errors: also PL_ERR_USAGE when there are several.
 */
PL_MUST_CHECK bool pl_config_take_one(struct pl_cli *cli,
                                      struct pl_resolve_options *options,
                                      struct pl_error *err);

/* ---- its keys ---- */

/*
 * The key of an option; empty for one that is not of the file: another name
 * of one, or of one run, or of the machine.
 */
struct pl_str pl_config_key(const struct pl_option *option);
/* Why it has none: "is of one run"; NULL when it has one. */
const char *pl_config_no_key(const struct pl_option *option);
/* Does its value name a file or folder, or may it? */
bool pl_config_is_path(const struct pl_option *option);
/* May its value be written as a number? */
bool pl_config_takes_number(const struct pl_option *option);

#endif
