#include "resolver/refine.h"

#include <time.h>

#include "core/limits.h"
#include "core/trace.h"
#include "resolver/decide.h"
#include "resolver/explain.h"
#include "resolver/gather.h"
#include "resolver/keep.h"
#include "resolver/prune.h"
#include "resolver/result.h"

#define MAX_READ_AHEAD 64

struct decided_version {
    struct pl_project *project;
    size_t candidate;
};

struct search {
    struct pl_problem *problem;
    struct pl_gather gather;
    struct pl_keep keep;
    struct pl_search_stats stats;
    struct pl_refutations known;
    /* What the round before decided: where the next one starts. */
    PL_VEC(struct decided_version) previous;
};

struct round {
    struct pl_arena arena;
    struct pl_pool *pool;
    pl_job_vec jobs;
    size_t *chosen;
    struct pl_core core; /* of a "no" */
    struct pl_decision decision;
};

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void finish_round(struct round *round)
{
    pl_pool_finish(round->pool);
    pl_arena_finish(&round->arena);
}

/* ---- what an answer lacks ---- */

static bool fits_imposed(const pl_demand_vec *imposed, size_t candidate)
{
    for (size_t i = 0; i < imposed->len; i++)
        if (!pl_demand_matches(imposed->at[i], candidate))
            return false;
    return true;
}

static bool fits_roots(const struct pl_project *project, size_t candidate)
{
    for (size_t i = 0; i < project->demands.len; i++)
        if (project->demands.at[i]->is_root &&
            !pl_demand_matches(project->demands.at[i], candidate))
            return false;
    return true;
}

static void want_version(struct search *search, struct pl_project *project,
                         size_t n)
{
    struct pl_candidate *candidate = &project->candidates[n];
    PL_TRACE(PL_TRACE_CHOICE, "reading %.*s %.*s", PL_STR_ARG(project->name),
             PL_STR_ARG(candidate->version->text));
    pl_gather_want_candidate(&search->gather, project, candidate);
    pl_bits_add(project->loaded, n);
}

/*
 * Wants the version and those that come next if it is rejected: twice as many
 * each time the search comes back for the same project. When what is decided
 * leaves few (each boto3 pins its own botocore), others are read too, because
 * a change above will ask for them.
 */
static void want_versions(struct search *search, struct pl_project *project,
                          const pl_demand_vec *imposed, size_t from)
{
    uint32_t left = project->read_ahead;
    if (project->read_ahead < MAX_READ_AHEAD)
        project->read_ahead *= 2;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = from; i < project->candidate_count && left; i++) {
            if (project->candidates[i].state != PL_CANDIDATE_UNREAD ||
                !(pass ? fits_roots(project, i) : fits_imposed(imposed, i)))
                continue;
            want_version(search, project, i);
            left--;
        }
    }
}

/* A run of these versions would seem to meet all demands. */
static bool would_seem_to_fit(const struct pl_project *project, size_t from,
                              size_t to, const pl_demand_vec *imposed)
{
    for (size_t i = 0; i < imposed->len; i++)
        if (pl_bits_next_of_both(imposed->at[i]->matches, project->usable, from,
                                 to + 1) > to)
            return false;
    return true;
}

/*
 * No version of the run meets all demands: loads as few of them as leave no
 * run that seems to. All at once could be thousands.
 */
static void split_hopeless_run(const struct pl_option *run,
                               const pl_demand_vec *imposed)
{
    size_t from = run->first;
    for (size_t i = from; i <= run->last; i++)
        if (would_seem_to_fit(run->project, from, i, imposed)) {
            pl_bits_add(run->project->loaded, i);
            from = i + 1;
        }
    if (from == run->first)
        pl_bits_add(run->project->loaded, from);
}

/* Loads the most preferred matches of a run, and doubles the window. */
static void split_run(struct search *search, const struct pl_option *run,
                      const pl_demand_vec *imposed)
{
    struct pl_project *project = run->project;
    uint32_t left = project->window;
    size_t first = SIZE_MAX;
    for (size_t i = run->first; i <= run->last && left; i++) {
        if (!fits_imposed(imposed, i))
            continue;
        if (first == SIZE_MAX)
            first = i;
        pl_bits_add(project->loaded, i);
        left--;
    }
    project->window *= 2;
    if (first == SIZE_MAX)
        split_hopeless_run(run, imposed);
    else
        want_versions(search, project, imposed, first);
}

/* True when something was missing, and is now wanted. */
static bool want_missing(struct search *search, struct round *round)
{
    bool missing = false;
    for (size_t i = 0; i < round->decision.order.len; i++) {
        const struct pl_decided *d = &round->decision.order.at[i];
        const struct pl_pool_project *pp =
            pl_pool_project(round->pool, d->project);
        const struct pl_option *option = &pp->options.at[d->option];
        const pl_demand_vec *imposed =
            &round->decision.imposed[d->project->number];
        const struct pl_candidate *candidate = pl_option_candidate(option);
        if (option->kind == PL_OPTION_UNREAD_PAGE) {
            pl_gather_want_page(&search->gather, d->project);
            missing = true;
        } else if (option->kind == PL_OPTION_RUN) {
            split_run(search, option, imposed);
            missing = true;
        } else if (candidate->state == PL_CANDIDATE_UNREAD) {
            want_versions(search, d->project, imposed, option->first);
            missing = true;
        }
    }
    return missing;
}

/* ---- rounds ---- */

static void remember(struct search *search, const struct round *round)
{
    search->previous.len = 0;
    for (size_t i = 0; i < round->decision.order.len; i++) {
        const struct pl_decided *d = &round->decision.order.at[i];
        const struct pl_pool_project *pp =
            pl_pool_project(round->pool, d->project);
        const struct pl_option *option = &pp->options.at[d->option];
        if (option->kind != PL_OPTION_UNREAD_PAGE)
            pl_vec_push(search->problem->arena, &search->previous,
                        (struct decided_version){d->project, option->first});
    }
}

static void start_from_previous(const struct search *search,
                                struct pl_pool *pool)
{
    for (size_t i = 0; i < search->previous.len; i++)
        pl_pool_favour(pool, search->previous.at[i].project,
                       search->previous.at[i].candidate);
}

static bool encode(struct search *search, struct round *round,
                   struct pl_error *err)
{
    if (!pl_pool_encode(round->pool, err))
        return false;
    size_t solvables = pl_pool_solvable_count(round->pool);
    if (solvables > search->stats.largest_pool)
        search->stats.largest_pool = (uint32_t)solvables;
    round->chosen = pl_new_array(&round->arena, size_t,
                                 pl_problem_project_count(search->problem));
    pl_keep_jobs(&search->keep, round->pool, &round->jobs);
    search->stats.solves++;
    return true;
}

static void open_pool(struct search *search, struct round *round)
{
    pl_pool_finish(round->pool);
    round->pool = pl_pool_open(search->problem, &round->arena);
}

/* Leaves out of the proof's facts those that it does not need. */
static void minimize(struct pl_pool *pool, bool *staying, size_t count,
                     struct pl_pruning *proof)
{
    memset(staying, 0, count);
    for (size_t i = 0; i < proof->core_count; i++)
        staying[proof->core[i]->number] = true;
    for (size_t i = 0; i < proof->core_count;) {
        struct pl_project *left_out = proof->core[i];
        staying[left_out->number] = false;
        struct pl_pruning fewer = pl_prune(pool, staying, count);
        if (fewer.possible) {
            staying[left_out->number] = true;
            i++;
            continue;
        }
        /* what was looked at before stays needed: it comes first again */
        proof->core[i] = proof->core[--proof->core_count];
    }
}

/* Prunes, releasing facts until that leaves something; false: never. */
static bool prune(struct search *search, struct round *round)
{
    for (;;) {
        size_t count;
        bool *staying = pl_keep_staying(&search->keep, &round->arena, &count);
        struct pl_pruning pruning = pl_prune(round->pool, staying, count);
        if (pruning.possible) {
            pl_prune_apply(round->pool, &pruning);
            return true;
        }
        minimize(round->pool, staying, count, &pruning);
        if (!pl_keep_learn(&search->keep, pruning.core, pruning.core_count))
            return false;
    }
}

/* Only what may go need be named by a proof: the rest can be pruned for. */
static void prune_for_hard_facts(const struct search *search,
                                 struct round *round)
{
    struct pl_problem *problem = search->problem;
    size_t count = pl_problem_project_count(problem);
    bool *hard = pl_new_array(&round->arena, bool, count);
    for (size_t i = 0; i < count; i++) {
        const struct pl_project *project = pl_problem_project_at(problem, i);
        hard[i] = project->fact && pl_fact_is_hard(problem, project->fact);
    }
    struct pl_pruning pruning = pl_prune(round->pool, hard, count);
    if (pruning.possible)
        pl_prune_apply(round->pool, &pruning);
}

/*
 * Asks the solver for proofs, which the pruned pool cannot give, and releases
 * what they name, until there is an answer. *final: no fact that may go is in
 * the way; then the whole pool has said why.
 */
static bool ask_for_proofs(struct search *search, struct round *round,
                           bool whole, bool *final, struct pl_error *err)
{
    open_pool(search, round);
    if (!whole)
        prune_for_hard_facts(search, round);
    if (!encode(search, round, err))
        return false;
    for (;;) {
        pl_core_vec cores = {0};
        *final = false;
        if (!pl_problem_in_time(search->problem, err))
            return false;
        if (!whole)
            pl_keep_add_forced(&search->keep, round->pool, &round->jobs);
        if (pl_pool_solve(round->pool, &round->jobs, round->chosen, &cores))
            return true;
        *final = !pl_keep_learn_cores(&search->keep, &round->jobs, &cores,
                                      &round->core);
        if (*final)
            return whole || ask_for_proofs(search, round, true, final, err);
        pl_keep_jobs(&search->keep, round->pool, &round->jobs);
        search->stats.solves++;
    }
}

/* One answer with the fewest replaced packages, or the final "no". */
static bool find_answer(struct search *search, struct round *round,
                        bool *satisfiable, struct pl_error *err)
{
    for (;;) {
        bool final;
        open_pool(search, round);
        *satisfiable = false;
        if (prune(search, round)) {
            if (!encode(search, round, err))
                return false;
            start_from_previous(search, round->pool);
            *satisfiable =
                pl_pool_solve(round->pool, &round->jobs, round->chosen, NULL);
        }
        if (*satisfiable)
            return true;
        if (!pl_problem_in_time(search->problem, err))
            return false;
        size_t proofs = search->keep.proofs.len;
        if (!ask_for_proofs(search, round, false, &final, err))
            return false;
        if (final)
            return true;
        if (search->keep.proofs.len == proofs) {
            /* the larger pool has an answer: without it, no end */
            pl_keep_jobs(&search->keep, round->pool, &round->jobs);
            *satisfiable = true;
            return true;
        }
    }
}

static bool solve_round(struct search *search, struct round *round,
                        bool *satisfiable, struct pl_error *err)
{
    uint64_t start = now_ns();
    if (!find_answer(search, round, satisfiable, err))
        return false;
    if (search->known.generation != search->keep.proofs.len)
        search->known =
            (struct pl_refutations){.generation = search->keep.proofs.len};
    if (*satisfiable)
        pl_decide(round->pool, &round->jobs, round->chosen, &search->known,
                  &round->decision);
    remember(search, round);
    search->stats.rounds++;
    search->stats.solves += round->decision.solves;
    search->stats.solver_ns += now_ns() - start;
    PL_TRACE(PL_TRACE_SOLVE, "round %u: %zu solvables, %s, %u us",
             search->stats.rounds, pl_pool_solvable_count(round->pool),
             *satisfiable ? "yes" : "no",
             (uint32_t)((now_ns() - start) / 1000));
    return true;
}

static bool read_closure(struct search *search, struct pl_error *err)
{
    struct pl_problem *problem = search->problem;
    search->gather.released = search->keep.released;
    search->gather.released_count = search->keep.released_len;
    for (size_t i = 0; i < problem->roots.len; i++)
        pl_gather_want_demand(&search->gather, problem->roots.at[i].demand);
    return pl_gather_run(&search->gather, err);
}

/* All at once; with nothing of it left the search starts as without. */
static bool read_trail(struct search *search, struct pl_trail *trail,
                       struct pl_error *err)
{
    struct pl_gather *gather = &search->gather;
    gather->trail.arena = search->problem->arena;
    if (!trail || !pl_trail_read(trail->earlier, &gather->trail))
        return true;
    gather->on_trail = true;
    pl_gather_want_trail(gather);
    trail->to_blame = true;
    if (!pl_gather_run(gather, err))
        return false;
    trail->to_blame = false;
    gather->on_trail = false;
    for (size_t i = 0; i < gather->trail.len; i++) {
        struct pl_map_entry *entry = &gather->trail.entries[i];
        struct pl_trail_project *was = entry->value;
        if (was->decided != SIZE_MAX)
            pl_vec_push(search->problem->arena, &search->previous,
                        (struct decided_version){
                            pl_problem_project(search->problem, was->name),
                            was->decided});
    }
    return true;
}

static bool finish(struct search *search, struct round *round, bool satisfiable,
                   struct pl_str dump_dir, struct pl_solution *solution,
                   struct pl_error *err)
{
    if (satisfiable)
        pl_result_build(search->problem, round->pool, &round->decision,
                        solution);
    else if (!search->problem->is_unexplained)
        solution->conflict = pl_explain(search->problem, round->pool,
                                        &round->jobs, &round->core);
    solution->satisfiable = satisfiable;
    solution->replaced_number_minimal = search->keep.number_minimal;
    solution->stats = search->stats;
    if (!dump_dir.len)
        return true;
    pl_job_vec jobs = {0};
    pl_keep_jobs(&search->keep, round->pool, &jobs);
    return pl_pool_dump(round->pool, satisfiable ? &round->jobs : &jobs,
                        dump_dir, err);
}

bool pl_refine(struct pl_problem *problem, struct pl_index *index,
               struct pl_str dump_dir, struct pl_trail *trail,
               struct pl_solution *solution, struct pl_error *err)
{
    struct search search = {
        .problem = problem,
        .gather = {.problem = problem, .index = index},
    };
    *solution = (struct pl_solution){0};
    pl_keep_init(&search.keep, problem);
    pl_index_set_deadline(index, problem->deadline_ns);
    if (!read_trail(&search, trail, err))
        return false;
    bool on_trail = search.previous.len > 0;
    while (search.stats.rounds < PL_MAX_ROUNDS) {
        if (!pl_problem_in_time(problem, err))
            return false;
        if (!on_trail && !read_closure(&search, err))
            return false;
        on_trail = false;
        struct round round PL_CLEANUP(finish_round) = {0};
        bool satisfiable;
        if (!solve_round(&search, &round, &satisfiable, err))
            return false;
        if (satisfiable && want_missing(&search, &round))
            continue;
        if (satisfiable && trail && trail->next)
            pl_trail_write(problem, round.pool, &round.decision, trail->next);
        return finish(&search, &round, satisfiable, dump_dir, solution, err);
    }
    return pl_error_plain(err, PL_ERR_LIMIT, "no answer after %d rounds",
                          PL_MAX_ROUNDS);
}
