#include "resolver/gather.h"

#include "core/escape.h"
#include "core/limits.h"
#include "core/trace.h"
#include "resolver/candidates.h"
#include "resolver/trail.h"

/* Versions read in one round because the ones before were rejected at once. */
#define MAX_READ_AHEAD 64

static bool is_released(const struct pl_gather *gather,
                        const struct pl_project *project)
{
    return gather->problem->policy.replace == PL_REPLACE_FREELY ||
           (project->number < gather->released_count &&
            gather->released[project->number]);
}

/* The fact stays as far as is known, so nothing else can be chosen. */
static bool is_settled(const struct pl_gather *gather,
                       const struct pl_project *project)
{
    return project->fact && (pl_fact_is_hard(gather->problem, project->fact) ||
                             !is_released(gather, project));
}

void pl_gather_want_page(struct pl_gather *gather, struct pl_project *project)
{
    if (project->page_state != PL_PAGE_UNREAD)
        return;
    project->page_state = PL_PAGE_WANTED;
    pl_index_want_page(gather->index, project->name);
}

void pl_gather_want_candidate(struct pl_gather *gather,
                              struct pl_project *project,
                              struct pl_candidate *candidate)
{
    (void)project;
    if (candidate->state != PL_CANDIDATE_UNREAD)
        return;
    candidate->state = PL_CANDIDATE_WANTED;
    pl_index_want_metadata(gather->index, candidate->file);
}

/* Does it meet the demand, and what the user says of the project? */
static bool is_likely(const struct pl_demand *demand, size_t candidate)
{
    const struct pl_project *project = demand->project;
    if (!pl_demand_matches(demand, candidate))
        return false;
    for (size_t i = 0; i < project->demands.len; i++) {
        const struct pl_demand *other = project->demands.at[i];
        if (other->is_root && !pl_demand_matches(other, candidate))
            return false;
    }
    return true;
}

static void follow_needs(struct pl_gather *gather,
                         struct pl_candidate *candidate, struct pl_str extra)
{
    const struct pl_needs *needs =
        pl_candidate_needs(gather->problem, candidate, extra);
    for (size_t i = 0; needs && i < needs->count; i++)
        pl_gather_want_demand(gather, needs->demands[i]);
}

static void follow_extras(struct pl_gather *gather, struct pl_project *project,
                          struct pl_candidate *candidate)
{
    for (size_t i = 0; i < project->extras.len; i++)
        follow_needs(gather, candidate, project->extras.at[i]);
}

/* A need of the candidate that no settled fact can meet. */
static bool is_rejected(const struct pl_gather *gather,
                        struct pl_candidate *candidate)
{
    const struct pl_needs *needs =
        pl_candidate_needs(gather->problem, candidate, (struct pl_str){0});
    for (size_t i = 0; needs && i < needs->count; i++) {
        const struct pl_demand *need = needs->demands[i];
        if (is_settled(gather, need->project) &&
            !pl_demand_matches_fact(need, need->project->fact))
            return true;
        if (need->project->page_state == PL_PAGE_ABSENT && !need->project->fact)
            return true;
    }
    return false;
}

/* Wants the best matches that have not been read, `count` of them. */
static void read_next(struct pl_gather *gather, struct pl_demand *demand,
                      uint32_t count)
{
    struct pl_project *project = demand->project;
    for (size_t i = 0; i < project->candidate_count && count; i++) {
        struct pl_candidate *candidate = &project->candidates[i];
        if (!is_likely(demand, i))
            continue;
        if (candidate->state == PL_CANDIDATE_UNREAD) {
            pl_gather_want_candidate(gather, project, candidate);
            count--;
        }
    }
}

/* Goes down the demand's matches until one is wanted or may be the answer. */
static void pick(struct pl_gather *gather, struct pl_demand *demand)
{
    struct pl_project *project = demand->project;
    for (size_t i = 0; i < project->candidate_count; i++) {
        struct pl_candidate *candidate = &project->candidates[i];
        if (candidate->state == PL_CANDIDATE_UNUSABLE || !is_likely(demand, i))
            continue;
        if (candidate->state == PL_CANDIDATE_UNREAD)
            pl_gather_want_candidate(gather, project, candidate);
        if (candidate->state != PL_CANDIDATE_READ)
            return;
        if (is_rejected(gather, candidate))
            continue;
        follow_needs(gather, candidate, (struct pl_str){0});
        if (demand->extra.len)
            follow_needs(gather, candidate, demand->extra);
        return;
    }
}

static void follow(struct pl_gather *gather, struct pl_demand *demand)
{
    struct pl_project *project = demand->project;
    if (demand->followed)
        return;
    if (is_settled(gather, project)) {
        bool again = demand->followed_fact;
        demand->followed_fact = true;
        if (!again && demand->extra.len && project->candidate_count)
            follow_needs(gather,
                         &project->candidates[pl_project_fact_index(project)],
                         demand->extra);
        return;
    }
    demand->followed = true;
    if (project->page_state == PL_PAGE_READ)
        pick(gather, demand);
    else
        pl_gather_want_page(gather, project);
}

/* A list and no recursion: an index can make chains of any length. */
void pl_gather_want_demand(struct pl_gather *gather, struct pl_demand *demand)
{
    pl_vec_push(gather->problem->arena, &gather->to_follow, demand);
    if (gather->is_following)
        return;
    gather->is_following = true;
    for (size_t i = 0; i < gather->to_follow.len; i++)
        follow(gather, gather->to_follow.at[i]);
    gather->to_follow.len = 0;
    gather->is_following = false;
}

/* ---- the trail ---- */

void pl_gather_want_trail(struct pl_gather *gather)
{
    for (size_t i = 0; i < gather->trail.len; i++)
        pl_gather_want_page(
            gather,
            pl_problem_project(gather->problem, gather->trail.entries[i].key));
}

/* From `from` on and around; the trail has them in the same order. */
static size_t find_version(const struct pl_project *project, size_t from,
                           struct pl_str text)
{
    for (size_t n = 0; n < project->candidate_count; n++) {
        size_t i = (from + n) % project->candidate_count;
        const struct pl_candidate *candidate = &project->candidates[i];
        if (candidate->file && pl_str_eq(candidate->version->text, text))
            return i;
    }
    return SIZE_MAX;
}

static void want_trail_versions(struct pl_gather *gather,
                                struct pl_project *project)
{
    struct pl_trail_project *trail = pl_map_get(&gather->trail, project->name);
    size_t found, from = 0;
    for (size_t i = 0; trail && i < trail->versions.len; i++) {
        found = find_version(project, from, trail->versions.at[i].text);
        if (found == SIZE_MAX)
            continue;
        if (!trail->versions.at[i].unread)
            pl_gather_want_candidate(gather, project,
                                     &project->candidates[found]);
        pl_bits_add(project->loaded, found);
        if (trail->versions.at[i].decided)
            trail->decided = found;
        from = found + 1;
    }
}

/* ---- what comes ---- */

static bool take_page(struct pl_gather *gather,
                      const struct pl_index_event *event, struct pl_error *err)
{
    struct pl_project *project =
        pl_problem_project(gather->problem, event->project);
    if (event->page &&
        pl_candidates_look_closely(gather->problem, project->name) &&
        !pl_page_complete(event->page, err))
        return false;
    project->page_state = event->page ? PL_PAGE_READ : PL_PAGE_ABSENT;
    pl_candidates_fill(gather->problem, project, event->page);
    PL_TRACE(PL_TRACE_INDEX, "page %.*s: %zu candidates",
             PL_STR_ARG(project->name), project->candidate_count);
    want_trail_versions(gather, project);
    for (size_t i = 0; i < project->demands.len; i++)
        if (project->demands.at[i]->followed)
            pick(gather, project->demands.at[i]);
    return true;
}

static struct pl_candidate *find_candidate(struct pl_project *project,
                                           const struct pl_file *file)
{
    for (size_t i = 0; i < project->candidate_count; i++)
        if (project->candidates[i].file == file)
            return &project->candidates[i];
    return NULL;
}

static void drop_candidate(struct pl_gather *gather, struct pl_project *project,
                           struct pl_candidate *candidate, struct pl_str reason)
{
    static const struct pl_metadata nothing;
    if (pl_exclusion_is_lifted(gather->problem, project->name,
                               PL_EXCLUDED_METADATA)) {
        candidate->metadata = &nothing;
        return;
    }
    candidate->state = PL_CANDIDATE_UNUSABLE;
    pl_bits_drop(project->usable, (size_t)(candidate - project->candidates));
    candidate->reason = reason;
    PL_TRACE(PL_TRACE_INDEX, "%.*s %.*s cannot be used: %.*s",
             PL_STR_ARG(project->name), PL_STR_ARG(candidate->version->text),
             PL_STR_ARG(reason));
    pl_vec_push(gather->problem->arena, &project->excluded,
                (struct pl_excluded){candidate->version, PL_EXCLUDED_METADATA});
}

static void take_metadata(struct pl_gather *gather,
                          const struct pl_index_event *event)
{
    struct pl_project *project =
        pl_problem_project(gather->problem, event->project);
    struct pl_candidate *candidate = find_candidate(project, event->file);
    if (!candidate || candidate->state != PL_CANDIDATE_WANTED)
        return;
    candidate->metadata = event->metadata;
    candidate->state = PL_CANDIDATE_READ;
    if (!event->metadata)
        drop_candidate(gather, project, candidate, event->reason);
    else if (!pl_env_allows_python(&gather->problem->env,
                                   &event->metadata->requires_python))
        drop_candidate(gather, project, candidate,
                       PL_STR("its metadata asks for another Python"));
    if (gather->on_trail)
        return;
    if (candidate->state == PL_CANDIDATE_READ &&
        !is_rejected(gather, candidate)) {
        follow_needs(gather, candidate, (struct pl_str){0});
        follow_extras(gather, project, candidate);
        return;
    }
    if (project->read_ahead < MAX_READ_AHEAD)
        project->read_ahead *= 2;
    for (size_t i = 0; i < project->demands.len; i++)
        if (project->demands.at[i]->followed) {
            read_next(gather, project->demands.at[i], project->read_ahead / 2);
            break;
        }
}

bool pl_gather_run(struct pl_gather *gather, struct pl_error *err)
{
    struct pl_index_event event;
    bool any;
    for (;;) {
        if (!pl_index_next(gather->index, &event, &any, err))
            return false;
        if (!any)
            return true;
        if (!pl_problem_in_time(gather->problem, err))
            return false;
        if (event.kind == PL_EVENT_METADATA)
            take_metadata(gather, &event);
        else if (!take_page(gather, &event, err))
            return false;
    }
}
