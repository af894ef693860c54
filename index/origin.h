/*
 * Origins: scheme, host and port of a URL, and what may be asked of them.
 *
 * Standard: https://www.rfc-editor.org/rfc/rfc6454
 *
 * Plain http goes to this machine only (127.0.0.0/8, ::1, localhost) or to a
 * host that the user calls insecure. Views point into the URL. No name is
 * looked up: a host that merely resolves to this machine is another host.
 *
 *     struct pl_origin origin;
 *     if (!pl_origin_parse(url, &origin) || ...)
 */
#ifndef PODLOCK_INDEX_ORIGIN_H
#define PODLOCK_INDEX_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/str.h"

struct pl_origin {
    bool https;
    struct pl_str host; /* as written; "[::1]" with its brackets */
    uint16_t port;      /* never 0 */
};

/* False: neither https nor http, no host, or no usable port. */
PL_MUST_CHECK bool pl_origin_parse(struct pl_str url, struct pl_origin *out);
bool pl_origin_same(const struct pl_origin *a, const struct pl_origin *b);
/* "https://host:443", lower case. */
struct pl_str pl_origin_text(struct pl_arena *arena,
                             const struct pl_origin *origin);
bool pl_origin_is_loopback(const struct pl_origin *origin);
/* Is it one of the "host" or "host:port" (of any scheme)? */
bool pl_origin_is_listed(const struct pl_origin *origin,
                         const struct pl_str *hosts, size_t count);

#endif
