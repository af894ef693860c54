#include "resolver/why_graph.h"

struct origin {
    enum pl_reach reach;
    size_t from;
    const struct pl_asked *asked;
};

struct pl_candidate *pl_graph_final(const struct pl_graph *graph,
                                    const struct pl_project *project)
{
    return project->number < graph->count ? graph->final[project->number]
                                          : NULL;
}

const struct pl_graph_node *pl_graph_node(const struct pl_graph *graph,
                                          const struct pl_project *project)
{
    for (size_t i = 0; i < graph->nodes.len; i++)
        if (graph->nodes.at[i].project == project)
            return &graph->nodes.at[i];
    return NULL;
}

static bool has_node(const struct pl_graph *graph,
                     const struct pl_project *project, struct pl_str extra)
{
    for (size_t i = 0; i < graph->nodes.len; i++)
        if (graph->nodes.at[i].project == project &&
            pl_str_eq(graph->nodes.at[i].extra, extra))
            return true;
    return false;
}

static void add(struct pl_graph *graph, struct pl_project *project,
                struct pl_str extra, const struct pl_demand *demand,
                struct origin origin)
{
    struct pl_candidate *candidate = pl_graph_final(graph, project);
    if (!candidate || has_node(graph, project, extra))
        return;
    struct pl_graph_node node = {
        .project = project,
        .candidate = candidate,
        .extra = extra,
        .needs = pl_candidate_needs(graph->problem, candidate, extra),
        .reach = origin.reach,
        .from = origin.from,
        .asked = origin.asked,
        .demand = demand,
    };
    pl_vec_push(graph->problem->arena, &graph->nodes, node);
}

static void add_demand(struct pl_graph *graph, const struct pl_demand *demand,
                       struct origin origin)
{
    add(graph, demand->project, (struct pl_str){0}, demand, origin);
    if (demand->extra.len)
        add(graph, demand->project, demand->extra, demand, origin);
}

/* Adds what the nodes from `next` on need, and what that needs. */
static void follow(struct pl_graph *graph, size_t next)
{
    for (; next < graph->nodes.len; next++) {
        struct pl_graph_node node = graph->nodes.at[next];
        struct origin origin = {.reach = node.reach, .from = next};
        for (size_t i = 0; node.needs && i < node.needs->count; i++)
            add_demand(graph, node.needs->demands[i], origin);
    }
}

static void add_lines(struct pl_graph *graph)
{
    const struct pl_problem *problem = graph->problem;
    for (size_t i = 0; i < problem->roots.len; i++)
        add_demand(graph, problem->roots.at[i].demand,
                   (struct origin){.from = SIZE_MAX,
                                   .asked = problem->roots.at[i].asked});
    follow(graph, 0);
}

static void add_others(struct pl_graph *graph,
                       const struct pl_solution *solution)
{
    struct origin origin = {.reach = PL_REACH_CHANGED, .from = SIZE_MAX};
    for (size_t i = 0; i < solution->chosen_count; i++) {
        size_t next = graph->nodes.len;
        add(graph, solution->chosen[i].project, (struct pl_str){0}, NULL,
            origin);
        follow(graph, next);
    }
    origin.reach = PL_REACH_NONE;
    for (size_t i = 0; i < solution->kept_count; i++)
        add(graph,
            pl_problem_project(graph->problem, solution->kept[i].fact->name),
            (struct pl_str){0}, NULL, origin);
}

void pl_graph_make(struct pl_problem *problem,
                   const struct pl_solution *solution,
                   const struct pl_project *without, struct pl_graph *out)
{
    size_t count = pl_problem_project_count(problem);
    *out = (struct pl_graph){
        .problem = problem,
        .final = pl_new_array(problem->arena, struct pl_candidate *, count),
        .count = count,
    };
    for (size_t i = 0; i < solution->kept_count; i++) {
        struct pl_project *project =
            pl_problem_project(problem, solution->kept[i].fact->name);
        out->final[project->number] =
            &project->candidates[pl_project_fact_index(project)];
    }
    for (size_t i = 0; i < solution->chosen_count; i++)
        out->final[solution->chosen[i].project->number] =
            solution->chosen[i].candidate;
    if (without)
        out->final[without->number] = NULL;
    add_lines(out);
    add_others(out, solution);
}
