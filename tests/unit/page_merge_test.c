/* Pages of one project from several places become one page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/index_util.h"

#define MOST_PAGES 8

/* A page whose files are those names; `index` tells pages apart. */
static const struct pl_page *page_with(struct pl_arena *arena,
                                       const char *index, const char *names)
{
    struct pl_page_input input = {
        .url = PL_STR("https://i.example/simple/a/"),
        .index_url = pl_str_from(index),
        .project = PL_STR("a"),
    };
    struct pl_page_build build = pl_page_begin(arena, &input);
    struct pl_str name, rest = pl_str_from(names);
    while (pl_str_cut(&rest, ' ', &name)) {
        struct pl_page_row row = {.name = name, .url = name};
        assert_true(pl_page_add(&build, &row, NULL));
    }
    return pl_page_finish(&build);
}

/* "INDEX:NAME ..." of the merged page. */
static void assert_files(const struct pl_page *page, const char *wanted)
{
    PL_BUF(out, 10000);
    for (size_t i = 0; i < page->file_count; i++) {
        const struct pl_file *file = &page->files[i];
        pl_buf_addf(&out, "%s%.*s:%.*s", i ? " " : "",
                    PL_STR_ARG(file->page->index_url),
                    PL_STR_ARG(file->details->name));
    }
    assert_str(pl_buf_view(&out), wanted);
}

static void test_order(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_page *pages[] = {
        page_with(&arena, "x", "a-2.tar.gz a-1.tar.gz a-1-py3-none-any.whl"),
        page_with(&arena, "y", "a-1.0.tar.gz a-3.zip a-2.tar.gz nothing.zip"),
        page_with(&arena, "z", "a-1.tar.gz a-0.tar.gz a-2.tar.gz"),
    };
    const struct pl_page *merged = pl_page_merge(&arena, pages, 3);
    assert_files(merged, "z:a-0.tar.gz x:a-1-py3-none-any.whl "
                         "y:a-1.0.tar.gz x:a-1.tar.gz z:a-1.tar.gz "
                         "x:a-2.tar.gz y:a-2.tar.gz z:a-2.tar.gz y:a-3.zip");
    assert_str(merged->project, "a");
    assert_str(merged->index_url, "x");
    assert_int_equal(merged->dropped, 1);
    assert_files(pages[0], "x:a-1-py3-none-any.whl x:a-1.tar.gz x:a-2.tar.gz");
}

static void test_nothing_to_merge(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_page *pages[] = {page_with(&arena, "x", "a-1.zip"),
                                     page_with(&arena, "y", "")};
    assert_ptr_equal(pl_page_merge(&arena, pages, 1), pages[0]);
    assert_ptr_equal(pl_page_merge(&arena, pages, 2), pages[0]);
    const struct pl_page *turned[] = {pages[1], pages[0]};
    const struct pl_page *merged = pl_page_merge(&arena, turned, 2);
    assert_files(merged, "x:a-1.zip");
    assert_str(merged->index_url, "y");
}

/* Whatever number of pages there is, each file comes once and in order. */
static void test_many(void **state)
{
    (void)state;
    for (size_t count = 1; count <= MOST_PAGES; count++) {
        PL_ARENA(arena);
        const struct pl_page *pages[MOST_PAGES];
        PL_BUF(wanted, 10000);
        for (size_t i = 0; i < count; i++) {
            const char *index = pl_arena_printf(&arena, "%zu", i).at;
            pages[i] = page_with(&arena, index, "a-1.zip a-2.zip");
            pl_buf_addf(&wanted, "%zu:a-1.zip ", i);
        }
        for (size_t i = 0; i < count; i++)
            pl_buf_addf(&wanted, "%s%zu:a-2.zip", i ? " " : "", i);
        assert_files(pl_page_merge(&arena, pages, count),
                     pl_buf_view(&wanted).at);
    }
}

/* Files of others are no faults of a flat page. */
static void test_flat(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_page_input input = {.project = PL_STR("a"), .is_flat = true};
    input.url = PL_STR("https://i.example/all.html");
    struct pl_page_build build = pl_page_begin(&arena, &input);
    static const char *const names[] = {"b-1.zip", "a-1.zip", "a-b-1.zip"};
    for (size_t i = 0; i < PL_COUNT(names); i++) {
        struct pl_str name = pl_str_from(names[i]);
        struct pl_page_row row = {.name = name, .url = name};
        assert_true(pl_page_add(&build, &row, NULL));
    }
    const struct pl_page *page = pl_page_finish(&build);
    assert_int_equal(page->file_count, 1);
    assert_int_equal(page->dropped, 0);
    assert_str(page->files[0].details->url, "https://i.example/a-1.zip");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_nothing_to_merge),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_flat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
