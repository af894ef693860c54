#include "resolver/result.h"

#include "core/limits.h"

typedef PL_VEC(struct pl_str) str_vec;

/* Requirements that are in force: of a package, or of one of its extras. */
struct active {
    struct pl_project *project;
    struct pl_candidate *candidate;
    struct pl_str extra;
};

/* Who asks for a package, and what that asks for. */
struct asking {
    str_vec via, extras, dependencies;
};

struct builder {
    struct pl_problem *problem;
    struct pl_arena *arena;
    /* By project number: what the environment will hold, or NULL. */
    struct pl_candidate **final;
    bool *reached; /* a requirement of the answer leads to it */
    size_t count;
    PL_VEC(struct active) active; /* breadth first from the user's */
    struct asking *asking;        /* by project number */
};

struct pl_str pl_result_where(struct pl_arena *arena,
                              const struct pl_asked *asked)
{
    return pl_arena_printf(arena, "%.*s %.*s", PL_STR_ARG(asked->where),
                           PL_STR_ARG(asked->req.text));
}

static int compare_strs(const void *a, const void *b)
{
    return pl_str_cmp(*(const struct pl_str *)a, *(const struct pl_str *)b);
}

/* Sorted, each once. */
static void tidy(str_vec *list)
{
    if (list->len)
        qsort(list->at, list->len, sizeof(list->at[0]), compare_strs);
    size_t count = 0;
    for (size_t i = 0; i < list->len; i++)
        if (!count || !pl_str_eq(list->at[count - 1], list->at[i]))
            list->at[count++] = list->at[i];
    list->len = count;
}

static struct pl_candidate *final_of(const struct builder *b,
                                     const struct pl_project *project)
{
    return project->number < b->count ? b->final[project->number] : NULL;
}

/* ---- what is in force ---- */

static void activate(struct builder *b, struct pl_project *project,
                     struct pl_str extra)
{
    struct pl_candidate *candidate = final_of(b, project);
    if (!candidate)
        return;
    for (size_t i = 0; i < b->active.len; i++)
        if (b->active.at[i].project == project &&
            pl_str_eq(b->active.at[i].extra, extra))
            return;
    b->reached[project->number] = true;
    pl_vec_push(b->arena, &b->active,
                (struct active){project, candidate, extra});
}

static void activate_demand(struct builder *b, const struct pl_demand *demand)
{
    activate(b, demand->project, (struct pl_str){0});
    if (demand->extra.len)
        activate(b, demand->project, demand->extra);
}

static const struct pl_needs *needs_of(const struct builder *b,
                                       const struct active *active)
{
    return pl_candidate_needs(b->problem, active->candidate, active->extra);
}

static void activate_all(struct builder *b, const struct pl_decision *decision)
{
    for (size_t i = 0; i < b->problem->roots.len; i++)
        activate_demand(b, b->problem->roots.at[i].demand);
    size_t next = 0, decided = 0;
    while (next < b->active.len || decided < decision->order.len) {
        if (next == b->active.len) {
            activate(b, decision->order.at[decided++].project,
                     (struct pl_str){0});
            continue;
        }
        struct active active = b->active.at[next++];
        const struct pl_needs *needs = needs_of(b, &active);
        for (size_t i = 0; needs && i < needs->count; i++)
            activate_demand(b, needs->demands[i]);
    }
}

/* ---- who asked ---- */

static void ask_from_roots(struct builder *b)
{
    const struct pl_problem *problem = b->problem;
    for (size_t i = 0; i < problem->roots.len; i++) {
        const struct pl_root *root = &problem->roots.at[i];
        struct asking *asking = &b->asking[root->demand->project->number];
        pl_vec_push(b->arena, &asking->via, root->asked->where);
        if (root->demand->extra.len)
            pl_vec_push(b->arena, &asking->extras, root->demand->extra);
    }
}

static void ask_from(struct builder *b, const struct active *active,
                     const struct pl_demand *demand)
{
    struct pl_project *about = demand->project;
    const struct pl_candidate *final = final_of(b, about);
    struct asking *asking = &b->asking[about->number];
    if (demand->extra.len)
        pl_vec_push(b->arena, &asking->extras, demand->extra);
    if (active->project == about || !final)
        return;
    pl_vec_push(b->arena, &asking->via, active->project->name);
    if (!final->fact)
        pl_vec_push(b->arena, &b->asking[active->project->number].dependencies,
                    about->name);
}

/* All at once: looking for each package's askers apart takes its square. */
static void find_all_askers(struct builder *b)
{
    b->asking = pl_new_array(b->arena, struct asking, b->count);
    ask_from_roots(b);
    for (size_t i = 0; i < b->active.len; i++) {
        const struct active *active = &b->active.at[i];
        const struct pl_needs *needs = needs_of(b, active);
        for (size_t n = 0; needs && n < needs->count; n++)
            ask_from(b, active, needs->demands[n]);
    }
}

static void find_askers(struct builder *b, struct pl_chosen *chosen)
{
    struct asking *asking = &b->asking[chosen->project->number];
    tidy(&asking->via);
    tidy(&asking->dependencies);
    tidy(&asking->extras);
    chosen->via = asking->via.at;
    chosen->via_count = asking->via.len;
    chosen->dependencies = asking->dependencies.at;
    chosen->dependency_count = asking->dependencies.len;
    chosen->extras = asking->extras.at;
    chosen->extra_count = asking->extras.len;
}

/* ---- rules that mattered ---- */

static bool candidate_in(const struct pl_candidate *candidate,
                         const struct pl_specifier *specifier)
{
    return candidate->fact ? pl_fact_meets(candidate->fact, specifier)
                           : pl_specifier_match(specifier, candidate->version);
}

static struct pl_candidate *final_named(const struct builder *b,
                                        struct pl_str name)
{
    const struct pl_project *project = pl_map_get(&b->problem->projects, name);
    return project ? final_of(b, project) : NULL;
}

/* Does the rule forbid the version beside what the environment will hold? */
static bool forbids(const struct builder *b, const struct pl_abi_rule *rule,
                    const struct pl_project *project,
                    const struct pl_candidate *candidate)
{
    bool is_package = pl_str_eq(rule->package, project->name);
    if (!is_package && !pl_str_eq(rule->other, project->name))
        return false;
    const struct pl_candidate *package =
        is_package ? candidate : final_named(b, rule->package);
    const struct pl_candidate *other =
        is_package ? final_named(b, rule->other) : candidate;
    return package && other && candidate_in(package, &rule->versions) &&
           candidate_in(other, &rule->other_versions) != rule->is_requires;
}

static bool meets_roots(const struct pl_project *project, size_t candidate)
{
    for (size_t i = 0; i < project->demands.len; i++) {
        const struct pl_demand *demand = project->demands.at[i];
        if (demand->is_root && !pl_demand_matches(demand, candidate))
            return false;
    }
    return true;
}

/* Among the candidates if no earlier answer counted: one put it first. */
static size_t place_of(const struct pl_project *project, size_t candidate)
{
    if (!project->pin || candidate > project->pin_place)
        return candidate;
    return candidate ? candidate - 1 : project->pin_place;
}

static void find_rules(struct builder *b, struct pl_chosen *chosen)
{
    str_vec rules = {0};
    struct pl_project *project = chosen->project;
    size_t at = (size_t)(chosen->candidate - project->candidates);
    size_t place = place_of(project, at);
    for (size_t r = 0; place && r < b->problem->rule_count; r++) {
        const struct pl_abi_rule *rule = b->problem->rules[r];
        bool mattered = false;
        if (!pl_str_eq(rule->package, project->name) &&
            !pl_str_eq(rule->other, project->name))
            continue;
        for (size_t i = 0; i < project->candidate_count && !mattered; i++)
            mattered = place_of(project, i) < place &&
                       forbids(b, rule, project, &project->candidates[i]) &&
                       meets_roots(project, i);
        if (mattered)
            pl_vec_push(b->arena, &rules, rule->id);
    }
    tidy(&rules);
    chosen->rules = rules.at;
    chosen->rule_count = rules.len;
}

/* ---- why a fact could not stay ---- */

static struct pl_str needs_text(const struct builder *b,
                                const struct pl_project *project,
                                const struct pl_candidate *candidate,
                                const struct pl_demand *demand)
{
    struct pl_str version = pl_version_text(b->arena, candidate->version);
    return pl_arena_printf(b->arena, "%.*s %.*s needs %.*s",
                           PL_STR_ARG(project->name), PL_STR_ARG(version),
                           PL_STR_ARG(demand->text));
}

static struct pl_str refused_by_package(const struct builder *b,
                                        const struct pl_fact *fact,
                                        const struct pl_project *about)
{
    for (size_t i = 0; i < b->active.len; i++) {
        const struct active *active = &b->active.at[i];
        const struct pl_needs *needs = needs_of(b, active);
        for (size_t n = 0; needs && n < needs->count; n++) {
            const struct pl_demand *demand = needs->demands[n];
            if (demand->project == about && active->project != about &&
                !pl_demand_matches_fact(demand, fact))
                return needs_text(b, active->project, active->candidate,
                                  demand);
        }
    }
    return (struct pl_str){0};
}

static struct pl_str refused_by_root(const struct builder *b,
                                     const struct pl_fact *fact,
                                     const struct pl_project *project)
{
    for (size_t i = 0; i < b->problem->roots.len; i++) {
        const struct pl_root *root = &b->problem->roots.at[i];
        if (root->demand->project == project &&
            !pl_demand_matches_fact(root->demand, fact))
            return pl_result_where(b->arena, root->asked);
    }
    return (struct pl_str){0};
}

/* The fact's own needs, which what was chosen does not meet. */
static struct pl_str own_need_unmet(struct builder *b,
                                    struct pl_project *project)
{
    struct pl_candidate *fact =
        &project->candidates[pl_project_fact_index(project)];
    const struct pl_needs *needs =
        pl_candidate_needs(b->problem, fact, (struct pl_str){0});
    for (size_t i = 0; needs && i < needs->count; i++) {
        const struct pl_demand *need = needs->demands[i];
        const struct pl_candidate *other = final_of(b, need->project);
        if (!other || other->fact ||
            pl_specifier_match(need->specifier, other->version))
            continue;
        struct pl_str needs_it = needs_text(b, project, fact, need);
        struct pl_str becomes = pl_version_text(b->arena, other->version);
        return pl_arena_printf(b->arena, "%.*s, which becomes %.*s",
                               PL_STR_ARG(needs_it), PL_STR_ARG(becomes));
    }
    return (struct pl_str){0};
}

static struct pl_str refused_by_rule(const struct builder *b,
                                     const struct pl_project *project)
{
    const struct pl_candidate *fact =
        &project->candidates[pl_project_fact_index(project)];
    for (size_t r = 0; r < b->problem->rule_count; r++)
        if (forbids(b, b->problem->rules[r], project, fact))
            return pl_arena_printf(b->arena, "rule %.*s",
                                   PL_STR_ARG(b->problem->rules[r]->id));
    return (struct pl_str){0};
}

static struct pl_str refused_by_constraint(const struct builder *b,
                                           const struct pl_fact *fact)
{
    const struct pl_problem *problem = b->problem;
    for (size_t i = 0; i < problem->constraint_count; i++) {
        const struct pl_asked *asked = &problem->constraints[i];
        if (pl_str_eq(asked->req.name, fact->name) &&
            pl_marker_eval(asked->req.marker, &problem->env,
                           (struct pl_str){0}) &&
            !pl_fact_meets(fact, &asked->req.specifier))
            return pl_result_where(b->arena, asked);
    }
    return PL_STR("a constraint of the template's own");
}

static void find_because(struct builder *b, struct pl_chosen *chosen)
{
    const struct pl_fact *fact = chosen->replaces;
    struct pl_str text = {0};
    if (chosen->project->fact_barred)
        text = refused_by_constraint(b, fact);
    if (!text.len)
        text = refused_by_root(b, fact, chosen->project);
    if (!text.len)
        text = refused_by_package(b, fact, chosen->project);
    if (!text.len)
        text = own_need_unmet(b, chosen->project);
    if (!text.len)
        text = refused_by_rule(b, chosen->project);
    if (!text.len)
        text = PL_STR("a newer version was asked for");
    chosen->because = text;
}

/* ---- facts ---- */

static void list_kept(struct builder *b, struct pl_solution *out)
{
    const struct pl_template *template = b->problem->template;
    PL_VEC(struct pl_kept) kept = {0};
    for (size_t i = 0; template && i < template->fact_count; i++) {
        const struct pl_project *project =
            pl_map_get(&b->problem->projects, template->facts[i].name);
        const struct pl_candidate *final = final_of(b, project);
        if (!final || !final->fact)
            continue;
        str_vec *via = &b->asking[project->number].via;
        tidy(via);
        pl_vec_push(b->arena, &kept,
                    (struct pl_kept){final->fact, b->reached[project->number],
                                     via->at, via->len});
    }
    out->kept = kept.at;
    out->kept_count = kept.len;
}

/* ---- what was broken before ---- */

static void list_broken_needs(struct builder *b, const struct pl_fact *fact,
                              str_vec *out)
{
    for (size_t i = 0; i < fact->require_count; i++) {
        const struct pl_requirement *r = &fact->requires[i];
        if (!pl_marker_eval(r->marker, &b->problem->env, (struct pl_str){0}))
            continue;
        const struct pl_fact *other =
            pl_template_fact(b->problem->template, r->name);
        if (other && pl_fact_meets(other, &r->specifier))
            continue;
        pl_vec_push(b->arena, out,
                    pl_arena_printf(b->arena, "%.*s %.*s needs %.*s",
                                    PL_STR_ARG(fact->name),
                                    PL_STR_ARG(fact->version.text),
                                    PL_STR_ARG(r->text)));
    }
}

static void list_broken_rules(struct builder *b, str_vec *out)
{
    for (size_t i = 0; i < b->problem->rule_count; i++) {
        const struct pl_abi_rule *rule = b->problem->rules[i];
        const struct pl_fact *package =
            pl_template_fact(b->problem->template, rule->package);
        const struct pl_fact *other =
            pl_template_fact(b->problem->template, rule->other);
        if (package && other && pl_fact_meets(package, &rule->versions) &&
            pl_fact_meets(other, &rule->other_versions) != rule->is_requires)
            pl_vec_push(
                b->arena, out,
                pl_arena_printf(b->arena, "rule %.*s", PL_STR_ARG(rule->id)));
    }
}

static void list_broken(struct builder *b, struct pl_solution *out)
{
    const struct pl_template *template = b->problem->template;
    str_vec broken = {0};
    for (size_t i = 0; template && i < template->fact_count; i++)
        list_broken_needs(b, &template->facts[i], &broken);
    if (template)
        list_broken_rules(b, &broken);
    tidy(&broken);
    out->broken = broken.at;
    out->broken_count = broken.len;
}

/* ---- what this answer breaks, where the user allowed it ---- */

static bool is_met(const struct builder *b, const struct pl_requirement *r)
{
    const struct pl_candidate *final = final_named(b, r->name);
    return final && candidate_in(final, &r->specifier);
}

static void list_newly_broken(struct builder *b, const struct pl_fact *fact,
                              str_vec *out)
{
    const struct pl_candidate *final = final_named(b, fact->name);
    for (size_t i = 0; final && final->fact && i < fact->require_count; i++) {
        const struct pl_requirement *r = &fact->requires[i];
        const struct pl_fact *before =
            pl_template_fact(b->problem->template, r->name);
        if (pl_marker_eval(r->marker, &b->problem->env, (struct pl_str){0}) &&
            before && pl_fact_meets(before, &r->specifier) && !is_met(b, r))
            pl_vec_push(b->arena, out,
                        pl_arena_printf(b->arena, "%.*s: %.*s",
                                        PL_STR_ARG(fact->name),
                                        PL_STR_ARG(r->text)));
    }
}

static void list_allowed_breaks(struct builder *b, struct pl_solution *out)
{
    const struct pl_policy *policy = &b->problem->policy;
    str_vec broken = {0};
    for (size_t i = 0; i < policy->allow_break.len; i++)
        list_newly_broken(
            b,
            pl_template_fact(b->problem->template, policy->allow_break.at[i]),
            &broken);
    tidy(&broken);
    out->newly_broken = broken.at;
    out->newly_broken_count = broken.len;
}

/* ---- the whole ---- */

static int compare_chosen(const void *a, const void *b)
{
    return pl_str_cmp(((const struct pl_chosen *)a)->project->name,
                      ((const struct pl_chosen *)b)->project->name);
}

/* Facts stay unless the decision puts another version in their place. */
static void fill_final(struct builder *b, const struct pl_pool *pool,
                       const struct pl_decision *decision)
{
    for (size_t i = 0; i < b->count; i++) {
        struct pl_project *project = pl_problem_project_at(b->problem, i);
        if (project->fact)
            b->final[i] = &project->candidates[pl_project_fact_index(project)];
    }
    for (size_t i = 0; i < decision->order.len; i++) {
        const struct pl_decided *d = &decision->order.at[i];
        const struct pl_pool_project *pp = pl_pool_project(pool, d->project);
        b->final[d->project->number] =
            pl_option_candidate(&pp->options.at[d->option]);
    }
}

void pl_result_build(struct pl_problem *problem, const struct pl_pool *pool,
                     const struct pl_decision *decision,
                     struct pl_solution *out)
{
    size_t count = pl_problem_project_count(problem);
    struct builder b = {
        .problem = problem,
        .arena = problem->arena,
        .final = pl_new_array(problem->arena, struct pl_candidate *, count),
        .reached = pl_new_array(problem->arena, bool, count),
        .count = count,
    };
    fill_final(&b, pool, decision);
    activate_all(&b, decision);
    find_all_askers(&b);
    PL_VEC(struct pl_chosen) chosen = {0};
    for (size_t i = 0; i < count; i++) {
        struct pl_project *project = pl_problem_project_at(problem, i);
        if (b.final[i] && !b.final[i]->fact)
            pl_vec_push(b.arena, &chosen,
                        (struct pl_chosen){.project = project,
                                           .candidate = b.final[i],
                                           .version = pl_version_text(
                                               b.arena, b.final[i]->version),
                                           .replaces = project->fact});
    }
    if (chosen.len)
        qsort(chosen.at, chosen.len, sizeof(chosen.at[0]), compare_chosen);
    for (size_t i = 0; i < chosen.len; i++) {
        find_askers(&b, &chosen.at[i]);
        find_rules(&b, &chosen.at[i]);
        if (chosen.at[i].replaces)
            find_because(&b, &chosen.at[i]);
    }
    out->chosen = chosen.at;
    out->chosen_count = chosen.len;
    list_kept(&b, out);
    list_broken(&b, out);
    list_allowed_breaks(&b, out);
}
