#include "cli/template_fit.h"

#include "core/limits.h"
#include "resolver/conflict_text.h"

/* What a reader knows at once comes first. */
static int rank_of(const struct pl_reason *reason)
{
    switch (reason->kind) {
    case PL_REASON_FACT:
        return 1;
    case PL_REASON_RULE:
        return 2;
    case PL_REASON_ABSENT:
    case PL_REASON_NO_MATCH:
    case PL_REASON_EXCLUDED:
        return 3;
    case PL_REASON_ASKED:
        return 4;
    case PL_REASON_NEEDS:
        break;
    }
    return 5;
}

static const struct pl_reason *against(const struct pl_conflict *conflict)
{
    const struct pl_reason *best = NULL;
    for (size_t i = 0; i < conflict->count; i++) {
        const struct pl_reason *reason = &conflict->reasons[i];
        if (reason->kind == PL_REASON_ASKED &&
            reason->asked == conflict->blamed)
            continue;
        if (!best || rank_of(reason) < rank_of(best))
            best = reason;
    }
    return best;
}

static void add_asked(struct pl_buf *out, const struct pl_asked *asked)
{
    pl_buf_addf(out, "%.*s (%.*s)", PL_STR_ARG(asked->req.text),
                PL_STR_ARG(asked->where));
}

/* What a requirement can be against; false for what has a verb of its own. */
static bool add_thing(struct pl_arena *arena, struct pl_buf *out,
                      const struct pl_reason *reason)
{
    if (reason->kind == PL_REASON_FACT) {
        struct pl_str version = pl_version_text(arena, &reason->fact->version);
        pl_buf_addf(out, "%.*s %.*s", PL_STR_ARG(reason->fact->name),
                    PL_STR_ARG(version));
    } else if (reason->kind == PL_REASON_RULE) {
        pl_buf_addf(out, "the rule %.*s", PL_STR_ARG(reason->rule->id));
    } else if (reason->kind == PL_REASON_ASKED) {
        add_asked(out, reason->asked);
    } else {
        return false;
    }
    return true;
}

struct pl_str pl_fit_reason(struct pl_arena *arena,
                            const struct pl_problem *problem,
                            const struct pl_conflict *conflict)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    PL_BUF(other, PL_MAX_MESSAGE_BYTES);
    const struct pl_reason *reason = against(conflict);
    bool is_thing = reason && add_thing(arena, &other, reason);
    if (reason && !is_thing)
        pl_reason_print(problem, reason, &other);
    if (conflict->blamed)
        add_asked(&text, conflict->blamed);
    if (conflict->blamed && reason)
        pl_buf_add_cstr(&text, is_thing ? " against " : ": ");
    pl_buf_add_str(&text, pl_buf_view(&other));
    return pl_arena_dup(arena, pl_buf_view(&text));
}
