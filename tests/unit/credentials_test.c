#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "index/credentials.h"
#include "index/origin.h"
#include "tests/unit/index_util.h"

static void test_origin(void **state)
{
    (void)state;
    static const struct {
        const char *url, *origin; /* NULL: none */
    } cases[] = {
        {"https://H.Example/x", "https://h.example:443"},
        {"http://h/", "http://h:80"},
        {"https://h:8443", "https://h:8443"},
        {"https://h:/", "https://h:443"},
        {"https://u:p@h:1/", "https://h:1"},
        {"https://[::1]/", "https://[::1]:443"},
        {"https://[::1]:8/", "https://[::1]:8"},
        {"https://h:0/", NULL},
        {"https://h:65536/", NULL},
        {"https://h:x/", NULL},
        {"https://h:1:2/", NULL},
        {"https:///x", NULL},
        {"https://:80/", NULL},
        {"https://[/", NULL},
        {"https://a b/", NULL},
        {"ftp://h/", NULL},
        {"h/x", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        PL_ARENA(arena);
        struct pl_str origin = {0};
        bool ok = pl_origin_of(&arena, pl_str_from(cases[i].url), &origin);
        if (ok != (cases[i].origin != NULL))
            fail_msg("`%s`", cases[i].url);
        if (ok)
            assert_str(origin, cases[i].origin);
    }
}

static bool is_loopback(const char *url)
{
    struct pl_origin origin;
    assert_true(pl_origin_parse(pl_str_from(url), &origin));
    return pl_origin_is_loopback(&origin);
}

static void test_loopback(void **state)
{
    (void)state;
    static const char *const yes[] = {
        "http://localhost/", "http://LocalHost:80/", "http://127.0.0.1:8/",
        "http://127.255.0.254/", "http://[::1]:9/"};
    static const char *const no[] = {
        "http://localhost.example/", "http://127.0.0.1.example/",
        "http://128.0.0.1/",         "http://127.1/",
        "http://127.0.0.256/",       "http://127.0.0.01/",
        "http://2130706433/",        "http://0x7f.0.0.1/",
        "http://127.0.0.1.1/",       "http://[::2]/",
        "http://[::ffff:127.0.0.1]/"};
    for (size_t i = 0; i < PL_COUNT(yes); i++)
        assert_true(is_loopback(yes[i]));
    for (size_t i = 0; i < PL_COUNT(no); i++)
        assert_false(is_loopback(no[i]));
}

static void test_listed(void **state)
{
    (void)state;
    static const struct pl_str hosts[] = {{"a.example", 9},
                                          {"b.example:8443", 14},
                                          {"[::2]", 5},
                                          {"[::3]:80", 8}};
    static const struct {
        const char *url;
        bool listed;
    } cases[] = {
        {"http://a.example/", true},    {"https://A.Example:99/", true},
        {"http://b.example/", false},   {"https://b.example:8443/", true},
        {"http://x.a.example/", false}, {"http://a.example.x/", false},
        {"http://[::2]:5/", true},      {"http://[::3]/", true},
        {"http://[::3]:81/", false},    {"http://b.example:844/", false},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        struct pl_origin origin;
        assert_true(pl_origin_parse(pl_str_from(cases[i].url), &origin));
        if (pl_origin_is_listed(&origin, hosts, PL_COUNT(hosts)) !=
            cases[i].listed)
            fail_msg("%s", cases[i].url);
    }
}

static void assert_found(const struct pl_credentials *c, const char *url,
                         const char *wanted)
{
    const struct pl_credential *found =
        pl_credentials_find(c, pl_str_from(url));
    PL_ARENA(arena);
    struct pl_str got = PL_STR("none");
    if (found)
        got = pl_arena_printf(&arena, "%.*s:%.*s", PL_STR_ARG(found->username),
                              PL_STR_ARG(found->password));
    if (!pl_str_is(got, wanted))
        fail_msg("%s: %.*s", url, PL_STR_ARG(got));
}

static void test_url(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_credentials c = {.arena = &arena};
    struct pl_error err = {.arena = &arena};
    struct pl_str clean;
    assert_true(pl_credentials_take(
        &c, PL_STR("https://m%40e:p%3Aw%2Fx@H.example/simple/"), &clean, &err));
    assert_str(clean, "https://h.example/simple/");
    assert_true(pl_credentials_take(&c, PL_STR("https://token@t.example:8443/"),
                                    &clean, &err));
    assert_true(pl_credentials_take(&c, PL_STR("https://plain.example/"),
                                    &clean, &err));
    assert_true(pl_credentials_take(&c, PL_STR("https://@empty.example/"),
                                    &clean, &err));
    assert_int_equal(c.list.len, 2);
    assert_found(&c, "https://h.example/files/a", "m@e:p:w/x");
    assert_found(&c, "https://H.EXAMPLE:443/", "m@e:p:w/x");
    assert_found(&c, "https://t.example:8443/", "token:");
    /* Another scheme, port or host is another origin. */
    assert_found(&c, "http://h.example/", "none");
    assert_found(&c, "https://h.example:444/", "none");
    assert_found(&c, "https://t.example/", "none");
    assert_found(&c, "https://x.h.example/", "none");
    assert_found(&c, "https://h.example.x/", "none");
    assert_found(&c, "ftp://h.example/", "none");
}

static void test_url_refused(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "https://me:SECRET%0d%0aX@h.example/",
        "https://me:SECRET%00@h.example/",
        "https://me:1#SECRET@h.example/",
        "https://me:1?SECRET@h.example/",
        "https://me:1/SECRET@h.example/",
        "https://me:SECRET#x@h.example/",
        "https://me:SECRET@",
        "https://me:SECRET@h.example:x/",
        "ftp://me:SECRET@h.example/",
        "me:SECRET@h.example",
    };
    for (size_t i = 0; i < PL_COUNT(urls); i++) {
        PL_ARENA(arena);
        struct pl_credentials c = {.arena = &arena};
        struct pl_error err = {.arena = &arena};
        struct pl_str clean = PL_STR("untouched");
        if (pl_credentials_take(&c, pl_str_from(urls[i]), &clean, &err))
            fail_msg("%s", urls[i]);
        assert_int_equal(err.code, PL_ERR_INDEX);
        assert_str(clean, "untouched");
        assert_int_equal(c.list.len, 0);
        assert_int_equal(pl_str_find_str(err.message, PL_STR("SECRET")),
                         err.message.len);
    }
}

static void test_environment(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_credentials c = {.arena = &arena};
    setenv("PODLOCK_INDEX_MY_OWN_2_USERNAME", "me", 1);
    setenv("PODLOCK_INDEX_MY_OWN_2_PASSWORD", "word", 1);
    setenv("PODLOCK_INDEX_TOKEN_PASSWORD", "only", 1);
    setenv("PODLOCK_INDEX_BAD_PASSWORD", "a\nb", 1);
    pl_credentials_take_environment(&c, PL_STR("my-own.2"),
                                    PL_STR("https://own.example/simple/"));
    pl_credentials_take_environment(&c, PL_STR("token"),
                                    PL_STR("https://token.example/"));
    pl_credentials_take_environment(&c, PL_STR("bad"),
                                    PL_STR("https://bad.example/"));
    pl_credentials_take_environment(&c, PL_STR("other"),
                                    PL_STR("https://other.example/"));
    assert_int_equal(c.list.len, 2);
    assert_found(&c, "https://own.example/x", "me:word");
    assert_found(&c, "https://token.example/x", ":only");
}

static const char netrc[] =
    "# machine no.example login x password y\n"
    "machine a.example login me password one account q\n"
    "machine b.example\n\tlogin \"two words\"\r\n\tpassword \"q\\\"\\\\#\"\n"
    "macdef init\nmachine macro.example login m password m\n\n"
    "machine c.example password #hash # a comment\n"
    "machine a.example login again password no\n"
    "machine d.example\n"
    "unknown machine e.example login e password e\n"
    "default login any password thing\n";

static void test_netrc(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_credentials c = {.arena = &arena};
    pl_credentials_take_netrc(&c, pl_str_from(netrc));
    assert_found(&c, "https://a.example/", "me:one");
    assert_found(&c, "http://A.example:8080/", "me:one");
    assert_found(&c, "https://b.example/", "two words:q\"\\#");
    assert_found(&c, "https://c.example/", ":#hash");
    assert_found(&c, "https://e.example/", "e:e");
    assert_found(&c, "https://macro.example/", "any:thing");
    assert_found(&c, "https://no.example/", "any:thing");
    assert_found(&c, "https://x.a.example/", "any:thing");
}

static void test_netrc_odd(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "machine",
        "machine h.example",
        "machine h.example login",
        "login x password y",
        "machine \"\" login x password y",
        "macdef init",
        "machine h.example login \"open",
        "default",
    };
    for (size_t i = 0; i < PL_COUNT(texts); i++) {
        PL_ARENA(arena);
        struct pl_credentials c = {.arena = &arena};
        pl_credentials_take_netrc(&c, pl_str_from(texts[i]));
        assert_found(&c, "https://other.example/", "none");
    }
}

/* What stands first counts: the URL, the environment, netrc. */
static void test_order(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_credentials c = {.arena = &arena};
    struct pl_str clean;
    assert_true(pl_credentials_take(&c, PL_STR("https://url:1@a.example/"),
                                    &clean, NULL));
    pl_credentials_take_netrc(&c, pl_str_from(netrc));
    assert_found(&c, "https://a.example/", "url:1");
    assert_found(&c, "https://a.example:1/", "me:one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_origin),      cmocka_unit_test(test_loopback),
        cmocka_unit_test(test_listed),      cmocka_unit_test(test_url),
        cmocka_unit_test(test_url_refused), cmocka_unit_test(test_environment),
        cmocka_unit_test(test_netrc),       cmocka_unit_test(test_netrc_odd),
        cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
