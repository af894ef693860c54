/* PyPI's twins of torch companions: the same public versions, no others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "index/twins.h"

static struct pl_file file_named(struct pl_arena *arena, const char *name,
                                 const struct pl_page *page)
{
    struct pl_file_details details = {.name = pl_str_from(name)};
    struct pl_file file = {.details = pl_file_details_keep(arena, &details),
                           .page = page};
    struct pl_wheelname *wheel = pl_new(arena, struct pl_wheelname);
    assert_true(pl_wheelname_parse(arena, details.name, wheel, NULL));
    file.version = &wheel->version;
    file.wheel = &wheel->tags;
    return file;
}

static void test_same_version_only(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_page torch = {.is_torch = true}, pypi = {0};
    struct pl_file labelled = file_named(
        &arena, "torchvision-0.24.1+cu128-cp312-cp312-linux_x86_64.whl",
        &torch);
    struct pl_file others[] = {
        file_named(&arena, "torchvision-0.24.1-cp312-cp312-linux_x86_64.whl",
                   &pypi),
        file_named(&arena, "torchvision-0.99.0-cp312-cp312-linux_x86_64.whl",
                   &pypi),
        file_named(&arena,
                   "torchvision-0.24.1+cpu-cp312-cp312-linux_x86_64.whl",
                   &pypi),
    };
    torch.files = &labelled;
    torch.file_count = 1;
    pypi.files = others;
    pypi.file_count = 3;
    const struct pl_page *both = pl_page_add_twins(&arena, &torch, &pypi);
    assert_int_equal(both->file_count, 2);
    assert_true(
        pl_str_eq(both->files[0].details->name, others[0].details->name));
    assert_true(both->files[0].page == &pypi);
    assert_true(
        pl_str_eq(both->files[1].details->name, labelled.details->name));
    assert_true(both->is_torch);
}

static void test_nothing_to_add(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_page torch = {.is_torch = true}, pypi = {0};
    assert_true(pl_page_add_twins(&arena, &torch, &pypi) == &torch);
    assert_true(pl_page_add_twins(&arena, &torch, NULL) == &torch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_version_only),
        cmocka_unit_test(test_nothing_to_add),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
