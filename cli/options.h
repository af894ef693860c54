/*
 * Options of the command line, by tables.
 *
 * One static table a command gives parsing, --help, the man page's synopsis
 * and the bash completion. The values go into a plain struct of the command:
 *
 *     struct values { bool loud; struct pl_str out; };
 *     #define OPT(member) offsetof(struct values, member)
 *     static const struct pl_option options[] = {
 *         {.name = "output-file", .letter = 'o', .kind = PL_OPTION_VALUE,
 *          .offset = OPT(out), .value = "FILE", .help = "where to write"},
 *         {.name = "loud", .kind = PL_OPTION_FLAG, .offset = OPT(loud)},
 *     };
 *
 * Every option can come from a variable too: --output-file from
 * PODLOCK_OUTPUT_FILE, then from those that `foreign` names. The command line
 * comes before PODLOCK_*, that before the foreign ones; a list is replaced as
 * a whole, not added to. An empty variable counts as not set. In a variable a
 * list is parted by white space, a flag is 1/true/yes/on or 0/false/no/off.
 *
 * "--name=value", "--name value", "-ovalue", "-o value" and "-qv" are read;
 * "--" ends the options; "-" is an argument. Names are not abbreviated. Of a
 * value given twice the last counts.
 *
 * Values are views into argv and the environment: they live as long as these.
 * Errors: PL_ERR_USAGE, with the nearest name as hint.
 */
#ifndef PODLOCK_CLI_OPTIONS_H
#define PODLOCK_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/str.h"

enum pl_option_kind {
    PL_OPTION_FLAG,   /* bool */
    PL_OPTION_ASK,    /* bool, never from a variable: --help */
    PL_OPTION_COUNT,  /* unsigned: one more each time */
    PL_OPTION_VALUE,  /* struct pl_str; empty: not given */
    PL_OPTION_LIST,   /* struct pl_strs: each time one more */
    PL_OPTION_CHOICE, /* unsigned: place in `value`, "a|b|c"; a is default */
    PL_OPTION_ALIAS,  /* stands for the option in `value`, "format=json" */
    PL_OPTION_SAME,   /* another name of the option in `value` */
    PL_OPTION_LATER,  /* known from elsewhere, not in this version */
};

struct pl_strs {
    struct pl_str *at;
    size_t len, cap;
};

struct pl_option {
    const char *name; /* without "--" */
    char letter;      /* 0: none */
    enum pl_option_kind kind;
    size_t offset;       /* in the values */
    const char *value;   /* "FILE", or as the kind says */
    const char *foreign; /* "PIP_CONSTRAINT UV_CONSTRAINT", or NULL */
    const char *group;   /* heading in --help that begins here, or NULL */
    const char *help;    /* a phrase without full stop */
};

/* --format text|json and --json, of a command's `unsigned` at the offset. */
#define PL_OPTIONS_TEXT_OR_JSON(offset_, group_)                               \
    {.name = "format",                                                         \
     .kind = PL_OPTION_CHOICE,                                                 \
     .offset = (offset_),                                                      \
     .value = "text|json",                                                     \
     .group = (group_),                                                        \
     .help = "how to print"},                                                  \
    {                                                                          \
        .name = "json", .kind = PL_OPTION_ALIAS, .value = "format=json",       \
        .help = "the same as --format json"                                    \
    }

/* -o FILE, of a command's `struct pl_str` at the offset. */
#define PL_OPTION_OUTPUT(offset_)                                              \
    {                                                                          \
        .name = "output-file", .letter = 'o', .kind = PL_OPTION_VALUE,         \
        .offset = (offset_), .value = "FILE",                                  \
        .help = "where to write; -: standard output"                           \
    }

struct pl_option_table {
    const struct pl_option *options;
    size_t count;
    void *values;
};

/* What supplied an option. */
struct pl_supplied {
    const struct pl_option *option;
    struct pl_str variable; /* empty: the command line */
    struct pl_str value;    /* the last one, as it was written */
};

struct pl_parsed {
    struct pl_strs args; /* what is no option, in order */
    struct pl_supplied *supplied;
    size_t supplied_count, supplied_cap;
};

/*
 * Reads the words up to the NULL into the tables' values, which the caller
 * has set to zero. `vars` is environ. `command` is for hints.
 */
PL_MUST_CHECK bool
pl_options_parse(struct pl_arena *arena, const struct pl_option_table *tables,
                 size_t table_count, const char *const *words,
                 const char *const *vars, const char *command,
                 struct pl_parsed *out, struct pl_error *err);

/* "--template", "PODLOCK_TEMPLATE"; empty when nothing supplied it. */
struct pl_str pl_parsed_source(struct pl_arena *arena,
                               const struct pl_parsed *parsed,
                               const char *name);
/* "PODLOCK_OUTPUT_FILE" of "output-file". */
struct pl_str pl_option_variable(struct pl_arena *arena,
                                 const struct pl_option *option);
/* The text of a choice, by its number. */
struct pl_str pl_option_choice(const struct pl_option *option, unsigned i);
/* Has it one of these names? */
bool pl_option_named(const struct pl_option *option, const char *const *names,
                     size_t count);
bool pl_strs_eq(const struct pl_strs *a, const struct pl_strs *b);

/* The value of NAME in an environment; NULL when not set or empty. */
const char *pl_vars_get(const char *const *vars, struct pl_str name);

#endif
