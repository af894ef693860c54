#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "resolver/problem_text.h"
#include "tests/unit/wrong.h"

static bool parse(struct pl_arena *arena, const struct pl_source *source,
                  struct pl_error *err)
{
    struct pl_problem_text text;
    return pl_problem_text_read(arena, source, &text, err);
}

static void test_errors(void **state)
{
    (void)state;
    wrong_run("problem-errors.data", parse, 30);
}

static struct pl_problem_text read(struct pl_arena *arena, const char *text)
{
    struct pl_problem_text out;
    struct pl_error err = {.arena = arena};
    if (!pl_problem_text_read(
            arena,
            pl_source_from_text(arena, PL_STR("t.case"), pl_str_from(text)),
            &out, &err))
        fail_msg("%.*s", PL_STR_ARG(wrong_render(arena, &err)));
    return out;
}

static struct pl_str written(struct pl_arena *arena,
                             const struct pl_problem_text *text)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_problem_text_write(&text->problem, &out);
    return pl_arena_dup(arena, pl_buf_view(&out));
}

/* All that a text can say before anything is asked of the index. */
static void test_inputs_round_trip(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const char text[] =
        "podlock-problem 1\nrecorded\npython 3.12.4\nglibc 2.28\n"
        "arch aarch64\nmarker platform_release \"6.1 x\"\n"
        "prerelease explicit\nresolution lowest-direct\nreplace never\n"
        "window 7\nexclude-newer 2024-06-01T00:00:00Z\nno-deps\n"
        "no-binary a\nonly-binary :all:\nallow-replace :all:\n"
        "allow-replace b\nallow-break c\nexclude d\n"
        "require@requirements.in:2 A [x] >=1 ; python_version > \"3\"\n"
        "  hash sha256:00\n"
        "require@\"my file.in:3\" b==1.*\n"
        "constraint@c.txt:1 b<3\noverride@o.txt:9 d\n"
        "template img digest=abc\ntemplate-constraint numpy<2\n"
        "fact a 1.0+cu128 locked treat-as=1.0 size=12 requires-unknown\n"
        "fact b 2 os requires-from=\"another build\" evidence=inferred\n"
        "  requires a[y]>=1; extra == \"z\"\n"
        "rule r a * conflicts b \"<2, >1\" severity=import status=tested "
        "reason=\"C \\\"API\\\"\" evidence=\"a\\nb\" in-metadata\n"
        "rule s a <2 requires b >=2\n";
    struct pl_problem_text read_back = read(&arena, text);
    struct pl_str again = written(&arena, &read_back);
    assert_string_equal(again.at, text);
}

static void test_defaults(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_problem_text text = read(&arena, "require a\n");
    const struct pl_problem *problem = &text.problem;
    assert_null(problem->template);
    assert_true(pl_str_is(problem->env.python_version, "3.11"));
    assert_false(problem->env.patch_known);
    assert_int_equal(problem->env.glibc_minor, 35);
    assert_int_equal(problem->policy.window, 4);
    assert_true(pl_str_is(problem->asked[0].where, "t.case:1"));
    assert_int_equal(text.rest.len, 0);
}

static void test_expect_ends_the_problem(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_problem_text text =
        read(&arena, "require a\nexpect no\nwhatever \"\n");
    assert_true(pl_str_is(text.rest, "expect no\nwhatever \"\n"));
}

static void test_files(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_problem_text text =
        read(&arena, "project a-b\n  2\n  1 sdist yanked=\"a b\" size=0\n"
                     "  1.5 no-hash url=http://x/y\n"
                     "  1.7 upload=2024-01-01T02:00:00+01:00\n");
    pl_index_want_page(text.index, PL_STR("a-b"));
    struct pl_index_event event;
    bool any;
    assert_true(pl_index_next(text.index, &event, &any, NULL) && any);
    const struct pl_file *files = event.page->files;
    assert_int_equal(event.page->file_count, 4);
    assert_true(pl_str_is(files[0].details->name, "a_b-1.tar.gz"));
    assert_int_equal(files[0].kind, PL_FILE_SDIST);
    assert_true(files[0].yanked && files[0].details->has_size &&
                !files[0].details->size);
    assert_true(pl_str_is(files[0].yanked_reason, "a b"));
    assert_int_equal(files[1].details->sha256.len, 0);
    assert_true(pl_str_is(files[1].details->url, "http://x/y"));
    assert_true(
        pl_str_is(files[2].details->upload_time, "2024-01-01T01:00:00Z"));
    assert_true(pl_str_is(files[3].details->name, "a_b-2-py3-none-any.whl"));
    assert_int_equal(files[3].details->sha256.len, 64);
    assert_ptr_equal(files[3].page, event.page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_inputs_round_trip),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_expect_ends_the_problem),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
