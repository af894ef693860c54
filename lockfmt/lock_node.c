#include "lockfmt/lock_node.h"

#include "core/buf.h"
#include "core/escape.h"
#include "core/limits.h"
#include "core/vec.h"
#include "lockfmt/lock_key.h"

static const char *const wanted_names[] = {
    [PL_TOML_STRING] = "a string", [PL_TOML_INTEGER] = "an integer",
    [PL_TOML_FLOAT] = "a float",   [PL_TOML_BOOL] = "true or false",
    [PL_TOML_DATETIME] = "a date", [PL_TOML_ARRAY] = "an array",
    [PL_TOML_TABLE] = "a table",
};

/* ---- errors and warnings ---- */

/* The head of a table; a place of many lines would underline the first. */
static struct pl_span head_of(const struct pl_toml_node *node)
{
    struct pl_span span = pl_toml_span(node);
    if (pl_str_has(pl_toml_text(node), '\n'))
        span.end = span.begin;
    return span;
}

static bool fail_at(const struct pl_lock_reader *r, struct pl_span span,
                    const char *format, va_list args)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_buf_addv(&text, format, args);
    return pl_error_set(r->err, PL_ERR_INPUT, span, "%.*s",
                        PL_STR_ARG(pl_buf_view(&text)));
}

bool pl_lock_fail(const struct pl_lock_reader *r,
                  const struct pl_toml_node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail_at(r, head_of(node), format, args);
    va_end(args);
    return false;
}

bool pl_lock_fail_key(const struct pl_lock_reader *r,
                      const struct pl_toml_node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail_at(r, pl_toml_key_span(node), format, args);
    va_end(args);
    return false;
}

void pl_lock_warn(const struct pl_lock_reader *r, struct pl_span span,
                  const char *format, ...)
{
    struct pl_lock_warnings *w = r->warnings;
    if (!w)
        return;
    if (w->count == PL_MAX_LOCK_WARNINGS) {
        w->not_kept++;
        return;
    }
    struct pl_error warning = {.arena = r->arena};
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    va_list args;
    va_start(args, format);
    pl_buf_addv(&text, format, args);
    va_end(args);
    pl_error_set(&warning, PL_ERR_INPUT, span, "%.*s",
                 PL_STR_ARG(pl_buf_view(&text)));
    if (w->count == w->cap)
        w->at = pl_vec_grow(r->arena, w->at, w->count, &w->cap, sizeof(*w->at));
    w->at[w->count++] = warning;
}

void pl_lock_warn_once(const struct pl_lock_reader *r, enum pl_lock_once what,
                       struct pl_span span, const char *text)
{
    if (!r->warnings || (r->warnings->told & what))
        return;
    r->warnings->told |= what;
    pl_lock_warn(r, span, "%s", text);
}

bool pl_lock_locate(const struct pl_lock_reader *r,
                    const struct pl_toml_node *node, struct pl_str text)
{
    return pl_toml_locate(node, text, r->err);
}

/* ---- members ---- */

struct pl_str pl_lock_text(const struct pl_lock_reader *r,
                           const struct pl_toml_node *node)
{
    return pl_toml_view(r->arena, node);
}

static bool check_type(const struct pl_lock_reader *r,
                       const struct pl_toml_node *node, const char *key,
                       enum pl_toml_type type)
{
    struct pl_str text;
    if (pl_toml_type(node) != type)
        return pl_lock_fail(r, node, "`%s` must be %s, not %s", key,
                            wanted_names[type],
                            wanted_names[pl_toml_type(node)]);
    if (pl_toml_str(node, &text) && !text.len)
        return pl_lock_fail(r, node, "`%s` is empty", key);
    return true;
}

bool pl_lock_get(const struct pl_lock_reader *r,
                 const struct pl_toml_node *table, const char *key,
                 enum pl_toml_type type, const struct pl_toml_node **out)
{
    const struct pl_toml_node *node = NULL;
    if (pl_toml_get(table, key, &node) && !check_type(r, node, key, type))
        return false;
    *out = node;
    return true;
}

bool pl_lock_req(const struct pl_lock_reader *r,
                 const struct pl_toml_node *table, const char *what,
                 const char *key, enum pl_toml_type type,
                 const struct pl_toml_node **out)
{
    if (!pl_lock_get(r, table, key, type, out))
        return false;
    return *out || pl_lock_fail(r, table, "%s has no `%s`", what, key);
}

bool pl_lock_str(const struct pl_lock_reader *r,
                 const struct pl_toml_node *table, const char *key,
                 struct pl_str *out)
{
    const struct pl_toml_node *node;
    if (!pl_lock_get(r, table, key, PL_TOML_STRING, &node))
        return false;
    *out = node ? pl_lock_text(r, node) : (struct pl_str){0};
    return true;
}

bool pl_lock_req_str(const struct pl_lock_reader *r,
                     const struct pl_toml_node *table, const char *what,
                     const char *key, struct pl_str *out)
{
    const struct pl_toml_node *node;
    if (!pl_lock_req(r, table, what, key, PL_TOML_STRING, &node))
        return false;
    *out = pl_lock_text(r, node);
    return true;
}

static bool check_elements(const struct pl_lock_reader *r,
                           const struct pl_toml_node *array, const char *key,
                           enum pl_toml_type type)
{
    for (size_t i = 0; i < pl_toml_count(array); i++) {
        const struct pl_toml_node *element = pl_toml_at(array, i);
        struct pl_str text;
        if (pl_toml_type(element) != type)
            return pl_lock_fail(r, element, "`%s` must hold %s only, not %s",
                                key,
                                type == PL_TOML_STRING ? "strings" : "tables",
                                wanted_names[pl_toml_type(element)]);
        if (pl_toml_str(element, &text) && !text.len)
            return pl_lock_fail(r, element, "`%s` holds an empty string", key);
    }
    return true;
}

bool pl_lock_strs(const struct pl_lock_reader *r,
                  const struct pl_toml_node *table, const char *key,
                  const struct pl_toml_node **array, struct pl_str **out,
                  size_t *count)
{
    if (!pl_lock_get(r, table, key, PL_TOML_ARRAY, array) ||
        (*array && !check_elements(r, *array, key, PL_TOML_STRING)))
        return false;
    *count = *array ? pl_toml_count(*array) : 0;
    *out = *count ? pl_new_array(r->arena, struct pl_str, *count) : NULL;
    for (size_t i = 0; i < *count; i++)
        (*out)[i] = pl_lock_text(r, pl_toml_at(*array, i));
    return true;
}

bool pl_lock_tables(const struct pl_lock_reader *r,
                    const struct pl_toml_node *table, const char *key,
                    size_t max, const struct pl_toml_node **array)
{
    if (!pl_lock_get(r, table, key, PL_TOML_ARRAY, array) ||
        (*array && !check_elements(r, *array, key, PL_TOML_TABLE)))
        return false;
    if (*array && pl_toml_count(*array) > max)
        return pl_error_set(r->err, PL_ERR_LIMIT,
                            head_of(pl_toml_at(*array, max)),
                            "`%s` has more than %zu entries", key, max);
    return true;
}

bool pl_lock_size(const struct pl_lock_reader *r,
                  const struct pl_toml_node *table, const char *key,
                  uint64_t *out, bool *has)
{
    const struct pl_toml_node *node;
    int64_t size = 0;
    if (!pl_lock_get(r, table, key, PL_TOML_INTEGER, &node))
        return false;
    if (node && pl_toml_int(node, &size) && size < 0)
        return pl_lock_fail(r, node, "`%s` is below 0", key);
    if (size > PL_MAX_LOCK_SIZE)
        return pl_lock_fail(r, node, "`%s` is more than 64 TiB", key);
    *has = node;
    *out = (uint64_t)size;
    return true;
}

/* ---- what is kept as it is ---- */

static bool is_known(struct pl_str key, const char *const *known)
{
    for (; *known; known++)
        if (key.len && key.at[0] == (*known)[0] && pl_str_is(key, *known))
            return true;
    return false;
}

struct pl_lock_others pl_lock_rest(const struct pl_lock_reader *r,
                                   const struct pl_toml_node *table,
                                   const char *const *known, const char *what)
{
    PL_VEC(struct pl_lock_other) rest = {0};
    for (size_t i = 0; i < pl_toml_count(table); i++) {
        const struct pl_toml_node *member = pl_toml_at(table, i);
        struct pl_str key = pl_toml_key(member);
        if (is_known(key, known))
            continue;
        if (what)
            pl_lock_warn(r, pl_toml_key_span(member),
                         "`%.*s` is not a key of %s; it is kept",
                         PL_STR_ARG(key), what);
        pl_vec_push(r->arena, &rest,
                    (struct pl_lock_other){pl_arena_dup(r->arena, key),
                                           pl_lock_toml(r, member)});
    }
    return (struct pl_lock_others){rest.at, rest.len};
}

/* The reader's depth is bounded by PL_MAX_TOML_DEPTH. */
static void add_toml(const struct pl_toml_node *node, struct pl_buf *out)
{
    bool table = pl_toml_type(node) == PL_TOML_TABLE;
    struct pl_str text;
    if (!table && pl_toml_type(node) != PL_TOML_ARRAY) {
        if (pl_toml_str(node, &text))
            pl_escape_toml(out, text);
        else
            pl_buf_add_str(out, pl_toml_text(node));
        return;
    }
    pl_buf_add_char(out, table ? '{' : '[');
    for (size_t i = 0; i < pl_toml_count(node); i++) {
        const struct pl_toml_node *member = pl_toml_at(node, i);
        pl_buf_add_cstr(out, i ? ", " : table ? " " : "");
        if (table) {
            pl_lock_add_key(pl_toml_key(member), out);
            pl_buf_add_cstr(out, " = ");
        }
        add_toml(member, out);
    }
    pl_buf_add_cstr(out, table ? " }" : "]");
}

struct pl_str pl_lock_toml(const struct pl_lock_reader *r,
                           const struct pl_toml_node *node)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    add_toml(node, &text);
    return pl_arena_dup(r->arena, pl_buf_view(&text));
}
