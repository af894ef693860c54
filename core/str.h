/*
 * Views of text, and a cursor that scans them.
 *
 * A view is a pointer and a length in bytes. It owns nothing: what it points
 * into must outlive it. It may hold any byte, NUL included, and is not
 * terminated. An empty view may have a NULL pointer.
 *
 *     struct pl_str line, rest = text;
 *     while (pl_str_cut(&rest, '\n', &line)) ...
 *
 * Functions that compare are plain byte comparisons: no locale is looked at.
 */
#ifndef PODLOCK_CORE_STR_H
#define PODLOCK_CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct pl_str {
    const char *at;
    size_t len;
};

/* A view of a string literal. */
#define PL_STR(literal) ((struct pl_str){"" literal, sizeof(literal) - 1})
/* For printf's "%.*s". */
#define PL_STR_ARG(s) (int)(s).len, (s).at ? (s).at : ""

/* NULL gives an empty view. */
static inline struct pl_str pl_str_from(const char *text)
{
    struct pl_str s;
    s.at = text;
    s.len = text ? strlen(text) : 0;
    return s;
}
static inline struct pl_str pl_str_sub(struct pl_str s, size_t from, size_t to)
{
    struct pl_str part;
    if (to > s.len)
        to = s.len;
    if (from > to)
        from = to;
    part.at = s.at ? s.at + from : NULL;
    part.len = to - from;
    return part;
}

/* ---- comparing ---- */
static inline bool pl_str_eq(struct pl_str a, struct pl_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}
static inline bool pl_str_is(struct pl_str a, const char *b)
{
    return pl_str_eq(a, pl_str_from(b));
}
bool pl_str_is_nocase(struct pl_str a, const char *b); /* ASCII letters */
/* Is it one of the list? */
bool pl_str_in(struct pl_str s, const struct pl_str *list, size_t count);
int pl_str_cmp(struct pl_str a, struct pl_str b); /* <0, 0, >0 */
bool pl_str_starts(struct pl_str s, const char *prefix);
bool pl_str_ends(struct pl_str s, const char *suffix);

/* ---- searching: the position, or s.len when it is not there ---- */
size_t pl_str_find(struct pl_str s, char c);
size_t pl_str_rfind(struct pl_str s, char c);
size_t pl_str_find_str(struct pl_str s, struct pl_str what);
bool pl_str_has(struct pl_str s, char c);
/* How long its beginning is printable ASCII and neither of the two. */
size_t pl_str_printable(struct pl_str s, char stop, char other);

/* ---- taking apart ---- */
struct pl_str pl_str_trim(struct pl_str s); /* ASCII white space, both ends */
/*
 * Takes the part before the next separator off *rest; the separator is
 * dropped. False when *rest was exhausted: "a,b," gives a, b and "".
 */
bool pl_str_cut(struct pl_str *rest, char separator, struct pl_str *part);
/* False unless the whole text is decimal digits and fits. */
bool pl_str_to_u64(struct pl_str s, uint64_t *out);

uint64_t pl_str_hash(struct pl_str s);

/* ---- ASCII classes, the same in every locale ---- */
static inline bool pl_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool pl_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool pl_is_alnum(char c)
{
    return pl_is_alpha(c) || pl_is_digit(c);
}

/* space, \t \n \v \f \r */
static inline bool pl_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline char pl_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/*
 * Cursor: what is left of a text while it is parsed, and where it began, so
 * that every position can be told as an offset.
 */
struct pl_cursor {
    const char *start;
    const char *at;
    const char *end;
};

struct pl_cursor pl_cursor_from(struct pl_str s);
bool pl_cursor_done(const struct pl_cursor *c);
size_t pl_cursor_offset(const struct pl_cursor *c);
/* '\0' at the end */
static inline char pl_cursor_peek(const struct pl_cursor *c)
{
    return c->at < c->end ? *c->at : '\0';
}
void pl_cursor_skip_space(struct pl_cursor *c); /* spaces and tabs */
/* Take what is expected, or leave the cursor and return false. */
bool pl_cursor_take(struct pl_cursor *c, char expected);
bool pl_cursor_take_str(struct pl_cursor *c, const char *expected);
/* The longest run of characters for which accept() holds; may be empty. */
struct pl_str pl_cursor_span(struct pl_cursor *c, bool (*accept)(char));
struct pl_str pl_cursor_rest(const struct pl_cursor *c);

#endif
