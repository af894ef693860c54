#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/limits.h"
#include "pep/marker.h"

static const struct pl_marker *parsed(struct pl_arena *arena, const char *text)
{
    const struct pl_marker *marker = NULL;
    struct pl_error err = {.arena = arena};
    if (!pl_marker_parse(arena, pl_str_from(text), &marker, &err))
        fail_msg("%s: %.*s", text, PL_STR_ARG(err.message));
    return marker;
}

static struct pl_env target(struct pl_arena *arena, const char *python)
{
    struct pl_env env;
    assert_true(pl_env_make(arena, pl_str_from(python), PL_STR("2.35"),
                            PL_STR("x86_64"), &env, NULL));
    return env;
}

/* ---- evaluating ---- */

static const struct truth {
    const char *marker;
    bool holds; /* for CPython 3.11.10 on Linux x86_64 with extra "gpu-x" */
} truths[] = {
    /* versions are compared as versions */
    {"python_version >= '3.9'", true},
    {"python_version < '3.9'", false},
    {"python_version == '3.11'", true},
    {"python_version == '3.11.10'", false},
    {"python_full_version == '3.11.10'", true},
    {"python_full_version > '3.11'", true},
    {"python_version > '3.11'", false},
    {"python_full_version == '3.11.*'", true},
    {"python_version != '3.*'", false},
    {"python_full_version ~= '3.11.2'", true},
    {"python_version ~= '3.12'", false},
    {"implementation_version >= '3.11.9'", true},
    {"python_version >= ' 3.9 '", true},
    {"python_version >= 'v3.9'", true},
    {"python_version < '1!1'", true},
    {"python_version === '3.11'", true},
    {"python_version === '3.11.0'", false},
    {"'3.9' <= python_version", true},
    {"'3.12' <= python_version", false},
    {"'3.11' == python_version", true},
    {"'3.11.10' ~= python_version", true},
    {"'x' == python_version", false},
    {"'x' != python_version", false},
    /* or as strings, which have no order */
    {"python_version >= '3.9.*'", false},
    {"python_version >= 'abc'", false},
    {"python_version in '3.10 3.11'", true},
    {"python_version not in '3.10, 3.9'", true},
    {"'3.1' in python_version", true},
    {"os_name == 'posix'", true},
    {"os_name >= 'posix'", true},
    {"os_name <= 'posix'", true},
    {"os_name > 'a'", false},
    {"os_name < 'z'", false},
    {"os_name != 'nt'", true},
    {"'win' in sys_platform", false},
    {"'' in sys_platform", true},
    {"platform_machine not in 'arm64 aarch64'", true},
    {"platform_release == ''", true},
    {"platform_release >= '5'", false},
    {"platform_version == ''", true},
    {"platform_system == 'Linux'", true},
    {"implementation_name == 'cpython'", true},
    {"platform_python_implementation == 'CPython'", true},
    /* old spellings */
    {"os.name == 'posix' and sys.platform == 'linux'", true},
    {"platform.machine == 'x86_64' and platform.version == ''", true},
    {"python_implementation == 'CPython'", true},
    {"platform.python_implementation == 'CPython'", true},
    /* extras are compared in normal form */
    {"extra == 'gpu-x'", true},
    {"extra == 'GPU__X'", true},
    {"'Gpu.X' == extra", true},
    {"extra != 'gpu.x'", false},
    {"extra == 'gpu'", false},
    {"extra == ''", false},
    {"extra in 'cpu gpu-x'", true},
    /* what has no meaning does not hold */
    {"'a' == 'a'", false},
    {"os_name == os_name", false},
    {"os_name != extra", false},
    {"os_name ~= 'posix'", false},
    {"sys_platform === 'linux'", false},
    {"python_version ~= '3'", false},
    {"extras == 'x'", false},
    {"'x' in extras", false},
    {"'x' not in extras", true},
    {"'x' not in dependency_groups", true},
    {"'x' >= dependency_groups", false},
    /* and binds closer than or */
    {"os_name == 'a' and os_name == 'b' or os_name == 'posix'", true},
    {"os_name == 'posix' or os_name == 'a' and os_name == 'b'", true},
    {"(os_name == 'posix' or os_name == 'a') and os_name == 'b'", false},
    {"os_name == 'a' or os_name == 'b' or os_name == 'c'", false},
    {"os_name=='posix'and(python_version>'3')or(os_name=='nt')", true},
};

static void test_truth(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_env env = target(&arena, "3.11.10");
    size_t failed = 0;
    for (size_t i = 0; i < PL_COUNT(truths); i++) {
        const struct pl_marker *m = parsed(&arena, truths[i].marker);
        if (pl_marker_eval(m, &env, PL_STR("gpu-x")) == truths[i].holds)
            continue;
        print_error("wrong: %s\n", truths[i].marker);
        failed++;
    }
    assert_int_equal(failed, 0);
    assert_true(pl_marker_eval(NULL, &env, PL_STR("")));
}

static void test_extra_of_none(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_env env = target(&arena, "3.11");
    struct pl_str none = {0};
    assert_false(pl_marker_eval(parsed(&arena, "extra == 'a'"), &env, none));
    assert_true(pl_marker_eval(parsed(&arena, "extra != 'a'"), &env, none));
    assert_true(pl_marker_eval(parsed(&arena, "extra == ''"), &env, none));
}

/* Targets that podlock does not make come from lock files and tests. */
static void test_other_target(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_env env = target(&arena, "3.10.13");
    env.implementation_name = PL_STR("pypy");
    env.implementation_version = PL_STR("7.3.13");
    env.platform_release = PL_STR("6.1.0-18-amd64");
    static const struct truth table[] = {
        {"implementation_name == 'pypy'", true},
        {"implementation_version < '8'", true},
        {"implementation_version == '3.10.13'", false},
        {"'7.3.13.0' == implementation_version", true},
        {"'7.3' < implementation_version", true},
        {"platform_release >= '5'", false},
        {"platform_release != '5'", false},
        {"'amd64' in platform_release", true},
        {"'6.1.0-18-amd64' == platform_release", true},
        {"'6.1' < platform_release", false},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        bool holds =
            pl_marker_eval(parsed(&arena, table[i].marker), &env, PL_STR(""));
        if (holds != table[i].holds)
            fail_msg("wrong: %s", table[i].marker);
    }
}

/* Some versions cannot stand behind some operators: those compare as text. */
static void test_odd_target_version(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_env env = target(&arena, "3.10.13");
    static const struct {
        const char *version, *marker;
        bool holds;
    } table[] = {
        {"7.3+x", "'7.3.0+x' == implementation_version", true},
        {"7.3+x", "'7.3.0+x' != implementation_version", false},
        {"7.3+x", "'7.3+x' <= implementation_version", true},
        {"7.3+x", "'7.2' <= implementation_version", false},
        {"7.3+x", "'7.2' < implementation_version", false},
        {"7", "'6.0' < implementation_version", true},
        {"7", "'7.0' >= implementation_version", true},
        {"7", "'7.1' ~= implementation_version", false},
        {"7.0", "'7.1' ~= implementation_version", true},
        {"trunk", "'trunk' == implementation_version", true},
        {"trunk", "'7' != implementation_version", true},
        {"trunk", "implementation_version == 'trunk'", true},
        {"trunk", "implementation_version != '7'", false},
        {"trunk", "implementation_version === 'TRUNK'", true},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        env.implementation_version = pl_str_from(table[i].version);
        bool holds =
            pl_marker_eval(parsed(&arena, table[i].marker), &env, PL_STR(""));
        if (holds != table[i].holds)
            fail_msg("wrong for %s: %s", table[i].version, table[i].marker);
    }
}

/* ---- printing ---- */

static void test_normal_form(void **state)
{
    (void)state;
    static const struct {
        const char *text, *normal;
    } table[] = {
        {" os.name=='nt' ", "os_name == \"nt\""},
        {"'a\"b' == os_name", "'a\"b' == os_name"},
        {"\"a'b\" == os_name", "\"a'b\" == os_name"},
        {"\"a\\'b\" == os_name", "\"a'b\" == os_name"},
        {"'C:\\\\' == os_name", "\"C:\\\\\" == os_name"},
        {"extra=='A_b'", "extra == \"a-b\""},
        {"'A_b'not  in extras", "\"a-b\" not in extras"},
        {"os_name == 'A_b'", "os_name == \"A_b\""},
        {"((os_name == 'a'))", "os_name == \"a\""},
        {"((os_name == 'a' or os_name == 'b'))",
         "os_name == \"a\" or os_name == \"b\""},
        {"(os_name == 'a') and((os_name == 'b'\tor os_name == 'c'))",
         "os_name == \"a\" and (os_name == \"b\" or os_name == \"c\")"},
        {"os_name == 'a' or (os_name == 'b' and os_name == 'c')",
         "os_name == \"a\" or (os_name == \"b\" and os_name == \"c\")"},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        PL_BUF(out, 1000);
        pl_marker_print(parsed(&arena, table[i].text), &out);
        assert_string_equal(out.data, table[i].normal);
        const struct pl_marker *again = parsed(&arena, out.data);
        pl_buf_clear(&out);
        pl_marker_print(again, &out);
        assert_string_equal(out.data, table[i].normal);
    }
    PL_BUF(out, 10);
    pl_marker_print(NULL, &out);
    assert_int_equal(out.len, 0);
}

/* The literals are copies: the text may go. */
static void test_text_is_copied(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(out, 1000);
    char text[] = "extra == 'abc' and 'posix' == os_name";
    const struct pl_marker *m = parsed(&arena, text);
    memset(text, '#', sizeof(text) - 1);
    pl_marker_print(m, &out);
    assert_string_equal(out.data, "extra == \"abc\" and \"posix\" == os_name");
}

/* ---- extras ---- */

static void test_extras(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_str names[4];
    size_t count = 0;
    const struct pl_marker *m =
        parsed(&arena, "extra == 'B_b' and (os_name == 'c' or 'a' == extra) or "
                       "extra != 'b-b' or extra in 'x, y' or extra == '' or "
                       "extra == 'no name' and extra == os_name");
    assert_true(pl_marker_mentions_extra(m));
    assert_false(pl_marker_extras(m, names, 4, &count));
    struct pl_str more[8];
    count = 0;
    assert_true(pl_marker_extras(m, more, PL_COUNT(more), &count));
    static const char *const expected[] = {"b-b", "a", "x", "y", "no", "name"};
    assert_int_equal(count, PL_COUNT(expected));
    for (size_t i = 0; i < count; i++)
        assert_true(pl_str_is(more[i], expected[i]));

    count = 0;
    m = parsed(&arena, "os_name == 'extra' or 'a' in extras");
    assert_false(pl_marker_mentions_extra(m));
    assert_true(pl_marker_extras(m, more, PL_COUNT(more), &count));
    assert_int_equal(count, 0);
    assert_false(pl_marker_mentions_extra(NULL));
    assert_true(pl_marker_extras(NULL, more, PL_COUNT(more), &count));
}

/* ---- refusing ---- */

static const struct refusal {
    const char *text, *message;
    uint32_t begin, end;
} refusals[] = {
    {"", "expected a marker variable or a quoted string", 0, 0},
    {"os_name",
     "expected an operator: <, <=, ==, !=, >=, >, ~=, ===, in or "
     "not in",
     7, 7},
    {"os_name ==", "expected a marker variable or a quoted string", 10, 10},
    {"os_name == 'x", "this string is not closed", 11, 13},
    {"OS_NAME == 'x'", "`OS_NAME` is not a marker variable", 0, 7},
    {"os_name == x.y ", "`x.y` is not a marker variable", 11, 14},
    {"os_name = 'x'",
     "expected an operator: <, <=, ==, !=, >=, >, ~=, ===, "
     "in or not in",
     8, 9},
    {"os_name is 'x'",
     "expected an operator: <, <=, ==, !=, >=, >, ~=, ===, "
     "in or not in",
     8, 10},
    {"os_name >== 'x'", "expected a marker variable or a quoted string", 10,
     11},
    {"'x' not os_name", "expected `in` after `not`", 8, 15},
    {"os_name == 'x' && 1", "expected `and`, `or` or the end of the marker", 15,
     17},
    {"os_name == 'x' andy", "expected `and`, `or` or the end of the marker", 15,
     19},
    {"os_name == 'x')", "expected `and`, `or` or the end of the marker", 14,
     15},
    {"os_name == 'x' or", "expected a marker variable or a quoted string", 17,
     17},
    {"os_name == 'x'\n", "expected `and`, `or` or the end of the marker", 14,
     15},
    {"(os_name == 'x'", "this `(` is not closed", 0, 1},
    {"((os_name == 'x')", "this `(` is not closed", 0, 1},
    {"(os_name == 'x' 'y')", "expected `and`, `or` or `)`", 16, 17},
    {"os_name == 'a\nb'", "a control character in a string", 13, 14},
    {"os_name == '\\d'", "a backslash in a string is written `\\\\`", 12, 14},
    {"os_name == 'C:\\'", "a backslash in a string is written `\\\\`", 14, 15},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_COUNT(refusals); i++) {
        PL_ARENA(arena);
        const struct pl_marker *marker = NULL;
        struct pl_error err = {.arena = &arena};
        struct pl_str text = pl_str_from(refusals[i].text);
        if (pl_marker_parse(&arena, text, &marker, &err))
            fail_msg("accepted: %s", refusals[i].text);
        assert_null(marker);
        assert_string_equal(err.message.at, refusals[i].message);
        assert_int_equal(err.code, PL_ERR_INPUT);
        assert_int_equal(err.span.begin, refusals[i].begin);
        assert_int_equal(err.span.end, refusals[i].end);
        assert_false(pl_marker_parse(&arena, text, &marker, NULL));
    }
}

static void add_nested(struct pl_buf *out, size_t depth)
{
    pl_buf_clear(out);
    pl_buf_pad(out, '(', depth);
    pl_buf_add_cstr(out, "os_name=='posix'");
    pl_buf_pad(out, ')', depth);
}

static void test_depth(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(text, 1000);
    struct pl_error err = {.arena = &arena};
    const struct pl_marker *marker;
    add_nested(&text, PL_MAX_MARKER_DEPTH);
    assert_true(pl_marker_parse(&arena, pl_buf_view(&text), &marker, &err));
    add_nested(&text, PL_MAX_MARKER_DEPTH + 1);
    assert_false(pl_marker_parse(&arena, pl_buf_view(&text), &marker, &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
    assert_int_equal(err.span.begin, PL_MAX_MARKER_DEPTH);
    /* Depth is nesting: parentheses beside one another are none of it. */
    pl_buf_clear(&text);
    for (int i = 0; i < 40; i++)
        pl_buf_addf(&text, "(os_name=='%d')or", i);
    pl_buf_add_cstr(&text, "((os_name=='posix'))");
    assert_true(pl_marker_parse(&arena, pl_buf_view(&text), &marker, &err));
}

/* Thousands of terms are wide, not deep. */
static void test_width(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(text, 1u << 20);
    struct pl_env env = target(&arena, "3.11");
    const struct pl_marker *marker;
    while (text.len < PL_MAX_REQUIREMENT_BYTES - 40)
        pl_buf_add_cstr(&text, "os_name=='x'or ");
    pl_buf_add_cstr(&text, "os_name=='posix'");
    assert_true(pl_marker_parse(&arena, pl_buf_view(&text), &marker, NULL));
    assert_true(pl_marker_eval(marker, &env, PL_STR("")));
    pl_buf_pad(&text, ' ', PL_MAX_REQUIREMENT_BYTES - text.len);
    assert_true(pl_marker_parse(&arena, pl_buf_view(&text), &marker, NULL));
    pl_buf_add_char(&text, ' ');
    struct pl_error err = {.arena = &arena};
    assert_false(pl_marker_parse(&arena, pl_buf_view(&text), &marker, &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_truth),
        cmocka_unit_test(test_extra_of_none),
        cmocka_unit_test(test_other_target),
        cmocka_unit_test(test_odd_target_version),
        cmocka_unit_test(test_normal_form),
        cmocka_unit_test(test_text_is_copied),
        cmocka_unit_test(test_extras),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
