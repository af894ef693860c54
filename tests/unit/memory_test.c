#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "index/memory.h"

struct world {
    struct pl_page page;
    struct pl_file_details details[2];
    struct pl_file files[2];
    struct pl_metadata metadata;
    struct pl_index *index;
};

static struct world *make_world(struct pl_arena *arena)
{
    struct world *w = pl_new(arena, struct world);
    w->page = (struct pl_page){
        .project = PL_STR("a"), .files = w->files, .file_count = 2};
    w->details[0].name = PL_STR("a-1");
    w->details[1].name = PL_STR("a-2");
    for (size_t i = 0; i < 2; i++)
        w->files[i] =
            (struct pl_file){.details = &w->details[i], .page = &w->page};
    w->index = pl_memory_open(arena);
    pl_memory_add_page(w->index, &w->page);
    return w;
}

static struct pl_index_event next(struct world *w)
{
    struct pl_index_event event = {0};
    bool any = false;
    assert_true(pl_index_next(w->index, &event, &any, NULL));
    assert_true(any);
    return event;
}

static void assert_done(struct world *w)
{
    struct pl_index_event event;
    bool any = true;
    assert_true(pl_index_next(w->index, &event, &any, NULL));
    assert_false(any);
}

static void test_order_of_wishes(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    pl_memory_add_metadata(w->index, &w->files[1], &w->metadata);
    pl_memory_add_unusable(w->index, &w->files[0], PL_STR("broken"));
    assert_done(w);
    pl_index_want_metadata(w->index, &w->files[1]);
    pl_index_want_page(w->index, PL_STR("a"));
    pl_index_want_metadata(w->index, &w->files[0]);
    pl_index_want_page(w->index, PL_STR("a"));
    struct pl_index_event event = next(w);
    assert_int_equal(event.kind, PL_EVENT_METADATA);
    assert_ptr_equal(event.file, &w->files[1]);
    assert_ptr_equal(event.metadata, &w->metadata);
    assert_true(pl_str_is(event.project, "a"));
    event = next(w);
    assert_int_equal(event.kind, PL_EVENT_PAGE);
    assert_ptr_equal(event.page, &w->page);
    event = next(w);
    assert_null(event.metadata);
    assert_true(pl_str_is(event.reason, "broken"));
    assert_done(w);
    assert_int_equal(pl_index_stats(w->index).pages, 1);
    assert_int_equal(pl_index_stats(w->index).metadata, 2);
}

static void test_what_was_not_added(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    pl_index_want_page(w->index, PL_STR("b"));
    pl_index_want_metadata(w->index, &w->files[0]);
    assert_null(next(w).page);
    struct pl_index_event event = next(w);
    assert_null(event.metadata);
    assert_true(event.reason.len > 0);
}

static void assert_not_held(struct world *w, struct pl_arena *arena,
                            const char *message)
{
    struct pl_error err = {.arena = arena};
    struct pl_index_event event;
    bool any;
    assert_false(pl_index_next(w->index, &event, &any, &err));
    assert_int_equal(err.code, PL_ERR_INPUT);
    assert_true(pl_str_is(err.message, message));
}

static void test_strict(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct world *w = make_world(&arena);
    pl_memory_set_strict(w->index, true);
    pl_memory_add_absent(w->index, PL_STR("c"));
    pl_index_want_page(w->index, PL_STR("c"));
    assert_null(next(w).page);
    pl_index_want_metadata(w->index, &w->files[0]);
    assert_not_held(w, &arena, "the dump does not hold the metadata of a-1");
    w = make_world(&arena);
    pl_memory_set_strict(w->index, true);
    pl_index_want_page(w->index, PL_STR("b"));
    assert_not_held(w, &arena, "the dump does not hold the page of b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_wishes),
        cmocka_unit_test(test_what_was_not_added),
        cmocka_unit_test(test_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
