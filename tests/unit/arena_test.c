#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/vec.h"

#define MIB ((size_t)1 << 20)

static bool is_zero(const char *at, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (at[i])
            return false;
    return true;
}

/* Small ones, and some that take a block of their own, up to 20 MiB. */
static void test_zeroed_and_apart(void **state)
{
    (void)state;
    PL_ARENA(arena);
    char *before = NULL;
    size_t size = 0, last = 0;
    for (size_t i = 0; arena.total < 20 * MIB; i++) {
        size = i % 50 == 7 ? 3 * MIB / (1 + i % 5) : 1 + i * 37 % 5000;
        char *at = pl_arena_alloc(&arena, size);
        assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
        assert_true(is_zero(at, size));
        memset(at, 'x', size);
        if (before)
            assert_true(before[0] == 'y' && before[last - 1] == 'y');
        memset(at, 'y', size);
        before = at;
        last = size;
    }
}

static void test_extend(void **state)
{
    (void)state;
    PL_ARENA(arena);
    char *at = pl_arena_alloc(&arena, 10);
    memset(at, 'x', 10);
    assert_true(pl_arena_extend(&arena, at, 10, 100));
    assert_true(is_zero(at + 10, 90));
    memset(at, 'x', 100);
    char *next = pl_arena_alloc(&arena, 1);
    assert_true(next >= at + 100);
    assert_false(pl_arena_extend(&arena, at, 100, 200));
    assert_false(pl_arena_extend(&arena, next, 1, MIB));
    assert_true(is_zero(next, 1));
}

static void test_list_grows(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_VEC(size_t) list = {0}, other = {0};
    for (size_t i = 0; i < 300000; i++) {
        pl_vec_push(&arena, &list, i);
        if (i % 1000 == 0)
            pl_vec_push(&arena, &other, i);
    }
    for (size_t i = 0; i < list.len; i++)
        assert_int_equal(list.at[i], i);
    for (size_t i = 0; i < other.len; i++)
        assert_int_equal(other.at[i], 1000 * i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zeroed_and_apart),
        cmocka_unit_test(test_extend),
        cmocka_unit_test(test_list_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
