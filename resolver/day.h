/*
 * Days, as --exclude-newer takes them: a day stands for all of it.
 *
 *     pl_day_from(PL_STR("2025-10-18T00:00:00Z"), &day)
 *     pl_day_text(arena, day - 1)    "2025-10-17"
 *
 * In the Gregorian calendar and UTC; the moments are those of an upload
 * (RFC 3339). False: there is no day in the text.
 */
#ifndef PODLOCK_RESOLVER_DAY_H
#define PODLOCK_RESOLVER_DAY_H

#include "core/arena.h"
#include "core/str.h"

/* Days since 1970-01-01, of the first ten bytes. */
bool pl_day_from(struct pl_str moment, int64_t *out);
struct pl_str pl_day_text(struct pl_arena *arena, int64_t day);
/*
 * The option that gives this bound, which is exclusive: the day before when it
 * is the beginning of one, else the moment itself.
 */
struct pl_str pl_day_before(struct pl_arena *arena, struct pl_str bound);

#endif
