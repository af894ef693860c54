#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/limits.h"
#include "resolver/problem_text.h"
#include "resolver/refine.h"
#include "resolver/why_text.h"

static const char *const states[] = {"added", "replaced", "kept", "absent"};

static void print_bar(const struct pl_problem *problem,
                      const struct pl_bar *bar, struct pl_buf *out)
{
    pl_buf_add_cstr(out, "\nnot ");
    pl_bar_print_versions(bar, out);
    pl_buf_add_cstr(out, ": ");
    pl_bar_print(problem, bar, out);
    if (bar->verdict != PL_VERDICT_NONE) {
        pl_buf_add_cstr(out, "; ");
        pl_bar_print_verdict(bar, out);
    }
    /* a "no" says why, anything else has nothing to say */
    assert_int_equal(bar->line_count > 0, bar->verdict == PL_VERDICT_NO_ALL ||
                                              bar->verdict == PL_VERDICT_NO);
}

static void print_why(const struct pl_problem *problem,
                      const struct pl_why *why, struct pl_buf *out)
{
    pl_buf_add_cstr(out, states[why->state]);
    if (why->version) {
        pl_buf_add_char(out, ' ');
        pl_version_print(why->version, out);
    }
    if (why->line) {
        pl_buf_add_cstr(out, "\nby ");
        pl_why_print_way(why, out);
    }
    for (size_t i = 0; i < why->asker_count; i++) {
        pl_buf_add_cstr(out, "\nasker ");
        pl_asker_print(&why->askers[i], out);
    }
    for (size_t i = 0; i < why->only_count; i++)
        pl_buf_addf(out, "\nonly %.*s", PL_STR_ARG(why->only[i]->name));
    for (size_t i = 0; i < why->bar_count; i++)
        print_bar(problem, &why->bars[i], out);
    for (size_t i = 0; i < why->absence_count; i++) {
        pl_buf_add_cstr(out, "\n");
        pl_absence_print(&why->absences[i], out);
    }
}

static void check(const char *text, const char *name, const char *expected)
{
    PL_ARENA(arena);
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    struct pl_error err = {.arena = &arena};
    struct pl_problem_text read;
    struct pl_solution solution;
    struct pl_why why;
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("case"), pl_str_from(text));
    assert_true(pl_problem_text_read(&arena, source, &read, &err));
    assert_true(pl_problem_start(&read.problem, &err));
    assert_true(pl_refine(&read.problem, read.index, (struct pl_str){0}, NULL,
                          &solution, &err));
    assert_true(solution.satisfiable);
    assert_true(pl_why_find(&read.problem, read.index, &solution,
                            pl_str_from(name), &why, &err));
    print_why(&read.problem, &why, &out);
    pl_buf_add_char(&out, '\0');
    assert_string_equal(out.data, expected);
}

static void test_who_asks(void **state)
{
    (void)state;
    static const char text[] = "require@in:1 a\n"
                               "require@in:2 b[x]>=1\n"
                               "project a\n  1\n    c>=1\n    d\n"
                               "project b\n  1\n    c<3; extra == 'x'\n"
                               "project c\n  1\n    e\n"
                               "project d\n  1\n    c\n"
                               "project e\n  1\n";
    check(text, "c",
          "added 1\n"
          "by in:1 a -> c>=1\n"
          "asker a 1 (c>=1)\n"
          "asker b 1 (c<3)\n"
          "asker d 1 (c)\n"
          "only e");
    check(text, "e",
          "added 1\n"
          "by in:1 a -> c -> e\n"
          "asker c 1 (e)");
    check(text, "b",
          "added 1\n"
          "by in:2 b[x]>=1\n"
          "asker in:2 b[x]>=1");
    check(text, "d",
          "added 1\n"
          "by in:1 a -> d\n"
          "asker a 1 (d)");
}

static void test_through_an_extra(void **state)
{
    (void)state;
    check("require@in:2 b[x]\n"
          "project b\n  1\n    c; extra == 'x'\n"
          "project c\n  1\n",
          "c",
          "added 1\n"
          "by in:2 b[x] -> c\n"
          "asker b 1 (c)");
}

/* The one that keeps out most is told, the rest by what is left. */
static void test_lines_constraints_and_needs(void **state)
{
    (void)state;
    check("require@in:1 a<4\n"
          "require@in:2 b\n"
          "constraint@c:1 a!=2\n"
          "project a\n  5\n  4\n  3\n  2\n  1\n"
          "project b\n  1\n    a<3\n",
          "a",
          "added 1\n"
          "by in:1 a<4\n"
          "asker in:1 a<4\n"
          "asker b 1 (a<3)\n"
          "not 3 to 5 (3 versions): b 1 needs a<3\n"
          "not 2: c:1 allows only a!=2");
}

static void test_what_is_no_candidate(void **state)
{
    (void)state;
    check("require@in:1 a\n"
          "exclude-newer 2025-01-01T00:00:00Z\n"
          "project a\n"
          "  8rc1 upload=2024-01-01T00:00:00Z\n"
          "  7 upload=2025-02-01T00:00:00Z\n"
          "  6 upload=2024-01-01T00:00:00Z python=<3.9\n"
          "  5 upload=2024-01-01T00:00:00Z yanked\n"
          "  4 upload=2024-01-01T00:00:00Z unusable=\"it is torn\"\n"
          "  3 upload=2024-01-01T00:00:00Z\n"
          "  2 upload=2024-01-01T00:00:00Z\n",
          "a",
          "added 3\n"
          "by in:1 a\n"
          "asker in:1 a\n"
          "not 8rc1: pre-release, taken only where no final version works\n"
          "not 7: newer than --exclude-newer\n"
          "not 6: for another Python\n"
          "not 5: yanked\n"
          "not 4: metadata that cannot be used: it is torn");
}

static void test_rules(void **state)
{
    (void)state;
    check("require@in:1 a\n"
          "require@in:2 b==1\n"
          "rule ab a >=2 conflicts b <2 reason=\"crash\" evidence=\"seen\"\n"
          "project a\n  3\n  2\n  1\n"
          "project b\n  1\n",
          "a",
          "added 1\n"
          "by in:1 a\n"
          "asker in:1 a\n"
          "not 2, 3: rule ab, beside b 1: crash (seen)");
}

static void test_facts(void **state)
{
    (void)state;
    static const char text[] =
        "require@in:1 a\n"
        "require@in:2 d>=2\n"
        "fact b 1.0 keep\n"
        "fact c 1.0 locked\n"
        "fact d 1.0 keep\n"
        "project a\n  2\n    b>=1\n    c>=2\n  1\n    b\n"
        "project b\n  3.0\n  2.0\n"
        "project c\n  2.0\n"
        "project d\n  2.0\n";
    check(text, "b",
          "kept 1.0\n"
          "by in:1 a -> b\n"
          "asker a 1 (b)\n"
          "not 2.0, 3.0: replacing it was not needed");
    check(text, "c", "kept 1.0\nnot 2.0: the template protects it");
    check(text, "d",
          "replaced 2.0\n"
          "by in:2 d>=2\n"
          "asker in:2 d>=2");
    check(text, "a",
          "added 1\n"
          "by in:1 a\n"
          "asker in:1 a\n"
          "not 2: needs c>=2, and the template has c 1.0, which is not "
          "replaced");
}

/* A newer one would cost a preinstalled package, or a line its newest. */
static void test_what_an_answer_would_change(void **state)
{
    (void)state;
    check("require@in:1 a\n"
          "fact c 1.0 keep\n"
          "project a\n  3\n    c>=2\n  2\n    c>=2\n  1\n"
          "project c\n  2.0\n",
          "a",
          "added 1\n"
          "by in:1 a\n"
          "asker in:1 a\n"
          "not 2, 3: the newest needs c>=2, and the template has c 1.0; an "
          "answer with 3 also replaces c 1.0 by 2.0");
    check("require@in:1 a\n"
          "fact c 1.0 keep\n"
          "fact d 1.0 keep\n"
          "project a\n  2\n    d>=2\n    c>=2\n  1\n"
          "project c\n  2.0\n"
          "project d\n  2.0\n",
          "a",
          "added 1\n"
          "by in:1 a\n"
          "asker in:1 a\n"
          "not 2: needs d>=2, and the template has d 1.0; an answer with 2 "
          "also replaces c 1.0 by 2.0 and 1 more");
    check("require@in:1 b\n"
          "require@in:2 a\n"
          "project a\n  2\n    c<2\n  1\n"
          "project b\n  2\n    c>=2\n  1\n"
          "project c\n  2\n  1\n",
          "a",
          "added 1\n"
          "by in:2 a\n"
          "asker in:2 a\n"
          "not 2: needs c<2, and the answer has c 2; an answer with 2 has b 1 "
          "in place of 2, which comes first");
}

static void test_what_no_answer_has(void **state)
{
    (void)state;
    check("require@in:1 a\n"
          "require@in:2 c>=2\n"
          "project a\n  3\n    b\n  2\n    b\n  1\n"
          "project b\n  1\n    c<2\n"
          "project c\n  2\n  1\n",
          "a",
          "added 1\n"
          "by in:1 a\n"
          "asker in:1 a\n"
          "not 2, 3: needs that cannot be met beside the rest; no answer has "
          "any of them");
    check("require@in:1 a\n"
          "project a\n  3\n    gone\n  2\n    b>=5\n  1\n"
          "project b\n  1\n",
          "a",
          "added 1\n"
          "by in:1 a\n"
          "asker in:1 a\n"
          "not 3: needs gone, which no index has\n"
          "not 2: needs b>=5, of which no version can be used");
}

/* Then nothing is said of the others that a search could not stand by. */
static void test_what_the_newest_has_not(void **state)
{
    (void)state;
    check(
        "require@in:1 d\n"
        "require@in:2 a\n"
        "require@in:3 c>=2\n"
        "project a\n  4\n    b\n  3\n  2\n    b\n  1\n"
        "project b\n  1\n    c<2\n"
        "project c\n  2\n  1\n"
        "project d\n  2\n    a!=3\n  1\n",
        "a",
        "added 1\n"
        "by in:2 a\n"
        "asker in:2 a\n"
        "asker d 2 (a!=3)\n"
        "not 2, 4: needs that cannot be met beside the rest; no answer has 4\n"
        "not 3: d 2 needs a!=3");
}

/* What an extra needs is no proof: who asks for it might not. */
static void test_what_an_extra_needs(void **state)
{
    (void)state;
    check("require@in:1 c\n"
          "project c\n  2\n    d[x]\n  1\n    d\n"
          "project d\n  2\n    a; extra == 'x'\n  1\n",
          "d",
          "added 1\n"
          "by in:1 c -> d[x]\n"
          "asker c 2 (d[x])\n"
          "not 2: with extra x needs a, which no index has; an answer with 2 "
          "has c 1 in place of 2, which comes first");
}

/* An override would swallow a line that asks for a version. */
static void test_beside_an_override(void **state)
{
    (void)state;
    check("require@in:1 a\n"
          "override@o:1 a>=1\n"
          "require@in:2 c>=2\n"
          "project a\n  2\n    b\n  1\n"
          "project b\n  1\n    c<2\n"
          "project c\n  2\n  1\n",
          "a",
          "added 1\n"
          "by in:1 a>=1\n"
          "asker in:1 a\n"
          "not 2: needs that cannot be met beside the rest; no answer has it");
}

static void test_the_lowest(void **state)
{
    (void)state;
    check("resolution lowest\n"
          "require@in:1 a>=2\n"
          "project a\n  4\n  3 \n  2 yanked\n  1\n",
          "a",
          "added 3\n"
          "by in:1 a>=2\n"
          "asker in:1 a>=2\n"
          "not 2: yanked\n"
          "not 1: in:1 asks for a>=2");
}

static void test_what_is_not_there(void **state)
{
    (void)state;
    static const char text[] =
        "exclude out\n"
        "require@in:1 a\n"
        "require@in:2 far; sys_platform == 'win32'\n"
        "constraint@c:1 bound<3\n"
        "override@o:1 gone; python_version < '3'\n"
        "project a\n  1\n    out\n    gone\n    far<2; python_version < '3'\n"
        "    nice; extra == 'y'\n";
    check(text, "out", "absent\n--exclude leaves it out");
    check(text, "far",
          "absent\nin:2 asks for it only where sys_platform == \"win32\"\n"
          "a 1 needs it only where python_version < \"3\"");
    check(text, "nice", "absent\na 1 needs it only with its extra y");
    check(text, "bound",
          "absent\nc:1 bounds it, and a constraint asks for nothing");
    check(text, "gone",
          "absent\no:1, an override, asks for it only where "
          "python_version < \"3\"");
    check(text, "nobody", "absent");
    check("no-deps\nrequire a\nproject a\n  1\n    b\n", "b",
          "absent\na 1 needs it, and --no-deps leaves that out");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_asks),
        cmocka_unit_test(test_through_an_extra),
        cmocka_unit_test(test_lines_constraints_and_needs),
        cmocka_unit_test(test_what_is_no_candidate),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_what_an_answer_would_change),
        cmocka_unit_test(test_what_no_answer_has),
        cmocka_unit_test(test_what_the_newest_has_not),
        cmocka_unit_test(test_what_an_extra_needs),
        cmocka_unit_test(test_beside_an_override),
        cmocka_unit_test(test_the_lowest),
        cmocka_unit_test(test_what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
