#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/digest.h"
#include "core/limits.h"
#include "index/folder.h"
#include "tests/unit/index_util.h"

/* Rows of the torch family as these tests want them: sorted by name. */
static const struct pl_torch_project projects[] = {
    {{"torch", 5}, true, false},
    {{"torchtext", 9}, false, true},
};
static const struct pl_torch_family family = {.projects = projects, .count = 2};

#define WHEEL(name, version) name "-" version "-py3-none-any.whl"
#define PAGE(file, more)                                                       \
    "{\"files\":[{\"filename\":\"" file "\",\"url\":\"../../files/" file       \
    "\"" more "}]}"

static struct pl_index *open_at(struct pl_arena *arena, const char *root,
                                const char *variant)
{
    struct pl_error err = {.arena = arena};
    struct pl_folder_options opts = {.root = pl_str_from(root),
                                     .torch_variant = pl_str_from(variant),
                                     .family = &family};
    struct pl_index *index = NULL;
    if (!pl_index_open_folder(arena, &opts, &index, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    return index;
}

static const struct pl_page *page_at(struct pl_index *index, const char *name)
{
    struct pl_index_event event;
    bool any;
    pl_index_want_page(index, pl_str_from(name));
    assert_true(pl_index_next(index, &event, &any, NULL));
    assert_true(any && event.kind == PL_EVENT_PAGE);
    assert_str(event.project, name);
    return event.page;
}

static struct pl_index_event metadata_of(struct pl_index *index,
                                         const struct pl_file *file)
{
    struct pl_index_event event;
    bool any;
    pl_index_want_metadata(index, file);
    if (!pl_index_next(index, &event, &any, NULL))
        fail_msg("%.*s: an error", PL_STR_ARG(file->details->name));
    assert_true(any && event.kind == PL_EVENT_METADATA && event.file == file);
    return event;
}

static void assert_page_error(const char *root, const char *name,
                              enum pl_error_code code, const char *part)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_index *index = open_at(&arena, root, "");
    struct pl_index_event event;
    bool any;
    pl_index_want_page(index, pl_str_from(name));
    assert_false(pl_index_next(index, &event, &any, &err));
    assert_error(&err, code, part);
}

static void assert_metadata_error(const char *root, const char *name,
                                  enum pl_error_code code, const char *part)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_index *index = open_at(&arena, root, "");
    const struct pl_page *page = page_at(index, name);
    struct pl_index_event event;
    bool any;
    assert_true(page && page->file_count == 1);
    pl_index_want_metadata(index, &page->files[0]);
    assert_false(pl_index_next(index, &event, &any, &err));
    assert_error(&err, code, part);
}

static void test_both_layouts(void **state)
{
    (void)state;
    static const char *const prefixes[] = {"pypi/", ""};
    for (size_t i = 0; i < PL_COUNT(prefixes); i++) {
        PL_ARENA(arena);
        const char *root = tree_make();
        struct pl_str at =
            pl_arena_printf(&arena, "%ssimple/a/index.json", prefixes[i]);
        tree_add(root, at.at, PAGE(WHEEL("a", "1"), ""));
        at = pl_arena_printf(&arena, "%sfiles/%s.metadata", prefixes[i],
                             WHEEL("a", "1"));
        tree_add(root, at.at, "Requires-Dist: b\n");
        struct pl_index *index = open_at(&arena, root, "");
        const struct pl_page *page = page_at(index, "a");
        assert_true(page && page->file_count == 1);
        assert_str(page->index_url, "");
        assert_str(page->files[0].details->url, "");
        at =
            pl_arena_printf(&arena, "%sfiles/%s", prefixes[i], WHEEL("a", "1"));
        assert_str(page->files[0].details->path, at.at);
        struct pl_index_event event = metadata_of(index, &page->files[0]);
        assert_non_null(event.metadata);
        assert_int_equal(event.metadata->require_count, 1);
        assert_null(page_at(index, "b"));
        pl_index_close(index);
        tree_remove(root);
    }
}

static void test_origin(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *root = tree_make();
    tree_add(root, "origin", "https://u:p@index.example/r\n");
    tree_add(root, "pypi/simple/a/index.json",
             "{\"files\":[{\"filename\":\"a-1.tar.gz\","
             "\"url\":\"https://other.example/a-1.tar.gz\"},"
             "{\"filename\":\"a-2.zip\",\"url\":\"../../f/a-2.zip\"}]}");
    struct pl_index *index = open_at(&arena, root, "");
    const struct pl_page *page = page_at(index, "a");
    assert_non_null(page);
    assert_str(page->index_url, "https://index.example/r/pypi/simple/");
    assert_str(page->files[0].details->url, "https://other.example/a-1.tar.gz");
    assert_str(page->files[1].details->url,
               "https://index.example/r/pypi/f/a-2.zip");
    assert_str(page->files[1].details->path, "");
    struct pl_index_event event = metadata_of(index, &page->files[0]);
    assert_null(event.metadata);
    assert_str(event.reason, "the recorded index does not hold its metadata");
    event = metadata_of(index, &page->files[1]);
    assert_null(event.metadata);
    assert_str(event.reason, "it is a source distribution that the recorded "
                             "index does not hold");
    tree_remove(root);
}

static void test_html_page(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *root = tree_make();
    tree_add(root, "simple/a/index.html", "<a href='../../f/a-1.zip'>x</a>");
    tree_add(root, "simple/b/index.html", "<a href='../../f/b-1.zip'>x</a>");
    tree_add(root, "simple/b/index.json", PAGE(WHEEL("b", "2"), ""));
    tree_add(root, "simple/c/other.txt", "");
    struct pl_index *index = open_at(&arena, root, "");
    assert_str(page_at(index, "a")->files[0].details->path, "f/a-1.zip");
    assert_str(page_at(index, "b")->files[0].details->name, WHEEL("b", "2"));
    assert_null(page_at(index, "c"));
    tree_remove(root);
}

/* ---- the torch index ---- */

static void add_torch(const char *root)
{
    tree_add(root, "origin", "https://index.example/");
    tree_add(root, "pypi/simple/torch/index.json",
             PAGE(WHEEL("torch", "9"), ""));
    tree_add(root, "pypi/simple/torchtext/index.json",
             PAGE(WHEEL("torchtext", "9"), ""));
    tree_add(root, "pypi/simple/numpy/index.json",
             PAGE(WHEEL("numpy", "9"), ""));
    tree_add(root, "pytorch/whl/cu124/torch/index.html",
             "<a href='/pytorch/whl/cu124/torch-2%2Bcu124-py3-none-any.whl"
             "#sha256=0' data-core-metadata=true>x</a>");
    tree_add(root, "pytorch/whl/cu124/torch-2+cu124-py3-none-any.whl.metadata",
             "Version: 2+cu124\n");
    tree_add(root, "pytorch/whl/cu124/torchtext/index.html",
             "<a href='" WHEEL("torchtext", "1") "'>x</a>");
    tree_add(root, "pytorch/whl/cu124/numpy/index.html",
             "<a href='" WHEEL("numpy", "1") "'>x</a>");
}

static const char *version_at(const char *root, const char *variant,
                              const char *name)
{
    static char text[16];
    PL_ARENA(arena);
    const struct pl_page *page = page_at(open_at(&arena, root, variant), name);
    if (!page)
        return "none";
    snprintf(text, sizeof(text), "%.*s%s",
             PL_STR_ARG(page->files[0].version->text),
             page->is_torch ? " torch" : "");
    return text;
}

static void test_torch_routing(void **state)
{
    (void)state;
    const char *root = tree_make();
    add_torch(root);
    assert_string_equal(version_at(root, "cu124", "torch"), "2+cu124 torch");
    assert_string_equal(version_at(root, "cu124", "torchtext"), "1 torch");
    /* A partial mirror must not hide the default index. */
    assert_string_equal(version_at(root, "cu124", "numpy"), "9");
    assert_string_equal(version_at(root, "cu118", "torch"), "9");
    assert_string_equal(version_at(root, "cu118", "torchtext"), "none");
    assert_string_equal(version_at(root, "", "torch"), "9");
    assert_string_equal(version_at(root, "", "torchtext"), "none");
    tree_remove(root);
}

static void test_torch_files(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *root = tree_make();
    add_torch(root);
    struct pl_index *index = open_at(&arena, root, "cu124");
    const struct pl_page *page = page_at(index, "torch");
    assert_str(page->index_url, "https://index.example/pytorch/whl/cu124/");
    assert_str(page->files[0].details->name, "torch-2+cu124-py3-none-any.whl");
    assert_str(page->files[0].details->url,
               "https://index.example/pytorch/whl/cu124/"
               "torch-2%2Bcu124-py3-none-any.whl");
    assert_non_null(metadata_of(index, &page->files[0]).metadata);
    page = page_at(index, "torchtext");
    assert_str(page->files[0].details->url,
               "https://index.example/pytorch/whl/cu124/torchtext/" WHEEL(
                   "torchtext", "1"));
    assert_null(metadata_of(index, &page->files[0]).metadata);
    tree_remove(root);
}

static void test_variants(void **state)
{
    (void)state;
    static const char *const bad[] = {"..",     "../x", "cu124/", "/cu124",
                                      "a/../b", "a b",  "."};
    PL_ARENA(arena);
    const char *root = tree_make();
    struct pl_error err = {.arena = &arena};
    struct pl_index *index = NULL;
    add_torch(root);
    for (size_t i = 0; i < PL_COUNT(bad); i++) {
        struct pl_folder_options opts = {.root = pl_str_from(root),
                                         .torch_variant = pl_str_from(bad[i])};
        assert_false(pl_index_open_folder(&arena, &opts, &index, &err));
        assert_error(&err, PL_ERR_USAGE, "no variant");
    }
    assert_string_equal(version_at(root, "nightly/cu124", "torch"), "9");
    tree_remove(root);
}

/* ---- wishes ---- */

static void test_wishes(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *root = tree_make();
    tree_add(root, "simple/a/index.json", PAGE(WHEEL("a", "1"), ""));
    struct pl_index *index = open_at(&arena, root, "");
    struct pl_index_event event = {.reason = PL_STR("untouched")};
    bool any = true;
    assert_true(pl_index_next(index, &event, &any, NULL));
    assert_false(any);
    assert_str(event.reason, "untouched");
    char name[] = "a";
    pl_index_want_page(index, pl_str_from(name));
    pl_index_want_page(index, PL_STR("b"));
    pl_index_want_page(index, PL_STR("a"));
    name[0] = 'x';
    assert_true(pl_index_next(index, &event, &any, NULL) && any);
    assert_str(event.project, "a");
    const struct pl_file *file = &event.page->files[0];
    pl_index_want_metadata(index, file);
    pl_index_want_metadata(index, file);
    assert_true(pl_index_next(index, &event, &any, NULL) && any);
    assert_str(event.project, "b");
    assert_null(event.page);
    assert_true(pl_index_next(index, &event, &any, NULL) && any);
    assert_int_equal(event.kind, PL_EVENT_METADATA);
    assert_true(pl_index_next(index, &event, &any, NULL));
    assert_false(any);
    pl_index_want_metadata(index, file);
    pl_index_want_page(index, PL_STR("b"));
    assert_true(pl_index_next(index, &event, &any, NULL));
    assert_false(any);
    struct pl_index_stats stats = pl_index_stats(index);
    assert_int_equal(stats.pages, 1);
    assert_int_equal(stats.requests, 1);
    assert_int_equal(stats.metadata, 0);
    pl_index_close(NULL);
    tree_remove(root);
}

static void test_names_are_no_paths(void **state)
{
    (void)state;
    static const char *const names[] = {
        "..", "../simple/a", "a/../a", "A", "a/", "", ".", "a\n"};
    PL_ARENA(arena);
    const char *root = tree_make();
    tree_add(root, "simple/a/index.json", PAGE(WHEEL("a", "1"), ""));
    tree_add(root, "simple/A/index.json", PAGE(WHEEL("a", "1"), ""));
    tree_add(root, "simple/index.json", PAGE(WHEEL("a", "1"), ""));
    struct pl_index *index = open_at(&arena, root, "");
    for (size_t i = 0; i < PL_COUNT(names); i++)
        if (page_at(index, names[i]))
            fail_msg("`%s`", names[i]);
    tree_remove(root);
}

/* ---- what must not be believed ---- */

static void test_hashes(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *root = tree_make();
    struct pl_str body = PL_STR("Requires-Dist: b\n");
    struct pl_str page = pl_arena_printf(
        &arena,
        PAGE(WHEEL("a", "1"), ",\"core-metadata\":{\"sha256\":\"%.*s\"}"),
        PL_STR_ARG(pl_sha256_hex(&arena, body)));
    tree_add(root, "simple/a/index.json", page.at);
    tree_add(root, "files/" WHEEL("a", "1") ".metadata", body.at);
    struct pl_index *index = open_at(&arena, root, "");
    assert_non_null(
        metadata_of(index, &page_at(index, "a")->files[0]).metadata);
    tree_add(root, "files/" WHEEL("a", "1") ".metadata", "Requires-Dist: c\n");
    assert_metadata_error(root, "a", PL_ERR_INTEGRITY, WHEEL("a", "1"));
    tree_add(root, "simple/b/index.json",
             PAGE("b-1.zip",
                  ",\"hashes\":{\"sha256\":\"00000000000000000000"
                  "00000000000000000000000000000000000000000000\"}"));
    tree_add(root, "files/b-1.zip", "not that file");
    assert_metadata_error(root, "b", PL_ERR_INTEGRITY, "b-1.zip");
    tree_remove(root);
}

static void test_stays_inside(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "../../../outside/" WHEEL("a", "1"),
        "../../%2e%2e/outside/" WHEEL("a", "1"),
        "../../files/..%2f../outside/" WHEEL("a", "1"),
        "//etc/" WHEEL("a", "1"),
        "https://recorded-index.invalid/" WHEEL("a", "1"),
        "https://other.example/" WHEEL("a", "1"),
    };
    PL_ARENA(arena);
    const char *outer = tree_make();
    struct pl_str root = pl_arena_printf(&arena, "%s/root", outer);
    tree_add(outer, "outside/" WHEEL("a", "1") ".metadata", "");
    for (size_t i = 0; i < PL_COUNT(urls); i++) {
        PL_ARENA(each);
        struct pl_str page = pl_arena_printf(
            &each, "{\"files\":[{\"filename\":\"%s\",\"url\":\"%s\"}]}",
            WHEEL("a", "1"), urls[i]);
        tree_add(outer, "root/simple/a/index.json", page.at);
        struct pl_index *index = open_at(&each, root.at, "");
        const struct pl_page *found = page_at(index, "a");
        assert_true(found && found->file_count == 1);
        if (metadata_of(index, &found->files[0]).metadata)
            fail_msg("%s", urls[i]);
    }
    tree_remove(outer);
}

static void test_bad_pages(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *root = tree_make();
    tree_add(root, "simple/a/index.json", "<html>");
    assert_page_error(root, "a", PL_ERR_INDEX, "simple/a/index.json: not an");
    tree_add(root, "simple/a/index.json",
             "{\"meta\":{\"api-version\":\"2.0\"},\"files\":[]}");
    assert_page_error(root, "a", PL_ERR_INDEX, "version `2.0`");
    tree_add(root, "simple/b/index.html", "plain");
    assert_page_error(root, "b", PL_ERR_INDEX, "simple/b/index.html: not an");
    tree_add(root, "simple/c/index.json/x", "");
    assert_page_error(root, "c", PL_ERR_FILE, "index.json");
    tree_remove(root);
}

static void test_large_metadata(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *root = tree_make();
    struct pl_str large = {NULL, 50u << 20};
    char *text = pl_arena_alloc(&arena, large.len);
    memset(text, 'x', large.len);
    large.at = text;
    tree_add(root, "simple/a/index.json", PAGE(WHEEL("a", "1"), ""));
    tree_add_bytes(root, "files/" WHEEL("a", "1") ".metadata", large);
    assert_metadata_error(root, "a", PL_ERR_LIMIT, WHEEL("a", "1"));
    tree_remove(root);
}

static void test_unusable_metadata(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *root = tree_make();
    tree_add(root, "simple/a/index.json", PAGE(WHEEL("a", "1"), ""));
    tree_add(root, "files/" WHEEL("a", "1") ".metadata",
             "Name: a\nRequires-Dist: ???\n");
    struct pl_index *index = open_at(&arena, root, "");
    struct pl_index_event event =
        metadata_of(index, &page_at(index, "a")->files[0]);
    assert_null(event.metadata);
    assert_true(pl_str_starts(event.reason, "line 2 of its metadata: `???`"));
    assert_int_equal(pl_index_stats(index).metadata, 0);
    tree_remove(root);
}

static void assert_not_opened(const char *root, enum pl_error_code code,
                              const char *part)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_folder_options opts = {.root = pl_str_from(root)};
    struct pl_index *index = NULL;
    assert_false(pl_index_open_folder(&arena, &opts, &index, &err));
    assert_null(index);
    assert_error(&err, code, part);
}

static void test_opening(void **state)
{
    (void)state;
    const char *root = tree_make();
    assert_not_opened(root, PL_ERR_USAGE, "no index in the folder");
    tree_add(root, "simple/a/x", "");
    tree_add(root, "origin", "file:///x/");
    assert_not_opened(root, PL_ERR_INPUT, "origin");
    tree_remove(root);
    assert_not_opened(root, PL_ERR_USAGE, "there is no folder");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_layouts),
        cmocka_unit_test(test_origin),
        cmocka_unit_test(test_html_page),
        cmocka_unit_test(test_torch_routing),
        cmocka_unit_test(test_torch_files),
        cmocka_unit_test(test_variants),
        cmocka_unit_test(test_wishes),
        cmocka_unit_test(test_names_are_no_paths),
        cmocka_unit_test(test_hashes),
        cmocka_unit_test(test_stays_inside),
        cmocka_unit_test(test_bad_pages),
        cmocka_unit_test(test_large_metadata),
        cmocka_unit_test(test_unusable_metadata),
        cmocka_unit_test(test_opening),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
