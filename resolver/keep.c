#include "resolver/keep.h"

#include "core/limits.h"
#include "core/trace.h"

/* Steps of one search for a smallest set before settling for less. */
#define MAX_STEPS 200000
/* When all searches of a run have taken so many, the first set is taken. */
#define MAX_ALL_STEPS 1000000
/* An os package outweighs every number of others. */
#define OS_WEIGHT 1000000u

void pl_keep_init(struct pl_keep *keep, struct pl_problem *problem)
{
    *keep = (struct pl_keep){.problem = problem, .number_minimal = true};
}

static void make_room(struct pl_keep *keep)
{
    size_t count = pl_problem_project_count(keep->problem);
    if (keep->released_len >= count)
        return;
    bool *grown = pl_new_array(keep->problem->arena, bool, count);
    if (keep->released_len)
        memcpy(grown, keep->released, keep->released_len);
    keep->released = grown;
    keep->released_len = count;
}

static bool may_go(const struct pl_keep *keep, const struct pl_project *project)
{
    return !pl_fact_is_hard(keep->problem, project->fact);
}

static bool stays(const struct pl_keep *keep, const struct pl_project *project)
{
    if (!project->fact || pl_fact_is_lifted(keep->problem, project->fact))
        return false;
    if (!may_go(keep, project))
        return true;
    return keep->problem->policy.replace != PL_REPLACE_FREELY &&
           !(project->number < keep->released_len &&
             keep->released[project->number]);
}

bool *pl_keep_staying(const struct pl_keep *keep, struct pl_arena *arena,
                      size_t *count)
{
    *count = pl_problem_project_count(keep->problem);
    bool *staying = pl_new_array(arena, bool, *count);
    for (size_t i = 0; i < *count; i++)
        staying[i] = stays(keep, pl_problem_project_at(keep->problem, i));
    return staying;
}

static int compare_choices(const void *a, const void *b)
{
    const struct pl_job *x = a, *y = b;
    if (x->option != y->option)
        return x->option < y->option ? -1 : 1;
    return (x->demand->number > y->demand->number) -
           (x->demand->number < y->demand->number);
}

static size_t count_choices(const struct pl_pool *pool,
                            const struct pl_demand *demand)
{
    const struct pl_pool_project *pp = pl_pool_project(pool, demand->project);
    size_t count = 0;
    for (size_t i = 0; i < pp->options.len; i++)
        count += pl_option_provides(&pp->options.at[i], demand);
    return count;
}

/* Fewest choices first: the solver then fails soon where it must fail. */
static void push_root_jobs(const struct pl_keep *keep,
                           const struct pl_pool *pool, pl_job_vec *jobs)
{
    const struct pl_problem *problem = keep->problem;
    for (size_t i = 0; i < problem->roots.len; i++) {
        struct pl_demand *demand = problem->roots.at[i].demand;
        pl_vec_push(problem->arena, jobs,
                    (struct pl_job){.kind = PL_JOB_DEMAND,
                                    .demand = demand,
                                    .option = count_choices(pool, demand)});
    }
    if (jobs->len)
        qsort(jobs->at, jobs->len, sizeof(jobs->at[0]), compare_choices);
}

void pl_keep_jobs(const struct pl_keep *keep, struct pl_pool *pool,
                  pl_job_vec *jobs)
{
    struct pl_problem *problem = keep->problem;
    struct pl_arena *arena = problem->arena;
    jobs->len = 0;
    push_root_jobs(keep, pool, jobs);
    for (size_t i = 0; i < pl_problem_project_count(problem); i++) {
        struct pl_project *project = pl_problem_project_at(problem, i);
        if (!project->fact || !pl_pool_project(pool, project) ||
            pl_fact_is_lifted(problem, project->fact))
            continue;
        pl_vec_push(arena, jobs,
                    (struct pl_job){.kind = stays(keep, project)
                                                ? PL_JOB_STAY
                                                : PL_JOB_PRESENT,
                                    .project = project});
    }
}

/* ---- what every answer needs ---- */

/* Counts, by project number, the options that need each project. */
static void count_needs(struct pl_problem *problem,
                        const struct pl_pool_project *pp, size_t *counts,
                        size_t *last, size_t stamp)
{
    for (size_t i = 0; i < pp->options.len; i++) {
        struct pl_candidate *candidate =
            pl_option_candidate(&pp->options.at[i]);
        const struct pl_needs *needs =
            candidate
                ? pl_candidate_needs(problem, candidate, (struct pl_str){0})
                : NULL;
        for (size_t n = 0; needs && n < needs->count; n++) {
            size_t number = needs->demands[n]->project->number;
            if (last[number] == stamp + i)
                continue;
            last[number] = stamp + i;
            counts[number]++;
        }
    }
}

static void push_forced(pl_job_vec *jobs, struct pl_arena *arena,
                        struct pl_pool_project *pp, bool *seen)
{
    if (!pp || seen[pp->project->number] || pp->project->fact)
        return;
    seen[pp->project->number] = true;
    pl_vec_push(arena, jobs,
                (struct pl_job){.kind = PL_JOB_FORCED,
                                .project = pp->project,
                                .option = pp->options.len});
}

static int compare_any_choices(const void *a, const void *b)
{
    const struct pl_job *x = a, *y = b;
    bool x_free = x->kind == PL_JOB_DEMAND || x->kind == PL_JOB_FORCED;
    bool y_free = y->kind == PL_JOB_DEMAND || y->kind == PL_JOB_FORCED;
    if (x_free != y_free)
        return x_free ? 1 : -1;
    if (x_free && x->option != y->option)
        return x->option < y->option ? -1 : 1;
    return 0;
}

void pl_keep_add_forced(const struct pl_keep *keep, struct pl_pool *pool,
                        pl_job_vec *jobs)
{
    PL_ARENA(scratch);
    struct pl_problem *problem = keep->problem;
    size_t count = pl_problem_project_count(problem), stamp = 1;
    bool *seen = pl_new_array(&scratch, bool, count);
    size_t *last = pl_new_array(&scratch, size_t, count);
    for (size_t i = 0; i < jobs->len; i++) {
        const struct pl_job *job = &jobs->at[i];
        struct pl_project *project =
            job->demand ? job->demand->project : job->project;
        struct pl_pool_project *pp = pl_pool_project(pool, project);
        if (job->kind == PL_JOB_STAY || job->kind == PL_JOB_PRESENT)
            continue;
        size_t *counts = pl_new_array(&scratch, size_t, count);
        seen[project->number] = true;
        count_needs(problem, pp, counts, last, stamp);
        stamp += pp->options.len;
        for (size_t n = 0; n < count; n++)
            if (counts[n] && counts[n] == pp->options.len)
                push_forced(
                    jobs, problem->arena,
                    pl_pool_project(pool, pl_problem_project_at(problem, n)),
                    seen);
    }
    qsort(jobs->at, jobs->len, sizeof(jobs->at[0]), compare_any_choices);
}

/* ---- the smallest set that meets every proof ---- */

static uint32_t weight(const struct pl_project *project)
{
    return project->fact->protect == PL_PROTECT_OS ? OS_WEIGHT : 1;
}

/* Dearest first: os packages, then by name. */
static int compare_dear(const struct pl_project *a, const struct pl_project *b)
{
    if (weight(a) != weight(b))
        return weight(a) > weight(b) ? -1 : 1;
    return pl_str_cmp(a->name, b->name);
}

static int compare_dear_by(const void *a, const void *b)
{
    return compare_dear(*(struct pl_project *const *)a,
                        *(struct pl_project *const *)b);
}

struct hitting {
    const struct pl_keep *keep;
    struct pl_project **names; /* all of the proofs, dearest first */
    size_t *positions;         /* among them, by project number */
    size_t count;
    bool *taken, *best; /* by position in names */
    uint64_t best_weight;
    size_t steps, max_steps;
    size_t *counted; /* by position: the step that counted the name */
};

static bool is_met(const struct hitting *h, const struct pl_keep_proof *proof)
{
    for (size_t n = 0; n < proof->count; n++)
        if (h->taken[h->positions[proof->projects[n]->number]])
            return true;
    return false;
}

static const struct pl_keep_proof *first_unmet(const struct hitting *h)
{
    for (size_t i = 0; i < h->keep->proofs.len; i++)
        if (!is_met(h, &h->keep->proofs.at[i]))
            return &h->keep->proofs.at[i];
    return NULL;
}

/* Shares no name with those counted in this step; its names count from now. */
static bool is_apart(struct hitting *h, const struct pl_keep_proof *proof)
{
    for (size_t n = 0; n < proof->count; n++)
        if (h->counted[h->positions[proof->projects[n]->number]] == h->steps)
            return false;
    for (size_t n = 0; n < proof->count; n++)
        h->counted[h->positions[proof->projects[n]->number]] = h->steps;
    return true;
}

/* What the unmet proofs cost at least: those that share no names add up. */
static uint64_t weight_to_come(struct hitting *h)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < h->keep->proofs.len; i++) {
        const struct pl_keep_proof *proof = &h->keep->proofs.at[i];
        if (!is_met(h, proof) && is_apart(h, proof))
            sum += weight(proof->projects[proof->count - 1]);
    }
    return sum;
}

/* Of equal weight, what is taken already is no reason to go on. */
static bool gives_up_earlier(const struct hitting *h)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->taken[i] != h->best[i])
            return h->taken[i];
    return true;
}

static bool cannot_win(struct hitting *h, uint64_t weight_so_far)
{
    uint64_t least = weight_so_far + weight_to_come(h);
    return least > h->best_weight ||
           (least == h->best_weight && gives_up_earlier(h));
}

static void search(struct hitting *h, uint64_t weight_so_far)
{
    bool has_set = h->best_weight != UINT64_MAX;
    if ((h->steps++ > h->max_steps && has_set) || cannot_win(h, weight_so_far))
        return;
    const struct pl_keep_proof *proof = first_unmet(h);
    if (!proof) {
        h->best_weight = weight_so_far;
        memcpy(h->best, h->taken, h->count);
        return;
    }
    /* the cheapest and last names first: a good set early prunes the rest */
    for (size_t n = proof->count; n-- > 0;) {
        size_t at = h->positions[proof->projects[n]->number];
        if (h->taken[at])
            continue;
        h->taken[at] = true;
        search(h, weight_so_far + weight(proof->projects[n]));
        h->taken[at] = false;
    }
}

static void collect_names(struct pl_keep *keep, struct hitting *h)
{
    struct pl_arena *arena = keep->problem->arena;
    PL_VEC(struct pl_project *) names = {0};
    bool *seen = pl_new_array(arena, bool, keep->released_len);
    for (size_t i = 0; i < keep->proofs.len; i++) {
        const struct pl_keep_proof *proof = &keep->proofs.at[i];
        for (size_t n = 0; n < proof->count; n++) {
            struct pl_project *project = proof->projects[n];
            if (!seen[project->number])
                pl_vec_push(arena, &names, project);
            seen[project->number] = true;
        }
    }
    qsort(names.at, names.len, sizeof(names.at[0]), compare_dear_by);
    h->names = names.at;
    h->count = names.len;
    h->positions = pl_new_array(arena, size_t, keep->released_len);
    for (size_t i = 0; i < names.len; i++)
        h->positions[names.at[i]->number] = i;
}

/* A search that was given up may hold names that its later ones made idle. */
static void drop_idle(struct hitting *h)
{
    memcpy(h->taken, h->best, h->count);
    for (size_t i = 0; i < h->count; i++) {
        bool was = h->taken[i];
        h->taken[i] = false;
        if (was && first_unmet(h))
            h->taken[i] = true;
    }
    memcpy(h->best, h->taken, h->count);
}

static void choose_released(struct pl_keep *keep)
{
    struct hitting h = {.keep = keep, .best_weight = UINT64_MAX};
    make_room(keep);
    collect_names(keep, &h);
    h.taken = pl_new_array(keep->problem->arena, bool, h.count + 1);
    h.best = pl_new_array(keep->problem->arena, bool, h.count + 1);
    h.counted = pl_new_array(keep->problem->arena, size_t, h.count + 1);
    h.max_steps = keep->steps < MAX_ALL_STEPS ? MAX_STEPS : 0;
    search(&h, 0);
    keep->steps += h.steps;
    if (h.steps > h.max_steps)
        drop_idle(&h);
    memset(keep->released, 0, keep->released_len);
    size_t replaced = 0;
    for (size_t i = 0; i < h.count; i++) {
        keep->released[h.names[i]->number] = h.best[i];
        replaced += h.best[i];
    }
    keep->number_minimal =
        h.steps <= h.max_steps && replaced <= PL_MAX_NUMBER_MINIMAL;
}

/* ---- proofs ---- */

static bool add_proof(struct pl_keep *keep, struct pl_project *const *facts,
                      size_t count)
{
    struct pl_arena *arena = keep->problem->arena;
    struct pl_keep_proof proof = {
        .projects = pl_new_array(arena, struct pl_project *, count),
    };
    for (size_t i = 0; i < count; i++)
        if (may_go(keep, facts[i]))
            proof.projects[proof.count++] = facts[i];
    if (!proof.count)
        return false;
    qsort(proof.projects, proof.count, sizeof(proof.projects[0]),
          compare_dear_by);
    pl_vec_push(arena, &keep->proofs, proof);
    PL_TRACE(PL_TRACE_SOLVE, "a proof rests on %zu facts, first %.*s",
             proof.count, PL_STR_ARG(proof.projects[0]->name));
    return true;
}

bool pl_keep_learn(struct pl_keep *keep, struct pl_project *const *facts,
                   size_t count)
{
    if (!add_proof(keep, facts, count))
        return false;
    choose_released(keep);
    return true;
}

bool pl_keep_learn_cores(struct pl_keep *keep, const pl_job_vec *jobs,
                         const pl_core_vec *cores, struct pl_core *final)
{
    for (size_t i = 0; i < cores->len; i++) {
        PL_VEC(struct pl_project *) facts = {0};
        for (size_t n = 0; n < cores->at[i].count; n++) {
            const struct pl_job *job = &jobs->at[cores->at[i].jobs[n]];
            if (job->kind == PL_JOB_STAY)
                pl_vec_push(keep->problem->arena, &facts, job->project);
        }
        if (!add_proof(keep, facts.at, facts.len)) {
            *final = cores->at[i];
            return false;
        }
    }
    choose_released(keep);
    return true;
}
