#include "resolver/proof.h"

/* Beyond this many steps a question counts as one that can be met. */
#define MAX_STEPS 20000
/* Of all questions of one proof together. */
#define MAX_ALL_STEPS 400000
/* The same of what is looked at: a step among thousands of versions is long. */
#define MAX_WORK 50000000
/* It goes one call deeper for each. */
#define MAX_PROJECTS 1000
/* The same for each extra that asks for another one. */
#define MAX_EXTRAS 1000

struct seeker {
    const struct pl_proof *proof;
    size_t *taken;        /* class by project; SIZE_MAX: not decided */
    size_t *required;     /* by project: how many ask for it */
    size_t *active;       /* by demand: the same */
    PL_VEC(size_t) trail; /* demands, in the order they became active */
    struct pl_arena *arena;
    size_t steps;
    size_t work;   /* left */
    size_t extras; /* that asked for one another to come here */
};

struct budget {
    size_t steps; /* made */
    size_t work;  /* left */
};

/* False: there is none left, and never will be. */
static bool spend(struct seeker *s, size_t work)
{
    s->work -= work < s->work ? work : s->work;
    return s->work > 0;
}

static bool is_on(const struct pl_proof *proof, size_t group)
{
    return group != SIZE_MAX && proof->groups.at[group].on;
}

bool pl_proof_meets(const struct pl_proof *proof, size_t demand, size_t class)
{
    const struct pl_proof_demand *d = &proof->demands.at[demand];
    const struct pl_proof_project *project = &proof->projects.at[d->project];
    const struct pl_proof_class *c = &project->classes.at[class];
    return c->meets[d->position] &&
           !(c->barred[d->position] && is_on(proof, project->bar));
}

static bool breaks_rule(struct seeker *s, size_t project, size_t class)
{
    const struct pl_proof *proof = s->proof;
    const struct pl_proof_class *c =
        &proof->projects.at[project].classes.at[class];
    for (size_t rule = 0; rule < proof->rules.len; rule++) {
        if (!is_on(proof, proof->first_rule + rule))
            continue;
        for (size_t side = 0; side < 2; side++) {
            if (!c->sides[2 * rule + side] || !spend(s, proof->projects.len))
                continue;
            for (size_t p = 0; p < proof->projects.len; p++) {
                if (s->taken[p] == SIZE_MAX || p == project)
                    continue;
                const struct pl_proof_class *other =
                    &proof->projects.at[p].classes.at[s->taken[p]];
                if (other->sides[2 * rule + !side] &&
                    !(c->is_fact && other->is_fact))
                    return true;
            }
        }
    }
    return false;
}

static bool is_possible(struct seeker *s, size_t project, size_t class)
{
    const struct pl_proof *proof = s->proof;
    const struct pl_proof_project *p = &proof->projects.at[project];
    const struct pl_proof_class *c = &p->classes.at[class];
    if (!spend(s, 1 + p->demands.len + proof->rules.len) ||
        is_on(proof, c->exclusion) || (is_on(proof, p->stays) && !c->is_fact))
        return false;
    for (size_t i = 0; i < p->demands.len; i++)
        if (s->active[p->demands.at[i]] &&
            !pl_proof_meets(proof, p->demands.at[i], class))
            return false;
    return !breaks_rule(s, project, class);
}

static bool activate(struct seeker *s, size_t demand);

/* What the class needs for the extra becomes active; false: it cannot. */
static bool activate_needs(struct seeker *s, size_t project, size_t class,
                           struct pl_str extra)
{
    const struct pl_proof *proof = s->proof;
    const struct pl_proof_class *c =
        &proof->projects.at[project].classes.at[class];
    (void)spend(s, c->need_count);
    for (size_t i = 0; i < c->need_count; i++) {
        const struct pl_proof_group *group = &proof->groups.at[c->needs[i]];
        if (group->on && pl_str_eq(group->extra, extra) &&
            !activate(s, group->target))
            return false;
    }
    return true;
}

static bool activate(struct seeker *s, size_t demand)
{
    const struct pl_proof_demand *d = &s->proof->demands.at[demand];
    size_t class = s->taken[d->project];
    pl_vec_push(s->arena, &s->trail, demand);
    s->required[d->project]++;
    if (s->active[demand]++ || class == SIZE_MAX)
        return true;
    if (!pl_proof_meets(s->proof, demand, class))
        return false;
    if (!d->demand->extra.len)
        return true;
    if (s->extras == MAX_EXTRAS) {
        s->work = 0;
        return true;
    }
    s->extras++;
    bool can_be = activate_needs(s, d->project, class, d->demand->extra);
    s->extras--;
    return can_be;
}

static void undo(struct seeker *s, size_t trail_len)
{
    while (s->trail.len > trail_len) {
        size_t demand = s->trail.at[--s->trail.len];
        s->active[demand]--;
        s->required[s->proof->demands.at[demand].project]--;
    }
}

static bool take(struct seeker *s, size_t project, size_t class)
{
    const struct pl_proof *proof = s->proof;
    const struct pl_proof_project *p = &proof->projects.at[project];
    s->taken[project] = class;
    if (!activate_needs(s, project, class, (struct pl_str){0}))
        return false;
    for (size_t i = 0; i < p->demands.len; i++) {
        size_t demand = p->demands.at[i];
        struct pl_str extra = proof->demands.at[demand].demand->extra;
        if (s->active[demand] && extra.len &&
            !activate_needs(s, project, class, extra))
            return false;
    }
    return true;
}

/* The undecided project with the fewest choices; SIZE_MAX: all are decided. */
static size_t next_project(struct seeker *s)
{
    size_t best = SIZE_MAX, fewest = SIZE_MAX;
    (void)spend(s, s->proof->projects.len);
    for (size_t p = 0; p < s->proof->projects.len && fewest; p++) {
        size_t choices = 0;
        if (!s->required[p] || s->taken[p] != SIZE_MAX)
            continue;
        size_t count = s->proof->projects.at[p].classes.len;
        for (size_t c = 0; c < count && choices < fewest; c++)
            choices += is_possible(s, p, c);
        if (choices < fewest) {
            best = p;
            fewest = choices;
        }
    }
    return best;
}

static bool seek(struct seeker *s)
{
    size_t project = next_project(s);
    if (project == SIZE_MAX || !s->work)
        return true;
    const struct pl_proof_project *p = &s->proof->projects.at[project];
    for (size_t c = 0; c < p->classes.len; c++) {
        if (!is_possible(s, project, c))
            continue;
        size_t mark = s->trail.len;
        if (++s->steps > MAX_STEPS || (take(s, project, c) && seek(s)))
            return true;
        undo(s, mark);
        s->taken[project] = SIZE_MAX;
    }
    return !s->work;
}

static bool start(struct seeker *s)
{
    const struct pl_proof *proof = s->proof;
    for (size_t p = 0; p < proof->projects.len; p++) {
        const struct pl_proof_project *project = &proof->projects.at[p];
        s->taken[p] = SIZE_MAX;
        s->required[p] =
            is_on(proof, project->stays) || is_on(proof, project->presence);
    }
    for (size_t g = 0; g < proof->groups.len; g++) {
        const struct pl_proof_group *group = &proof->groups.at[g];
        for (size_t i = 0; group->on && i < group->demands.len; i++)
            if (!activate(s, group->demands.at[i]))
                return false;
    }
    return true;
}

/* Can all that is on be met? Without work left, it counts as if. */
static bool is_met(const struct pl_proof *proof, struct budget *budget)
{
    PL_ARENA(scratch);
    struct seeker s = {
        .proof = proof,
        .arena = &scratch,
        .work = budget->work,
        .taken = pl_new_array(&scratch, size_t, proof->projects.len),
        .required = pl_new_array(&scratch, size_t, proof->projects.len),
        .active = pl_new_array(&scratch, size_t, proof->demands.len),
    };
    bool met = !spend(&s, proof->groups.len + proof->demands.len) ||
               (start(&s) && seek(&s));
    budget->steps += s.steps;
    budget->work = s.work;
    return met;
}

/* From the last to the first, so that what was said first stays. */
static void minimize_kind(struct pl_proof *proof, enum pl_group_kind kind,
                          struct budget *budget)
{
    for (size_t g = proof->groups.len; g-- > 0;) {
        struct pl_proof_group *group = &proof->groups.at[g];
        if (group->kind != kind || !budget->work ||
            budget->steps > MAX_ALL_STEPS)
            continue;
        group->on = false;
        group->on = is_met(proof, budget);
    }
}

void pl_proof_minimize(struct pl_proof *proof)
{
    struct budget budget = {.work = MAX_WORK};
    if (proof->projects.len > MAX_PROJECTS || is_met(proof, &budget))
        return;
    minimize_kind(proof, PL_GROUP_ASKED, &budget);
    minimize_kind(proof, PL_GROUP_FACT, &budget);
    minimize_kind(proof, PL_GROUP_RULE, &budget);
    minimize_kind(proof, PL_GROUP_EXCLUSION, &budget);
    minimize_kind(proof, PL_GROUP_NEEDS, &budget);
}
