/*
 * Values of HTTP header fields, taken apart.
 *
 * Standard: https://www.rfc-editor.org/rfc/rfc9110 (Content-Range, Retry-After,
 * dates) and https://www.rfc-editor.org/rfc/rfc9111 (Cache-Control, Age).
 *
 * Values come from outside: what is not understood reads as "not said", and
 * numbers that are too large as the largest.
 */
#ifndef PODLOCK_INDEX_HTTP_FIELD_H
#define PODLOCK_INDEX_HTTP_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/str.h"

/* "text/html; charset=x" gives "text/html", in lower case. */
struct pl_str pl_http_media_type(struct pl_arena *arena, struct pl_str value);

struct pl_http_freshness {
    uint64_t max_age; /* seconds */
    bool has_max_age;
    bool no_store;
    bool no_cache; /* max_age is 0 then */
};

/* Adds what one Cache-Control field says; the least max-age counts. */
void pl_http_read_cache_control(struct pl_str value,
                                struct pl_http_freshness *freshness);

struct pl_http_range {
    uint64_t from, to, total; /* from <= to < total */
};

/* "bytes 0-99/1000"; false for any other form, an unknown total too. */
PL_MUST_CHECK bool pl_http_read_content_range(struct pl_str value,
                                              struct pl_http_range *out);

/*
 * Seconds since 1970 of "Sun, 06 Nov 1994 08:49:37 GMT"; false for any other
 * form (the two that RFC 9110 calls obsolete too).
 */
PL_MUST_CHECK bool pl_http_read_date(struct pl_str value, int64_t *out);

/*
 * Milliseconds to wait, from 0 to `most_ms`: seconds, or a date less `now`.
 * False when it says nothing usable (garbage, a negative number).
 */
PL_MUST_CHECK bool pl_http_read_retry_after(struct pl_str value, int64_t now,
                                            uint64_t most_ms, uint64_t *out_ms);

#endif
