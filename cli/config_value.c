#include <time.h>

#include "cli/config_read.h"
#include "cli/nearest.h"
#include "core/file.h"

bool pl_config_wrong_type(const struct pl_config_reader *r,
                          const struct pl_toml_node *node, struct pl_str key,
                          const char *wants)
{
    const char *type = pl_toml_type_name(pl_toml_type(node));
    bool vowel = type[0] == 'a' || type[0] == 'i';
    return pl_error_set(r->err, PL_ERR_INPUT, pl_toml_span(node),
                        "`%.*s` takes %s, not %s %s", PL_STR_ARG(key), wants,
                        vowel ? "an" : "a", type);
}

struct pl_str pl_config_origin(const struct pl_config_reader *r,
                               struct pl_span span)
{
    return pl_arena_printf(r->arena, "%.*s:%u", PL_STR_ARG(r->source->name),
                           (unsigned)pl_span_place(span).line);
}

/* ---- texts ---- */

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

bool pl_config_read_text(const struct pl_config_reader *r,
                         const struct pl_toml_node *node, struct pl_str key,
                         struct pl_str *out)
{
    struct pl_str text;
    if (!pl_toml_str(node, &text))
        return pl_config_wrong_type(r, node, key, "strings");
    if (!text.len)
        return pl_error_set(r->err, PL_ERR_INPUT, pl_toml_span(node),
                            "`%.*s` is given an empty text", PL_STR_ARG(key));
    for (size_t i = 0; i < text.len; i++)
        if (is_control(text.at[i]))
            return pl_error_set(r->err, PL_ERR_INPUT, pl_toml_span(node),
                                "`%.*s` has a control character in its text",
                                PL_STR_ARG(key));
    *out = pl_arena_dup(r->arena, text);
    return true;
}

bool pl_config_read_texts(const struct pl_config_reader *r,
                          const struct pl_toml_node *node, struct pl_str key,
                          struct pl_strs *out)
{
    struct pl_str text;
    *out = (struct pl_strs){0};
    if (pl_toml_type(node) != PL_TOML_ARRAY) {
        pl_config_wrong_type(r, node, key, "an array of strings");
        if (pl_toml_str(node, &text))
            pl_error_hint(r->err, "write [\"%.*s\"]", PL_STR_ARG(text));
        return false;
    }
    for (size_t i = 0; i < pl_toml_count(node); i++) {
        if (!pl_config_read_text(r, pl_toml_at(node, i), key, &text))
            return false;
        pl_vec_push(r->arena, out, text);
    }
    return true;
}

/* ---- paths ---- */

static bool is_url(struct pl_str text)
{
    return pl_str_find_str(text, PL_STR("://")) < text.len ||
           pl_str_starts(text, "file:");
}

/* An image has slashes too: it is a path when a file is there. */
static bool is_template_path(struct pl_str text, struct pl_str joined)
{
    return pl_str_ends(text, ".toml") || pl_str_starts(text, ".") ||
           (pl_str_has(text, '/') && pl_file_exists(joined));
}

static struct pl_str placed(const struct pl_config_reader *r,
                            const struct pl_option *option, struct pl_str text)
{
    if (!pl_config_is_path(option) || is_url(text))
        return text;
    struct pl_str joined = pl_path_join(r->arena, r->dir, text);
    bool is_template = pl_str_is(pl_str_from(option->name), "template");
    return is_template && !is_template_path(text, joined) ? text : joined;
}

/* ---- values ---- */

bool pl_config_takes_number(const struct pl_option *option)
{
    static const char *const values[] = {"SIZE", "SECONDS", "N"};
    for (size_t i = 0; i < PL_COUNT(values); i++)
        if (strcmp(option->value, values[i]) == 0)
            return true;
    return false;
}

static bool takes_date(const struct pl_option *option)
{
    return strstr(option->value, "DATE") != NULL;
}

static bool read_one(const struct pl_config_reader *r,
                     const struct pl_option *option,
                     const struct pl_toml_node *node, struct pl_str key,
                     struct pl_str *out)
{
    enum pl_toml_type type = pl_toml_type(node);
    struct pl_str text = pl_toml_text(node);
    if (type == PL_TOML_STRING)
        return pl_config_read_text(r, node, key, out);
    if ((type == PL_TOML_INTEGER && pl_config_takes_number(option)) ||
        (type == PL_TOML_DATETIME && takes_date(option))) {
        *out = pl_arena_dup(r->arena, text);
        return true;
    }
    pl_config_wrong_type(r, node, key, "a string");
    if (type == PL_TOML_FLOAT || type == PL_TOML_INTEGER)
        return pl_error_hint(r->err, "write \"%.*s\"", PL_STR_ARG(text));
    return false;
}

static bool read_choice(const struct pl_config_reader *r,
                        const struct pl_option *option,
                        const struct pl_toml_node *node, struct pl_str key,
                        struct pl_config_value *out)
{
    struct pl_str rest = pl_str_from(option->value), choice;
    if (!pl_toml_str(node, &out->text))
        return pl_config_wrong_type(r, node, key, "a string");
    struct pl_nearest nearest = pl_nearest_to(out->text);
    for (unsigned i = 0; pl_str_cut(&rest, '|', &choice); i++) {
        if (pl_str_eq(choice, out->text)) {
            out->choice = i;
            out->text = choice;
            return true;
        }
        pl_nearest_try(&nearest, choice);
    }
    pl_error_set(r->err, PL_ERR_INPUT, pl_toml_span(node),
                 "`%.*s` takes %s, not `%.*s`", PL_STR_ARG(key), option->value,
                 PL_STR_ARG(out->text));
    return nearest.found.len ? pl_error_hint(r->err, "did you mean `%.*s`?",
                                             PL_STR_ARG(nearest.found))
                             : false;
}

static bool read_by_kind(const struct pl_config_reader *r,
                         const struct pl_option *option,
                         const struct pl_toml_node *node, struct pl_str key,
                         struct pl_config_value *out)
{
    if (option->kind == PL_OPTION_CHOICE)
        return read_choice(r, option, node, key, out);
    if (option->kind == PL_OPTION_FLAG) {
        if (!pl_toml_bool(node, &out->on))
            return pl_config_wrong_type(r, node, key, "true or false");
        out->text = out->on ? PL_STR("true") : PL_STR("false");
        return true;
    }
    if (option->kind == PL_OPTION_VALUE) {
        if (!read_one(r, option, node, key, &out->text))
            return false;
        out->text = placed(r, option, out->text);
        return true;
    }
    if (!pl_config_read_texts(r, node, key, &out->list))
        return false;
    for (size_t i = 0; i < out->list.len; i++)
        out->list.at[i] = placed(r, option, out->list.at[i]);
    if (out->list.len)
        out->text = out->list.at[out->list.len - 1];
    return true;
}

/* ---- what the values say ---- */

void pl_config_put(const struct pl_config_value *value,
                   struct pl_resolve_options *options)
{
    char *at = (char *)options + value->option->offset;
    if (value->option->kind == PL_OPTION_FLAG)
        *(bool *)at = value->on;
    if (value->option->kind == PL_OPTION_CHOICE)
        *(unsigned *)at = value->choice;
    if (value->option->kind == PL_OPTION_VALUE)
        *(struct pl_str *)at = value->text;
    if (value->option->kind == PL_OPTION_LIST)
        *(struct pl_strs *)at = value->list;
}

static bool check_target(struct pl_arena *arena,
                         const struct pl_resolve_options *options,
                         struct pl_error *err)
{
    struct pl_env env;
    struct pl_str arch = PL_STR("x86_64"), glibc = PL_STR("2.28");
    if (options->python_platform.len &&
        !pl_env_parse_platform(options->python_platform, &arch, &glibc, err))
        return false;
    return !options->python_version.len ||
           pl_env_make(arena, options->python_version, glibc, arch, &env, err);
}

/* The command line's own checks, on this value alone: it has a place here. */
static bool check(const struct pl_config_reader *r,
                  const struct pl_toml_node *node,
                  const struct pl_config_value *value)
{
    struct pl_resolve_options alone = {0};
    struct pl_policy policy;
    uint64_t most;
    struct pl_error why = {.arena = r->arena};
    pl_config_put(value, &alone);
    if (pl_resolve_policy(r->arena, &alone, time(NULL), &policy, &most, &why) &&
        check_target(r->arena, &alone, &why))
        return true;
    pl_error_set(r->err, PL_ERR_INPUT, pl_toml_span(node), "%.*s",
                 PL_STR_ARG(why.message));
    return why.hint.len ? pl_error_hint(r->err, "%.*s", PL_STR_ARG(why.hint))
                        : false;
}

bool pl_config_read_value(const struct pl_config_reader *r,
                          const struct pl_option *option,
                          const struct pl_toml_node *node,
                          struct pl_config_value *out)
{
    struct pl_config_value value = {.option = option};
    if (!read_by_kind(r, option, node, pl_config_key(option), &value) ||
        !check(r, node, &value))
        return false;
    value.origin = pl_config_origin(r, pl_toml_key_span(node));
    *out = value;
    return true;
}
