#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/limits.h"
#include "resolver/problem_text.h"
#include "resolver/refine.h"
#include "resolver/repair_internal.h"

/* ---- lines ---- */

static struct pl_str widened(struct pl_arena *arena, const char *line)
{
    struct pl_asked asked = {0};
    pl_requirement_vec wider = {0};
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    assert_true(
        pl_requirement_parse(arena, pl_str_from(line), &asked.req, NULL));
    pl_repair_widen(arena, &asked, &wider);
    for (size_t i = 0; i < wider.len; i++) {
        struct pl_requirement again;
        struct pl_str text = wider.at[i].text;
        assert_true(pl_requirement_parse(arena, text, &again, NULL));
        assert_true(
            pl_str_eq(again.specifier.text, wider.at[i].specifier.text));
        assert_int_equal(again.extra_count, asked.req.extra_count);
        assert_int_equal(again.marker != NULL, asked.req.marker != NULL);
        pl_buf_addf(&out, "%s%.*s", i ? " | " : "", PL_STR_ARG(text));
    }
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static void test_widening(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const char *const lines[][2] = {
        {"a", ""},
        {"a==1.2", "a>=1.2 | a<=1.2 | a"},
        {"a == 1.2", "a>=1.2 | a<=1.2 | a"},
        {"a (==1.2)", "a>=1.2 | a<=1.2 | a"},
        {"torch==2.8.0+cu128", "torch==2.8.0 | torch>=2.8.0 | torch<=2.8.0 | "
                               "torch"},
        {"a==1.2.*", "a>=1.2 | a"},
        {"a~=1.2", "a>=1.2 | a"},
        {"a!=1.2", "a"},
        {"a===1.2", "a"},
        {"a>=1,<2", "a<2 | a>=1 | a"},
        {"a==1.2,!=1.2.*", "a>=1.2,!=1.2.* | a<=1.2,!=1.2.* | a!=1.2.* | "
                           "a==1.2 | a"},
        {"My_A[X,y] >=1 ; python_version < '4'",
         "My_A[X,y]; python_version < '4'"},
        {"a @ https://x.invalid/a-1-py3-none-any.whl", ""},
        {"a>1,>2,>3,>4,>5,>6,>7,>8,>9", "a"},
    };
    for (size_t i = 0; i < PL_COUNT(lines); i++) {
        struct pl_str got = widened(&arena, lines[i][0]);
        assert_string_equal(got.at, lines[i][1]);
    }
}

/* ---- a world, a conflict made by hand, and what helps ---- */

struct world {
    struct pl_arena *arena;
    struct pl_problem_text text;
    struct pl_conflict conflict;
    PL_VEC(struct pl_reason) reasons;
    struct pl_repairs repairs;
    struct pl_repair_search search;
    size_t reported;
};

static void open_world(struct world *w, struct pl_arena *arena,
                       const char *text)
{
    struct pl_solution solution;
    struct pl_error err = {.arena = arena};
    *w = (struct world){.arena = arena};
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("problem.txt"), pl_str_from(text));
    assert_true(pl_problem_text_read(arena, source, &w->text, &err));
    struct pl_problem *problem = &w->text.problem;
    problem->is_unexplained = true;
    assert_true(pl_problem_start(problem, &err));
    assert_true(pl_refine(problem, w->text.index, (struct pl_str){0}, NULL,
                          &solution, &err));
    assert_false(solution.satisfiable);
    w->search = (struct pl_repair_search){
        .problem = problem,
        .index = w->text.index,
        .conflict = &w->conflict,
        .max_download = UINT64_MAX,
    };
}

static void add(struct world *w, struct pl_reason reason)
{
    pl_vec_push(w->arena, &w->reasons, reason);
}

static void add_asked(struct world *w, size_t n)
{
    add(w, (struct pl_reason){.kind = PL_REASON_ASKED,
                              .asked = &w->text.problem.asked[n]});
}

static void add_fact(struct world *w, const char *name, enum pl_holds holds)
{
    const struct pl_fact *fact =
        pl_template_fact(w->text.problem.template, pl_str_from(name));
    assert_non_null(fact);
    add(w, (struct pl_reason){
               .kind = PL_REASON_FACT, .fact = fact, .holds = holds});
}

static struct pl_project *project(struct world *w, const char *name)
{
    return pl_problem_project(&w->text.problem, pl_str_from(name));
}

/* All versions of the project that are excluded so, as one range. */
static void add_excluded(struct world *w, const char *name,
                         enum pl_exclusion why)
{
    struct pl_project *of = project(w, name);
    struct pl_version_range *range = pl_new(w->arena, struct pl_version_range);
    for (size_t i = 0; i < of->excluded.len; i++)
        if (of->excluded.at[i].why == why) {
            range->first = of->excluded.at[i].version;
            range->last = range->count ? range->last : range->first;
            range->count++;
        }
    assert_true(range->count > 0);
    const struct pl_problem *problem = &w->text.problem;
    add(w, (struct pl_reason){
               .kind = PL_REASON_EXCLUDED,
               .project = of,
               .why = why,
               .ranges = range,
               .range_count = 1,
               .asked =
                   why == PL_EXCLUDED_CONSTRAINT ? problem->constraints : NULL,
           });
}

static void print_repair(const struct pl_repair *r, struct pl_buf *out)
{
    pl_buf_addf(out, "%s", pl_repair_kind_text(r->kind));
    if (r->asked)
        pl_buf_addf(out, " @%.*s", PL_STR_ARG(r->asked->req.text));
    if (r->text.len)
        pl_buf_addf(out, " `%.*s`", PL_STR_ARG(r->text));
    for (size_t i = 0; i < r->also_count; i++)
        pl_buf_addf(out, " and %s `%.*s`", pl_repair_kind_text(r->also[i].kind),
                    PL_STR_ARG(r->also[i].text));
    pl_buf_addf(out, " %zu/%zu/%llu\n", r->packages, r->replaced,
                (unsigned long long)r->download);
}

static const char *repairs_of(struct world *w)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    w->conflict = (struct pl_conflict){w->reasons.at, w->reasons.len, NULL};
    pl_repairs_find(&w->search, w->arena, &w->repairs);
    for (size_t i = 0; i < w->repairs.list.len; i++)
        print_repair(&w->repairs.list.at[i], &out);
    return pl_arena_dup(w->arena, pl_buf_view(&out)).at;
}

static void test_lines(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world w;
    open_world(&w, &arena,
               "require a==1\nrequire b==1\n"
               "project a\n  2 size=10\n  1 size=20\n    b>=2\n"
               "project b\n  2 size=1\n  1 size=2\n");
    add_asked(&w, 0);
    add_asked(&w, 1);
    assert_string_equal(repairs_of(&w), "requirement @a==1 `a>=1` 2/0/12\n"
                                        "requirement @b==1 `b>=1` 2/0/21\n");
    assert_false(w.repairs.out_of_time);
}

/* What the package cannot have is in no line: leaving out both is what helps.
 */
static void test_two_conflicts(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world w;
    open_world(&w, &arena,
               "require a==1\nrequire c\nrequire e\n"
               "project a\n  2\nproject c\n  1\n    d\nabsent d\n"
               "project e\n  1\n");
    add_asked(&w, 0);
    add(&w, (struct pl_reason){.kind = PL_REASON_NO_MATCH,
                               .project = project(&w, "a")});
    assert_string_equal(repairs_of(&w), "drop @a==1 and drop `` 1/0/0\n");
}

/* Nothing helps: two lines do not, and no kinds are mixed. */
static void test_nothing_helps(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world w;
    open_world(&w, &arena,
               "require a\nrequire b\nfact c 1 locked\nfact d 1 locked\n"
               "project a\n  1\n    c>=2\n    z\nproject b\n  1\n    d>=2\n"
               "project c\n  2\nabsent d\nabsent z\n");
    add_fact(&w, "c", PL_HOLDS_LOCKED);
    assert_string_equal(repairs_of(&w), "");
    assert_false(w.repairs.out_of_time);
}

/* Several pins of one family: each line keeps its lower bound. */
static void test_lines_together(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world w;
    open_world(&w, &arena,
               "require t>=1,<2\nrequire v>=1,<2\nconstraint x<2\n"
               "fact t 2 locked\nfact v 2 locked\nfact x 2 locked\n"
               "project t\n  2\n  1\nproject v\n  2\n    x\n  1\n    x\n");
    add_asked(&w, 0);
    add_fact(&w, "t", PL_HOLDS_LOCKED);
    assert_string_equal(repairs_of(&w),
                        "requirement @t>=1,<2 `t>=1` and requirement `v>=1` "
                        "0/0/0\n");

    open_world(&w, &arena,
               "require t<2\nrequire v<2\nfact t 2 locked\nfact v 2 locked\n"
               "project t\n  2\n  1\nproject v\n  2\n  1\n");
    add_fact(&w, "t", PL_HOLDS_LOCKED);
    assert_string_equal(repairs_of(&w),
                        "allow-replace `--allow-replace t` and allow-replace "
                        "`--allow-replace v` 2/2/0\n");
}

static void test_line_is_left_out_last(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world w;
    open_world(&w, &arena,
               "require a>=1\nrequire b\nabsent a\nproject b\n  1\n");
    add_asked(&w, 0);
    add(&w, (struct pl_reason){.kind = PL_REASON_ABSENT,
                               .project = project(&w, "a")});
    assert_string_equal(repairs_of(&w), "drop @a>=1 1/0/0\n");
}

static void test_locked_fact_and_rule(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world w;
    open_world(&w, &arena,
               "require a\nfact b 1 locked\n"
               "rule a-b a * conflicts b <2 reason=crash\n"
               "project a\n  1 size=5\nproject b\n  2 size=7\n  1\n");
    add_asked(&w, 0);
    add_fact(&w, "b", PL_HOLDS_LOCKED);
    add(&w, (struct pl_reason){.kind = PL_REASON_RULE,
                               .rule = w.text.problem.rules[0]});
    assert_string_equal(repairs_of(&w),
                        "ignore-rule `--ignore-rule a-b` 1/0/5\n"
                        "allow-replace `--allow-replace b` 2/1/12\n"
                        "drop @a 0/0/0\n");
}

static void test_never_and_break(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world w;
    open_world(&w, &arena,
               "replace never\nrequire b>=2\nfact b 1 keep\n"
               "fact c 1 locked\n  requires b<2\n"
               "project b\n  2\n  1\n");
    add_fact(&w, "b", PL_HOLDS_NEVER);
    add_fact(&w, "c", PL_HOLDS_LOCKED);
    add(&w, (struct pl_reason){.kind = PL_REASON_NEEDS,
                               .is_fact = true,
                               .project = project(&w, "c")});
    assert_string_equal(repairs_of(&w), "");

    open_world(&w, &arena,
               "require b>=2\nfact b 1 keep\nfact c 1 locked\n"
               "  requires b<2\nproject b\n  2\n  1\n");
    add(&w, (struct pl_reason){.kind = PL_REASON_NEEDS,
                               .is_fact = true,
                               .project = project(&w, "c")});
    assert_string_equal(repairs_of(&w),
                        "allow-break `--allow-break c` 1/1/0\n");

    open_world(&w, &arena,
               "replace never\nrequire b>=2\nfact b 1 keep\n"
               "project b\n  2\n  1\n");
    add_fact(&w, "b", PL_HOLDS_NEVER);
    assert_string_equal(repairs_of(&w),
                        "replace `--replace if-needed` 1/1/0\n");
}

static void test_constraint_and_override(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world w;
    open_world(&w, &arena,
               "require a\nconstraint b<2\nproject a\n  1\n    b>=2\n"
               "project b\n  2\n  1\n");
    add_excluded(&w, "b", PL_EXCLUDED_CONSTRAINT);
    assert_string_equal(repairs_of(&w), "constraint @b<2 `b` 2/0/0\n");

    open_world(&w, &arena,
               "require a==1\noverride a==3\nproject a\n  2\n  1\n");
    add_asked(&w, 0);
    assert_string_equal(repairs_of(&w), "override @a==3 `a<=3` 1/0/0\n"
                                        "drop @a==1 0/0/0\n");
}

static void test_formats(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world w;
    open_world(&w, &arena,
               "only-binary :all:\nrequire a\nrequire b\n"
               "project a\n  2 sdist\n  1 sdist\n"
               "project b\n  2 sdist\n  1\n");
    add_excluded(&w, "a", PL_EXCLUDED_SOURCE);
    assert_string_equal(repairs_of(&w), "source `--no-binary a` 2/0/0\n");

    open_world(&w, &arena, "no-binary :all:\nrequire a\nproject a\n  2\n");
    add_excluded(&w, "a", PL_EXCLUDED_WHEEL);
    assert_string_equal(repairs_of(&w), "source `--only-binary a` 1/0/0\n");
}

static void test_prerelease_and_yanked(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world w;
    open_world(&w, &arena,
               "prerelease disallow\nrequire a>=1\nproject a\n  2rc1\n");
    add_excluded(&w, "a", PL_EXCLUDED_PRERELEASE);
    assert_string_equal(
        repairs_of(&w),
        "prerelease `--prerelease if-necessary-or-explicit` 1/0/0\n");

    open_world(&w, &arena,
               "require a[x]>=1\nproject a\n  3 yanked\n  2 yanked\n");
    add_excluded(&w, "a", PL_EXCLUDED_YANKED);
    assert_string_equal(repairs_of(&w),
                        "requirement @a[x]>=1 `a[x]==3` 1/0/0\n");

    open_world(&w, &arena,
               "require b\nproject b\n  1\n    a\nproject a\n  3 yanked\n");
    add_excluded(&w, "a", PL_EXCLUDED_YANKED);
    assert_string_equal(repairs_of(&w), "requirement `a==3` 2/0/0\n");
}

/* The first day on which there are both, not that of the newest. */
static void test_date(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world w;
    open_world(&w, &arena,
               "exclude-newer 2024-02-27T00:00:00Z\nrequire a>=2\n"
               "project a\n  4 upload=2025-12-31T23:59:59Z\n"
               "  2 upload=2024-02-29T12:00:00Z size=3\n"
               "  1 upload=2020-01-01T00:00:00Z\n");
    add_excluded(&w, "a", PL_EXCLUDED_NEWER);
    assert_string_equal(repairs_of(&w),
                        "date `--exclude-newer 2024-02-29` 1/0/3\n");
    assert_true(pl_str_is(w.repairs.list.at[0].value, "2024-02-29"));
}

static void count_questions(void *user, const struct pl_repair *trying)
{
    struct world *w = user;
    (void)trying;
    w->reported++;
}

static void test_bounds(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world w;
    static const char text[] = "require a==1\nrequire b\nproject a\n"
                               "  2 size=100\nproject b\n  1\n";
    open_world(&w, &arena, text);
    add_asked(&w, 0);
    w.search.max_download = 99;
    w.search.report = count_questions;
    w.search.user = &w;
    assert_string_equal(repairs_of(&w), "drop @a==1 1/0/0\n");
    assert_int_equal(w.reported, w.repairs.questions);

    w.search.deadline_ns = pl_clock_ns();
    assert_string_equal(repairs_of(&w), "");
    assert_true(w.repairs.out_of_time);
    assert_int_equal(w.repairs.questions, 0);
}

/* A deadline ends a search, too. */
static void test_deadline_of_a_search(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world w;
    struct pl_solution solution;
    struct pl_error err = {.arena = &arena};
    open_world(&w, &arena, "require a==1\nproject a\n  2\n");
    struct pl_problem again = pl_problem_again(&w.text.problem, &arena);
    again.deadline_ns = pl_clock_ns();
    pl_index_begin_again(w.text.index);
    assert_true(pl_problem_start(&again, &err));
    assert_false(pl_refine(&again, w.text.index, (struct pl_str){0}, NULL,
                           &solution, &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_widening),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_two_conflicts),
        cmocka_unit_test(test_nothing_helps),
        cmocka_unit_test(test_lines_together),
        cmocka_unit_test(test_line_is_left_out_last),
        cmocka_unit_test(test_locked_fact_and_rule),
        cmocka_unit_test(test_never_and_break),
        cmocka_unit_test(test_constraint_and_override),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_prerelease_and_yanked),
        cmocka_unit_test(test_date),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_deadline_of_a_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
