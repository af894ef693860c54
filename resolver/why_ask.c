#include "core/clock.h"
#include "core/limits.h"
#include "resolver/conflict_text.h"
#include "resolver/refine.h"
#include "resolver/why_internal.h"

#define NONE SIZE_MAX
#define NS_PER_SECOND 1000000000ull

struct reply {
    bool known, satisfiable;
    struct pl_solution solution;
    const struct pl_why_line *lines;
    size_t line_count;
    struct pl_str trouble;
};

/* ---- the question ---- */

/* `<=1.0+cu128` is no specifier: bounds have no local label. */
static struct pl_str public_text(struct pl_arena *arena,
                                 const struct pl_version *version)
{
    struct pl_version bound = *version;
    bound.local = (struct pl_str){0};
    return pl_version_text(arena, &bound);
}

static struct pl_asked *asked_again(struct pl_arena *arena,
                                    const struct pl_asked *asked, size_t count,
                                    const struct pl_asked *more)
{
    struct pl_asked *all = pl_new_array(arena, struct pl_asked, count + 1);
    for (size_t i = 0; i < count; i++)
        all[i] = asked[i];
    all[count] = *more;
    return all;
}

static bool is_overridden(const struct pl_problem *problem, struct pl_str name)
{
    for (size_t i = 0; i < problem->override_count; i++)
        if (pl_str_eq(problem->overrides[i].req.name, name))
            return true;
    return false;
}

/* An override would stand in the place of a line: it gets company instead. */
static void add_line(struct pl_problem *problem, const struct pl_asked *line)
{
    if (is_overridden(problem, line->req.name))
        problem->overrides = asked_again(problem->arena, problem->overrides,
                                         problem->override_count++, line);
    else
        problem->asked = asked_again(problem->arena, problem->asked,
                                     problem->asked_count++, line);
}

/* The line that was added is no news; what follows from it is. */
static void take_no(const struct pl_why_finder *f,
                    const struct pl_problem *problem,
                    const struct pl_asked *added, struct reply *reply)
{
    const struct pl_conflict *conflict = reply->solution.conflict;
    PL_VEC(struct pl_why_line) lines = {0};
    uint32_t above = UINT32_MAX; /* depth of the added line, while below it */
    for (size_t i = 0; i < conflict->count; i++) {
        const struct pl_reason *reason = &conflict->reasons[i];
        PL_BUF(text, PL_MAX_MESSAGE_BYTES);
        if (reason->depth <= above)
            above = UINT32_MAX;
        if (reason->asked && pl_str_eq(reason->asked->where, added->where)) {
            above = reason->depth;
            continue;
        }
        pl_reason_print(problem, reason, &text);
        pl_vec_push(
            f->arena, &lines,
            (struct pl_why_line){reason->depth - (above != UINT32_MAX),
                                 pl_arena_dup(f->arena, pl_buf_view(&text))});
    }
    reply->lines = lines.at;
    reply->line_count = lines.len;
}

static void ask(struct pl_why_finder *f, struct pl_str text,
                struct reply *reply)
{
    struct pl_error err = {.arena = f->arena};
    struct pl_problem *problem = pl_new(f->arena, struct pl_problem);
    struct pl_asked line = {.where = PL_STR("podlock why")};
    *problem = pl_problem_again(f->problem, f->arena);
    *reply = (struct reply){0};
    if (!f->questions++)
        f->deadline_ns = pl_clock_ns() + PL_MAX_WHY_SECONDS * NS_PER_SECOND;
    problem->deadline_ns = f->deadline_ns;
    pl_index_begin_again(f->index);
    if (!pl_requirement_parse(f->arena, text, &line.req, &err)) {
        reply->trouble = err.message;
        return;
    }
    add_line(problem, &line);
    if (!pl_problem_start(problem, &err) ||
        !pl_refine(problem, f->index, (struct pl_str){0}, NULL,
                   &reply->solution, &err)) {
        reply->trouble = err.message;
        return;
    }
    reply->known = true;
    reply->satisfiable = reply->solution.satisfiable;
    if (!reply->satisfiable)
        take_no(f, problem, &line, reply);
}

static void ask_for_range(struct pl_why_finder *f, const struct pl_bar *bar,
                          struct reply *reply)
{
    struct pl_str low = public_text(f->arena, bar->ranges[0].first);
    struct pl_str high =
        public_text(f->arena, bar->ranges[bar->range_count - 1].last);
    ask(f,
        pl_arena_printf(f->arena, "%.*s>=%.*s,<=%.*s",
                        PL_STR_ARG(f->project->name), PL_STR_ARG(low),
                        PL_STR_ARG(high)),
        reply);
}

static void ask_for_version(struct pl_why_finder *f,
                            const struct pl_version *version,
                            struct reply *reply)
{
    ask(f,
        pl_arena_printf(f->arena, "%.*s===%.*s", PL_STR_ARG(f->project->name),
                        PL_STR_ARG(version->text)),
        reply);
}

/* ---- what an answer would cost ---- */

const struct pl_chosen *pl_why_chosen(const struct pl_solution *solution,
                                      struct pl_str name)
{
    for (size_t i = 0; i < solution->chosen_count; i++)
        if (pl_str_eq(solution->chosen[i].project->name, name))
            return &solution->chosen[i];
    return NULL;
}

static bool is_replaced(const struct pl_solution *solution, struct pl_str name)
{
    const struct pl_chosen *chosen = pl_why_chosen(solution, name);
    return chosen && chosen->replaces;
}

static bool tell_replaced(const struct pl_why_finder *f,
                          const struct reply *reply, struct pl_bar *bar)
{
    for (size_t i = 0; i < reply->solution.chosen_count; i++) {
        const struct pl_chosen *other = &reply->solution.chosen[i];
        if (!other->replaces ||
            is_replaced(f->solution, other->project->name) ||
            pl_str_eq(other->project->name, f->project->name))
            continue;
        if (bar->verdict == PL_VERDICT_REPLACE) {
            bar->instead_others++;
            continue;
        }
        bar->verdict = PL_VERDICT_REPLACE;
        bar->instead = other->project->name;
        bar->instead_from =
            pl_version_text(f->arena, &other->replaces->version);
        bar->instead_to = other->version;
    }
    return bar->verdict == PL_VERDICT_REPLACE;
}

/* The version's place in the order of preference of the answer's project. */
static size_t place_of(const struct pl_project *project,
                       const struct pl_version *version)
{
    for (size_t i = 0; i < project->candidate_count; i++)
        if (pl_version_cmp(project->candidates[i].version, version) == 0)
            return i;
    return NONE;
}

/* The first in the order of discovery that would be worse than it is. */
static bool tell_other(const struct pl_why_finder *f, const struct reply *reply,
                       struct pl_bar *bar)
{
    for (size_t i = 0; i < f->graph.nodes.len; i++) {
        const struct pl_graph_node *node = &f->graph.nodes.at[i];
        const struct pl_chosen *other =
            pl_why_chosen(&reply->solution, node->project->name);
        if (!other || node->candidate->fact || node->project == f->project ||
            place_of(node->project, other->candidate->version) <=
                place_of(node->project, node->candidate->version))
            continue;
        bar->verdict = PL_VERDICT_OTHER;
        bar->instead = node->project->name;
        bar->instead_from = pl_version_text(f->arena, node->candidate->version);
        bar->instead_to = other->version;
        return true;
    }
    return false;
}

static void take_yes(const struct pl_why_finder *f, const struct reply *reply,
                     struct pl_bar *bar)
{
    if (f->problem->policy.replace != PL_REPLACE_FREELY &&
        tell_replaced(f, reply, bar))
        return;
    (void)tell_other(f, reply, bar);
}

/* ---- the bar ---- */

static bool is_under(const struct pl_bar *bar, const struct pl_version *version)
{
    for (size_t i = 0; i < bar->range_count; i++)
        if (pl_version_cmp(bar->ranges[i].first, version) <= 0 &&
            pl_version_cmp(bar->ranges[i].last, version) >= 0)
            return true;
    return false;
}

static const struct pl_version *answered(const struct pl_why_finder *f,
                                         const struct reply *reply,
                                         const struct pl_bar *bar)
{
    const struct pl_chosen *chosen =
        pl_why_chosen(&reply->solution, f->project->name);
    return chosen && is_under(bar, chosen->candidate->version)
               ? chosen->candidate->version
               : NULL;
}

static void take(const struct pl_why_finder *f, const struct reply *reply,
                 bool is_all, const struct pl_version *newest,
                 struct pl_bar *bar)
{
    bar->trouble = reply->trouble;
    if (!reply->known)
        return;
    if (reply->satisfiable) {
        bar->tried = answered(f, reply, bar);
        if (bar->tried)
            take_yes(f, reply, bar);
        return;
    }
    bar->verdict = is_all ? PL_VERDICT_NO_ALL : PL_VERDICT_NO;
    bar->tried = newest;
    bar->lines = reply->lines;
    bar->line_count = reply->line_count;
}

void pl_why_ask(struct pl_why_finder *f, struct pl_bar *bar)
{
    struct reply reply = {0};
    const struct pl_version *newest =
        f->is_lowest ? bar->ranges[0].first
                     : bar->ranges[bar->range_count - 1].last;
    bool is_many = bar->version_count > 1;
    if (f->questions < PL_MAX_WHY_QUESTIONS) {
        if (is_many)
            ask_for_range(f, bar, &reply);
        else
            ask_for_version(f, newest, &reply);
        take(f, &reply, true, newest, bar);
    }
    if (!is_many || bar->verdict != PL_VERDICT_NONE || !reply.known ||
        f->questions >= PL_MAX_WHY_QUESTIONS)
        return;
    ask_for_version(f, newest, &reply);
    take(f, &reply, false, newest, bar);
}
