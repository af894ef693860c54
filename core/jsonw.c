#include "core/jsonw.h"

#include <assert.h>

#include "core/escape.h"

#define MAX_DEPTH 32

struct pl_jsonw pl_jsonw_to(struct pl_buf *out)
{
    return (struct pl_jsonw){.out = out, .first = true};
}

static void new_line(struct pl_jsonw *w)
{
    pl_buf_add_char(w->out, '\n');
    pl_buf_pad(w->out, ' ', 2 * (size_t)w->depth);
}

/* What stands before a value: comma, line, key. */
static void begin_named(struct pl_jsonw *w, struct pl_str key)
{
    if (!w->first)
        pl_buf_add_char(w->out, ',');
    if (w->depth)
        new_line(w);
    w->first = false;
    if (!key.at)
        return;
    pl_escape_json(w->out, key);
    pl_buf_add_cstr(w->out, ": ");
}

static void begin(struct pl_jsonw *w, const char *key)
{
    begin_named(w, pl_str_from(key));
}

static void open_level(struct pl_jsonw *w, const char *key, bool is_array)
{
    assert(w->depth < MAX_DEPTH);
    begin(w, key);
    pl_buf_add_char(w->out, is_array ? '[' : '{');
    w->depth++;
    uint64_t bit = UINT64_C(1) << w->depth;
    w->is_array = is_array ? w->is_array | bit : w->is_array & ~bit;
    w->first = true;
}

void pl_jsonw_object(struct pl_jsonw *w, const char *key)
{
    open_level(w, key, false);
}

void pl_jsonw_array(struct pl_jsonw *w, const char *key)
{
    open_level(w, key, true);
}

void pl_jsonw_end(struct pl_jsonw *w)
{
    assert(w->depth > 0);
    bool is_array = w->is_array >> w->depth & 1;
    w->depth--;
    if (!w->first)
        new_line(w);
    pl_buf_add_char(w->out, is_array ? ']' : '}');
    w->first = false;
    if (!w->depth)
        pl_buf_add_char(w->out, '\n');
}

void pl_jsonw_str(struct pl_jsonw *w, const char *key, struct pl_str value)
{
    begin(w, key);
    pl_escape_json(w->out, value);
}

void pl_jsonw_u64(struct pl_jsonw *w, const char *key, uint64_t value)
{
    begin(w, key);
    pl_buf_addf(w->out, "%llu", (unsigned long long)value);
}

void pl_jsonw_i64(struct pl_jsonw *w, const char *key, int64_t value)
{
    begin(w, key);
    pl_buf_addf(w->out, "%lld", (long long)value);
}

void pl_jsonw_bool(struct pl_jsonw *w, const char *key, bool value)
{
    begin(w, key);
    pl_buf_add_cstr(w->out, value ? "true" : "false");
}

void pl_jsonw_null(struct pl_jsonw *w, const char *key)
{
    begin(w, key);
    pl_buf_add_cstr(w->out, "null");
}

void pl_jsonw_named_str(struct pl_jsonw *w, struct pl_str key,
                        struct pl_str value)
{
    begin_named(w, key.at ? key : PL_STR(""));
    pl_escape_json(w->out, value);
}

void pl_jsonw_strs(struct pl_jsonw *w, const char *key, const struct pl_str *at,
                   size_t count)
{
    pl_jsonw_array(w, key);
    for (size_t i = 0; i < count; i++)
        pl_jsonw_str(w, NULL, at[i]);
    pl_jsonw_end(w);
}
