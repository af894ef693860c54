#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/limits.h"
#include "index/memory.h"
#include "resolver/problem_text.h"
#include "resolver/refine.h"

static struct pl_map read_text(struct pl_arena *arena, const char *text)
{
    struct pl_map map = {.arena = arena};
    assert_true(pl_trail_read(pl_str_from(text), &map));
    return map;
}

static void test_projects_and_versions(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_map map =
        read_text(&arena, PL_TRAIL_HEAD
                  "\nnumpy\n *2.0.2\n 2.1.0\n -2.1.1\nabsent-one\n");
    assert_int_equal(map.len, 2);
    const struct pl_trail_project *numpy = map.entries[0].value;
    assert_int_equal(numpy->versions.len, 3);
    assert_true(pl_str_is(numpy->name, "numpy"));
    assert_true(pl_str_is(numpy->versions.at[0].text, "2.0.2"));
    assert_true(numpy->versions.at[0].decided);
    assert_true(pl_str_is(numpy->versions.at[1].text, "2.1.0"));
    assert_false(numpy->versions.at[1].decided);
    assert_false(numpy->versions.at[1].unread);
    assert_true(pl_str_is(numpy->versions.at[2].text, "2.1.1"));
    assert_true(numpy->versions.at[2].unread);
    const struct pl_trail_project *absent = map.entries[1].value;
    assert_int_equal(absent->versions.len, 0);
}

static void test_what_is_no_trail(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_map map = {.arena = &arena};
    assert_false(pl_trail_read(PL_STR(""), &map));
    assert_false(pl_trail_read(PL_STR("numpy\n 1.0\n"), &map));
    assert_false(pl_trail_read(PL_STR("podlock-trail 2\nnumpy\n"), &map));
    assert_int_equal(map.len, 0);
}

/* Nothing is taken from the first line on that is none. */
static void test_odd_lines_end_it(void **state)
{
    (void)state;
    static const char *const odd[] = {"../../etc\n",  "Numpy\n", "nu mpy\n",
                                      "http://a/b\n", "numpy\n", "a\n \n",
                                      "a\n *\n",      "\n",      "\xff\n"};
    for (size_t i = 0; i < PL_COUNT(odd); i++) {
        PL_ARENA(arena);
        struct pl_str text = pl_arena_printf(
            &arena, "%s%s%s", PL_TRAIL_HEAD "\nnumpy\n", odd[i], "scipy\n");
        struct pl_map map = read_text(&arena, text.at);
        assert_null(pl_map_get(&map, PL_STR("scipy")));
        assert_non_null(pl_map_get(&map, PL_STR("numpy")));
    }
}

static void test_limits(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_map map = {.arena = &arena};
    struct pl_str text = {pl_arena_alloc(&arena, PL_MAX_TRAIL_BYTES + 1),
                          PL_MAX_TRAIL_BYTES + 1};
    memcpy((char *)text.at, PL_TRAIL_HEAD "\n", strlen(PL_TRAIL_HEAD) + 1);
    assert_false(pl_trail_read(text, &map));
}

static bool solve(struct pl_arena *arena, struct pl_trail *trail,
                  struct pl_solution *solution)
{
    struct pl_error err = {.arena = arena};
    struct pl_problem_text read;
    const struct pl_source *source = pl_source_from_text(
        arena, PL_STR("text"),
        PL_STR("python 3.11\nrequire a\nproject a\n  1\n  2\n"));
    assert_true(pl_problem_text_read(arena, source, &read, &err));
    pl_memory_set_strict(read.index, true);
    assert_true(pl_problem_start(&read.problem, &err));
    return pl_refine(&read.problem, read.index, (struct pl_str){0}, trail,
                     solution, &err);
}

/* What the index fails on would not have been asked for. */
static void test_blame(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(next, 1000);
    struct pl_solution solution;
    struct pl_trail bad = {.earlier = PL_STR(PL_TRAIL_HEAD "\nghost\n")};
    assert_false(solve(&arena, &bad, &solution));
    assert_true(bad.to_blame);
    struct pl_trail none = {.next = &next};
    assert_true(solve(&arena, &none, &solution));
    assert_false(none.to_blame);
    assert_true(
        pl_str_eq(pl_buf_view(&next), PL_STR(PL_TRAIL_HEAD "\na\n *2\n -1\n")));
    struct pl_trail good = {.earlier = pl_buf_view(&next)};
    assert_true(solve(&arena, &good, &solution));
    assert_true(solution.satisfiable);
    assert_int_equal(solution.stats.rounds, 1);
    assert_false(good.to_blame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_projects_and_versions),
        cmocka_unit_test(test_what_is_no_trail),
        cmocka_unit_test(test_odd_lines_end_it),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_blame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
