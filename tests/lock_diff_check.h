/*
 * What holds of every diff: applied to the old lock it gives the new one; it
 * is empty exactly when the locks are the same; the other way round it is its
 * mirror; every move has a reason. Ends the program where it does not.
 */
#ifndef PODLOCK_TESTS_LOCK_DIFF_CHECK_H
#define PODLOCK_TESTS_LOCK_DIFF_CHECK_H

#include "core/attr.h"
#include "lockfmt/lock_diff_text.h"
#include "tests/lock_apply.h"
#include "tests/lock_equal.h"

static inline void check_totals(const struct pl_diff *diff)
{
    size_t groups = 0, kinds = 0, quiet = 0;
    for (size_t i = 0; i < PL_DIFF_GROUPS; i++)
        groups += diff->by_group[i];
    for (size_t i = 0; i < PL_DIFF_KINDS; i++)
        kinds += diff->by_kind[i];
    for (size_t i = 0; i < diff->count; i++) {
        const struct pl_diff_change *change = &diff->changes[i];
        quiet += change->is_quiet;
        apply_want(!i || diff->changes[i - 1].group <= change->group,
                   "groups are not in order");
        apply_want(change->name.len, "a change without a name");
    }
    apply_want(groups == diff->count && kinds == diff->count &&
                   quiet == diff->quiet,
               "the counts are wrong");
}

static inline void check_reasons(struct pl_arena *arena,
                                 const struct pl_diff *diff)
{
    for (size_t i = 0; i < diff->count; i++) {
        const struct pl_diff_change *change = &diff->changes[i];
        apply_want(change->reason_count || change->kind == PL_DIFF_CHANGED,
                   "a move without a reason");
        for (size_t k = 0; k < change->reason_count; k++) {
            const struct pl_diff_reason *reason = &change->reasons[k];
            apply_want(reason->kind == PL_DIFF_BY_REPLACEMENT ||
                           pl_diff_reason_text(arena, reason).len,
                       "a reason without words");
            apply_want(reason->kind != PL_DIFF_BY_NOTHING ||
                           change->reason_count == 1,
                       "nothing explains it, and something does");
        }
        for (size_t k = 0; k < change->file_count; k++)
            apply_want(pl_diff_file_text(arena, &change->files[k]).len,
                       "a file that differs in nothing");
    }
}

static inline enum pl_diff_kind mirror_kind(enum pl_diff_kind kind)
{
    static const enum pl_diff_kind other[PL_DIFF_KINDS] = {
        [PL_DIFF_ADDED] = PL_DIFF_REMOVED,
        [PL_DIFF_REMOVED] = PL_DIFF_ADDED,
        [PL_DIFF_UPGRADED] = PL_DIFF_DOWNGRADED,
        [PL_DIFF_DOWNGRADED] = PL_DIFF_UPGRADED,
        [PL_DIFF_INSTALLED] = PL_DIFF_KEPT,
        [PL_DIFF_KEPT] = PL_DIFF_INSTALLED,
        [PL_DIFF_REBUILT] = PL_DIFF_REBUILT,
        [PL_DIFF_RELOCATED] = PL_DIFF_RELOCATED,
        [PL_DIFF_CHANGED] = PL_DIFF_CHANGED,
    };
    return other[kind];
}

static inline enum pl_diff_group mirror_group(enum pl_diff_group group)
{
    if (group == PL_DIFF_NEW)
        return PL_DIFF_GONE;
    return group == PL_DIFF_GONE ? PL_DIFF_NEW : group;
}

static inline void check_mirror(const struct pl_diff *there,
                                const struct pl_diff *back)
{
    uint64_t sum = 0;
    apply_want(there->count == back->count && there->quiet == back->quiet,
               "there are more changes one way than the other");
    for (int i = 0; i < PL_DIFF_KINDS; i++)
        apply_want(there->by_kind[i] ==
                       back->by_kind[mirror_kind((enum pl_diff_kind)i)],
                   "kinds are not mirrored");
    for (int i = 0; i < PL_DIFF_GROUPS; i++)
        apply_want(there->by_group[i] ==
                       back->by_group[mirror_group((enum pl_diff_group)i)],
                   "groups are not mirrored");
    for (size_t i = 0; i < there->count; i++)
        sum += (uint64_t)there->changes[i].bytes +
               (uint64_t)back->changes[i].bytes;
    apply_want(!sum && there->before.bytes == back->after.bytes &&
                   pl_str_eq(there->torch_from, back->torch_to),
               "totals are not mirrored");
}

static inline void check_self(struct pl_arena *arena,
                              const struct pl_diff_given *given)
{
    struct pl_diff_given self = {given->old, given->old, given->rules};
    struct pl_diff diff;
    pl_lock_diff(arena, &self, &diff);
    apply_want(!diff.count, "a lock differs from itself");
}

/* The diff is the one of `given`, which it gives back. */
static inline struct pl_diff
lock_diff_checked(struct pl_arena *arena, const struct pl_diff_given *given)
{
    struct pl_diff_given turned = {given->new, given->old, given->rules};
    const struct pl_lock *old = given->old.lock, *new = given->new.lock;
    struct pl_diff diff, back;
    pl_lock_diff(arena, given, &diff);
    pl_lock_diff(arena, &turned, &back);
    check_totals(&diff);
    check_reasons(arena, &diff);
    check_mirror(&diff, &back);
    check_self(arena, given);
    if (lock_has_ties(old) || lock_has_ties(new))
        return diff;
    struct pl_lock made = lock_apply(arena, old, &diff);
    const char *what = lock_difference(&made, new);
    apply_want(!what, what);
    if (!lock_difference(old, new) && !given->old.facts && !given->new.facts)
        apply_want(!diff.count, "equal locks differ");
    return diff;
}

#endif
