#include <time.h>

#include "resolver/repair_internal.h"

#define DAY_BYTES 10 /* "2025-10-17" */
#define DAY_SECONDS 86400

static bool day_of(struct pl_str moment, int64_t *out)
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

static struct pl_str day_text(struct pl_arena *arena, int64_t day)
{
    time_t moment = (time_t)(day * DAY_SECONDS);
    struct tm tm = {0};
    gmtime_r(&moment, &tm);
    return pl_arena_printf(arena, "%04d-%02d-%02d", tm.tm_year + 1900,
                           tm.tm_mon + 1, tm.tm_mday);
}

/* As --exclude-newer takes a day: with the whole of it. */
static void set_day(struct pl_arena *arena, struct pl_change *change,
                    int64_t day)
{
    struct pl_str next = day_text(arena, day + 1);
    change->moment = pl_arena_printf(arena, "%.*sT00:00:00Z", PL_STR_ARG(next));
    change->repair.value = day_text(arena, day);
    change->repair.text = pl_arena_printf(arena, "--exclude-newer %.*s",
                                          PL_STR_ARG(change->repair.value));
}

bool pl_attempt_day(struct pl_attempt *a, struct pl_change *change,
                    struct pl_verdict *out)
{
    struct pl_verdict verdict;
    int64_t early, late;
    change->moment = (struct pl_str){0};
    if (!pl_attempt_ask(a, change, 1, &verdict) ||
        !day_of(verdict.newest, &late) ||
        !day_of(a->search->problem->policy.exclude_newer, &early))
        return false;
    set_day(a->arena, change, late);
    if (!pl_attempt_ask(a, change, 1, out))
        return false;
    for (early--; late - early > 1 && !pl_attempt_is_over(a);) {
        int64_t middle = early + (late - early) / 2;
        struct pl_change sooner = *change;
        set_day(a->arena, &sooner, middle);
        if (!pl_attempt_ask(a, &sooner, 1, &verdict)) {
            early = middle;
            continue;
        }
        late = middle;
        *change = sooner;
        *out = verdict;
    }
    return true;
}
