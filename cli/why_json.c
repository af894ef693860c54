#include "cli/resolve_show.h"
#include "cli/why_show.h"
#include "core/jsonw.h"
#include "core/limits.h"
#include "resolver/why_text.h"

static void write_version(struct pl_jsonw *w, const char *key,
                          const struct pl_version *version)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_version_print(version, &text);
    pl_jsonw_str(w, key, pl_buf_view(&text));
}

static void write_demand(struct pl_jsonw *w, const struct pl_demand *demand)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_buf_add_str(&text, demand->project->name);
    if (demand->extra.len)
        pl_buf_addf(&text, "[%.*s]", PL_STR_ARG(demand->extra));
    pl_buf_add_str(&text, demand->specifier->text);
    pl_jsonw_str(w, "requirement", pl_buf_view(&text));
}

static void write_line(struct pl_jsonw *w, const struct pl_asked *asked)
{
    pl_jsonw_str(w, "line", asked->where);
    pl_jsonw_str(w, "requirement", asked->req.text);
}

static void write_package(struct pl_jsonw *w, const struct pl_project *project,
                          const struct pl_version *version, bool is_fact)
{
    pl_jsonw_str(w, "name", project->name);
    write_version(w, "version", version);
    pl_jsonw_bool(w, "preinstalled", is_fact);
}

/* ---- who asked, what it costs ---- */

static void write_way(struct pl_jsonw *w, const struct pl_why *why)
{
    if (!why->line) {
        pl_jsonw_null(w, "way");
        return;
    }
    pl_jsonw_object(w, "way");
    write_line(w, why->line);
    pl_jsonw_array(w, "packages");
    for (size_t i = 0; i < why->link_count; i++) {
        const struct pl_why_link *link = &why->links[i];
        pl_jsonw_object(w, NULL);
        write_package(w, link->project, link->version, link->is_fact);
        if (link->extra.len)
            pl_jsonw_str(w, "extra", link->extra);
        write_demand(w, link->demand);
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
    pl_jsonw_end(w);
}

static void write_askers(struct pl_jsonw *w, const struct pl_why *why)
{
    pl_jsonw_array(w, "asked-by");
    for (size_t i = 0; i < why->asker_count; i++) {
        const struct pl_why_asker *asker = &why->askers[i];
        pl_jsonw_object(w, NULL);
        if (asker->asked) {
            write_line(w, asker->asked);
        } else {
            write_package(w, asker->project, asker->version, asker->is_fact);
            write_demand(w, asker->demand);
        }
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
}

static void write_cost(struct pl_jsonw *w, const struct pl_why *why)
{
    struct pl_lock_file file = pl_resolve_file(why->file);
    pl_json_file(w, &file);
    pl_jsonw_object(w, "cost");
    pl_jsonw_u64(w, "bytes", why->only_bytes);
    pl_jsonw_u64(w, "unknown", why->only_unknown);
    pl_jsonw_array(w, "only-it-needs");
    for (size_t i = 0; i < why->only_count; i++)
        pl_jsonw_str(w, NULL, why->only[i]->name);
    pl_jsonw_end(w);
    pl_jsonw_end(w);
}

/* ---- bars ---- */

static const char *const bar_kinds[] = {
    [PL_BAR_ASKED] = "line",        [PL_BAR_CONSTRAINT] = "constraint",
    [PL_BAR_NEEDED] = "needed",     [PL_BAR_RULE] = "rule",
    [PL_BAR_EXCLUDED] = "excluded", [PL_BAR_LATER] = "later",
    [PL_BAR_FACT] = "kept",         [PL_BAR_OWN_NEED] = "own-need",
    [PL_BAR_SEARCH] = "search",
};

static const char *const exclusions[PL_EXCLUSION_COUNT] = {
    [PL_EXCLUDED_TAGS] = "tags",
    [PL_EXCLUDED_WHEEL] = "wheel",
    [PL_EXCLUDED_PYTHON] = "python",
    [PL_EXCLUDED_YANKED] = "yanked",
    [PL_EXCLUDED_NEWER] = "newer",
    [PL_EXCLUDED_PRERELEASE] = "prerelease",
    [PL_EXCLUDED_CONSTRAINT] = "constraint",
    [PL_EXCLUDED_SOURCE] = "source",
    [PL_EXCLUDED_HASH] = "hash",
    [PL_EXCLUDED_OTHER_HASH] = "other-hash",
    [PL_EXCLUDED_VARIANT] = "variant",
    [PL_EXCLUDED_METADATA] = "metadata",
};

static void write_ranges(struct pl_jsonw *w, const struct pl_bar *bar)
{
    pl_jsonw_array(w, "ranges");
    for (size_t i = 0; i < bar->range_count; i++) {
        pl_jsonw_object(w, NULL);
        write_version(w, "first", bar->ranges[i].first);
        write_version(w, "last", bar->ranges[i].last);
        pl_jsonw_u64(w, "versions", bar->ranges[i].count);
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
    pl_jsonw_u64(w, "versions", bar->version_count);
}

static void write_bar_of(struct pl_jsonw *w, const struct pl_bar *bar)
{
    bool is_about_other = bar->kind == PL_BAR_NEEDED ||
                          bar->kind == PL_BAR_RULE ||
                          bar->kind == PL_BAR_OWN_NEED;
    if (bar->kind == PL_BAR_ASKED)
        write_line(w, bar->asked);
    if (bar->kind == PL_BAR_CONSTRAINT && bar->asked)
        pl_jsonw_str(w, "line", bar->asked->where);
    if (bar->kind == PL_BAR_CONSTRAINT)
        pl_jsonw_str(w, "requirement", bar->constraint->text);
    if (is_about_other && bar->by_version)
        write_package(w, bar->by, bar->by_version, bar->by_fact);
    else if (is_about_other)
        pl_jsonw_str(w, "name", bar->by->name);
    if (bar->kind == PL_BAR_NEEDED || bar->kind == PL_BAR_OWN_NEED)
        write_demand(w, bar->demand);
    if (bar->extra.len)
        pl_jsonw_str(w, "extra", bar->extra);
    if (bar->rule)
        pl_jsonw_str(w, "rule", bar->rule->id);
    if (bar->kind == PL_BAR_EXCLUDED)
        pl_jsonw_str(w, "exclusion", pl_str_from(exclusions[bar->why]));
}

static void write_verdict(struct pl_jsonw *w, const struct pl_bar *bar)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_bar_print_verdict(bar, &text);
    if (!text.len)
        return;
    pl_jsonw_object(w, "search");
    pl_jsonw_str(w, "text", pl_buf_view(&text));
    if (bar->tried)
        write_version(w, "version", bar->tried);
    if (bar->verdict != PL_VERDICT_NONE)
        pl_jsonw_bool(w, "satisfiable",
                      bar->verdict == PL_VERDICT_REPLACE ||
                          bar->verdict == PL_VERDICT_OTHER);
    if (bar->instead.len) {
        pl_jsonw_object(w, "changes");
        pl_jsonw_str(w, "name", bar->instead);
        pl_jsonw_str(w, "from", bar->instead_from);
        pl_jsonw_str(w, "to", bar->instead_to);
        pl_jsonw_u64(w, "others", bar->instead_others);
        pl_jsonw_end(w);
    }
    pl_jsonw_array(w, "because");
    for (size_t i = 0; i < bar->line_count; i++)
        pl_jsonw_str(w, NULL, bar->lines[i].text);
    pl_jsonw_end(w);
    pl_jsonw_end(w);
}

static void write_bars(struct pl_jsonw *w, const struct pl_why_answer *answer)
{
    const struct pl_why *why = answer->why;
    pl_jsonw_str(w, "direction",
                 why->is_lowest ? PL_STR("older") : PL_STR("newer"));
    pl_jsonw_bool(w, "index-read", why->page_known);
    pl_jsonw_array(w, "bars");
    for (size_t i = 0; i < why->bar_count; i++) {
        const struct pl_bar *bar = &why->bars[i];
        PL_BUF(text, PL_MAX_MESSAGE_BYTES);
        pl_bar_print(&answer->setup->problem, bar, &text);
        pl_jsonw_object(w, NULL);
        pl_jsonw_str(w, "kind", pl_str_from(bar_kinds[bar->kind]));
        write_ranges(w, bar);
        pl_jsonw_str(w, "text", pl_buf_view(&text));
        write_bar_of(w, bar);
        write_verdict(w, bar);
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
}

/* ---- what is not there ---- */

static const char *const absence_kinds[] = {
    [PL_ABSENCE_EXCLUDED] = "exclude",
    [PL_ABSENCE_LINE] = "line-marker",
    [PL_ABSENCE_MARKER] = "marker",
    [PL_ABSENCE_EXTRA] = "extra",
    [PL_ABSENCE_NO_DEPS] = "no-deps",
    [PL_ABSENCE_OVERRIDE] = "override-marker",
    [PL_ABSENCE_CONSTRAINT] = "constraint",
};

static void write_absence(struct pl_jsonw *w, const struct pl_absence *absence)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_absence_print(absence, &text);
    pl_jsonw_object(w, NULL);
    pl_jsonw_str(w, "kind", pl_str_from(absence_kinds[absence->kind]));
    pl_jsonw_str(w, "text", pl_buf_view(&text));
    if (absence->asked)
        write_line(w, absence->asked);
    if (absence->project)
        write_package(w, absence->project, absence->version, absence->is_fact);
    if (absence->requirement)
        pl_jsonw_str(w, "requirement", absence->requirement->text);
    if (absence->extra.len)
        pl_jsonw_str(w, "extra", absence->extra);
    pl_jsonw_end(w);
}

static void write_absences(struct pl_jsonw *w,
                           const struct pl_why_answer *answer)
{
    pl_jsonw_array(w, "absent-because");
    for (size_t i = 0; i < answer->why->absence_count; i++)
        write_absence(w, &answer->why->absences[i]);
    pl_jsonw_end(w);
    if (answer->nearest.len)
        pl_jsonw_str(w, "nearest", answer->nearest);
}

/* ---- the whole ---- */

static void write_head(struct pl_jsonw *w, const struct pl_why_answer *answer)
{
    static const char *const states[] = {
        [PL_WHY_ADDED] = "added",
        [PL_WHY_REPLACED] = "replaced",
        [PL_WHY_KEPT] = "kept",
        [PL_WHY_ABSENT] = "absent",
    };
    const struct pl_setup *setup = answer->setup;
    if (setup->has_template)
        pl_jsonw_str(w, "template", setup->template.id);
    else
        pl_jsonw_null(w, "template");
    pl_jsonw_str(w, "python", setup->problem.env.python_version);
    pl_jsonw_bool(w, "satisfiable", true);
    pl_jsonw_str(w, "name", answer->why->name);
    pl_jsonw_str(w, "state", pl_str_from(states[answer->why->state]));
}

void pl_why_json(const struct pl_why_answer *answer, struct pl_buf *out)
{
    const struct pl_why *why = answer->why;
    struct pl_jsonw w = pl_jsonw_to(out);
    pl_jsonw_object(&w, NULL);
    write_head(&w, answer);
    if (why->state == PL_WHY_ABSENT) {
        write_absences(&w, answer);
        pl_jsonw_end(&w);
        return;
    }
    write_version(&w, "version", why->version);
    if (why->state == PL_WHY_REPLACED) {
        pl_jsonw_object(&w, "replaces");
        write_version(&w, "version", &why->fact->version);
        pl_jsonw_str(&w, "because", why->because);
        pl_jsonw_end(&w);
    }
    if (why->state == PL_WHY_KEPT)
        pl_jsonw_bool(&w, "locked", why->fact->protect == PL_PROTECT_LOCKED);
    write_way(&w, why);
    write_askers(&w, why);
    if (why->file)
        write_cost(&w, why);
    write_bars(&w, answer);
    pl_jsonw_end(&w);
}
