#include "index/url.h"

#include "core/limits.h"
#include "core/mask.h"
#include "core/utf8.h"

struct pl_url pl_url_split(struct pl_str text)
{
    struct pl_url url = {0};
    size_t at = pl_str_find(text, '#');
    if (at < text.len) {
        url.has_fragment = true;
        url.fragment = pl_str_sub(text, at + 1, text.len);
        text = pl_str_sub(text, 0, at);
    }
    at = pl_str_find(text, '?');
    if (at < text.len) {
        url.has_query = true;
        url.query = pl_str_sub(text, at + 1, text.len);
        text = pl_str_sub(text, 0, at);
    }
    at = 0;
    while (at < text.len && (pl_is_alnum(text.at[at]) || text.at[at] == '+' ||
                             text.at[at] == '-' || text.at[at] == '.'))
        at++;
    if (at && at < text.len && text.at[at] == ':' && pl_is_alpha(*text.at)) {
        url.has_scheme = true;
        url.scheme = pl_str_sub(text, 0, at);
        text = pl_str_sub(text, at + 1, text.len);
    }
    if (pl_str_starts(text, "//")) {
        text = pl_str_sub(text, 2, text.len);
        at = pl_str_find(text, '/');
        url.has_authority = true;
        url.authority = pl_str_sub(text, 0, at);
        text = pl_str_sub(text, at, text.len);
    }
    url.path = text;
    return url;
}

static struct pl_str without_user(struct pl_str authority)
{
    size_t at = pl_str_rfind(authority, '@');
    return at < authority.len ? pl_str_sub(authority, at + 1, authority.len)
                              : authority;
}

/* The colon before a port; the length when there is none. */
static size_t port_colon(struct pl_str authority)
{
    size_t colon = pl_str_rfind(authority, ':');
    size_t bracket = pl_str_rfind(authority, ']');
    bool inside = bracket < authority.len && colon < bracket;
    return inside ? authority.len : colon;
}

static bool is_host(struct pl_str host)
{
    struct pl_str name = host;
    bool bracketed = pl_str_starts(host, "[") && pl_str_ends(host, "]");
    if (bracketed)
        name = pl_str_sub(host, 1, host.len - 1);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!pl_is_alnum(c) && c != '.' && c != '-' && c != '_' &&
            (!bracketed || c != ':'))
            return false;
    }
    return name.len;
}

bool pl_url_host(struct pl_str authority, struct pl_str *host, uint16_t *port)
{
    size_t colon = port_colon(authority);
    struct pl_str digits = pl_str_sub(authority, colon + 1, authority.len);
    struct pl_str name = pl_str_sub(authority, 0, colon);
    uint64_t number = 0;
    if (digits.len &&
        (!pl_str_to_u64(digits, &number) || !number || number > UINT16_MAX))
        return false;
    if (!is_host(name))
        return false;
    *host = name;
    *port = (uint16_t)number;
    return true;
}

/* May the byte stand in a URL as it is? */
static bool is_url_byte(char c)
{
    return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>' &&
           c != '\\' && c != '^' && c != '`' && (c < '{' || c > '}');
}

/* The most that the text can take, written. */
static size_t written_bytes(struct pl_str text)
{
    size_t len = text.len;
    for (size_t i = 0; i < text.len; i++)
        len += is_url_byte(text.at[i]) ? 0 : 2;
    return len;
}

struct writer {
    char *text; /* has room for everything */
    size_t len;
};

static void write_byte(struct writer *w, char c)
{
    static const char hex[] = "0123456789ABCDEF";
    unsigned char byte = (unsigned char)c;
    if (is_url_byte(c)) {
        w->text[w->len++] = c;
        return;
    }
    w->text[w->len++] = '%';
    w->text[w->len++] = hex[byte >> 4];
    w->text[w->len++] = hex[byte & 15];
}

static void write_text(struct writer *w, struct pl_str text)
{
    for (size_t i = 0; i < text.len; i++)
        write_byte(w, text.at[i]);
}

static void write_lower(struct writer *w, struct pl_str text)
{
    for (size_t i = 0; i < text.len; i++)
        w->text[w->len++] = pl_lower(text.at[i]);
}

/* Drops the last part, but never what stands before `from`. */
static void drop_part(struct writer *w, size_t from)
{
    while (w->len > from && w->text[w->len - 1] != '/')
        w->len--;
    if (w->len > from)
        w->len--;
}

/*
 * Appends the path with its dot segments resolved (RFC 3986, 5.2.4). `from`
 * is where the whole path begins; what is there already ends in no slash.
 */
static void write_path(struct writer *w, size_t from, struct pl_str path)
{
    struct pl_str part;
    while (pl_str_cut(&path, '/', &part)) {
        bool last = !path.at;
        if (pl_str_is(part, "..")) {
            drop_part(w, from);
        } else if (!pl_str_is(part, ".")) {
            w->text[w->len++] = '/';
            write_text(w, part);
            continue;
        }
        if (last)
            w->text[w->len++] = '/';
    }
}

/* The path without its last part and the slash before that. */
static struct pl_str path_dir(struct pl_str path)
{
    size_t at = pl_str_rfind(path, '/');
    return at < path.len ? pl_str_sub(path, 0, at) : PL_STR("");
}

static void write_joined_path(struct writer *w, const struct pl_url *base,
                              const struct pl_url *ref)
{
    size_t from = w->len;
    bool own = ref->has_authority || pl_str_starts(ref->path, "/");
    struct pl_str dir = path_dir(base->path);
    struct pl_str path = ref->path;
    if (!own && !path.len)
        path = base->path;
    else if (!own && dir.len)
        write_path(w, from, pl_str_sub(dir, 1, dir.len));
    if (pl_str_starts(path, "/"))
        path = pl_str_sub(path, 1, path.len);
    write_path(w, from, path.len ? path : PL_STR(""));
}

static bool is_web(struct pl_str scheme)
{
    return pl_str_is_nocase(scheme, "https") ||
           pl_str_is_nocase(scheme, "http");
}

static bool refuse(struct pl_error *err, struct pl_str url, const char *why)
{
    PL_ARENA(arena);
    struct pl_str shown = pl_str_sub(pl_mask(&arena, url), 0, 200);
    return pl_error_plain(err, PL_ERR_INDEX, "the URL `%.*s` %s",
                          PL_STR_ARG(shown), why);
}

bool pl_url_join(struct pl_arena *arena, struct pl_str base_text,
                 struct pl_str reference, struct pl_str *out,
                 struct pl_error *err)
{
    reference = pl_str_trim(reference);
    struct pl_url base = pl_url_split(base_text);
    struct pl_url ref = pl_url_split(reference);
    if (ref.has_scheme)
        ref.has_authority = true;
    const struct pl_url *head = ref.has_authority ? &ref : &base;
    struct pl_str scheme = ref.has_scheme ? ref.scheme : base.scheme;
    struct pl_str name, host = without_user(head->authority);
    uint16_t port;
    if (base_text.len + reference.len > PL_MAX_URL_BYTES)
        return refuse(err, reference, "is too long");
    if (!is_web(scheme))
        return refuse(err, reference, "is neither https nor http");
    if (!pl_url_host(host, &name, &port))
        return refuse(err, reference, "has no host, or not a plain one");
    size_t most = written_bytes(base_text) + written_bytes(reference) + 8;
    struct writer w = {pl_arena_alloc(arena, most), 0};
    write_lower(&w, scheme);
    write_text(&w, PL_STR("://"));
    write_lower(&w, host);
    write_joined_path(&w, &base, &ref);
    bool base_query = !ref.has_authority && !ref.path.len && !ref.has_query;
    const struct pl_url *tail = base_query ? &base : &ref;
    if (tail->has_query) {
        write_text(&w, PL_STR("?"));
        write_text(&w, tail->query);
    }
    *out = (struct pl_str){w.text, w.len};
    return true;
}

bool pl_url_clean(struct pl_arena *arena, struct pl_str url, struct pl_str *out,
                  struct pl_error *err)
{
    return pl_url_join(arena, PL_STR(""), url, out, err);
}

static int hex_value(char c)
{
    if (pl_is_digit(c))
        return c - '0';
    c = pl_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct pl_str pl_url_decode(struct pl_arena *arena, struct pl_str text)
{
    if (!pl_str_has(text, '%'))
        return text;
    char *to = pl_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int high = -1, low = -1;
        if (text.at[i] == '%' && i + 2 < text.len) {
            high = hex_value(text.at[i + 1]);
            low = hex_value(text.at[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            to[len++] = (char)(high * 16 + low);
            i += 2;
        } else {
            to[len++] = text.at[i];
        }
    }
    return (struct pl_str){to, len};
}

bool pl_url_name_is_safe(struct pl_str name)
{
    if (!name.len || name.len > PL_MAX_FILE_NAME_BYTES ||
        pl_str_is(name, ".") || pl_str_is(name, ".."))
        return false;
    for (size_t i = pl_str_printable(name, '/', '\\'); i < name.len; i++) {
        unsigned char c = (unsigned char)name.at[i];
        if (c < ' ' || c == 0x7f || c == '/' || c == '\\')
            return false;
    }
    return pl_utf8_invalid_at(name) == name.len;
}

bool pl_url_filename(struct pl_arena *arena, struct pl_str url,
                     struct pl_str *out)
{
    struct pl_str path = pl_url_split(url).path;
    size_t at = pl_str_rfind(path, '/');
    if (at < path.len)
        path = pl_str_sub(path, at + 1, path.len);
    struct pl_str name = pl_url_decode(arena, path);
    if (!pl_url_name_is_safe(name))
        return false;
    *out = name;
    return true;
}

bool pl_url_below(struct pl_arena *arena, struct pl_str prefix,
                  struct pl_str url, struct pl_str *out)
{
    if (url.len <= prefix.len ||
        !pl_str_eq(pl_str_sub(url, 0, prefix.len), prefix))
        return false;
    struct pl_str rest = pl_str_sub(url, prefix.len, url.len);
    rest = pl_str_sub(rest, 0, pl_str_find(rest, '#'));
    rest = pl_str_sub(rest, 0, pl_str_find(rest, '?'));
    struct pl_str walk = rest, part;
    while (pl_str_cut(&walk, '/', &part))
        if (!pl_url_name_is_safe(pl_url_decode(arena, part)))
            return false;
    *out = pl_url_decode(arena, rest);
    return true;
}

static bool is_plain(char c)
{
    return pl_is_alnum(c) || c == '.' || c == '-' || c == '_';
}

bool pl_url_parts_are_plain(struct pl_str text)
{
    struct pl_str part;
    while (pl_str_cut(&text, '/', &part)) {
        struct pl_cursor c = pl_cursor_from(part);
        pl_cursor_span(&c, is_plain);
        if (!pl_cursor_done(&c) || !pl_url_name_is_safe(part))
            return false;
    }
    return true;
}
