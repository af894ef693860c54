#include "cli/resolve_lock.h"

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
    "upgrade",
    "upgrade-package",
    "format",
    "no-header",
    "dry-run",
    "check",
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
    "config",
    "lock",
};

/* --index-root is one of those, and these are not asked beside it. */
static const char *const of_index[] = {
    "index-url",  "extra-index-url", "torch-index-url",
    "find-links", "no-index",        "index-strategy",
};

static bool is_left_out(const struct pl_option *option,
                        const struct pl_resolve_options *options)
{
    return pl_option_named(option, left_out, PL_COUNT(left_out)) ||
           (options->index_root.len &&
            pl_option_named(option, of_index, PL_COUNT(of_index)));
}

/* Nor have user names and passwords: who runs it again has others. */
static struct pl_str without_secrets(struct pl_arena *arena, struct pl_str text)
{
    PL_BUF(plain, PL_MAX_OUTPUT_BYTES);
    size_t done = 0, begin, end;
    if (!pl_mask_find(text, 0, &begin, &end))
        return text;
    while (pl_mask_find(text, done, &begin, &end)) {
        pl_buf_add_str(&plain, pl_str_sub(text, done, begin));
        done = end + 1; /* the '@' */
    }
    pl_buf_add_str(&plain, pl_str_sub(text, done, text.len));
    return pl_arena_dup(arena, pl_buf_view(&plain));
}

struct pl_str pl_resolve_portable(struct pl_str path)
{
    return pl_str_starts(path, "/") ? pl_path_base(path) : path;
}

struct pl_str pl_resolve_input_name(struct pl_arena *arena, struct pl_str path)
{
    path = pl_resolve_portable(path);
    if (path.len > 1 && path.at[0] == '-')
        return pl_arena_printf(arena, "./%.*s", PL_STR_ARG(path));
    return path;
}

struct words {
    struct pl_arena *arena;
    struct pl_strs list;
};

static void add_word(struct words *out, struct pl_str word)
{
    word = without_secrets(out->arena, pl_resolve_portable(word));
    pl_vec_push(out->arena, &out->list, word);
}

static void add_option(struct words *out, const struct pl_option *option,
                       struct pl_str value)
{
    pl_vec_push(out->arena, &out->list,
                pl_arena_printf(out->arena, "--%s", option->name));
    if (value.len)
        add_word(out, value);
}

static void add_set_option(struct words *out, const struct pl_option *option,
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

struct pl_strs pl_resolve_index_words(struct pl_arena *arena,
                                      const struct pl_resolve_options *options)
{
    struct words out = {.arena = arena};
    for (size_t i = 0; i < PL_RESOLVE_OPTION_COUNT; i++) {
        const struct pl_option *option = &pl_resolve_option_table[i];
        if (pl_option_named(option, of_index, PL_COUNT(of_index)))
            add_set_option(&out, option,
                           (const char *)options + option->offset);
    }
    return out.list;
}

struct pl_strs pl_resolve_arguments(const struct pl_setup *setup,
                                    const struct pl_resolve_options *options)
{
    struct words out = {.arena = setup->problem.arena};
    for (size_t i = 0; i < setup->args.len; i++)
        add_word(&out, pl_resolve_input_name(out.arena, setup->args.at[i]));
    add_word(&out, PL_STR("--template"));
    add_word(&out, setup->has_template ? setup->template.id : PL_STR("none"));
    if (!setup->has_template) {
        add_word(&out, PL_STR("--python-version"));
        add_word(&out, setup->problem.env.python_version);
    }
    for (size_t i = 0; i < PL_RESOLVE_OPTION_COUNT; i++) {
        const struct pl_option *option = &pl_resolve_option_table[i];
        if (!is_left_out(option, options))
            add_set_option(&out, option,
                           (const char *)options + option->offset);
    }
    return out.list;
}
