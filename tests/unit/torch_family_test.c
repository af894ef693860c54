#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/torch_family.h"
#include "tests/unit/wrong.h"

static bool parse(struct pl_arena *arena, const struct pl_source *source,
                  struct pl_error *err)
{
    struct pl_torch_family family;
    return pl_torch_family_parse(arena, source, &family, err);
}

static void test_wrong(void **state)
{
    (void)state;
    wrong_run("torch-family-errors.data", parse, 11);
}

static void load(struct pl_arena *arena, struct pl_torch_family *family)
{
    struct pl_error err = {.arena = arena};
    if (!pl_torch_family_load(arena, family, &err))
        fail_msg("%.*s", PL_STR_ARG(wrong_render(arena, &err)));
}

/* Names that a stranger could take on PyPI, and names that are not torch's. */
static void test_shipped(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool known, pypi, companion;
    } table[] = {
        {"torch", true, true, false},
        {"torchvision", true, true, true},
        {"torchaudio", true, true, true},
        {"torchtext", true, false, true},
        {"triton", true, true, false},
        {"pytorch-triton", true, false, false},
        {"torchtriton", true, false, false},
        {"torchmetrics", false, false, false},
        {"numpy", false, false, false},
        {"", false, false, false},
    };
    PL_ARENA(arena);
    struct pl_torch_family family;
    load(&arena, &family);
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        const struct pl_torch_project *found =
            pl_torch_family_find(&family, pl_str_from(table[i].name));
        if ((found != NULL) != table[i].known)
            fail_msg("%s: known %d", table[i].name, found != NULL);
        if (found && (found->pypi != table[i].pypi ||
                      found->companion != table[i].companion))
            fail_msg("%s: pypi %d, companion %d", table[i].name, found->pypi,
                     found->companion);
    }
    for (size_t i = 1; i < family.count; i++)
        assert_true(pl_str_cmp(family.projects[i - 1].name,
                               family.projects[i].name) < 0);
}

static void test_pypi_cuda(void **state)
{
    (void)state;
    static const struct {
        const char *version, *cuda;
    } table[] = {
        {"2.8.0", "cu128"},  {"2.8.1", "cu128"},
        {"2.8", "cu128"},    {"2.8.0.dev1+x", "cu128"},
        {"2.6.0", "cu124"},  {"2.11.0", "cu130"},
        {"2.10.0", "cu128"}, {"2.1.2", "cu121"},
        {"2.80.0", ""},      {"1.13.1", ""},
        {"2", "cu117"},      {"3.8.0", ""},
    };
    PL_ARENA(arena);
    struct pl_torch_family family;
    load(&arena, &family);
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        struct pl_version version;
        assert_true(pl_version_parse(&arena, pl_str_from(table[i].version),
                                     &version, NULL));
        struct pl_str cuda = pl_torch_family_pypi_cuda(&family, &version);
        if (!pl_str_is(cuda, table[i].cuda))
            fail_msg("%s: %.*s", table[i].version, PL_STR_ARG(cuda));
    }
}

static void test_documented(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "podlock-torch-family = 1\n[[project]]\nx = 1\n",
        "podlock-torch-family = 1\nproject = []\n[[pypi-cuda]]\nx = 1\n",
    };
    for (size_t i = 0; i < PL_COUNT(texts); i++)
        wrong_documented("rule-format.md", parse, texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_documented),
        cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_pypi_cuda),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
