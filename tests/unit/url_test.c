#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/limits.h"
#include "index/upload_time.h"
#include "index/url.h"
#include "tests/unit/index_util.h"

static const char base[] = "https://i.example/simple/a/";

struct join_case {
    const char *base, *reference, *wanted; /* wanted NULL: an error */
};

static void check_joins(const struct join_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        PL_ARENA(arena);
        struct pl_error err = {.arena = &arena};
        struct pl_str url = {0};
        bool ok = pl_url_join(&arena, pl_str_from(cases[i].base),
                              pl_str_from(cases[i].reference), &url, &err);
        if (ok != (cases[i].wanted != NULL))
            fail_msg("`%s`: `%.*s`", cases[i].reference, PL_STR_ARG(url));
        if (ok)
            assert_str(url, cases[i].wanted);
        else
            assert_error(&err, PL_ERR_INDEX, "URL");
    }
}

/* The examples of RFC 3986, 5.4, that stay within http. */
static void test_rfc3986(void **state)
{
    (void)state;
    static const char b[] = "http://a/b/c/d;p?q";
    static const struct join_case cases[] = {
        {b, "g", "http://a/b/c/g"},
        {b, "./g", "http://a/b/c/g"},
        {b, "g/", "http://a/b/c/g/"},
        {b, "/g", "http://a/g"},
        {b, "//g", "http://g/"},
        {b, "?y", "http://a/b/c/d;p?y"},
        {b, "g?y", "http://a/b/c/g?y"},
        {b, "#s", "http://a/b/c/d;p?q"},
        {b, "g#s", "http://a/b/c/g"},
        {b, ";x", "http://a/b/c/;x"},
        {b, "", "http://a/b/c/d;p?q"},
        {b, ".", "http://a/b/c/"},
        {b, "./", "http://a/b/c/"},
        {b, "..", "http://a/b/"},
        {b, "../", "http://a/b/"},
        {b, "../g", "http://a/b/g"},
        {b, "../..", "http://a/"},
        {b, "../../g", "http://a/g"},
        {b, "../../../g", "http://a/g"},
        {b, "../../../../g", "http://a/g"},
        {b, "/./g", "http://a/g"},
        {b, "/../g", "http://a/g"},
        {b, "g.", "http://a/b/c/g."},
        {b, ".g", "http://a/b/c/.g"},
        {b, "..g", "http://a/b/c/..g"},
        {b, "./../g", "http://a/b/g"},
        {b, "./g/.", "http://a/b/c/g/"},
        {b, "g/./h", "http://a/b/c/g/h"},
        {b, "g/../h", "http://a/b/c/h"},
        {b, "g;x=1/../y", "http://a/b/c/y"},
        {b, "g?y/../x", "http://a/b/c/g?y/../x"},
        {b, "g:h", NULL},
    };
    check_joins(cases, PL_COUNT(cases));
}

static void test_index_urls(void **state)
{
    (void)state;
    static const struct join_case cases[] = {
        {base, "../../files/a-1.whl#sha256=ab",
         "https://i.example/files/a-1.whl"},
        {base, "/whl/cu124/a-1%2Bcu124.whl",
         "https://i.example/whl/cu124/a-1%2Bcu124.whl"},
        {base, "https://u:p@f.example/a.whl", "https://f.example/a.whl"},
        {"https://u:p@i.example/s/", "a.whl", "https://i.example/s/a.whl"},
        {base, "https://u:p@x@f.example/a.whl", "https://f.example/a.whl"},
        {base, "  a.whl\n", "https://i.example/simple/a/a.whl"},
        {base, "a b\x01\xc3\xa9\".whl",
         "https://i.example/simple/a/a%20b%01%C3%A9%22.whl"},
        {base, "a\\..\\b", "https://i.example/simple/a/a%5C..%5Cb"},
        {base, "%2e%2e/a.whl", "https://i.example/simple/a/%2e%2e/a.whl"},
        {base, "HTTPS://F.Example:8443/a", "https://f.example:8443/a"},
        {base, "https://[::1]/a", "https://[::1]/a"},
        {base, "https://f.example?x=1", "https://f.example/?x=1"},
        {base, "a//b", "https://i.example/simple/a/a//b"},
        {base, "file:///etc/passwd", NULL},
        {base, "ftp://f.example/a", NULL},
        {base, "javascript:alert(1)", NULL},
        {base, "https:a.whl", NULL},
        {base, "https://", NULL},
        {base, "//:80/a", NULL},
        {base, "https://f exa/a", NULL},
        {base, "https://f.example\r\nX: y/a", NULL},
        {base, "https://\xc3\xa9.example/a", NULL},
        {"", "https://f.example/a", "https://f.example/a"},
        {"", "a.whl", NULL},
    };
    check_joins(cases, PL_COUNT(cases));
}

static void test_long_url(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str url, all = {NULL, PL_MAX_URL_BYTES + 1};
    char *text = pl_arena_alloc(&arena, all.len);
    memset(text, 'a', all.len);
    all.at = text;
    assert_false(pl_url_clean(&arena, all, &url, &err));
    assert_error(&err, PL_ERR_INDEX, "too long");
}

static void test_decode(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a%2Bb", "a+b"},
        {"a%2bb", "a+b"},
        {"a+b", "a+b"},
        {"%252e", "%2e"},
        {"%", "%"},
        {"%2", "%2"},
        {"%zz%41", "%zzA"},
        {"%%41", "%A"},
        {"", ""},
        {"100%", "100%"},
        {"%c3%a9", "\xc3\xa9"},
    };
    PL_ARENA(arena);
    for (size_t i = 0; i < PL_COUNT(cases); i++)
        assert_str(pl_url_decode(&arena, pl_str_from(cases[i][0])),
                   cases[i][1]);
}

static void test_filename(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        {"https://h/x/a-1%2Bcu.whl?y=/z", "a-1+cu.whl"},
        {"a-1.whl", "a-1.whl"},
        {"x/..a", "..a"},
        {"x/%252e%252e", "%2e%2e"},
    };
    static const char *const bad[] = {
        "https://h/x/", "https://h/x/..", "x/%2e%2e",   "x/%2E",
        "x/a%2Fb.whl",  "x/a%5cb.whl",    "x/a%00.whl", "x/a%0a.whl",
        "x/a%1b.whl",   "x/a%7f.whl",     "x/a%ff.whl", "",
    };
    PL_ARENA(arena);
    struct pl_str name;
    for (size_t i = 0; i < PL_COUNT(good); i++) {
        assert_true(pl_url_filename(&arena, pl_str_from(good[i][0]), &name));
        assert_str(name, good[i][1]);
    }
    for (size_t i = 0; i < PL_COUNT(bad); i++)
        if (pl_url_filename(&arena, pl_str_from(bad[i]), &name))
            fail_msg("`%s` gives `%.*s`", bad[i], PL_STR_ARG(name));
}

static void test_below(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        {"https://i.example/r/files/a%2Bb", "files/a+b"},
        {"https://i.example/r/a?q=1#f", "a"},
    };
    static const char *const bad[] = {
        "https://i.example/r/",       "https://i.example/rr/a",
        "https://i.example/a",        "https://other.example/r/a",
        "https://i.example/r/../a",   "https://i.example/r/%2e%2e/a",
        "https://i.example/r/x/..",   "https://i.example/r//etc/passwd",
        "https://i.example/r/x%2f..", "https://i.example/r/x%00",
        "https://i.example/r/x/",     "http://i.example/r/a",
    };
    PL_ARENA(arena);
    struct pl_str path, prefix = PL_STR("https://i.example/r/");
    for (size_t i = 0; i < PL_COUNT(good); i++) {
        assert_true(
            pl_url_below(&arena, prefix, pl_str_from(good[i][0]), &path));
        assert_str(path, good[i][1]);
    }
    for (size_t i = 0; i < PL_COUNT(bad); i++)
        if (pl_url_below(&arena, prefix, pl_str_from(bad[i]), &path))
            fail_msg("`%s` gives `%.*s`", bad[i], PL_STR_ARG(path));
}

static void test_upload_time(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        {"2022-10-28T16:35:37.710741Z", "2022-10-28T16:35:37.710741Z"},
        {"2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"},
        {"2024-01-01t00:00:00z", "2024-01-01T00:00:00Z"},
        {"2024-01-01 00:00:00.5Z", "2024-01-01T00:00:00.5Z"},
        {"2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00Z"},
        {"2024-02-28T23:30:00-01:00", "2024-02-29T00:30:00Z"},
        {"2023-12-31T23:30:00.25-00:30", "2024-01-01T00:00:00.25Z"},
        {"2024-01-01T00:00:00.0123456789Z", "2024-01-01T00:00:00.012345678Z"},
    };
    static const char *const bad[] = {
        "",
        "2024-01-01",
        "2024-01-01T00:00:00",
        "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2024-01-32T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z",
        "2024-12-31T23:59:60Z",
        "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00Zx",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "2024-01-01T00:00:00+24:00",
        "2024-01-01T00:00:00+0100",
        "2024-1-01T00:00:00Z",
        "\"]\nx = 1",
        "2024-01-01T00:00:00\nZ",
    };
    PL_ARENA(arena);
    struct pl_str out;
    for (size_t i = 0; i < PL_COUNT(good); i++) {
        assert_true(
            pl_upload_time_normalize(&arena, pl_str_from(good[i][0]), &out));
        assert_str(out, good[i][1]);
    }
    for (size_t i = 0; i < PL_COUNT(bad); i++)
        if (pl_upload_time_normalize(&arena, pl_str_from(bad[i]), &out))
            fail_msg("`%s` gives `%.*s`", bad[i], PL_STR_ARG(out));
}

static void test_upload_time_order(void **state)
{
    (void)state;
    static const char *const rising[] = {
        "2023-12-31T23:59:59.9Z",      "2024-01-01T00:00:00Z",
        "2024-01-01T00:00:00.000001Z", "2024-01-01T00:00:00.1Z",
        "2024-01-01T00:00:00.11Z",     "2024-01-01T00:00:01Z",
    };
    for (size_t i = 0; i < PL_COUNT(rising); i++)
        for (size_t j = 0; j < PL_COUNT(rising); j++) {
            int order = pl_upload_time_cmp(pl_str_from(rising[i]),
                                           pl_str_from(rising[j]));
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    assert_int_equal(pl_upload_time_cmp(PL_STR("2024-01-01T00:00:00Z"),
                                        PL_STR("2024-01-01T00:00:00.000Z")),
                     0);
}

/* A token so long that only the part before its '@' would be shown. */
static void a_refused_url_shows_no_secret(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(url, PL_MAX_URL_BYTES);
    struct pl_error err = {.arena = &arena};
    struct pl_str out;
    pl_buf_add_cstr(&url, "ftp://");
    pl_buf_pad(&url, 'k', 300);
    pl_buf_add_cstr(&url, "@host/");
    assert_false(pl_url_clean(&arena, pl_buf_view(&url), &out, &err));
    assert_true(pl_str_find_str(err.message, PL_STR("kk")) == err.message.len);
    assert_true(pl_str_find_str(err.message, PL_STR("ftp://***@host/")) <
                err.message.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_url_shows_no_secret),
        cmocka_unit_test(test_rfc3986),
        cmocka_unit_test(test_index_urls),
        cmocka_unit_test(test_long_url),
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_filename),
        cmocka_unit_test(test_below),
        cmocka_unit_test(test_upload_time),
        cmocka_unit_test(test_upload_time_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
