#include "core/mask.h"

#include "core/limits.h"

/* Beyond the text: a NUL. */
static char at(struct pl_str text, size_t i)
{
    return i < text.len ? text.at[i] : '\0';
}

/* Bytes that join this line to the next one: 0, or 2 or 3. */
static size_t continuation_at(struct pl_str text, size_t i)
{
    if (at(text, i) != '\\')
        return 0;
    if (at(text, i + 1) == '\n')
        return 2;
    return at(text, i + 1) == '\r' && at(text, i + 2) == '\n' ? 3 : 0;
}

/* Does a word begin here? */
static bool begins_word(struct pl_str text, size_t i)
{
    return !i || pl_is_space(text.at[i - 1]) ||
           pl_str_has(PL_STR("\"'`=(<,"), text.at[i - 1]);
}

static bool ends_http(struct pl_str text)
{
    size_t len = text.len;
    return pl_str_is_nocase(pl_str_sub(text, len - (len < 4 ? len : 4), len),
                            "http") ||
           pl_str_is_nocase(pl_str_sub(text, len - (len < 5 ? len : 5), len),
                            "https");
}

/* May a run of slashes be the "//" or ":/" before an authority? */
static bool opens_authority(struct pl_str text, size_t slash, size_t count)
{
    bool colon = slash && text.at[slash - 1] == ':';
    if (count > 1)
        return colon || begins_word(text, slash);
    return colon && ends_http(pl_str_sub(text, 0, slash - 1));
}

struct authority {
    size_t begin, end; /* of user, host and port */
    size_t user_end;   /* the last '@' in it; begin: none */
    size_t colon;      /* the first one behind the host; end: none */
};

static struct authority authority_at(struct pl_str text, size_t begin)
{
    struct authority a = {begin, begin, begin, 0};
    size_t colon = text.len, i = begin, joined;
    bool address = at(text, i) == '[';
    for (; i < text.len; i++) {
        char c = text.at[i];
        if ((joined = continuation_at(text, i)) > 0) {
            i += joined - 1;
            continue;
        }
        if (pl_is_space(c) || c == '/' || c == '?' || c == '#')
            break;
        if (c == '@')
            a.user_end = i;
        if (c == ':' && !address && colon == text.len)
            colon = i;
        address = address && c != ']';
    }
    a.end = i;
    a.colon = colon < i ? colon : i;
    return a;
}

/* ":8080", with what a sentence may put behind it. */
static bool is_port(struct pl_str text)
{
    size_t i = 1;
    while (pl_is_digit(at(text, i)))
        i++;
    while (i < text.len && pl_str_has(PL_STR(".,:;!?)]}>\"'`"), text.at[i]))
        i++;
    return i >= text.len;
}

/* The last '@' in reach before the line ends; `from` when there is none. */
static size_t last_at_sign(struct pl_str text, size_t from)
{
    size_t found = from, joined;
    text = pl_str_sub(text, 0, from + PL_MAX_SECRET_BYTES);
    for (size_t i = from; i < text.len && text.at[i] != '\n'; i++) {
        if ((joined = continuation_at(text, i)) > 0)
            i += joined - 1;
        else if (text.at[i] == '@')
            found = i;
    }
    return found;
}

static bool secret_at(struct pl_str text, size_t begin, size_t *end)
{
    struct authority a = authority_at(text, begin);
    *end = a.user_end;
    if (*end > begin)
        return true;
    if (at(text, begin) == '@' || is_port(pl_str_sub(text, a.colon, a.end)))
        return false;
    *end = last_at_sign(text, a.end);
    return *end > begin;
}

bool pl_mask_find(struct pl_str text, size_t from, size_t *begin, size_t *end)
{
    while (from < text.len) {
        struct pl_str rest = pl_str_sub(text, from, text.len);
        size_t slash = from + pl_str_find(rest, '/');
        size_t behind = slash;
        while (at(text, behind) == '/')
            behind++;
        *begin = behind;
        if (behind > slash && opens_authority(text, slash, behind - slash) &&
            secret_at(text, behind, end))
            return true;
        from = behind;
    }
    return false;
}

void pl_mask_add(struct pl_buf *out, struct pl_str text)
{
    size_t done = 0, begin, end;
    while (pl_mask_find(text, done, &begin, &end)) {
        pl_buf_add_str(out, pl_str_sub(text, done, begin));
        pl_buf_add_cstr(out, PL_MASK);
        done = end;
    }
    pl_buf_add_str(out, pl_str_sub(text, done, text.len));
}

struct pl_str pl_mask(struct pl_arena *arena, struct pl_str text)
{
    size_t begin, end;
    if (!pl_mask_find(text, 0, &begin, &end))
        return text;
    PL_BUF(masked, sizeof(PL_MASK) * text.len);
    pl_mask_add(&masked, text);
    return pl_arena_dup(arena, pl_buf_view(&masked));
}

struct pl_str pl_mask_url(struct pl_arena *arena, struct pl_str url)
{
    struct pl_str masked = pl_mask(arena, url);
    size_t sign = pl_str_rfind(url, '@');
    if (masked.at != url.at || sign == url.len ||
        pl_str_find_str(url, PL_STR("//")) < url.len)
        return masked;
    url = pl_str_sub(url, sign, url.len);
    return pl_arena_printf(arena, PL_MASK "%.*s", PL_STR_ARG(url));
}

/* Where the line that this one continues begins. */
static size_t joined_begin(struct pl_str text, size_t from)
{
    while (from) {
        size_t end = from - 1;
        end -= end && text.at[end - 1] == '\r';
        if (!end || text.at[end - 1] != '\\')
            break;
        size_t newline = pl_str_rfind(pl_str_sub(text, 0, end), '\n');
        from = newline < end ? newline + 1 : 0;
    }
    return from;
}

void pl_mask_part(struct pl_buf *out, struct pl_str text, size_t from,
                  size_t to)
{
    size_t done = joined_begin(text, from), begin, end, shown = from;
    while (pl_mask_find(text, done, &begin, &end) && begin < to) {
        done = end;
        if (end <= from)
            continue;
        pl_buf_add_str(out, pl_str_sub(text, shown, begin));
        pl_buf_add_cstr(out, PL_MASK);
        shown = end;
    }
    pl_buf_add_str(out, pl_str_sub(text, shown, to));
}
