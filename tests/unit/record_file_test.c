/*
 * RECORD: its rows, and whether the files are what they say. The sums are
 * those of sha256sum and Python's base64.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "container/record_file.h"
#include "tests/unit/tree_made.h"

#define SITE "/lib/site-packages"
#define HELLO "sha256=LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ"
#define HELLO_HEX                                                              \
    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static struct pl_record_file row_of(struct pl_arena *arena, const char *text)
{
    struct pl_record_file file = {0}, more;
    struct pl_record_reader reader =
        pl_record_open(pl_str_from(text), PL_STR(SITE));
    assert_true(pl_record_next(&reader, arena, &file));
    assert_false(pl_record_next(&reader, arena, &more));
    return file;
}

static void test_rows(void **state)
{
    (void)state;
    static const struct {
        const char *text, *path, *place, *sha256;
        bool outside;
        long long size;
    } rows[] = {
        {"a/b.py," HELLO ",5", "a/b.py", SITE "/a/b.py", HELLO_HEX, false, 5},
        {"a/b.py," HELLO "=,5\r\n", "a/b.py", SITE "/a/b.py", HELLO_HEX, false,
         5},
        {"a,sha256=" HELLO_HEX ",5\n", "a", SITE "/a", HELLO_HEX, false, 5},
        {"a.pyc,,\n", "a.pyc", SITE "/a.pyc", "", false, -1},
        {"a.pyc", "a.pyc", SITE "/a.pyc", "", false, -1},
        {"\n\n\"a,b\"\"c\",,\n", "a,b\"c", SITE "/a,b\"c", "", false, -1},
        {"\"a\nb\",,7\n", "a\nb", SITE "/a\nb", "", false, 7},
        {"\"a\"b,,\n", "ab", SITE "/ab", "", false, -1},
        {"a\"b,,\n", "a\"b", SITE "/a\"b", "", false, -1},
        {"../../bin/x,,\n", "../../bin/x", "/bin/x", "", true, -1},
        {"/etc/x,,\n", "/etc/x", "/etc/x", "", true, -1},
        {"../site-packages/x,,", "../site-packages/x", SITE "/x", "", false,
         -1},
        {"../site-packages2/x,,", "../site-packages2/x",
         "/lib/site-packages2/x", "", true, -1},
        {"../../../x,,\n", "../../../x", "", "", true, -1},
        {"a,md5=xyz,1\n", "a", SITE "/a", "", false, 1},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        PL_ARENA(arena);
        struct pl_record_file file = row_of(&arena, rows[i].text);
        if (file.wrong || !pl_str_is(file.path, rows[i].path) ||
            !pl_str_is(file.place, rows[i].place) ||
            !pl_str_is(file.sha256, rows[i].sha256))
            fail_msg("%s: %s, %.*s, %.*s", rows[i].text,
                     file.wrong ? file.wrong : "", PL_STR_ARG(file.place),
                     PL_STR_ARG(file.sha256));
        assert_int_equal(file.outside, rows[i].outside);
        assert_int_equal(file.has_size, rows[i].size >= 0);
        assert_true(!file.has_size || file.size == (uint64_t)rows[i].size);
        assert_int_equal(file.other_hash, strstr(rows[i].text, "md5") != NULL);
    }
}

static void test_wrong_rows(void **state)
{
    (void)state;
    static const char *const rows[] = {
        ",,\n",
        "\"a,,\n",
        "a,,,\n",
        "a,,x\n",
        "a,,-1\n",
        "a,,99999999999999999999999\n",
        "a,abc,1\n",
        "a,sha256=,1\n",
        "a,sha256=LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmC,1\n",
        "a,sha256=LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ,1\n",
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        PL_ARENA(arena);
        if (!row_of(&arena, rows[i]).wrong)
            fail_msg("%s is a row", rows[i]);
    }
}

static void test_lines(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_record_reader reader =
        pl_record_open(PL_STR("a,,\n\n\"b\nb\",,\nc,,"), PL_STR(SITE));
    struct pl_record_file file;
    static const uint32_t lines[] = {1, 3, 5};
    for (size_t i = 0; i < PL_COUNT(lines); i++) {
        assert_true(pl_record_next(&reader, &arena, &file));
        assert_int_equal(file.line, lines[i]);
    }
    assert_false(pl_record_next(&reader, &arena, &file));
}

static struct pl_record_report verify(struct made *made, const char *record)
{
    struct pl_record_report report = {0};
    struct pl_error err = {.arena = &made->arena};
    struct pl_installed row = {.folder = PL_STR(SITE),
                               .info = PL_STR(SITE "/a-1.dist-info")};
    made_file(made, SITE "/a-1.dist-info/RECORD", record);
    if (!pl_record_verify(&made->arena, made->tree, &row, &report, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    return report;
}

static void test_verify_right(void **state)
{
    (void)state;
    struct made *made = made_folder();
    made_file(made, SITE "/a.py", "hello");
    made_file(made, "/bin/a", "hello");
    struct pl_record_report report = verify(
        made, "a.py," HELLO ",5\n../../bin/a," HELLO ",5\n"
              "__pycache__/a.cpython-312.pyc,,\na-1.dist-info/RECORD,,\n");
    assert_int_equal(pl_record_report_wrong(&report), 0);
    assert_int_equal(report.files, 4);
    assert_int_equal(report.hashed, 2);
    assert_int_equal(report.bytes, 10);
    assert_int_equal(report.unhashed, 1);
    made_remove(made);
}

static void test_verify_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        enum pl_record_wrong wrong;
        const char *path, *why;
    } rows[] = {
        {"none.py," HELLO ",5", PL_RECORD_MISSING, "none.py", ""},
        {"none.so,,", PL_RECORD_MISSING, "none.so", ""},
        {"folder,,", PL_RECORD_MISSING, "folder", "no file"},
        {"fifo,,", PL_RECORD_MISSING, "fifo", "no file"},
        {"jello.py," HELLO ",5", PL_RECORD_OTHER_HASH, "jello.py", ""},
        {"jello.py," HELLO ",", PL_RECORD_OTHER_HASH, "jello.py", ""},
        {"huge," HELLO ",5", PL_RECORD_OTHER_SIZE, "huge",
         "1073741824 bytes, not 5"},
        {"../../../etc/passwd,,", PL_RECORD_NO_PLACE, "../../../etc/passwd",
         ""},
        {"a,b", PL_RECORD_BAD_ROW, "a", "line 2: its hash names no algorithm"},
        {"out/passwd,,", PL_RECORD_MISSING, "out/passwd", ""},
    };
    struct made *made = made_folder();
    made_file(made, SITE "/a.py", "hello");
    made_file(made, SITE "/jello.py", "jello");
    made_file(made, SITE "/folder/x", "");
    made_fifo(made, SITE "/fifo");
    made_sparse(made, SITE "/huge", (off_t)1 << 30);
    made_link(made, SITE "/out", "../../../../../../../../etc");
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_str text = pl_arena_printf(
            &made->arena, "a.py," HELLO ",5\n%s\n", rows[i].row);
        struct pl_record_report report = verify(made, text.at);
        assert_int_equal(pl_record_report_wrong(&report), 1);
        assert_int_equal(report.wrong.len, 1);
        const struct pl_record_finding *found = &report.wrong.at[0];
        if (found->wrong != rows[i].wrong ||
            !pl_str_is(found->path, rows[i].path) ||
            !pl_str_is(found->why, rows[i].why))
            fail_msg("%s: %s `%.*s`", rows[i].row,
                     pl_record_wrong_name(found->wrong),
                     PL_STR_ARG(found->why));
        assert_true(report.counts[rows[i].wrong] == 1 && report.files == 2);
        assert_true(report.bytes < 100);
    }
    made_remove(made);
}

static void test_verify_bounds(void **state)
{
    (void)state;
    struct made *made = made_folder();
    PL_BUF(text, 1u << 20);
    for (int i = 0; i < 5000; i++)
        pl_buf_addf(&text, "gone-%d.py,,\n", i);
    struct pl_record_report report =
        verify(made, pl_arena_dup(&made->arena, pl_buf_view(&text)).at);
    assert_int_equal(pl_record_report_wrong(&report), 5000);
    assert_int_equal(report.wrong.len, PL_MAX_RECORD_FINDINGS);
    struct pl_installed none = {.folder = PL_STR(SITE),
                                .info = PL_STR(SITE "/b-1.dist-info")};
    struct pl_error err = {.arena = &made->arena};
    assert_false(
        pl_record_verify(&made->arena, made->tree, &none, &report, &err));
    assert_int_equal(err.code, PL_ERR_FILE);
    made_sparse(made, SITE "/b-1.dist-info/RECORD", (off_t)1 << 30);
    assert_false(
        pl_record_verify(&made->arena, made->tree, &none, &report, &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
    made_remove(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_wrong_rows),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_verify_right),
        cmocka_unit_test(test_verify_wrong),
        cmocka_unit_test(test_verify_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
