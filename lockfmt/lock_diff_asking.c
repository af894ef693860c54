#include "lockfmt/lock_diff_asking.h"

#include <stdlib.h>

bool pl_diff_says_via(const struct pl_lock *lock)
{
    for (size_t i = 0; i < lock->package_count; i++)
        if (lock->packages[i].via_count)
            return true;
    return !lock->package_count;
}

static int cmp_edge(const void *a, const void *b)
{
    const struct pl_diff_edge *x = a, *y = b;
    int order = pl_str_cmp(x->child, y->child);
    return order ? order : pl_str_cmp(x->parent, y->parent);
}

static void read_edges(struct pl_arena *arena, const struct pl_lock *lock,
                       struct pl_diff_asking *out)
{
    PL_VEC(struct pl_diff_edge) edges = {0};
    for (size_t i = 0; i < lock->package_count; i++)
        for (size_t k = 0; k < lock->packages[i].dependency_count; k++)
            pl_vec_push(arena, &edges,
                        (struct pl_diff_edge){lock->packages[i].dependencies[k],
                                              lock->packages[i].name});
    if (edges.len > 1)
        qsort(edges.at, edges.len, sizeof(*edges.at), cmp_edge);
    out->edges = edges.at;
    out->edge_count = edges.len;
}

void pl_diff_asking_read(struct pl_arena *arena,
                         const struct pl_diff_side *side, bool by_via,
                         bool texts, struct pl_diff_asking *out)
{
    struct pl_diff_side without = *side;
    *out = (struct pl_diff_asking){.by_via = by_via};
    if (!texts)
        without.input_count = 0;
    pl_diff_lines_read(arena, &without, &out->lines);
    if (!by_via)
        read_edges(arena, side->lock, out);
}

static size_t first_edge(const struct pl_diff_asking *asking,
                         struct pl_str child)
{
    size_t low = 0, high = asking->edge_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pl_str_cmp(asking->edges[middle].child, child) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct pl_diff_parents via_of(const struct pl_diff_asking *asking,
                                     const struct pl_diff_state *state)
{
    if (asking->by_via && state->package)
        return (struct pl_diff_parents){state->package->via,
                                        state->package->via_count};
    if (asking->by_via && state->provided)
        return (struct pl_diff_parents){state->provided->via,
                                        state->provided->via_count};
    return (struct pl_diff_parents){0};
}

struct pl_diff_parents pl_diff_parents_of(struct pl_arena *arena,
                                          const struct pl_diff_asking *asking,
                                          const struct pl_diff_state *state)
{
    PL_VEC(struct pl_str) names = {0};
    struct pl_diff_parents via = via_of(asking, state);
    for (size_t i = 0; i < via.count; i++)
        if (!pl_diff_is_line(via.at[i]))
            pl_vec_push(arena, &names, via.at[i]);
    if (!state->package)
        return (struct pl_diff_parents){names.at, names.len};
    struct pl_str child = state->package->name;
    for (size_t i = first_edge(asking, child);
         i < asking->edge_count && pl_str_eq(asking->edges[i].child, child);
         i++)
        if (!names.len ||
            !pl_str_eq(names.at[names.len - 1], asking->edges[i].parent))
            pl_vec_push(arena, &names, asking->edges[i].parent);
    return (struct pl_diff_parents){names.at, names.len};
}

pl_diff_line_vec pl_diff_asking_lines(const struct pl_diff_asking *asking,
                                      const struct pl_diff_state *state,
                                      struct pl_str name)
{
    struct pl_diff_parents via = via_of(asking, state);
    return pl_diff_lines_of(&asking->lines, name, via.at, via.count);
}
