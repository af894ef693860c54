#include "resolver/repair.h"

#include "core/clock.h"
#include "index/upload_time.h"
#include "resolver/refine.h"
#include "resolver/repair_internal.h"

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

uint64_t pl_repair_deadline(const struct pl_repair_search *search)
{
    uint64_t own = pl_clock_ns() + search->question_ns;
    bool is_bound = search->question_ns &&
                    (!search->deadline_ns || own < search->deadline_ns);
    return is_bound ? own : search->deadline_ns;
}

bool pl_attempt_is_over(const struct pl_attempt *a)
{
    return !a->index || pl_attempt_is_late(a);
}

bool pl_attempt_is_late(const struct pl_attempt *a)
{
    uint64_t deadline = a->search->deadline_ns;
    return deadline && pl_clock_ns() >= deadline;
}

/* The torch index is not asked for dates. */
static void take_upload_time(struct pl_arena *arena, const struct pl_file *file,
                             struct pl_verdict *out)
{
    if (!file->page->is_torch && file->details->upload_time.len &&
        (!out->newest.len ||
         pl_upload_time_cmp(file->details->upload_time, out->newest) > 0))
        out->newest = pl_arena_dup(arena, file->details->upload_time);
}

static bool judge(struct pl_attempt *a, const struct pl_solution *solution,
                  struct pl_verdict *out)
{
    *out = (struct pl_verdict){.packages = solution->chosen_count};
    for (size_t i = 0; i < solution->chosen_count; i++) {
        const struct pl_chosen *chosen = &solution->chosen[i];
        const struct pl_file *file = chosen->candidate->file;
        if (!pl_file_complete(file, NULL))
            return false;
        out->replaced += chosen->replaces != NULL;
        if (__builtin_add_overflow(out->download, file->details->size,
                                   &out->download))
            out->download = UINT64_MAX;
        take_upload_time(a->arena, file, out);
    }
    return out->download <= a->search->max_download;
}

/* A failure of the index is none of the questions behind it. */
static void take_failure(struct pl_attempt *a, const struct pl_error *err)
{
    const struct pl_repair_search *search = a->search;
    a->out->out_of_time |= err->code == PL_ERR_LIMIT;
    if (err->code != PL_ERR_INDEX && err->code != PL_ERR_INTEGRITY &&
        err->code != PL_ERR_FILE)
        return;
    a->index = search->reopen ? search->reopen(search->user) : NULL;
    a->out->is_cut = !a->index;
}

static bool solve(struct pl_attempt *a, struct pl_problem *again,
                  struct pl_solution *solution)
{
    struct pl_error err = {.arena = again->arena};
    if (!a->index)
        return false;
    pl_index_begin_again(a->index);
    if (pl_problem_start(again, &err) &&
        pl_refine(again, a->index, (struct pl_str){0}, NULL, solution, &err))
        return true;
    take_failure(a, &err);
    return false;
}

static bool ask(struct pl_attempt *a, const struct pl_change *changes,
                size_t count, struct pl_verdict *out, pl_change_vec *more)
{
    PL_ARENA(scratch);
    const struct pl_repair_search *search = a->search;
    struct pl_problem again = pl_problem_again(search->problem, &scratch);
    struct pl_solution solution;
    if (search->report)
        search->report(search->user, &changes[count - 1].repair);
    a->out->questions++;
    again.deadline_ns = pl_repair_deadline(search);
    again.is_unexplained = !more;
    for (size_t i = 0; i < count; i++)
        pl_change_apply(&changes[i], &again);
    if (!solve(a, &again, &solution))
        return false;
    if (solution.satisfiable)
        return judge(a, &solution, out);
    if (more && solution.conflict)
        pl_repair_suggest(search->problem, solution.conflict, a->arena, more);
    return false;
}

bool pl_attempt_ask(struct pl_attempt *a, const struct pl_change *changes,
                    size_t count, struct pl_verdict *out)
{
    return ask(a, changes, count, out, NULL);
}

void pl_attempt_ask_why(struct pl_attempt *a, const struct pl_change *changes,
                        size_t count, pl_change_vec *more)
{
    struct pl_verdict ignored;
    (void)ask(a, changes, count, &ignored, more);
}

/* ---- all of them ---- */

static bool is_same(const struct pl_repair *a, const struct pl_repair *b)
{
    return a->asked ? a->asked == b->asked
                    : a->kind == b->kind && pl_str_eq(a->text, b->text);
}

/* It is told already, or something that keeps more of the line. */
static bool is_settled(const struct pl_repairs *found,
                       const struct pl_repair *repair)
{
    for (size_t i = 0; i < found->list.len; i++) {
        const struct pl_repair *told = &found->list.at[i];
        if (told->kind == PL_REPAIR_DROP && repair->kind != PL_REPAIR_DROP)
            continue;
        if (is_same(repair, told))
            return true;
        for (size_t n = 0; n < told->also_count; n++)
            if (is_same(repair, &told->also[n]))
                return true;
    }
    return false;
}

void pl_attempt_take(struct pl_attempt *a, struct pl_repair repair,
                     const struct pl_verdict *verdict)
{
    repair.packages = verdict->packages;
    repair.replaced = verdict->replaced;
    repair.download = verdict->download;
    pl_repairs_add(a->arena, a->out, repair);
}

static void try_change(struct pl_attempt *a, struct pl_change *change)
{
    struct pl_verdict verdict;
    bool works = change->repair.kind == PL_REPAIR_DATE
                     ? pl_attempt_day(a, change, &verdict)
                     : pl_attempt_ask(a, change, 1, &verdict);
    if (works)
        pl_attempt_take(a, change->repair, &verdict);
}

static void try_alone(struct pl_attempt *a, pl_change_vec *changes)
{
    for (size_t i = 0; i < changes->len && !pl_attempt_is_over(a); i++)
        if (!is_settled(a->out, &changes->at[i].repair))
            try_change(a, &changes->at[i]);
}

/* Leaving out lines is no way to keep them: other changes are looked for. */
static void try_together(struct pl_attempt *a, const pl_change_vec *changes)
{
    const struct pl_repairs *found = a->out;
    if (found->list.len && found->list.at[0].kind != PL_REPAIR_DROP)
        return;
    for (size_t i = 0; i < changes->len && !pl_attempt_is_over(a); i++) {
        const struct pl_repair *repair = &changes->at[i].repair;
        bool is_last = repair->kind == PL_REPAIR_DROP;
        if (!(is_last && found->list.len) && !is_settled(found, repair))
            pl_attempt_together(a, &changes->at[i]);
    }
}

void pl_repairs_find(const struct pl_repair_search *search,
                     struct pl_arena *arena, struct pl_repairs *out)
{
    struct pl_attempt a = {search, arena, out, search->index};
    pl_change_vec changes = {0};
    *out = (struct pl_repairs){0};
    pl_repair_suggest(search->problem, search->conflict, arena, &changes);
    try_alone(&a, &changes);
    try_together(&a, &changes);
    out->out_of_time |= pl_attempt_is_late(&a);
}
