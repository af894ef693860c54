#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pep/env.h"
#include "pep/specifier.h"
#include "tests/unit/table.h"

static bool make(struct pl_arena *arena, struct pl_str python,
                 struct pl_env *env, struct pl_error *err)
{
    return pl_env_make(arena, python, PL_STR("2.35"), PL_STR("x86_64"), env,
                       err);
}

/* ---- the table ---- */

static bool allows(struct pl_arena *arena, struct pl_str python,
                   struct pl_str text, bool expected)
{
    struct pl_env env;
    struct pl_specifier s;
    return make(arena, python, &env, NULL) &&
           pl_specifier_parse(arena, text, &s, NULL) &&
           pl_env_allows_python(&env, &s) == expected;
}

static bool is_platform(struct pl_arena *arena, struct pl_str name,
                        struct pl_str expected)
{
    struct pl_str arch, glibc;
    if (!pl_env_parse_platform(name, &arch, &glibc, NULL))
        return false;
    struct pl_str found = pl_arena_printf(arena, "%.*s %.*s", PL_STR_ARG(arch),
                                          PL_STR_ARG(glibc));
    struct pl_env env;
    return pl_str_eq(found, expected) &&
           pl_env_make(arena, PL_STR("3.11"), glibc, arch, &env, NULL);
}

static bool is_unknown_platform(struct pl_arena *arena, struct pl_str name)
{
    struct pl_error err = {.arena = arena};
    struct pl_str arch = PL_STR("kept"), glibc = PL_STR("kept");
    return !pl_env_parse_platform(name, &arch, &glibc, &err) &&
           err.code == PL_ERR_USAGE && err.hint.len &&
           pl_str_is(arch, "kept") && pl_str_is(glibc, "kept");
}

static bool check_row(struct pl_arena *arena, struct pl_str row)
{
    struct pl_str left, right;
    if (row.at[0] == '!')
        return is_unknown_platform(arena, pl_str_sub(row, 1, row.len));
    if (table_split(row, " allows", &left, &right))
        return allows(arena, left, right, true);
    if (table_split(row, " refuses", &left, &right))
        return allows(arena, left, right, false);
    return table_split(row, " -> ", &left, &right) &&
           is_platform(arena, left, right);
}

static void test_table(void **state)
{
    (void)state;
    table_run("env.data", check_row, 80);
}

/* ---- making ---- */

static void test_make(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_env env;
    assert_true(make(&arena, PL_STR("3.11"), &env, NULL));
    assert_true(env.python_major == 3 && env.python_minor == 11);
    assert_false(env.patch_known);
    assert_true(pl_str_is(env.python_version, "3.11"));
    assert_true(pl_str_is(env.python_full, "3.11.0"));
    assert_true(env.full.release_count == 3 && env.full.release[2] == 0);
    assert_true(env.glibc_major == 2 && env.glibc_minor == 35);
    assert_true(pl_str_is(env.arch, "x86_64"));
    assert_int_equal(env.os_name.len + env.sys_platform.len, 0);
    assert_true(make(&arena, PL_STR("3.9.20"), &env, NULL));
    assert_true(env.patch_known);
    assert_true(pl_str_is(env.python_version, "3.9"));
    assert_true(pl_str_is(env.python_full, "3.9.20"));
}

static void assert_refused(const char *python, const char *glibc,
                           const char *arch)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_env env = {.python_major = 77};
    if (pl_env_make(&arena, pl_str_from(python), pl_str_from(glibc),
                    pl_str_from(arch), &env, &err))
        fail_msg("%s %s %s is accepted", python, glibc, arch);
    assert_int_equal(err.code, PL_ERR_INPUT);
    assert_true(err.message.len > 0);
    assert_int_equal(env.python_major, 77);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const pythons[] = {
        "",         "3",     "3.",     ".3",     "3.11.",
        "3.11.1.2", "2.7",   "4.0",    "3.x",    "3.11rc1",
        "3.011",    "03.11", " 3.11",  "3.1000", "3.11.-1",
        "3.11 .2",  "3.+1",  "py3.11", "3..1",   "3.18446744073709551617",
    };
    static const char *const glibcs[] = {"",     "2",  "2.35.1", "1.1",
                                         "musl", "2.", "2.1000"};
    static const char *const arches[] = {"",      "X86_64", "amd64",
                                         "arm64", "i686",   "x86_64 "};
    for (size_t i = 0; i < PL_COUNT(pythons); i++)
        assert_refused(pythons[i], "2.35", "x86_64");
    for (size_t i = 0; i < PL_COUNT(glibcs); i++)
        assert_refused("3.11", glibcs[i], "x86_64");
    for (size_t i = 0; i < PL_COUNT(arches); i++)
        assert_refused("3.11", "2.35", arches[i]);
}

/* ---- every set of three clauses against every patch level ---- */

#define LEVELS 100

static bool any_level_allowed(struct pl_arena *arena,
                              const struct pl_specifier *s)
{
    for (unsigned patch = 0; patch < LEVELS; patch++) {
        struct pl_env env;
        struct pl_str python = pl_arena_printf(arena, "3.11.%u", patch);
        assert_true(make(arena, python, &env, NULL));
        if (pl_env_allows_python(&env, s))
            return true;
    }
    return false;
}

static void check_set(const char *first, const char *second, const char *third,
                      size_t *allowed)
{
    PL_ARENA(arena);
    struct pl_env env;
    struct pl_specifier s;
    struct pl_str text =
        pl_arena_printf(&arena, "%s,%s,%s", first, second, third);
    assert_true(make(&arena, PL_STR("3.11"), &env, NULL));
    assert_true(pl_specifier_parse(&arena, text, &s, NULL));
    bool any = any_level_allowed(&arena, &s);
    if (pl_env_allows_python(&env, &s) != any)
        fail_msg("%s: %s", text.at, any ? "refused" : "allowed");
    *allowed += any;
}

static void test_every_patch_level(void **state)
{
    (void)state;
    static const char *const clauses[] = {
        "",
        ">=3.11",
        "<=3.11",
        ">3.11",
        "<3.11",
        "!=3.11",
        "==3.11",
        "==3.11.*",
        "!=3.11.*",
        "~=3.11",
        ">=3.11.4",
        "<=3.11.4",
        ">3.11.4",
        "<3.11.4",
        "!=3.11.4",
        "==3.11.4",
        "!=3.11.4.*",
        "==3.11.4.*",
        "~=3.11.4",
        "<3.11.5",
        ">=3.11.5",
        "!=3.11.5",
        "===3.11.5",
        "~=3.11.3.2",
        ">3.11.3.9",
        "<3.11.4rc1",
        ">3.11.4rc1",
        "<=3.11.4.post1",
        ">=3.11.4.post1",
        "<3.12",
        ">=3.10.9",
        "<3.12.dev0",
        "!=3.11.0",
        "<3.11.1",
    };
    size_t sets = 0, allowed = 0;
    for (size_t i = 0; i < PL_COUNT(clauses); i++)
        for (size_t j = i; j < PL_COUNT(clauses); j++)
            for (size_t k = j; k < PL_COUNT(clauses); k += 5, sets++)
                check_set(clauses[i], clauses[j], clauses[k], &allowed);
    print_message("%zu sets of clauses, %zu allow some patch level\n", sets,
                  allowed);
    assert_true(allowed > 0 && allowed < sets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_make),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_every_patch_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
