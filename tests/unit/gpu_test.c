#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/gpu.h"
#include "tests/unit/wrong.h"

static bool parse(struct pl_arena *arena, const struct pl_source *source,
                  struct pl_error *err)
{
    struct pl_gpu gpu;
    return pl_gpu_parse(arena, source, &gpu, err);
}

static void test_wrong(void **state)
{
    (void)state;
    wrong_run("gpu-errors.data", parse, 9);
}

static void load(struct pl_arena *arena, struct pl_gpu *gpu)
{
    struct pl_error err = {.arena = arena};
    if (!pl_gpu_load(arena, gpu, &err))
        fail_msg("%.*s", PL_STR_ARG(wrong_render(arena, &err)));
}

static void test_driver(void **state)
{
    (void)state;
    static const struct {
        const char *cuda, *driver;
    } table[] = {
        {"11.8.0", "450.80.2"},
        {"cu118", "450.80.2"},
        {"12.8.1", "525.60.13"},
        {"12", "525.60.13"},
        {"cu121", "525.60.13"},
        {"13.0.0", "580.65.6"},
        {"cu130", "580.65.6"},
        {"10.2", ""},
        {"cu92", ""},
        {"", ""},
        {"cpu", ""},
        {"cu", ""},
    };
    PL_ARENA(arena);
    struct pl_gpu gpu;
    load(&arena, &gpu);
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        const struct pl_gpu_driver *driver =
            pl_gpu_driver_of(&gpu, pl_str_from(table[i].cuda));
        struct pl_str found = {0};
        if (driver)
            found = pl_version_text(&arena, &driver->linux_driver);
        if (!pl_str_is(found, table[i].driver))
            fail_msg("%s: `%.*s`", table[i].cuda, PL_STR_ARG(found));
    }
}

static void test_generations(void **state)
{
    (void)state;
    static const struct {
        const char *torch, *variant, *generations;
    } table[] = {
        {"2.1.0+cu118", "cu118", "Maxwell to Hopper"},
        {"2.6.0+cu126", "cu126", "Maxwell to Hopper"},
        {"2.7.1+cu128", "cu128", "Turing to Blackwell"},
        {"2.8.0+cu128", "cu128", "Volta to Blackwell"},
        {"2.9.1+cu130", "cu130", "Turing to Blackwell"},
        {"2.11.0", "cu128", "Turing to Blackwell"},
        /* neighbours say nothing */
        {"2.8.0+cu126", "cu126", ""},
        {"2.8.0.dev20250319+cu128", "cu128", ""},
        {"2.8.0a0", "cu128", ""},
        {"2.80.0", "cu128", ""},
        {"2", "cu128", ""},
        {"2.8.0", "", ""},
    };
    PL_ARENA(arena);
    struct pl_gpu gpu;
    load(&arena, &gpu);
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        struct pl_version torch;
        struct pl_str found = {0};
        assert_true(pl_version_parse(&arena, pl_str_from(table[i].torch),
                                     &torch, NULL));
        const struct pl_gpu_build *build =
            pl_gpu_build_of(&gpu, &torch, pl_str_from(table[i].variant));
        if (build)
            found = pl_gpu_generations(&arena, &gpu, build);
        if (!pl_str_is(found, table[i].generations))
            fail_msg("%s: `%.*s`", table[i].torch, PL_STR_ARG(found));
    }
}

/* Machine code runs on the same major and a higher minor number. */
static void test_compatible(void **state)
{
    (void)state;
    static const struct {
        const char *built, *generations;
    } table[] = {
        {"8.0", "Ampere, Ada"}, {"8.6", "Ada"}, {"6.1", ""},
        {"6.0", "Pascal"},      {"12.0", ""},   {"9.1", ""},
        {"9.0", "Hopper"},
    };
    PL_ARENA(arena);
    struct pl_gpu gpu;
    load(&arena, &gpu);
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        struct pl_str built = pl_str_from(table[i].built);
        struct pl_gpu_build build = {.capabilities = &built,
                                     .capability_count = 1};
        PL_BUF(found, 100);
        for (size_t g = 0; g < gpu.generation_count; g++)
            if (pl_gpu_runs(&build, &gpu.generations[g]))
                pl_buf_addf(&found, "%s%.*s", found.len ? ", " : "",
                            PL_STR_ARG(gpu.generations[g].name));
        if (!pl_str_is(pl_buf_view(&found), table[i].generations))
            fail_msg("%s: `%.*s`", table[i].built,
                     PL_STR_ARG(pl_buf_view(&found)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_driver),
        cmocka_unit_test(test_generations),
        cmocka_unit_test(test_compatible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
