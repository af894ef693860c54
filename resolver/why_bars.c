#include "core/limits.h"
#include "resolver/gather.h"
#include "resolver/why_internal.h"

#define NONE SIZE_MAX
#define NOT_BETTER (SIZE_MAX - 1)

/* A version of the project; those NOT_BETTER only stand between others. */
struct other {
    const struct pl_version *version;
    size_t candidate; /* NONE: it is excluded */
    enum pl_exclusion why;
    size_t bar; /* in the list; NONE: not told yet; NOT_BETTER */
};

struct bars {
    struct pl_why_finder *f;
    PL_VEC(struct other) others; /* ascending */
    pl_bar_vec list;
};

/* ---- which versions ---- */

static size_t final_index(const struct bars *b)
{
    return (size_t)(b->f->final - b->f->project->candidates);
}

static bool is_newer(const struct bars *b, const struct pl_version *version)
{
    int order = pl_version_cmp(version, b->f->final->version);
    return b->f->is_lowest ? order < 0 : order > 0;
}

static void add_other(struct bars *b, struct other other, bool is_better)
{
    other.bar = is_better ? NONE : NOT_BETTER;
    pl_vec_push(b->f->arena, &b->others, other);
}

static int compare_others(const void *a, const void *b)
{
    const struct other *x = a, *y = b;
    return pl_version_cmp(x->version, y->version);
}

static void collect(struct bars *b)
{
    const struct pl_project *project = b->f->project;
    size_t at = final_index(b);
    for (size_t i = 0; i < project->candidate_count; i++) {
        const struct pl_version *version = project->candidates[i].version;
        add_other(b, (struct other){version, i, PL_EXCLUSION_COUNT, NONE},
                  i < at || is_newer(b, version));
    }
    /* what its metadata excluded stands among the candidates */
    for (size_t i = 0; i < project->excluded.len; i++) {
        const struct pl_excluded *x = &project->excluded.at[i];
        if (x->why != PL_EXCLUDED_METADATA)
            add_other(b, (struct other){x->version, NONE, x->why, NONE},
                      is_newer(b, x->version));
    }
    if (b->others.len)
        qsort(b->others.at, b->others.len, sizeof(b->others.at[0]),
              compare_others);
}

static struct pl_candidate *candidate_of(const struct bars *b,
                                         const struct other *other)
{
    return other->candidate == NONE
               ? NULL
               : &b->f->project->candidates[other->candidate];
}

static bool is_usable(const struct bars *b, const struct other *other)
{
    const struct pl_candidate *candidate = candidate_of(b, other);
    return candidate && candidate->state != PL_CANDIDATE_UNUSABLE;
}

/* ---- what refuses them ---- */

static bool meets(const struct other *other, const struct pl_demand *demand)
{
    if (other->candidate != NONE)
        return pl_demand_matches(demand, other->candidate);
    return !demand->by_url &&
           pl_specifier_match(demand->specifier, other->version);
}

static bool is_in(const struct pl_candidate *candidate,
                  const struct pl_version *version,
                  const struct pl_specifier *specifier)
{
    return candidate && candidate->fact
               ? pl_fact_meets(candidate->fact, specifier)
               : pl_specifier_match(specifier, version);
}

static bool breaks_rule(const struct bars *b, const struct other *other,
                        const struct pl_bar *bar)
{
    const struct pl_abi_rule *rule = bar->rule;
    bool is_package = pl_str_eq(rule->package, b->f->project->name);
    const struct pl_candidate *mine = candidate_of(b, other);
    const struct pl_candidate *beside = pl_graph_final(&b->f->graph, bar->by);
    if (mine && mine->fact && beside->fact)
        return false; /* what is broken already is not enforced */
    bool in = is_in(mine, other->version,
                    is_package ? &rule->versions : &rule->other_versions);
    bool beside_in =
        is_in(beside, beside->version,
              is_package ? &rule->other_versions : &rule->versions);
    return is_package ? in && beside_in != rule->is_requires
                      : beside_in && in != rule->is_requires;
}

static bool is_met(const struct bars *b, struct pl_demand *need)
{
    const struct pl_candidate *final =
        pl_graph_final(&b->f->graph, need->project);
    const struct pl_project *project = need->project;
    if (final && final->fact)
        return pl_demand_matches_fact(need, final->fact);
    if (final)
        return pl_demand_matches(need, (size_t)(final - project->candidates));
    if (project->page_state == PL_PAGE_ABSENT && !project->fact)
        return false;
    if (project->page_state != PL_PAGE_READ || !need->matches)
        return true;
    return pl_bits_next_of_both(need->matches, project->usable, 0,
                                project->candidate_count) <
           project->candidate_count;
}

/* What the version needs of the project and the answer does not meet. */
static struct pl_demand *unmet_need(const struct bars *b,
                                    const struct other *other,
                                    const struct pl_project *of,
                                    struct pl_str *extra)
{
    const struct pl_graph *graph = &b->f->graph;
    struct pl_candidate *candidate = candidate_of(b, other);
    for (size_t i = 0; i < graph->nodes.len; i++) {
        if (graph->nodes.at[i].project != b->f->project)
            continue;
        const struct pl_needs *needs = pl_candidate_needs(
            b->f->problem, candidate, graph->nodes.at[i].extra);
        for (size_t n = 0; needs && n < needs->count; n++) {
            struct pl_demand *need = needs->demands[n];
            if (need->project == of && !is_met(b, need)) {
                *extra = graph->nodes.at[i].extra;
                return need;
            }
        }
    }
    return NULL;
}

static bool refuses(const struct bars *b, const struct pl_bar *bar,
                    const struct other *other)
{
    struct pl_str extra;
    switch (bar->kind) {
    case PL_BAR_ASKED:
    case PL_BAR_NEEDED:
        return !meets(other, bar->demand);
    case PL_BAR_CONSTRAINT:
        return !is_in(candidate_of(b, other), other->version,
                      &bar->constraint->specifier);
    case PL_BAR_RULE:
        return breaks_rule(b, other, bar);
    case PL_BAR_OWN_NEED:
        return is_usable(b, other) && unmet_need(b, other, bar->by, &extra);
    case PL_BAR_EXCLUDED:
    case PL_BAR_LATER:
    case PL_BAR_FACT:
    case PL_BAR_SEARCH:
        break;
    }
    return false;
}

/* ---- all that might ---- */

static void add_lines(const struct bars *b, pl_bar_vec *out)
{
    const struct pl_problem *problem = b->f->problem;
    for (size_t i = 0; i < problem->roots.len; i++) {
        const struct pl_root *root = &problem->roots.at[i];
        if (root->demand->project == b->f->project)
            pl_vec_push(b->f->arena, out,
                        (struct pl_bar){.kind = PL_BAR_ASKED,
                                        .asked = root->asked,
                                        .demand = root->demand});
    }
}

static void add_constraint(const struct bars *b, const struct pl_asked *asked,
                           const struct pl_requirement *constraint,
                           pl_bar_vec *out)
{
    if (pl_str_eq(constraint->name, b->f->project->name) &&
        pl_marker_eval(constraint->marker, &b->f->problem->env,
                       (struct pl_str){0}))
        pl_vec_push(b->f->arena, out,
                    (struct pl_bar){.kind = PL_BAR_CONSTRAINT,
                                    .asked = asked,
                                    .constraint = constraint});
}

static void add_constraints(const struct bars *b, pl_bar_vec *out)
{
    const struct pl_problem *problem = b->f->problem;
    const struct pl_template *template = problem->template;
    for (size_t i = 0; i < problem->constraint_count; i++)
        add_constraint(b, &problem->constraints[i],
                       &problem->constraints[i].req, out);
    for (size_t i = 0; template && i < template->constraint_count; i++)
        add_constraint(b, NULL, &template->constraints[i], out);
}

static struct pl_bar bar_by(enum pl_bar_kind kind, struct pl_project *by,
                            const struct pl_candidate *candidate)
{
    return (struct pl_bar){
        .kind = kind,
        .by = by,
        .by_version = candidate ? candidate->version : NULL,
        .by_fact = candidate && candidate->fact,
    };
}

static void add_needs(const struct bars *b, pl_bar_vec *out)
{
    const struct pl_graph *graph = &b->f->graph;
    for (size_t i = 0; i < graph->nodes.len; i++) {
        const struct pl_graph_node *node = &graph->nodes.at[i];
        for (size_t n = 0; node->needs && n < node->needs->count; n++) {
            const struct pl_demand *demand = node->needs->demands[n];
            if (demand->project != b->f->project ||
                node->project == b->f->project)
                continue;
            struct pl_bar bar =
                bar_by(PL_BAR_NEEDED, node->project, node->candidate);
            bar.demand = demand;
            pl_vec_push(b->f->arena, out, bar);
        }
    }
}

static void add_rules(const struct bars *b, pl_bar_vec *out)
{
    const struct pl_problem *problem = b->f->problem;
    struct pl_str name = b->f->project->name;
    for (size_t i = 0; i < problem->rule_count; i++) {
        const struct pl_abi_rule *rule = problem->rules[i];
        bool is_package = pl_str_eq(rule->package, name);
        if (is_package == pl_str_eq(rule->other, name))
            continue;
        struct pl_project *by = pl_map_get(
            &problem->projects, is_package ? rule->other : rule->package);
        const struct pl_candidate *final =
            by ? pl_graph_final(&b->f->graph, by) : NULL;
        if (!final)
            continue;
        struct pl_bar bar = bar_by(PL_BAR_RULE, by, final);
        bar.rule = rule;
        pl_vec_push(b->f->arena, out, bar);
    }
}

/* `named` holds the projects that have a bar already. */
static void add_own_needs(const struct bars *b, const struct other *other,
                          struct pl_map *named, pl_bar_vec *out)
{
    const struct pl_graph *graph = &b->f->graph;
    struct pl_candidate *candidate = candidate_of(b, other);
    for (size_t i = 0; i < graph->nodes.len; i++) {
        if (graph->nodes.at[i].project != b->f->project)
            continue;
        const struct pl_needs *needs = pl_candidate_needs(
            b->f->problem, candidate, graph->nodes.at[i].extra);
        for (size_t n = 0; needs && n < needs->count; n++) {
            struct pl_project *by = needs->demands[n]->project;
            if (by == b->f->project || pl_map_get(named, by->name))
                continue;
            pl_map_put(named, by->name, by);
            pl_vec_push(b->f->arena, out,
                        bar_by(PL_BAR_OWN_NEED, by, pl_graph_final(graph, by)));
        }
    }
}

/* ---- telling ---- */

static size_t count_refused(const struct bars *b, const struct pl_bar *bar)
{
    size_t count = 0;
    for (size_t i = 0; i < b->others.len; i++)
        if (b->others.at[i].bar == NONE && refuses(b, bar, &b->others.at[i]))
            count++;
    return count;
}

/* Few bars say more than many: the one that keeps out most comes first. */
static void cover(struct bars *b, const pl_bar_vec *possible)
{
    for (;;) {
        size_t most = 0;
        const struct pl_bar *best = NULL;
        for (size_t i = 0; i < possible->len; i++) {
            size_t count = count_refused(b, &possible->at[i]);
            if (count > most) {
                most = count;
                best = &possible->at[i];
            }
        }
        if (!best)
            return;
        for (size_t i = 0; i < b->others.len; i++)
            if (b->others.at[i].bar == NONE &&
                refuses(b, best, &b->others.at[i]))
                b->others.at[i].bar = b->list.len;
        pl_vec_push(b->f->arena, &b->list, *best);
    }
}

static bool is_same_bar(const struct pl_bar *a, const struct pl_bar *b)
{
    return a->kind == b->kind && a->why == b->why &&
           a->is_prerelease == b->is_prerelease &&
           pl_str_eq(a->detail, b->detail);
}

/* Under a bar that names no one: with its like, when there is one. */
static void put_under(struct bars *b, struct other *other, struct pl_bar bar)
{
    for (size_t i = 0; i < b->list.len; i++)
        if (is_same_bar(&b->list.at[i], &bar)) {
            other->bar = i;
            return;
        }
    other->bar = b->list.len;
    pl_vec_push(b->f->arena, &b->list, bar);
}

static void tell_excluded(struct bars *b)
{
    for (size_t i = 0; i < b->others.len; i++) {
        struct other *other = &b->others.at[i];
        const struct pl_candidate *candidate = candidate_of(b, other);
        if (other->bar != NONE || is_usable(b, other))
            continue;
        struct pl_bar bar = {.kind = PL_BAR_EXCLUDED, .why = other->why};
        if (candidate) {
            bar.why = PL_EXCLUDED_METADATA;
            bar.detail = candidate->reason;
        }
        put_under(b, other, bar);
    }
}

static uint32_t order_of(const struct pl_candidate *candidate)
{
    return candidate->file ? candidate->file->page->order : 0;
}

/* Candidates that come after the final one are newer and yet not preferred. */
static void tell_later(struct bars *b)
{
    for (size_t i = 0; i < b->others.len; i++) {
        struct other *other = &b->others.at[i];
        const struct pl_candidate *candidate = candidate_of(b, other);
        if (other->bar != NONE || !candidate ||
            other->candidate < final_index(b))
            continue;
        put_under(b, other,
                  (struct pl_bar){.kind = PL_BAR_LATER,
                                  .is_prerelease = order_of(candidate) <=
                                                   order_of(b->f->final)});
    }
}

static void tell_all(struct bars *b, enum pl_bar_kind kind)
{
    for (size_t i = 0; i < b->others.len; i++)
        if (b->others.at[i].bar == NONE)
            put_under(b, &b->others.at[i],
                      (struct pl_bar){.kind = kind, .by = b->f->project});
}

/* The search needed not read what it could refute without. */
static void read_unread(struct bars *b)
{
    struct pl_gather gather = {
        .problem = b->f->problem, .index = b->f->index, .on_trail = true};
    size_t left = PL_MAX_WHY_READ;
    for (size_t i = b->others.len; i-- > 0 && left;) {
        struct other *other = &b->others.at[i];
        struct pl_candidate *candidate = candidate_of(b, other);
        if (other->bar != NONE || candidate->state != PL_CANDIDATE_UNREAD)
            continue;
        pl_gather_want_candidate(&gather, b->f->project, candidate);
        left--;
    }
    /* what cannot be read is told by the search, as far as it can be */
    if (left < PL_MAX_WHY_READ)
        (void)!pl_gather_run(&gather, NULL);
}

static void tell_own_needs(struct bars *b)
{
    pl_bar_vec possible = {0};
    struct pl_map named = {.arena = b->f->arena};
    for (size_t i = b->others.len; i-- > 0;)
        if (b->others.at[i].bar == NONE)
            add_own_needs(b, &b->others.at[i], &named, &possible);
    cover(b, &possible);
}

/* ---- ranges ---- */

/* No candidate, so that a range of candidates goes on behind it. */
static bool is_passed_over(const struct bars *b, const struct other *other,
                           const struct pl_bar *bar)
{
    if (other->bar == NOT_BETTER)
        return false;
    enum pl_bar_kind kind = b->list.at[other->bar].kind;
    return bar->kind >= PL_BAR_FACT && kind != bar->kind &&
           (kind == PL_BAR_EXCLUDED || kind == PL_BAR_LATER);
}

static void set_ranges(struct bars *b, size_t number)
{
    struct pl_bar *bar = &b->list.at[number];
    PL_VEC(struct pl_version_range) ranges = {0};
    bool goes_on = false;
    for (size_t i = 0; i < b->others.len; i++) {
        const struct other *other = &b->others.at[i];
        bool is_in_it = other->bar == number;
        if (is_in_it && goes_on) {
            ranges.at[ranges.len - 1].last = other->version;
            ranges.at[ranges.len - 1].count++;
        } else if (is_in_it) {
            pl_vec_push(
                b->f->arena, &ranges,
                (struct pl_version_range){other->version, other->version, 1});
        }
        goes_on = is_in_it || (goes_on && is_passed_over(b, other, bar));
        bar->version_count += is_in_it;
    }
    bar->ranges = ranges.at;
    bar->range_count = ranges.len;
}

/* An extra is somebody's wish, who might be another in another answer. */
static void set_need(struct bars *b, size_t number)
{
    struct pl_bar *bar = &b->list.at[number];
    if (bar->kind != PL_BAR_OWN_NEED)
        return;
    bar->is_certain =
        !bar->by_version ||
        (bar->by_fact && pl_fact_is_hard(b->f->problem, bar->by->fact));
    for (size_t i = 0; i < b->others.len; i++) {
        if (b->others.at[i].bar != number)
            continue;
        bar->demand = unmet_need(b, &b->others.at[i], bar->by, &bar->extra);
        bar->is_certain &= !bar->extra.len;
    }
}

static int compare_bars(const void *a, const void *b)
{
    const struct pl_bar *x = a, *y = b;
    return pl_version_cmp(y->ranges[y->range_count - 1].last,
                          x->ranges[x->range_count - 1].last);
}

static bool can_be_asked(const struct pl_bar *bar)
{
    return bar->kind == PL_BAR_SEARCH ||
           (bar->kind == PL_BAR_OWN_NEED && !bar->is_certain);
}

static bool stays_anyway(const struct pl_why_finder *f, bool relied_on)
{
    if (!f->final->fact)
        return false;
    return f->problem->policy.replace != PL_REPLACE_FREELY || !relied_on ||
           pl_fact_is_hard(f->problem, f->final->fact);
}

static void tell_chosen(struct bars *b)
{
    pl_bar_vec possible = {0};
    add_lines(b, &possible);
    add_constraints(b, &possible);
    add_needs(b, &possible);
    add_rules(b, &possible);
    cover(b, &possible);
    tell_excluded(b);
    tell_later(b);
    read_unread(b);
    tell_excluded(b);
    tell_own_needs(b);
    tell_all(b, PL_BAR_SEARCH);
}

static void tell_kept(struct bars *b)
{
    pl_bar_vec possible = {0};
    add_constraints(b, &possible);
    cover(b, &possible);
    tell_excluded(b);
    tell_all(b, PL_BAR_FACT);
}

void pl_why_find_bars(struct pl_why_finder *f, struct pl_why *out)
{
    struct bars b = {.f = f};
    const struct pl_graph_node *node = pl_graph_node(&f->graph, f->project);
    collect(&b);
    if (stays_anyway(f, node && node->reach != PL_REACH_NONE))
        tell_kept(&b);
    else
        tell_chosen(&b);
    for (size_t i = 0; i < b.list.len; i++) {
        set_ranges(&b, i);
        set_need(&b, i);
    }
    if (b.list.len)
        qsort(b.list.at, b.list.len, sizeof(b.list.at[0]), compare_bars);
    for (size_t i = 0; i < b.list.len; i++)
        if (can_be_asked(&b.list.at[i]))
            pl_why_ask(f, &b.list.at[i]);
    out->bars = b.list.at;
    out->bar_count = b.list.len;
}
