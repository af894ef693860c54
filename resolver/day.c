#include "resolver/day.h"

#include <time.h>

#define DAY_BYTES 10 /* "2025-10-17" */
#define DAY_SECONDS 86400

bool pl_day_from(struct pl_str moment, int64_t *out)
{
    uint64_t year, month, day;
    if (moment.len < DAY_BYTES ||
        !pl_str_to_u64(pl_str_sub(moment, 0, 4), &year) ||
        !pl_str_to_u64(pl_str_sub(moment, 5, 7), &month) ||
        !pl_str_to_u64(pl_str_sub(moment, 8, DAY_BYTES), &day))
        return false;
    struct tm tm = {.tm_year = (int)year - 1900,
                    .tm_mon = (int)month - 1,
                    .tm_mday = (int)day};
    *out = (int64_t)timegm(&tm) / DAY_SECONDS;
    return true;
}

struct pl_str pl_day_text(struct pl_arena *arena, int64_t day)
{
    time_t moment = (time_t)(day * DAY_SECONDS);
    struct tm tm = {0};
    gmtime_r(&moment, &tm);
    return pl_arena_printf(arena, "%04d-%02d-%02d", tm.tm_year + 1900,
                           tm.tm_mon + 1, tm.tm_mday);
}

struct pl_str pl_day_before(struct pl_arena *arena, struct pl_str bound)
{
    int64_t day;
    struct pl_str midnight = PL_STR("T00:00:00Z");
    if (bound.len != DAY_BYTES + midnight.len ||
        !pl_str_eq(pl_str_sub(bound, DAY_BYTES, bound.len), midnight) ||
        !pl_day_from(bound, &day))
        return bound;
    return pl_day_text(arena, day - 1);
}
