#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#include "core/buf.h"
#include "core/limits.h"
#include "index/page_html.h"
#include "tests/unit/index_util.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define WHEEL "a-1-py3-none-any.whl"

static const struct pl_page *parse(struct pl_arena *arena, const char *body,
                                   struct pl_error *err)
{
    return page_of(arena, pl_page_parse_html, pl_str_from(body), err);
}

static const struct pl_page *good_page(struct pl_arena *arena, const char *body,
                                       size_t files)
{
    struct pl_error err;
    const struct pl_page *page = parse(arena, body, &err);
    if (!page)
        fail_msg("%s: %.*s", body, PL_STR_ARG(err.message));
    if (page->file_count != files)
        fail_msg("%s: %zu files", body, page->file_count);
    return page;
}

static const struct pl_file *only_file(struct pl_arena *arena, const char *body)
{
    return &good_page(arena, body, 1)->files[0];
}

static void test_pypi_page(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_page *page = good_page(
        &arena,
        "<!DOCTYPE html>\n<html><head>"
        "<meta name=\"pypi:repository-version\" content=\"1.4\">"
        "<meta name=\"pypi:project-status\" content=\"deprecated\">"
        "<title>Links for a</title></head><body><h1>Links for a</h1>\n"
        "<a href=\"https://f.example/x/a-2.tar.gz#sha256=" SHA_A "\" >"
        "a-2.tar.gz</a><br />\n"
        "<a href=\"../../f/" WHEEL "#sha256=" SHA_B "\" "
        "data-requires-python=\"&gt;=3.8,&lt;4\" "
        "data-dist-info-metadata=\"sha256=" SHA_B "\" "
        "data-core-metadata=\"sha256=" SHA_A "\" "
        "data-upload-time=\"2026-04-01T00:00:00Z\" "
        "data-yanked=\"bad &amp; &quot;worse&quot;\">" WHEEL "</a><br />\n"
        "</body></html>\n<!--SERIAL 1-->",
        2);
    const struct pl_file *wheel = &page->files[0], *sdist = &page->files[1];
    assert_str(page->status, "deprecated");
    assert_str(wheel->details->url, "https://i.example/f/" WHEEL);
    assert_str(wheel->details->name, WHEEL);
    assert_str(wheel->details->sha256, SHA_B);
    assert_str(wheel->requires_python, ">=3.8,<4");
    assert_str(wheel->details->metadata_sha256, SHA_A);
    assert_true(wheel->has_metadata && wheel->yanked &&
                !wheel->details->has_size);
    assert_str(wheel->yanked_reason, "bad & \"worse\"");
    assert_str(wheel->details->upload_time, "2026-04-01T00:00:00Z");
    assert_str(sdist->details->url, "https://f.example/x/a-2.tar.gz");
    assert_false(sdist->yanked || sdist->has_metadata);
}

static void test_torch_page(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_page *page = good_page(
        &arena,
        "<html><body><h1>Links for a</h1>\n"
        "<a href=\"/whl/cu124/a-2.5.1%2Bcu124-cp310-cp310-linux_x86_64.whl"
        "#sha256=" SHA_A "\" data-core-metadata=\"true\">"
        "a-2.5.1+cu124-cp310-cp310-linux_x86_64.whl</a><br/>\n"
        "<a href=\"https://d.example/whl/a-2.6-py3-none-any.whl\">x</a>"
        "</body></html>\n<!--TIMESTAMP 1755000000-->\n",
        2);
    const struct pl_file *file = &page->files[0];
    assert_str(file->details->name,
               "a-2.5.1+cu124-cp310-cp310-linux_x86_64.whl");
    assert_str(file->version->local, "cu124");
    assert_str(file->details->url,
               "https://i.example/whl/cu124/"
               "a-2.5.1%2Bcu124-cp310-cp310-linux_x86_64.whl");
    assert_true(file->has_metadata);
    assert_str(file->details->metadata_sha256, "");
    assert_str(page->files[1].details->sha256, "");
}

static void test_attributes(void **state)
{
    (void)state;
    PL_ARENA(arena);
    assert_true(only_file(&arena, "<a href=" WHEEL " data-yanked>")->yanked);
    assert_true(
        only_file(&arena, "<a href='" WHEEL "' data-yanked=''>")->yanked);
    assert_true(
        only_file(&arena, "<A HREF='" WHEEL "' DATA-YANKED=1>")->yanked);
    assert_false(only_file(&arena, "<a href='" WHEEL "' "
                                   "data-core-metadata=false>")
                     ->has_metadata);
    assert_str(
        only_file(&arena, "<a href='" WHEEL "#egg=a&amp;sha256=" SHA_A "'>")
            ->details->sha256,
        SHA_A);
    assert_str(only_file(&arena, "<a href='" WHEEL "#md5=" SHA_A "'>")
                   ->details->sha256,
               "");
    assert_str(only_file(&arena, "<a href=' " WHEEL "\n'>")->details->url,
               "https://i.example/simple/a/" WHEEL);
    assert_str(
        only_file(&arena, "<a href='&#97;-1-py3-none-any.whl'>")->details->name,
        WHEEL);
    assert_str(only_file(&arena, "<a href=x><a href='" WHEEL "' href=y>")
                   ->details->name,
               WHEEL);
}

static void test_base(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err;
    assert_str(only_file(&arena, "<base href='https://u:p@b.example/s/'>"
                                 "<base href='https://c.example/'>"
                                 "<a href='" WHEEL "'>")
                   ->details->url,
               "https://b.example/s/" WHEEL);
    assert_str(only_file(&arena, "<base href='/s/'><a href='" WHEEL "'>")
                   ->details->url,
               "https://i.example/s/" WHEEL);
    assert_null(parse(&arena, "<base href='file:///'><a href='x'>", &err));
    assert_error(&err, PL_ERR_INDEX, "neither https nor http");
}

static void test_names(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const char *const dropped[] = {
        "..%2F..%2Fa-1-py3-none-any.whl",
        "a-1-py3-none-any%00.whl",
        "a-1-py3-none-any%0a.whl",
        "b-1-py3-none-any.whl",
        "a-1.0_1.tar.gz",
        "a-1-py3-none-%E2%80%AEany.whl",
    };
    for (size_t i = 0; i < PL_COUNT(dropped); i++) {
        struct pl_str body =
            pl_arena_printf(&arena, "<a href='%s'>a</a>", dropped[i]);
        if (good_page(&arena, body.at, 0)->dropped != 1)
            fail_msg("%s", dropped[i]);
    }
    const struct pl_page *page =
        good_page(&arena,
                  "<a href='../'>up</a><a>no href</a><a href=''>x</a>"
                  "<a href='a-1.exe'>x</a><a href='ftp://h/a-1.tar.gz'>x</a>"
                  "<!-- <a href='" WHEEL "'> --><script>\"<a href='" WHEEL
                  "'>\"</script>",
                  0);
    assert_int_equal(page->dropped, 1);
    assert_str(only_file(&arena, "<a href='a-1.0.tar.gz?x=/b-2.tar.gz'>")
                   ->details->name,
               "a-1.0.tar.gz");
    assert_str(only_file(&arena, "<a href='%61-1.tar.gz'>")->details->name,
               "a-1.tar.gz");
}

static void test_no_page(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err;
    static const char nul[] = "<html>\0<a href='" WHEEL "'></html>";
    assert_null(page_of(&arena, pl_page_parse_html,
                        (struct pl_str){nul, sizeof(nul) - 1}, &err));
    assert_error(&err, PL_ERR_INDEX, "NUL");
    assert_null(parse(&arena, "", &err));
    assert_error(&err, PL_ERR_INDEX, "no HTML");
    assert_null(parse(&arena,
                      "<meta name='pypi:repository-version' content='2.0'>"
                      "<a href='" WHEEL "'>",
                      &err));
    assert_error(&err, PL_ERR_INDEX, "version `2.0`");
    assert_int_equal(good_page(&arena, "<html></html>", 0)->dropped, 0);
}

static void test_broken_html(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err;
    good_page(&arena, "<p><a href='" WHEEL "'>x</b></p></a></td>", 1);
    good_page(&arena, "\xef\xbb\xbf<a href='" WHEEL "'>\xff\xfe &nosuch; &#0;",
              1);
    good_page(&arena, "<!DOCTYPE html [<!ENTITY x 'y'>]><a href='" WHEEL "'>",
              1);
    good_page(&arena,
              "<meta http-equiv='Content-Type' content='text/html; "
              "charset=utf-16'><a href='" WHEEL "'>",
              1);
    (void)parse(&arena, "<!--", &err);
}

/* Pieces of every length end within tags, quoted values and text. */
static void test_long_page(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(body, PL_MAX_PAGE_BYTES);
    struct pl_error err;
    for (unsigned i = 0; i < 5000; i++)
        pl_buf_addf(&body,
                    "<a href=\"../../f/a-%u.zip#sha256=" SHA_A "\" "
                    "data-requires-python='>=3.%u,<4' data-yanked=\"%.*s\">"
                    "a-%u.zip</a><br/>\n",
                    i, i % 10, (int)(i % 13), "some > reason", i);
    const struct pl_page *page =
        page_of(&arena, pl_page_parse_html, pl_buf_view(&body), &err);
    assert_non_null(page);
    assert_int_equal(page->file_count, 5000);
    assert_str(page->files[4999].requires_python, ">=3.9,<4");
}

static void add_times(struct pl_buf *out, const char *what, size_t times)
{
    for (size_t i = 0; i < times; i++)
        pl_buf_add_cstr(out, what);
}

/* The error, and that it came within a second or two of processor time. */
static void assert_refused(const struct pl_buf *body, const char *part)
{
    PL_ARENA(arena);
    struct pl_error err;
    clock_t start = clock();
    assert_null(page_of(&arena, pl_page_parse_html, pl_buf_view(body), &err));
    assert_error(&err, PL_ERR_LIMIT, part);
    assert_true(clock() - start < 20 * CLOCKS_PER_SEC);
}

static void test_limits(void **state)
{
    (void)state;
    PL_BUF(body, PL_MAX_PAGE_BYTES + 4096);
    add_times(&body, "<div>", 1000000);
    assert_refused(&body, "inside one another");

    pl_buf_clear(&body);
    pl_buf_add_cstr(&body, "<a");
    for (unsigned i = 0; i < 100000; i++)
        pl_buf_addf(&body, " a%u", i);
    pl_buf_add_cstr(&body, ">");
    assert_refused(&body, "tag or comment");

    pl_buf_clear(&body);
    pl_buf_add_cstr(&body, "<a");
    for (unsigned i = 0; i < 10000; i++)
        pl_buf_addf(&body, " a%u", i);
    pl_buf_add_cstr(&body, ">");
    assert_refused(&body, "attributes");

    pl_buf_clear(&body);
    pl_buf_add_cstr(&body, "<html><!--");
    pl_buf_pad(&body, '-', 10000000);
    assert_refused(&body, "tag or comment");

    pl_buf_clear(&body);
    pl_buf_add_cstr(&body, "<a href='");
    pl_buf_pad(&body, 'a', 1600000);
    pl_buf_add_cstr(&body, "'>");
    assert_refused(&body, "tag or comment");

    pl_buf_clear(&body);
    add_times(&body, "<a href=x>\n", PL_MAX_FILES_PER_PAGE + 1);
    assert_refused(&body, "files on one page");
}

static void test_too_long(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err;
    struct pl_str body = {pl_arena_alloc(&arena, PL_MAX_PAGE_BYTES + 1),
                          PL_MAX_PAGE_BYTES + 1};
    assert_null(page_of(&arena, pl_page_parse_html, body, &err));
    assert_error(&err, PL_ERR_LIMIT, "a page of");
}

#define HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* One reading, a page for each project, however names and base are spelt. */
static void test_rows(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_page_rows rows;
    struct pl_str body = PL_STR(
        "<base href='/w/'><a href='A._b-1.0.tar.gz#sha256=" HASH "'>x</a>"
        "<a href='a_b-2.0-py3-none-any.whl' data-requires-python='&gt;=3.9'>"
        "</a><a href='a_b_c-1.0.tar.gz'></a><a href='a-1.0.tar.gz'></a>"
        "<a href='a'></a><a href='../'></a>");
    const struct {
        const char *project, *first;
        size_t count;
    } table[] = {{"a-b", "https://i.example/w/A._b-1.0.tar.gz", 2},
                 {"a-b-c", "https://i.example/w/a_b_c-1.0.tar.gz", 1},
                 {"a", "https://i.example/w/a-1.0.tar.gz", 1},
                 {"b", "", 0},
                 {"a-b-c-d", "", 0}};
    assert_true(pl_rows_parse_html(
        &arena, body, PL_STR("https://i.example/flat/"), &rows, &err));
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        struct pl_page_input input = {.project = pl_str_from(table[i].project),
                                      .is_flat = true};
        const struct pl_page *page;
        assert_true(pl_page_from_rows(&arena, &input, &rows, &page, &err));
        assert_int_equal(page->file_count, table[i].count);
        assert_int_equal(page->dropped, 0);
        if (page->file_count)
            assert_str(page->files[0].details->url, table[i].first);
        if (page->file_count == 2)
            assert_str(page->files[1].requires_python, ">=3.9");
        if (page->file_count == 2)
            assert_str(page->files[0].details->sha256, HASH);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pypi_page),  cmocka_unit_test(test_torch_page),
        cmocka_unit_test(test_attributes), cmocka_unit_test(test_base),
        cmocka_unit_test(test_names),      cmocka_unit_test(test_no_page),
        cmocka_unit_test(test_long_page),  cmocka_unit_test(test_broken_html),
        cmocka_unit_test(test_limits),     cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
