#include "resolver/why_text.h"

#include "core/escape.h"
#include "core/limits.h"

/* More are told by their ends alone. */
#define MAX_RANGES 4

static const char *const exclusions[PL_EXCLUSION_COUNT] = {
    [PL_EXCLUDED_TAGS] = "no wheel for this Python and platform",
    [PL_EXCLUDED_WHEEL] = "only wheels, which --no-binary excludes",
    [PL_EXCLUDED_PYTHON] = "for another Python",
    [PL_EXCLUDED_YANKED] = "yanked",
    [PL_EXCLUDED_NEWER] = "newer than --exclude-newer",
    [PL_EXCLUDED_PRERELEASE] = "pre-release",
    [PL_EXCLUDED_CONSTRAINT] = "forbidden by a constraint",
    [PL_EXCLUDED_SOURCE] = "only source, which --only-binary excludes",
    [PL_EXCLUDED_HASH] = "no sha256 in the index",
    [PL_EXCLUDED_OTHER_HASH] = "another hash than a --hash says",
    [PL_EXCLUDED_VARIANT] = "built for another CUDA than the template's",
    [PL_EXCLUDED_METADATA] = "metadata that cannot be used",
};

static void add(struct pl_buf *out, struct pl_str foreign)
{
    pl_escape_terminal(out, foreign);
}

void pl_bar_print_versions(const struct pl_bar *bar, struct pl_buf *out)
{
    if (bar->range_count > MAX_RANGES) {
        pl_buf_addf(out, "%zu versions from ", bar->version_count);
        pl_version_print(bar->ranges[0].first, out);
        pl_buf_add_cstr(out, " to ");
        pl_version_print(bar->ranges[bar->range_count - 1].last, out);
        return;
    }
    for (size_t i = 0; i < bar->range_count; i++) {
        const struct pl_version_range *range = &bar->ranges[i];
        pl_buf_add_cstr(out, i ? ", " : "");
        pl_version_print(range->first, out);
        if (range->count > 1) {
            pl_buf_add_cstr(out, range->count > 2 ? " to " : ", ");
            pl_version_print(range->last, out);
        }
    }
    if (bar->version_count > 2)
        pl_buf_addf(out, " (%zu versions)", bar->version_count);
}

static void add_package(struct pl_buf *out, const struct pl_project *project,
                        const struct pl_version *version)
{
    add(out, project->name);
    pl_buf_add_char(out, ' ');
    pl_version_print(version, out);
}

/* A demand's text is also its key, which tells those of facts apart. */
static void add_demand(struct pl_buf *out, const struct pl_demand *demand)
{
    add(out, demand->project->name);
    if (demand->extra.len) {
        pl_buf_add_char(out, '[');
        add(out, demand->extra);
        pl_buf_add_char(out, ']');
    }
    add(out, demand->specifier->text);
    if (demand->by_url)
        pl_buf_add_cstr(out, " from a URL");
}

static void add_constraint(struct pl_buf *out, const struct pl_bar *bar)
{
    if (bar->asked)
        add(out, bar->asked->where);
    else
        pl_buf_add_cstr(out, "a constraint of the template's own");
    pl_buf_add_cstr(out, " allows only ");
    add(out, bar->constraint->text);
}

static void add_rule(struct pl_buf *out, const struct pl_bar *bar)
{
    const struct pl_abi_rule *rule = bar->rule;
    pl_buf_add_cstr(out, "rule ");
    add(out, rule->id);
    pl_buf_add_cstr(out, ", beside ");
    add_package(out, bar->by, bar->by_version);
    pl_buf_add_cstr(out, ": ");
    add(out, rule->reason);
    if (rule->evidence.len) {
        pl_buf_add_cstr(out, " (");
        add(out, rule->evidence);
        pl_buf_add_char(out, ')');
    }
}

static void add_fact(const struct pl_problem *problem, struct pl_buf *out,
                     const struct pl_fact *fact)
{
    if (!pl_fact_is_hard(problem, fact))
        pl_buf_add_cstr(out, "replacing it was not needed");
    else if (fact->protect == PL_PROTECT_LOCKED)
        pl_buf_add_cstr(out, "the template protects it");
    else
        pl_buf_add_cstr(out, "--replace never");
}

static void add_own_need(const struct pl_problem *problem, struct pl_buf *out,
                         const struct pl_bar *bar)
{
    bool is_many = bar->version_count > 1;
    pl_buf_add_cstr(out, is_many ? "the newest" : "");
    if (bar->extra.len) {
        pl_buf_add_cstr(out, is_many ? " with extra " : "with extra ");
        add(out, bar->extra);
    }
    pl_buf_add_cstr(out, is_many || bar->extra.len ? " needs " : "needs ");
    add_demand(out, bar->demand);
    if (!bar->by_version) {
        pl_buf_add_cstr(out, bar->by->page_state == PL_PAGE_ABSENT
                                 ? ", which no index has"
                                 : ", of which no version can be used");
        return;
    }
    pl_buf_add_cstr(out, bar->by_fact ? ", and the template has "
                                      : ", and the answer has ");
    add_package(out, bar->by, bar->by_version);
    if (bar->by_fact && pl_fact_is_hard(problem, bar->by->fact))
        pl_buf_add_cstr(out, ", which is not replaced");
}

void pl_bar_print(const struct pl_problem *problem, const struct pl_bar *bar,
                  struct pl_buf *out)
{
    switch (bar->kind) {
    case PL_BAR_ASKED:
        add(out, bar->asked->where);
        pl_buf_add_cstr(out, " asks for ");
        add(out, bar->asked->req.text);
        return;
    case PL_BAR_CONSTRAINT:
        add_constraint(out, bar);
        return;
    case PL_BAR_NEEDED:
        add_package(out, bar->by, bar->by_version);
        pl_buf_add_cstr(out,
                        bar->by_fact ? " of the template needs " : " needs ");
        add_demand(out, bar->demand);
        return;
    case PL_BAR_RULE:
        add_rule(out, bar);
        return;
    case PL_BAR_EXCLUDED:
        pl_buf_add_cstr(out, exclusions[bar->why]);
        pl_buf_add_cstr(out, bar->detail.len ? ": " : "");
        add(out, bar->detail);
        return;
    case PL_BAR_LATER:
        pl_buf_add_cstr(out, bar->is_prerelease
                                 ? "pre-release, taken only where no final "
                                   "version works"
                                 : "on an index that is asked later");
        return;
    case PL_BAR_FACT:
        add_fact(problem, out, bar->by->fact);
        return;
    case PL_BAR_OWN_NEED:
        add_own_need(problem, out, bar);
        return;
    case PL_BAR_SEARCH:
        pl_buf_add_cstr(out, "needs that cannot be met beside the rest");
        return;
    }
}

void pl_bar_print_verdict(const struct pl_bar *bar, struct pl_buf *out)
{
    switch (bar->verdict) {
    case PL_VERDICT_NONE:
        if (bar->trouble.len) {
            pl_buf_add_cstr(out, "what else would change is not known: ");
            add(out, bar->trouble);
        }
        return;
    case PL_VERDICT_NO_ALL:
        pl_buf_add_cstr(out, bar->version_count > 1
                                 ? "no answer has any of them"
                                 : "no answer has it");
        return;
    case PL_VERDICT_NO:
        pl_buf_add_cstr(out, "no answer has ");
        pl_version_print(bar->tried, out);
        return;
    case PL_VERDICT_REPLACE:
    case PL_VERDICT_OTHER:
        break;
    }
    bool replaces = bar->verdict == PL_VERDICT_REPLACE;
    pl_buf_add_cstr(out, "an answer with ");
    pl_version_print(bar->tried, out);
    pl_buf_add_cstr(out, replaces ? " also replaces " : " has ");
    add(out, bar->instead);
    pl_buf_add_char(out, ' ');
    add(out, replaces ? bar->instead_from : bar->instead_to);
    pl_buf_add_cstr(out, replaces ? " by " : " in place of ");
    add(out, replaces ? bar->instead_to : bar->instead_from);
    pl_buf_add_cstr(out, replaces ? "" : ", which comes first");
    if (bar->instead_others)
        pl_buf_addf(out, " and %zu more", bar->instead_others);
}

void pl_why_print_way(const struct pl_why *why, struct pl_buf *out)
{
    if (!why->line) {
        pl_buf_add_cstr(out, "no line leads to it");
        return;
    }
    add(out, why->line->where);
    for (size_t i = 0; i < why->link_count; i++) {
        const struct pl_why_link *link = &why->links[i];
        pl_buf_add_cstr(out, i ? " -> " : " ");
        if (i + 1 == why->link_count) {
            add_demand(out, link->demand);
            continue;
        }
        add(out, link->project->name);
        if (link->extra.len) {
            pl_buf_add_char(out, '[');
            add(out, link->extra);
            pl_buf_add_char(out, ']');
        }
    }
}

void pl_asker_print(const struct pl_why_asker *asker, struct pl_buf *out)
{
    if (asker->asked) {
        add(out, asker->asked->where);
        pl_buf_add_char(out, ' ');
        add(out, asker->asked->req.text);
        return;
    }
    add_package(out, asker->project, asker->version);
    pl_buf_add_cstr(out, " (");
    add_demand(out, asker->demand);
    pl_buf_add_char(out, ')');
}

static void add_marker(struct pl_buf *out, const struct pl_marker *marker)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_marker_print(marker, &text);
    add(out, pl_buf_view(&text));
}

void pl_absence_print(const struct pl_absence *absence, struct pl_buf *out)
{
    if (absence->kind == PL_ABSENCE_EXCLUDED) {
        pl_buf_add_cstr(out, "--exclude leaves it out");
        return;
    }
    if (absence->asked) {
        add(out, absence->asked->where);
    } else {
        add_package(out, absence->project, absence->version);
        pl_buf_add_cstr(out, absence->is_fact ? " of the template" : "");
    }
    switch (absence->kind) {
    case PL_ABSENCE_EXCLUDED:
        return;
    case PL_ABSENCE_LINE:
        pl_buf_add_cstr(out, " asks for it only where ");
        add_marker(out, absence->asked->req.marker);
        return;
    case PL_ABSENCE_OVERRIDE:
        pl_buf_add_cstr(out, ", an override, asks for it only where ");
        add_marker(out, absence->asked->req.marker);
        return;
    case PL_ABSENCE_CONSTRAINT:
        pl_buf_add_cstr(out, " bounds it, and a constraint asks for nothing");
        return;
    case PL_ABSENCE_MARKER:
        pl_buf_add_cstr(out, " needs it only where ");
        add_marker(out, absence->requirement->marker);
        return;
    case PL_ABSENCE_EXTRA:
        pl_buf_add_cstr(out, " needs it only with its extra ");
        add(out, absence->extra);
        return;
    case PL_ABSENCE_NO_DEPS:
        pl_buf_add_cstr(out, " needs it, and --no-deps leaves that out");
        return;
    }
}
