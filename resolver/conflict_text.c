#include "resolver/conflict_text.h"

#include "core/escape.h"
#include "core/limits.h"
#include "resolver/day.h"

/* Longer lists of ranges are told as one, with the number of versions. */
#define MAX_RANGES 4
/* Of a longer tree the rest is counted; nobody reads thousands of lines. */
#define MAX_TOLD 60

static const char *const exclusion_texts[PL_EXCLUSION_COUNT][2] = {
    [PL_EXCLUDED_TAGS] = {"has no wheel for this Python and platform",
                          "have no wheel for this Python and platform"},
    [PL_EXCLUDED_WHEEL] = {"exists only as wheels, which --no-binary excludes",
                           "exist only as wheels, which --no-binary excludes"},
    [PL_EXCLUDED_PYTHON] = {"needs another Python", "need another Python"},
    [PL_EXCLUDED_YANKED] = {"is yanked", "are yanked"},
    [PL_EXCLUDED_NEWER] = {"is newer than --exclude-newer",
                           "are newer than --exclude-newer"},
    [PL_EXCLUDED_PRERELEASE] = {"is a pre-release", "are pre-releases"},
    [PL_EXCLUDED_CONSTRAINT] = {"is forbidden by", "are forbidden by"},
    [PL_EXCLUDED_SOURCE] =
        {"exists only as source, which --only-binary excludes",
         "exist only as source, which --only-binary excludes"},
    [PL_EXCLUDED_HASH] = {"has no sha256 in the index",
                          "have no sha256 in the index"},
    [PL_EXCLUDED_OTHER_HASH] = {"has another hash than its --hash",
                                "have other hashes than their --hash"},
    [PL_EXCLUDED_VARIANT] = {"is built for another CUDA than the template's",
                             "are built for another CUDA than the template's"},
    [PL_EXCLUDED_METADATA] = {"cannot be used", "cannot be used"},
};

static const char *const hold_texts[] = {
    [PL_HOLDS_LOCKED] = ", which podlock never replaces",
    [PL_HOLDS_NEVER] = ", which may not be replaced",
    [PL_HOLDS_PRESENT] = ", which podlock never takes away",
};

static void print_range(const struct pl_version_range *range,
                        struct pl_buf *out)
{
    pl_version_print(range->first, out);
    if (range->count == 1)
        return;
    pl_buf_add_cstr(out, range->count == 2 ? " and " : " to ");
    pl_version_print(range->last, out);
}

static void print_ranges(const struct pl_reason *reason, struct pl_buf *out)
{
    size_t shown = reason->range_count;
    if (shown > MAX_RANGES) {
        pl_buf_add_cstr(out, "between ");
        pl_version_print(reason->ranges[0].first, out);
        pl_buf_add_cstr(out, " and ");
        pl_version_print(reason->ranges[shown - 1].last, out);
        shown = 0;
    }
    for (size_t i = 0; i < shown; i++) {
        if (i)
            pl_buf_add_cstr(out, ", ");
        print_range(&reason->ranges[i], out);
    }
    if (reason->version_count > 2)
        pl_buf_addf(out, " (%zu versions)", reason->version_count);
}

void pl_reason_print_versions(const struct pl_reason *reason,
                              struct pl_buf *out)
{
    pl_buf_add_str(out, reason->project->name);
    if (reason->extra.len)
        pl_buf_addf(out, "[%.*s]", PL_STR_ARG(reason->extra));
    pl_buf_add_char(out, ' ');
    if (reason->is_fact)
        pl_version_print(&reason->project->fact->version, out);
    else
        print_ranges(reason, out);
}

static void print_fact(const struct pl_problem *problem,
                       const struct pl_reason *reason, struct pl_buf *out)
{
    const struct pl_fact *fact = reason->fact;
    pl_buf_add_cstr(out, "the template ");
    pl_escape_terminal(out, problem->template->id);
    pl_buf_addf(out, " has %.*s %.*s%s", PL_STR_ARG(fact->name),
                PL_STR_ARG(fact->version.text), hold_texts[reason->holds]);
}

static void print_rule(const struct pl_abi_rule *rule, struct pl_buf *out)
{
    pl_buf_add_cstr(out, "rule ");
    pl_escape_terminal(out, rule->id);
    pl_buf_addf(out, ": %.*s%.*s %s %.*s%.*s (", PL_STR_ARG(rule->package),
                PL_STR_ARG(rule->versions.text),
                rule->is_requires ? "works only with" : "does not work with",
                PL_STR_ARG(rule->other), PL_STR_ARG(rule->other_versions.text));
    pl_escape_terminal(out, rule->reason);
    pl_buf_add_cstr(out, "; ");
    pl_escape_terminal(out, rule->evidence);
    pl_buf_add_char(out, ')');
}

void pl_demand_print(const struct pl_demand *demand, struct pl_buf *out)
{
    if (demand->by_url) {
        pl_escape_terminal(out, demand->text);
        return;
    }
    pl_buf_add_str(out, demand->project->name);
    if (demand->extra.len)
        pl_buf_addf(out, "[%.*s]", PL_STR_ARG(demand->extra));
    pl_escape_terminal(out, demand->specifier->text);
}

static void print_needs(const struct pl_reason *reason, struct pl_buf *out)
{
    pl_reason_print_versions(reason, out);
    pl_buf_add_cstr(out, reason->version_count > 1 ? " need " : " needs ");
    for (size_t i = 0; i < reason->demand_count; i++) {
        if (i)
            pl_buf_add_cstr(out, i + 1 < reason->demand_count ? ", " : " and ");
        pl_demand_print(reason->demands[i], out);
    }
}

static void print_excluded(const struct pl_problem *problem,
                           const struct pl_reason *reason, struct pl_buf *out)
{
    bool many = reason->version_count > 1;
    pl_reason_print_versions(reason, out);
    pl_buf_addf(out, " %s", exclusion_texts[reason->why][many]);
    if (reason->why == PL_EXCLUDED_CONSTRAINT && reason->asked) {
        pl_buf_add_char(out, ' ');
        pl_escape_terminal(out, reason->asked->where);
        pl_buf_add_char(out, ' ');
        pl_escape_terminal(out, reason->asked->req.text);
    } else if (reason->why == PL_EXCLUDED_CONSTRAINT) {
        pl_buf_add_cstr(out, " the template's constraints");
    } else if (reason->why == PL_EXCLUDED_NEWER) {
        struct pl_str day =
            pl_day_before(problem->arena, problem->policy.exclude_newer);
        pl_buf_addf(out, " %.*s", PL_STR_ARG(day));
    } else if (reason->why == PL_EXCLUDED_PYTHON) {
        pl_buf_addf(out, " than %.*s", PL_STR_ARG(problem->env.python_version));
    }
    if (reason->detail.len) {
        pl_buf_add_cstr(out, ": ");
        pl_escape_terminal(out, reason->detail);
    }
}

static void print_no_match(const struct pl_reason *reason, struct pl_buf *out)
{
    pl_buf_add_cstr(out, reason->range_count
                             ? "there is no "
                             : "no index has a version that meets ");
    pl_demand_print(reason->demands[0], out);
    if (reason->range_count) {
        pl_buf_add_cstr(out, ", only ");
        print_ranges(reason, out);
    }
}

void pl_reason_print(const struct pl_problem *problem,
                     const struct pl_reason *reason, struct pl_buf *out)
{
    switch (reason->kind) {
    case PL_REASON_ASKED:
        pl_escape_terminal(out, reason->asked->where);
        pl_buf_add_cstr(out, " asks for ");
        pl_escape_terminal(out, reason->asked->req.text);
        return;
    case PL_REASON_FACT:
        print_fact(problem, reason, out);
        return;
    case PL_REASON_RULE:
        print_rule(reason->rule, out);
        return;
    case PL_REASON_NEEDS:
        print_needs(reason, out);
        return;
    case PL_REASON_EXCLUDED:
        print_excluded(problem, reason, out);
        return;
    case PL_REASON_ABSENT:
        pl_buf_addf(out, "no index has a project named %.*s",
                    PL_STR_ARG(reason->project->name));
        return;
    case PL_REASON_NO_MATCH:
        print_no_match(reason, out);
        return;
    }
}

/* Below the blamed line its own reasons begin at the margin. */
static void print_because(const struct pl_problem *problem,
                          const struct pl_conflict *conflict,
                          struct pl_buf *out)
{
    bool is_below_blamed = false;
    size_t told = conflict->count < MAX_TOLD ? conflict->count : MAX_TOLD;
    for (size_t i = 0; i < told; i++) {
        const struct pl_reason *reason = &conflict->reasons[i];
        if (!reason->depth)
            is_below_blamed = conflict->blamed && i == 0;
        if (!reason->depth && is_below_blamed)
            continue;
        uint32_t depth = reason->depth - is_below_blamed;
        if (pl_buf_view(out).len)
            pl_buf_addf(out, "\n  %*s%s", (int)(2 * depth), "",
                        reason->depth ? "" : "and ");
        pl_reason_print(problem, reason, out);
    }
    if (told < conflict->count)
        pl_buf_addf(out, "\n  and %zu more reasons (--json has them all)",
                    conflict->count - told);
}

void pl_conflict_error(const struct pl_problem *problem,
                       const struct pl_conflict *conflict, struct pl_error *why)
{
    PL_BUF(because, PL_MAX_MESSAGE_BYTES);
    print_because(problem, conflict, &because);
    if (conflict->blamed)
        pl_error_set(why, PL_ERR_NO, conflict->blamed->span,
                     "`%.*s` cannot be met",
                     PL_STR_ARG(conflict->blamed->req.text));
    else
        pl_error_plain(why, PL_ERR_NO, "the template contradicts itself");
    pl_error_because(why, "%.*s", PL_STR_ARG(pl_buf_view(&because)));
}
