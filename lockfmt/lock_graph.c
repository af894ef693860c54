#include "lockfmt/lock_graph.h"

#include <stdlib.h>

#include "core/bits.h"
#include "core/limits.h"
#include "core/map.h"
#include "core/vec.h"
#include "lockfmt/lock_weight.h"
#include "pep/name.h"

struct edge {
    size_t from, to;
};

struct lines {
    struct pl_str *at;
    size_t len, cap;
};

struct maker {
    struct pl_arena *arena;
    const struct pl_lock *lock;
    struct pl_lock_graph *graph;
    struct lines *lines; /* by node */
    PL_VEC(struct edge) edges;
};

/* ---- nodes ---- */

/* What is no name of a package is a line, or is told as if it were one. */
static bool is_line(struct pl_str asker)
{
    return !pl_name_is_normal(asker);
}

static int cmp_node(const void *a, const void *b)
{
    const struct pl_lock_node *x = a, *y = b;
    return pl_str_cmp(x->name, y->name);
}

static int cmp_name(const void *key, const void *element)
{
    const struct pl_lock_node *node = element;
    return pl_str_cmp(*(const struct pl_str *)key, node->name);
}

static void add_askers(struct pl_map *names, const struct pl_str *via,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_line(via[i]))
            pl_map_slot(names, via[i]);
}

static void collect_names(const struct maker *m, struct pl_map *names)
{
    const struct pl_lock *lock = m->lock;
    for (size_t i = 0; i < lock->package_count; i++) {
        const struct pl_lock_package *package = &lock->packages[i];
        pl_map_slot(names, package->name);
        add_askers(names, package->via, package->via_count);
    }
    for (size_t i = 0; i < lock->provided_count; i++) {
        const struct pl_lock_provided *fact = &lock->provided[i];
        pl_map_slot(names, fact->name);
        add_askers(names, fact->via, fact->via_count);
    }
}

static struct pl_lock_node *find(const struct pl_lock_graph *graph,
                                 struct pl_str name)
{
    return graph->count ? bsearch(&name, graph->nodes, graph->count,
                                  sizeof(*graph->nodes), cmp_name)
                        : NULL;
}

static size_t number_of(const struct maker *m, struct pl_str name)
{
    return (size_t)(find(m->graph, name) - m->graph->nodes);
}

static void make_nodes(struct maker *m)
{
    struct pl_map names = {.arena = m->arena};
    collect_names(m, &names);
    m->graph->count = names.len;
    m->graph->nodes = pl_new_array(m->arena, struct pl_lock_node, names.len);
    m->lines = pl_new_array(m->arena, struct lines, names.len);
    for (size_t i = 0; i < names.len; i++)
        m->graph->nodes[i].name = names.entries[i].key;
    if (names.len)
        qsort(m->graph->nodes, names.len, sizeof(*m->graph->nodes), cmp_node);
}

/* ---- what they are ---- */

static int cmp_line(const void *a, const void *b)
{
    return pl_str_cmp(*(const struct pl_str *)a, *(const struct pl_str *)b);
}

/* Sorted already, when there is one entry. */
static void take_lines(struct maker *m)
{
    for (size_t n = 0; n < m->graph->count; n++) {
        struct pl_lock_node *node = &m->graph->nodes[n];
        struct lines *lines = &m->lines[n];
        size_t kept = 0;
        if (node->entry_count != 1 && lines->len)
            qsort(lines->at, lines->len, sizeof(*lines->at), cmp_line);
        for (size_t i = 0; i < lines->len; i++)
            if (!kept || !pl_str_eq(lines->at[kept - 1], lines->at[i]))
                lines->at[kept++] = lines->at[i];
        node->lines = lines->at;
        node->line_count = kept;
    }
}

static void add_via(struct maker *m, size_t number, const struct pl_str *via,
                    size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_line(via[i]))
            pl_vec_push(m->arena, &m->lines[number], via[i]);
        else
            pl_vec_push(m->arena, &m->edges,
                        (struct edge){number_of(m, via[i]), number});
}

static void add_package(struct maker *m, const struct pl_lock_package *package)
{
    size_t number = number_of(m, package->name);
    struct pl_lock_node *node = &m->graph->nodes[number];
    if (!node->entry_count++) {
        node->package = package;
        node->version = package->version;
        node->own.packages = 1;
        node->own.unknown = !package->file.has_size;
        if (package->file.has_size)
            node->own.bytes = package->file.size;
    }
    for (size_t i = 0; i < package->dependency_count; i++)
        if (find(m->graph, package->dependencies[i]))
            pl_vec_push(
                m->arena, &m->edges,
                (struct edge){number, number_of(m, package->dependencies[i])});
    add_via(m, number, package->via, package->via_count);
}

/* A lock may hold both an entry and a fact of one name: it replaces it. */
static void add_provided(struct maker *m)
{
    for (size_t i = 0; i < m->lock->provided_count; i++) {
        const struct pl_lock_provided *fact = &m->lock->provided[i];
        size_t number = number_of(m, fact->name);
        struct pl_lock_node *node = &m->graph->nodes[number];
        if (node->package)
            continue;
        node->version = fact->version;
        add_via(m, number, fact->via, fact->via_count);
    }
}

/* ---- edges ---- */

static int cmp_edge(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

/* Sorted by where they begin, each once. */
static void spread(struct maker *m, bool inverted)
{
    struct edge *edges = m->edges.at;
    size_t len = m->edges.len;
    size_t *ends = pl_new_array(m->arena, size_t, len + 1), count = 0;
    if (len)
        qsort(edges, len, sizeof(*edges), cmp_edge);
    for (size_t i = 0; i < len; i++) {
        struct pl_lock_node *node = &m->graph->nodes[edges[i].from];
        struct pl_lock_edges *list = inverted ? &node->askers : &node->needs;
        if (i && !cmp_edge(&edges[i - 1], &edges[i]))
            continue;
        if (!list->count++)
            list->at = ends + count;
        ends[count++] = edges[i].to;
    }
}

static void make_edges(struct maker *m)
{
    spread(m, false);
    for (size_t i = 0; i < m->edges.len; i++) {
        struct edge edge = m->edges.at[i];
        m->edges.at[i] = (struct edge){edge.to, edge.from};
    }
    spread(m, true);
}

/* ---- where to start ---- */

static bool is_natural(const struct pl_lock_node *node, bool inverted)
{
    if (!node->package && !node->needs.count && !node->askers.count &&
        !node->line_count)
        return false;
    if (inverted)
        return node->package && node->all.packages == 1;
    return node->line_count || !node->askers.count;
}

static bool is_possible(const struct pl_lock_node *node, bool inverted)
{
    return node->package || (!inverted && node->needs.count);
}

static void reach(const struct pl_lock_graph *graph, bool inverted, size_t from,
                  uint64_t *reached, size_t *queue)
{
    size_t len = 0;
    if (pl_bits_has(reached, from))
        return;
    pl_bits_add(reached, from);
    queue[len++] = from;
    for (size_t at = 0; at < len; at++) {
        const struct pl_lock_node *node = &graph->nodes[queue[at]];
        struct pl_lock_edges next = inverted ? node->askers : node->needs;
        for (size_t i = 0; i < next.count; i++) {
            if (pl_bits_has(reached, next.at[i]))
                continue;
            pl_bits_add(reached, next.at[i]);
            queue[len++] = next.at[i];
        }
    }
}

struct pl_lock_edges pl_lock_graph_starts(struct pl_arena *arena,
                                          const struct pl_lock_graph *graph,
                                          bool inverted)
{
    size_t count = graph->count, found = 0;
    size_t *starts = pl_new_array(arena, size_t, count + 1);
    size_t *queue = pl_new_array(arena, size_t, count + 1);
    uint64_t *chosen = pl_new_array(arena, uint64_t, PL_BITS_WORDS(count));
    uint64_t *reached = pl_new_array(arena, uint64_t, PL_BITS_WORDS(count));
    for (size_t i = 0; i < count; i++)
        if (is_natural(&graph->nodes[i], inverted)) {
            pl_bits_add(chosen, i);
            reach(graph, inverted, i, reached, queue);
        }
    for (size_t i = 0; i < count; i++)
        if (!pl_bits_has(reached, i) &&
            is_possible(&graph->nodes[i], inverted)) {
            pl_bits_add(chosen, i);
            reach(graph, inverted, i, reached, queue);
        }
    for (size_t i = pl_bits_next(chosen, 0, count); i < count;
         i = pl_bits_next(chosen, i + 1, count))
        starts[found++] = i;
    return (struct pl_lock_edges){starts, found};
}

/* ---- all of it ---- */

static size_t count_needing(const struct pl_lock_graph *graph)
{
    size_t needing = 0;
    for (size_t i = 0; i < graph->count; i++)
        needing += graph->nodes[i].needs.count > 0;
    return needing;
}

bool pl_lock_graph_make(struct pl_arena *arena, const struct pl_lock *lock,
                        struct pl_lock_graph *out, struct pl_error *err)
{
    struct pl_lock_graph graph = {0};
    struct maker m = {.arena = arena, .lock = lock, .graph = &graph};
    make_nodes(&m);
    for (size_t i = 0; i < lock->package_count; i++)
        add_package(&m, &lock->packages[i]);
    add_provided(&m);
    take_lines(&m);
    make_edges(&m);
    if (count_needing(&graph) > PL_MAX_LOCK_FACTS)
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "more than %d names of the lock need something",
                              PL_MAX_LOCK_FACTS);
    struct pl_lock_edges starts = pl_lock_graph_starts(arena, &graph, false);
    for (size_t i = 0; i < starts.count; i++)
        graph.nodes[starts.at[i]].is_start = true;
    pl_lock_weigh(arena, &graph);
    *out = graph;
    return true;
}

const struct pl_lock_node *pl_lock_graph_find(const struct pl_lock_graph *graph,
                                              struct pl_str name)
{
    return find(graph, name);
}
