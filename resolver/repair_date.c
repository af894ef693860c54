#include "resolver/day.h"
#include "resolver/repair_internal.h"

/* As --exclude-newer takes a day: with the whole of it. */
static void set_day(struct pl_arena *arena, struct pl_change *change,
                    int64_t day)
{
    struct pl_str next = pl_day_text(arena, day + 1);
    change->moment = pl_arena_printf(arena, "%.*sT00:00:00Z", PL_STR_ARG(next));
    change->repair.value = pl_day_text(arena, day);
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
        !pl_day_from(verdict.newest, &late) ||
        !pl_day_from(a->search->problem->policy.exclude_newer, &early))
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
