#include "rules/image_ref.h"

#include "core/attr.h"

/* ---- references ---- */

static const char *const docker_hubs[] = {
    "docker.io/",
    "index.docker.io/",
    "registry-1.docker.io/",
    "registry.hub.docker.com/",
};

static struct pl_str without_prefix(struct pl_str s, const char *prefix)
{
    return pl_str_starts(s, prefix) ? pl_str_sub(s, strlen(prefix), s.len) : s;
}

struct pl_image_ref pl_image_ref_parse(struct pl_str text)
{
    struct pl_image_ref ref = {0};
    struct pl_str rest = without_prefix(pl_str_trim(text), "docker://");
    size_t at = pl_str_find(rest, '@');
    if (at < rest.len)
        ref.digest = pl_str_sub(rest, at + 1, rest.len);
    rest = pl_str_sub(rest, 0, at);
    for (size_t i = 0; i < PL_COUNT(docker_hubs); i++)
        rest = without_prefix(rest, docker_hubs[i]);
    /* A ':' before the last '/' belongs to a registry's port. */
    size_t slash = pl_str_rfind(rest, '/'), colon = pl_str_rfind(rest, ':');
    bool has_tag = colon < rest.len && (slash == rest.len || colon > slash);
    if (has_tag) {
        ref.name = pl_str_sub(rest, 0, colon);
        ref.tag = pl_str_sub(rest, colon + 1, rest.len);
    } else if (slash < rest.len || ref.digest.len) {
        ref.name = rest;
    } else {
        ref.tag = rest;
    }
    return ref;
}

/* ---- parts of a tag ---- */

static struct pl_str take_digits(struct pl_cursor *c)
{
    return pl_cursor_span(c, pl_is_digit);
}

/* "12.4.1": `least` numbers or more, with a dot between them. */
static bool take_dotted(struct pl_cursor *c, unsigned least, struct pl_str *out)
{
    const char *start = c->at;
    unsigned count = 0;
    do {
        if (!take_digits(c).len)
            return false;
        count++;
    } while (pl_cursor_take(c, '.'));
    *out = (struct pl_str){start, (size_t)(c->at - start)};
    return count >= least;
}

static bool has_three_parts(struct pl_str dotted)
{
    unsigned dots = 0;
    for (size_t i = 0; i < dotted.len; i++)
        dots += dotted.at[i] == '.';
    return dots == 2;
}

/* ---- 2.4.0-py3.11-cuda12.4.1-cudnn-devel-ubuntu22.04 ---- */

static bool parse_torch_first(struct pl_str tag, struct pl_image_tag *out)
{
    struct pl_cursor c = pl_cursor_from(tag);
    if (!take_dotted(&c, 3, &out->torch) || !has_three_parts(out->torch) ||
        !pl_cursor_take_str(&c, "-py") || !take_dotted(&c, 2, &out->python) ||
        !pl_cursor_take_str(&c, "-cuda") || !take_dotted(&c, 2, &out->cuda))
        return false;
    pl_cursor_take_str(&c, "-cudnn");
    pl_cursor_take_str(&c, "-devel");
    if (pl_cursor_take_str(&c, "-ubuntu") && !take_dotted(&c, 2, &out->ubuntu))
        return false;
    return pl_cursor_done(&c);
}

/* ---- 1.0.2-cu1281-torch280-ubuntu2404 ---- */

/* Takes "<word>DIGITS" off the end; the word must stand after a '-'. */
static bool take_last(struct pl_str *rest, const char *word, size_t least,
                      size_t most, struct pl_str *digits)
{
    size_t at = pl_str_rfind(*rest, '-');
    if (at == rest->len)
        return false;
    struct pl_str part = pl_str_sub(*rest, at + 1, rest->len);
    if (!pl_str_starts(part, word))
        return false;
    struct pl_cursor c =
        pl_cursor_from(pl_str_sub(part, strlen(word), part.len));
    *digits = take_digits(&c);
    *rest = pl_str_sub(*rest, 0, at);
    return pl_cursor_done(&c) && digits->len >= least && digits->len <= most;
}

static bool is_dev_char(char c)
{
    return pl_is_digit(c) || (c >= 'a' && c <= 'z') || c == '-';
}

/* "1.0.2", "1.0.2-rc.3" or "1.0.2-dev-something". */
static bool take_series(struct pl_str text, struct pl_str *series)
{
    struct pl_cursor c = pl_cursor_from(text);
    if (!take_dotted(&c, 3, series) || !has_three_parts(*series))
        return false;
    if (pl_cursor_take_str(&c, "-rc."))
        return take_digits(&c).len && pl_cursor_done(&c);
    if (pl_cursor_take_str(&c, "-dev-"))
        return pl_cursor_span(&c, is_dev_char).len && pl_cursor_done(&c);
    return pl_cursor_done(&c);
}

/* "2121" with one digit before the first dot is "2.12.1". */
static struct pl_str dotted(struct pl_arena *arena, struct pl_str digits,
                            size_t first, size_t last)
{
    size_t end = digits.len - last;
    return pl_arena_printf(arena, "%.*s.%.*s.%.*s", (int)first, digits.at,
                           (int)(end - first), digits.at + first, (int)last,
                           digits.at + end);
}

/*
 * torch lives in Python 3.10 in the 0.x series and, from 1.0.1 on, in 3.12
 * whatever the system's Python is. Of 1.0.0 it is not known.
 */
static struct pl_str python_of(struct pl_str series)
{
    if (pl_str_starts(series, "0."))
        return PL_STR("3.10");
    if (pl_dotted_cmp(series, PL_STR("1.0.1")) >= 0)
        return PL_STR("3.12");
    return (struct pl_str){0};
}

static bool parse_series_first(struct pl_arena *arena, struct pl_str tag,
                               struct pl_image_tag *out)
{
    struct pl_str ubuntu, torch, cuda;
    if (!take_last(&tag, "ubuntu", 4, 4, &ubuntu) ||
        !take_last(&tag, "torch", 3, 4, &torch) ||
        !take_last(&tag, "cu", 4, 4, &cuda) || !take_series(tag, &out->series))
        return false;
    out->python = python_of(out->series);
    out->torch = dotted(arena, torch, 1, 1);
    out->cuda = dotted(arena, cuda, 2, 1);
    out->ubuntu = pl_arena_printf(arena, "%.2s.%.2s", ubuntu.at, ubuntu.at + 2);
    return true;
}

bool pl_image_tag_parse(struct pl_arena *arena, struct pl_str tag,
                        struct pl_image_tag *out)
{
    struct pl_image_tag first = {0}, second = {0};
    if (parse_torch_first(tag, &first)) {
        *out = first;
        return true;
    }
    if (parse_series_first(arena, tag, &second)) {
        *out = second;
        return true;
    }
    return false;
}

/* ---- order ---- */

static uint64_t take_number(struct pl_str *rest)
{
    struct pl_str part;
    uint64_t number = 0;
    if (pl_str_cut(rest, '.', &part) && !pl_str_to_u64(part, &number))
        return 0;
    return number;
}

int pl_dotted_cmp(struct pl_str a, struct pl_str b)
{
    while (a.len || b.len) {
        uint64_t left = take_number(&a), right = take_number(&b);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}
