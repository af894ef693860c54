#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/buf.h"
#include "core/limits.h"
#include "pep/wheelname.h"

/* ---- wheels ---- */

static void test_parts(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_wheelname w;
    assert_true(pl_wheelname_parse(
        &arena,
        PL_STR("Foo_Bar.x-1!2.0RC1+cu128-12_b-cp310.cp311-abi3.none-"
               "manylinux_2_17_x86_64.manylinux2014_x86_64.whl"),
        &w, NULL));
    assert_true(pl_str_is(w.name, "foo-bar-x"));
    assert_true(
        pl_str_is(pl_version_text(&arena, &w.version), "1!2.0rc1+cu128"));
    assert_true(w.tags.has_build);
    assert_int_equal(w.tags.build_number, 12);
    assert_true(pl_str_is(w.tags.build_rest, "_b"));
    assert_true(pl_str_is(w.tags.python, "cp310.cp311"));
    assert_true(pl_str_is(w.tags.abi, "abi3.none"));
    assert_true(pl_str_is(w.tags.platform,
                          "manylinux_2_17_x86_64.manylinux2014_x86_64"));

    assert_true(
        pl_wheelname_parse(&arena, PL_STR("a-1-py3-none-any.whl"), &w, NULL));
    assert_false(w.tags.has_build);
    assert_int_equal(w.tags.build_rest.len, 0);
}

static const struct refusal {
    const char *name, *message;
    uint32_t begin, end;
} refusals[] = {
    {"a-1-py3-none-any.WHL",
     "`a-1-py3-none-any.WHL`: a wheel is named "
     "NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl",
     0, 20},
    {"a-1-any.whl",
     "`a-1-any.whl`: a wheel is named "
     "NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl",
     0, 11},
    {"a-1-2-py3-none-any-x.whl",
     "`a-1-2-py3-none-any-x.whl`: a wheel is named "
     "NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl",
     0, 24},
    {".whl",
     "`.whl`: a wheel is named NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl", 0,
     4},
    {"-1-py3-none-any.whl", "`-1-py3-none-any.whl`: this is not a project name",
     0, 0},
    {"a__b-1-py3-none-any.whl",
     "`a__b-1-py3-none-any.whl`: this is not a project name", 0, 4},
    {"_a-1-py3-none-any.whl",
     "`_a-1-py3-none-any.whl`: this is not a project name", 0, 2},
    {"a-latest-py3-none-any.whl",
     "`a-latest-py3-none-any.whl`: the version is not one of PEP 440", 2, 8},
    {"a--py3-none-any.whl",
     "`a--py3-none-any.whl`: the version is not one of PEP 440", 2, 2},
    {"a-1-b2-py3-none-any.whl",
     "`a-1-b2-py3-none-any.whl`: a build tag begins with a number", 4, 6},
    {"a-1-99999999999999999999-py3-none-any.whl",
     "`a-1-99999999999999999999-py3-none-any.whl`: a build tag begins with a "
     "number",
     4, 24},
    {"a-1-py36+-none-any.whl",
     "`a-1-py36+-none-any.whl`: this is not a wheel tag", 4, 9},
    {"a-1-2.7-none-any.whl", "`a-1-2.7-none-any.whl`: this is not a wheel tag",
     4, 7},
    {"a-1-py3--any.whl", "`a-1-py3--any.whl`: this is not a wheel tag", 8, 8},
    {"a-1-py3-none-any..whl",
     "`a-1-py3-none-any..whl`: this is not a wheel tag", 13, 17},
    {"a-1-py3-none-any/../x.whl",
     "a file name of a distribution holds A-Z, a-z, 0-9 and . - _ + ! only", 16,
     17},
    {"a-1-py3-none-\x1b[1m.whl",
     "a file name of a distribution holds A-Z, a-z, 0-9 and . - _ + ! only", 13,
     14},
    {"b\xc3\xa1r-1-py3-none-any.whl",
     "a file name of a distribution holds A-Z, a-z, 0-9 and . - _ + ! only", 1,
     2},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_COUNT(refusals); i++) {
        PL_ARENA(arena);
        struct pl_wheelname w = {.tags = {.build_number = 77}};
        struct pl_error err = {.arena = &arena};
        struct pl_str name = pl_str_from(refusals[i].name);
        if (pl_wheelname_parse(&arena, name, &w, &err))
            fail_msg("accepted: %s", refusals[i].name);
        assert_int_equal(w.tags.build_number, 77);
        assert_string_equal(err.message.at, refusals[i].message);
        assert_int_equal(err.code, PL_ERR_INPUT);
        assert_int_equal(err.span.begin, refusals[i].begin);
        assert_int_equal(err.span.end, refusals[i].end);
        assert_false(pl_wheelname_parse(&arena, name, &w, NULL));
    }
}

static bool parses(struct pl_str name, enum pl_error_code *code)
{
    PL_ARENA(arena);
    struct pl_wheelname w;
    struct pl_error err = {.arena = &arena};
    bool ok = pl_wheelname_parse(&arena, name, &w, &err);
    *code = err.code;
    return ok;
}

static void test_limits(void **state)
{
    (void)state;
    PL_BUF(name, 4096);
    enum pl_error_code code;
    pl_buf_add_cstr(&name, "a-1-");
    for (int i = 0; i < PL_MAX_TAG_PARTS; i++)
        pl_buf_addf(&name, "%spy%d", i ? "." : "", i);
    size_t len = name.len;
    pl_buf_add_cstr(&name, "-none-any.whl");
    assert_true(parses(pl_buf_view(&name), &code));
    name.len = len;
    pl_buf_add_cstr(&name, ".py-none-any.whl");
    assert_false(parses(pl_buf_view(&name), &code));
    assert_int_equal(code, PL_ERR_INPUT);

    pl_buf_clear(&name);
    pl_buf_add_cstr(&name, "a-1-py3-none-");
    pl_buf_pad(&name, 'p', PL_MAX_WHEEL_NAME_BYTES - name.len - 4);
    pl_buf_add_cstr(&name, ".whl");
    assert_true(parses(pl_buf_view(&name), &code));
    name.data[0] = 'b';
    pl_buf_add_cstr(&name, ".whl");
    assert_false(parses(pl_buf_view(&name), &code));
    assert_int_equal(code, PL_ERR_LIMIT);
}

/* Each build is preferred to those before it. */
static void test_builds(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const char *const builds[] = {"",    "0-",  "1-",  "1a-",
                                         "1b-", "02-", "10-", "10_1-"};
    struct pl_wheelname w[PL_COUNT(builds)];
    for (size_t i = 0; i < PL_COUNT(builds); i++)
        assert_true(pl_wheelname_parse(
            &arena,
            pl_arena_printf(&arena, "a-1-%spy3-none-any.whl", builds[i]), &w[i],
            NULL));
    for (size_t i = 0; i < PL_COUNT(builds); i++)
        for (size_t j = 0; j < PL_COUNT(builds); j++) {
            int order = pl_wheelname_cmp_build(&w[i].tags, &w[j].tags);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

/* ---- source distributions ---- */

static const struct sdist {
    const char *name, *project, *version; /* NULL: refused */
} sdists[] = {
    {"foo-1.0.tar.gz", "", "1.0"},
    {"foo-1.0.zip", "", "1.0"},
    {"foo-1.0.zip", "foo", "1.0"},
    {"foo-1.0.zip", "fo", NULL},
    {"foo-1.0.zip", "foo-1", NULL},
    {"Foo.Bar-1.0.tar.gz", "foo-bar", "1.0"},
    {"foo--bar-1.0.tar.gz", "foo-bar", "1.0"},
    {"a-b-1.0.tar.gz", "", "1.0"},
    {"a-b-1.0.tar.gz", "a-b", "1.0"},
    {"a-b-1.0.tar.gz", "a", NULL},
    /* the project tells where a version with '-' begins */
    {"numexpr-2.3-rc1.tar.gz", "", NULL},
    {"numexpr-2.3-rc1.tar.gz", "numexpr", "2.3rc1"},
    {"aiohttp-2.0.6-1.tar.gz", "aiohttp", "2.0.6.post1"},
    {"PyMuPDF-1.14.19.post-2.tar.gz", "pymupdf", "1.14.19.post2"},
    {"apache-airflow-1.10.9-bin.tar.gz", "apache-airflow", NULL},
    {"mpmath-all-0.17.tar.gz", "mpmath", NULL},
    {"regex-2013-02-16.tar.gz", "regex", NULL},
    {"pytz-2005k.zip", "pytz", NULL},
    {"foo-1.0.tar.bz2", "", NULL},
    {"foo-1.0.tgz", "", NULL},
    {"foo-1.0.TAR.GZ", "", NULL},
    {"foo1.0.tar.gz", "", NULL},
    {"foo-.tar.gz", "", NULL},
    {"-1.0.tar.gz", "", NULL},
    {"_-1.0.tar.gz", "", NULL},
    {".tar.gz", "", NULL},
    {"", "", NULL},
    {"../foo-1.0.tar.gz", "", NULL},
    {"easygui-0.96(2010-08-29).zip", "easygui", NULL},
};

static void test_sdists(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_COUNT(sdists); i++) {
        PL_ARENA(arena);
        struct pl_version version = {.epoch = 77};
        bool ok =
            pl_sdistname_parse(&arena, pl_str_from(sdists[i].name),
                               pl_str_from(sdists[i].project), &version, NULL);
        if (ok != (sdists[i].version != NULL))
            fail_msg("%s of %s", sdists[i].name, sdists[i].project);
        if (!ok)
            assert_int_equal(version.epoch, 77);
        else
            assert_string_equal(pl_version_text(&arena, &version).at,
                                sdists[i].version);
    }
}

static void test_sdist_errors(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_version version;
    struct pl_error err = {.arena = &arena};
    assert_false(pl_sdistname_parse(&arena, PL_STR("foo-x-1.tar.gz"),
                                    PL_STR("bar"), &version, &err));
    assert_string_equal(err.message.at, "`foo-x-1.tar.gz`: the name is not "
                                        "that of the project");
    assert_int_equal(err.span.end, 7);
    assert_false(pl_sdistname_parse(&arena, PL_STR("foo-x-1b.tar.gz"),
                                    PL_STR("foo"), &version, &err));
    assert_string_equal(err.message.at, "`foo-x-1b.tar.gz`: the version is "
                                        "not one of PEP 440");
    assert_int_equal(err.span.begin, 4);
    assert_int_equal(err.span.end, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),  cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_builds),
        cmocka_unit_test(test_sdists), cmocka_unit_test(test_sdist_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
