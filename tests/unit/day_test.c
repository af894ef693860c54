#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "resolver/day.h"

static void before(void **state)
{
    static const char *const rows[][2] = {
        {"2025-10-18T00:00:00Z", "2025-10-17"},
        {"2024-03-01T00:00:00Z", "2024-02-29"},
        {"2023-03-01T00:00:00Z", "2023-02-28"},
        {"2026-01-01T00:00:00Z", "2025-12-31"},
        {"1970-01-01T00:00:00Z", "1969-12-31"},
        {"2025-10-18T00:00:01Z", "2025-10-18T00:00:01Z"},
        {"2025-10-18T00:00:00", "2025-10-18T00:00:00"},
        {"yesterdayxT00:00:00Z", "yesterdayxT00:00:00Z"},
        {"", ""},
    };
    (void)state;
    struct pl_arena arena;
    pl_arena_init(&arena);
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_str got = pl_day_before(&arena, pl_str_from(rows[i][0]));
        assert_true(pl_str_eq(got, pl_str_from(rows[i][1])));
    }
    pl_arena_finish(&arena);
}

static void no_day(void **state)
{
    int64_t day = 7;
    (void)state;
    assert_true(pl_day_from(PL_STR("1970-01-02"), &day));
    assert_int_equal(day, 1);
    assert_false(pl_day_from(PL_STR("1970-1-2"), &day));
    assert_false(pl_day_from(PL_STR(""), &day));
    assert_int_equal(day, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before),
        cmocka_unit_test(no_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
