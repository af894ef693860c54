#include <solv/pool.h>
#include <solv/problems.h>
#include <solv/queue.h>
#include <solv/solver.h>
#include <solv/util.h>

#include "resolver/pool_internal.h"

/* Takes the place of libsolv's own, which would abort(). */
__attribute__((visibility("default"))) void solv_oom(size_t count, size_t size)
{
    (void)count;
    (void)size;
    pl_out_of_memory();
}

static void finish_queue(Queue *queue)
{
    queue_free(queue);
}

static void push_before(struct pl_pool *pool, const struct pl_job *job,
                        Queue *out)
{
    struct pl_pool_project *pp = pl_pool_project(pool, job->project);
    Queue ids PL_CLEANUP(finish_queue);
    queue_init(&ids);
    for (size_t i = 0; i < job->option; i++)
        queue_push(&ids, pp->options.at[i].solvable);
    queue_push2(out, SOLVER_INSTALL | SOLVER_SOLVABLE_ONE_OF,
                pool_queuetowhatprovides(pool->pool, &ids));
}

static void push_job(struct pl_pool *pool, const struct pl_job *job, Queue *out)
{
    struct pl_pool_project *pp =
        job->project ? pl_pool_project(pool, job->project) : NULL;
    switch (job->kind) {
    case PL_JOB_DEMAND:
        queue_push2(out, SOLVER_INSTALL | SOLVER_SOLVABLE_PROVIDES,
                    pool->demand_ids.at[job->demand->number]);
        return;
    case PL_JOB_STAY:
        queue_push2(out, SOLVER_INSTALL | SOLVER_SOLVABLE,
                    pp->options.at[pp->fact_option].solvable);
        return;
    case PL_JOB_PRESENT:
    case PL_JOB_FORCED:
        queue_push2(out, SOLVER_INSTALL | SOLVER_SOLVABLE_PROVIDES,
                    pp->name_id);
        return;
    case PL_JOB_OPTION:
        queue_push2(out, SOLVER_INSTALL | SOLVER_SOLVABLE,
                    pp->options.at[job->option].solvable);
        return;
    case PL_JOB_BEFORE:
        push_before(pool, job, out);
        return;
    }
}

void pl_pool_favour(struct pl_pool *pool, const struct pl_project *project,
                    size_t candidate)
{
    const struct pl_pool_project *pp = pl_pool_project(pool, project);
    for (size_t i = 0; pp && i < pp->options.len; i++) {
        const struct pl_option *option = &pp->options.at[i];
        if (option->kind != PL_OPTION_UNREAD_PAGE &&
            option->first <= candidate && candidate <= option->last)
            pl_vec_push(pool->arena, &pool->favoured, option->solvable);
    }
}

/* NULL: none of ours, or a decision against one. */
static const struct pl_solvable_option *solvable_of(const struct pl_pool *pool,
                                                    Id id)
{
    if (id < pool->first_solvable ||
        (size_t)(id - pool->first_solvable) >= pool->by_solvable.len)
        return NULL;
    return &pool->by_solvable.at[id - pool->first_solvable];
}

static void read_chosen(const struct pl_pool *pool, size_t *chosen)
{
    for (size_t i = 0; i < pool->by_number.len; i++)
        chosen[i] = SIZE_MAX;
    Queue decisions PL_CLEANUP(finish_queue);
    queue_init(&decisions);
    solver_get_decisionqueue(pool->solver, &decisions);
    for (int i = 0; i < decisions.count; i++) {
        const struct pl_solvable_option *found =
            solvable_of(pool, decisions.elements[i]);
        if (found && !found->extra.len)
            chosen[found->project->project->number] = found->option;
    }
}

static int compare_positions(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static const struct pl_option *option_of(const struct pl_pool *pool, Id id)
{
    const struct pl_solvable_option *found = solvable_of(pool, id);
    return found && !found->extra.len
               ? &found->project->options.at[found->option]
               : NULL;
}

/* The ABI rule that makes the two options conflict. */
static const struct pl_abi_rule *rule_between(const struct pl_pool *pool,
                                              Id from, Id to)
{
    const struct pl_option *a = option_of(pool, from);
    const struct pl_option *b = option_of(pool, to);
    const struct pl_problem *problem = pool->problem;
    for (size_t i = 0; a && b && i < problem->rule_count; i++) {
        const struct pl_abi_rule *rule = problem->rules[i];
        if (pl_str_eq(rule->package, a->project->name) &&
            pl_str_eq(rule->other, b->project->name) &&
            pl_option_in(a, &rule->versions, false) &&
            pl_option_in(b, &rule->other_versions, rule->is_requires))
            return rule;
    }
    return NULL;
}

static void add_rule(const struct pl_pool *pool, Id rule, struct pl_core *core)
{
    Id from, to, dependency;
    if (solver_ruleinfo(pool->solver, rule, &from, &to, &dependency) !=
        SOLVER_RULE_PKG_CONFLICTS)
        return;
    const struct pl_abi_rule *found = rule_between(pool, from, to);
    for (size_t i = 0; i < core->rules.len; i++)
        if (core->rules.at[i] == found)
            return;
    if (found)
        pl_vec_push(pool->arena, &core->rules, found);
}

/* The jobs among the rules of one proof, each once, and the ABI rules. */
static struct pl_core read_core(const struct pl_pool *pool, Id problem)
{
    Queue rules PL_CLEANUP(finish_queue);
    queue_init(&rules);
    solver_findallproblemrules(pool->solver, problem, &rules);
    struct pl_core core = {0};
    PL_VEC(size_t) found = {0};
    for (int i = 0; i < rules.count; i++) {
        Id rule = rules.elements[i];
        Id job = solver_ruleclass(pool->solver, rule) == SOLVER_RULE_JOB
                     ? solver_rule2jobidx(pool->solver, rule)
                     : 0;
        if (job > 0)
            pl_vec_push(pool->arena, &found, (size_t)(job - 1) / 2);
        else
            add_rule(pool, rule, &core);
    }
    if (found.len)
        qsort(found.at, found.len, sizeof(found.at[0]), compare_positions);
    for (size_t i = 0; i < found.len; i++)
        if (!core.count || found.at[core.count - 1] != found.at[i])
            found.at[core.count++] = found.at[i];
    core.jobs = found.at;
    return core;
}

bool pl_pool_solve(struct pl_pool *pool, const pl_job_vec *jobs, size_t *chosen,
                   pl_core_vec *cores)
{
    Queue queue PL_CLEANUP(finish_queue);
    queue_init(&queue);
    for (size_t i = 0; i < jobs->len; i++)
        push_job(pool, &jobs->at[i], &queue);
    for (size_t i = 0; i < pool->favoured.len; i++)
        queue_push2(&queue, SOLVER_FAVOR | SOLVER_SOLVABLE,
                    pool->favoured.at[i]);
    int problems = solver_solve(pool->solver, &queue);
    if (!problems) {
        read_chosen(pool, chosen);
        return true;
    }
    for (Id problem = 1; cores && problem <= problems; problem++)
        pl_vec_push(pool->arena, cores, read_core(pool, problem));
    return false;
}

/* ---- a proof with what versions need ---- */

/* By libsolv's id of a requirement; an exact one of an extra is none. */
static struct pl_demand **demands_by_id(const struct pl_pool *pool)
{
    const struct pl_map *all = &pool->problem->demands;
    struct pl_demand **demands = pl_new_array(pool->arena, struct pl_demand *,
                                              (size_t)pool->pool->ss.nstrings);
    for (size_t i = 0; i < all->len; i++) {
        struct pl_demand *demand = all->entries[i].value;
        if (demand->number < pool->demand_ids.len)
            demands[pool->demand_ids.at[demand->number]] = demand;
    }
    demands[0] = NULL;
    return demands;
}

static void add_need(const struct pl_pool *pool, Id rule,
                     struct pl_demand *const *demands, struct pl_core *core)
{
    Id from, to, dependency;
    SolverRuleinfo kind =
        solver_ruleinfo(pool->solver, rule, &from, &to, &dependency);
    if (kind != SOLVER_RULE_PKG_REQUIRES &&
        kind != SOLVER_RULE_PKG_NOTHING_PROVIDES_DEP)
        return;
    const struct pl_solvable_option *found = solvable_of(pool, from);
    if (!found || !demands[dependency])
        return;
    pl_vec_push(
        pool->arena, &core->needs,
        (struct pl_core_need){
            .project = found->project->project,
            .candidate = found->project->options.at[found->option].first,
            .extra = found->extra,
            .demand = demands[dependency]});
}

struct pl_core pl_pool_prove(struct pl_pool *pool, const pl_job_vec *jobs)
{
    pl_core_vec cores = {0};
    Queue rules PL_CLEANUP(finish_queue);
    queue_init(&rules);
    size_t *chosen = pl_new_array(pool->arena, size_t, pool->by_number.len);
    if (pl_pool_solve(pool, jobs, chosen, &cores))
        return (struct pl_core){0};
    struct pl_core core = cores.at[0];
    struct pl_demand *const *demands = demands_by_id(pool);
    solver_findallproblemrules(pool->solver, 1, &rules);
    for (int i = 0; i < rules.count; i++)
        add_need(pool, rules.elements[i], demands, &core);
    return core;
}
