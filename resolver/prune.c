#include "resolver/prune.h"

/* An option that needs a demand; by number of the demand. */
struct user {
    struct pl_pool_project *project;
    size_t option;
};

typedef PL_VEC(struct user) user_vec;

/* An option that has died, and whose end others have yet to be told of. */
struct death {
    struct pl_pool_project *project;
    size_t option;
};

/* A set of facts, one bit a project; NULL is the empty set. Never changed. */
typedef const uint64_t *fact_set;

struct pruner {
    struct pl_pool *pool;
    struct pl_arena *arena; /* of this pruning alone */
    const bool *staying;
    size_t staying_count;
    size_t words;    /* of a fact set */
    bool **dead;     /* by project number, then option */
    fact_set **why;  /* the same: the facts that a death rests on */
    size_t *living;  /* options, by project number */
    user_vec *users; /* by demand number */
    bool *imposed;   /* by demand number: must be met in any case */
    fact_set *imposed_by;
    fact_set contradiction;
    PL_VEC(struct death) deaths; /* in order */
    /*
     * A demand watches one living option that provides it, and none before
     * that one does: so each looks at each option once.
     */
    const struct pl_demand ***watchers;    /* the last one; as `dead` */
    const struct pl_demand **next_watcher; /* by demand number */
};

static fact_set united(struct pruner *p, fact_set a, fact_set b)
{
    if (!a || !b || a == b)
        return a ? a : b;
    uint64_t *both = pl_new_array(p->arena, uint64_t, p->words);
    for (size_t i = 0; i < p->words; i++)
        both[i] = a[i] | b[i];
    return both;
}

static fact_set only(struct pruner *p, const struct pl_project *project)
{
    uint64_t *set = pl_new_array(p->arena, uint64_t, p->words);
    set[project->number / 64] = (uint64_t)1 << (project->number % 64);
    return set;
}

static bool stays(const struct pruner *p, const struct pl_project *project)
{
    return project->fact && project->number < p->staying_count &&
           p->staying[project->number];
}

static void kill(struct pruner *p, struct pl_pool_project *pp, size_t option,
                 fact_set why)
{
    uint32_t number = pp->project->number;
    if (p->dead[number][option])
        return;
    p->dead[number][option] = true;
    p->why[number][option] = why;
    p->living[number]--;
    pl_vec_push(p->arena, &p->deaths, (struct death){pp, option});
}

static void impose(struct pruner *p, const struct pl_demand *demand,
                   fact_set by)
{
    if (p->imposed[demand->number])
        return;
    p->imposed[demand->number] = true;
    p->imposed_by[demand->number] = by;
    struct pl_pool_project *pp = pl_pool_project(p->pool, demand->project);
    for (size_t i = 0; i < pp->options.len; i++)
        if (!pl_option_provides(&pp->options.at[i], demand))
            kill(p, pp, i, by);
}

static const struct pl_needs *base_needs(const struct pruner *p,
                                         const struct pl_option *option)
{
    struct pl_candidate *candidate = pl_option_candidate(option);
    if (!candidate)
        return NULL;
    return pl_candidate_needs(p->pool->problem, candidate, (struct pl_str){0});
}

/* ---- what is known from the start ---- */

static void hold_facts(struct pruner *p)
{
    for (size_t n = 0; n < p->pool->projects.len; n++) {
        struct pl_pool_project *pp = p->pool->projects.at[n];
        if (!stays(p, pp->project))
            continue;
        fact_set fact = only(p, pp->project);
        for (size_t i = 0; i < pp->options.len; i++)
            if (i != pp->fact_option)
                kill(p, pp, i, fact);
        const struct pl_needs *needs =
            base_needs(p, &pp->options.at[pp->fact_option]);
        for (size_t i = 0; needs && i < needs->count; i++)
            impose(p, needs->demands[i], fact);
    }
}

/* One side of a rule is a fact that stays: the other side's options. */
static void forbid(struct pruner *p, struct pl_pool_project *fact,
                   const struct pl_specifier *fact_versions, bool fact_inverted,
                   struct pl_pool_project *other,
                   const struct pl_specifier *versions, bool inverted)
{
    if (!stays(p, fact->project) || stays(p, other->project) ||
        !pl_option_in(&fact->options.at[fact->fact_option], fact_versions,
                      fact_inverted))
        return;
    for (size_t i = 0; i < other->options.len; i++) {
        if (i != other->fact_option &&
            pl_option_in(&other->options.at[i], versions, inverted))
            kill(p, other, i, only(p, fact->project));
    }
}

static void apply_rules(struct pruner *p)
{
    const struct pl_problem *problem = p->pool->problem;
    for (size_t i = 0; i < problem->rule_count; i++) {
        const struct pl_abi_rule *rule = problem->rules[i];
        struct pl_pool_project *pp, *other;
        if (!pl_pool_rule_sides(p->pool, rule, &pp, &other))
            continue;
        forbid(p, pp, &rule->versions, false, other, &rule->other_versions,
               rule->is_requires);
        forbid(p, other, &rule->other_versions, rule->is_requires, pp,
               &rule->versions, false);
    }
}

static void collect_users(struct pruner *p)
{
    for (size_t n = 0; n < p->pool->projects.len; n++) {
        struct pl_pool_project *pp = p->pool->projects.at[n];
        for (size_t i = 0; i < pp->options.len; i++) {
            const struct pl_needs *needs =
                p->dead[pp->project->number][i]
                    ? NULL
                    : base_needs(p, &pp->options.at[i]);
            for (size_t k = 0; needs && k < needs->count; k++)
                pl_vec_push(p->arena, &p->users[needs->demands[k]->number],
                            (struct user){pp, i});
        }
    }
}

/* ---- what follows ---- */

static fact_set why_unmet(struct pruner *p, const struct pl_demand *demand)
{
    const struct pl_pool_project *pp =
        pl_pool_project(p->pool, demand->project);
    fact_set why = NULL;
    for (size_t i = 0; i < pp->options.len; i++)
        if (pl_option_provides(&pp->options.at[i], demand))
            why = united(p, why, p->why[demand->project->number][i]);
    return why;
}

/* False when it must be met in any case. */
static bool give_up(struct pruner *p, const struct pl_demand *demand)
{
    fact_set why = why_unmet(p, demand);
    if (p->imposed[demand->number]) {
        p->contradiction = united(p, why, p->imposed_by[demand->number]);
        return false;
    }
    const user_vec *users = &p->users[demand->number];
    for (size_t u = 0; u < users->len; u++)
        kill(p, users->at[u].project, users->at[u].option, why);
    return true;
}

/* Nothing before `from` provides it. False when it cannot be given up. */
static bool watch(struct pruner *p, const struct pl_demand *demand, size_t from)
{
    const struct pl_pool_project *pp =
        pl_pool_project(p->pool, demand->project);
    uint32_t number = demand->project->number;
    for (size_t i = from; i < pp->options.len; i++)
        if (!p->dead[number][i] &&
            pl_option_provides(&pp->options.at[i], demand)) {
            p->next_watcher[demand->number] = p->watchers[number][i];
            p->watchers[number][i] = demand;
            return true;
        }
    return give_up(p, demand);
}

/* False when a package that must be there has no option left. */
static bool may_be_empty(struct pruner *p, const struct pl_pool_project *pp)
{
    uint32_t number = pp->project->number;
    if (p->living[number] || !pp->project->fact ||
        pl_fact_is_lifted(p->pool->problem, pp->project->fact))
        return true;
    for (size_t i = 0; i < pp->options.len; i++)
        p->contradiction = united(p, p->contradiction, p->why[number][i]);
    return false;
}

static bool tell_of_death(struct pruner *p, struct death death)
{
    const struct pl_demand *demand =
        p->watchers[death.project->project->number][death.option];
    if (!may_be_empty(p, death.project))
        return false;
    while (demand) {
        const struct pl_demand *next = p->next_watcher[demand->number];
        if (!watch(p, demand, death.option + 1))
            return false;
        demand = next;
    }
    return true;
}

static bool propagate(struct pruner *p)
{
    for (size_t n = 0; n < p->pool->projects.len; n++) {
        const struct pl_pool_project *pp = p->pool->projects.at[n];
        for (size_t i = 0; i < pp->demands.len; i++)
            if (!watch(p, pp->demands.at[i], 0))
                return false;
    }
    for (size_t next = 0; next < p->deaths.len; next++)
        if (!tell_of_death(p, p->deaths.at[next]))
            return false;
    return true;
}

static void init(struct pruner *p)
{
    const struct pl_problem *problem = p->pool->problem;
    size_t projects = p->pool->by_number.len, demands = problem->demands.len;
    p->words = projects / 64 + 1;
    p->dead = pl_new_array(p->pool->arena, bool *, projects);
    p->why = pl_new_array(p->arena, fact_set *, projects);
    p->users = pl_new_array(p->arena, user_vec, demands);
    p->imposed = pl_new_array(p->arena, bool, demands);
    p->imposed_by = pl_new_array(p->arena, fact_set, demands);
    p->living = pl_new_array(p->arena, size_t, projects);
    p->watchers = pl_new_array(p->arena, const struct pl_demand **, projects);
    p->next_watcher = pl_new_array(p->arena, const struct pl_demand *, demands);
    size_t options = 0;
    for (size_t i = 0; i < p->pool->projects.len; i++)
        options += p->pool->projects.at[i]->options.len;
    bool *dead = pl_new_array(p->pool->arena, bool, options);
    for (size_t i = 0; i < p->pool->projects.len; i++) {
        const struct pl_pool_project *pp = p->pool->projects.at[i];
        uint32_t number = pp->project->number;
        p->dead[number] = dead;
        dead += pp->options.len;
        p->why[number] = pl_new_array(p->arena, fact_set, pp->options.len);
        p->living[number] = pp->options.len;
        p->watchers[number] =
            pl_new_array(p->arena, const struct pl_demand *, pp->options.len);
    }
}

static void read_core(struct pruner *p, struct pl_pruning *out)
{
    PL_VEC(struct pl_project *) core = {0};
    for (size_t i = 0; p->contradiction && i < p->pool->projects.len; i++) {
        struct pl_project *project = p->pool->projects.at[i]->project;
        if ((p->contradiction[project->number / 64] >> (project->number % 64)) &
            1)
            pl_vec_push(p->pool->arena, &core, project);
    }
    out->core = core.at;
    out->core_count = core.len;
}

struct pl_pruning pl_prune(struct pl_pool *pool, const bool *staying,
                           size_t count)
{
    PL_ARENA(scratch);
    const struct pl_problem *problem = pool->problem;
    struct pruner p = {
        .pool = pool,
        .arena = &scratch,
        .staying = staying,
        .staying_count = count,
    };
    init(&p);
    hold_facts(&p);
    for (size_t i = 0; i < problem->roots.len; i++)
        impose(&p, problem->roots.at[i].demand, NULL);
    apply_rules(&p);
    collect_users(&p);
    struct pl_pruning out = {.possible = propagate(&p), .dead = p.dead};
    if (!out.possible)
        read_core(&p, &out);
    return out;
}

void pl_prune_apply(struct pl_pool *pool, const struct pl_pruning *pruning)
{
    for (size_t n = 0; n < pool->projects.len; n++) {
        struct pl_pool_project *pp = pool->projects.at[n];
        const bool *dead = pruning->dead[pp->project->number];
        size_t left = 0, fact_option = SIZE_MAX;
        for (size_t i = 0; i < pp->options.len; i++) {
            if (dead[i])
                continue;
            if (i == pp->fact_option)
                fact_option = left;
            pp->options.at[left++] = pp->options.at[i];
        }
        pp->options.len = left;
        pp->fact_option = fact_option;
    }
}
