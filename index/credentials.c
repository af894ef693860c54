#include "index/credentials.h"

#include "core/file.h"
#include "core/limits.h"
#include "index/origin.h"
#include "index/url.h"

bool pl_origin_of(struct pl_arena *arena, struct pl_str url, struct pl_str *out)
{
    struct pl_origin origin;
    if (!pl_origin_parse(url, &origin))
        return false;
    *out = pl_origin_text(arena, &origin);
    return true;
}

/* ---- URLs ---- */

/* A control byte cannot stand in a name or password of HTTP. */
static bool is_sendable(struct pl_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f)
            return false;
    return true;
}

/* A '#', '?' or '/' in a password cuts the host off, and shows so. */
static bool looks_cut(const struct pl_url *parts)
{
    size_t slash = pl_str_find(parts->authority, ':');
    return !pl_str_has(parts->authority, '@') && slash < parts->authority.len &&
           (pl_str_has(parts->path, '@') || pl_str_has(parts->query, '@') ||
            pl_str_has(parts->fragment, '@'));
}

static bool refuse(struct pl_error *err, const char *why)
{
    pl_error_plain(err, PL_ERR_INDEX, "the URL of an index %s", why);
    return pl_error_hint(err, "write it as https://HOST/PATH/, a user name "
                              "and password before HOST with special "
                              "characters as %%XX");
}

/* Takes "name:password@" off the authority; decoded. */
static bool take_user(struct pl_arena *arena, struct pl_str authority,
                      struct pl_credential *to)
{
    size_t end = pl_str_rfind(authority, '@');
    if (end == authority.len)
        return false;
    struct pl_str user = pl_str_sub(authority, 0, end);
    size_t colon = pl_str_find(user, ':');
    struct pl_str word = pl_str_sub(user, colon + 1, user.len);
    to->username =
        pl_arena_dup(arena, pl_url_decode(arena, pl_str_sub(user, 0, colon)));
    to->password = pl_arena_dup(arena, pl_url_decode(arena, word));
    return to->username.len || to->password.len;
}

bool pl_credentials_take(struct pl_credentials *credentials, struct pl_str url,
                         struct pl_str *clean, struct pl_error *err)
{
    struct pl_arena *arena = credentials->arena;
    struct pl_url parts = pl_url_split(pl_str_trim(url));
    struct pl_credential found = {0};
    struct pl_str cleaned;
    bool has_user = take_user(arena, parts.authority, &found);
    if (!is_sendable(found.username) || !is_sendable(found.password))
        return refuse(err, "has a control character in its user name or "
                           "password");
    if (looks_cut(&parts))
        return refuse(err, "has a character in its password that must be "
                           "percent-encoded");
    if (!pl_url_clean(arena, url, &cleaned, NULL) ||
        !pl_origin_of(arena, cleaned, &found.origin))
        return refuse(err, "is not a usable https or http URL");
    if (has_user)
        pl_vec_push(arena, &credentials->list, found);
    *clean = cleaned;
    return true;
}

/* ---- the environment ---- */

static struct pl_str variable(struct pl_arena *arena, struct pl_str index_name,
                              const char *what)
{
    struct pl_str name = pl_arena_printf(arena, "PODLOCK_INDEX_%.*s_%s",
                                         PL_STR_ARG(index_name), what);
    char *at = (char *)name.at;
    for (size_t i = 0; i < name.len; i++) {
        if (at[i] >= 'a' && at[i] <= 'z')
            at[i] = (char)(at[i] - 'a' + 'A');
        else if (at[i] == '-' || at[i] == '.')
            at[i] = '_';
    }
    return pl_arena_dup(arena, pl_str_from(getenv(at)));
}

void pl_credentials_take_environment(struct pl_credentials *credentials,
                                     struct pl_str index_name,
                                     struct pl_str url)
{
    struct pl_arena *arena = credentials->arena;
    struct pl_credential found = {
        .username = variable(arena, index_name, "USERNAME"),
        .password = variable(arena, index_name, "PASSWORD"),
    };
    if (!index_name.len || (!found.username.len && !found.password.len) ||
        !is_sendable(found.username) || !is_sendable(found.password) ||
        !pl_origin_of(arena, url, &found.origin))
        return;
    pl_vec_push(arena, &credentials->list, found);
}

/* ---- netrc ---- */

/* A word in quotes, with \" and \\ for the two, and \n, \r, \t as in curl. */
static struct pl_str read_quoted(struct pl_arena *arena, struct pl_cursor *c)
{
    char *text = pl_arena_alloc(arena, (size_t)(c->end - c->at) + 1);
    size_t len = 0;
    while (c->at < c->end && *c->at != '"') {
        char byte = *c->at++;
        if (byte == '\\' && c->at < c->end) {
            byte = *c->at++;
            byte = byte == 'n'   ? '\n'
                   : byte == 'r' ? '\r'
                   : byte == 't' ? '\t'
                                 : byte;
        }
        text[len++] = byte;
    }
    if (c->at < c->end)
        c->at++;
    return (struct pl_str){text, len};
}

static bool is_word(char byte)
{
    return !pl_is_space(byte);
}

static void skip_space_and_comments(struct pl_cursor *c)
{
    for (;;) {
        while (c->at < c->end && pl_is_space(*c->at))
            c->at++;
        if (pl_cursor_peek(c) != '#')
            return;
        while (c->at < c->end && *c->at != '\n')
            c->at++;
    }
}

/* The next key; a comment may stand before it. */
static struct pl_str read_key(struct pl_cursor *c)
{
    skip_space_and_comments(c);
    return pl_cursor_span(c, is_word);
}

/* A value may begin with '#'. */
static struct pl_str read_value(struct pl_arena *arena, struct pl_cursor *c)
{
    while (c->at < c->end && pl_is_space(*c->at))
        c->at++;
    if (pl_cursor_take(c, '"'))
        return read_quoted(arena, c);
    return pl_cursor_span(c, is_word);
}

/* A macro goes on to the next empty line. */
static void skip_macro(struct pl_cursor *c)
{
    struct pl_str rest = pl_cursor_rest(c), line;
    bool first = true;
    while (pl_str_cut(&rest, '\n', &line)) {
        if (!first && !pl_str_trim(line).len)
            break;
        first = false;
    }
    c->at = rest.at ? rest.at : c->end;
}

static void keep_netrc(struct pl_credentials *credentials,
                       const struct pl_credential *entry, bool is_entry)
{
    struct pl_arena *arena = credentials->arena;
    if (!is_entry || (!entry->username.len && !entry->password.len) ||
        !is_sendable(entry->username) || !is_sendable(entry->password))
        return;
    struct pl_credential copy = {
        .host = pl_arena_dup(arena, entry->host),
        .username = pl_arena_dup(arena, entry->username),
        .password = pl_arena_dup(arena, entry->password),
    };
    pl_vec_push(arena, &credentials->list, copy);
}

void pl_credentials_take_netrc(struct pl_credentials *credentials,
                               struct pl_str text)
{
    PL_ARENA(arena);
    struct pl_cursor cursor = pl_cursor_from(text);
    struct pl_credential entry = {0};
    bool is_entry = false;
    struct pl_str key;
    while ((key = read_key(&cursor)).len) {
        bool machine = pl_str_is(key, "machine");
        if (machine || pl_str_is(key, "default")) {
            keep_netrc(credentials, &entry, is_entry);
            entry = (struct pl_credential){0};
            is_entry = true;
            if (machine)
                entry.host = read_value(&arena, &cursor);
            /* A machine without a name must not become the default. */
            if (machine && !entry.host.len)
                is_entry = false;
        } else if (pl_str_is(key, "login")) {
            entry.username = read_value(&arena, &cursor);
        } else if (pl_str_is(key, "password")) {
            entry.password = read_value(&arena, &cursor);
        } else if (pl_str_is(key, "account")) {
            read_value(&arena, &cursor);
        } else if (pl_str_is(key, "macdef")) {
            skip_macro(&cursor);
        }
    }
    keep_netrc(credentials, &entry, is_entry);
}

void pl_credentials_take_netrc_file(struct pl_credentials *credentials)
{
    struct pl_arena *arena = credentials->arena;
    struct pl_str path = pl_str_from(getenv("NETRC"));
    struct pl_str home = pl_str_from(getenv("HOME")), text;
    if (!path.len && home.len)
        path = pl_path_join(arena, home, PL_STR(".netrc"));
    enum pl_file_state state;
    if (path.len &&
        pl_file_load(arena, path, PL_MAX_NETRC_BYTES, &text, &state, NULL) &&
        state == PL_FILE_READ)
        pl_credentials_take_netrc(credentials, text);
}

/* ---- finding ---- */

static bool fits(const struct pl_credential *credential,
                 const struct pl_origin *origin)
{
    struct pl_origin own;
    if (credential->origin.len)
        return pl_origin_parse(credential->origin, &own) &&
               pl_origin_same(&own, origin);
    return !credential->host.len ||
           pl_origin_is_listed(&(struct pl_origin){.host = origin->host},
                               &credential->host, 1);
}

const struct pl_credential *
pl_credentials_find(const struct pl_credentials *credentials, struct pl_str url)
{
    struct pl_origin origin;
    if (!pl_origin_parse(url, &origin))
        return NULL;
    for (size_t i = 0; i < credentials->list.len; i++)
        if (fits(&credentials->list.at[i], &origin))
            return &credentials->list.at[i];
    return NULL;
}
