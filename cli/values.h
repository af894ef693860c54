/*
 * Values of options that are more than text: sizes and dates.
 *
 * Errors: PL_ERR_USAGE; the message names `what`, such as "--max-download".
 */
#ifndef PODLOCK_CLI_VALUES_H
#define PODLOCK_CLI_VALUES_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/str.h"

/*
 * "500", "500B", "2 GB", "1.5GiB": bytes; kB MB GB TB are powers of 1000,
 * KiB MiB GiB TiB of 1024; case does not count, the B may be left out.
 */
PL_MUST_CHECK bool pl_size_parse(struct pl_str text, const char *what,
                                 uint64_t *out, struct pl_error *err);

/*
 * A moment, as RFC 3339 in UTC ("2025-10-18T00:00:00Z"); files uploaded then
 * or later are too new. Of
 *     2025-10-17                  the whole day counts: the next midnight, UTC
 *     2025-10-17T12:00:00Z        exactly that; an offset as +02:00 too, and
 *                                 parts of a second, which are dropped
 *     30 days, 2 weeks, 36 hours  so long before `now`
 *     P30D, PT36H, P2W            the same, ISO 8601
 * https://www.rfc-editor.org/rfc/rfc3339
 */
PL_MUST_CHECK bool pl_moment_parse(struct pl_arena *arena, struct pl_str text,
                                   const char *what, time_t now,
                                   struct pl_str *out, struct pl_error *err);

#endif
