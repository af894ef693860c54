#include "core/str.h"

bool pl_str_is_nocase(struct pl_str a, const char *b)
{
    if (a.len != strlen(b))
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (pl_lower(a.at[i]) != pl_lower(b[i]))
            return false;
    return true;
}

bool pl_str_in(struct pl_str s, const struct pl_str *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pl_str_eq(list[i], s))
            return true;
    return false;
}

int pl_str_cmp(struct pl_str a, struct pl_str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.at, b.at, shared) : 0;
    if (order)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool pl_str_starts(struct pl_str s, const char *prefix)
{
    size_t len = strlen(prefix);
    return s.len >= len && memcmp(s.at, prefix, len) == 0;
}

bool pl_str_ends(struct pl_str s, const char *suffix)
{
    size_t len = strlen(suffix);
    return s.len >= len && memcmp(s.at + s.len - len, suffix, len) == 0;
}

size_t pl_str_find(struct pl_str s, char c)
{
    const char *found = s.len ? memchr(s.at, c, s.len) : NULL;
    return found ? (size_t)(found - s.at) : s.len;
}

size_t pl_str_rfind(struct pl_str s, char c)
{
    const char *found = s.len ? memrchr(s.at, c, s.len) : NULL;
    return found ? (size_t)(found - s.at) : s.len;
}

size_t pl_str_find_str(struct pl_str s, struct pl_str what)
{
    if (!what.len)
        return 0;
    const char *found = s.len ? memmem(s.at, s.len, what.at, what.len) : NULL;
    return found ? (size_t)(found - s.at) : s.len;
}

bool pl_str_has(struct pl_str s, char c)
{
    return pl_str_find(s, c) < s.len;
}

/* A byte that is found makes no other one look as if it were not. */
static bool eight_printable(const char *at, char stop, char other)
{
    const uint64_t ones = UINT64_MAX / 255, highs = ones << 7;
    uint64_t bytes;
    memcpy(&bytes, at, sizeof(bytes));
    uint64_t stops = bytes ^ ones * (unsigned char)stop;
    uint64_t others = bytes ^ ones * (unsigned char)other;
    uint64_t found = (stops - ones) | (others - ones) | (bytes - ones * ' ') |
                     bytes | (bytes + ones);
    return !(found & highs);
}

size_t pl_str_printable(struct pl_str s, char stop, char other)
{
    size_t i = 0;
    while (s.len - i >= 8 && eight_printable(s.at + i, stop, other))
        i += 8;
    while (i < s.len && s.at[i] >= ' ' && s.at[i] < '\x7f' && s.at[i] != stop &&
           s.at[i] != other)
        i++;
    return i;
}

struct pl_str pl_str_trim(struct pl_str s)
{
    while (s.len && pl_is_space(s.at[0]))
        s = pl_str_sub(s, 1, s.len);
    while (s.len && pl_is_space(s.at[s.len - 1]))
        s.len--;
    return s;
}

bool pl_str_cut(struct pl_str *rest, char separator, struct pl_str *part)
{
    if (!rest->at)
        return false;
    size_t end = pl_str_find(*rest, separator);
    *part = pl_str_sub(*rest, 0, end);
    if (end == rest->len)
        *rest = (struct pl_str){0};
    else
        *rest = pl_str_sub(*rest, end + 1, rest->len);
    return true;
}

bool pl_str_to_u64(struct pl_str s, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!pl_is_digit(s.at[i]))
            return false;
        uint64_t digit = (uint64_t)(s.at[i] - '0');
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return false;
    }
    if (s.len)
        *out = value;
    return s.len > 0;
}

/* FNV-1a: keys are short, and its order is never visible. */
uint64_t pl_str_hash(struct pl_str s)
{
    uint64_t hash = 14695981039346656037u, word;
    size_t i = 0;
    /* the high bits come down, because maps look at the low ones */
    for (; i + sizeof(word) <= s.len; i += sizeof(word)) {
        memcpy(&word, s.at + i, sizeof(word));
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    for (; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.at[i]) * 1099511628211u;
    return hash;
}

struct pl_cursor pl_cursor_from(struct pl_str s)
{
    const char *at = s.at ? s.at : "";
    return (struct pl_cursor){at, at, at + s.len};
}

bool pl_cursor_done(const struct pl_cursor *c)
{
    return c->at == c->end;
}

size_t pl_cursor_offset(const struct pl_cursor *c)
{
    return (size_t)(c->at - c->start);
}

void pl_cursor_skip_space(struct pl_cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t'))
        c->at++;
}

bool pl_cursor_take(struct pl_cursor *c, char expected)
{
    if (c->at == c->end || *c->at != expected)
        return false;
    c->at++;
    return true;
}

bool pl_cursor_take_str(struct pl_cursor *c, const char *expected)
{
    if (!pl_str_starts(pl_cursor_rest(c), expected))
        return false;
    c->at += strlen(expected);
    return true;
}

struct pl_str pl_cursor_span(struct pl_cursor *c, bool (*accept)(char))
{
    const char *begin = c->at;
    while (c->at < c->end && accept(*c->at))
        c->at++;
    return (struct pl_str){begin, (size_t)(c->at - begin)};
}

struct pl_str pl_cursor_rest(const struct pl_cursor *c)
{
    return (struct pl_str){c->at, (size_t)(c->end - c->at)};
}
