#include "resolver/decide.h"

#include "core/trace.h"
#include "resolver/pool_internal.h"

#define UNDECIDED SIZE_MAX

/* A name to decide, and the extra that asked for it. */
struct visit {
    struct pl_project *project;
    struct pl_str extra;
    bool is_done;
};

struct decider {
    struct pl_pool *pool;
    struct pl_arena *arena;
    pl_job_vec *jobs;
    size_t *chosen;         /* the witness, by project number */
    size_t *decided;        /* option, or UNDECIDED, by project number */
    pl_demand_vec *imposed; /* on a project, by what is decided */
    PL_VEC(struct visit) queue;
    size_t next_upgraded, next_pinned, next; /* in the queue */
    struct pl_refutations *known;
    struct pl_decision *out;
};

static struct pl_pool_project *pool_project(const struct decider *d,
                                            const struct pl_project *project)
{
    return pl_pool_project(d->pool, project);
}

static void impose(struct decider *d, struct pl_demand *demand)
{
    pl_vec_push(d->arena, &d->imposed[demand->project->number], demand);
}

static void push_visit(struct decider *d, struct pl_project *project,
                       struct pl_str extra)
{
    for (size_t i = 0; i < d->queue.len; i++)
        if (d->queue.at[i].project == project &&
            pl_str_eq(d->queue.at[i].extra, extra))
            return;
    pl_vec_push(d->arena, &d->queue, (struct visit){project, extra, false});
}

static void visit_demand(struct decider *d, struct pl_demand *demand)
{
    push_visit(d, demand->project, (struct pl_str){0});
    if (demand->extra.len)
        push_visit(d, demand->project, demand->extra);
}

/* ---- options that cannot be, seen without the solver ---- */

static bool breaks_imposed(const struct decider *d,
                           const struct pl_option *option)
{
    const pl_demand_vec *imposed = &d->imposed[option->project->number];
    for (size_t i = 0; i < imposed->len; i++)
        if (!pl_option_provides(option, imposed->at[i]))
            return true;
    return false;
}

static bool needs_are_refused(const struct decider *d,
                              const struct pl_option *option)
{
    struct pl_candidate *candidate = pl_option_candidate(option);
    if (!candidate)
        return false;
    const struct pl_needs *needs =
        pl_candidate_needs(d->pool->problem, candidate, (struct pl_str){0});
    for (size_t i = 0; needs && i < needs->count; i++) {
        const struct pl_demand *need = needs->demands[i];
        size_t decided = d->decided[need->project->number];
        if (decided == UNDECIDED)
            continue;
        const struct pl_pool_project *pp = pool_project(d, need->project);
        if (!pl_option_provides(&pp->options.at[decided], need))
            return true;
    }
    return false;
}

/* ---- what earlier rounds refuted ---- */

static bool still_decided(const struct decider *d, const struct pl_option *was)
{
    size_t decided = d->decided[was->project->number];
    if (decided == UNDECIDED)
        return false;
    const struct pl_option *is =
        &pool_project(d, was->project)->options.at[decided];
    return is->kind != PL_OPTION_UNREAD_PAGE && is->first >= was->first &&
           is->last <= was->last;
}

/* No candidate of the project before this one needs to be tried. */
static size_t refuted_bound(const struct decider *d,
                            const struct pl_project *project)
{
    size_t bound = 0;
    for (size_t i = 0; i < d->known->list.len; i++) {
        const struct pl_refutation *r = &d->known->list.at[i];
        bool holds = r->project == project && r->bound > bound;
        for (size_t n = 0; holds && n < r->count; n++)
            holds = still_decided(d, &r->while_decided[n]);
        if (holds)
            bound = r->bound;
    }
    return bound;
}

/* Until then a candidate's number may change. */
static bool has_page(const struct pl_project *project)
{
    return project->page_state == PL_PAGE_READ ||
           project->page_state == PL_PAGE_ABSENT;
}

/* A fact that stays because it could, not because it has to. */
static bool is_tried(const struct decider *d, const struct pl_job *job)
{
    const struct pl_problem *problem = d->pool->problem;
    return job->kind == PL_JOB_STAY &&
           problem->policy.replace == PL_REPLACE_FREELY &&
           !pl_fact_is_hard(problem, job->project->fact);
}

static void remember(struct decider *d, struct pl_project *project,
                     size_t option, const struct pl_core *core)
{
    struct pl_arena *arena = d->pool->problem->arena;
    const struct pl_pool_project *pp = pool_project(d, project);
    PL_VEC(struct pl_option) decided = {0};
    for (size_t i = 0; i < core->count; i++) {
        const struct pl_job *job = &d->jobs->at[core->jobs[i]];
        if (is_tried(d, job))
            return; /* whether the fact stays is asked again each round */
        if (job->kind != PL_JOB_OPTION)
            continue;
        struct pl_option is =
            pool_project(d, job->project)->options.at[job->option];
        if (!has_page(job->project))
            return;
        pl_vec_push(arena, &decided, is);
    }
    if (!has_page(project))
        return;
    pl_vec_push(arena, &d->known->list,
                (struct pl_refutation){
                    .project = project,
                    .bound = pp->options.at[option].first,
                    .while_decided = decided.at,
                    .count = decided.len,
                });
}

/* ---- deciding ---- */

static bool may_improve(const struct decider *d,
                        const struct pl_pool_project *pp, size_t before)
{
    size_t bound = refuted_bound(d, pp->project);
    for (size_t i = 0; i < before; i++)
        if (pp->options.at[i].first >= bound &&
            !breaks_imposed(d, &pp->options.at[i]) &&
            !needs_are_refused(d, &pp->options.at[i]))
            return true;
    return false;
}

/* One solve: is there an answer with something before the option? */
static bool find_better(struct decider *d, struct pl_project *project,
                        size_t option)
{
    struct pl_job before = {
        .kind = PL_JOB_BEFORE, .project = project, .option = option};
    /* first in the list: the solver then fails soon where it must */
    struct pl_job displaced = d->jobs->at[0];
    d->jobs->at[0] = before;
    pl_vec_push(d->pool->problem->arena, d->jobs, displaced);
    pl_core_vec cores = {0};
    d->out->solves++;
    bool better = pl_pool_solve(d->pool, d->jobs, d->chosen, &cores);
    if (!better)
        remember(d, project, option, &cores.at[0]);
    d->jobs->len--;
    d->jobs->at[0] = displaced;
    return better;
}

static void improve(struct decider *d, struct pl_project *project)
{
    const struct pl_pool_project *pp = pool_project(d, project);
    size_t *option = &d->chosen[project->number];
    while (may_improve(d, pp, *option))
        if (!find_better(d, project, *option))
            return;
}

/* Does the witness have the pin then? */
static bool can_keep_pin(struct decider *d, struct pl_project *project)
{
    const struct pl_pool_project *pp = pool_project(d, project);
    const struct pl_option *first = &pp->options.at[0];
    if (d->chosen[project->number] == 0)
        return first->first == 0;
    return first->first == 0 && !refuted_bound(d, project) &&
           !breaks_imposed(d, first) && !needs_are_refused(d, first) &&
           find_better(d, project, 1);
}

static void impose_needs(struct decider *d, const struct pl_needs *needs,
                         bool visit)
{
    for (size_t i = 0; needs && i < needs->count; i++) {
        impose(d, needs->demands[i]);
        if (visit)
            visit_demand(d, needs->demands[i]);
    }
}

static void record(struct decider *d, struct pl_project *project, bool is_fact)
{
    size_t option = d->decided[project->number];
    pl_vec_push(d->pool->problem->arena, &d->out->order,
                (struct pl_decided){project, option, is_fact});
}

static void decide(struct decider *d, struct pl_project *project)
{
    if (!d->pool->problem->any_answer)
        improve(d, project);
    size_t option = d->chosen[project->number];
    d->decided[project->number] = option;
    pl_vec_push(d->pool->problem->arena, d->jobs,
                (struct pl_job){.kind = PL_JOB_OPTION,
                                .project = project,
                                .option = option});
    const struct pl_pool_project *pp = pool_project(d, project);
    record(d, project, option == pp->fact_option);
}

/* Else what a fact needs is there with it, and decided with all facts. */
static bool are_facts_lifted(const struct decider *d)
{
    return d->pool->problem->lifted.facts != NULL;
}

/* True. */
static bool visit(struct decider *d, size_t n)
{
    struct visit v = d->queue.at[n];
    d->queue.at[n].is_done = true;
    const struct pl_pool_project *pp = pool_project(d, v.project);
    size_t *decided = &d->decided[v.project->number];
    if (!v.extra.len && *decided == UNDECIDED)
        decide(d, v.project);
    else if (!v.extra.len)
        record(d, v.project, true);
    const struct pl_option *option = &pp->options.at[*decided];
    struct pl_candidate *candidate = pl_option_candidate(option);
    bool is_fact = *decided == pp->fact_option;
    if (!candidate || (is_fact && !v.extra.len && !are_facts_lifted(d)))
        return true;
    impose_needs(d, pl_candidate_needs(d->pool->problem, candidate, v.extra),
                 true);
    return true;
}

/* Facts that stay are decided before anything else. */
static void decide_facts(struct decider *d)
{
    for (size_t i = 0; i < d->jobs->len; i++) {
        const struct pl_job *job = &d->jobs->at[i];
        if (job->kind != PL_JOB_STAY)
            continue;
        const struct pl_pool_project *pp = pool_project(d, job->project);
        struct pl_candidate *fact =
            pl_option_candidate(&pp->options.at[pp->fact_option]);
        d->decided[job->project->number] = pp->fact_option;
        impose_needs(
            d, pl_candidate_needs(d->pool->problem, fact, (struct pl_str){0}),
            are_facts_lifted(d));
    }
}

static int compare_names(const void *a, const void *b)
{
    return pl_str_cmp((*(struct pl_project *const *)a)->name,
                      (*(struct pl_project *const *)b)->name);
}

static bool can_stay(struct decider *d, struct pl_project **projects,
                     size_t count)
{
    size_t before = d->jobs->len;
    for (size_t i = 0; i < count; i++)
        if (pool_project(d, projects[i])->fact_option == SIZE_MAX)
            return false; /* pruned: it cannot be in any answer */
    for (size_t i = 0; i < count; i++)
        pl_vec_push(
            d->pool->problem->arena, d->jobs,
            (struct pl_job){.kind = PL_JOB_STAY, .project = projects[i]});
    d->out->solves++;
    if (pl_pool_solve(d->pool, d->jobs, d->chosen, NULL))
        return true;
    d->jobs->len = before;
    return false;
}

/*
 * Packages that may change and that no requirement reached stay, if they can;
 * by name. Under `if-needed` it is proved already that none of them can.
 */
static void visit_released(struct decider *d, size_t job_count)
{
    PL_VEC(struct pl_project *) left = {0};
    for (size_t i = 0; i < job_count; i++) {
        const struct pl_job *job = &d->jobs->at[i];
        if (job->kind == PL_JOB_PRESENT &&
            d->decided[job->project->number] == UNDECIDED)
            pl_vec_push(d->arena, &left, job->project);
    }
    bool freely = d->pool->problem->policy.replace == PL_REPLACE_FREELY &&
                  !are_facts_lifted(d);
    if (!left.len || (freely && can_stay(d, left.at, left.len)))
        return;
    qsort(left.at, left.len, sizeof(left.at[0]), compare_names);
    for (size_t i = 0; i < left.len; i++)
        if (!freely || !can_stay(d, &left.at[i], 1))
            push_visit(d, left.at[i], (struct pl_str){0});
}

static bool keeps_pin(struct decider *d, const struct visit *v)
{
    if (!v->project->pin || d->pool->problem->any_answer)
        return false;
    if (d->decided[v->project->number] != UNDECIDED)
        return true;
    return !v->extra.len && can_keep_pin(d, v->project);
}

/* False when nothing is left to be visited. */
static bool visit_next(struct decider *d)
{
    const struct visit *v;
    for (; d->next_upgraded < d->queue.len; d->next_upgraded++) {
        v = &d->queue.at[d->next_upgraded];
        if (!v->is_done && v->project->is_upgraded)
            return visit(d, d->next_upgraded);
    }
    for (; d->next_pinned < d->queue.len; d->next_pinned++) {
        v = &d->queue.at[d->next_pinned];
        if (!v->is_done && keeps_pin(d, v))
            return visit(d, d->next_pinned);
    }
    for (; d->next < d->queue.len; d->next++)
        if (!d->queue.at[d->next].is_done)
            return visit(d, d->next);
    return false;
}

static void visit_all(struct decider *d)
{
    while (visit_next(d))
        ;
}

void pl_decide(struct pl_pool *pool, pl_job_vec *jobs, size_t *chosen,
               struct pl_refutations *known, struct pl_decision *out)
{
    struct pl_arena *arena = pool->arena;
    size_t count = pool->by_number.len, job_count = jobs->len;
    struct decider d = {
        .pool = pool,
        .arena = arena,
        .jobs = jobs,
        .chosen = chosen,
        .decided = pl_new_array(arena, size_t, count),
        .imposed = pl_new_array(arena, pl_demand_vec, count),
        .known = known,
        .out = out,
    };
    for (size_t i = 0; i < count; i++)
        d.decided[i] = UNDECIDED;
    decide_facts(&d);
    const struct pl_problem *problem = pool->problem;
    for (size_t i = 0; i < problem->roots.len; i++)
        impose(&d, problem->roots.at[i].demand);
    for (size_t i = 0; i < problem->roots.len; i++)
        visit_demand(&d, problem->roots.at[i].demand);
    visit_all(&d);
    visit_released(&d, job_count);
    visit_all(&d);
    out->imposed = d.imposed;
}
