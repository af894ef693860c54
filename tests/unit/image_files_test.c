/*
 * Paths of layers and their merging, where an archive cannot show it: the
 * bounds, and names that collide. tests/e2e/image_test.py has all else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "container/image_files.h"

#include "core/limits.h"

static struct pl_image_node *put(struct pl_image_files *files, const char *path,
                                 enum pl_node_type type)
{
    struct pl_image_node *node;
    assert_true(pl_image_files_put(files, pl_str_from(path), &node, NULL));
    node->type = type;
    return node;
}

static bool has(const struct pl_image_files *files, const char *path)
{
    return pl_image_files_find(files, pl_str_from(path), true) != NULL;
}

static void test_links(void **state)
{
    PL_ARENA(arena);
    struct pl_image_spent spent = {0};
    struct pl_image_files files = pl_image_files(&arena, &spent);
    (void)state;
    put(&files, "real/file", PL_NODE_FILE);
    put(&files, "up", PL_NODE_LINK)->text = PL_STR("../../real");
    put(&files, "a/far", PL_NODE_LINK)->text = PL_STR("/up/file");
    put(&files, "loop", PL_NODE_LINK)->text = PL_STR("loop/x");
    assert_true(has(&files, "/up/file"));
    assert_true(has(&files, "/a/far"));
    assert_true(has(&files, "/a/../up/./file"));
    assert_false(has(&files, "/a/far/file"));
    assert_false(has(&files, "/loop"));
    assert_non_null(pl_image_files_find(&files, PL_STR("/loop"), false));
    assert_non_null(pl_image_files_find(&files, PL_STR("/"), true));
}

static void test_chain(void **state)
{
    PL_ARENA(arena);
    struct pl_image_spent spent = {0};
    struct pl_image_files files = pl_image_files(&arena, &spent);
    (void)state;
    put(&files, "l0", PL_NODE_FILE);
    for (int i = 1; i <= PL_MAX_TREE_LINKS + 1; i++) {
        struct pl_str name = pl_arena_printf(&arena, "l%d", i);
        put(&files, name.at, PL_NODE_LINK)->text =
            pl_arena_printf(&arena, "l%d", i - 1);
    }
    struct pl_str last = pl_arena_printf(&arena, "l%d", PL_MAX_TREE_LINKS);
    struct pl_str over = pl_arena_printf(&arena, "l%d", PL_MAX_TREE_LINKS + 1);
    assert_true(has(&files, last.at));
    assert_false(has(&files, over.at));
}

/* What was dropped with its folder does not come back with it. */
static void test_emptied(void **state)
{
    PL_ARENA(arena);
    struct pl_image_spent spent = {0};
    struct pl_image_files files = pl_image_files(&arena, &spent);
    (void)state;
    put(&files, "a/b/c", PL_NODE_FILE);
    pl_image_node_empty(put(&files, "a", PL_NODE_FILE));
    assert_false(has(&files, "/a/b"));
    put(&files, "a/d", PL_NODE_FILE);
    assert_true(has(&files, "/a/d"));
    assert_false(has(&files, "/a/b"));
    put(&files, "a/b/e", PL_NODE_FILE);
    assert_true(has(&files, "/a/b/e"));
    assert_false(has(&files, "/a/b/c"));
}

static void test_limits(void **state)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_image_spent spent = {.nodes = PL_MAX_IMAGE_NODES - 1};
    struct pl_image_files files = pl_image_files(&arena, &spent);
    struct pl_image_node *node;
    (void)state;
    put(&files, "a", PL_NODE_FILE);
    put(&files, "a", PL_NODE_FILE);
    assert_false(pl_image_files_put(&files, PL_STR("b"), &node, &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
    spent = (struct pl_image_spent){.steps = PL_MAX_IMAGE_STEPS + 1};
    assert_false(pl_image_files_put(&files, PL_STR("c"), &node, &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
    spent = (struct pl_image_spent){.kept = PL_MAX_IMAGE_KEPT_BYTES};
    assert_false(pl_image_files_put(&files, PL_STR("d"), &node, &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
    spent = (struct pl_image_spent){.members = PL_MAX_IMAGE_MEMBERS - 1};
    assert_true(pl_image_spend_member(&spent, PL_MAX_IMAGE_BYTES, &err));
    assert_false(pl_image_spend_member(&spent, 0, &err));
    spent.members = 0;
    assert_false(pl_image_spend_member(&spent, 1, &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_emptied),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
