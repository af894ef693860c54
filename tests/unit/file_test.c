/*
 * Saving: what was there stays when it goes wrong, links are followed, and
 * nothing is left beside the file. fsync() is this test's own, so that a
 * failure and a signal can come in the middle.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/file.h"

static bool sync_fails, sync_signals;
static volatile sig_atomic_t left_at_signal;

int fsync(int fd)
{
    (void)fd;
    if (sync_signals)
        raise(SIGTERM);
    errno = EIO;
    return sync_fails ? -1 : 0;
}

static size_t count_files(void)
{
    PL_ARENA(arena);
    struct pl_str *names;
    size_t count;
    if (!pl_dir_list(&arena, PL_STR("."), &names, &count, NULL))
        return SIZE_MAX;
    return count;
}

static void on_signal(int number)
{
    (void)number;
    left_at_signal = (sig_atomic_t)count_files();
}

static void expect_file(const char *name, const char *text)
{
    PL_ARENA(arena);
    struct pl_str found;
    assert_true(
        pl_file_load(&arena, pl_str_from(name), 99, &found, NULL, NULL));
    assert_true(pl_str_is(found, text));
}

static bool save(const char *name, const char *text)
{
    return pl_file_save(pl_str_from(name), pl_str_from(text), NULL);
}

static void test_path_eq(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"a", "a"}, {"a/b", "./a//b/"}, {".", ""}, {"/", "//"}, {"/a", "/./a"}};
    static const char *const other[][2] = {
        {"a", "b"}, {"a", "a/b"}, {"a", "/a"}, {"..", "."}, {"a/../b", "b"}};
    for (size_t i = 0; i < PL_COUNT(same); i++) {
        assert_true(
            pl_path_eq(pl_str_from(same[i][0]), pl_str_from(same[i][1])));
        assert_false(
            pl_path_eq(pl_str_from(other[i][0]), pl_str_from(other[i][1])));
    }
}

static void test_failure(void **state)
{
    (void)state;
    assert_true(save("f", "old"));
    sync_fails = true;
    assert_false(save("f", "new"));
    assert_false(save("g", "new"));
    sync_fails = false;
    expect_file("f", "old");
    assert_int_equal(count_files(), 1);
}

static void test_signal(void **state)
{
    (void)state;
    left_at_signal = 99;
    signal(SIGTERM, on_signal);
    sync_signals = true;
    assert_true(save("f", "new"));
    assert_int_equal(left_at_signal, 1);
    sync_fails = true;
    left_at_signal = 99;
    assert_false(save("f", "newer"));
    assert_int_equal(left_at_signal, 1);
    sync_signals = sync_fails = false;
    expect_file("f", "new");
}

static void test_links(void **state)
{
    (void)state;
    assert_int_equal(symlink("f", "link"), 0);
    assert_int_equal(symlink("nothing", "dangling"), 0);
    assert_true(save("link", "through"));
    expect_file("f", "through");
    assert_false(save("dangling", "x"));
    struct stat info;
    assert_int_equal(lstat("dangling", &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(lstat("link", &info), 0);
    assert_true(S_ISLNK(info.st_mode));
}

/* Opened to be read whenever it is there, a fifo would wait for a writer. */
static void test_fifo(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str text;
    enum pl_file_state found;
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_false(pl_file_load(&arena, PL_STR("fifo"), 99, &text, &found, &err));
    assert_int_equal(err.code, PL_ERR_FILE);
    assert_false(pl_file_save(PL_STR("fifo"), PL_STR("x"), NULL));
    assert_true(
        pl_file_load(&arena, PL_STR("absent"), 99, &text, &found, &err));
    assert_int_equal(found, PL_FILE_ABSENT);
}

static char folder[] = "file-test-XXXXXX";

static int enter(void **state)
{
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    const char *const names[] = {"f", "link", "dangling", "fifo"};
    for (size_t i = 0; i < PL_COUNT(names); i++)
        unlink(names[i]);
    return chdir("..") == 0 ? rmdir(folder) : -1;
}

static void test_path_from(void **state)
{
    static const char *const rows[][3] = {
        {".", "w/a", "w/a"},
        {"out", "w/a", "../w/a"},
        {"a/./b/", "w", "../../w"},
        {"out", "/w/a", "/w/a"},
        {"", "w", "w"},
    };
    PL_ARENA(arena);
    (void)state;
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_str seen = pl_path_from(&arena, pl_str_from(rows[i][0]),
                                          pl_str_from(rows[i][1]));
        assert_true(pl_str_is(seen, rows[i][2]));
    }
    struct pl_str far = pl_path_from(&arena, PL_STR("../x"), PL_STR("w"));
    assert_true(pl_str_starts(far, "/") && pl_str_ends(far, "/w"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path_eq), cmocka_unit_test(test_failure),
        cmocka_unit_test(test_signal),  cmocka_unit_test(test_links),
        cmocka_unit_test(test_fifo),    cmocka_unit_test(test_path_from),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
