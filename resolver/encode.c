#include <solv/pool.h>
#include <solv/repo.h>
#include <solv/solver.h>

#include "core/limits.h"
#include "resolver/options.h"
#include "resolver/pool_internal.h"

/* ---- which versions and requirements matter this round ---- */

struct builder {
    struct pl_pool *pool;
    PL_VEC(struct pl_pool_project *) dirty; /* needs to be looked at again */
    size_t next_dirty;
};

static struct pl_str no_extra(void)
{
    return (struct pl_str){0};
}

struct pl_pool_project *pl_pool_project(const struct pl_pool *pool,
                                        const struct pl_project *project)
{
    if (project->number >= pool->by_number.len)
        return NULL;
    return pool->by_number.at[project->number];
}

/* Its versions, extras or requirements grew. */
static void mark_dirty(struct builder *b, struct pl_pool_project *pp)
{
    if (!pp->is_dirty)
        pl_vec_push(b->pool->arena, &b->dirty, pp);
    pp->is_dirty = true;
}

static struct pl_pool_project *activate_project(struct builder *b,
                                                struct pl_project *project)
{
    struct pl_pool *pool = b->pool;
    while (pool->by_number.len <= project->number)
        pl_vec_push(pool->arena, &pool->by_number, NULL);
    struct pl_pool_project **slot = &pool->by_number.at[project->number];
    if (!*slot) {
        *slot = pl_new(pool->arena, struct pl_pool_project);
        (*slot)->project = project;
        pl_vec_push(pool->arena, &pool->projects, *slot);
        mark_dirty(b, *slot);
    }
    return *slot;
}

/* Loads the most preferred matches, as many as the project's window says. */
static void load_window(struct pl_project *project,
                        const struct pl_demand *demand)
{
    size_t left = project->window ? project->window : SIZE_MAX;
    size_t count = project->candidate_count, i = 0;
    for (; left; i++) {
        i = pl_bits_next_of_both(demand->matches, project->usable, i, count);
        if (i == count)
            return;
        if (project->candidates[i].fact)
            continue;
        pl_bits_add(project->loaded, i);
        left--;
    }
}

static int *demand_slot(struct pl_pool *pool, const struct pl_demand *demand)
{
    while (pool->demand_ids.len <= demand->number)
        pl_vec_push(pool->arena, &pool->demand_ids, 0);
    return &pool->demand_ids.at[demand->number];
}

static void activate_extra(struct builder *b, struct pl_pool_project *pp,
                           struct pl_str extra)
{
    for (size_t i = 0; i < pp->extras.len; i++)
        if (pl_str_eq(pp->extras.at[i], extra))
            return;
    pl_vec_push(b->pool->arena, &pp->extras, extra);
}

/* Never the id of a name: a fact that a constraint bars has its name still. */
static Id demand_id(struct pl_pool *pool, const struct pl_demand *demand)
{
    struct pl_str text = demand->text;
    if (!demand->specifier->text.len)
        text = pl_arena_printf(pool->arena, "%.*s *", PL_STR_ARG(text));
    return pool_strn2id(pool->pool, text.at, (unsigned int)text.len, 1);
}

static void activate_demand(struct builder *b, struct pl_demand *demand)
{
    int *id = demand_slot(b->pool, demand);
    if (*id)
        return;
    *id = demand_id(b->pool, demand);
    struct pl_pool_project *pp = activate_project(b, demand->project);
    pl_vec_push(b->pool->arena, &pp->demands, demand);
    if (demand->extra.len)
        activate_extra(b, pp, demand->extra);
    if (demand->project->candidates)
        load_window(demand->project, demand);
    mark_dirty(b, pp);
}

static void activate_needs(struct builder *b, struct pl_candidate *candidate,
                           struct pl_str extra)
{
    const struct pl_needs *needs =
        pl_candidate_needs(b->pool->problem, candidate, extra);
    for (size_t i = 0; needs && i < needs->count; i++)
        activate_demand(b, needs->demands[i]);
}

static void activate_loaded(struct builder *b, struct pl_pool_project *pp)
{
    const struct pl_project *project = pp->project;
    size_t count = project->candidate_count, i = 0;
    for (; i < count; i++) {
        i = pl_bits_next_of_both(project->loaded, project->usable, i, count);
        if (i == count)
            return;
        struct pl_candidate *candidate = &project->candidates[i];
        activate_needs(b, candidate, no_extra());
        for (size_t x = 0; x < pp->extras.len; x++)
            activate_needs(b, candidate, pp->extras.at[x]);
    }
}

static void activate_all(struct builder *b)
{
    struct pl_problem *problem = b->pool->problem;
    for (size_t i = 0; i < problem->roots.len; i++)
        activate_demand(b, problem->roots.at[i].demand);
    for (size_t i = 0; i < pl_problem_project_count(problem); i++) {
        struct pl_project *project = pl_problem_project_at(problem, i);
        if (project->fact)
            activate_project(b, project);
    }
    while (b->next_dirty < b->dirty.len) {
        struct pl_pool_project *pp = b->dirty.at[b->next_dirty++];
        pp->is_dirty = false;
        activate_loaded(b, pp);
    }
}

/* ---- solvables ---- */

static Id add_solvable(struct pl_pool *pool, struct pl_pool_project *pp,
                       size_t option, Id name, struct pl_str extra)
{
    Id id = repo_add_solvable(pool->repo);
    Solvable *solvable = pool_id2solvable(pool->pool, id);
    char evr[24];
    snprintf(evr, sizeof(evr), "%zu", pp->options.len - option);
    solvable->name = name;
    solvable->evr = pool_str2id(pool->pool, evr, 1);
    solvable->arch = ARCH_ALL;
    if (!pool->first_solvable)
        pool->first_solvable = id;
    pl_vec_push(pool->arena, &pool->by_solvable,
                (struct pl_solvable_option){pp, option, extra});
    return id;
}

static void provide(struct pl_pool *pool, Id solvable, Id id)
{
    Solvable *s = pool_id2solvable(pool->pool, solvable);
    s->provides = repo_addid_dep(pool->repo, s->provides, id, 0);
}

/* The same for an id that it cannot have yet: libsolv need not look. */
static void provide_new(struct pl_pool *pool, Id solvable, Id id)
{
    Solvable *s = pool_id2solvable(pool->pool, solvable);
    s->provides = repo_addid(pool->repo, s->provides, id);
}

static void require(struct pl_pool *pool, Id solvable, Id id)
{
    Solvable *s = pool_id2solvable(pool->pool, solvable);
    s->requires = repo_addid_dep(pool->repo, s->requires, id, 0);
}

/* All that one solvable provides at one go: see RESOLVER on arrays. */
static void provide_demands(struct pl_pool *pool, struct pl_pool_project *pp,
                            const struct pl_option *option, struct pl_str extra,
                            Id solvable)
{
    for (size_t i = 0; i < pp->demands.len; i++) {
        const struct pl_demand *demand = pp->demands.at[i];
        if (pl_str_eq(demand->extra, extra) &&
            pl_option_provides(option, demand))
            provide_new(pool, solvable, pool->demand_ids.at[demand->number]);
    }
}

static void require_needs(struct pl_pool *pool, const struct pl_option *option,
                          struct pl_str extra, Id solvable)
{
    struct pl_candidate *candidate = pl_option_candidate(option);
    if (!candidate)
        return;
    const struct pl_needs *needs =
        pl_candidate_needs(pool->problem, candidate, extra);
    for (size_t i = 0; needs && i < needs->count; i++)
        require(pool, solvable, pool->demand_ids.at[needs->demands[i]->number]);
}

static Id name_id(struct pl_pool *pool, struct pl_str name, struct pl_str extra)
{
    struct pl_str text = name;
    if (extra.len)
        text = pl_arena_printf(pool->arena, "%.*s[%.*s]", PL_STR_ARG(name),
                               PL_STR_ARG(extra));
    return pool_strn2id(pool->pool, text.at, (unsigned int)text.len, 1);
}

static Id exact_id(struct pl_pool *pool, const struct pl_pool_project *pp,
                   size_t option)
{
    struct pl_str text = pl_arena_printf(pool->arena, "%.*s==#%zu",
                                         PL_STR_ARG(pp->project->name), option);
    return pool_strn2id(pool->pool, text.at, (unsigned int)text.len, 1);
}

static void add_option_solvable(struct pl_pool *pool,
                                struct pl_pool_project *pp, size_t n)
{
    struct pl_option *option = &pp->options.at[n];
    Id id = add_solvable(pool, pp, n, pp->name_id, no_extra());
    option->solvable = id;
    provide(pool, id, pp->name_id);
    if (pp->extras.len)
        provide(pool, id, exact_id(pool, pp, n));
    provide_demands(pool, pp, option, no_extra(), id);
}

static void add_extra_solvables(struct pl_pool *pool,
                                struct pl_pool_project *pp, struct pl_str extra)
{
    Id name = name_id(pool, pp->project->name, extra);
    for (size_t n = 0; n < pp->options.len; n++) {
        const struct pl_option *option = &pp->options.at[n];
        Id id = add_solvable(pool, pp, n, name, extra);
        provide(pool, id, name);
        provide_demands(pool, pp, option, extra, id);
        require(pool, id, exact_id(pool, pp, n));
        require_needs(pool, option, extra, id);
    }
}

/* ---- ABI rules ---- */

static bool version_in(const struct pl_candidate *candidate,
                       const struct pl_specifier *specifier, bool inverted)
{
    bool in = candidate->fact
                  ? pl_fact_meets(candidate->fact, specifier)
                  : pl_specifier_match(specifier, candidate->version);
    return in != inverted;
}

bool pl_option_in(const struct pl_option *option,
                  const struct pl_specifier *specifier, bool inverted)
{
    if (option->kind == PL_OPTION_UNREAD_PAGE)
        return false;
    for (size_t i = option->first; i <= option->last; i++) {
        const struct pl_candidate *c = &option->project->candidates[i];
        if (pl_bits_has(option->project->usable, i) &&
            !version_in(c, specifier, inverted))
            return false;
    }
    return true;
}

static bool fact_in(const struct pl_pool_project *pp,
                    const struct pl_specifier *specifier, bool inverted)
{
    return pp->fact_option != SIZE_MAX &&
           pl_option_in(&pp->options.at[pp->fact_option], specifier, inverted);
}

static void conflict(struct pl_pool *pool, Id solvable, Id id)
{
    Solvable *s = pool_id2solvable(pool->pool, solvable);
    s->conflicts = repo_addid_dep(pool->repo, s->conflicts, id, 0);
}

/* Named after what provides it, yet never an id of a requirement: "!b>=2". */
static Id rule_id(struct pl_pool *pool, const struct pl_abi_rule *rule,
                  const char *suffix)
{
    struct pl_str text =
        pl_arena_printf(pool->arena, "!%.*s%s%.*s%s", PL_STR_ARG(rule->other),
                        rule->is_requires ? " not " : "",
                        PL_STR_ARG(rule->other_versions.text), suffix);
    return pool_strn2id(pool->pool, text.at, (unsigned int)text.len, 1);
}

/*
 * The rule's id is provided by what it forbids. Two facts that break it
 * already may stay together: the fact then conflicts with a second id, which
 * the other fact does not provide.
 */
static void add_rule(struct pl_pool *pool, const struct pl_abi_rule *rule,
                     struct pl_pool_project *pp, struct pl_pool_project *other)
{
    bool broken = fact_in(pp, &rule->versions, false) &&
                  fact_in(other, &rule->other_versions, rule->is_requires);
    Id id = rule_id(pool, rule, ""), new_id = rule_id(pool, rule, " (new)");
    for (size_t i = 0; i < other->options.len; i++) {
        const struct pl_option *option = &other->options.at[i];
        if (!pl_option_in(option, &rule->other_versions, rule->is_requires))
            continue;
        provide(pool, option->solvable, id);
        if (broken && i != other->fact_option)
            provide(pool, option->solvable, new_id);
    }
    for (size_t i = 0; i < pp->options.len; i++) {
        const struct pl_option *option = &pp->options.at[i];
        if (pl_option_in(option, &rule->versions, false))
            conflict(pool, option->solvable,
                     broken && i == pp->fact_option ? new_id : id);
    }
}

bool pl_pool_rule_sides(const struct pl_pool *pool,
                        const struct pl_abi_rule *rule,
                        struct pl_pool_project **package,
                        struct pl_pool_project **other)
{
    const struct pl_map *projects = &pool->problem->projects;
    const struct pl_project *a = pl_map_get(projects, rule->package);
    const struct pl_project *b = pl_map_get(projects, rule->other);
    *package = a ? pl_pool_project(pool, a) : NULL;
    *other = b ? pl_pool_project(pool, b) : NULL;
    return *package && *other && *package != *other;
}

static void add_rules(struct pl_pool *pool)
{
    struct pl_problem *problem = pool->problem;
    for (size_t i = 0; i < problem->rule_count; i++) {
        struct pl_pool_project *package, *other;
        if (pl_pool_rule_sides(pool, problem->rules[i], &package, &other))
            add_rule(pool, problem->rules[i], package, other);
    }
}

/* ---- the whole ---- */

static bool too_large(const struct pl_pool *pool)
{
    size_t count = 0;
    for (size_t i = 0; i < pool->projects.len; i++) {
        const struct pl_pool_project *pp = pool->projects.at[i];
        count += pp->options.len * (1 + pp->extras.len);
    }
    return count > PL_MAX_SOLVABLES;
}

/*
 * Provides of one solvable must come together, so rules, which add to
 * solvables of several projects, come before anything else is added.
 */
static void add_all(struct pl_pool *pool)
{
    for (size_t i = 0; i < pool->projects.len; i++) {
        struct pl_pool_project *pp = pool->projects.at[i];
        pp->name_id = name_id(pool, pp->project->name, no_extra());
        for (size_t n = 0; n < pp->options.len; n++)
            add_option_solvable(pool, pp, n);
    }
    add_rules(pool);
    for (size_t i = 0; i < pool->projects.len; i++) {
        struct pl_pool_project *pp = pool->projects.at[i];
        for (size_t n = 0; n < pp->options.len; n++)
            require_needs(pool, &pp->options.at[n], no_extra(),
                          pp->options.at[n].solvable);
        for (size_t x = 0; x < pp->extras.len; x++)
            add_extra_solvables(pool, pp, pp->extras.at[x]);
    }
}

struct pl_pool *pl_pool_open(struct pl_problem *problem, struct pl_arena *round)
{
    struct pl_pool *pool = pl_new(round, struct pl_pool);
    pool->problem = problem;
    pool->arena = round;
    pool->pool = pool_create();
    pool->repo = repo_create(pool->pool, "podlock");
    struct builder builder = {.pool = pool};
    activate_all(&builder);
    for (size_t i = 0; i < pool->projects.len; i++)
        pl_options_make(round, pool->projects.at[i]);
    return pool;
}

bool pl_pool_encode(struct pl_pool *pool, struct pl_error *err)
{
    if (too_large(pool))
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "the search needs more than %d solvables",
                              PL_MAX_SOLVABLES);
    add_all(pool);
    pool_createwhatprovides(pool->pool);
    pool->solver = solver_create(pool->pool);
    return true;
}

void pl_pool_finish(struct pl_pool *pool)
{
    if (!pool)
        return;
    if (pool->solver)
        solver_free(pool->solver);
    pool_free(pool->pool);
    pool->solver = NULL;
    pool->pool = NULL;
}

size_t pl_pool_solvable_count(const struct pl_pool *pool)
{
    return pool->by_solvable.len;
}
