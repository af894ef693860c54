#include "cli/resolve_no.h"

#include "cli/nearest.h"
#include "core/clock.h"
#include "core/limits.h"
#include "resolver/conflict_text.h"

bool pl_answer_no_find(struct pl_cli *cli,
                       const struct pl_resolve_options *options,
                       struct pl_setup *setup, struct pl_answer *answer,
                       struct pl_error *err)
{
    struct pl_problem *problem = &setup->problem;
    uint64_t seconds;
    if (!pl_repairs_time(options, &seconds, err))
        return false;
    problem->deadline_ns = pl_clock_ns() + seconds * PL_SECOND_NS;
    answer->conflicts =
        pl_conflicts_find(problem, setup->index, answer->solution->conflict);
    problem->deadline_ns = 0;
    return pl_repairs_look(
        cli, options, setup,
        pl_conflicts_together(problem->arena, &answer->conflicts),
        &answer->repairs, err);
}

/* ---- for people ---- */

/* Not one page was there: perhaps it was no index. */
static void hint_at_index(const struct pl_setup *setup, struct pl_error *why)
{
    struct pl_str first = setup->first_site;
    if (!setup->indexes.len || why->hint.len)
        return;
    if (first.len)
        pl_error_hint(why,
                      "is the name spelt right, and is %.*s the URL of an "
                      "index? Most end in /simple/",
                      PL_STR_ARG(first));
    else
        pl_error_hint(why, "no index is asked (--no-index, PIP_NO_INDEX), "
                           "only --find-links");
}

/* A project that no index has, spelt nearly as one that is known here. */
static void hint_at_name(const struct pl_problem *problem,
                         const struct pl_reason *reason, struct pl_error *why)
{
    const struct pl_template *template = problem->template;
    if (reason->kind != PL_REASON_ABSENT)
        return;
    struct pl_nearest nearest = pl_nearest_to(reason->project->name);
    for (size_t i = 0; template && i < template->fact_count; i++)
        pl_nearest_try(&nearest, template->facts[i].name);
    for (size_t i = 0; i < problem->rule_count; i++) {
        pl_nearest_try(&nearest, problem->rules[i]->package);
        pl_nearest_try(&nearest, problem->rules[i]->other);
    }
    if (nearest.found.len)
        pl_error_because(why, "%.*s; did you mean %.*s?",
                         PL_STR_ARG(why->because), PL_STR_ARG(nearest.found));
}

/* Each line goes on deeper than it begins. */
static void wrap_because(const struct pl_cli *cli, struct pl_error *why)
{
    PL_BUF(wrapped, PL_MAX_MESSAGE_BYTES);
    struct pl_str rest = why->because, line;
    struct pl_show show = cli->err;
    size_t label = strlen("because: ");
    if (!show.width)
        return;
    while (pl_str_cut(&rest, '\n', &line)) {
        PL_BUF(broken, PL_MAX_MESSAGE_BYTES);
        struct pl_str words = pl_str_trim(line), part;
        unsigned indent = (unsigned)(words.at - line.at);
        pl_show_wrapped(&show, indent + (indent ? 4 : (unsigned)label), words,
                        &broken);
        struct pl_str text = pl_buf_view(&broken);
        text = pl_str_sub(text, indent ? 4 : label, text.len);
        while (pl_str_cut(&text, '\n', &part) && part.len) {
            pl_buf_add_cstr(&wrapped, wrapped.len ? "\n" : "");
            pl_buf_add_str(&wrapped, part);
        }
    }
    pl_error_because(why, "%.*s", PL_STR_ARG(pl_buf_view(&wrapped)));
}

static int tell(struct pl_cli *cli, const struct pl_answer *answer)
{
    const struct pl_conflicts *conflicts = &answer->conflicts;
    int code = 0;
    for (size_t i = 0; i < conflicts->list.len; i++) {
        struct pl_error why = {.arena = cli->arena};
        pl_conflict_error(&answer->setup->problem, conflicts->list.at[i], &why);
        const struct pl_conflict *conflict = conflicts->list.at[i];
        hint_at_name(&answer->setup->problem,
                     &conflict->reasons[conflict->count - 1], &why);
        if (!answer->read.pages)
            hint_at_index(answer->setup, &why);
        if (answer->repairs.repairs.list.len)
            why.hint = (struct pl_str){0};
        wrap_because(cli, &why);
        code = pl_cli_fail(cli, &why);
    }
    if (conflicts->may_have_more)
        pl_cli_note(cli, "podlock: there may be more conflicts than these");
    PL_BUF(fixes, PL_MAX_MESSAGE_BYTES);
    pl_repairs_show(cli->arena, &cli->err, &answer->repairs, &fixes);
    pl_cli_write_error(&fixes);
    return code;
}

/* ---- for programs ---- */

static const char *const kind_words[] = {
    [PL_REASON_ASKED] = "asked",       [PL_REASON_FACT] = "template",
    [PL_REASON_RULE] = "rule",         [PL_REASON_NEEDS] = "needs",
    [PL_REASON_EXCLUDED] = "excluded", [PL_REASON_ABSENT] = "absent",
    [PL_REASON_NO_MATCH] = "no-match",
};

static const char *const exclusion_words[PL_EXCLUSION_COUNT] = {
    [PL_EXCLUDED_TAGS] = "tags",
    [PL_EXCLUDED_WHEEL] = "only-wheels",
    [PL_EXCLUDED_PYTHON] = "requires-python",
    [PL_EXCLUDED_YANKED] = "yanked",
    [PL_EXCLUDED_NEWER] = "newer",
    [PL_EXCLUDED_PRERELEASE] = "prerelease",
    [PL_EXCLUDED_CONSTRAINT] = "constraint",
    [PL_EXCLUDED_SOURCE] = "only-source",
    [PL_EXCLUDED_HASH] = "no-hash",
    [PL_EXCLUDED_OTHER_HASH] = "other-hash",
    [PL_EXCLUDED_VARIANT] = "other-cuda",
    [PL_EXCLUDED_METADATA] = "metadata",
};

static void write_demands(struct pl_jsonw *w, const struct pl_reason *reason)
{
    pl_jsonw_array(w, "needs");
    for (size_t i = 0; i < reason->demand_count; i++) {
        PL_BUF(text, PL_MAX_MESSAGE_BYTES);
        pl_demand_print(reason->demands[i], &text);
        pl_jsonw_str(w, NULL, pl_buf_view(&text));
    }
    pl_jsonw_end(w);
}

static void write_reason(struct pl_jsonw *w, const struct pl_problem *problem,
                         const struct pl_reason *reason)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_reason_print(problem, reason, &text);
    pl_jsonw_object(w, NULL);
    pl_jsonw_str(w, "kind", pl_str_from(kind_words[reason->kind]));
    pl_jsonw_u64(w, "depth", reason->depth);
    pl_jsonw_str(w, "text", pl_buf_view(&text));
    if (reason->project)
        pl_jsonw_str(w, "package", reason->project->name);
    if (reason->version_count)
        pl_jsonw_u64(w, "versions", reason->version_count);
    if (reason->asked) {
        pl_jsonw_str(w, "requirement", reason->asked->req.text);
        pl_json_place(w, reason->asked->span);
    }
    if (reason->demand_count)
        write_demands(w, reason);
    if (reason->rule)
        pl_jsonw_str(w, "rule", reason->rule->id);
    if (reason->kind == PL_REASON_EXCLUDED)
        pl_jsonw_str(w, "why", pl_str_from(exclusion_words[reason->why]));
    pl_jsonw_end(w);
}

static void write_conflict(struct pl_jsonw *w, const struct pl_problem *problem,
                           const struct pl_conflict *conflict,
                           struct pl_arena *arena)
{
    struct pl_error why = {.arena = arena};
    pl_conflict_error(problem, conflict, &why);
    pl_jsonw_str(w, "message", why.message);
    pl_json_place(w, why.span);
    pl_jsonw_array(w, "because");
    struct pl_str rest = why.because, line;
    while (pl_str_cut(&rest, '\n', &line))
        if (line.len)
            pl_jsonw_str(w, NULL, pl_str_trim(line));
    pl_jsonw_end(w);
    pl_jsonw_array(w, "reasons");
    for (size_t i = 0; i < conflict->count; i++)
        write_reason(w, problem, &conflict->reasons[i]);
    pl_jsonw_end(w);
}

static void write_json(struct pl_cli *cli, const struct pl_answer *answer)
{
    const struct pl_problem *problem = &answer->setup->problem;
    const struct pl_conflicts *conflicts = &answer->conflicts;
    struct pl_jsonw w = pl_jsonw_to(&cli->text);
    pl_jsonw_object(&w, NULL);
    pl_answer_json_head(&w, answer->setup, false);
    pl_jsonw_object(&w, "problem");
    write_conflict(&w, problem, conflicts->list.at[0], cli->arena);
    pl_jsonw_end(&w);
    pl_jsonw_array(&w, "other-problems");
    for (size_t i = 1; i < conflicts->list.len; i++) {
        pl_jsonw_object(&w, NULL);
        write_conflict(&w, problem, conflicts->list.at[i], cli->arena);
        pl_jsonw_end(&w);
    }
    pl_jsonw_end(&w);
    pl_jsonw_bool(&w, "may-have-more-problems", conflicts->may_have_more);
    pl_repairs_json(&answer->repairs, &w);
    pl_answer_json_tail(&w, answer);
    pl_jsonw_end(&w);
}

int pl_answer_no(struct pl_cli *cli, const struct pl_answer *answer, bool json)
{
    if (json)
        write_json(cli, answer);
    return tell(cli, answer);
}
