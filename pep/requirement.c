#include "pep/requirement.h"

#include "core/limits.h"
#include "core/vec.h"
#include "pep/name.h"

struct parser {
    struct pl_arena *arena;
    struct pl_cursor c;
    uint32_t offset; /* of the cursor's text within the caller's */
    bool lenient, repaired;
    struct pl_requirement r;
    struct pl_error *err;
};

/* ---- errors ---- */

static struct pl_span span_of(const struct parser *p, struct pl_str view)
{
    uint32_t begin = p->offset + (uint32_t)(view.at - p->c.start);
    return (struct pl_span){.begin = begin, .end = begin + (uint32_t)view.len};
}

static bool fail(const struct parser *p, struct pl_str view,
                 const char *message)
{
    return pl_error_set(p->err, PL_ERR_INPUT, span_of(p, view), "%s", message);
}

/* An error of a part's own parser, made relative to the whole. */
static bool fail_within(const struct parser *p, struct pl_str view)
{
    if (p->err) {
        uint32_t by = span_of(p, view).begin;
        p->err->span.begin += by;
        p->err->span.end += by;
    }
    return false;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* A requirement is a line: a newline in it would begin another one. */
static bool check_characters(const struct parser *p)
{
    struct pl_str text = pl_cursor_rest(&p->c);
    for (size_t i = 0; i < text.len; i++)
        if (is_control(text.at[i]) && text.at[i] != '\t')
            return fail(p, pl_str_sub(text, i, i + 1),
                        "a control character in a requirement");
    return true;
}

/* ---- name and extras ---- */

/* Bytes beyond ASCII are taken too, so that the error shows the word. */
static bool is_name(char c)
{
    return pl_is_alnum(c) || c == '-' || c == '_' || c == '.' ||
           (unsigned char)c >= 0x80;
}

static bool is_word(char c)
{
    return c != ' ' && c != '\t';
}

static bool parse_name(struct parser *p, const char *what, struct pl_str *out)
{
    struct pl_str name = pl_cursor_span(&p->c, is_name);
    if (pl_name_valid(name)) {
        *out = name;
        return true;
    }
    if (!name.len) {
        struct pl_str next = pl_str_sub(pl_cursor_rest(&p->c), 0, 1);
        return pl_error_set(p->err, PL_ERR_INPUT, span_of(p, next),
                            "expected the name of %s", what);
    }
    pl_error_set(p->err, PL_ERR_INPUT, span_of(p, name),
                 "`%.*s` is not the name of %s", PL_STR_ARG(name), what);
    return pl_error_hint(p->err, "a name is made of A-Z, a-z, 0-9, and . - _ "
                                 "between them");
}

/* Puts the name where it belongs among the sorted ones, unless it is there. */
static void add_extra(struct pl_str *extras, uint32_t *count,
                      struct pl_str name)
{
    uint32_t at = *count;
    while (at > 0 && pl_str_cmp(extras[at - 1], name) > 0)
        at--;
    if (at > 0 && pl_str_eq(extras[at - 1], name))
        return;
    memmove(&extras[at + 1], &extras[at], (*count - at) * sizeof(*extras));
    extras[at] = name;
    ++*count;
}

static bool parse_extra_list(struct parser *p, struct pl_str *extras)
{
    struct pl_str name;
    do {
        pl_cursor_skip_space(&p->c);
        struct pl_str next = pl_str_sub(pl_cursor_rest(&p->c), 0, 1);
        if (!parse_name(p, "an extra", &name))
            return false;
        if (p->r.extra_count == PL_MAX_EXTRAS)
            return pl_error_set(p->err, PL_ERR_LIMIT, span_of(p, next),
                                "more than %d extras", PL_MAX_EXTRAS);
        add_extra(extras, &p->r.extra_count, pl_name_normalize(p->arena, name));
        pl_cursor_skip_space(&p->c);
    } while (pl_cursor_take(&p->c, ','));
    return true;
}

static bool parse_extras(struct parser *p)
{
    struct pl_str open = pl_str_sub(pl_cursor_rest(&p->c), 0, 1);
    if (!pl_cursor_take(&p->c, '['))
        return true;
    pl_cursor_skip_space(&p->c);
    if (pl_cursor_take(&p->c, ']'))
        return true;
    struct pl_str rest = pl_cursor_rest(&p->c);
    size_t most = 1;
    for (size_t i = 0; i < rest.len && most < PL_MAX_EXTRAS; i++)
        most += rest.at[i] == ',';
    struct pl_str *extras = pl_new_array(p->arena, struct pl_str, most);
    p->r.extras = extras;
    if (!parse_extra_list(p, extras))
        return false;
    if (pl_cursor_take(&p->c, ']'))
        return true;
    if (pl_cursor_done(&p->c))
        return fail(p, open, "this `[` is not closed");
    return fail(p, pl_str_sub(pl_cursor_rest(&p->c), 0, 1),
                "expected `,` or `]` after the name of an extra");
}

/* ---- version, URL, marker ---- */

static bool parse_url(struct parser *p)
{
    pl_cursor_skip_space(&p->c);
    struct pl_str url = pl_cursor_span(&p->c, is_word);
    if (!url.len)
        return fail(p, url, "expected a URL after `@`");
    p->r.url = url;
    pl_cursor_skip_space(&p->c);
    if (pl_cursor_done(&p->c) || pl_cursor_peek(&p->c) == ';')
        return true;
    fail(p, pl_str_sub(pl_cursor_rest(&p->c), 0, 1),
         "expected `;` or the end after the URL");
    if (pl_str_ends(url, ";"))
        pl_error_hint(p->err, "put a space before the `;`: it may be part of "
                              "the URL");
    return false;
}

/* A comma may end the list, but none begins it and none follows another. */
static bool check_commas(const struct parser *p, struct pl_str text)
{
    struct pl_str rest = text, part;
    while (pl_str_cut(&rest, ',', &part))
        if (rest.at && !pl_str_trim(part).len)
            return fail(p, (struct pl_str){rest.at - 1, 1},
                        "expected a version before this comma");
    return true;
}

static bool parse_specifier(struct parser *p, struct pl_str text)
{
    if (p->lenient)
        return pl_specifier_parse_lenient(p->arena, text, &p->r.specifier,
                                          &p->repaired, p->err) ||
               fail_within(p, text);
    if (!check_commas(p, text))
        return false;
    return pl_specifier_parse(p->arena, text, &p->r.specifier, p->err) ||
           fail_within(p, text);
}

static bool parse_parentheses(struct parser *p)
{
    struct pl_str rest = pl_cursor_rest(&p->c);
    struct pl_str before = pl_str_sub(rest, 0, pl_str_find(rest, ';'));
    size_t close = pl_str_find(before, ')');
    if (close == before.len)
        return fail(p, pl_str_sub(rest, 0, 1), "this `(` is not closed");
    p->c.at += close + 1;
    if (!parse_specifier(p, pl_str_sub(before, 1, close)))
        return false;
    pl_cursor_skip_space(&p->c);
    return pl_cursor_done(&p->c) || pl_cursor_peek(&p->c) == ';' ||
           fail(p, pl_str_sub(pl_cursor_rest(&p->c), 0, 1),
                "expected `;` or the end after `)`");
}

static bool begins_operator(char c)
{
    return c == '=' || c == '!' || c == '<' || c == '>' || c == '~';
}

static bool fail_after_name(const struct parser *p)
{
    struct pl_cursor c = p->c;
    struct pl_str word = pl_cursor_span(&c, is_word);
    fail(p, word,
         "expected a version such as >=1.0, `;` or the end after the name");
    if (pl_str_starts(word, ":"))
        return pl_error_hint(p->err, "write a URL as `name @ URL`");
    if (pl_is_digit(word.at[0]))
        return pl_error_hint(p->err, "write `%.*s==%.*s`",
                             PL_STR_ARG(p->r.written_name), PL_STR_ARG(word));
    return false;
}

static bool parse_version(struct parser *p)
{
    struct pl_str rest = pl_cursor_rest(&p->c);
    char next = pl_cursor_peek(&p->c);
    if (!rest.len || next == ';')
        return true;
    if (next == '(')
        return parse_parentheses(p);
    if (!begins_operator(next))
        return fail_after_name(p);
    struct pl_str text = pl_str_sub(rest, 0, pl_str_find(rest, ';'));
    p->c.at += text.len;
    return parse_specifier(p, text);
}

static bool parse_marker(struct parser *p)
{
    if (!pl_cursor_take(&p->c, ';'))
        return true;
    struct pl_str text = pl_cursor_rest(&p->c);
    p->c.at = p->c.end;
    return pl_marker_parse(p->arena, text, &p->r.marker, p->err) ||
           fail_within(p, text);
}

static bool parse(struct parser *p)
{
    if (!check_characters(p) || !parse_name(p, "a project", &p->r.written_name))
        return false;
    p->r.name = pl_name_normalize(p->arena, p->r.written_name);
    pl_cursor_skip_space(&p->c);
    if (!parse_extras(p))
        return false;
    pl_cursor_skip_space(&p->c);
    return (pl_cursor_take(&p->c, '@') ? parse_url(p) : parse_version(p)) &&
           parse_marker(p);
}

/* ---- the two readings ---- */

/* Trims what may surround a requirement on a line of a file. */
static struct pl_str trim_blanks(struct pl_str s)
{
    while (s.len && !is_word(s.at[0]))
        s = pl_str_sub(s, 1, s.len);
    while (s.len && !is_word(s.at[s.len - 1]))
        s.len--;
    return s;
}

static bool parse_text(struct parser *p, struct pl_str text,
                       struct pl_str trimmed, struct pl_requirement *out)
{
    if (trimmed.len > PL_MAX_REQUIREMENT_BYTES)
        return pl_error_plain(p->err, PL_ERR_LIMIT,
                              "a requirement of %zu bytes; at most %d are read",
                              trimmed.len, PL_MAX_REQUIREMENT_BYTES);
    p->r.text = pl_arena_dup(p->arena, trimmed);
    p->c = pl_cursor_from(p->r.text);
    p->offset = trimmed.len ? (uint32_t)(trimmed.at - text.at) : 0;
    if (!parse(p))
        return false;
    *out = p->r;
    return true;
}

bool pl_requirement_parse(struct pl_arena *arena, struct pl_str text,
                          struct pl_requirement *out, struct pl_error *err)
{
    struct parser p = {.arena = arena, .err = err};
    return parse_text(&p, text, trim_blanks(text), out);
}

bool pl_requirement_parse_lenient(struct pl_arena *arena, struct pl_str text,
                                  struct pl_requirement *out, bool *repaired,
                                  struct pl_error *err)
{
    struct parser p = {.arena = arena, .err = err, .lenient = true};
    if (!parse_text(&p, text, pl_str_trim(text), out))
        return false;
    if (repaired)
        *repaired = p.repaired;
    return true;
}

/* ---- printing ---- */

void pl_requirement_print(const struct pl_requirement *r, struct pl_buf *out)
{
    pl_buf_add_str(out, r->name);
    for (uint32_t i = 0; i < r->extra_count; i++) {
        pl_buf_add_char(out, i ? ',' : '[');
        pl_buf_add_str(out, r->extras[i]);
    }
    if (r->extra_count)
        pl_buf_add_char(out, ']');
    pl_specifier_print(&r->specifier, out);
    if (r->url.len) {
        pl_buf_add_cstr(out, " @ ");
        pl_buf_add_str(out, r->url);
    }
    if (r->marker) {
        /* Without the space the `;` would be read as part of the URL. */
        pl_buf_add_cstr(out, r->url.len ? " ; " : "; ");
        pl_marker_print(r->marker, out);
    }
}
