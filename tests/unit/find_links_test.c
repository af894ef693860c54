/* --find-links to folders and pages on this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/digest.h"
#include "index/find_links.h"
#include "tests/unit/index_util.h"
#include "tests/unit/zip_made.h"

#define METADATA                                                               \
    "Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: b\n"
#define WHEEL "a-1-py3-none-any.whl"

static struct pl_find_links *open_links(struct pl_arena *arena,
                                        const char *place)
{
    struct pl_find_links *links;
    struct pl_error err = {.arena = arena};
    struct pl_str places[] = {pl_str_from(place)};
    if (!pl_find_links_open(arena, places, 1, &links, &err))
        fail_msg("%s: %.*s", place, PL_STR_ARG(err.message));
    return links;
}

static const struct pl_page *page_in(struct pl_find_links *links,
                                     struct pl_arena *arena,
                                     const char *project)
{
    const struct pl_page *page;
    struct pl_error err = {.arena = arena};
    if (!pl_find_links_page(links, pl_str_from(project), &page, &err))
        fail_msg("%s: %.*s", project, PL_STR_ARG(err.message));
    return page;
}

static void assert_files(const struct pl_page *page, const char *wanted)
{
    PL_BUF(out, 10000);
    for (size_t i = 0; page && i < page->file_count; i++)
        pl_buf_addf(&out, "%s%.*s", i ? " " : "",
                    PL_STR_ARG(page->files[i].details->name));
    assert_str(pl_buf_view(&out), wanted);
}

static const char *join(struct pl_arena *arena, const char *root,
                        const char *name)
{
    return pl_path_join(arena, pl_str_from(root), pl_str_from(name)).at;
}

static struct pl_str wheel_bytes(struct pl_arena *arena, const char *text)
{
    struct zip_made zip = zip_begin(arena);
    zip_add(&zip, "a-1.dist-info/METADATA", text);
    return zip_end(&zip);
}

/* ---- folders ---- */

static void test_folder(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *root = tree_make();
    static const char *const names[] = {
        "A-1-py3-none-any.whl",
        "a-1.tar.gz",
        "a-2.zip",
        "a-3.egg",
        "a-b-1.tar.gz",
        "a_b-1-py3-none-any.whl",
        "A.B-2.tar.gz",
        "ab-1.tar.gz",
        "b-1.tar.gz",
        "a-1.tar.bz2",
        "a-x.whl",
        "a-1.tar.gz.asc",
        "notes.txt",
        "deep/a-9.zip",
        "a-",
    };
    for (size_t i = 0; i < PL_COUNT(names); i++)
        tree_add(root, names[i], names[i]);
    struct pl_find_links *links = open_links(&arena, root);
    assert_files(page_in(links, &arena, "a"),
                 "A-1-py3-none-any.whl a-1.tar.gz a-2.zip");
    assert_files(page_in(links, &arena, "a-b"),
                 "a-b-1.tar.gz a_b-1-py3-none-any.whl A.B-2.tar.gz");
    assert_files(page_in(links, &arena, "ab"), "ab-1.tar.gz");
    assert_null(page_in(links, &arena, "c"));
    assert_null(page_in(links, &arena, "deep"));
    tree_remove(root);
}

static void test_file(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *root = tree_make();
    tree_add(root, "a-1.tar.gz", "abc");
    struct pl_find_links *links = open_links(&arena, root);
    const struct pl_page *page = page_in(links, &arena, "a");
    assert_files(page, "a-1.tar.gz");
    const struct pl_file *file = &page->files[0];
    assert_int_equal(file->kind, PL_FILE_SDIST);
    assert_str(file->version->text, "1");
    assert_str(file->details->path, join(&arena, root, "a-1.tar.gz"));
    assert_int_equal(file->details->url.len, 0);
    assert_str(file->details->sha256, "ba7816bf8f01cfea414140de5dae2223"
                                      "b00361a396177a9cb410ff61f20015ad");
    assert_true(file->details->has_size);
    assert_int_equal(file->details->size, 3);
    assert_int_equal(file->details->upload_time.len, 0);
    assert_true(file->page == page);
    assert_str(page->project, "a");
    assert_int_equal(page->index_url.len, 0);
    assert_int_equal(page->dropped, 0);
    tree_remove(root);
}

/* The path is spelt as the folder was. */
static void test_relative_folder(void **state)
{
    (void)state;
    PL_ARENA(arena);
    char before[4096];
    const char *root = tree_make();
    tree_add(root, "wheels/a-1.zip", "");
    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(chdir(root), 0);
    static const char *const spelt[][2] = {
        {"wheels", "wheels/a-1.zip"},
        {"./wheels", "./wheels/a-1.zip"},
    };
    for (size_t i = 0; i < PL_COUNT(spelt); i++) {
        struct pl_find_links *links = open_links(&arena, spelt[i][0]);
        assert_str(page_in(links, &arena, "a")->files[0].details->path,
                   spelt[i][1]);
    }
    assert_int_equal(chdir(before), 0);
    tree_remove(root);
}

static void test_kinds_of_files(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *root = tree_make();
    tree_add(root, "elsewhere", "abc");
    tree_add(root, "a-3.zip/file", "");
    assert_int_equal(symlink("elsewhere", join(&arena, root, "a-1.zip")), 0);
    assert_int_equal(symlink("nothing", join(&arena, root, "a-2.zip")), 0);
    assert_int_equal(symlink("a-5.zip", join(&arena, root, "a-5.zip")), 0);
    assert_int_equal(mkfifo(join(&arena, root, "a-4.zip"), 0600), 0);
    struct pl_find_links *links = open_links(&arena, root);
    const struct pl_page *page = page_in(links, &arena, "a");
    assert_files(page, "a-1.zip");
    assert_int_equal(page->files[0].details->size, 3);
    tree_remove(root);
}

/* Only files of what is asked for are opened. */
static void test_unreadable(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    const struct pl_page *page = NULL;
    const char *root = tree_make();
    tree_add(root, "a-1.zip", "x");
    /* A regular file that not even root can read from its beginning. */
    assert_int_equal(symlink("/proc/self/mem", join(&arena, root, "b-1.zip")),
                     0);
    struct pl_find_links *links = open_links(&arena, root);
    assert_files(page_in(links, &arena, "a"), "a-1.zip");
    assert_false(pl_find_links_page(links, PL_STR("b"), &page, &err));
    assert_error(&err, PL_ERR_FILE, "b-1.zip: ");
    assert_null(page);
    tree_remove(root);
}

static void test_several_places(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    const char *root = tree_make();
    tree_add(root, "x/a-2.zip", "of x");
    tree_add(root, "x/a-1.zip", "of x");
    tree_add(root, "y/a-1.zip", "of y");
    tree_add(root, "y/b-1.zip", "of y");
    struct pl_str places[] = {pl_str_from(join(&arena, root, "y")),
                              pl_str_from(join(&arena, root, "x"))};
    struct pl_find_links *links;
    assert_true(pl_find_links_open(&arena, places, 2, &links, &err));
    const struct pl_page *page = page_in(links, &arena, "a");
    assert_files(page, "a-1.zip a-1.zip a-2.zip");
    assert_str(page->files[0].details->path, join(&arena, root, "y/a-1.zip"));
    assert_str(page->files[1].details->path, join(&arena, root, "x/a-1.zip"));
    assert_files(page_in(links, &arena, "b"), "b-1.zip");
    tree_remove(root);
}

static void assert_no_place(const char *place, const char *part)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_find_links *links = NULL;
    struct pl_str places[] = {pl_str_from(place)};
    assert_false(pl_find_links_open(&arena, places, 1, &links, &err));
    assert_error(&err, PL_ERR_FILE, part);
    assert_null(links);
}

static void test_no_place(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *root = tree_make();
    tree_add(root, "file", "");
    assert_no_place(join(&arena, root, "missing"), "of --find-links: ");
    assert_no_place(join(&arena, root, "missing.html"), "of --find-links: ");
    assert_no_place(join(&arena, root, "file"), "no folder and no HTML page");
    assert_no_place("", "of --find-links: ");
    tree_remove(root);
}

static void test_file_url(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *root = tree_make();
    tree_add(root, "my wheels/a-1.zip", "");
    const char *url =
        pl_arena_printf(&arena, "file://%s/my%%20wheels", root).at;
    struct pl_find_links *links = open_links(&arena, url);
    assert_str(page_in(links, &arena, "a")->files[0].details->path,
               join(&arena, root, "my wheels/a-1.zip"));
    tree_remove(root);
}

/* ---- metadata ---- */

static bool metadata_of(struct pl_arena *arena, const char *root,
                        struct pl_metadata *out, struct pl_error *err)
{
    struct pl_find_links *links = open_links(arena, root);
    const struct pl_page *page = page_in(links, arena, "a");
    assert_int_equal(page->file_count, 1);
    *err = (struct pl_error){.arena = arena};
    return pl_find_links_metadata(links, &page->files[0], out, err);
}

static void test_wheel(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err;
    struct pl_metadata metadata;
    const char *root = tree_make();
    tree_add_bytes(root, WHEEL, wheel_bytes(&arena, METADATA));
    if (!metadata_of(&arena, root, &metadata, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    assert_int_equal(metadata.require_count, 1);
    assert_str(metadata.requires[0].name, "b");
    tree_remove(root);
}

static void test_bad_wheels(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const char other[] = "Metadata-Version: 2.1\nName: c\nVersion: 1\n";
    struct pl_error err;
    struct pl_metadata metadata;
    const char *root = tree_make();
    tree_add(root, WHEEL, "no zip");
    assert_false(metadata_of(&arena, root, &metadata, &err));
    assert_error(&err, PL_ERR_INPUT, "its wheel has no end record");
    tree_add_bytes(root, WHEEL, wheel_bytes(&arena, other));
    assert_false(metadata_of(&arena, root, &metadata, &err));
    assert_error(&err, PL_ERR_INPUT, "those of `c`");
    tree_add(root, WHEEL, "");
    assert_false(metadata_of(&arena, root, &metadata, &err));
    assert_error(&err, PL_ERR_INPUT, "its wheel is empty");
    tree_remove(root);
}

static void test_sdist(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err;
    struct pl_metadata metadata;
    const char *root = tree_make();
    struct zip_made zip = zip_begin(&arena);
    zip_add(&zip, "a-1/PKG-INFO",
            "Metadata-Version: 2.2\nName: a\nVersion: 1\nRequires-Dist: b\n");
    tree_add_bytes(root, "a-1.zip", zip_end(&zip));
    if (!metadata_of(&arena, root, &metadata, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    assert_int_equal(metadata.require_count, 1);
    tree_add(root, "a-1.zip", "no archive");
    assert_false(metadata_of(&arena, root, &metadata, &err));
    assert_error(&err, PL_ERR_INPUT, "its source distribution");
    tree_remove(root);
}

/* What is locked by a hash must be what was read. */
static void check_changed(const char *name, struct pl_str then)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_metadata metadata;
    const char *root = tree_make();
    tree_add(root, name, "what was hashed");
    struct pl_find_links *links = open_links(&arena, root);
    const struct pl_page *page = page_in(links, &arena, "a");
    tree_add_bytes(root, name, then);
    assert_false(
        pl_find_links_metadata(links, &page->files[0], &metadata, &err));
    assert_error(&err, PL_ERR_FILE, "changed while it was read");
    tree_remove_below(&arena, page->files[0].details->path);
    assert_false(
        pl_find_links_metadata(links, &page->files[0], &metadata, &err));
    assert_error(&err, PL_ERR_FILE, "changed while it was read");
    tree_remove(root);
}

static void test_changed(void **state)
{
    (void)state;
    PL_ARENA(arena);
    check_changed(WHEEL, wheel_bytes(&arena, METADATA));
    check_changed("a-1.zip", PL_STR("what was HASHED"));
}

/* ---- pages ---- */

static void test_page(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *root = tree_make();
    tree_add(
        root, "x y/page.html",
        "<a href='a-1.zip'>a</a> <a href='../w%20%23/a-2.zip#sha256="
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'>"
        "a</a> <a href='missing/a-3.zip'>a</a> <a href='b-1.zip'>b</a>"
        "<a href='https://i.example/a-4.zip'>a</a>"
        "<a href='file:///etc/a-5.zip'>a</a>");
    tree_add(root, "x y/a-1.zip", "abcd");
    tree_add(root, "x y/b-1.zip", "abcd");
    tree_add(root, "w #/a-2.zip", "abc");
    struct pl_find_links *links =
        open_links(&arena, join(&arena, root, "x y/page.html"));
    const struct pl_page *page = page_in(links, &arena, "a");
    assert_files(page, "a-1.zip a-2.zip a-4.zip");
    assert_str(page->files[0].details->path, join(&arena, root, "x y/a-1.zip"));
    assert_int_equal(page->files[0].details->size, 4);
    assert_str(page->files[1].details->path, join(&arena, root, "w #/a-2.zip"));
    assert_str(page->files[2].details->url, "https://i.example/a-4.zip");
    assert_int_equal(page->files[2].details->path.len, 0);
    assert_int_equal(page->dropped, 0);
    assert_files(page_in(links, &arena, "b"), "b-1.zip");
    assert_null(page_in(links, &arena, "c"));
    tree_remove(root);
}

static void test_page_lies(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    const struct pl_page *page;
    const char *root = tree_make();
    tree_add(
        root, "p.htm",
        "<a href='a-1.zip#sha256="
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'>");
    tree_add(root, "a-1.zip", "abcd");
    struct pl_find_links *links =
        open_links(&arena, join(&arena, root, "p.htm"));
    assert_false(pl_find_links_page(links, PL_STR("a"), &page, &err));
    assert_error(&err, PL_ERR_INTEGRITY, "is not the file that its page");
    tree_add(root, "p.htm", "no page");
    links = open_links(&arena, join(&arena, root, "p.htm"));
    assert_false(pl_find_links_page(links, PL_STR("a"), &page, &err));
    assert_error(&err, PL_ERR_INDEX, "p.htm: not an index page");
    tree_remove(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_relative_folder),
        cmocka_unit_test(test_kinds_of_files),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_several_places),
        cmocka_unit_test(test_no_place),
        cmocka_unit_test(test_file_url),
        cmocka_unit_test(test_wheel),
        cmocka_unit_test(test_bad_wheels),
        cmocka_unit_test(test_sdist),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_page),
        cmocka_unit_test(test_page_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
