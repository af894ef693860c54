#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/limits.h"
#include "core/vec.h"
#include "lockfmt/lock_graph.h"

#define MOST 12

/* Bits: needs[i] has j when i needs j. */
struct world {
    struct pl_arena *arena;
    unsigned count, needs[MOST], lines;
    uint64_t sizes[MOST];
    struct pl_lock lock;
    struct pl_lock_graph graph;
};

static struct pl_str name_of(struct pl_arena *arena, unsigned i)
{
    return pl_arena_printf(arena, "n%02u", i);
}

/* Half of the edges by `dependencies`, half by `via`, some by both. */
static void add_edges(struct world *w, unsigned i)
{
    struct pl_lock_package *p = &w->lock.packages[i];
    p->dependencies = pl_new_array(w->arena, struct pl_str, MOST);
    p->via = pl_new_array(w->arena, struct pl_str, MOST + 1);
    if (w->lines >> i & 1)
        p->via[p->via_count++] = pl_arena_printf(w->arena, "r.in:%u", i);
    for (unsigned k = 0; k < w->count; k++) {
        if (w->needs[i] >> k & 1 && (i + k) % 3)
            p->dependencies[p->dependency_count++] = name_of(w->arena, k);
        if (w->needs[k] >> i & 1 && (i + k) % 3 != 1)
            p->via[p->via_count++] = name_of(w->arena, k);
    }
}

static void make(struct world *w)
{
    w->lock = (struct pl_lock){.package_count = w->count};
    w->lock.packages =
        pl_new_array(w->arena, struct pl_lock_package, w->count + 1);
    for (unsigned i = 0; i < w->count; i++) {
        w->lock.packages[i].name = name_of(w->arena, i);
        w->lock.packages[i].file.size = w->sizes[i];
        w->lock.packages[i].file.has_size = w->sizes[i] > 0;
        add_edges(w, i);
    }
    pl_lock_sort(&w->lock);
    assert_true(pl_lock_graph_make(w->arena, &w->lock, &w->graph, NULL));
    assert_int_equal(w->graph.count, w->count);
}

/* ---- the same, without haste ---- */

static unsigned reach(const struct world *w, unsigned from)
{
    unsigned reached = 1u << from, before;
    do {
        before = reached;
        for (unsigned i = 0; i < w->count; i++)
            if (reached >> i & 1)
                reached |= w->needs[i];
    } while (reached != before);
    return reached;
}

static uint64_t weigh(const struct world *w, unsigned set)
{
    uint64_t bytes = 0;
    for (unsigned i = 0; i < w->count; i++)
        bytes += set >> i & 1 ? w->sizes[i] : 0;
    return bytes;
}

static unsigned set_of(struct pl_lock_edges edges)
{
    unsigned set = 0;
    for (size_t i = 0; i < edges.count; i++) {
        assert_true(!i || edges.at[i - 1] < edges.at[i]);
        set |= 1u << edges.at[i];
    }
    return set;
}

static void check(struct world *w)
{
    unsigned starts = set_of(pl_lock_graph_starts(w->arena, &w->graph, false));
    unsigned covered = 0;
    for (unsigned i = 0; i < w->count; i++) {
        const struct pl_lock_node *node = &w->graph.nodes[i];
        unsigned askers = 0, others = 0;
        for (unsigned k = 0; k < w->count; k++) {
            askers |= (w->needs[k] >> i & 1) << k;
            if (starts >> k & 1 && k != i)
                others |= reach(w, k);
        }
        assert_int_equal(set_of(node->needs), w->needs[i]);
        assert_int_equal(set_of(node->askers), askers);
        assert_int_equal(node->line_count, w->lines >> i & 1);
        assert_int_equal(node->all.bytes, weigh(w, reach(w, i)));
        assert_int_equal(node->all.packages, __builtin_popcount(reach(w, i)));
        assert_int_equal(node->is_start, starts >> i & 1);
        if (node->is_start) {
            assert_int_equal(node->alone.bytes,
                             weigh(w, reach(w, i) & ~others));
            covered |= reach(w, i);
        } else {
            assert_false(w->lines >> i & 1 || !askers);
        }
    }
    assert_int_equal(covered, (1u << w->count) - 1);
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Few edges, then many: trees, and everything in one ring. */
static void random_graphs(void **state)
{
    (void)state;
    uint32_t seed = 20261123;
    for (unsigned round = 0; round < 3000; round++) {
        PL_ARENA(arena);
        struct world w = {.arena = &arena, .count = round % (MOST + 1)};
        unsigned density = 1 + round % 7;
        for (unsigned i = 0; i < w.count; i++) {
            w.sizes[i] = next(&seed) % 4 ? next(&seed) % 1000 : 0;
            for (unsigned k = 0; k < w.count; k++)
                if (next(&seed) % 20 < density)
                    w.needs[i] |= 1u << k;
            w.lines |= (unsigned)(next(&seed) % 5 == 0) << i;
        }
        make(&w);
        check(&w);
    }
}

static void inverted_starts(void **state)
{
    (void)state;
    PL_ARENA(arena);
    /* 0 -> 1 -> 2, and the ring 3 <-> 4 */
    struct world w = {.arena = &arena, .count = 5};
    w.needs[0] = 1u << 1;
    w.needs[1] = 1u << 2;
    w.needs[3] = 1u << 4;
    w.needs[4] = 1u << 3;
    make(&w);
    assert_int_equal(set_of(pl_lock_graph_starts(&arena, &w.graph, true)),
                     1u << 2 | 1u << 3);
    assert_int_equal(set_of(pl_lock_graph_starts(&arena, &w.graph, false)),
                     1u << 0 | 1u << 3);
    assert_string_equal(pl_lock_graph_find(&w.graph, PL_STR("n02"))->name.at,
                        "n02");
    assert_null(pl_lock_graph_find(&w.graph, PL_STR("n05")));
}

static void sums_do_not_wrap(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world w = {.arena = &arena, .count = 3};
    w.needs[0] = 6;
    w.sizes[0] = w.sizes[1] = w.sizes[2] = UINT64_MAX / 2;
    make(&w);
    assert_int_equal(w.graph.nodes[0].all.bytes, UINT64_MAX);
}

static void of_the_template(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock_provided provided[] = {
        {.name = PL_STR("cupy"), .version = PL_STR("13.0")},
        {.name = PL_STR("torch"), .version = PL_STR("2.8.0+cu128")},
    };
    struct pl_str via[] = {PL_STR("cupy"), PL_STR("odd\nname")};
    struct pl_lock_package package = {
        .name = PL_STR("fastrlock"), .via = via, .via_count = 2};
    struct pl_lock lock = {.packages = &package,
                           .package_count = 1,
                           .provided = provided,
                           .provided_count = 2};
    struct pl_lock_graph graph;
    assert_true(pl_lock_graph_make(&arena, &lock, &graph, NULL));
    assert_int_equal(graph.count, 3);
    const struct pl_lock_node *cupy = &graph.nodes[0];
    assert_true(cupy->is_start && !cupy->package);
    assert_string_equal(cupy->version.at, "13.0");
    assert_int_equal(cupy->own.packages, 0);
    assert_int_equal(cupy->all.packages, 1);
    assert_int_equal(cupy->all.unknown, 1);
    assert_string_equal(graph.nodes[1].lines[0].at, "odd\nname");
    assert_false(graph.nodes[2].is_start);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_graphs),
        cmocka_unit_test(inverted_starts),
        cmocka_unit_test(sums_do_not_wrap),
        cmocka_unit_test(of_the_template),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
