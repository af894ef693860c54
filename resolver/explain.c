#include "resolver/explain.h"

#include "resolver/proof.h"

/* A file can make a chain of any length, and each link is some calls deep. */
#define MAX_DEPTH 200

/* Versions of a project: those that meet the demand, or all of them. */
struct target {
    size_t project;
    size_t demand; /* SIZE_MAX: any version would do */
};

struct teller {
    const struct pl_proof *proof;
    struct pl_arena *arena; /* of the problem */
    PL_VEC(struct pl_reason) reasons;
    bool **told; /* by project, then class */
};

static const struct pl_proof_group *group_at(const struct teller *t, size_t g)
{
    return &t->proof->groups.at[g];
}

static bool is_kept(const struct teller *t, size_t group)
{
    return group != SIZE_MAX && group_at(t, group)->on;
}

static const struct pl_proof_project *project_of(const struct teller *t,
                                                 struct target target)
{
    return &t->proof->projects.at[target.project];
}

static struct target target_of(const struct teller *t, size_t demand)
{
    return (struct target){t->proof->demands.at[demand].project, demand};
}

static bool is_meant(const struct teller *t, struct target target, size_t class)
{
    return target.demand == SIZE_MAX ||
           pl_proof_meets(t->proof, target.demand, class);
}

static void tell(struct teller *t, struct pl_reason reason)
{
    pl_vec_push(t->arena, &t->reasons, reason);
}

/* ---- versions as ranges ---- */

struct listed {
    const struct pl_version *version;
    bool is_told;
};

typedef PL_VEC(struct listed) listed_vec;

/* What is meant, ascending; a version nobody is told of is left out. */
static listed_vec list_versions(const struct teller *t,
                                struct pl_arena *scratch, struct target target,
                                const bool *is_like)
{
    const struct pl_proof_project *project = project_of(t, target);
    listed_vec listed = {0};
    for (size_t i = 0; i < project->items.len; i++) {
        const struct pl_proof_item *item = &project->items.at[i];
        const struct pl_proof_class *c = &project->classes.at[item->number];
        bool is_silent = c->exclusion != SIZE_MAX && !is_kept(t, c->exclusion);
        if (item->version && !is_silent && is_meant(t, target, item->number))
            pl_vec_push(scratch, &listed,
                        (struct listed){item->version, is_like[item->number]});
    }
    return listed;
}

/* Of the versions that are meant, those of the marked classes. */
static void set_ranges(struct teller *t, struct target target,
                       const bool *is_like, struct pl_reason *reason)
{
    PL_ARENA(scratch);
    listed_vec listed = list_versions(t, &scratch, target, is_like);
    PL_VEC(struct pl_version_range) ranges = {0};
    for (size_t i = 0; i < listed.len; i++) {
        const struct pl_version *version = listed.at[i].version;
        if (!listed.at[i].is_told)
            continue;
        reason->version_count++;
        if (!ranges.len || !listed.at[i - 1].is_told)
            pl_vec_push(t->arena, &ranges,
                        (struct pl_version_range){.first = version});
        ranges.at[ranges.len - 1].last = version;
        ranges.at[ranges.len - 1].count++;
    }
    reason->ranges = ranges.at;
    reason->range_count = ranges.len;
}

static int compare_listed(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    return pl_version_cmp(x->version, y->version);
}

/* All there are, told as one range: what else is there to ask for. */
static void set_whole_range(struct teller *t, const struct pl_project *project,
                            struct pl_reason *reason)
{
    listed_vec listed = {0};
    for (size_t i = 0; i < project->candidate_count; i++)
        pl_vec_push(t->proof->arena, &listed,
                    (struct listed){project->candidates[i].version, true});
    for (size_t i = 0; i < project->excluded.len; i++)
        pl_vec_push(t->proof->arena, &listed,
                    (struct listed){project->excluded.at[i].version, true});
    if (!listed.len)
        return;
    qsort(listed.at, listed.len, sizeof(listed.at[0]), compare_listed);
    struct pl_version_range *whole = pl_new(t->arena, struct pl_version_range);
    whole->first = listed.at[0].version;
    whole->last = listed.at[listed.len - 1].version;
    for (size_t i = 0; i < listed.len; i++)
        whole->count +=
            !i || compare_listed(&listed.at[i - 1], &listed.at[i]) != 0;
    reason->ranges = whole;
    reason->range_count = 1;
    reason->version_count = whole->count;
}

/* ---- the tree ---- */

static bool is_kept_need(const struct teller *t,
                         const struct pl_proof_class *class, size_t i)
{
    return is_kept(t, class->needs[i]);
}

/* Both are kept out, or both need the same. */
static bool are_told_alike(const struct teller *t,
                           const struct pl_proof_class *a,
                           const struct pl_proof_class *b)
{
    bool a_out = is_kept(t, a->exclusion), b_out = is_kept(t, b->exclusion);
    if (a_out || b_out)
        return a_out && b_out && a->exclusion == b->exclusion;
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a->need_count && !is_kept_need(t, a, i))
            i++;
        while (k < b->need_count && !is_kept_need(t, b, k))
            k++;
        if (i == a->need_count || k == b->need_count)
            return i == a->need_count && k == b->need_count;
        if (a->needs[i++] != b->needs[k++])
            return false;
    }
}

static bool has_reason(const struct teller *t,
                       const struct pl_proof_class *class)
{
    if (is_kept(t, class->exclusion))
        return true;
    for (size_t i = 0; i < class->need_count; i++)
        if (is_kept_need(t, class, i))
            return true;
    return false;
}

static void tell_demand(struct teller *t, size_t demand, uint32_t depth);

static void tell_exclusion(struct teller *t, const struct pl_proof_group *group,
                           struct pl_reason reason)
{
    reason.kind = PL_REASON_EXCLUDED;
    reason.project = t->proof->projects.at[group->project].project;
    reason.why = group->why;
    reason.asked = group->asked;
    reason.detail = group->detail;
    tell(t, reason);
}

/* Among what is kept of the class's needs. */
static bool is_first_of_extra(const struct teller *t,
                              const struct pl_proof_class *class, size_t need)
{
    struct pl_str extra = group_at(t, class->needs[need])->extra;
    for (size_t i = 0; i < need; i++)
        if (is_kept_need(t, class, i) &&
            pl_str_eq(group_at(t, class->needs[i])->extra, extra))
            return false;
    return true;
}

static void tell_needs_of(struct teller *t, const struct pl_proof_class *class,
                          struct pl_str extra, struct pl_reason reason)
{
    PL_VEC(struct pl_demand *) demands = {0};
    for (size_t i = 0; i < class->need_count; i++) {
        const struct pl_proof_group *group = group_at(t, class->needs[i]);
        if (group->on && pl_str_eq(group->extra, extra))
            pl_vec_push(t->arena, &demands,
                        t->proof->demands.at[group->target].demand);
    }
    reason.extra = extra;
    reason.demands = demands.at;
    reason.demand_count = demands.len;
    tell(t, reason);
}

/* What the versions of a class need, and what follows from each of it. */
static void tell_needs(struct teller *t, struct pl_project *project,
                       const struct pl_proof_class *class,
                       struct pl_reason reason)
{
    reason.kind = PL_REASON_NEEDS;
    reason.project = project;
    reason.is_fact = class->is_fact;
    for (size_t i = 0; i < class->need_count; i++)
        if (is_kept_need(t, class, i) && is_first_of_extra(t, class, i))
            tell_needs_of(t, class, group_at(t, class->needs[i])->extra,
                          reason);
    for (size_t i = 0; i < class->need_count; i++)
        if (is_kept_need(t, class, i))
            tell_demand(t, group_at(t, class->needs[i])->target,
                        reason.depth + 1);
}

/* The class, and those that are told alike: their versions, as one reason. */
static void take_alike(struct teller *t, struct target target, size_t first,
                       struct pl_reason *reason)
{
    PL_ARENA(scratch);
    const struct pl_proof_project *project = project_of(t, target);
    const struct pl_proof_class *class = &project->classes.at[first];
    bool *told = t->told[target.project];
    bool *is_like = pl_new_array(&scratch, bool, project->classes.len);
    for (size_t c = first; c < project->classes.len; c++)
        if (!told[c] && is_meant(t, target, c) &&
            are_told_alike(t, class, &project->classes.at[c]))
            is_like[c] = told[c] = true;
    set_ranges(t, target, is_like, reason);
}

static void tell_class(struct teller *t, struct target target, size_t first,
                       uint32_t depth)
{
    const struct pl_proof_project *project = project_of(t, target);
    const struct pl_proof_class *class = &project->classes.at[first];
    struct pl_reason reason = {.depth = depth};
    take_alike(t, target, first, &reason);
    if (is_kept(t, class->exclusion))
        tell_exclusion(t, group_at(t, class->exclusion), reason);
    else
        tell_needs(t, project->project, class, reason);
}

/* Nothing the index knows meets it. */
static bool tell_nothing(struct teller *t, size_t demand, uint32_t depth)
{
    const struct pl_proof *proof = t->proof;
    const struct pl_proof_demand *d = &proof->demands.at[demand];
    const struct pl_proof_project *project = &proof->projects.at[d->project];
    for (size_t c = 0; c < project->classes.len; c++)
        if (project->classes.at[c].meets[d->position])
            return false;
    bool is_absent = project->project->page_state == PL_PAGE_ABSENT &&
                     !project->project->fact;
    struct pl_demand **demands = pl_new(t->arena, struct pl_demand *);
    *demands = d->demand;
    struct pl_reason reason = {.kind = is_absent ? PL_REASON_ABSENT
                                                 : PL_REASON_NO_MATCH,
                               .depth = depth,
                               .project = project->project,
                               .demands = demands,
                               .demand_count = 1};
    if (!is_absent)
        set_whole_range(t, project->project, &reason);
    tell(t, reason);
    return true;
}

/* A constraint keeps the fact from what asks for it; once. */
static void tell_bar(struct teller *t, size_t at, uint32_t depth)
{
    const struct pl_proof_project *project = &t->proof->projects.at[at];
    bool *is_told = &t->told[at][project->classes.len];
    if (*is_told)
        return;
    *is_told = true;
    tell(t, (struct pl_reason){.kind = PL_REASON_EXCLUDED,
                               .depth = depth,
                               .project = project->project,
                               .why = PL_EXCLUDED_CONSTRAINT,
                               .asked = group_at(t, project->bar)->asked,
                               .version_count = 1,
                               .is_fact = true});
}

/* Why the versions that are meant cannot be: each class once. */
static void tell_versions(struct teller *t, struct target target,
                          uint32_t depth)
{
    const struct pl_proof_project *project = project_of(t, target);
    for (size_t c = 0; c < project->classes.len; c++) {
        const struct pl_proof_class *class = &project->classes.at[c];
        if (!t->told[target.project][c] && is_meant(t, target, c) &&
            has_reason(t, class) &&
            (class->is_fact || !is_kept(t, project->stays)))
            tell_class(t, target, c, depth);
    }
}

static bool is_barred(const struct teller *t, struct target target)
{
    const struct pl_proof_project *project = project_of(t, target);
    size_t position = t->proof->demands.at[target.demand].position;
    for (size_t c = 0; c < project->classes.len; c++)
        if (project->classes.at[c].meets[position] && !is_meant(t, target, c))
            return true;
    return false;
}

static void tell_demand(struct teller *t, size_t demand, uint32_t depth)
{
    struct target target = target_of(t, demand);
    if (depth > MAX_DEPTH || tell_nothing(t, demand, depth))
        return;
    tell_versions(t, target, depth);
    if (is_barred(t, target))
        tell_bar(t, target.project, depth);
}

/* ---- where it begins ---- */

static void tell_line(struct teller *t, const struct pl_proof_group *group)
{
    tell(t, (struct pl_reason){
                .kind = PL_REASON_ASKED,
                .asked = group->asked,
                .project = t->proof->projects.at[group->project].project});
    for (size_t i = 0; i < group->demands.len; i++)
        tell_demand(t, group->demands.at[i], 1);
}

static void tell_fact(struct teller *t, const struct pl_proof_group *group)
{
    const struct pl_proof *proof = t->proof;
    const struct pl_proof_project *project =
        &proof->projects.at[group->project];
    tell(t, (struct pl_reason){.kind = PL_REASON_FACT,
                               .project = project->project,
                               .fact = project->project->fact,
                               .holds = group->holds});
    tell_versions(t, (struct target){group->project, SIZE_MAX}, 1);
}

/* The line stands against others and needs nothing further told. */
static bool is_passive(const struct teller *t,
                       const struct pl_proof_group *group)
{
    const struct pl_proof *proof = t->proof;
    const struct pl_proof_project *project =
        &proof->projects.at[group->project];
    for (size_t i = 0; i < group->demands.len; i++)
        for (size_t c = 0; c < project->classes.len; c++)
            if (pl_proof_meets(proof, group->demands.at[i], c) &&
                has_reason(t, &project->classes.at[c]))
                return false;
    return true;
}

/* The line that heads the message: one that says itself what it stands for. */
static const struct pl_proof_group *blamed(const struct teller *t)
{
    const struct pl_proof_group *first = NULL;
    for (size_t g = 0; g < t->proof->groups.len; g++) {
        const struct pl_proof_group *group = group_at(t, g);
        if (group->kind != PL_GROUP_ASKED || !group->on)
            continue;
        if (is_passive(t, group))
            return group;
        if (!first)
            first = group;
    }
    return first;
}

static void tell_all(struct teller *t, const struct pl_proof_group *first)
{
    if (first)
        tell_line(t, first);
    for (size_t g = 0; g < t->proof->groups.len; g++)
        if (group_at(t, g)->kind == PL_GROUP_ASKED && group_at(t, g)->on &&
            group_at(t, g) != first)
            tell_line(t, group_at(t, g));
    for (size_t g = 0; g < t->proof->groups.len; g++)
        if (group_at(t, g)->kind == PL_GROUP_FACT && group_at(t, g)->on)
            tell_fact(t, group_at(t, g));
    for (size_t g = 0; g < t->proof->groups.len; g++)
        if (group_at(t, g)->kind == PL_GROUP_RULE && group_at(t, g)->on)
            tell(t, (struct pl_reason){.kind = PL_REASON_RULE,
                                       .rule = group_at(t, g)->rule});
}

const struct pl_conflict *pl_explain(struct pl_problem *problem,
                                     struct pl_pool *pool,
                                     const pl_job_vec *jobs,
                                     const struct pl_core *core)
{
    PL_ARENA(scratch);
    pl_job_vec few = {0};
    for (size_t i = 0; i < core->count; i++)
        pl_vec_push(problem->arena, &few, jobs->at[core->jobs[i]]);
    struct pl_core proved = pl_pool_prove(pool, &few);
    struct pl_proof *proof = pl_proof_make(problem, &scratch, &few, &proved);
    pl_proof_minimize(proof);
    struct teller t = {
        .proof = proof,
        .arena = problem->arena,
        .told = pl_new_array(&scratch, bool *, proof->projects.len),
    };
    for (size_t p = 0; p < proof->projects.len; p++)
        t.told[p] =
            pl_new_array(&scratch, bool, proof->projects.at[p].classes.len + 1);
    const struct pl_proof_group *first = blamed(&t);
    tell_all(&t, first);
    struct pl_conflict *conflict = pl_new(problem->arena, struct pl_conflict);
    *conflict = (struct pl_conflict){.reasons = t.reasons.at,
                                     .count = t.reasons.len,
                                     .blamed = first ? first->asked : NULL};
    return conflict;
}
