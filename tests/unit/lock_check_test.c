#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lockfmt/lock_check.h"
#include "lockfmt/lock_read.h"

#define SHA "a3f1c5d2e4b60718293a4b5c6d7e8f900112233445566778899aabbccddeeff0"
#define HEAD "lock-version = \"1.0\"\ncreated-by = \"podlock\"\n"
#define ENTRY(name, version, tags, more)                                       \
    "[[packages]]\nname = \"" name "\"\nversion = \"" version "\"\n" more      \
    "wheels = [{ url = \"https://x.invalid/" name "-" version "-" tags         \
    ".whl\", size = 7, hashes = { sha256 = \"" SHA "\" } }]\n"
#define TOOL(more) "[tool.podlock]\nformat = 1\n" more

/* A question about a bare Python 3.11, and the lock that answers it. */
struct world {
    struct pl_arena *arena;
    struct pl_lock lock;
    struct pl_problem problem;
    struct pl_lock_findings found;
    struct pl_torch_family family;
};

static struct world *make_world(struct pl_arena *arena, const char *lock_text)
{
    struct world *w = pl_new(arena, struct world);
    struct pl_error err = {.arena = arena};
    w->arena = arena;
    w->found.arena = w->problem.arena = arena;
    const struct pl_source *source = pl_source_from_text(
        arena, PL_STR("pylock.toml"), pl_str_from(lock_text));
    if (!pl_lock_read(arena, source, &w->lock, NULL, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    assert_true(pl_env_make(arena, PL_STR("3.11"), PL_STR("2.28"),
                            PL_STR("x86_64"), &w->problem.env, NULL));
    assert_true(pl_torch_family_load(arena, &w->family, NULL));
    w->problem.family = &w->family;
    w->problem.tags = pl_tags_make(arena, &w->problem.env);
    return w;
}

static struct pl_asked *parse_asked(struct pl_arena *arena, const char *text)
{
    struct pl_asked *asked = pl_new(arena, struct pl_asked);
    asked->where = PL_STR("r.in:1");
    assert_true(
        pl_requirement_parse(arena, pl_str_from(text), &asked->req, NULL));
    return asked;
}

/* Asks for `requirement`; what is found must be these kinds, in order. */
static void check_answer(struct world *w, const char *requirement,
                         const enum pl_lock_trouble *expected, size_t count)
{
    struct pl_error err = {.arena = w->arena};
    w->problem.asked = parse_asked(w->arena, requirement);
    w->problem.asked_count = 1;
    if (!pl_lock_check_answer(&w->lock, &w->problem, &w->found, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    for (size_t i = 0; i < w->found.list.len; i++)
        if (i >= count || w->found.list.at[i].trouble != expected[i])
            fail_msg("finding %zu of %s: %.*s", i, requirement,
                     PL_STR_ARG(w->found.list.at[i].told.message));
    assert_int_equal(w->found.list.len, count);
}

static const char good[] = HEAD ENTRY("a", "1.0", "py3-none-any",
                                      "dependencies = [{ name = \"b\" }]\n")
    ENTRY("b", "2.0", "cp311-cp311-manylinux_2_17_x86_64", "")
        TOOL("download = 14\n");

static void test_good(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world *w = make_world(&arena, good);
    pl_lock_check_entries(&w->lock, &w->found);
    pl_lock_check_template(&w->lock, NULL, &w->found);
    check_answer(w, "a>=1", NULL, 0);
}

static void test_requirement(void **state)
{
    (void)state;
    static const struct {
        const char *asked;
        enum pl_lock_trouble found[3];
        size_t count;
    } rows[] = {
        {"a<2", {0}, 0},
        {"a>1", {PL_TROUBLE_REQUIREMENT}, 1},
        {"a; python_version < '3.11'",
         {PL_TROUBLE_UNASKED, PL_TROUBLE_UNASKED},
         2},
        {"b", {PL_TROUBLE_UNASKED}, 1},
        {"c",
         {PL_TROUBLE_REQUIREMENT, PL_TROUBLE_UNASKED, PL_TROUBLE_UNASKED},
         3},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        PL_ARENA(arena);
        struct world *w = make_world(&arena, good);
        check_answer(w, rows[i].asked, rows[i].found, rows[i].count);
    }
}

static void test_policy(void **state)
{
    (void)state;
    const enum pl_lock_trouble entry[] = {PL_TROUBLE_ENTRY};
    PL_ARENA(arena);
    struct world *w = make_world(&arena, good);
    w->problem.constraints = parse_asked(&arena, "b<2");
    w->problem.constraint_count = 1;
    check_answer(w, "a", entry, 1);
    w = make_world(&arena, good);
    w->problem.policy.no_binary.all = true;
    w->problem.constraints = NULL;
    const enum pl_lock_trouble both[] = {PL_TROUBLE_ENTRY, PL_TROUBLE_ENTRY};
    check_answer(w, "a", both, 2);
}

static void test_target(void **state)
{
    (void)state;
    const enum pl_lock_trouble entry[] = {PL_TROUBLE_ENTRY};
    const enum pl_lock_trouble environment[] = {PL_TROUBLE_ENVIRONMENT};
    PL_ARENA(arena);
    check_answer(make_world(&arena, HEAD ENTRY("a", "1", "cp312-cp312-any", "")
                                        TOOL("")),
                 "a", entry, 1);
    check_answer(make_world(&arena, HEAD ENTRY("a", "1", "py3-none-any",
                                               "requires-python = \">=3.12\"\n")
                                        TOOL("")),
                 "a", entry, 1);
    check_answer(
        make_world(&arena, HEAD "requires-python = \"==3.12.*\"\n" ENTRY(
                               "a", "1", "py3-none-any", "") TOOL("")),
        "a", environment, 1);
}

static struct pl_abi_rule *make_rule(struct pl_arena *arena)
{
    struct pl_abi_rule *rule = pl_new(arena, struct pl_abi_rule);
    rule->id = PL_STR("a-b");
    rule->package = PL_STR("a");
    rule->other = PL_STR("b");
    assert_true(pl_specifier_parse(arena, PL_STR("<2"), &rule->versions, NULL));
    assert_true(
        pl_specifier_parse(arena, PL_STR(">=2"), &rule->other_versions, NULL));
    return rule;
}

static void test_rule(void **state)
{
    (void)state;
    const enum pl_lock_trouble broken[] = {PL_TROUBLE_RULE};
    PL_ARENA(arena);
    struct pl_abi_rule *rule = make_rule(&arena);
    const struct pl_abi_rule *rules[] = {rule};
    struct world *w = make_world(&arena, good);
    w->problem.rules = rules;
    w->problem.rule_count = 1;
    check_answer(w, "a", broken, 1);
    rule->is_requires = true;
    w = make_world(&arena, good);
    w->problem.rules = rules;
    w->problem.rule_count = 1;
    check_answer(w, "a", NULL, 0);
}

static void test_entries(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world *w =
        make_world(&arena, HEAD ENTRY("a", "1", "py3-none-any",
                                      "dependencies = [{ name = \"b\" }]\n")
                               TOOL("download = 8\n"));
    pl_lock_check_entries(&w->lock, &w->found);
    assert_int_equal(w->found.list.len, 2);
    assert_int_equal(w->found.list.at[0].trouble, PL_TROUBLE_DEPENDENCY);
    assert_int_equal(w->found.list.at[1].trouble, PL_TROUBLE_DOWNLOAD);
    struct pl_place place = pl_span_place(w->found.list.at[1].told.span);
    assert_true(pl_str_is(place.text, "download = 8"));
}

/* A template that has lost its facts; the lock's digest is of another. */
static void test_template(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_template now = {.digest = PL_STR("other")};
    struct world *w = make_world(
        &arena, HEAD "packages = []\n" TOOL(
                    "template = \"t\"\ntemplate-digest = \"sha256:" SHA
                    "\"\nprovided = [{ name = \"a\", version = \"1\" }, "
                    "{ name = \"b\", version = \"1\" }, { name = \"c\", "
                    "version = \"1\" }, { name = \"d\", version = \"1\" }]\n"));
    pl_lock_check_template(&w->lock, &now, &w->found);
    assert_int_equal(w->found.list.len, 1);
    assert_int_equal(w->found.list.at[0].trouble, PL_TROUBLE_TEMPLATE);
    assert_true(pl_str_is(w->found.list.at[0].told.because,
                          "a 1 is not there any more, b 1 is not there any "
                          "more, c 1 is not there any more, and 1 more"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),     cmocka_unit_test(test_requirement),
        cmocka_unit_test(test_policy),   cmocka_unit_test(test_target),
        cmocka_unit_test(test_rule),     cmocka_unit_test(test_entries),
        cmocka_unit_test(test_template),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
