#include "core/toml_node.h"

static const char *const type_names[] = {
    [PL_TOML_STRING] = "string", [PL_TOML_INTEGER] = "integer",
    [PL_TOML_FLOAT] = "float",   [PL_TOML_BOOL] = "boolean",
    [PL_TOML_DATETIME] = "date", [PL_TOML_ARRAY] = "array",
    [PL_TOML_TABLE] = "table",
};

void pl_toml_destroy(struct pl_toml *doc)
{
    if (!doc)
        return;
    /* The document itself lies in its arena. */
    struct pl_arena arena = doc->arena;
    pl_arena_finish(&arena);
}

const struct pl_toml_node *pl_toml_root(const struct pl_toml *doc)
{
    return &doc->root;
}

enum pl_toml_type pl_toml_type(const struct pl_toml_node *node)
{
    return node->type;
}

const char *pl_toml_type_name(enum pl_toml_type type)
{
    return type_names[type];
}

struct pl_span pl_toml_span(const struct pl_toml_node *node)
{
    return (struct pl_span){node->doc->source, node->begin, node->end};
}

struct pl_span pl_toml_key_span(const struct pl_toml_node *node)
{
    return (struct pl_span){node->doc->source, node->key_begin, node->key_end};
}

struct pl_str pl_toml_text(const struct pl_toml_node *node)
{
    return pl_str_sub(node->doc->source->text, node->begin, node->end);
}

/* Where the string's bytes stand in the source; NULL when they are escaped. */
static const char *plain_text(const struct pl_toml_node *node,
                              struct pl_str text)
{
    struct pl_str written = pl_toml_text(node);
    if (written.len != text.len + 2)
        return NULL;
    struct pl_str inner = pl_str_sub(written, 1, written.len - 1);
    bool is_same = inner.at == text.at || pl_str_eq(inner, text);
    return is_same ? inner.at : NULL;
}

struct pl_str pl_toml_view(struct pl_arena *arena,
                           const struct pl_toml_node *node)
{
    struct pl_str text = {0};
    if (!node || !pl_toml_str(node, &text))
        return text;
    const char *plain = plain_text(node, text);
    return plain ? (struct pl_str){plain, text.len} : pl_arena_dup(arena, text);
}

bool pl_toml_locate(const struct pl_toml_node *node, struct pl_str text,
                    struct pl_error *err)
{
    if (!err || err->span.source)
        return false;
    if (text.at != plain_text(node, text) || err->span.end == 0)
        err->span = pl_toml_span(node);
    return pl_error_locate(err, node->doc->source, text);
}

static bool is_type(const struct pl_toml_node *node, enum pl_toml_type type)
{
    return node && node->type == type;
}

/* ---- members ---- */

size_t pl_toml_count(const struct pl_toml_node *node)
{
    bool has_members =
        is_type(node, PL_TOML_TABLE) || is_type(node, PL_TOML_ARRAY);
    return has_members ? node->as.members.len : 0;
}

const struct pl_toml_node *pl_toml_at(const struct pl_toml_node *node, size_t i)
{
    return i < pl_toml_count(node) ? &node->as.members.at[i] : NULL;
}

struct pl_str pl_toml_key(const struct pl_toml_node *node)
{
    return node->key;
}

struct pl_str pl_toml_key_at(const struct pl_toml_node *table, size_t i)
{
    const struct pl_toml_node *member = pl_toml_at(table, i);
    return member ? member->key : (struct pl_str){0};
}

#define FEW 12

static bool get_of_few(const struct pl_toml_node *table, struct pl_str wanted,
                       const struct pl_toml_node **out)
{
    const struct pl_toml_node *at = table->as.members.at;
    for (size_t i = 0; i < table->as.members.len; i++, at++)
        if (pl_str_eq(at->key, wanted)) {
            *out = at;
            return true;
        }
    return false;
}

bool pl_toml_get(const struct pl_toml_node *table, const char *key,
                 const struct pl_toml_node **out)
{
    if (!is_type(table, PL_TOML_TABLE))
        return false;
    struct pl_str wanted = pl_str_from(key);
    size_t low = 0, high = table->as.members.len;
    if (high <= FEW)
        return get_of_few(table, wanted, out);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct pl_toml_node *member = &table->as.members.at[middle];
        int order = pl_str_cmp(member->key, wanted);
        if (order == 0) {
            *out = member;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* ---- values ---- */

bool pl_toml_str(const struct pl_toml_node *node, struct pl_str *out)
{
    if (!is_type(node, PL_TOML_STRING))
        return false;
    *out = node->as.text;
    return true;
}

bool pl_toml_int(const struct pl_toml_node *node, int64_t *out)
{
    if (!is_type(node, PL_TOML_INTEGER))
        return false;
    *out = node->as.integer;
    return true;
}

bool pl_toml_bool(const struct pl_toml_node *node, bool *out)
{
    if (!is_type(node, PL_TOML_BOOL))
        return false;
    *out = node->as.truth;
    return true;
}

/* ---- get and convert ---- */

/* *out is NULL when there is no such key, which is no error. */
static bool get_typed(const struct pl_toml_node *table, const char *key,
                      enum pl_toml_type type, const struct pl_toml_node **out,
                      struct pl_error *err)
{
    const struct pl_toml_node *found = NULL;
    if (pl_toml_get(table, key, &found) && found->type != type)
        return pl_error_set(err, PL_ERR_INPUT, pl_toml_span(found),
                            "`%s` is of the wrong type: expected %s, found %s",
                            key, type_names[type], type_names[found->type]);
    *out = found;
    return true;
}

bool pl_toml_get_str(const struct pl_toml_node *table, const char *key,
                     struct pl_str *out, struct pl_error *err)
{
    const struct pl_toml_node *found = NULL;
    if (!get_typed(table, key, PL_TOML_STRING, &found, err))
        return false;
    pl_toml_str(found, out);
    return true;
}

bool pl_toml_req_str(const struct pl_toml_node *table, const char *key,
                     struct pl_str *out, struct pl_error *err)
{
    const struct pl_toml_node *found = NULL;
    if (!get_typed(table, key, PL_TOML_STRING, &found, err))
        return false;
    if (!found)
        return pl_error_set(err, PL_ERR_INPUT, pl_toml_span(table),
                            "`%s` is missing: expected string", key);
    return pl_toml_str(found, out);
}

bool pl_toml_get_int(const struct pl_toml_node *table, const char *key,
                     int64_t *out, struct pl_error *err)
{
    const struct pl_toml_node *found = NULL;
    if (!get_typed(table, key, PL_TOML_INTEGER, &found, err))
        return false;
    pl_toml_int(found, out);
    return true;
}

bool pl_toml_get_bool(const struct pl_toml_node *table, const char *key,
                      bool *out, struct pl_error *err)
{
    const struct pl_toml_node *found = NULL;
    if (!get_typed(table, key, PL_TOML_BOOL, &found, err))
        return false;
    pl_toml_bool(found, out);
    return true;
}

bool pl_toml_get_array(const struct pl_toml_node *table, const char *key,
                       const struct pl_toml_node **out, struct pl_error *err)
{
    return get_typed(table, key, PL_TOML_ARRAY, out, err);
}

bool pl_toml_get_table(const struct pl_toml_node *table, const char *key,
                       const struct pl_toml_node **out, struct pl_error *err)
{
    return get_typed(table, key, PL_TOML_TABLE, out, err);
}
