/*
 * The time a file was uploaded, as text.
 *
 * Standard: https://www.rfc-editor.org/rfc/rfc3339 (and PEP 700).
 *
 * Normal form: "2024-01-31T23:59:59Z" or with a fraction of one to nine
 * digits, "2024-01-31T23:59:59.250Z"; always UTC, year 1 to 9999. This is what
 * TOML takes as a date-time. The fraction is kept as it was stated.
 */
#ifndef PODLOCK_INDEX_UPLOAD_TIME_H
#define PODLOCK_INDEX_UPLOAD_TIME_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/str.h"

/*
 * Another offset is converted to UTC; digits after the ninth of a fraction are
 * cut. False for anything that is not a date-time with an offset, leap seconds
 * (which TOML readers refuse) included.
 */
PL_MUST_CHECK bool pl_upload_time_normalize(struct pl_arena *arena,
                                            struct pl_str text,
                                            struct pl_str *out);
/* Orders two normal forms: <0, 0, >0. "…:00Z" equals "…:00.000Z". */
int pl_upload_time_cmp(struct pl_str a, struct pl_str b);

#endif
