#include "core/limits.h"
#include "resolver/repair_internal.h"

struct chain {
    struct pl_change at[PL_MAX_REPAIR_TOGETHER];
    size_t count;
};

static bool is_line(enum pl_repair_kind kind)
{
    return kind <= PL_REPAIR_OVERRIDE;
}

static bool goes_with(const struct chain *chain, const struct pl_repair *repair)
{
    enum pl_repair_kind kind = chain->at[0].repair.kind;
    if (kind != repair->kind && !(is_line(kind) && is_line(repair->kind)))
        return false;
    for (size_t i = 0; i < chain->count; i++) {
        const struct pl_repair *own = &chain->at[i].repair;
        if (repair->asked ? own->asked == repair->asked
                          : pl_str_eq(own->text, repair->text))
            return false;
    }
    return true;
}

/* A day bounds all uploads, and a mode all projects: they are made once. */
static bool can_be_many(enum pl_repair_kind kind)
{
    return kind != PL_REPAIR_DATE && kind != PL_REPAIR_PRERELEASE &&
           kind != PL_REPAIR_REPLACE;
}

static void take(struct pl_attempt *a, const struct chain *chain,
                 const struct pl_verdict *verdict)
{
    struct pl_repair repair = chain->at[0].repair;
    struct pl_repair *also =
        pl_new_array(a->arena, struct pl_repair, chain->count - 1);
    for (size_t i = 1; i < chain->count; i++)
        also[i - 1] = chain->at[i].repair;
    repair.also = also;
    repair.also_count = chain->count - 1;
    pl_attempt_take(a, repair, verdict);
}

/*
 * One more change, of those the reasons against the chain suggest. True: with
 * it the chain is enough. *longer has the first one.
 */
static bool extend(struct pl_attempt *a, const struct chain *chain,
                   struct chain *longer)
{
    struct pl_verdict verdict;
    pl_change_vec more = {0};
    pl_attempt_ask_why(a, chain->at, chain->count, &more);
    for (size_t i = 0; i < more.len && !pl_attempt_is_over(a); i++) {
        struct chain next = *chain;
        if (!goes_with(chain, &more.at[i].repair))
            continue;
        next.at[next.count++] = more.at[i];
        if (longer->count == chain->count)
            *longer = next;
        if (!pl_attempt_ask(a, next.at, next.count, &verdict))
            continue;
        take(a, &next, &verdict);
        return true;
    }
    return false;
}

/*
 * Each is needed: what lifts one conflict is not told of in another, so no
 * part of a chain would do.
 */
void pl_attempt_together(struct pl_attempt *a, const struct pl_change *first)
{
    struct chain chain = {.at = {*first}, .count = 1};
    if (!can_be_many(first->repair.kind))
        return;
    while (chain.count < PL_MAX_REPAIR_TOGETHER && !pl_attempt_is_over(a)) {
        struct chain longer = chain;
        if (extend(a, &chain, &longer) || longer.count == chain.count)
            return;
        chain = longer;
    }
}
