#include "core/toml_plain.h"

#include "core/limits.h"
#include "core/toml_node.h"
#include "core/utf8.h"
#include "core/vec.h"

/* A table, or an array of them, that headers made. */
struct table {
    struct pl_toml_node node;          /* with the members of its own lines */
    struct table *next, *first, *last; /* what other headers made in it */
    size_t count;
};

struct key {
    struct pl_str text;
    uint32_t begin, end;
};

struct reader {
    struct pl_cursor c;
    struct pl_toml *doc;
    struct pl_arena *scratch;
    /* Members of all that is open here, the innermost's on top. */
    PL_VEC(struct pl_toml_node) stack;
    struct table root;
    struct table *table; /* whose lines are read */
    uint32_t steps;      /* of headers, so far */
    uint32_t values;     /* so far */
};

static uint32_t offset(const struct reader *r)
{
    return (uint32_t)(r->c.at - r->c.start);
}

static bool take(struct reader *r, char expected)
{
    if (r->c.at == r->c.end || *r->c.at != expected)
        return false;
    r->c.at++;
    return true;
}

static void skip_space(struct reader *r)
{
    while (r->c.at < r->c.end && (*r->c.at == ' ' || *r->c.at == '\t'))
        r->c.at++;
}

/* ---- text ---- */

/* To the first of the two or of what is not text; false where it is bad. */
static bool skip_text(struct reader *r, char stop, char escape)
{
    struct pl_str rest = pl_cursor_rest(&r->c);
    for (;;) {
        size_t run = pl_str_printable(rest, stop, escape);
        rest = pl_str_sub(rest, run, rest.len);
        if (!rest.len || (rest.at[0] != '\t' && !(rest.at[0] & 0x80)))
            break;
        uint32_t code;
        if (!pl_utf8_take(&rest, &code))
            return false;
    }
    r->c.at = r->c.end - rest.len;
    return true;
}

/* A comment, if there is one, and the end of the line or of the text. */
static bool end_line(struct reader *r)
{
    if (take(r, '#') && !skip_text(r, '\n', '\n'))
        return false;
    return r->c.at == r->c.end || take(r, '\n') ||
           pl_cursor_take_str(&r->c, "\r\n");
}

static bool skip_lines(struct reader *r)
{
    for (;;) {
        skip_space(r);
        char c = pl_cursor_peek(&r->c);
        if (c != '#' && c != '\r' && c != '\n')
            return r->c.at < r->c.end;
        if (!end_line(r))
            return false;
    }
}

/* ---- strings ---- */

static char escaped(char c)
{
    switch (c) {
    case '"':
    case '\\':
        return c;
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    default:
        return '\0';
    }
}

/* Stands at the first backslash of a string that began at `begin`. */
static bool read_escaped(struct reader *r, const char *begin,
                         struct pl_str *out)
{
    while (r->c.at < r->c.end && *r->c.at == '\\') {
        if (r->c.end - r->c.at < 2 || !escaped(r->c.at[1]))
            return false;
        r->c.at += 2;
        if (!skip_text(r, '"', '\\'))
            return false;
    }
    const char *end = r->c.at;
    char *copy = pl_arena_alloc(&r->doc->arena, (size_t)(end - begin));
    *out = (struct pl_str){copy, 0};
    for (const char *at = begin; at < end; at++)
        copy[out->len++] = *at == '\\' ? escaped(*++at) : *at;
    return take(r, '"');
}

static bool read_string(struct reader *r, struct pl_str *out)
{
    char quote = *r->c.at++;
    char escape = quote == '"' ? '\\' : quote;
    const char *begin = r->c.at;
    if (!skip_text(r, quote, escape))
        return false;
    if (quote == '"' && pl_cursor_peek(&r->c) == '\\')
        return read_escaped(r, begin, out);
    *out = (struct pl_str){begin, (size_t)(r->c.at - begin)};
    /* Three quotes would begin a string of many lines. */
    return take(r, quote) && (out->len || pl_cursor_peek(&r->c) != quote);
}

/* ---- keys ---- */

static bool is_bare(char c)
{
    return pl_is_alnum(c) || c == '-' || c == '_';
}

static bool read_key(struct reader *r, struct key *out)
{
    out->begin = offset(r);
    char c = pl_cursor_peek(&r->c);
    if (c == '"' || c == '\'') {
        if (!read_string(r, &out->text))
            return false;
    } else {
        out->text.at = r->c.at;
        while (r->c.at < r->c.end && is_bare(*r->c.at))
            r->c.at++;
        out->text.len = (size_t)(r->c.at - out->text.at);
    }
    out->end = offset(r);
    return out->text.len;
}

/* ---- numbers and times ---- */

/* Else it could go on, as a number of another kind. */
static bool ends_value(const struct reader *r)
{
    char c = pl_cursor_peek(&r->c);
    return r->c.at == r->c.end || (c && strchr(" \t\r\n,]}#", c));
}

static bool read_bool(struct reader *r, struct pl_toml_node *node)
{
    node->type = PL_TOML_BOOL;
    node->as.truth = *r->c.at == 't';
    return pl_cursor_take_str(&r->c, node->as.truth ? "true" : "false") &&
           ends_value(r);
}

/* So many digits, with a value in the range. */
static bool take_digits(struct reader *r, unsigned digits, unsigned least,
                        unsigned most, unsigned *out)
{
    unsigned value = 0;
    if (r->c.end - r->c.at < (ptrdiff_t)digits)
        return false;
    for (; digits; digits--, r->c.at++) {
        if (!pl_is_digit(*r->c.at))
            return false;
        value = 10 * value + (unsigned)(*r->c.at - '0');
    }
    *out = value;
    return value >= least && value <= most;
}

/* 29 February is left to the other, which knows its years. */
static unsigned days_of(unsigned month)
{
    bool is_short = month == 4 || month == 6 || month == 9 || month == 11;
    return month == 2 ? 28 : is_short ? 30 : 31;
}

static bool take_hour_minute(struct reader *r)
{
    unsigned value;
    return take_digits(r, 2, 0, 23, &value) && take(r, ':') &&
           take_digits(r, 2, 0, 59, &value);
}

static bool take_fraction(struct reader *r)
{
    unsigned digit, count = 0;
    if (!take(r, '.'))
        return true;
    while (take_digits(r, 1, 0, 9, &digit))
        count++;
    return count >= 1 && count <= 9;
}

/* "2026-01-31T23:59:59.123Z", or with a zone such as "+01:00". */
static bool read_time(struct reader *r, struct pl_toml_node *node)
{
    unsigned value, month;
    node->type = PL_TOML_DATETIME;
    if (!take_digits(r, 4, 0, 9999, &value) || !take(r, '-') ||
        !take_digits(r, 2, 1, 12, &month) || !take(r, '-') ||
        !take_digits(r, 2, 1, days_of(month), &value) ||
        (!take(r, 'T') && !take(r, ' ')) || !take_hour_minute(r) ||
        !take(r, ':') || !take_digits(r, 2, 0, 59, &value) || !take_fraction(r))
        return false;
    if (!take(r, 'Z') &&
        ((!take(r, '+') && !take(r, '-')) || !take_hour_minute(r)))
        return false;
    return ends_value(r);
}

/* Without "_" or "+"; what may not fit is left to the other. */
static bool read_integer(struct reader *r, struct pl_toml_node *node)
{
    bool minus = take(r, '-');
    const char *begin = r->c.at;
    int64_t value = 0;
    while (r->c.at < r->c.end && pl_is_digit(*r->c.at) && r->c.at - begin < 18)
        value = 10 * value + (*r->c.at++ - '0');
    size_t digits = (size_t)(r->c.at - begin);
    node->type = PL_TOML_INTEGER;
    node->as.integer = minus ? -value : value;
    if (!digits || !ends_value(r))
        return false;
    return *begin != '0' || (digits == 1 && !minus);
}

static bool read_digits(struct reader *r, struct pl_toml_node *node)
{
    bool is_time = r->c.end - r->c.at > 4 && r->c.at[4] == '-';
    return is_time ? read_time(r, node) : read_integer(r, node);
}

/* ---- members ---- */

static void push(struct reader *r, struct pl_toml_node node)
{
    pl_vec_push(r->scratch, &r->stack, node);
}

/* The members above `base` become those of the node. */
static void pop_members(struct reader *r, size_t base,
                        struct pl_toml_node *node)
{
    size_t count = r->stack.len - base;
    node->as.members.at =
        pl_new_array(&r->doc->arena, struct pl_toml_node, count);
    node->as.members.len = count;
    if (count)
        memcpy(node->as.members.at, &r->stack.at[base],
               count * sizeof(r->stack.at[0]));
    r->stack.len = base;
}

/* Keys are not empty here, and mostly differ in their first byte. */
static int cmp_key(const void *a, const void *b)
{
    const struct pl_toml_node *x = a, *y = b;
    int order = (unsigned char)x->key.at[0] - (unsigned char)y->key.at[0];
    return order ? order : pl_str_cmp(x->key, y->key);
}

static void sort_few(struct pl_toml_node *at, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (cmp_key(&at[i - 1], &at[i]) <= 0)
            continue;
        struct pl_toml_node node = at[i];
        size_t place = i;
        for (; place && cmp_key(&at[place - 1], &node) > 0; place--)
            at[place] = at[place - 1];
        at[place] = node;
    }
}

/* False when a key stands there twice. */
static bool sort_members(const struct pl_toml_node *table)
{
    struct pl_toml_node *at = table->as.members.at;
    size_t count = table->as.members.len;
    if (count <= 16)
        sort_few(at, count);
    else
        qsort(at, count, sizeof(*at), cmp_key);
    for (size_t i = 1; i < count; i++)
        if (pl_str_eq(at[i - 1].key, at[i].key))
            return false;
    return true;
}

/* ---- values ---- */

static bool read_value(struct reader *r, unsigned nest,
                       struct pl_toml_node *node);

static bool read_pair(struct reader *r, unsigned nest)
{
    struct pl_toml_node node = {.doc = r->doc};
    struct key key;
    if (!read_key(r, &key))
        return false;
    skip_space(r);
    if (!take(r, '='))
        return false;
    skip_space(r);
    if (!read_value(r, nest, &node))
        return false;
    node.key = key.text;
    node.key_begin = key.begin;
    node.key_end = key.end;
    push(r, node);
    return true;
}

static bool read_array(struct reader *r, unsigned nest,
                       struct pl_toml_node *node)
{
    size_t base = r->stack.len;
    node->type = PL_TOML_ARRAY;
    do {
        struct pl_toml_node element = {.doc = r->doc};
        r->c.at++;
        if (!skip_lines(r))
            return false;
        if (*r->c.at == ']')
            break;
        if (!read_value(r, nest, &element) || !skip_lines(r))
            return false;
        element.key_begin = element.key_end = element.begin;
        push(r, element);
    } while (*r->c.at == ',');
    pop_members(r, base, node);
    return take(r, ']');
}

static bool read_inline_table(struct reader *r, unsigned nest,
                              struct pl_toml_node *node)
{
    size_t base = r->stack.len;
    node->type = PL_TOML_TABLE;
    r->c.at++;
    skip_space(r);
    if (pl_cursor_peek(&r->c) != '}') {
        do {
            skip_space(r);
            if (!read_pair(r, nest))
                return false;
            skip_space(r);
        } while (take(r, ','));
    }
    pop_members(r, base, node);
    return take(r, '}') && sort_members(node);
}

static bool read_any(struct reader *r, unsigned nest, struct pl_toml_node *node)
{
    switch (pl_cursor_peek(&r->c)) {
    case '"':
    case '\'':
        node->type = PL_TOML_STRING;
        return read_string(r, &node->as.text);
    case '[':
        return nest < PL_TOML_PLAIN_NEST && read_array(r, nest + 1, node);
    case '{':
        return nest < PL_TOML_PLAIN_NEST &&
               read_inline_table(r, nest + 1, node);
    case 't':
    case 'f':
        return read_bool(r, node);
    default:
        return read_digits(r, node);
    }
}

static bool read_value(struct reader *r, unsigned nest,
                       struct pl_toml_node *node)
{
    node->begin = offset(r);
    if (++r->values > PL_MAX_TOML_VALUES || !read_any(r, nest, node))
        return false;
    node->end = offset(r);
    return true;
}

/* ---- headers ---- */

/* *out is NULL when there is none. False: too many to look through. */
static bool find(const struct table *in, struct pl_str key, struct table **out)
{
    unsigned looks = 0;
    *out = in->last;
    if (!in->last || pl_str_eq(in->last->node.key, key))
        return true;
    *out = in->first;
    while (*out && !pl_str_eq((*out)->node.key, key)) {
        *out = (*out)->next;
        if (++looks == PL_TOML_PLAIN_LOOKS)
            return false;
    }
    return true;
}

/* `node` has the place of the header. */
static struct table *add_table(struct reader *r, struct table *to,
                               struct pl_toml_node node)
{
    struct table *table = pl_new(r->scratch, struct table);
    table->node = node;
    if (to->last)
        to->last->next = table;
    else
        to->first = table;
    to->last = table;
    to->count++;
    if (to->node.type == PL_TOML_ARRAY)
        to->node.end = node.end;
    return table;
}

static struct table *add_named(struct reader *r, struct table *to,
                               const struct key *key, enum pl_toml_type type,
                               struct pl_toml_node header)
{
    header.type = type;
    header.key = key->text;
    header.key_begin = key->begin;
    header.key_end = key->end;
    return add_table(r, to, header);
}

/* The table that a step of a header before its last one means. */
static bool enter(struct reader *r, const struct key *key,
                  struct pl_toml_node header, struct table **at)
{
    struct table *found;
    if (!find(*at, key->text, &found))
        return false;
    if (!found)
        found = add_named(r, *at, key, PL_TOML_TABLE, header);
    *at = found->node.type == PL_TOML_ARRAY ? found->last : found;
    return true;
}

/* A table that is there already may be a mistake. */
static bool open_table(struct reader *r, const struct key *key,
                       struct pl_toml_node header, struct table *in)
{
    struct table *found;
    if (!find(in, key->text, &found) || found)
        return false;
    r->table = add_named(r, in, key, PL_TOML_TABLE, header);
    return true;
}

static bool open_element(struct reader *r, const struct key *key,
                         struct pl_toml_node header, struct table *in)
{
    struct table *array;
    if (!find(in, key->text, &array))
        return false;
    if (!array)
        array = add_named(r, in, key, PL_TOML_ARRAY, header);
    else if (array->node.type != PL_TOML_ARRAY)
        return false;
    header.type = PL_TOML_TABLE;
    r->table = add_table(r, array, header);
    return true;
}

static void close_table(struct reader *r)
{
    pop_members(r, 0, &r->table->node);
}

static bool read_steps(struct reader *r, struct key *steps, size_t *count)
{
    *count = 0;
    do {
        if (*count == PL_TOML_PLAIN_STEPS || !read_key(r, &steps[*count]))
            return false;
        ++*count;
    } while (take(r, '.'));
    r->steps += (uint32_t)*count;
    return r->steps <= PL_MAX_TOML_TABLES;
}

static bool read_header(struct reader *r)
{
    struct pl_toml_node header = {.doc = r->doc, .begin = offset(r)};
    struct key steps[PL_TOML_PLAIN_STEPS];
    struct table *at = &r->root;
    size_t count;
    r->c.at++;
    bool is_array = take(r, '[');
    if (!read_steps(r, steps, &count) || !take(r, ']') ||
        (is_array && !take(r, ']')))
        return false;
    header.end = offset(r);
    header.key_begin = header.key_end = header.begin;
    close_table(r);
    for (size_t i = 0; i + 1 < count; i++)
        if (!enter(r, &steps[i], header, &at))
            return false;
    const struct key *last = &steps[count - 1];
    return is_array ? open_element(r, last, header, at)
                    : open_table(r, last, header, at);
}

/* ---- the whole ---- */

static bool read_lines(struct reader *r)
{
    while (skip_lines(r)) {
        bool good = *r->c.at == '[' ? read_header(r) : read_pair(r, 0);
        if (!good)
            return false;
        skip_space(r);
        if (!end_line(r))
            return false;
    }
    close_table(r);
    return r->c.at == r->c.end;
}

/* Headers nest at most PL_TOML_PLAIN_STEPS deep, each twice. */
static bool finish(struct reader *r, struct table *table,
                   struct pl_toml_node *out)
{
    size_t own = table->node.as.members.len;
    *out = table->node;
    if (table->count) {
        struct pl_toml_node *all = pl_new_array(
            &r->doc->arena, struct pl_toml_node, own + table->count);
        if (own)
            memcpy(all, out->as.members.at, own * sizeof(*all));
        out->as.members.at = all;
        out->as.members.len = own + table->count;
        all += own;
        for (struct table *at = table->first; at; at = at->next)
            if (!finish(r, at, all++))
                return false;
    }
    return out->type == PL_TOML_ARRAY || sort_members(out);
}

bool pl_toml_parse_plain(const struct pl_source *source, struct pl_toml **out)
{
    PL_ARENA(scratch);
    struct pl_arena arena = {0};
    if (source->text.len > PL_MAX_USER_FILE_BYTES)
        return false;
    struct pl_toml *doc = pl_new(&arena, struct pl_toml);
    doc->arena = arena;
    doc->source = source;
    struct reader r = {
        .c = pl_cursor_from(source->text),
        .doc = doc,
        .scratch = &scratch,
        .root.node = {.doc = doc,
                      .type = PL_TOML_TABLE,
                      .end = (uint32_t)source->text.len},
    };
    r.table = &r.root;
    if (!read_lines(&r) || !finish(&r, &r.root, &doc->root)) {
        pl_toml_destroy(doc);
        return false;
    }
    *out = doc;
    return true;
}

bool pl_toml_parse(const struct pl_source *source, struct pl_toml **out,
                   struct pl_error *err)
{
    return pl_toml_parse_plain(source, out) ||
           pl_toml_parse_full(source, out, err);
}
