#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "index/http_field.h"
#include "tests/unit/index_util.h"

/* Sun, 06 Nov 1994 08:49:37 GMT */
#define NOW 784111777

static void test_retry_after(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool usable;
        uint64_t ms;
    } cases[] = {
        {"0", true, 0},
        {"1", true, 1000},
        {" 7 ", true, 7000},
        {"19", true, 19000},
        {"20", true, 20000},
        {"3600", true, 20000},
        {"18446744073709551615", true, 20000},
        {"99999999999999999999999999999", true, 20000},
        {"Sun, 06 Nov 1994 08:49:39 GMT", true, 2000},
        {"Sun, 06 Nov 1994 08:49:37 GMT", true, 0},
        {"Sun, 06 Nov 1994 08:00:00 GMT", true, 0},
        {"Thu, 01 Jan 1970 00:00:00 GMT", true, 0},
        {"Fri, 31 Dec 9999 23:59:59 GMT", true, 20000},
        {"", false, 0},
        {"-1", false, 0},
        {"+1", false, 0},
        {"1.5", false, 0},
        {"1 s", false, 0},
        {"0x10", false, 0},
        {"soon", false, 0},
        {"Sun, 06 Nov 1994 08:49:39 CET", false, 0},
        {"Sun, 06 Foo 1994 08:49:39 GMT", false, 0},
        {"Sun, 00 Nov 1994 08:49:39 GMT", false, 0},
        {"Sun, 06 Nov 1994 24:49:39 GMT", false, 0},
        {"Sunday, 06-Nov-94 08:49:37 GMT", false, 0},
        {"Sun Nov  6 08:49:37 1994", false, 0},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        uint64_t ms = 12345;
        bool usable = pl_http_read_retry_after(pl_str_from(cases[i].value), NOW,
                                               20000, &ms);
        if (usable != cases[i].usable || ms != (usable ? cases[i].ms : 12345))
            fail_msg("`%s`: %d, %ju", cases[i].value, usable, (uintmax_t)ms);
    }
}

static void test_date(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        int64_t seconds;
    } cases[] = {
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Sun, 06 Nov 1994 08:49:37 GMT", NOW},
        {"Tue, 29 Feb 2000 12:00:00 GMT", 951825600},
        {"Wed, 01 Mar 2000 00:00:00 GMT", 951868800},
        {"Thu, 29 Feb 2024 00:00:00 GMT", 1709164800},
        {"Mon, 01 Mar 2100 00:00:00 GMT", 4107542400},
        {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
        {"Sat, 31 Dec 2016 23:59:60 GMT", 1483228800},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        int64_t seconds = 0;
        assert_true(pl_http_read_date(pl_str_from(cases[i].value), &seconds));
        assert_int_equal(seconds, cases[i].seconds);
    }
}

static void test_cache_control(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool has, no_store;
        uint64_t max_age;
    } cases[] = {
        {"max-age=600", true, false, 600},
        {"Max-Age=\"60\" , public", true, false, 60},
        {"public,max-age=600, max-age=5", true, false, 5},
        {"max-age=99999999999999999999", true, false, UINT64_MAX},
        {"no-cache", true, false, 0},
        {"no-cache, max-age=600", true, false, 0},
        {"max-age=600, no-cache=\"set-cookie\"", true, false, 0},
        {"NO-STORE", false, true, 0},
        {"max-age=-1", false, false, 0},
        {"max-age=", false, false, 0},
        {"s-maxage=9", false, false, 0},
        {"", false, false, 0},
        {",,=,", false, false, 0},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        struct pl_http_freshness got = {0};
        pl_http_read_cache_control(pl_str_from(cases[i].value), &got);
        if (got.has_max_age != cases[i].has ||
            got.no_store != cases[i].no_store ||
            got.max_age != cases[i].max_age)
            fail_msg("`%s`: %d %ju", cases[i].value, got.has_max_age,
                     (uintmax_t)got.max_age);
    }
}

static void test_content_range(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "bytes",
        "bytes */100",
        "bytes 0-9/*",
        "bytes 9-0/100",
        "bytes 0-100/100",
        "items 0-9/100",
        "bytes 0-9",
        "bytes -9/100",
        "bytes 0-/100",
        "bytes 0-9/100x",
        "0-9/100",
        "bytes 0-99999999999999999999/100",
    };
    struct pl_http_range range = {0};
    assert_true(pl_http_read_content_range(PL_STR("Bytes 5-9/10"), &range));
    assert_int_equal(range.from, 5);
    assert_int_equal(range.to, 9);
    assert_int_equal(range.total, 10);
    for (size_t i = 0; i < PL_COUNT(wrong); i++)
        if (pl_http_read_content_range(pl_str_from(wrong[i]), &range))
            fail_msg("`%s`", wrong[i]);
}

static void test_media_type(void **state)
{
    (void)state;
    PL_ARENA(arena);
    assert_str(pl_http_media_type(&arena, PL_STR(" Text/HTML ; charset=x;y")),
               "text/html");
    assert_str(pl_http_media_type(&arena, PL_STR("")), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_date),
        cmocka_unit_test(test_cache_control),
        cmocka_unit_test(test_content_range),
        cmocka_unit_test(test_media_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
