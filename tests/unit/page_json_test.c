#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/buf.h"
#include "core/limits.h"
#include "index/page_json.h"
#include "tests/unit/index_util.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
#define SHA_b "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static const struct pl_page *parse(struct pl_arena *arena, const char *body,
                                   struct pl_error *err)
{
    return page_of(arena, pl_page_parse_json, pl_str_from(body), err);
}

/* A page with this one file; `more` begins with a comma or is empty. */
static const struct pl_page *with_file(struct pl_arena *arena, const char *name,
                                       const char *more, struct pl_error *err)
{
    struct pl_str body = pl_arena_printf(
        arena,
        "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"A\",\"files\":["
        "{\"filename\":\"%s\",\"url\":\"../../f/%s\"%s}]}",
        name, name, more);
    return page_of(arena, pl_page_parse_json, body, err);
}

static const struct pl_file *only_file(struct pl_arena *arena, const char *name,
                                       const char *more)
{
    struct pl_error err;
    const struct pl_page *page = with_file(arena, name, more, &err);
    if (!page || page->file_count != 1)
        fail_msg("%s%s: %.*s", name, more, PL_STR_ARG(err.message));
    assert_int_equal(page->dropped, 0);
    return &page->files[0];
}

static void test_wheel(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_file *file = only_file(
        &arena, "a-1.0-2x-py3-none-any.whl",
        ",\"hashes\":{\"md5\":\"x\",\"sha256\":\"" SHA_A "\"},\"size\":7,"
        "\"upload-time\":\"2024-01-01T00:00:00.5Z\",\"yanked\":false,"
        "\"requires-python\":\" >=3.8 \",\"x\":{},"
        "\"core-metadata\":{\"sha256\":\"" SHA_B "\"}");
    assert_int_equal(file->kind, PL_FILE_WHEEL);
    assert_str(file->details->name, "a-1.0-2x-py3-none-any.whl");
    assert_str(file->details->url,
               "https://i.example/f/a-1.0-2x-py3-none-any.whl");
    assert_str(file->details->path, "");
    assert_str(file->version->text, "1.0");
    assert_true(file->wheel->has_build);
    assert_str(file->details->sha256, SHA_A);
    assert_str(file->details->upload_time, "2024-01-01T00:00:00.5Z");
    assert_true(file->details->has_size && file->details->size == 7);
    assert_false(file->yanked);
    assert_str(file->requires_python, ">=3.8");
    assert_true(file->has_metadata);
    assert_str(file->details->metadata_sha256, SHA_b);
    assert_str(file->page->project, "a");
    assert_str(file->page->index_url, "https://i.example/simple/");
    assert_false(file->page->is_torch);
}

static void test_bare_file(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_file *file = only_file(&arena, "a-1.0.tar.gz", "");
    assert_int_equal(file->kind, PL_FILE_SDIST);
    assert_str(file->version->text, "1.0");
    assert_false(file->details->has_size || file->yanked || file->has_metadata);
    assert_str(file->details->sha256, "");
    assert_str(file->details->upload_time, "");
    assert_str(file->requires_python, "");
    assert_int_equal(only_file(&arena, "a-1.0.zip", "")->kind, PL_FILE_SDIST);
}

static void test_yanked(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err;
    const char *name = "a-1-py3-none-any.whl";
    assert_true(only_file(&arena, name, ",\"yanked\":true")->yanked);
    assert_false(only_file(&arena, name, ",\"yanked\":null")->yanked);
    assert_true(only_file(&arena, name, ",\"yanked\":\"\"")->yanked);
    const struct pl_file *file =
        only_file(&arena, name, ",\"yanked\":\"broken\"");
    assert_true(file->yanked);
    assert_str(file->yanked_reason, "broken");
    assert_null(with_file(&arena, name, ",\"yanked\":1", &err));
    assert_error(&err, PL_ERR_INDEX, "`yanked`");
}

static void test_core_metadata(void **state)
{
    (void)state;
    static const struct {
        const char *more;
        bool has;
        const char *sha256;
    } cases[] = {
        {",\"core-metadata\":true", true, ""},
        {",\"core-metadata\":false", false, ""},
        {",\"core-metadata\":{}", true, ""},
        {",\"core-metadata\":{\"sha512\":\"ab\"}", true, ""},
        {",\"core-metadata\":{\"sha256\":\"ab\"}", true, ""},
        {",\"core-metadata\":null", false, ""},
        {",\"dist-info-metadata\":{\"sha256\":\"" SHA_A "\"}", true, SHA_A},
        {",\"dist-info-metadata\":true,\"core-metadata\":false", false, ""},
        {"", false, ""},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        PL_ARENA(arena);
        const struct pl_file *file =
            only_file(&arena, "a-1-py3-none-any.whl", cases[i].more);
        assert_int_equal(file->has_metadata, cases[i].has);
        assert_str(file->details->metadata_sha256, cases[i].sha256);
    }
}

static void test_unsure_values(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *name = "a-1-py3-none-any.whl";
    const struct pl_file *file = only_file(
        &arena, name,
        ",\"size\":-1,\"upload-time\":\"yesterday\",\"hashes\":{\"sha256\":"
        "\"" SHA_A "a\"}");
    assert_false(file->details->has_size);
    assert_str(file->details->upload_time, "");
    assert_str(file->details->sha256, "");
    file = only_file(&arena, name, ",\"size\":1.5,\"hashes\":null");
    assert_false(file->details->has_size);
    file = only_file(&arena, name, ",\"hashes\":{\"sha256\":\"" SHA_B "\"}");
    assert_str(file->details->sha256, SHA_b);
}

static void test_dropped_names(void **state)
{
    (void)state;
    static const char *const dropped[] = {
        "a-1.0-py3-none.whl",
        "b-1.0-py3-none-any.whl",
        "a-1.0_1.tar.gz",
        "a-0.2.0.linux-x86_64.tar.gz",
        "a-1.0-py3-none-..%2f..%2fx.whl",
        "../a-1.0-py3-none-any.whl",
        "x/a-1.0.tar.gz",
        "..tar.gz",
        ".whl",
        "a-1.0-py3-none-any\\u001b[31m.whl",
        "a-1.0\\n-py3-none-any.whl",
        "a-1.0-py3-none-any\\u0000.whl",
        "a-1.0-py3-none-\\u202eyna.whl",
    };
    static const char *const ignored[] = {
        "a-1.0.exe", "a-1.0.egg", "a-1.0.tar.bz2",
        "a-1.0.rpm", "",          "a-1.0-py3-none-any.WHL"};
    struct pl_error err;
    for (size_t i = 0; i < PL_COUNT(dropped); i++) {
        PL_ARENA(arena);
        const struct pl_page *page = with_file(&arena, dropped[i], "", &err);
        if (!page || page->file_count || page->dropped != 1)
            fail_msg("%s", dropped[i]);
    }
    for (size_t i = 0; i < PL_COUNT(ignored); i++) {
        PL_ARENA(arena);
        const struct pl_page *page = with_file(&arena, ignored[i], "", &err);
        if (!page || page->file_count || page->dropped)
            fail_msg("%s", ignored[i]);
    }
}

static void test_bad_url_drops(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err;
    const struct pl_page *page = parse(
        &arena,
        "{\"files\":["
        "{\"filename\":\"a-1.tar.gz\",\"url\":\"file:///etc/a-1.tar.gz\"},"
        "{\"filename\":\"a-2.tar.gz\",\"url\":\"https://u:p@h/x?y/"
        "a-2.tar.gz\"},"
        "{\"filename\":\"a-3.tar.gz\",\"url\":\"q#f/a-3.tar.gz\"}]}",
        &err);
    assert_non_null(page);
    assert_int_equal(page->dropped, 1);
    assert_int_equal(page->file_count, 2);
    assert_str(page->files[0].details->url, "https://h/x?y/a-2.tar.gz");
    assert_str(page->files[1].details->url, "https://i.example/simple/a/q");
}

static void test_order(void **state)
{
    (void)state;
    static const char *const names[] = {"a-1.9.tar.gz",
                                        "a-1.10-py3-none-any.whl",
                                        "a-1.10.0-py2-none-any.whl",
                                        "a-1.10.tar.gz",
                                        "a-2.0rc1.tar.gz",
                                        "a-2.0.tar.gz",
                                        "a-2.0+x-py3-none-any.whl"};
    static const int given[] = {5, 1, 6, 0, 4, 3, 2};
    PL_ARENA(arena);
    PL_BUF(body, 100000);
    struct pl_error err;
    pl_buf_add_cstr(&body, "{\"files\":[");
    for (size_t i = 0; i < PL_COUNT(given); i++)
        pl_buf_addf(&body, "%s{\"filename\":\"%s\",\"url\":\"%s\"}",
                    i ? "," : "", names[given[i]], names[given[i]]);
    pl_buf_add_cstr(&body, "]}");
    const struct pl_page *page =
        page_of(&arena, pl_page_parse_json, pl_buf_view(&body), &err);
    assert_non_null(page);
    /* 1.10 and 1.10.0 are one version: by name, where '-' is below '.'. */
    assert_int_equal(page->file_count, PL_COUNT(names));
    for (size_t i = 0; i < PL_COUNT(names); i++)
        assert_ptr_equal(page->files[i].page, page);
    assert_str(page->files[0].details->name, names[0]);
    assert_str(page->files[1].details->name, names[1]);
    assert_str(page->files[2].details->name, names[2]);
    assert_str(page->files[3].details->name, names[3]);
    assert_str(page->files[4].details->name, names[4]);
    assert_str(page->files[5].details->name, names[5]);
    assert_str(page->files[6].details->name, names[6]);
}

static void test_head(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err;
    const struct pl_page *page =
        parse(&arena,
              "{\"meta\":{\"api-version\":\"1.4\"},\"files\":[],"
              "\"project-status\":{\"status\":\"archived\",\"reason\":\"x\"}}",
              &err);
    assert_non_null(page);
    assert_str(page->status, "archived");
    page = parse(&arena,
                 "{\"files\":[],\"project-status\":{\"status\":\"active\"}}",
                 &err);
    assert_non_null(page);
    assert_str(page->status, "");
    page = parse(&arena, "{\"files\":[],\"files\":7,\"name\":\"A\"}", &err);
    assert_non_null(page);
    assert_int_equal(page->file_count, 0);
}

static void test_no_page(void **state)
{
    (void)state;
    static const struct {
        const char *body, *part;
    } cases[] = {
        {"{\"meta\":{\"api-version\":\"2.0\"},\"files\":[]}", "version `2.0`"},
        {"{\"meta\":{\"api-version\":\"x\"},\"files\":[]}", "version `x`"},
        {"{\"meta\":{\"api-version\":\"\"},\"files\":[]}", "version ``"},
        {"{\"name\":\"b\",\"files\":[]}", "about `b`"},
        {"{\"name\":\"a\"}", "no list of files"},
        {"{\"files\":{}}", "no list of files"},
        {"[]", "no list of files"},
        {"{\"files\":[{\"url\":\"x\"}]}", "file 1 of the page: `filename`"},
        {"{\"files\":[{\"filename\":\"x\"}]}", "`url`"},
        {"{\"files\":[7]}", "`filename`"},
        {"{\"files\":[{\"filename\":\"x\",\"url\":\"x\","
         "\"requires-python\":3}]}",
         "`requires-python`"},
        {"{\"files\":[{\"filename\":\"x\",\"url\":\"x\","
         "\"core-metadata\":\"yes\"}]}",
         "`core-metadata`"},
        {"<!DOCTYPE html>\n<html>", "begins with `<!DOCTYPE html>`"},
        {"", "not an index page"},
        {"{\"files\":[", "not an index page"},
        {"{\"files\":[1e400]}", "not an index page"},
        {"{\"files\":[\"\\ud800\"]}", "not an index page"},
        {"{\"files\":[\"\xff\"]}", "not an index page"},
        {"\x1b[31m", "not an index page"},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        PL_ARENA(arena);
        struct pl_error err;
        if (parse(&arena, cases[i].body, &err))
            fail_msg("%s", cases[i].body);
        assert_error(&err, PL_ERR_INDEX, cases[i].part);
    }
}

static struct pl_str repeated(struct pl_arena *arena, const char *what,
                              size_t times, const char *before)
{
    size_t head = strlen(before), len = strlen(what);
    char *text = pl_arena_alloc(arena, head + len * times + 1);
    memcpy(text, before, head);
    for (size_t i = 0; i < times; i++)
        memcpy(text + head + i * len, what, len);
    return (struct pl_str){text, head + len * times};
}

static void test_limits(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err;
    struct pl_str body = repeated(&arena, "[", 1000000, "{\"files\":");
    assert_null(page_of(&arena, pl_page_parse_json, body, &err));
    assert_error(&err, PL_ERR_INDEX, "not an index page");
    struct pl_str close = repeated(&arena, "]", 1000000, "");
    body = pl_arena_printf(&arena, "%.*s%.*s}", PL_STR_ARG(body),
                           PL_STR_ARG(close));
    assert_null(page_of(&arena, pl_page_parse_json, body, &err));
    assert_error(&err, PL_ERR_LIMIT, "nested");
    body = (struct pl_str){pl_arena_alloc(&arena, PL_MAX_PAGE_BYTES + 1),
                           PL_MAX_PAGE_BYTES + 1};
    assert_null(page_of(&arena, pl_page_parse_json, body, &err));
    assert_error(&err, PL_ERR_LIMIT, "bytes");
    body = repeated(&arena, "{\"filename\":\"\",\"url\":\"\"},",
                    PL_MAX_FILES_PER_PAGE, "{\"files\":[");
    body = pl_arena_printf(&arena, "%.*s{\"filename\":\"\",\"url\":\"\"}]}",
                           PL_STR_ARG(body));
    assert_null(page_of(&arena, pl_page_parse_json, body, &err));
    assert_error(&err, PL_ERR_LIMIT, "files on one page");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wheel),
        cmocka_unit_test(test_bare_file),
        cmocka_unit_test(test_yanked),
        cmocka_unit_test(test_core_metadata),
        cmocka_unit_test(test_unsure_values),
        cmocka_unit_test(test_dropped_names),
        cmocka_unit_test(test_bad_url_drops),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_no_page),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
