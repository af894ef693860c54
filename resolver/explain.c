#include "resolver/explain.h"

#include "core/escape.h"
#include "core/limits.h"
#include "resolver/result.h"

struct explainer {
    struct pl_problem *problem;
    struct pl_pool *pool;
    pl_job_vec core; /* impossible together, none can be left out */
};

static bool possible(struct explainer *e, const pl_job_vec *jobs)
{
    PL_ARENA(scratch);
    size_t *chosen =
        pl_new_array(&scratch, size_t, pl_problem_project_count(e->problem));
    return pl_pool_solve(e->pool, jobs, chosen, NULL);
}

/* Leaves out one job after the other as long as it stays impossible. */
static void minimize(struct explainer *e)
{
    struct pl_arena *arena = e->problem->arena;
    for (size_t i = e->core.len; i-- > 0;) {
        pl_job_vec fewer = {0};
        for (size_t n = 0; n < e->core.len; n++)
            if (n != i)
                pl_vec_push(arena, &fewer, e->core.at[n]);
        if (!possible(e, &fewer))
            e->core = fewer;
    }
}

static const struct pl_asked *asked_of(const struct pl_problem *problem,
                                       const struct pl_demand *demand)
{
    for (size_t i = 0; i < problem->roots.len; i++)
        if (problem->roots.at[i].demand == demand)
            return problem->roots.at[i].asked;
    return NULL;
}

/* ---- a project that has nothing to offer ---- */

static const char *const exclusion_texts[PL_EXCLUSION_COUNT] = {
    [PL_EXCLUDED_TAGS] = "has no wheel for this Python and platform",
    [PL_EXCLUDED_WHEEL] = "exists only as wheels, which --no-binary excludes",
    [PL_EXCLUDED_PYTHON] = "asks for another Python",
    [PL_EXCLUDED_YANKED] = "is yanked",
    [PL_EXCLUDED_NEWER] = "is newer than --exclude-newer",
    [PL_EXCLUDED_PRERELEASE] = "is a pre-release",
    [PL_EXCLUDED_CONSTRAINT] = "is forbidden by a constraint",
    [PL_EXCLUDED_SOURCE] =
        "exists only as source, which --only-binary excludes",
    [PL_EXCLUDED_HASH] = "has no sha256 in the index",
    [PL_EXCLUDED_OTHER_HASH] = "has another hash than a --hash says",
    [PL_EXCLUDED_VARIANT] = "is built for another CUDA than the template's",
    [PL_EXCLUDED_METADATA] = "has metadata that cannot be used",
};

static const char *const exclusion_texts_many[PL_EXCLUSION_COUNT] = {
    [PL_EXCLUDED_TAGS] = "have no wheel for this Python and platform",
    [PL_EXCLUDED_WHEEL] = "exist only as wheels, which --no-binary excludes",
    [PL_EXCLUDED_PYTHON] = "ask for another Python",
    [PL_EXCLUDED_YANKED] = "are yanked",
    [PL_EXCLUDED_NEWER] = "are newer than --exclude-newer",
    [PL_EXCLUDED_PRERELEASE] = "are pre-releases",
    [PL_EXCLUDED_CONSTRAINT] = "are forbidden by a constraint",
    [PL_EXCLUDED_SOURCE] = "exist only as source, which --only-binary excludes",
    [PL_EXCLUDED_HASH] = "have no sha256 in the index",
    [PL_EXCLUDED_OTHER_HASH] = "have another hash than a --hash says",
    [PL_EXCLUDED_VARIANT] = "are built for another CUDA than the template's",
    [PL_EXCLUDED_METADATA] = "have metadata that cannot be used",
};

static bool has_candidate(const struct pl_demand *demand)
{
    const struct pl_project *project = demand->project;
    for (size_t i = 0; i < project->candidate_count; i++)
        if (project->candidates[i].state != PL_CANDIDATE_UNUSABLE &&
            pl_demand_matches(demand, i))
            return true;
    return project->page_state == PL_PAGE_UNREAD;
}

static void count_exclusions(const struct pl_demand *demand,
                             size_t counts[PL_EXCLUSION_COUNT])
{
    const struct pl_project *project = demand->project;
    for (size_t i = 0; i < project->excluded.len; i++) {
        const struct pl_excluded *x = &project->excluded.at[i];
        if (pl_specifier_match(demand->specifier, x->version))
            counts[x->why]++;
    }
}

/* Why the metadata of the most preferred of them cannot be used. */
static void tell_unusable(const struct pl_demand *demand, struct pl_buf *out)
{
    const struct pl_project *project = demand->project;
    for (size_t i = 0; i < project->candidate_count; i++) {
        const struct pl_candidate *c = &project->candidates[i];
        if (c->state != PL_CANDIDATE_UNUSABLE || !pl_demand_matches(demand, i))
            continue;
        pl_buf_addf(out, "\n  %.*s ", PL_STR_ARG(project->name));
        pl_version_print(c->version, out);
        pl_buf_add_cstr(out, ": ");
        pl_escape_terminal(out, c->reason);
        return;
    }
}

static void tell_excluded(const struct pl_demand *demand, struct pl_buf *out)
{
    const struct pl_project *project = demand->project;
    size_t counts[PL_EXCLUSION_COUNT] = {0};
    if (project->page_state == PL_PAGE_ABSENT) {
        pl_buf_addf(out, "no index has a project named %.*s",
                    PL_STR_ARG(project->name));
        return;
    }
    count_exclusions(demand, counts);
    bool any = false;
    for (size_t i = 0; i < PL_EXCLUSION_COUNT; i++) {
        if (!counts[i])
            continue;
        pl_buf_addf(out, "%s%zu version%s %s", any ? ", " : "", counts[i],
                    counts[i] == 1 ? "" : "s",
                    counts[i] == 1 ? exclusion_texts[i]
                                   : exclusion_texts_many[i]);
        any = true;
    }
    if (!any) {
        pl_buf_addf(out, "the index has no version that matches %.*s",
                    PL_STR_ARG(demand->text));
        return;
    }
    pl_buf_addf(out, " (of those that match %.*s)", PL_STR_ARG(demand->text));
    tell_unusable(demand, out);
}

/* The most preferred version whose need has no candidate at all. */
static const struct pl_demand *hopeless_need(struct explainer *e,
                                             const struct pl_demand *demand,
                                             struct pl_candidate **whose)
{
    struct pl_project *project = demand->project;
    for (size_t i = 0; i < project->candidate_count; i++) {
        struct pl_candidate *c = &project->candidates[i];
        if (!pl_demand_matches(demand, i))
            continue;
        const struct pl_needs *needs =
            pl_candidate_needs(e->problem, c, (struct pl_str){0});
        for (size_t n = 0; needs && n < needs->count; n++)
            if (needs->demands[n]->project->candidates &&
                !has_candidate(needs->demands[n])) {
                *whose = c;
                return needs->demands[n];
            }
    }
    return NULL;
}

/*
 * ---- the text ----
 *
 * Its lines are podlock's: a line break in what a rule, a record or a file
 * name says must not begin one.
 */

static bool is_in_core(const struct explainer *e,
                       const struct pl_project *project)
{
    for (size_t i = 0; i < e->core.len; i++) {
        const struct pl_job *job = &e->core.at[i];
        if ((job->demand ? job->demand->project : job->project) == project)
            return true;
    }
    return false;
}

/* What the fact asks of the others that are told about. */
static void tell_fact_needs(const struct explainer *e,
                            struct pl_project *project, struct pl_buf *out)
{
    struct pl_candidate *fact =
        &project->candidates[pl_project_fact_index(project)];
    const struct pl_needs *needs =
        pl_candidate_needs(e->problem, fact, (struct pl_str){0});
    for (size_t i = 0; needs && i < needs->count; i++)
        if (is_in_core(e, needs->demands[i]->project))
            pl_buf_addf(out, "; it needs %.*s",
                        PL_STR_ARG(needs->demands[i]->text));
}

static void tell_job(struct explainer *e, const struct pl_job *job, bool first,
                     struct pl_buf *out)
{
    if (!first)
        pl_buf_add_cstr(out, "\n  and ");
    if (job->kind == PL_JOB_DEMAND) {
        const struct pl_asked *asked = asked_of(e->problem, job->demand);
        pl_escape_terminal(out, asked->where);
        pl_buf_addf(out, " asks for %.*s", PL_STR_ARG(asked->req.text));
        return;
    }
    const struct pl_fact *fact = job->project->fact;
    pl_buf_add_cstr(out, "the template ");
    pl_escape_terminal(out, e->problem->template->id);
    pl_buf_addf(out, " has %.*s %.*s", PL_STR_ARG(fact->name),
                PL_STR_ARG(fact->version.text));
    pl_buf_add_cstr(out, job->kind == PL_JOB_PRESENT
                             ? ", which podlock never takes away"
                         : fact->protect == PL_PROTECT_LOCKED
                             ? ", which podlock never replaces"
                             : ", which may not be replaced");
    tell_fact_needs(e, job->project, out);
}

static void tell_rules(struct explainer *e, struct pl_buf *out)
{
    PL_ARENA(scratch);
    size_t *chosen =
        pl_new_array(&scratch, size_t, pl_problem_project_count(e->problem));
    pl_core_vec cores = {0};
    if (pl_pool_solve(e->pool, &e->core, chosen, &cores))
        return;
    for (size_t i = 0; i < cores.at[0].rules.len; i++) {
        const struct pl_abi_rule *rule = cores.at[0].rules.at[i];
        pl_buf_add_cstr(out, "\n  and rule ");
        pl_escape_terminal(out, rule->id);
        pl_buf_addf(out, ": %.*s%.*s does not work with %.*s%.*s (",
                    PL_STR_ARG(rule->package), PL_STR_ARG(rule->versions.text),
                    PL_STR_ARG(rule->other),
                    PL_STR_ARG(rule->other_versions.text));
        pl_escape_terminal(out, rule->reason);
        pl_buf_add_cstr(out, "; ");
        pl_escape_terminal(out, rule->evidence);
        pl_buf_add_char(out, ')');
    }
}

static void tell_core(struct explainer *e, struct pl_buf *out)
{
    size_t shown = 0;
    for (size_t i = 0; i < e->core.len; i++)
        tell_job(e, &e->core.at[i], shown++ == 0, out);
    tell_rules(e, out);
    for (size_t i = 0; i < e->core.len; i++) {
        const struct pl_demand *demand = e->core.at[i].demand;
        struct pl_candidate *whose = NULL;
        const struct pl_demand *need =
            demand ? hopeless_need(e, demand, &whose) : NULL;
        if (!need)
            continue;
        pl_buf_addf(out, "\n  and %.*s ", PL_STR_ARG(demand->project->name));
        pl_version_print(whose->version, out);
        pl_buf_addf(out, " needs %.*s: ", PL_STR_ARG(need->text));
        tell_excluded(need, out);
        return;
    }
}

/* The first of the user's lines in the core. */
static const struct pl_job *first_demand(const struct explainer *e)
{
    for (size_t i = 0; i < e->core.len; i++)
        if (e->core.at[i].kind == PL_JOB_DEMAND)
            return &e->core.at[i];
    return NULL;
}

static void set_fix(const struct explainer *e, struct pl_error *why)
{
    for (size_t i = 0; i < e->core.len; i++) {
        const struct pl_job *job = &e->core.at[i];
        if (job->kind != PL_JOB_STAY)
            continue;
        bool locked = job->project->fact->protect == PL_PROTECT_LOCKED;
        pl_error_hint(why,
                      "widen the line, %sor choose a template with another "
                      "%.*s (podlock templates list)",
                      locked ? "" : "leave out --replace never, ",
                      PL_STR_ARG(job->project->name));
        return;
    }
}

void pl_explain(struct pl_problem *problem, struct pl_pool *pool,
                const pl_job_vec *jobs, struct pl_core core,
                struct pl_error *why)
{
    struct explainer e = {.problem = problem, .pool = pool};
    for (size_t i = 0; i < core.count; i++)
        pl_vec_push(problem->arena, &e.core, jobs->at[core.jobs[i]]);
    minimize(&e);
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    const struct pl_job *job = first_demand(&e);
    if (!job) {
        tell_core(&e, &text);
        pl_error_plain(why, PL_ERR_NO, "the template contradicts itself");
        pl_error_because(why, "%.*s", PL_STR_ARG(pl_buf_view(&text)));
        return;
    }
    const struct pl_asked *asked = asked_of(problem, job->demand);
    pl_error_set(why, PL_ERR_NO, asked->span, "`%.*s` cannot be met",
                 PL_STR_ARG(asked->req.text));
    if (!has_candidate(job->demand))
        tell_excluded(job->demand, &text);
    else
        tell_core(&e, &text);
    pl_error_because(why, "%.*s", PL_STR_ARG(pl_buf_view(&text)));
    set_fix(&e, why);
}
