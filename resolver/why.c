#include "resolver/why.h"

#include "resolver/gather.h"
#include "resolver/why_internal.h"

#define MAX_EXTRAS 64 /* that one marker compares with */

/* ---- where it stands ---- */

static const struct pl_kept *find_kept(const struct pl_solution *solution,
                                       struct pl_str name)
{
    for (size_t i = 0; i < solution->kept_count; i++)
        if (pl_str_eq(solution->kept[i].fact->name, name))
            return &solution->kept[i];
    return NULL;
}

static bool wants_lowest(const struct pl_problem *problem,
                         const struct pl_project *project)
{
    enum pl_resolution resolution = problem->policy.resolution;
    return resolution == PL_RESOLUTION_LOWEST ||
           (resolution == PL_RESOLUTION_LOWEST_DIRECT && project->is_direct);
}

/*
 * The search asks no index about what stays anyway. Without its page all else
 * can still be told.
 */
static void read_page(struct pl_why_finder *f)
{
    struct pl_gather gather = {
        .problem = f->problem, .index = f->index, .on_trail = true};
    if (f->project->page_state != PL_PAGE_UNREAD)
        return;
    pl_gather_want_page(&gather, f->project);
    (void)!pl_gather_run(&gather, NULL);
    if (f->project->page_state == PL_PAGE_WANTED)
        f->project->page_state = PL_PAGE_UNREAD;
}

/* ---- who asked ---- */

static void find_way(struct pl_why_finder *f, struct pl_why *out)
{
    const struct pl_graph *graph = &f->graph;
    const struct pl_graph_node *node = pl_graph_node(graph, f->project);
    PL_VEC(const struct pl_graph_node *) way = {0};
    if (!node || node->reach != PL_REACH_LINE)
        return;
    for (;; node = &graph->nodes.at[node->from]) {
        pl_vec_push(f->arena, &way, node);
        if (node->from == SIZE_MAX)
            break;
    }
    struct pl_why_link *links =
        pl_new_array(f->arena, struct pl_why_link, way.len);
    for (size_t i = 0; i < way.len; i++) {
        const struct pl_graph_node *at = way.at[way.len - 1 - i];
        links[i] = (struct pl_why_link){
            .project = at->project,
            .version = at->candidate->version,
            .extra = at->extra,
            .demand = at->demand,
            .is_fact = at->candidate->fact != NULL,
        };
    }
    out->line = node->asked;
    out->links = links;
    out->link_count = way.len;
}

typedef PL_VEC(struct pl_why_asker) asker_vec;

static void ask_by_lines(const struct pl_why_finder *f, asker_vec *askers)
{
    const struct pl_problem *problem = f->problem;
    const struct pl_asked *last = NULL;
    for (size_t i = 0; i < problem->roots.len; i++) {
        const struct pl_root *root = &problem->roots.at[i];
        if (root->demand->project != f->project || root->asked == last)
            continue;
        last = root->asked;
        pl_vec_push(f->arena, askers,
                    (struct pl_why_asker){.asked = root->asked,
                                          .demand = root->demand});
    }
}

static bool is_asker(const asker_vec *askers, const struct pl_project *project)
{
    for (size_t i = 0; i < askers->len; i++)
        if (askers->at[i].project == project)
            return true;
    return false;
}

static void ask_by_node(const struct pl_why_finder *f,
                        const struct pl_graph_node *node, asker_vec *askers)
{
    for (size_t i = 0; node->needs && i < node->needs->count; i++) {
        const struct pl_demand *demand = node->needs->demands[i];
        if (demand->project != f->project || node->project == f->project ||
            is_asker(askers, node->project))
            continue;
        pl_vec_push(f->arena, askers,
                    (struct pl_why_asker){
                        .project = node->project,
                        .version = node->candidate->version,
                        .demand = demand,
                        .is_fact = node->candidate->fact != NULL,
                    });
    }
}

static void find_askers(const struct pl_why_finder *f, struct pl_why *out)
{
    asker_vec askers = {0};
    ask_by_lines(f, &askers);
    for (size_t i = 0; i < f->graph.nodes.len; i++)
        if (f->graph.nodes.at[i].reach != PL_REACH_NONE)
            ask_by_node(f, &f->graph.nodes.at[i], &askers);
    out->askers = askers.at;
    out->asker_count = askers.len;
}

/* ---- what it costs ---- */

static bool add_size(const struct pl_file *file, struct pl_why *out,
                     struct pl_error *err)
{
    if (!pl_file_complete(file, err))
        return false;
    if (!file->details->has_size)
        out->only_unknown++;
    else if (__builtin_add_overflow(out->only_bytes, file->details->size,
                                    &out->only_bytes))
        out->only_bytes = UINT64_MAX;
    return true;
}

static bool leads_to(const struct pl_graph *graph,
                     const struct pl_project *project)
{
    const struct pl_graph_node *node = pl_graph_node(graph, project);
    return node && node->reach == PL_REACH_LINE;
}

/* What no line leads to once it is gone, and one does now. */
static bool find_cost(struct pl_why_finder *f, struct pl_why *out,
                      struct pl_error *err)
{
    struct pl_graph without;
    PL_VEC(struct pl_project *) only = {0};
    if (!add_size(out->file, out, err))
        return false;
    pl_graph_make(f->problem, f->solution, f->project, &without);
    for (size_t i = 0; i < f->solution->chosen_count; i++) {
        const struct pl_chosen *chosen = &f->solution->chosen[i];
        if (chosen->project == f->project ||
            !leads_to(&f->graph, chosen->project) ||
            leads_to(&without, chosen->project))
            continue;
        pl_vec_push(f->arena, &only, chosen->project);
        if (!add_size(chosen->candidate->file, out, err))
            return false;
    }
    out->only = only.at;
    out->only_count = only.len;
    return true;
}

/* ---- why it is not there ---- */

typedef PL_VEC(struct pl_absence) absence_vec;

static bool holds(const struct pl_problem *problem,
                  const struct pl_marker *marker, struct pl_str extra)
{
    return pl_marker_eval(marker, &problem->env, extra);
}

/* An extra that makes the marker hold; empty: there is none. */
static struct pl_str extra_that_helps(const struct pl_problem *problem,
                                      const struct pl_marker *marker)
{
    struct pl_str names[MAX_EXTRAS];
    size_t count = 0;
    if (!marker || !pl_marker_mentions_extra(marker))
        return (struct pl_str){0};
    (void)!pl_marker_extras(marker, names, MAX_EXTRAS, &count);
    for (size_t i = 0; i < count; i++)
        if (holds(problem, marker, names[i]))
            return names[i];
    return (struct pl_str){0};
}

static void look_at_inputs(const struct pl_why_finder *f, struct pl_str name,
                           absence_vec *out)
{
    const struct pl_problem *problem = f->problem;
    const struct pl_policy *policy = &problem->policy;
    const struct {
        const struct pl_asked *at;
        size_t count;
        enum pl_absence_kind kind;
    } lists[] = {
        {problem->asked, problem->asked_count, PL_ABSENCE_LINE},
        {problem->overrides, problem->override_count, PL_ABSENCE_OVERRIDE},
        {problem->constraints, problem->constraint_count,
         PL_ABSENCE_CONSTRAINT},
    };
    if (pl_str_in(name, policy->exclude.at, policy->exclude.len))
        pl_vec_push(f->arena, out,
                    (struct pl_absence){.kind = PL_ABSENCE_EXCLUDED});
    for (size_t l = 0; l < PL_COUNT(lists); l++)
        for (size_t i = 0; i < lists[l].count; i++) {
            const struct pl_asked *asked = &lists[l].at[i];
            bool is_lifted =
                !holds(problem, asked->req.marker, (struct pl_str){0});
            if (pl_str_eq(asked->req.name, name) &&
                is_lifted == (lists[l].kind != PL_ABSENCE_CONSTRAINT))
                pl_vec_push(
                    f->arena, out,
                    (struct pl_absence){.kind = lists[l].kind, .asked = asked});
        }
}

static void look_at_need(const struct pl_why_finder *f,
                         const struct pl_graph_node *node,
                         const struct pl_requirement *requirement,
                         absence_vec *out)
{
    struct pl_absence absence = {
        .kind = PL_ABSENCE_MARKER,
        .project = node->project,
        .version = node->candidate->version,
        .requirement = requirement,
        .is_fact = node->candidate->fact != NULL,
        .extra = extra_that_helps(f->problem, requirement->marker),
    };
    if (holds(f->problem, requirement->marker, node->extra)) {
        /* a fact's own broken needs and what an override lifts are no news */
        if (!f->problem->policy.no_deps || absence.is_fact)
            return;
        absence.kind = PL_ABSENCE_NO_DEPS;
    } else if (absence.extra.len) {
        absence.kind = PL_ABSENCE_EXTRA;
    }
    pl_vec_push(f->arena, out, absence);
}

static void look_at_needs(const struct pl_why_finder *f, struct pl_str name,
                          absence_vec *out)
{
    for (size_t i = 0; i < f->graph.nodes.len; i++) {
        const struct pl_graph_node *node = &f->graph.nodes.at[i];
        const struct pl_metadata *metadata = node->candidate->metadata;
        const struct pl_fact *fact = node->candidate->fact;
        const struct pl_requirement *requires =
            fact ? fact->requires : metadata->requires;
        size_t count = fact ? fact->require_count : metadata->require_count;
        if (node->extra.len)
            continue;
        for (size_t n = 0; n < count; n++)
            if (pl_str_eq(requires[n].name, name))
                look_at_need(f, node, &requires[n], out);
    }
}

static void find_absences(const struct pl_why_finder *f, struct pl_why *out)
{
    absence_vec absences = {0};
    look_at_inputs(f, out->name, &absences);
    look_at_needs(f, out->name, &absences);
    out->absences = absences.at;
    out->absence_count = absences.len;
}

/* ---- the whole ---- */

static bool find_chosen_one(struct pl_why_finder *f,
                            const struct pl_chosen *chosen, struct pl_why *out,
                            struct pl_error *err)
{
    out->state = chosen->replaces ? PL_WHY_REPLACED : PL_WHY_ADDED;
    out->fact = chosen->replaces;
    out->because = chosen->because;
    out->file = chosen->candidate->file;
    return find_cost(f, out, err);
}

bool pl_why_find(struct pl_problem *problem, struct pl_index *index,
                 const struct pl_solution *solution, struct pl_str name,
                 struct pl_why *out, struct pl_error *err)
{
    const struct pl_chosen *chosen = pl_why_chosen(solution, name);
    const struct pl_kept *kept = find_kept(solution, name);
    struct pl_why_finder f = {.problem = problem,
                              .index = index,
                              .solution = solution,
                              .arena = problem->arena};
    struct pl_why why = {.state = PL_WHY_ABSENT, .name = name};
    pl_index_begin_again(index);
    if (chosen || kept) {
        f.project = pl_problem_project(problem, name);
        f.is_lowest = wants_lowest(problem, f.project);
        read_page(&f);
    }
    pl_graph_make(problem, solution, NULL, &f.graph);
    if (!f.project) {
        find_absences(&f, &why);
        *out = why;
        return true;
    }
    f.final = pl_graph_final(&f.graph, f.project);
    why.state = PL_WHY_KEPT;
    why.project = f.project;
    why.version = f.final->version;
    why.fact = f.final->fact;
    why.is_lowest = f.is_lowest;
    why.page_known = f.project->page_state != PL_PAGE_UNREAD;
    if (chosen && !find_chosen_one(&f, chosen, &why, err))
        return false;
    find_way(&f, &why);
    find_askers(&f, &why);
    pl_why_find_bars(&f, &why);
    *out = why;
    return true;
}
