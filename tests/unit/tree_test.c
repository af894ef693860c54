/*
 * Trees below a folder of this machine. Each test runs twice: links followed
 * by the kernel, where it can, and by podlock; the answers must be the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "core/digest.h"
#include "tests/unit/tree_made.h"

static enum pl_node_type type_at(struct made *made, const char *path)
{
    return pl_tree_look(made->tree, pl_str_from(path)).type;
}

static void expect_text(struct made *made, const char *path, const char *text)
{
    struct pl_str found = {0};
    struct pl_error err = {.arena = &made->arena};
    if (!pl_tree_read(made->tree, &made->arena, pl_str_from(path), 100, &found,
                      &err))
        fail_msg("%s: %.*s", path, PL_STR_ARG(err.message));
    assert_string_equal(found.at, text);
    assert_int_equal(found.len, strlen(text));
}

static void expect_unread(struct made *made, const char *path)
{
    struct pl_str found = PL_STR("untouched");
    struct pl_error err = {.arena = &made->arena};
    assert_false(pl_tree_read(made->tree, &made->arena, pl_str_from(path), 100,
                              &found, &err));
    assert_int_equal(err.code, PL_ERR_FILE);
    assert_true(pl_str_is(found, "untouched"));
}

static size_t list_at(struct made *made, const char *path,
                      struct pl_tree_entry **entries)
{
    size_t count = SIZE_MAX;
    struct pl_error err = {.arena = &made->arena};
    if (!pl_tree_list(made->tree, &made->arena, pl_str_from(path), entries,
                      &count, &err))
        fail_msg("%s: %.*s", path, PL_STR_ARG(err.message));
    return count;
}

static struct made *start(void **state)
{
    struct made *made = made_folder();
    if (*state)
        pl_tree_root_walk(made->tree);
    return made;
}

static void test_answers(void **state)
{
    struct made *made = start(state);
    struct pl_tree_entry *entries;
    made_file(made, "/etc/b", "two");
    made_file(made, "/etc/a", "");
    made_file(made, "/etc/c/d", "three");
    made_link(made, "/etc/l", "b");
    made_fifo(made, "/etc/f");
    assert_int_equal(chmod(made_path(made, "/etc/a"), 0755), 0);
    assert_int_equal(list_at(made, "/etc", &entries), 5);
    static const struct {
        const char *name;
        enum pl_node_type type;
    } want[] = {{"a", PL_NODE_FILE},
                {"b", PL_NODE_FILE},
                {"c", PL_NODE_FOLDER},
                {"f", PL_NODE_OTHER},
                {"l", PL_NODE_LINK}};
    for (size_t i = 0; i < 5; i++) {
        assert_true(pl_str_is(entries[i].name, want[i].name));
        assert_int_equal(entries[i].type, want[i].type);
    }
    struct pl_node b = pl_tree_look(made->tree, PL_STR("/etc/b"));
    assert_true(b.type == PL_NODE_FILE && b.size == 3 && !b.is_executable);
    assert_true(pl_tree_look(made->tree, PL_STR("/etc/a")).is_executable);
    assert_int_equal(type_at(made, "/etc/l"), PL_NODE_FILE);
    assert_int_equal(type_at(made, "/etc/f"), PL_NODE_OTHER);
    assert_int_equal(type_at(made, "/etc/none"), PL_NODE_ABSENT);
    assert_int_equal(type_at(made, "/etc/b/none"), PL_NODE_ABSENT);
    assert_int_equal(type_at(made, "/"), PL_NODE_FOLDER);
    assert_int_equal(list_at(made, "/", &entries), 1);
    assert_int_equal(list_at(made, "/none", &entries), 0);
    assert_int_equal(list_at(made, "/etc/b", &entries), 0);
    expect_text(made, "/etc/b", "two");
    expect_text(made, "/etc/a", "");
    expect_text(made, "/etc/c/d", "three");
    expect_unread(made, "/etc/c");
    expect_unread(made, "/etc/none");
    made_remove(made);
}

static void test_paths(void **state)
{
    struct made *made = start(state);
    static const char *const same[] = {"/a/b",        "a/b",       "//a///b/",
                                       "/a/./b/.",    "/a/x/../b", "/../a/b",
                                       "/a/../../a/b"};
    made_file(made, "/a/b", "here");
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        expect_text(made, same[i], "here");
    expect_unread(made, "");
    assert_int_equal(type_at(made, ""), PL_NODE_ABSENT);
    struct pl_str nul = {"/a/b\0c", 6};
    assert_int_equal(pl_tree_look(made->tree, nul).type, PL_NODE_ABSENT);
    char *longest = pl_arena_alloc(&made->arena, PL_MAX_PATH_BYTES + 2);
    memset(longest, 'n', PL_MAX_PATH_BYTES + 1);
    assert_int_equal(type_at(made, longest), PL_NODE_ABSENT);
    longest[300] = '\0';
    assert_int_equal(type_at(made, longest), PL_NODE_ABSENT);
    for (size_t i = 0; i < 300; i += 2)
        longest[i] = '/';
    assert_int_equal(type_at(made, longest), PL_NODE_ABSENT);
    made_remove(made);
}

static void test_path_of(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const struct {
        const char *folder, *path, *want;
        bool above;
    } rows[] = {
        {"/s", "a/b", "/s/a/b", false},  {"/s", "../../b", "/b", true},
        {"/s/t", "../b", "/s/b", false}, {"/s", "/b/", "/b", false},
        {"/s", "", "/s", false},         {"/", "..", "/", true},
        {"/s", "..", "/", false},        {"/s", "../../s/b", "/s/b", true}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool above;
        struct pl_str path = pl_tree_path(&arena, pl_str_from(rows[i].folder),
                                          pl_str_from(rows[i].path), &above);
        assert_string_equal(path.at, rows[i].want);
        assert_int_equal(above, rows[i].above);
    }
    struct pl_str nul = {"a\0b", 3};
    assert_int_equal(pl_tree_path(&arena, PL_STR("/"), nul, NULL).len, 0);
}

/* The machine's own /etc is not what "/etc" means in there. */
static void test_links(void **state)
{
    struct made *made = start(state);
    made_file(made, "/data/text", "inside");
    made_file(made, "/passwd", "ours");
    made_link(made, "/abs", "/data/text");
    made_link(made, "/usr/rel", "../data/text");
    made_link(made, "/folder", "data");
    made_link(made, "/far", "/../../../../../../etc/passwd");
    made_link(made, "/deep/up", "../../../../../passwd");
    made_link(made, "/two", "/folder/../abs");
    made_link(made, "/deep/er/in", "/deep/out/../../data");
    made_link(made, "/deep/out", "/data");
    made_link(made, "/dots", "././/data/./text");
    made_link(made, "/self/root", "/");
    made_link(made, "/machine", "/proc/self/root/etc/passwd");
    expect_text(made, "/abs", "inside");
    expect_text(made, "/usr/rel", "inside");
    expect_text(made, "/folder/text", "inside");
    expect_text(made, "/two", "inside");
    expect_text(made, "/deep/er/in/text", "inside");
    expect_text(made, "/dots", "inside");
    expect_text(made, "/self/root/self/root/deep/up", "ours");
    assert_int_equal(type_at(made, "/self/root"), PL_NODE_FOLDER);
    assert_int_equal(type_at(made, "/far"), PL_NODE_ABSENT);
    assert_int_equal(type_at(made, "/machine"), PL_NODE_ABSENT);
    struct pl_str target;
    assert_true(
        pl_tree_link(made->tree, &made->arena, PL_STR("/folder"), &target));
    assert_true(pl_str_is(target, "data"));
    assert_true(pl_tree_link(made->tree, &made->arena, PL_STR("/self/root/abs"),
                             &target));
    assert_true(pl_str_is(target, "/data/text"));
    assert_false(
        pl_tree_link(made->tree, &made->arena, PL_STR("/data"), &target));
    assert_false(pl_tree_link(made->tree, &made->arena, PL_STR("/"), &target));
    made_remove(made);
}

static void test_loops(void **state)
{
    struct made *made = start(state);
    char name[16], target[16];
    made_link(made, "/me", "me");
    made_link(made, "/a/b", "/c/d");
    made_link(made, "/c/d", "../a/b");
    made_link(made, "/in", "in/in");
    made_file(made, "/last", "end");
    assert_int_equal(type_at(made, "/me"), PL_NODE_ABSENT);
    assert_int_equal(type_at(made, "/a/b"), PL_NODE_ABSENT);
    assert_int_equal(type_at(made, "/in/in"), PL_NODE_ABSENT);
    expect_unread(made, "/me");
    /* /n1 is the end by one link, /n41 by 41. */
    for (int i = 1; i <= PL_MAX_TREE_LINKS + 1; i++) {
        snprintf(name, sizeof(name), "/n%d", i);
        snprintf(target, sizeof(target), i == 1 ? "last" : "n%d", i - 1);
        made_link(made, name, target);
    }
    expect_text(made, "/n40", "end");
    assert_int_equal(type_at(made, "/n41"), PL_NODE_ABSENT);
    made_remove(made);
}

/* ".." costs the walk a way from the root each time, but not for ever. */
static void test_long_way(void **state)
{
    struct made *made = start(state);
    PL_BUF(text, PL_MAX_PATH_BYTES);
    made_file(made, "/d/d/d/d/d/d/d/d/end", "end");
    for (int i = 0; i < 200; i++)
        pl_buf_add_cstr(&text, "/d/d/d/d/../../../..");
    made_link(made, "/x", pl_arena_dup(&made->arena, pl_buf_view(&text)).at);
    assert_int_equal(type_at(made, "/x"), PL_NODE_FOLDER);
    made_remove(made);
}

static void test_never_opened(void **state)
{
    struct made *made = start(state);
    made_fifo(made, "/fifo");
    made_link(made, "/link", "fifo");
    expect_unread(made, "/fifo");
    expect_unread(made, "/link");
    struct pl_tree_sum sum;
    assert_false(
        pl_tree_sha256(made->tree, &made->arena, PL_STR("/fifo"), &sum, NULL));
    struct pl_tree_entry *entries;
    assert_int_equal(list_at(made, "/fifo", &entries), 0);
    /* Only root may make one. */
    if (mknod(made_path(made, "/random"), S_IFCHR | 0644, makedev(1, 9)) == 0) {
        assert_int_equal(type_at(made, "/random"), PL_NODE_OTHER);
        expect_unread(made, "/random");
    }
    made_remove(made);
}

static void test_odd_names(void **state)
{
    struct made *made = start(state);
    struct pl_tree_entry *entries;
    made_file(made, "/n/line\nbreak", "1");
    made_file(made, "/n/\xff\xfe", "2");
    made_file(made, "/n/\x1b[2J", "3");
    made_file(made, "/n/ ", "4");
    assert_int_equal(list_at(made, "/n", &entries), 4);
    assert_true(pl_str_is(entries[0].name, "\x1b[2J"));
    assert_true(pl_str_is(entries[1].name, " "));
    assert_true(pl_str_is(entries[2].name, "line\nbreak"));
    assert_true(pl_str_is(entries[3].name, "\xff\xfe"));
    expect_text(made, "/n/line\nbreak", "1");
    expect_text(made, "/n/\xff\xfe", "2");
    expect_text(made, "/n/ ", "4");
    made_remove(made);
}

static void test_bounds(void **state)
{
    struct made *made = start(state);
    struct pl_str text;
    made_sparse(made, "/huge", (off_t)1 << 30);
    size_t before = made->arena.total;
    assert_true(pl_tree_read(made->tree, &made->arena, PL_STR("/huge"),
                             1u << 20, &text, NULL));
    assert_int_equal(text.len, 1u << 20);
    assert_true(made->arena.total - before < 3u << 20);
    assert_true(pl_tree_read(made->tree, &made->arena, PL_STR("/huge"), 0,
                             &text, NULL));
    assert_int_equal(text.len, 0);
    made_remove(made);
}

static void test_sum(void **state)
{
    struct made *made = start(state);
    struct pl_tree_sum sum;
    PL_BUF(body, 300000);
    for (int i = 0; i < 30000; i++)
        pl_buf_add_cstr(&body, "0123456789");
    made_bytes(made, "/f", pl_buf_view(&body));
    assert_true(
        pl_tree_sha256(made->tree, &made->arena, PL_STR("/f"), &sum, NULL));
    assert_int_equal(sum.size, 300000);
    assert_true(
        pl_str_eq(sum.hex, pl_sha256_hex(&made->arena, pl_buf_view(&body))));
    assert_false(
        pl_tree_sha256(made->tree, &made->arena, PL_STR("/none"), &sum, NULL));
    made_remove(made);
}

/* Folders that change while they are looked at, and one after the other. */
static void test_many_folders(void **state)
{
    struct made *made = start(state);
    made_file(made, "/a/f", "of a");
    made_file(made, "/b/f", "of b");
    for (int i = 0; i < 3; i++) {
        expect_text(made, "/a/f", "of a");
        expect_text(made, "/b/f", "of b");
    }
    assert_int_equal(type_at(made, "/none/f"), PL_NODE_ABSENT);
    expect_text(made, "/b/f", "of b");
    made_remove(made);
}

/* "/" itself is resolved by the kernel, by all its links. */
static void test_machine(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_tree *tree;
    struct pl_str text;
    assert_true(pl_tree_open_root(&arena, PL_STR("/"), &tree, NULL));
    assert_int_equal(pl_tree_look(tree, PL_STR("/")).type, PL_NODE_FOLDER);
    assert_int_equal(pl_tree_look(tree, PL_STR("/dev/null")).type,
                     PL_NODE_OTHER);
    assert_int_equal(pl_tree_look(tree, PL_STR("/proc/self/exe")).type,
                     PL_NODE_FILE);
    assert_true(pl_tree_read(tree, &arena, PL_STR("/proc/self/status"), 1 << 20,
                             &text, NULL));
    assert_true(text.len > 100);
    pl_tree_close(tree);
    pl_tree_close(NULL);
    struct pl_error err = {.arena = &arena};
    assert_false(pl_tree_open_root(&arena, PL_STR("/dev/null"), &tree, &err));
    assert_int_equal(err.code, PL_ERR_FILE);
    assert_false(pl_tree_open_root(&arena, PL_STR(""), &tree, &err));
}

#define BOTH(test)                                                             \
    {#test " (kernel)", test, NULL, NULL, NULL},                               \
    {                                                                          \
#test " (walk)", test, NULL, NULL, &walks                              \
    }

static int walks;

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_answers),
        BOTH(test_paths),
        BOTH(test_links),
        BOTH(test_loops),
        BOTH(test_long_way),
        BOTH(test_never_opened),
        BOTH(test_odd_names),
        BOTH(test_bounds),
        BOTH(test_sum),
        BOTH(test_many_folders),
        cmocka_unit_test(test_path_of),
        cmocka_unit_test(test_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
