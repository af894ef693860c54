#include "rules/record.h"

#include "core/limits.h"
#include "pep/name.h"

/* ---- reading by shape ---- */

static const char *const wanted_names[] = {
    [PL_KEY_STR] = "a string",   [PL_KEY_STRS] = "an array of strings",
    [PL_KEY_INT] = "an integer", [PL_KEY_BOOL] = "true or false",
    [PL_KEY_TABLE] = "a table",  [PL_KEY_TABLES] = "an array of tables",
};

static const enum pl_toml_type toml_types[] = {
    [PL_KEY_STR] = PL_TOML_STRING,  [PL_KEY_STRS] = PL_TOML_ARRAY,
    [PL_KEY_INT] = PL_TOML_INTEGER, [PL_KEY_BOOL] = PL_TOML_BOOL,
    [PL_KEY_TABLE] = PL_TOML_TABLE, [PL_KEY_TABLES] = PL_TOML_ARRAY,
};

static const char *article(const char *noun)
{
    return noun[0] == 'a' || noun[0] == 'i' ? "an" : "a";
}

static bool fail_at(const struct pl_record *r, struct pl_span span,
                    const char *format, ...) PL_PRINTF(3, 4);

static bool fail_at(const struct pl_record *r, struct pl_span span,
                    const char *format, ...)
{
    va_list args;
    va_start(args, format);
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_buf_addv(&text, format, args);
    va_end(args);
    return pl_error_set(r->err, PL_ERR_INPUT, span, "%.*s",
                        PL_STR_ARG(pl_buf_view(&text)));
}

static bool fail_unknown(const struct pl_record *r,
                         const struct pl_toml_node *member)
{
    struct pl_str name = pl_toml_key(member);
    fail_at(r, pl_toml_key_span(member), "`%.*s` is not a key of %s",
            PL_STR_ARG(name), r->shape->what);
    PL_BUF(names, PL_MAX_MESSAGE_BYTES);
    for (size_t i = 0; i < r->shape->count; i++)
        pl_buf_addf(&names, "%s%s", i ? ", " : "", r->shape->keys[i].name);
    return pl_error_hint(r->err, "its keys are %.*s",
                         PL_STR_ARG(pl_buf_view(&names)));
}

static bool check_elements(const struct pl_record *r, const struct pl_key *key,
                           const struct pl_toml_node *array)
{
    bool strings = key->type == PL_KEY_STRS;
    enum pl_toml_type wanted = strings ? PL_TOML_STRING : PL_TOML_TABLE;
    for (size_t i = 0; i < pl_toml_count(array); i++) {
        const struct pl_toml_node *element = pl_toml_at(array, i);
        const char *found = pl_toml_type_name(pl_toml_type(element));
        struct pl_str text;
        if (pl_toml_type(element) != wanted)
            return fail_at(r, pl_toml_span(element),
                           "`%s` must hold %s only, not %s %s", key->name,
                           strings ? "strings" : "tables", article(found),
                           found);
        if (pl_toml_str(element, &text) && !text.len)
            return fail_at(r, pl_toml_span(element),
                           "`%s` holds an empty string", key->name);
    }
    return true;
}

static bool check_member(const struct pl_record *r, const struct pl_key *key,
                         const struct pl_toml_node *member)
{
    const char *found = pl_toml_type_name(pl_toml_type(member));
    struct pl_str text;
    if (pl_toml_type(member) != toml_types[key->type])
        return fail_at(r, pl_toml_span(member), "`%s` must be %s, not %s %s",
                       key->name, wanted_names[key->type], article(found),
                       found);
    if (pl_toml_str(member, &text) && !text.len)
        return fail_at(r, pl_toml_span(member), "`%s` is empty", key->name);
    if (pl_toml_type(member) == PL_TOML_ARRAY)
        return check_elements(r, key, member);
    return true;
}

static bool take_member(struct pl_record *r, const struct pl_toml_node *member)
{
    for (size_t i = 0; i < r->shape->count; i++) {
        if (!pl_str_is(pl_toml_key(member), r->shape->keys[i].name))
            continue;
        r->members[i] = member;
        return check_member(r, &r->shape->keys[i], member);
    }
    return fail_unknown(r, member);
}

/* A table's header; the whole file's place would underline its first line. */
static struct pl_span head_of(const struct pl_toml_node *table)
{
    struct pl_span span = pl_toml_span(table);
    if (pl_str_has(pl_toml_text(table), '\n'))
        span.end = span.begin;
    return span;
}

static bool check_required(const struct pl_record *r,
                           const struct pl_toml_node *table)
{
    for (size_t i = 0; i < r->shape->count; i++) {
        const struct pl_key *key = &r->shape->keys[i];
        if (key->required && !r->members[i])
            return fail_at(r, head_of(table), "%s has no `%s`", r->shape->what,
                           key->name);
    }
    return true;
}

bool pl_record_read(struct pl_record *r, const struct pl_shape *shape,
                    const struct pl_toml_node *table)
{
    r->shape = shape;
    for (size_t i = 0; i < PL_MAX_SHAPE_KEYS; i++)
        r->members[i] = NULL;
    for (size_t i = 0; i < pl_toml_count(table); i++)
        if (!take_member(r, pl_toml_at(table, i)))
            return false;
    return check_required(r, table);
}

bool pl_record_format(const struct pl_record *r,
                      const struct pl_toml_node *root, const char *key,
                      const char *what)
{
    const struct pl_toml_node *node;
    int64_t format;
    if (!pl_toml_get(root, key, &node) || !pl_toml_int(node, &format)) {
        fail_at(r, head_of(root), "this is not %s", what);
        return pl_error_because(r->err, "it has no `%s = 1`", key);
    }
    if (format == 1)
        return true;
    fail_at(r, pl_toml_span(node), "`%s` is %lld; this podlock reads 1", key,
            (long long)format);
    return pl_error_hint(r->err, "a newer podlock may read it");
}

/* ---- strings ---- */

bool pl_record_locate(const struct pl_record *r, size_t key)
{
    const struct pl_toml_node *node = r->members[key];
    return pl_toml_locate(node, pl_toml_view(r->arena, node), r->err);
}

bool pl_record_fail(const struct pl_record *r, size_t key, const char *format,
                    ...)
{
    va_list args;
    va_start(args, format);
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_buf_addv(&text, format, args);
    va_end(args);
    return fail_at(r, pl_record_span(r, key), "%.*s",
                   PL_STR_ARG(pl_buf_view(&text)));
}

/* ---- plain members ---- */

bool pl_record_has(const struct pl_record *r, size_t key)
{
    return r->members[key] != NULL;
}

struct pl_str pl_record_str(const struct pl_record *r, size_t key)
{
    return pl_toml_view(r->arena, r->members[key]);
}

bool pl_record_bool(const struct pl_record *r, size_t key, bool otherwise)
{
    bool value = otherwise;
    if (r->members[key])
        pl_toml_bool(r->members[key], &value);
    return value;
}

struct pl_span pl_record_span(const struct pl_record *r, size_t key)
{
    if (!r->members[key])
        return (struct pl_span){.source = r->source};
    return pl_toml_span(r->members[key]);
}

size_t pl_record_count(const struct pl_record *r, size_t key)
{
    return r->members[key] ? pl_toml_count(r->members[key]) : 0;
}

const struct pl_toml_node *pl_record_at(const struct pl_record *r, size_t key,
                                        size_t i)
{
    return pl_toml_at(r->members[key], i);
}

size_t pl_record_strs(const struct pl_record *r, size_t key,
                      const struct pl_str **out)
{
    size_t count = pl_record_count(r, key);
    struct pl_str *strs = pl_new_array(r->arena, struct pl_str, count);
    for (size_t i = 0; i < count; i++)
        strs[i] = pl_toml_view(r->arena, pl_record_at(r, key, i));
    *out = strs;
    return count;
}

/* ---- members that must be something ---- */

bool pl_record_version(const struct pl_record *r, size_t key,
                       struct pl_version *out)
{
    struct pl_str text = pl_record_str(r, key);
    return pl_version_parse_view(r->arena, text, out, r->err) ||
           pl_toml_locate(r->members[key], text, r->err);
}

static bool take_name(const struct pl_record *r,
                      const struct pl_toml_node *node, struct pl_str *out)
{
    struct pl_str text = pl_toml_view(r->arena, node);
    if (pl_name_valid(text)) {
        *out = pl_name_normalize(r->arena, text);
        return true;
    }
    return fail_at(r, pl_toml_span(node), "`%.*s` is not a project's name",
                   PL_STR_ARG(text));
}

bool pl_record_name(const struct pl_record *r, size_t key, struct pl_str *out)
{
    return take_name(r, r->members[key], out);
}

bool pl_record_names(const struct pl_record *r, size_t key,
                     const struct pl_str **out, size_t *count)
{
    *count = pl_record_count(r, key);
    struct pl_str *names = pl_new_array(r->arena, struct pl_str, *count);
    for (size_t i = 0; i < *count; i++)
        if (!take_name(r, pl_record_at(r, key, i), &names[i]))
            return false;
    *out = names;
    return true;
}

static bool is_id_char(char c)
{
    return pl_is_alnum(c) || c == '.' || c == '_' || c == '-';
}

static bool is_id(struct pl_str text)
{
    if (!text.len || text.len > PL_MAX_NAME_BYTES || !pl_is_alnum(text.at[0]))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!is_id_char(text.at[i]))
            return false;
    return true;
}

bool pl_record_id(const struct pl_record *r, size_t key, const char *reserved,
                  struct pl_str *out)
{
    struct pl_str text = pl_record_str(r, key);
    if (pl_str_is(text, reserved))
        return pl_record_fail(r, key,
                              "`%s` has a meaning of its own and cannot be "
                              "an id",
                              reserved);
    if (!is_id(text))
        return pl_record_fail(r, key,
                              "`%.*s` is not an id: letters, digits, `.`, `_` "
                              "and `-`, a letter or digit first",
                              PL_STR_ARG(text));
    *out = text;
    return true;
}

static void list_words(struct pl_buf *out, const char *const *words,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *joint = i + 1 < count ? ", " : " or ";
        pl_buf_addf(out, "%s`%s`", i ? joint : "", words[i]);
    }
}

bool pl_record_choice(const struct pl_record *r, size_t key,
                      const char *const *words, size_t count, size_t *out)
{
    struct pl_str text = pl_record_str(r, key);
    for (size_t i = 0; i < count; i++) {
        if (pl_str_is(text, words[i])) {
            *out = i;
            return true;
        }
    }
    PL_BUF(list, PL_MAX_MESSAGE_BYTES);
    list_words(&list, words, count);
    return pl_record_fail(r, key, "`%s` is `%.*s`; it must be %.*s",
                          r->shape->keys[key].name, PL_STR_ARG(text),
                          PL_STR_ARG(pl_buf_view(&list)));
}

static bool parse_requirement(const struct pl_record *r,
                              const struct pl_toml_node *node, bool lenient,
                              struct pl_requirement *out)
{
    struct pl_str text = pl_toml_view(r->arena, node);
    bool good = lenient ? pl_requirement_parse_lenient(r->arena, text, out,
                                                       NULL, r->err)
                        : pl_requirement_parse(r->arena, text, out, r->err);
    return good || pl_toml_locate(node, text, r->err);
}

bool pl_record_requirements(const struct pl_record *r, size_t key, bool lenient,
                            size_t max, const struct pl_requirement **out,
                            size_t *count)
{
    size_t len = pl_record_count(r, key);
    if (len > max)
        return pl_error_set(r->err, PL_ERR_LIMIT, pl_record_span(r, key),
                            "`%s` holds more than %zu requirements",
                            r->shape->keys[key].name, max);
    struct pl_requirement *all =
        pl_new_array(r->arena, struct pl_requirement, len);
    for (size_t i = 0; r->requirements && i < len; i++)
        pl_unpack_requirement(r->requirements, r->arena, &all[i]);
    for (size_t i = 0; !r->requirements && i < len; i++)
        if (!parse_requirement(r, pl_record_at(r, key, i), lenient, &all[i]))
            return false;
    *out = all;
    *count = len;
    return true;
}
