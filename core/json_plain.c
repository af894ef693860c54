/*
 * core/json.h once more, without simdjson: for the static program, because
 * Debian 12 has no libsimdjson.a. None of the libraries there that can be
 * linked statically has the same answers: json-c and jansson lose equal keys,
 * jansson and RapidJSON some 64-bit numbers, nlohmann's ends at a NUL byte.
 * tests/unit/json_test.c holds both to one table, tests/fuzz/fuzz_json_same.c
 * to the same answer for whatever there is.
 */
#include "core/json.h"

#include <stdlib.h>

#include "core/limits.h"
#include "core/utf8.h"
#include "core/vec.h"

struct node {
    enum pl_json_type type;
    uint32_t end;       /* the node behind it and its members */
    struct pl_str text; /* a string's value, a number's digits, "true" */
};

/* Members follow their container; a name of an object before its value. */
struct pl_json {
    struct pl_arena arena;
    PL_VEC(struct node) nodes;
};

struct reader {
    struct pl_json *doc;
    struct pl_cursor at;
    int depth;
    struct pl_error *err;
};

/* ---- mistakes ---- */

static bool fail_at(struct reader *r, const char *at, const char *what)
{
    uint32_t offset = (uint32_t)(at - r->at.start);
    struct pl_span span = {NULL, offset, offset + 1};
    if (at == r->at.end)
        return pl_error_plain(r->err, PL_ERR_INPUT,
                              "malformed JSON: it ends too early");
    return pl_error_set(r->err, PL_ERR_INPUT, span,
                        "malformed JSON at byte %u: %s", offset, what);
}

static bool fail(struct reader *r, const char *what)
{
    return fail_at(r, r->at.at, what);
}

/* ---- nodes ---- */

static size_t begin_node(struct reader *r, enum pl_json_type type,
                         struct pl_str text)
{
    size_t index = r->doc->nodes.len;
    pl_vec_push(&r->doc->arena, &r->doc->nodes,
                (struct node){type, (uint32_t)index + 1, text});
    return index;
}

static void end_node(struct reader *r, size_t index)
{
    r->doc->nodes.at[index].end = (uint32_t)r->doc->nodes.len;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool take(struct reader *r, char c)
{
    pl_cursor_span(&r->at, is_space);
    return pl_cursor_take(&r->at, c);
}

/* ---- strings ---- */

static bool take_hex(struct pl_cursor *in, uint32_t *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        char c = pl_cursor_peek(in);
        uint32_t digit = 0;
        if (pl_is_digit(c))
            digit = (uint32_t)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            digit = (uint32_t)((c | 32) - 'a' + 10);
        else
            return false;
        *unit = *unit << 4 | digit;
        (void)!pl_cursor_take(in, c);
    }
    return true;
}

/* What follows "\u"; characters above U+FFFF are two of them. */
static bool take_code(struct pl_cursor *in, uint32_t *code)
{
    uint32_t low;
    if (!take_hex(in, code))
        return false;
    if (*code < 0xd800 || *code > 0xdfff)
        return true;
    if (*code > 0xdbff || !pl_cursor_take_str(in, "\\u") ||
        !take_hex(in, &low) || low < 0xdc00 || low > 0xdfff)
        return false;
    *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

static void put_code(struct pl_buf *out, uint32_t code)
{
    int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const uint32_t first[] = {0, 0xc0, 0xe0, 0xf0};
    pl_buf_add_char(out, (char)(first[more] | code >> 6 * more));
    while (more--)
        pl_buf_add_char(out, (char)(0x80 | (code >> 6 * more & 0x3f)));
}

static bool take_escape(struct pl_cursor *in, struct pl_buf *out)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    uint32_t code;
    for (size_t i = 0; letters[i]; i++)
        if (pl_cursor_take(in, letters[i])) {
            pl_buf_add_char(out, meanings[i]);
            return true;
        }
    if (!pl_cursor_take(in, 'u') || !take_code(in, &code))
        return false;
    put_code(out, code);
    return true;
}

static bool is_itself(char c)
{
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

/* Most strings are views; one with escapes is a copy. */
static bool read_string(struct reader *r, struct pl_str *text)
{
    PL_BUF(decoded, (size_t)(r->at.end - r->at.start));
    *text = pl_cursor_span(&r->at, is_itself);
    if (pl_cursor_take(&r->at, '"'))
        return true;
    pl_buf_add_str(&decoded, *text);
    while (!pl_cursor_take(&r->at, '"')) {
        if (!pl_cursor_take(&r->at, '\\'))
            return fail(r, "a control character inside a string");
        if (!take_escape(&r->at, &decoded))
            return fail(r, "an escape that means nothing");
        pl_buf_add_str(&decoded, pl_cursor_span(&r->at, is_itself));
    }
    *text = pl_arena_dup(&r->doc->arena, pl_buf_view(&decoded));
    return true;
}

/* ---- numbers ---- */

struct number {
    struct pl_str all, digits, fraction, power; /* power: digits alone */
    bool negative, negative_power, is_whole;
};

static bool is_digit(char c)
{
    return pl_is_digit(c);
}

static bool take_power(struct pl_cursor *in, struct number *n)
{
    if (!pl_cursor_take(in, 'e') && !pl_cursor_take(in, 'E'))
        return true;
    n->is_whole = false;
    n->negative_power = pl_cursor_take(in, '-');
    if (!n->negative_power)
        (void)!pl_cursor_take(in, '+');
    n->power = pl_cursor_span(in, is_digit);
    return n->power.len;
}

static bool take_number(struct pl_cursor *in, struct number *n)
{
    const char *begin = in->at;
    *n = (struct number){.negative = pl_cursor_take(in, '-'), .is_whole = true};
    n->digits = pl_cursor_span(in, is_digit);
    if (!n->digits.len || (n->digits.len > 1 && n->digits.at[0] == '0'))
        return false;
    if (pl_cursor_take(in, '.')) {
        n->is_whole = false;
        n->fraction = pl_cursor_span(in, is_digit);
        if (!n->fraction.len)
            return false;
    }
    if (!take_power(in, n))
        return false;
    n->all = (struct pl_str){begin, (size_t)(in->at - begin)};
    return true;
}

#define EDGE "17976931348623158079" /* what begins so, e308, is infinite */
#define EDGE_POWER 308

/* Its first digits that are not 0, and the power of ten of the first. */
static bool take_significant(const struct number *n, char *most, int64_t *power)
{
    size_t len = 0, count = n->digits.len + n->fraction.len;
    for (size_t i = 0; i < count && len < sizeof(EDGE) - 1; i++) {
        char c = i < n->digits.len ? n->digits.at[i]
                                   : n->fraction.at[i - n->digits.len];
        if (!len)
            *power = (int64_t)n->digits.len - 1 - (int64_t)i;
        if (len || c != '0')
            most[len++] = c;
    }
    return len;
}

static bool fits_double(const struct number *n)
{
    char most[sizeof(EDGE)] = "00000000000000000000";
    uint64_t given = 0;
    int64_t power = 0;
    if (!take_significant(n, most, &power))
        return true;
    if (n->power.len &&
        (!pl_str_to_u64(n->power, &given) || given > INT64_MAX / 2))
        return n->negative_power;
    power += n->negative_power ? -(int64_t)given : (int64_t)given;
    return power < EDGE_POWER ||
           (power == EDGE_POWER && memcmp(most, EDGE, sizeof(EDGE)) <= 0);
}

static bool fits(const struct number *n)
{
    uint64_t value;
    if (!n->is_whole)
        return fits_double(n);
    return pl_str_to_u64(n->digits, &value) &&
           (!n->negative || value <= (uint64_t)INT64_MAX + 1);
}

static bool read_number(struct reader *r)
{
    struct number n;
    const char *begin = r->at.at;
    if (!take_number(&r->at, &n))
        return fail_at(r, begin, "no value");
    if (!fits(&n))
        return fail_at(r, begin, "a number that does not fit");
    if (pl_str_is(n.all, "-0"))
        n.all = n.digits;
    begin_node(r, PL_JSON_NUMBER, n.all);
    return true;
}

/* ---- values ---- */

static bool read_value(struct reader *r);

static bool read_array(struct reader *r)
{
    size_t array = begin_node(r, PL_JSON_ARRAY, (struct pl_str){0});
    if (!take(r, ']')) {
        do {
            if (!read_value(r))
                return false;
        } while (take(r, ','));
        if (!take(r, ']'))
            return fail(r, "neither a comma nor the end of the array");
    }
    end_node(r, array);
    return true;
}

static bool read_member(struct reader *r)
{
    struct pl_str name;
    if (!take(r, '"'))
        return fail(r, "no name of a member");
    if (!read_string(r, &name))
        return false;
    begin_node(r, PL_JSON_STRING, name);
    if (!take(r, ':'))
        return fail(r, "no colon behind a name");
    return read_value(r);
}

static bool read_object(struct reader *r)
{
    size_t object = begin_node(r, PL_JSON_OBJECT, (struct pl_str){0});
    if (!take(r, '}')) {
        do {
            if (!read_member(r))
                return false;
        } while (take(r, ','));
        if (!take(r, '}'))
            return fail(r, "neither a comma nor the end of the object");
    }
    end_node(r, object);
    return true;
}

static bool read_container(struct reader *r, bool (*read)(struct reader *))
{
    if (r->depth == PL_MAX_JSON_DEPTH)
        return pl_error_plain(r->err, PL_ERR_LIMIT,
                              "JSON nested more than %d deep",
                              PL_MAX_JSON_DEPTH);
    r->depth++;
    bool good = read(r);
    r->depth--;
    return good;
}

static bool is_letter(char c)
{
    return pl_is_alnum(c);
}

static bool read_word(struct reader *r)
{
    const char *begin = r->at.at;
    struct pl_str word = pl_cursor_span(&r->at, is_letter);
    if (pl_str_is(word, "null"))
        begin_node(r, PL_JSON_NULL, word);
    else if (pl_str_is(word, "true") || pl_str_is(word, "false"))
        begin_node(r, PL_JSON_BOOL, word);
    else
        return fail_at(r, begin, "no value");
    return true;
}

static bool read_value(struct reader *r)
{
    struct pl_str text;
    if (take(r, '{'))
        return read_container(r, read_object);
    if (take(r, '['))
        return read_container(r, read_array);
    if (take(r, '"')) {
        if (!read_string(r, &text))
            return false;
        begin_node(r, PL_JSON_STRING, text);
        return true;
    }
    char next = pl_cursor_peek(&r->at);
    return next == '-' || pl_is_digit(next) ? read_number(r) : read_word(r);
}

static bool read_document(struct reader *r)
{
    size_t invalid = pl_utf8_invalid_at(pl_cursor_rest(&r->at));
    if (!pl_cursor_done(&r->at) && r->at.start + invalid < r->at.end)
        return fail_at(r, r->at.start + invalid, "it is not UTF-8");
    if (!read_value(r))
        return false;
    pl_cursor_span(&r->at, is_space);
    return pl_cursor_done(&r->at) || fail(r, "something behind the value");
}

/* ---- the document ---- */

bool pl_json_parse(struct pl_str text, struct pl_json **out,
                   struct pl_error *err)
{
    if (text.len >= UINT32_MAX)
        return pl_error_plain(err, PL_ERR_LIMIT, "too long for JSON");
    struct pl_json *doc = calloc(1, sizeof(*doc));
    if (!doc)
        pl_out_of_memory();
    struct pl_str own = pl_arena_dup(&doc->arena, text);
    struct reader r = {doc, pl_cursor_from(own), 0, err};
    if (!read_document(&r)) {
        pl_json_destroy(doc);
        return false;
    }
    *out = doc;
    return true;
}

void pl_json_destroy(struct pl_json *doc)
{
    if (doc)
        pl_arena_finish(&doc->arena);
    free(doc);
}

static const struct node *node_of(struct pl_json_value value)
{
    const struct pl_json *doc = value.doc;
    return &doc->nodes.at[value.where];
}

struct pl_json_value pl_json_root(const struct pl_json *doc)
{
    return (struct pl_json_value){doc, 0};
}

enum pl_json_type pl_json_type(struct pl_json_value value)
{
    return node_of(value)->type;
}

bool pl_json_str(struct pl_json_value value, struct pl_str *out)
{
    const struct node *node = node_of(value);
    if (node->type != PL_JSON_STRING)
        return false;
    *out = node->text;
    return true;
}

bool pl_json_bool(struct pl_json_value value, bool *out)
{
    const struct node *node = node_of(value);
    if (node->type != PL_JSON_BOOL)
        return false;
    *out = pl_str_is(node->text, "true");
    return true;
}

bool pl_json_u64(struct pl_json_value value, uint64_t *out)
{
    const struct node *node = node_of(value);
    return node->type == PL_JSON_NUMBER && pl_str_to_u64(node->text, out);
}

bool pl_json_get(struct pl_json_value object, const char *key,
                 struct pl_json_value *out)
{
    struct pl_json_iter it = pl_json_items(object);
    struct pl_json_value value;
    struct pl_str name;
    if (node_of(object)->type != PL_JSON_OBJECT)
        return false;
    while (pl_json_next(&it, &name, &value))
        if (pl_str_is(name, key)) {
            *out = value;
            return true;
        }
    return false;
}

bool pl_json_get_str(struct pl_json_value object, const char *key,
                     struct pl_str *out)
{
    struct pl_json_value value;
    return pl_json_get(object, key, &value) && pl_json_str(value, out);
}

struct pl_json_iter pl_json_items(struct pl_json_value container)
{
    /* What is no container has no members: its end is the next node. */
    return (struct pl_json_iter){container, container.where + 1,
                                 node_of(container)->end};
}

bool pl_json_next(struct pl_json_iter *it, struct pl_str *key,
                  struct pl_json_value *value)
{
    struct pl_json_value at = {it->container.doc, it->at};
    struct pl_str name = {0};
    if (it->at >= it->end)
        return false;
    if (pl_json_type(it->container) == PL_JSON_OBJECT) {
        name = node_of(at)->text;
        at.where++;
    }
    it->at = node_of(at)->end;
    *value = at;
    if (key)
        *key = name;
    return true;
}
