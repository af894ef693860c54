#include "resolver/repair.h"

#include <time.h>

#include "core/clock.h"
#include "index/upload_time.h"
#include "resolver/refine.h"
#include "resolver/repair_internal.h"

#define DAY_BYTES 10 /* "2025-10-17" */
#define DAY_SECONDS 86400

struct attempt {
    const struct pl_repair_search *search;
    struct pl_arena *arena;
    struct pl_repairs *out;
};

const char *pl_repair_kind_text(enum pl_repair_kind kind)
{
    static const char *const texts[] = {
        [PL_REPAIR_REQUIREMENT] = "requirement",
        [PL_REPAIR_CONSTRAINT] = "constraint",
        [PL_REPAIR_OVERRIDE] = "override",
        [PL_REPAIR_DATE] = "date",
        [PL_REPAIR_PRERELEASE] = "prerelease",
        [PL_REPAIR_SOURCE] = "source",
        [PL_REPAIR_REPLACE] = "replace",
        [PL_REPAIR_TEMPLATE] = "template",
        [PL_REPAIR_IGNORE_RULE] = "ignore-rule",
        [PL_REPAIR_ALLOW_REPLACE] = "allow-replace",
        [PL_REPAIR_ALLOW_BREAK] = "allow-break",
        [PL_REPAIR_DROP] = "drop",
    };
    return texts[kind];
}

void pl_repairs_add(struct pl_arena *arena, struct pl_repairs *repairs,
                    struct pl_repair repair)
{
    pl_vec_push(arena, &repairs->list, repair);
    size_t at = repairs->list.len - 1;
    for (; at && repairs->list.at[at - 1].kind > repair.kind; at--)
        repairs->list.at[at] = repairs->list.at[at - 1];
    repairs->list.at[at] = repair;
}

/* ---- one question ---- */

/* Of a "yes": what it costs, and the last upload it rests on. */
struct verdict {
    size_t packages, replaced;
    uint64_t download;
    struct pl_str newest; /* in the attempt's arena; "": none is dated */
};

static bool is_late(const struct attempt *a)
{
    uint64_t deadline = a->search->deadline_ns;
    return deadline && pl_clock_ns() >= deadline;
}

/* The torch index is not asked for dates. */
static void take_upload_time(struct pl_arena *arena, const struct pl_file *file,
                             struct verdict *out)
{
    if (!file->page->is_torch && file->upload_time.len &&
        (!out->newest.len ||
         pl_upload_time_cmp(file->upload_time, out->newest) > 0))
        out->newest = pl_arena_dup(arena, file->upload_time);
}

static bool judge(const struct attempt *a, const struct pl_solution *solution,
                  struct verdict *out, struct pl_error *err)
{
    *out = (struct verdict){.packages = solution->chosen_count};
    for (size_t i = 0; i < solution->chosen_count; i++) {
        const struct pl_chosen *chosen = &solution->chosen[i];
        const struct pl_file *file = chosen->candidate->file;
        if (!pl_file_complete(file, err))
            return false;
        out->replaced += chosen->replaces != NULL;
        if (__builtin_add_overflow(out->download, file->size, &out->download))
            out->download = UINT64_MAX;
        take_upload_time(a->arena, file, out);
    }
    return out->download <= a->search->max_download;
}

static bool ask(const struct attempt *a, const struct pl_change *change,
                struct verdict *out)
{
    PL_ARENA(scratch);
    const struct pl_repair_search *search = a->search;
    struct pl_error err = {.arena = &scratch};
    struct pl_problem again = pl_problem_again(search->problem, &scratch);
    struct pl_solution solution;
    if (search->report)
        search->report(search->user, &change->repair);
    a->out->questions++;
    again.deadline_ns = search->deadline_ns;
    again.is_aside = true;
    pl_change_apply(change, &again);
    pl_index_begin_again(search->index);
    return pl_problem_start(&again, &err) &&
           pl_refine(&again, search->index, (struct pl_str){0}, NULL, &solution,
                     &err) &&
           solution.satisfiable && judge(a, &solution, out, &err);
}

/* ---- the day ---- */

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

/*
 * The first day with which it works: between the bound there is, which is too
 * early, and the last upload of the answer without one.
 */
static bool ask_for_day(const struct attempt *a, struct pl_change *change,
                        struct verdict *out)
{
    struct verdict verdict;
    int64_t early, late;
    change->moment = (struct pl_str){0};
    if (!ask(a, change, &verdict) || !day_of(verdict.newest, &late) ||
        !day_of(a->search->problem->policy.exclude_newer, &early))
        return false;
    set_day(a->arena, change, late);
    if (!ask(a, change, out))
        return false;
    for (early--; late - early > 1 && !is_late(a);) {
        int64_t middle = early + (late - early) / 2;
        struct pl_change sooner = *change;
        set_day(a->arena, &sooner, middle);
        if (!ask(a, &sooner, &verdict)) {
            early = middle;
            continue;
        }
        late = middle;
        *change = sooner;
        *out = verdict;
    }
    return true;
}

/* ---- all of them ---- */

/* Something that keeps more of the line has worked. */
static bool is_settled(const struct pl_repairs *found,
                       const struct pl_asked *asked)
{
    for (size_t i = 0; asked && i < found->list.len; i++)
        if (found->list.at[i].asked == asked)
            return true;
    return false;
}

static void try_change(const struct attempt *a, struct pl_change *change)
{
    struct verdict verdict;
    bool works = change->repair.kind == PL_REPAIR_DATE
                     ? ask_for_day(a, change, &verdict)
                     : ask(a, change, &verdict);
    if (!works)
        return;
    change->repair.packages = verdict.packages;
    change->repair.replaced = verdict.replaced;
    change->repair.download = verdict.download;
    pl_repairs_add(a->arena, a->out, change->repair);
}

void pl_repairs_find(const struct pl_repair_search *search,
                     struct pl_arena *arena, struct pl_repairs *out)
{
    struct attempt a = {search, arena, out};
    pl_change_vec changes = {0};
    *out = (struct pl_repairs){0};
    pl_repair_suggest(search, arena, &changes);
    for (size_t i = 0; i < changes.len && !is_late(&a); i++)
        if (!is_settled(out, changes.at[i].repair.asked))
            try_change(&a, &changes.at[i]);
    out->out_of_time = is_late(&a);
}
