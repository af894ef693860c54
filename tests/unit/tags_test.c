#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/buf.h"
#include "core/limits.h"
#include "pep/tags.h"

static const struct pl_tags *tags_for(struct pl_arena *arena,
                                      const char *python, const char *glibc,
                                      const char *arch)
{
    struct pl_env env;
    assert_true(pl_env_make(arena, pl_str_from(python), pl_str_from(glibc),
                            pl_str_from(arch), &env, NULL));
    return pl_tags_make(arena, &env);
}

static uint32_t rank(const struct pl_tags *tags, const char *python,
                     const char *abi, const char *platform)
{
    return pl_tags_rank(tags, pl_str_from(python), pl_str_from(abi),
                        pl_str_from(platform));
}

/* The whole list of the smallest target there is. */
static void test_whole_list(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const char *const expected[] = {
        "cp33-cp33-manylinux_2_17_aarch64",
        "cp33-cp33-manylinux2014_aarch64",
        "cp33-cp33-linux_aarch64",
        "cp33-abi3-manylinux_2_17_aarch64",
        "cp33-abi3-manylinux2014_aarch64",
        "cp33-abi3-linux_aarch64",
        "cp33-none-manylinux_2_17_aarch64",
        "cp33-none-manylinux2014_aarch64",
        "cp33-none-linux_aarch64",
        "cp32-abi3-manylinux_2_17_aarch64",
        "cp32-abi3-manylinux2014_aarch64",
        "cp32-abi3-linux_aarch64",
        "py33-none-manylinux_2_17_aarch64",
        "py33-none-manylinux2014_aarch64",
        "py33-none-linux_aarch64",
        "py3-none-manylinux_2_17_aarch64",
        "py3-none-manylinux2014_aarch64",
        "py3-none-linux_aarch64",
        "py32-none-manylinux_2_17_aarch64",
        "py32-none-manylinux2014_aarch64",
        "py32-none-linux_aarch64",
        "py31-none-manylinux_2_17_aarch64",
        "py31-none-manylinux2014_aarch64",
        "py31-none-linux_aarch64",
        "py30-none-manylinux_2_17_aarch64",
        "py30-none-manylinux2014_aarch64",
        "py30-none-linux_aarch64",
        "cp33-none-any",
        "py33-none-any",
        "py3-none-any",
        "py32-none-any",
        "py31-none-any",
        "py30-none-any",
    };
    const struct pl_tags *tags = tags_for(&arena, "3.3", "2.17", "aarch64");
    assert_int_equal(pl_tags_count(tags), PL_COUNT(expected));
    for (size_t i = 0; i < PL_COUNT(expected); i++)
        assert_string_equal(pl_tags_at(&arena, tags, i).at, expected[i]);
}

/* Older than any manylinux of the architecture: the bare name is left. */
static void test_old_glibc(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_tags *arm = tags_for(&arena, "3.11", "2.16", "aarch64");
    assert_string_equal(pl_tags_at(&arena, arm, 0).at,
                        "cp311-cp311-linux_aarch64");
    assert_string_equal(pl_tags_at(&arena, arm, 1).at,
                        "cp311-abi3-linux_aarch64");
    const struct pl_tags *x86 = tags_for(&arena, "3.11", "2.5", "x86_64");
    assert_string_equal(pl_tags_at(&arena, x86, 0).at,
                        "cp311-cp311-manylinux_2_5_x86_64");
    assert_string_equal(pl_tags_at(&arena, x86, 1).at,
                        "cp311-cp311-manylinux1_x86_64");
    assert_string_equal(pl_tags_at(&arena, x86, 2).at,
                        "cp311-cp311-linux_x86_64");
}

/* Each fits worse than the one before. */
static void test_preference(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const char *const order[][3] = {
        {"cp311", "cp311", "manylinux_2_35_x86_64"},
        {"cp311", "cp311", "manylinux_2_17_x86_64.manylinux2014_x86_64"},
        {"cp311", "cp311", "manylinux2014_x86_64"},
        {"cp311", "cp311", "manylinux_2_12_x86_64"},
        {"cp311", "cp311", "manylinux1_x86_64"},
        {"cp311", "cp311", "linux_x86_64"},
        {"cp311", "abi3", "manylinux_2_28_x86_64"},
        {"cp311", "none", "manylinux_2_28_x86_64"},
        {"cp310", "abi3", "manylinux_2_28_x86_64"},
        {"cp39.cp38", "abi3", "manylinux_2_28_x86_64"},
        {"cp32", "abi3", "manylinux_2_28_x86_64"},
        {"py311", "none", "manylinux_2_28_x86_64"},
        {"py2.py3", "none", "manylinux_2_28_x86_64"},
        {"py310", "none", "linux_x86_64"},
        {"cp311", "none", "any"},
        {"py311", "none", "any"},
        {"py3", "none", "any"},
        {"py2.py30", "none", "any"},
    };
    const struct pl_tags *tags = tags_for(&arena, "3.11", "2.35", "x86_64");
    uint32_t last = 0;
    for (size_t i = 0; i < PL_COUNT(order); i++) {
        uint32_t r = rank(tags, order[i][0], order[i][1], order[i][2]);
        if (r == PL_TAG_NONE || (i && r <= last))
            fail_msg("%s-%s-%s", order[i][0], order[i][1], order[i][2]);
        last = r;
    }
    assert_int_equal(rank(tags, "cp311", "cp311", "manylinux_2_35_x86_64"), 0);
    assert_int_equal(last + 1, pl_tags_count(tags));
}

static void test_what_does_not_fit(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const char *const table[][3] = {
        {"cp312", "cp312", "manylinux_2_17_x86_64"},
        {"cp310", "cp310", "manylinux_2_17_x86_64"},
        {"cp312", "abi3", "manylinux_2_17_x86_64"},
        {"cp313", "cp313t", "manylinux_2_17_x86_64"},
        {"cp311", "cp311", "manylinux_2_36_x86_64"},
        {"cp311", "cp311", "manylinux_2_4_x86_64"},
        {"cp311", "cp311", "manylinux_2_17_aarch64"},
        {"cp311", "cp311", "musllinux_1_2_x86_64"},
        {"cp311", "cp311", "win_amd64"},
        {"cp311", "cp311", "any"},
        {"cp310", "none", "any"},
        {"py312", "none", "any"},
        {"py2", "none", "any"},
        {"pp310", "pypy310_pp73", "manylinux_2_17_x86_64"},
        {"", "", ""},
        {"py3", "none", ""},
        {"py3", "none", "any "},
        {"cp311-cp311", "none", "any"},
    };
    const struct pl_tags *tags = tags_for(&arena, "3.11", "2.35", "x86_64");
    for (size_t i = 0; i < PL_COUNT(table); i++)
        if (rank(tags, table[i][0], table[i][1], table[i][2]) != PL_TAG_NONE)
            fail_msg("%s-%s-%s", table[i][0], table[i][1], table[i][2]);
}

static void test_compressed_sets(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_tags *tags = tags_for(&arena, "3.11", "2.35", "x86_64");
    /* The best of all combinations counts, wherever its parts stand. */
    assert_int_equal(rank(tags, "py3.cp311", "none.cp311",
                          "any.linux_x86_64.manylinux_2_35_x86_64"),
                     0);
    assert_int_equal(rank(tags, "py2.py3", "none", "any"),
                     rank(tags, "py3", "none", "any"));
    assert_int_equal(rank(tags, "CP311", "Cp311", "LINUX_x86_64"),
                     rank(tags, "cp311", "cp311", "linux_x86_64"));
    assert_int_equal(rank(tags, "..py3..", ".none", "any."),
                     rank(tags, "py3", "none", "any"));
}

/* Repeated parts cost nothing: 200 * 200 * 200 combinations are one. */
static void test_hostile_sets(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_tags *tags = tags_for(&arena, "3.11", "2.35", "x86_64");
    PL_BUF(python, 10000);
    PL_BUF(abi, 10000);
    PL_BUF(platform, 10000);
    for (int i = 0; i < 200; i++) {
        pl_buf_add_cstr(&python, i ? ".py3" : "py3");
        pl_buf_add_cstr(&abi, i ? ".none" : "none");
        pl_buf_add_cstr(&platform, i ? ".any" : "any");
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(pl_tags_rank(tags, pl_buf_view(&python),
                                      pl_buf_view(&abi),
                                      pl_buf_view(&platform)),
                         rank(tags, "py3", "none", "any"));
    char longest[200];
    memset(longest, 'a', sizeof(longest));
    longest[199] = '\0';
    assert_int_equal(rank(tags, longest, "none", "any"), PL_TAG_NONE);
}

static bool possible(struct pl_str tag)
{
    struct pl_str python, abi, platform;
    return pl_str_cut(&tag, '-', &python) && pl_str_cut(&tag, '-', &abi) &&
           pl_str_cut(&tag, '-', &platform) &&
           pl_tags_possible(python, abi, platform);
}

/* Whatever a target accepts is possible; what none does mostly is not. */
static void test_possible(void **state)
{
    (void)state;
    static const char *const pythons[] = {"3.0", "3.9", "3.14", "3.99"};
    static const char *const impossible[] = {
        "cp312-cp312-win_amd64",
        "cp312-cp312-macosx_11_0_arm64",
        "cp312-cp312-musllinux_1_2_x86_64",
        "cp312-cp312-manylinux2014_i686",
        "cp312-cp312-manylinux_2_17_ppc64le",
        "cp313-cp313t-linux_x86_64",
        "pp310-pypy310_pp73-linux_x86_64",
        "graalpy311-none-any.",
        "cp312-cp312-linux_armv7l",
    };
    for (size_t i = 0; i < PL_COUNT(pythons); i++)
        for (int arm = 0; arm < 2; arm++) {
            PL_ARENA(arena);
            const struct pl_tags *tags = tags_for(&arena, pythons[i], "2.40",
                                                  arm ? "aarch64" : "x86_64");
            for (size_t n = 0; n < pl_tags_count(tags); n++)
                if (!possible(pl_tags_at(&arena, tags, n)))
                    fail_msg("%s", pl_tags_at(&arena, tags, n).at);
        }
    for (size_t i = 0; i < PL_COUNT(impossible); i++)
        if (possible(pl_str_from(impossible[i])))
            fail_msg("%s", impossible[i]);
    assert_true(possible(PL_STR("pp39.CP39-none.CP39-win32.Linux_AARCH64")));
}

static void test_list(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const struct pl_str list[] = {
        {"cp38-cp38-win_amd64", 19},
        {"py3-none-any", 12},
        {"cp38-cp38-win_amd64", 19}, /* the first of a tag counts */
        {"py2-none-any", 12},
    };
    const struct pl_tags *tags =
        pl_tags_from_list(&arena, list, PL_COUNT(list));
    assert_int_equal(pl_tags_count(tags), 4);
    assert_int_equal(rank(tags, "cp38", "cp38", "win_amd64"), 0);
    assert_int_equal(rank(tags, "py3", "none", "any"), 1);
    assert_int_equal(rank(tags, "py2.py4", "none", "any"), 3);
    assert_int_equal(rank(tags, "py3", "none", "win_amd64"), PL_TAG_NONE);
    assert_string_equal(pl_tags_at(&arena, tags, 2).at, "cp38-cp38-win_amd64");
    const struct pl_tags *none = pl_tags_from_list(&arena, NULL, 0);
    assert_int_equal(pl_tags_count(none), 0);
    assert_int_equal(rank(none, "py3", "none", "any"), PL_TAG_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_list),
        cmocka_unit_test(test_old_glibc),
        cmocka_unit_test(test_preference),
        cmocka_unit_test(test_what_does_not_fit),
        cmocka_unit_test(test_compressed_sets),
        cmocka_unit_test(test_hostile_sets),
        cmocka_unit_test(test_possible),
        cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
