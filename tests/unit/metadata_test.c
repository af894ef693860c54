#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/buf.h"
#include "core/limits.h"
#include "index/egg_requires.h"
#include "index/metadata.h"
#include "tests/unit/index_util.h"

#define HEAD "Metadata-Version: 2.1\nName: A.b\nVersion: 1.0.0\n"

static const struct pl_page page = {.project = {"a-b", 3}};

static bool parse(struct pl_arena *arena, struct pl_str text,
                  struct pl_metadata *out, struct pl_error *err)
{
    struct pl_version version;
    struct pl_file file = {.page = &page, .version = &version};
    *err = (struct pl_error){.arena = arena};
    assert_true(pl_version_parse(arena, PL_STR("1.0"), &version, NULL));
    return pl_metadata_parse(arena, text, &file, out, err);
}

static void good(struct pl_arena *arena, const char *text,
                 struct pl_metadata *out)
{
    struct pl_error err;
    if (!parse(arena, pl_str_from(text), out, &err))
        fail_msg("%s: %.*s", text, PL_STR_ARG(err.message));
}

static void bad(const char *text, const char *part)
{
    PL_ARENA(arena);
    struct pl_error err;
    struct pl_metadata out = {.require_count = 77};
    if (parse(&arena, pl_str_from(text), &out, &err))
        fail_msg("%s", text);
    assert_error(&err, PL_ERR_INPUT, part);
    assert_int_equal(out.require_count, 77);
}

static void assert_require(const struct pl_metadata *metadata, size_t i,
                           const char *wanted)
{
    PL_BUF(out, 10000);
    assert_true(i < metadata->require_count);
    pl_requirement_print(&metadata->requires[i], &out);
    assert_str(pl_buf_view(&out), wanted);
}

static void test_all_fields(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_metadata m;
    good(&arena,
         HEAD "requires-python: >=3.8\nProvides-Extra: Te_st\n"
              "Requires-Dist: numpy (>=1.26)\n"
              "REQUIRES-DIST : pytest; extra == 'te-st'\n"
              "Provides-Extra: te-st\nProvides-Extra: -\nDynamic: Summary\n"
              "Requires: old\n\nRequires-Dist: body\n",
         &m);
    assert_int_equal(m.require_count, 2);
    assert_require(&m, 0, "numpy>=1.26");
    assert_require(&m, 1, "pytest; extra == \"te-st\"");
    assert_str(m.requires_python.text, ">=3.8");
    assert_int_equal(m.extra_count, 1);
    assert_str(m.extras[0], "te-st");
    assert_false(m.repaired || m.from_sdist);
}

static void test_line_ends(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\xef\xbb\xbfName: a-b\nRequires-Dist: x>=1,\n   <2\nRequires-Dist: y",
        "Name: a-b\r\nRequires-Dist: x>=1,\r\n\t<2\r\nRequires-Dist: y\r\n\r\n"
        "Requires-Dist: no\r\n",
        "Name: a-b\rRequires-Dist: x>=1,\r <2\rRequires-Dist: y\r\rNo: z",
        "no colon here\nRequires-Dist: x>=1,\n <2\ngarbage\nRequires-Dist: y\n",
        " folded before any\nRequires-Dist: x>=1,\n <2\nRequires-Dist: y\n",
        "Requires-Dist: x>=1,\n  \n <2\nRequires-Dist: y\nAuthor: \xff\xfe\n",
    };
    for (size_t i = 0; i < PL_COUNT(texts); i++) {
        PL_ARENA(arena);
        struct pl_metadata m;
        good(&arena, texts[i], &m);
        if (m.require_count != 2)
            fail_msg("%zu: %zu", i, m.require_count);
        assert_require(&m, 0, "x<2,>=1");
        assert_require(&m, 1, "y");
    }
}

static void test_description_in_headers(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_metadata m;
    good(&arena,
         HEAD "Description: text\n        Requires-Dist: no\n       |more\n"
              "Requires-Dist: x\n",
         &m);
    assert_int_equal(m.require_count, 1);
    assert_require(&m, 0, "x");
    good(&arena, "", &m);
    assert_int_equal(m.require_count, 0);
}

static void test_dirty_is_repaired(void **state)
{
    (void)state;
    static const char *const dirty[] = {
        "Requires-Dist: PyYAML (>=5.1.*)\n",
        "Requires-Dist: jupyter-core!=~5.0,>=4.12\n",
        "Requires-Dist: tinycss2 (>=1.1.0<1.2) ; extra == 'css'\n",
        "Requires-Dist: numpy (>=1.19.*) ; python_version >= \"3.7\"\n",
        "Requires-Python: >3.4.*, <4\n",
        "Requires-Python: >= '2.7'\n",
        "Requires-Python: >=2.7,!=3.0*\n",
    };
    for (size_t i = 0; i < PL_COUNT(dirty); i++) {
        PL_ARENA(arena);
        struct pl_metadata m;
        good(&arena, dirty[i], &m);
        if (!m.repaired)
            fail_msg("%s", dirty[i]);
    }
}

static void test_unusable(void **state)
{
    (void)state;
    bad(HEAD "Requires-Dist: sys-platform (==\"darwin\")\n",
        "line 4 of its metadata: `sys-platform (==\"darwin\")`");
    bad("A: b\n c\n d\nRequires-Dist: ???\n", "line 4 of");
    bad("Requires-Dist:\n", "line 1 of");
    bad("Requires-Dist: x\xff\n", "not UTF-8");
    bad("Requires-Dist: x; os_name == 'b\xffr'\n", "not UTF-8");
    bad("Requires-Dist: x\x1b[31m\n", "line 1 of");
    bad("Requires-Python: three\n", "line 1 of its metadata: `three`");
    bad("Requires-Python: >=3.8\xff\n", "not UTF-8");
    bad("Name: other\n", "those of `other`");
    bad("Name: UNKNOWN\n", "those of `UNKNOWN`");
    bad(HEAD "Version: 1.1\n", "version `1.1`");
    bad("Version: 1.0+local\n", "version `1.0+local`");
    bad("Version: UNKNOWN\n", "version `UNKNOWN`");
    bad("Requires-Dist: x @ https://h.example/x-1.tar.gz\n", "direct URL");
}

static void test_nul(void **state)
{
    (void)state;
    static const char nul[] = "Summary: a\0b\nRequires-Dist: x\0y\n";
    PL_ARENA(arena);
    struct pl_error err;
    struct pl_metadata m;
    struct pl_str text = {nul, sizeof(nul) - 1};
    assert_false(parse(&arena, text, &m, &err));
    assert_error(&err, PL_ERR_INPUT, "line 2 of");
}

static void test_url_under_a_marker(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_metadata m;
    good(&arena,
         "Requires-Dist: x @ https://h.example/x.whl ; extra == 'dev'\n"
         "Requires-Dist: y @ https://h.example/y.whl ; os_name == 'nt'\n",
         &m);
    assert_int_equal(m.require_count, 2);
    assert_str(m.requires[0].url, "https://h.example/x.whl");
    assert_str(m.requires[1].url, "https://h.example/y.whl");
}

static void test_limits(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(text, PL_MAX_METADATA_BYTES + 2);
    struct pl_error err;
    struct pl_metadata m;
    for (size_t i = 0; i <= PL_MAX_REQUIRES_PER_VERSION; i++)
        pl_buf_add_cstr(&text, "Requires-Dist: x\n");
    assert_false(parse(&arena, pl_buf_view(&text), &m, &err));
    assert_error(&err, PL_ERR_LIMIT, "requirements");
    pl_buf_pad(&text, 'x', PL_MAX_METADATA_BYTES + 1 - text.len);
    assert_false(parse(&arena, pl_buf_view(&text), &m, &err));
    assert_error(&err, PL_ERR_LIMIT, "bytes");
    /* Many short lines and folds must not cost more than their bytes. */
    pl_buf_clear(&text);
    while (text.len < 2 << 20)
        pl_buf_add_cstr(&text, "\r ");
    assert_true(parse(&arena, pl_buf_view(&text), &m, &err));
    pl_buf_clear(&text);
    while (text.len < 2 << 20)
        pl_buf_add_cstr(&text, "x\r");
    assert_true(parse(&arena, pl_buf_view(&text), &m, &err));
}

static void test_scan(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_metadata_text text = pl_metadata_scan(
        &arena, PL_STR("Metadata-Version: 2.4\nDynamic: requires-dist\n"));
    assert_true(text.major == 2 && text.minor == 4 && text.dynamic_requires);
    text = pl_metadata_scan(&arena, PL_STR("Metadata-Version: two\n"
                                           "Dynamic: Requires-Python\n"));
    assert_true(text.major == 0 && !text.dynamic_requires);
}

/* ---- requires.txt ---- */

static bool parse_egg(struct pl_arena *arena, const char *text,
                      struct pl_metadata *out, struct pl_error *err)
{
    *err = (struct pl_error){.arena = arena};
    *out = (struct pl_metadata){0};
    return pl_egg_requires_parse(arena, pl_str_from(text), out, err);
}

static void test_egg_sections(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err;
    struct pl_metadata m;
    assert_true(parse_egg(&arena,
                          "six>=1 # why\r\n# a comment\n\n"
                          "[:python_version < \"3.4\"]\nenum34\n\n"
                          "[Te_st]\npytest ; os_name == 'posix'\n\n"
                          "[test:python_version<'3' or os_name=='nt']\nmock\n"
                          "d @ https://h.example/d.whl\n\n[empty]\n",
                          &m, &err));
    assert_int_equal(m.require_count, 5);
    assert_require(&m, 0, "six>=1");
    assert_require(&m, 1, "enum34; python_version < \"3.4\"");
    assert_require(&m, 2,
                   "pytest; os_name == \"posix\" and extra == \"te-st\"");
    assert_require(&m, 3,
                   "mock; (python_version < \"3\" or os_name == \"nt\") and "
                   "extra == \"test\"");
    assert_str(m.requires[4].url, "https://h.example/d.whl");
    assert_int_equal(m.extra_count, 3);
    assert_str(m.extras[0], "te-st");
    assert_str(m.extras[1], "test");
    assert_str(m.extras[2], "empty");
}

static void test_egg_unusable(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"six\n[test\nx\n", "line 2 of its requires.txt: `[test`"},
        {"[a b]\n", "line 1 of its requires.txt"},
        {"[x' or 'a'=='a]\n", "line 1 of its requires.txt"},
        {"[:nonsense]\nsix\n", "line 2 of its requires.txt: `six`"},
        {"[:\xff]\nsix\n", "not UTF-8"},
        {"six\n???\n", "line 2 of its requires.txt: `???`"},
        {"d @ https://h.example/d.whl\n", "direct URL"},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        PL_ARENA(arena);
        struct pl_error err;
        struct pl_metadata m;
        if (parse_egg(&arena, cases[i].text, &m, &err))
            fail_msg("%s", cases[i].text);
        assert_error(&err, PL_ERR_INPUT, cases[i].part);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_fields),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_description_in_headers),
        cmocka_unit_test(test_dirty_is_repaired),
        cmocka_unit_test(test_unusable),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_url_under_a_marker),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_scan),
        cmocka_unit_test(test_egg_sections),
        cmocka_unit_test(test_egg_unusable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
