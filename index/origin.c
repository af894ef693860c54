#include "index/origin.h"

#include "index/url.h"

static bool same_nocase(struct pl_str a, struct pl_str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (pl_lower(a.at[i]) != pl_lower(b.at[i]))
            return false;
    return true;
}

bool pl_origin_parse(struct pl_str url, struct pl_origin *out)
{
    struct pl_url parts = pl_url_split(url);
    struct pl_origin found = {.https = pl_str_is_nocase(parts.scheme, "https")};
    if (!found.https && !pl_str_is_nocase(parts.scheme, "http"))
        return false;
    struct pl_str authority = parts.authority;
    size_t user = pl_str_rfind(authority, '@');
    if (user < authority.len)
        authority = pl_str_sub(authority, user + 1, authority.len);
    if (!pl_url_host(authority, &found.host, &found.port))
        return false;
    if (!found.port)
        found.port = found.https ? 443 : 80;
    *out = found;
    return true;
}

bool pl_origin_same(const struct pl_origin *a, const struct pl_origin *b)
{
    return a->https == b->https && a->port == b->port &&
           same_nocase(a->host, b->host);
}

struct pl_str pl_origin_text(struct pl_arena *arena,
                             const struct pl_origin *origin)
{
    struct pl_str host = pl_arena_dup(arena, origin->host);
    char *at = (char *)host.at;
    for (size_t i = 0; i < host.len; i++)
        at[i] = pl_lower(at[i]);
    return pl_arena_printf(arena, "%s://%.*s:%u",
                           origin->https ? "https" : "http", PL_STR_ARG(host),
                           (unsigned)origin->port);
}

/* Four decimal numbers, the first of them 127: nothing that is written
 * otherwise, since what a resolver makes of "127.1" is its own affair. */
static bool is_loopback_address(struct pl_str host)
{
    struct pl_str part;
    size_t count = 0;
    while (pl_str_cut(&host, '.', &part)) {
        uint64_t number;
        if (!part.len || part.len > 3 || !pl_str_to_u64(part, &number) ||
            number > 255 || (part.len > 1 && part.at[0] == '0') ||
            (count == 0 && number != 127))
            return false;
        count++;
    }
    return count == 4;
}

bool pl_origin_is_loopback(const struct pl_origin *origin)
{
    return pl_str_is_nocase(origin->host, "localhost") ||
           pl_str_is(origin->host, "[::1]") ||
           is_loopback_address(origin->host);
}

bool pl_origin_is_listed(const struct pl_origin *origin,
                         const struct pl_str *hosts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct pl_str host;
        uint16_t port;
        if (pl_url_host(hosts[i], &host, &port) &&
            (!port || port == origin->port) && same_nocase(host, origin->host))
            return true;
    }
    return false;
}
