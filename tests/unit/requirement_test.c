#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/limits.h"
#include "pep/requirement.h"

static void print(const struct pl_requirement *r, struct pl_buf *out)
{
    pl_buf_clear(out);
    pl_requirement_print(r, out);
    assert_true(pl_buf_ok(out));
}

/* ---- what is read ---- */

static void test_parts(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_requirement r;
    assert_true(pl_requirement_parse(
        &arena,
        PL_STR("  Zope.Interface [B_b, a,b.B] (>=1.0, <2) ; extra == 'X_y'\t"),
        &r, NULL));
    assert_true(pl_str_is(r.text, "Zope.Interface [B_b, a,b.B] (>=1.0, <2) ; "
                                  "extra == 'X_y'"));
    assert_true(pl_str_is(r.written_name, "Zope.Interface"));
    assert_true(pl_str_is(r.name, "zope-interface"));
    assert_int_equal(r.extra_count, 2);
    assert_true(pl_str_is(r.extras[0], "a"));
    assert_true(pl_str_is(r.extras[1], "b-b"));
    assert_int_equal(r.specifier.count, 2);
    assert_true(pl_str_is(r.specifier.clauses[0].text, "1.0"));
    assert_int_equal(r.url.len, 0);
    assert_non_null(r.marker);
}

/* Nothing of the result lies in the caller's text. */
static void test_text_is_copied(void **state)
{
    (void)state;
    PL_ARENA(arena);
    char text[] = "Foo[bar] @ https://example.org/x ; os_name == 'posix'";
    struct pl_requirement r;
    assert_true(pl_requirement_parse(&arena, pl_str_from(text), &r, NULL));
    memset(text, '#', sizeof(text) - 1);
    PL_BUF(out, 1000);
    print(&r, &out);
    assert_string_equal(
        out.data, "foo[bar] @ https://example.org/x ; os_name == \"posix\"");
    assert_true(pl_str_is(r.written_name, "Foo"));
}

static void test_normal_form(void **state)
{
    (void)state;
    static const struct {
        const char *text, *normal;
    } table[] = {
        {"a", "a"},
        {"A.-_b", "a-b"},
        {"a==1.0.0", "a==1.0.0"},
        {"a>=1,", "a>=1"},
        {"a (==1.0)", "a==1.0"},
        {"a()", "a"},
        {"a( )[x]", NULL},
        {"a[] ( >= 2.8.1 , == 2.8.* )", "a==2.8.*,>=2.8.1"},
        {"a[x]==1.0rc1", "a[x]==1.0rc1"},
        {"a[x, X,x_]", NULL},
        {"a[x,X]", "a[x]"},
        {"a===weird-1_0;extra=='b'", "a===weird-1_0; extra == \"b\""},
        {"a@https://x", "a @ https://x"},
        {"a @ https://x;python_version>'3'",
         "a @ https://x;python_version>'3'"},
        {"a @ https://x ;python_version>'3'",
         "a @ https://x ; python_version > \"3\""},
        {"a @ ./dir#sub;", "a @ ./dir#sub;"},
        {"a;python_version<'3'", "a; python_version < \"3\""},
        {"a~=1.4.2;(python_version<'3')", "a~=1.4.2; python_version < \"3\""},
    };
    PL_BUF(out, 1000);
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        struct pl_requirement r;
        bool ok =
            pl_requirement_parse(&arena, pl_str_from(table[i].text), &r, NULL);
        assert_int_equal(ok, table[i].normal != NULL);
        if (!ok)
            continue;
        print(&r, &out);
        assert_string_equal(out.data, table[i].normal);
        struct pl_requirement again;
        assert_true(
            pl_requirement_parse(&arena, pl_buf_view(&out), &again, NULL));
        print(&again, &out);
        assert_string_equal(out.data, table[i].normal);
    }
}

/* ---- what is refused, as a user sees it ---- */

static const struct refusal {
    const char *line, *shown;
} refusals[] = {
    {"-name", "r.in:2:1: error: `-name` is not the name of a project\n"
              "  2 | -name\n"
              "    | ^~~~~\n"
              "fix: a name is made of A-Z, a-z, 0-9, and . - _ between them\n"},
    {"n\xc3\xa4me>=1",
     "r.in:2:1: error: `n\xc3\xa4me` is not the name of a project\n"
     "  2 | n\xc3\xa4me>=1\n"
     "    | ^~~~\n"
     "fix: a name is made of A-Z, a-z, 0-9, and . - _ between them\n"},
    {"==1.0", "r.in:2:1: error: expected the name of a project\n"
              "  2 | ==1.0\n"
              "    | ^\n"},
    {"", "r.in:2:1: error: expected the name of a project\n"
         "  2 | \n"
         "    | ^\n"},
    {"na me", "r.in:2:4: error: expected a version such as >=1.0, `;` or the "
              "end after the name\n"
              "  2 | na me\n"
              "    |    ^~\n"},
    {"torch 2.9", "r.in:2:7: error: expected a version such as >=1.0, `;` or "
                  "the end after the name\n"
                  "  2 | torch 2.9\n"
                  "    |       ^~~\n"
                  "fix: write `torch==2.9`\n"},
    {"https://example.org/a-1.zip",
     "r.in:2:6: error: expected a version such as >=1.0, `;` or the end after "
     "the name\n"
     "  2 | https://example.org/a-1.zip\n"
     "    |      ^~~~~~~~~~~~~~~~~~~~~~\n"
     "fix: write a URL as `name @ URL`\n"},
    {"  name=1", "r.in:2:7: error: `=1` does not begin with ==, !=, ~=, <, > "
                 "...\n"
                 "  2 |   name=1\n"
                 "    |       ^~\n"},
    {"name ~=1", "r.in:2:6: error: `~=1` needs at least two numbers, as in "
                 "~=1.0\n"
                 "  2 | name ~=1\n"
                 "    |      ^~~\n"},
    {"name >= 1 , , < 2",
     "r.in:2:13: error: expected a version before this comma\n"
     "  2 | name >= 1 , , < 2\n"
     "    |             ^\n"},
    {"name (>= 1.0", "r.in:2:6: error: this `(` is not closed\n"
                     "  2 | name (>= 1.0\n"
                     "    |      ^\n"},
    {"name (>=1) <2", "r.in:2:12: error: expected `;` or the end after `)`\n"
                      "  2 | name (>=1) <2\n"
                      "    |            ^\n"},
    {"name[bar, baz >= 1.0",
     "r.in:2:15: error: expected `,` or `]` after the name of an extra\n"
     "  2 | name[bar, baz >= 1.0\n"
     "    |               ^\n"},
    {"name[bar", "r.in:2:5: error: this `[` is not closed\n"
                 "  2 | name[bar\n"
                 "    |     ^\n"},
    {"name[bar,]", "r.in:2:10: error: expected the name of an extra\n"
                   "  2 | name[bar,]\n"
                   "    |          ^\n"},
    {"name @ ", "r.in:2:7: error: expected a URL after `@`\n"
                "  2 | name @ \n"
                "    |       ^\n"},
    {"name @ https://x; extra == 'y'",
     "r.in:2:19: error: expected `;` or the end after the URL\n"
     "  2 | name @ https://x; extra == 'y'\n"
     "    |                   ^\n"
     "fix: put a space before the `;`: it may be part of the URL\n"},
    {"name; python_version == 3",
     "r.in:2:25: error: `3` is not a marker variable\n"
     "  2 | name; python_version == 3\n"
     "    |                         ^\n"
     "fix: put a value in quotes: '3'\n"},
    {"name; os_nam == 'posix'",
     "r.in:2:7: error: `os_nam` is not a marker variable\n"
     "  2 | name; os_nam == 'posix'\n"
     "    |       ^~~~~~\n"
     "fix: use python_version, sys_platform, platform_machine, extra ...\n"},
    {"name; ",
     "r.in:2:6: error: expected a marker variable or a quoted string\n"
     "  2 | name; \n"
     "    |      ^\n"},
    {"name; python_version => '3'",
     "r.in:2:22: error: expected an operator: <, <=, ==, !=, >=, >, ~=, ===, "
     "in or not in\n"
     "  2 | name; python_version => '3'\n"
     "    |                      ^~\n"},
    {"name>=1; os_name == \"C:\\\"",
     "r.in:2:24: error: a backslash in a string is written `\\\\`\n"
     "  2 | name>=1; os_name == \"C:\\\"\n"
     "    |                        ^\n"},
    {"a\x1b[31m", "r.in:2:2: error: a control character in a requirement\n"
                  "  2 | a\\x1b[31m\n"
                  "    |  ^~~~\n"},
};

/* The second line of three, so that places are not those of the text. */
static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_COUNT(refusals); i++) {
        PL_ARENA(arena);
        PL_BUF(text, 1000);
        pl_buf_add_cstr(&text, "numpy>=1\n");
        pl_buf_add_cstr(&text, refusals[i].line);
        pl_buf_add_cstr(&text, "\nscipy\n");
        struct pl_str file = pl_buf_view(&text);
        const struct pl_source *source =
            pl_source_from_text(&arena, PL_STR("r.in"), file);
        struct pl_str line = {file.at + 9, strlen(refusals[i].line)};
        struct pl_error err = {.arena = &arena};
        struct pl_requirement r = {.extra_count = 77};
        assert_false(pl_requirement_parse(&arena, line, &r, &err));
        assert_int_equal(r.extra_count, 77);
        assert_int_equal(err.code, PL_ERR_INPUT);
        pl_error_locate(&err, source, line);
        PL_BUF(out, 4000);
        pl_error_print(&err, "error", false, &out);
        assert_string_equal(out.data, refusals[i].shown);
        assert_false(pl_requirement_parse(&arena, line, &r, NULL));
    }
}

static bool parses(struct pl_str text, enum pl_error_code *code)
{
    PL_ARENA(arena);
    struct pl_requirement r;
    struct pl_error err = {.arena = &arena};
    bool ok = pl_requirement_parse(&arena, text, &r, &err);
    *code = err.code;
    return ok;
}

static void test_limits(void **state)
{
    (void)state;
    PL_BUF(text, 1u << 20);
    enum pl_error_code code;
    pl_buf_add_cstr(&text, "a[x0");
    for (unsigned i = 1; i < PL_MAX_EXTRAS; i++)
        pl_buf_addf(&text, ",x%u", i);
    pl_buf_add_char(&text, ']');
    assert_true(parses(pl_buf_view(&text), &code));
    text.len--;
    pl_buf_add_cstr(&text, ",y]");
    assert_false(parses(pl_buf_view(&text), &code));
    assert_int_equal(code, PL_ERR_LIMIT);

    pl_buf_clear(&text);
    pl_buf_add_cstr(&text, "a @ ");
    pl_buf_pad(&text, 'u', PL_MAX_REQUIREMENT_BYTES - 4);
    assert_true(parses(pl_buf_view(&text), &code));
    pl_buf_add_char(&text, 'u');
    assert_false(parses(pl_buf_view(&text), &code));
    assert_int_equal(code, PL_ERR_LIMIT);

    pl_buf_clear(&text);
    pl_buf_pad(&text, 'n', PL_MAX_NAME_BYTES);
    assert_true(parses(pl_buf_view(&text), &code));
    pl_buf_add_char(&text, 'n');
    assert_false(parses(pl_buf_view(&text), &code));
    assert_int_equal(code, PL_ERR_INPUT);
}

/* ---- the lenient reading ---- */

static void test_lenient(void **state)
{
    (void)state;
    static const struct {
        const char *text, *normal;
        bool repaired;
    } table[] = {
        {" numpy (>=1.0) \r\n", "numpy>=1.0", false},
        {"PyYAML (>=5.1.*)", "pyyaml>=5.1", true},
        {"jupyter-core!=~5.0,>=4.12", "jupyter-core!=5.0.*,>=4.12", true},
        {"tinycss2 (>=1.1.0<1.2) ; extra == 'css'",
         "tinycss2<1.2,>=1.1.0; extra == \"css\"", true},
        {"numpy (>=1.19.*) ; python_version >= \"3.7\"",
         "numpy>=1.19; python_version >= \"3.7\"", true},
        {"a >= '2.7'", "a>=2.7", true},
        {"sys-platform (==\"darwin\") ; extra == 'objc'", NULL, false},
        {"a\n==1", NULL, false},
        {"a (>=1", NULL, false},
        {"a (1.0)", NULL, false},
        {"a; extra == b", NULL, false},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        struct pl_requirement r;
        bool repaired = false;
        struct pl_str text = pl_str_from(table[i].text);
        bool ok =
            pl_requirement_parse_lenient(&arena, text, &r, &repaired, NULL);
        assert_int_equal(ok, table[i].normal != NULL);
        assert_int_equal(repaired, table[i].repaired);
        if (!ok)
            continue;
        PL_BUF(out, 1000);
        print(&r, &out);
        assert_string_equal(out.data, table[i].normal);
        assert_true(pl_str_eq(r.text, pl_str_trim(text)));
        if (repaired)
            assert_false(pl_requirement_parse(&arena, text, &r, NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_text_is_copied),
        cmocka_unit_test(test_normal_form),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_lenient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
