#include "resolver/proof.h"

struct maker {
    struct pl_proof *proof;
    struct pl_arena *arena;
    size_t *project_places; /* by number of the project, + 1 */
    size_t *demand_places;  /* by number of the demand, + 1 */
};

static size_t place_of_project(struct maker *m, struct pl_project *project)
{
    size_t *place = &m->project_places[project->number];
    if (!*place) {
        pl_vec_push(m->arena, &m->proof->projects,
                    (struct pl_proof_project){.project = project,
                                              .stays = SIZE_MAX,
                                              .presence = SIZE_MAX,
                                              .bar = SIZE_MAX});
        *place = m->proof->projects.len;
    }
    return *place - 1;
}

static size_t place_of_demand(struct maker *m, struct pl_demand *demand)
{
    size_t *place = &m->demand_places[demand->number];
    if (*place)
        return *place - 1;
    size_t at = place_of_project(m, demand->project);
    struct pl_proof_project *project = &m->proof->projects.at[at];
    pl_vec_push(m->arena, &m->proof->demands,
                (struct pl_proof_demand){.demand = demand,
                                         .project = at,
                                         .position = project->demands.len});
    *place = m->proof->demands.len;
    pl_vec_push(m->arena, &project->demands, *place - 1);
    return *place - 1;
}

static size_t add_group(struct maker *m, struct pl_proof_group group)
{
    group.on = true;
    pl_vec_push(m->arena, &m->proof->groups, group);
    return m->proof->groups.len - 1;
}

/* ---- lines, facts and rules ---- */

/* The lines that ask for it; one with several extras has several demands. */
static void add_lines(struct maker *m, const pl_job_vec *jobs,
                      const struct pl_core *core)
{
    const struct pl_problem *problem = m->proof->problem;
    bool *is_in = pl_new_array(m->arena, bool, problem->demands.len);
    for (size_t i = 0; i < core->count; i++) {
        const struct pl_job *job = &jobs->at[core->jobs[i]];
        if (job->kind == PL_JOB_DEMAND)
            is_in[job->demand->number] = true;
    }
    const struct pl_asked *last = NULL;
    for (size_t i = 0; i < problem->roots.len; i++) {
        const struct pl_root *root = &problem->roots.at[i];
        if (!is_in[root->demand->number])
            continue;
        size_t demand = place_of_demand(m, root->demand);
        if (root->asked != last)
            add_group(m, (struct pl_proof_group){
                             .kind = PL_GROUP_ASKED,
                             .asked = root->asked,
                             .project = m->proof->demands.at[demand].project});
        last = root->asked;
        pl_vec_push(m->arena,
                    &m->proof->groups.at[m->proof->groups.len - 1].demands,
                    demand);
    }
}

static void add_facts(struct maker *m, const pl_job_vec *jobs,
                      const struct pl_core *core)
{
    for (size_t i = 0; i < core->count; i++) {
        const struct pl_job *job = &jobs->at[core->jobs[i]];
        if (job->kind != PL_JOB_STAY && job->kind != PL_JOB_PRESENT)
            continue;
        size_t at = place_of_project(m, job->project);
        bool locked = job->project->fact->protect == PL_PROTECT_LOCKED;
        size_t group = add_group(
            m, (struct pl_proof_group){.kind = PL_GROUP_FACT,
                                       .project = at,
                                       .holds = job->kind == PL_JOB_PRESENT
                                                    ? PL_HOLDS_PRESENT
                                                : locked ? PL_HOLDS_LOCKED
                                                         : PL_HOLDS_NEVER});
        struct pl_proof_project *project = &m->proof->projects.at[at];
        if (job->kind == PL_JOB_STAY)
            project->stays = group;
        else
            project->presence = group;
    }
}

static void add_rules(struct maker *m, const struct pl_core *core)
{
    struct pl_problem *problem = m->proof->problem;
    m->proof->first_rule = m->proof->groups.len;
    for (size_t i = 0; i < core->rules.len; i++) {
        const struct pl_abi_rule *rule = core->rules.at[i];
        place_of_project(m, pl_problem_project(problem, rule->package));
        place_of_project(m, pl_problem_project(problem, rule->other));
        add_group(m, (struct pl_proof_group){
                         .kind = PL_GROUP_RULE, .rule = rule, .target = i});
        pl_vec_push(m->arena, &m->proof->rules, rule);
    }
}

/* ---- what versions need ---- */

static size_t group_of_need(struct maker *m, size_t project,
                            const struct pl_core_need *need)
{
    size_t demand = place_of_demand(m, need->demand);
    for (size_t g = 0; g < m->proof->groups.len; g++) {
        const struct pl_proof_group *group = &m->proof->groups.at[g];
        if (group->kind == PL_GROUP_NEEDS && group->project == project &&
            group->target == demand && pl_str_eq(group->extra, need->extra))
            return g;
    }
    return add_group(m, (struct pl_proof_group){.kind = PL_GROUP_NEEDS,
                                                .project = project,
                                                .target = demand,
                                                .extra = need->extra});
}

typedef PL_VEC(size_t) number_vec;

/* Groups of needs by project and candidate. */
static number_vec **add_needs(struct maker *m, const struct pl_core *core)
{
    number_vec **needs = pl_new_array(
        m->arena, number_vec *, pl_problem_project_count(m->proof->problem));
    for (size_t i = 0; i < core->needs.len; i++) {
        const struct pl_core_need *need = &core->needs.at[i];
        size_t project = place_of_project(m, need->project);
        size_t group = group_of_need(m, project, need);
        number_vec **of = &needs[need->project->number];
        if (!*of)
            *of = pl_new_array(m->arena, number_vec,
                               need->project->candidate_count);
        pl_vec_push(m->arena, &(*of)[need->candidate], group);
    }
    return needs;
}

/* ---- versions that are no candidates ---- */

static bool forbids(const struct pl_problem *problem,
                    const struct pl_requirement *constraint,
                    const struct pl_project *project,
                    const struct pl_version *version)
{
    return pl_str_eq(constraint->name, project->name) &&
           pl_marker_eval(constraint->marker, &problem->env,
                          (struct pl_str){0}) &&
           !pl_specifier_match(&constraint->specifier, version);
}

static const struct pl_asked *constraint_on(const struct pl_problem *problem,
                                            const struct pl_project *project,
                                            const struct pl_version *version)
{
    const bool *lifted = problem->lifted.constraints;
    for (size_t i = 0; i < problem->constraint_count; i++)
        if (!(lifted && lifted[i]) &&
            forbids(problem, &problem->constraints[i].req, project, version))
            return &problem->constraints[i];
    return NULL;
}

static size_t exclusion_group(struct maker *m, size_t project,
                              const struct pl_proof_group *like)
{
    for (size_t g = 0; g < m->proof->groups.len; g++) {
        const struct pl_proof_group *group = &m->proof->groups.at[g];
        if (group->kind == PL_GROUP_EXCLUSION && group->project == project &&
            group->why == like->why && group->asked == like->asked)
            return g;
    }
    return add_group(m, *like);
}

static size_t exclusion_of(struct maker *m, size_t at,
                           const struct pl_version *version,
                           enum pl_exclusion why, struct pl_str detail)
{
    struct pl_proof_group group = {.kind = PL_GROUP_EXCLUSION,
                                   .project = at,
                                   .why = why,
                                   .detail = detail};
    if (why == PL_EXCLUDED_CONSTRAINT)
        group.asked = constraint_on(m->proof->problem,
                                    m->proof->projects.at[at].project, version);
    return exclusion_group(m, at, &group);
}

/* ---- classes ---- */

static bool is_on_side(const struct pl_proof *proof, size_t rule, size_t side,
                       const struct pl_project *project,
                       const struct pl_version *version,
                       const struct pl_fact *fact)
{
    const struct pl_abi_rule *r = proof->rules.at[rule];
    const struct pl_specifier *specifier =
        side ? &r->other_versions : &r->versions;
    if (!pl_str_eq(side ? r->other : r->package, project->name))
        return false;
    bool in = fact ? pl_fact_meets(fact, specifier)
                   : pl_specifier_match(specifier, version);
    return in != (side && r->is_requires);
}

/* What tells classes apart, as bytes. */
static struct pl_str signature(struct maker *m,
                               const struct pl_proof_project *project,
                               const struct pl_proof_class *class)
{
    size_t demands = project->demands.len, sides = 2 * m->proof->rules.len;
    size_t needs = class->need_count * sizeof(class->needs[0]);
    size_t len = 2 * demands + sides + sizeof(class->exclusion) + 1 + needs;
    char *text = pl_arena_alloc(m->arena, len), *to = text;
    if (demands) {
        memcpy(to, class->meets, demands);
        memcpy(to + demands, class->barred, demands);
    }
    to += 2 * demands;
    if (sides)
        memcpy(to, class->sides, sides);
    to += sides;
    memcpy(to, &class->exclusion, sizeof(class->exclusion));
    to += sizeof(class->exclusion);
    *to++ = class->is_fact;
    if (needs)
        memcpy(to, class->needs, needs);
    return (struct pl_str){text, len};
}

struct class_maker {
    struct maker *m;
    struct pl_proof_project *project;
    struct pl_map known; /* numbers of classes, by signature */
    bool *meets, *barred, *sides;
};

static bool *copied(struct pl_arena *arena, const bool *from, size_t count)
{
    bool *copy = pl_new_array(arena, bool, count);
    if (count)
        memcpy(copy, from, count);
    return copy;
}

static void add_item(struct class_maker *c, struct pl_proof_item item,
                     struct pl_proof_class class)
{
    struct pl_arena *arena = c->m->arena;
    struct pl_proof_project *project = c->project;
    void **slot = pl_map_slot(&c->known, signature(c->m, project, &class));
    if (!*slot) {
        class.meets = copied(arena, c->meets, project->demands.len);
        class.barred = copied(arena, c->barred, project->demands.len);
        class.sides = copied(arena, c->sides, 2 * c->m->proof->rules.len);
        pl_vec_push(arena, &project->classes, class);
        size_t *number = pl_new(arena, size_t);
        *number = project->classes.len - 1;
        *slot = number;
    }
    item.number = *(size_t *)*slot;
    pl_vec_push(arena, &project->items, item);
}

static struct pl_proof_class class_at(const struct class_maker *c)
{
    return (struct pl_proof_class){.meets = c->meets,
                                   .barred = c->barred,
                                   .sides = c->sides,
                                   .exclusion = SIZE_MAX};
}

static void find_sides(struct class_maker *c, const struct pl_version *version,
                       const struct pl_fact *fact)
{
    for (size_t i = 0; i < 2 * c->m->proof->rules.len; i++)
        c->sides[i] = is_on_side(c->m->proof, i / 2, i % 2, c->project->project,
                                 version, fact);
}

static void meet_as_fact(struct class_maker *c, const struct pl_demand *demand,
                         size_t position, const struct pl_fact *fact)
{
    c->meets[position] =
        !demand->by_url && pl_fact_meets(fact, demand->specifier);
    c->barred[position] =
        c->meets[position] && !pl_demand_matches_fact(demand, fact);
}

static void add_candidate(struct class_maker *c, size_t n,
                          const number_vec *needs)
{
    struct pl_project *project = c->project->project;
    struct pl_candidate *candidate = &project->candidates[n];
    for (size_t i = 0; i < c->project->demands.len; i++) {
        const struct pl_demand *demand =
            c->m->proof->demands.at[c->project->demands.at[i]].demand;
        c->barred[i] = false;
        if (candidate->fact)
            meet_as_fact(c, demand, i, candidate->fact);
        else
            c->meets[i] = pl_demand_matches(demand, n);
    }
    find_sides(c, candidate->version, candidate->fact);
    struct pl_proof_class class = class_at(c);
    class.is_fact = candidate->fact != NULL;
    if (candidate->state == PL_CANDIDATE_UNUSABLE)
        class.exclusion = exclusion_of(
            c->m, (size_t)(c->project - c->m->proof->projects.at),
            candidate->version, PL_EXCLUDED_METADATA, candidate->reason);
    if (needs) {
        class.needs = needs[n].at;
        class.need_count = needs[n].len;
    }
    add_item(c, (struct pl_proof_item){candidate->version, candidate, 0},
             class);
}

static void add_excluded(struct class_maker *c, const struct pl_excluded *x)
{
    bool any = false;
    for (size_t i = 0; i < c->project->demands.len; i++) {
        const struct pl_demand *demand =
            c->m->proof->demands.at[c->project->demands.at[i]].demand;
        c->barred[i] = false;
        c->meets[i] = !demand->by_url &&
                      pl_specifier_match(demand->specifier, x->version);
        any |= c->meets[i];
    }
    if (!any && c->project->presence == SIZE_MAX)
        return;
    find_sides(c, x->version, NULL);
    struct pl_proof_class class = class_at(c);
    class.exclusion =
        exclusion_of(c->m, (size_t)(c->project - c->m->proof->projects.at),
                     x->version, x->why, (struct pl_str){0});
    add_item(c, (struct pl_proof_item){x->version, NULL, 0}, class);
}

/* A version that meets everything, while the page is not read. */
static void add_unread(struct class_maker *c)
{
    for (size_t i = 0; i < c->project->demands.len; i++) {
        c->meets[i] = true;
        c->barred[i] = false;
    }
    memset(c->sides, 0, 2 * c->m->proof->rules.len + 1);
    add_item(c, (struct pl_proof_item){0}, class_at(c));
}

static int compare_items(const void *a, const void *b)
{
    const struct pl_proof_item *x = a, *y = b;
    if (!x->version || !y->version)
        return (x->version != NULL) - (y->version != NULL);
    return pl_version_cmp(x->version, y->version);
}

static void add_classes(struct maker *m, size_t at, number_vec *const *needs)
{
    struct pl_proof_project *project = &m->proof->projects.at[at];
    const struct pl_project *of = project->project;
    size_t demands = project->demands.len;
    struct class_maker c = {
        .m = m,
        .project = project,
        .known = {.arena = m->arena},
        .meets = pl_new_array(m->arena, bool, demands),
        .barred = pl_new_array(m->arena, bool, demands),
        .sides = pl_new_array(m->arena, bool, 2 * m->proof->rules.len + 1),
    };
    if (of->fact && of->fact_barred)
        project->bar = exclusion_of(m, at, &of->fact->version,
                                    PL_EXCLUDED_CONSTRAINT, (struct pl_str){0});
    for (size_t n = 0; n < of->candidate_count; n++)
        add_candidate(&c, n, needs[of->number]);
    /* unusable candidates stand in both lists */
    for (size_t n = 0; n < of->excluded.len; n++)
        if (of->excluded.at[n].why != PL_EXCLUDED_METADATA)
            add_excluded(&c, &of->excluded.at[n]);
    if (of->page_state != PL_PAGE_READ && of->page_state != PL_PAGE_ABSENT)
        add_unread(&c);
    if (project->items.len)
        qsort(project->items.at, project->items.len,
              sizeof(project->items.at[0]), compare_items);
}

struct pl_proof *pl_proof_make(struct pl_problem *problem,
                               struct pl_arena *arena, const pl_job_vec *jobs,
                               const struct pl_core *core)
{
    struct pl_proof *proof = pl_new(arena, struct pl_proof);
    *proof = (struct pl_proof){.problem = problem, .arena = arena};
    struct maker m = {
        .proof = proof,
        .arena = arena,
        .project_places =
            pl_new_array(arena, size_t, pl_problem_project_count(problem)),
        .demand_places = pl_new_array(arena, size_t, problem->demands.len),
    };
    add_lines(&m, jobs, core);
    add_facts(&m, jobs, core);
    add_rules(&m, core);
    number_vec **needs = add_needs(&m, core);
    for (size_t i = 0; i < proof->projects.len; i++)
        add_classes(&m, i, needs);
    return proof;
}
