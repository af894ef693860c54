#include "cli/resolve_lock.h"

#include "core/escape.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/mask.h"

/*
 * Where things lie on this machine and what its user wants to see have no part
 * in the answer; the template is named by its id, the Python beside it.
 */
static const char *const left_out[] = {
    "template",
    "python-version",
    "index-root",
    "offline",
    "no-cache",
    "output-file",
    "format",
    "no-header",
    "dry-run",
    "no-progress",
    "no-repairs",
    "repair-time",
    "dump",
    "window",
    "cert",
    "allow-insecure-host",
    "cache-dir",
    "refresh",
    "refresh-package",
};

/* --index-root is one of those, and these are not asked beside it. */
static const char *const of_index[] = {
    "index-url",  "extra-index-url", "torch-index-url",
    "find-links", "no-index",        "index-strategy",
};

static bool is_listed(const struct pl_option *option, const char *const *list,
                      size_t count)
{
    struct pl_str name = pl_str_from(option->name);
    for (size_t i = 0; i < count; i++)
        if (pl_str_is(name, list[i]))
            return true;
    return false;
}

static bool is_left_out(const struct pl_option *option,
                        const struct pl_resolve_options *options)
{
    return is_listed(option, left_out, PL_COUNT(left_out)) ||
           (options->index_root.len &&
            is_listed(option, of_index, PL_COUNT(of_index)));
}

/* Nor have user names and passwords: who runs it again has others. */
static void add_url(struct pl_buf *out, struct pl_str text)
{
    PL_BUF(plain, PL_MAX_OUTPUT_BYTES);
    size_t done = 0, begin, end;
    while (pl_mask_find(text, done, &begin, &end)) {
        pl_buf_add_str(&plain, pl_str_sub(text, done, begin));
        done = end + 1; /* the '@' */
    }
    pl_buf_add_str(&plain, pl_str_sub(text, done, text.len));
    pl_escape_shell(out, pl_buf_view(&plain));
}

struct pl_str pl_resolve_portable(struct pl_str path)
{
    return pl_str_starts(path, "/") ? pl_path_base(path) : path;
}

static void add_word(struct pl_buf *out, struct pl_str word)
{
    pl_buf_add_cstr(out, " ");
    add_url(out, word);
}

static void add_option(struct pl_buf *out, const struct pl_option *option,
                       struct pl_str value)
{
    pl_buf_addf(out, " --%s", option->name);
    if (value.len)
        add_word(out, pl_resolve_portable(value));
}

static void add_set_option(struct pl_buf *out, const struct pl_option *option,
                           const char *value)
{
    if (option->kind == PL_OPTION_FLAG && *(const bool *)value)
        add_option(out, option, (struct pl_str){0});
    if (option->kind == PL_OPTION_VALUE && ((const struct pl_str *)value)->len)
        add_option(out, option, *(const struct pl_str *)value);
    if (option->kind == PL_OPTION_CHOICE && *(const unsigned *)value)
        add_option(out, option,
                   pl_option_choice(option, *(const unsigned *)value));
    if (option->kind == PL_OPTION_LIST) {
        const struct pl_strs *list = (const struct pl_strs *)value;
        for (size_t i = 0; i < list->len; i++)
            add_option(out, option, list->at[i]);
    }
}

struct pl_str pl_resolve_command(const struct pl_setup *setup,
                                 const struct pl_resolve_options *options)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    pl_buf_add_cstr(&text, "podlock resolve");
    for (size_t i = 0; i < setup->args.len; i++)
        add_word(&text, pl_resolve_portable(setup->args.at[i]));
    pl_buf_add_cstr(&text, " --template");
    add_word(&text, setup->has_template ? setup->template.id : PL_STR("none"));
    if (!setup->has_template) {
        pl_buf_add_cstr(&text, " --python-version");
        add_word(&text, setup->problem.env.python_version);
    }
    for (size_t i = 0; i < PL_RESOLVE_OPTION_COUNT; i++) {
        const struct pl_option *option = &pl_resolve_option_table[i];
        if (!is_left_out(option, options))
            add_set_option(&text, option,
                           (const char *)options + option->offset);
    }
    return pl_arena_dup(setup->problem.arena, pl_buf_view(&text));
}
