#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/values.h"

#define NOW 1795305600 /* 2026-11-22T00:00:00Z */

static void sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } rows[] = {
        {"0", 0},
        {"500", 500},
        {"500B", 500},
        {"2 GB", 2000000000},
        {"2g", 2000000000},
        {" 1.5GiB ", 1610612736},
        {"1.5kB", 1500},
        {"0.001MB", 1000},
        {"18000000TB", 18000000000000000000u},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        uint64_t bytes = 0;
        assert_true(
            pl_size_parse(pl_str_from(rows[i].text), "x", &bytes, NULL));
        assert_int_equal(bytes, rows[i].bytes);
    }
}

static void wrong_sizes(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",           "GB",   "-1",      "1,5GB",
        "1XB",        "1GBB", "1bG",     "1 G B",
        "19000000TB", "0x10", "1.5.5GB", "99999999999999999999",
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        uint64_t bytes = 7;
        if (pl_size_parse(pl_str_from(rows[i]), "x", &bytes, NULL))
            fail_msg("`%s` is taken for a size", rows[i]);
        assert_int_equal(bytes, 7);
    }
}

static void moments(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"2025-10-17", "2025-10-18T00:00:00Z"},
        {"2024-02-28", "2024-02-29T00:00:00Z"},
        {"2025-12-31", "2026-01-01T00:00:00Z"},
        {"2025-10-17T12:30:05Z", "2025-10-17T12:30:05Z"},
        {"2025-10-17t12:30:05.123456z", "2025-10-17T12:30:05Z"},
        {"2025-10-17T00:30:00+02:00", "2025-10-16T22:30:00Z"},
        {"2025-10-17 23:30:00-01:30", "2025-10-18T01:00:00Z"},
        {"1 day", "2026-11-21T00:00:00Z"},
        {"30 days", "2026-10-23T00:00:00Z"},
        {"2weeks", "2026-11-08T00:00:00Z"},
        {"36 hours", "2026-11-20T12:00:00Z"},
        {"P30D", "2026-10-23T00:00:00Z"},
        {"PT36H", "2026-11-20T12:00:00Z"},
        {"P2W", "2026-11-08T00:00:00Z"},
        {"99999 weeks", "1970-01-01T00:00:00Z"},
    };
    PL_ARENA(arena);
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_str out;
        assert_true(pl_moment_parse(&arena, pl_str_from(rows[i][0]), "x", NOW,
                                    &out, NULL));
        assert_string_equal(out.at, rows[i][1]);
    }
}

static void wrong_moments(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "2025",
        "2025-13-01",
        "2025-02-29",
        "2025-10-00",
        "2025-1-1",
        "2025-10-17T12:00:00",
        "17.10.2025",
        "yesterday",
        "30",
        "30 months",
        "P3M",
        "PT3D",
        "P",
        "2025-10-17T25:00:00Z",
        "-3 days",
        "1969-01-01",
        "2025-10-17x",
    };
    PL_ARENA(arena);
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_str out;
        if (pl_moment_parse(&arena, pl_str_from(rows[i]), "x", NOW, &out, NULL))
            fail_msg("`%s` is taken for %.*s", rows[i], PL_STR_ARG(out));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(wrong_sizes),
        cmocka_unit_test(moments),
        cmocka_unit_test(wrong_moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
