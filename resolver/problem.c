#include "resolver/problem.h"

#include "core/clock.h"
#include "core/limits.h"
#include "resolver/candidates.h"

typedef PL_VEC(struct pl_demand *) demand_vec;

struct pl_project *pl_problem_project(struct pl_problem *problem,
                                      struct pl_str name)
{
    void **slot = pl_map_slot(&problem->projects, name);
    if (!*slot) {
        struct pl_project *project = pl_new(problem->arena, struct pl_project);
        project->name = name;
        project->number = (uint32_t)(problem->projects.len - 1);
        project->window = problem->policy.window;
        project->pin = pl_map_get(&problem->policy.pins, name);
        project->is_upgraded = pl_str_in(name, problem->policy.upgrades.at,
                                         problem->policy.upgrades.len);
        project->read_ahead = 2;
        *slot = project;
    }
    return *slot;
}

size_t pl_problem_project_count(const struct pl_problem *problem)
{
    return problem->projects.len;
}

struct pl_project *pl_problem_project_at(const struct pl_problem *problem,
                                         size_t number)
{
    return problem->projects.entries[number].value;
}

/* The parts one behind the other. */
static struct pl_str joined(struct pl_arena *arena, const struct pl_str *parts,
                            size_t count)
{
    size_t len = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    char *text = pl_arena_alloc(arena, len);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len)
            memcpy(text + at, parts[i].at, parts[i].len);
        at += parts[i].len;
    }
    return (struct pl_str){text, len};
}

static struct pl_str demand_key(struct pl_problem *problem,
                                const struct pl_requirement *requirement,
                                const struct pl_demand *demand)
{
    const struct pl_str none = {0}, extra = demand->extra;
    const struct pl_str parts[] = {
        requirement->name,
        extra.len ? PL_STR("[") : none,
        extra,
        extra.len ? PL_STR("]") : none,
        demand->by_url ? PL_STR(" @ ") : none,
        demand->by_url ? requirement->url : requirement->specifier.text,
        demand->of_fact ? PL_STR(" (fact)") : none,
    };
    return joined(problem->arena, parts, PL_COUNT(parts));
}

struct pl_demand *pl_problem_demand(struct pl_problem *problem,
                                    const struct pl_requirement *requirement,
                                    struct pl_str extra, bool of_fact)
{
    struct pl_project *project = pl_problem_project(problem, requirement->name);
    struct pl_demand made = {
        .project = project,
        .extra = extra,
        .specifier = &requirement->specifier,
        .of_fact = of_fact && project->fact_barred,
        .by_url = requirement->url.len && !of_fact,
    };
    made.text = demand_key(problem, requirement, &made);
    void **slot = pl_map_slot(&problem->demands, made.text);
    if (*slot)
        return *slot;
    made.number = (uint32_t)(problem->demands.len - 1);
    struct pl_demand *demand = pl_new(problem->arena, struct pl_demand);
    *demand = made;
    *slot = demand;
    pl_vec_push(problem->arena, &project->demands, demand);
    if (extra.len && !pl_str_in(extra, project->extras.at, project->extras.len))
        pl_vec_push(problem->arena, &project->extras, extra);
    pl_candidates_match(problem, demand);
    return demand;
}

bool pl_demand_matches(const struct pl_demand *demand, size_t candidate)
{
    return pl_bits_has(demand->matches, candidate);
}

bool pl_demand_matches_fact(const struct pl_demand *demand,
                            const struct pl_fact *fact)
{
    if (demand->by_url || (demand->project->fact_barred && !demand->of_fact))
        return false;
    return pl_fact_meets(fact, demand->specifier);
}

bool pl_fact_meets(const struct pl_fact *fact,
                   const struct pl_specifier *specifier)
{
    return pl_specifier_match(specifier, &fact->version) ||
           (fact->has_treat_as &&
            pl_specifier_match(specifier, &fact->treat_as));
}

bool pl_exclusion_is_lifted(const struct pl_problem *problem,
                            struct pl_str project, enum pl_exclusion why)
{
    const struct pl_lifted *lifted = &problem->lifted;
    for (size_t i = 0; i < lifted->kept_exclusions.len; i++)
        if (lifted->kept_exclusions.at[i].why == why &&
            pl_str_eq(lifted->kept_exclusions.at[i].project, project))
            return false;
    return lifted->exclusions;
}

bool pl_fact_is_lifted(const struct pl_problem *problem,
                       const struct pl_fact *fact)
{
    const bool *lifted = problem->lifted.facts;
    return lifted && lifted[fact - problem->template->facts];
}

bool pl_fact_is_hard(const struct pl_problem *problem,
                     const struct pl_fact *fact)
{
    const struct pl_policy *policy = &problem->policy;
    if (pl_fact_is_lifted(problem, fact) || policy->allow_replace_all ||
        pl_str_in(fact->name, policy->allow_replace.at,
                  policy->allow_replace.len))
        return false;
    return fact->protect == PL_PROTECT_LOCKED ||
           policy->replace == PL_REPLACE_NEVER;
}

size_t pl_project_fact_index(const struct pl_project *project)
{
    for (size_t i = 0; i < project->candidate_count; i++)
        if (project->candidates[i].fact)
            return i;
    return SIZE_MAX;
}

/* ---- requirements of candidates ---- */

static bool applies(const struct pl_problem *problem,
                    const struct pl_requirement *requirement,
                    struct pl_str extra)
{
    if (!requirement->marker)
        return !extra.len;
    bool plain =
        pl_marker_eval(requirement->marker, &problem->env, (struct pl_str){0});
    if (!extra.len || plain)
        return plain && !extra.len;
    return pl_marker_eval(requirement->marker, &problem->env, extra);
}

/* One demand for each extra, or one for the name alone. */
static void push_demands(struct pl_problem *problem,
                         const struct pl_requirement *requirement, bool of_fact,
                         demand_vec *out)
{
    if (!requirement->extra_count)
        pl_vec_push(problem->arena, out,
                    pl_problem_demand(problem, requirement, (struct pl_str){0},
                                      of_fact));
    for (uint32_t i = 0; i < requirement->extra_count; i++)
        pl_vec_push(problem->arena, out,
                    pl_problem_demand(problem, requirement,
                                      requirement->extras[i], of_fact));
}

/* The requirement, or what the user's overrides put in its place. */
static void push_overridden(struct pl_problem *problem,
                            const struct pl_requirement *requirement,
                            demand_vec *out)
{
    const struct pl_policy *policy = &problem->policy;
    if (pl_str_in(requirement->name, policy->exclude.at, policy->exclude.len))
        return;
    bool overridden = false;
    for (size_t i = 0; i < problem->override_count; i++) {
        const struct pl_requirement *other = &problem->overrides[i].req;
        if (!pl_str_eq(other->name, requirement->name))
            continue;
        overridden = true;
        if (applies(problem, other, (struct pl_str){0}))
            push_demands(problem, other, false, out);
    }
    if (!overridden)
        push_demands(problem, requirement, false, out);
}

static const struct pl_fact *met_by(const struct pl_problem *problem,
                                    const struct pl_requirement *requirement)
{
    const struct pl_fact *fact =
        pl_template_fact(problem->template, requirement->name);
    return fact && pl_fact_meets(fact, &requirement->specifier) ? fact : NULL;
}

/* A fact, and the extra of it that another fact asks for. */
struct fact_part {
    const struct pl_fact *fact;
    struct pl_str extra;
};

typedef PL_VEC(struct fact_part) fact_part_vec;

static void push_fact_part(struct pl_problem *problem, fact_part_vec *parts,
                           const struct pl_fact *fact, struct pl_str extra)
{
    for (size_t i = 0; i < parts->len; i++)
        if (parts->at[i].fact == fact && pl_str_eq(parts->at[i].extra, extra))
            return;
    pl_vec_push(problem->arena, parts, (struct fact_part){fact, extra});
}

static void push_part_needs(struct pl_problem *problem, struct fact_part part,
                            fact_part_vec *parts, demand_vec *out)
{
    for (size_t i = 0; i < part.fact->require_count; i++) {
        const struct pl_requirement *requirement = &part.fact->requires[i];
        if (!applies(problem, requirement, part.extra))
            continue;
        const struct pl_fact *other = met_by(problem, requirement);
        if (!other)
            continue;
        pl_vec_push(
            problem->arena, out,
            pl_problem_demand(problem, requirement, (struct pl_str){0}, true));
        for (uint32_t n = 0; n < requirement->extra_count; n++)
            push_fact_part(problem, parts, other, requirement->extras[n]);
    }
}

/*
 * What a fact needs of other facts, as far as the template meets it: what is
 * broken already is not enforced. An extra of a fact is split into its own
 * requirements, so that one unmet part does not lift the others; each part is
 * looked at once, because extras may ask for one another in circles.
 */
static void push_fact_needs(struct pl_problem *problem,
                            const struct pl_fact *fact, demand_vec *out)
{
    fact_part_vec parts = {0};
    push_fact_part(problem, &parts, fact, (struct pl_str){0});
    for (size_t i = 0; i < parts.len; i++)
        push_part_needs(problem, parts.at[i], &parts, out);
}

static void push_needs(struct pl_problem *problem,
                       const struct pl_candidate *candidate,
                       struct pl_str extra, demand_vec *out)
{
    const struct pl_policy *policy = &problem->policy;
    const struct pl_fact *fact = candidate->fact;
    if (policy->no_deps)
        return;
    if (fact && !extra.len) {
        if (!pl_str_in(fact->name, policy->allow_break.at,
                       policy->allow_break.len))
            push_fact_needs(problem, fact, out);
        return;
    }
    const struct pl_requirement *requires =
        fact ? fact->requires : candidate->metadata->requires;
    size_t count =
        fact ? fact->require_count : candidate->metadata->require_count;
    for (size_t i = 0; i < count; i++)
        if (applies(problem, &requires[i], extra))
            push_overridden(problem, &requires[i], out);
}

const struct pl_needs *pl_candidate_needs(struct pl_problem *problem,
                                          struct pl_candidate *candidate,
                                          struct pl_str extra)
{
    if (candidate->state != PL_CANDIDATE_READ)
        return NULL;
    for (struct pl_needs *n = candidate->needs; n; n = n->next)
        if (pl_str_eq(n->extra, extra))
            return n;
    demand_vec found = {0};
    push_needs(problem, candidate, extra, &found);
    struct pl_needs *needs = pl_new(problem->arena, struct pl_needs);
    *needs = (struct pl_needs){
        .extra = extra,
        .demands = found.at,
        .count = found.len,
        .next = candidate->needs,
    };
    candidate->needs = needs;
    return needs;
}

/* ---- direct inputs ---- */

static bool constraint_allows(const struct pl_problem *problem,
                              const struct pl_requirement *constraint,
                              const struct pl_fact *fact)
{
    return !pl_str_eq(constraint->name, fact->name) ||
           !applies(problem, constraint, (struct pl_str){0}) ||
           pl_fact_meets(fact, &constraint->specifier);
}

static bool fact_is_barred(const struct pl_problem *problem,
                           const struct pl_fact *fact)
{
    const bool *lifted = problem->lifted.constraints;
    for (size_t i = 0; i < problem->constraint_count; i++)
        if (!(lifted && lifted[i]) &&
            !constraint_allows(problem, &problem->constraints[i].req, fact))
            return true;
    const struct pl_template *template = problem->template;
    for (size_t i = 0; i < template->constraint_count; i++)
        if (!constraint_allows(problem, &template->constraints[i], fact))
            return true;
    return false;
}

/* Until its page is read, a fact is the only candidate of its project. */
static void start_fact(struct pl_problem *problem, const struct pl_fact *fact)
{
    struct pl_project *project = pl_problem_project(problem, fact->name);
    project->fact = fact;
    project->fact_barred = fact_is_barred(problem, fact);
}

static bool start_root(struct pl_problem *problem, const struct pl_asked *asked,
                       struct pl_error *err)
{
    if (!applies(problem, &asked->req, (struct pl_str){0}))
        return true;
    if (asked->req.url.len) {
        pl_error_set(err, PL_ERR_INPUT, asked->span,
                     "a wheel by URL or path cannot be locked yet");
        return pl_error_hint(
            err, "name the package and a version that an index has");
    }
    demand_vec demands = {0};
    push_overridden(problem, &asked->req, &demands);
    for (size_t i = 0; i < demands.len; i++) {
        demands.at[i]->is_root = true;
        demands.at[i]->project->is_direct = true;
        pl_vec_push(problem->arena, &problem->roots,
                    (struct pl_root){asked, demands.at[i]});
    }
    return true;
}

static bool check_fact_names(const struct pl_problem *problem,
                             const char *option, const struct pl_str *names,
                             size_t count, struct pl_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!problem->template ||
            !pl_template_fact(problem->template, names[i]))
            return pl_error_plain(err, PL_ERR_USAGE,
                                  "%s: the template has no package `%.*s`",
                                  option, PL_STR_ARG(names[i]));
    return true;
}

bool pl_problem_start(struct pl_problem *problem, struct pl_error *err)
{
    const struct pl_policy *policy = &problem->policy;
    if (!check_fact_names(problem, "--allow-replace", policy->allow_replace.at,
                          policy->allow_replace.len, err) ||
        !check_fact_names(problem, "--allow-break", policy->allow_break.at,
                          policy->allow_break.len, err))
        return false;
    problem->projects.arena = problem->arena;
    problem->demands.arena = problem->arena;
    const struct pl_template *template = problem->template;
    for (size_t i = 0; template && i < template->fact_count; i++)
        start_fact(problem, &template->facts[i]);
    for (size_t i = 0; i < problem->asked_count; i++)
        if (!(problem->lifted.asked && problem->lifted.asked[i]) &&
            !start_root(problem, &problem->asked[i], err))
            return false;
    for (size_t i = 0; template && i < template->fact_count; i++) {
        struct pl_project *project =
            pl_problem_project(problem, template->facts[i].name);
        pl_candidates_fill(problem, project, NULL);
    }
    return true;
}

struct pl_problem pl_problem_again(const struct pl_problem *problem,
                                   struct pl_arena *arena)
{
    struct pl_problem again = *problem;
    again.arena = arena;
    again.roots.at = NULL;
    again.roots.len = again.roots.cap = 0;
    again.projects = again.demands = (struct pl_map){0};
    again.judged = NULL;
    again.lifted = (struct pl_lifted){0}; /* of as many lines as there were */
    return again;
}

bool pl_problem_in_time(const struct pl_problem *problem, struct pl_error *err)
{
    return !problem->deadline_ns || pl_clock_ns() < problem->deadline_ns ||
           pl_error_plain(err, PL_ERR_LIMIT, "no answer in the time given");
}
