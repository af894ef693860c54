#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>

#include "core/buf.h"
#include "core/limits.h"
#include "index/sdist.h"
#include "pep/wheelname.h"
#include "tests/unit/index_util.h"

#define OLD "Metadata-Version: 2.1\nName: A\nVersion: 1\n"
#define NEW "Metadata-Version: 2.2\nName: A\nVersion: 1\n"
#define MAX_MEMBERS 6

/* ---- archives made here ---- */

struct member {
    const char *path, *text;
};

struct made {
    struct archive *archive;
    char *bytes;
    size_t used;
};

static struct made begin_archive(struct pl_arena *arena, bool zip, size_t most)
{
    struct made made = {archive_write_new(), pl_arena_alloc(arena, most), 0};
    if (zip) {
        assert_int_equal(archive_write_set_format_zip(made.archive), 0);
    } else {
        assert_int_equal(archive_write_set_format_pax_restricted(made.archive),
                         0);
        assert_int_equal(archive_write_add_filter_gzip(made.archive), 0);
    }
    return made;
}

static void add_member(struct made *made, const char *path, const void *bytes,
                       size_t len, size_t times, unsigned type)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, path);
    archive_entry_set_filetype(entry, type);
    if (type == AE_IFLNK)
        archive_entry_set_symlink(entry, "elsewhere");
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (la_int64_t)(len * times));
    assert_int_equal(archive_write_header(made->archive, entry), ARCHIVE_OK);
    for (size_t i = 0; i < times && len; i++)
        assert_int_equal(archive_write_data(made->archive, bytes, len), len);
    archive_entry_free(entry);
}

static struct pl_str end_archive(struct made *made)
{
    assert_int_equal(archive_write_close(made->archive), ARCHIVE_OK);
    archive_write_free(made->archive);
    return (struct pl_str){made->bytes, made->used};
}

/* Of project "a", version 1. */
static bool parse(struct pl_arena *arena, struct pl_str bytes, bool zip,
                  struct pl_metadata *out, struct pl_error *err)
{
    static const struct pl_page page = {.project = {"a", 1}};
    struct pl_version version;
    struct pl_file_details details = {.name = zip ? PL_STR("a-1.zip")
                                                  : PL_STR("a-1.tar.gz")};
    struct pl_file file = {.kind = PL_FILE_SDIST,
                           .page = &page,
                           .version = &version,
                           .details = &details};
    *err = (struct pl_error){.arena = arena};
    assert_true(pl_version_parse(arena, PL_STR("1"), &version, NULL));
    return pl_sdist_parse(arena, bytes, &file, out, err);
}

static bool parse_members(struct pl_arena *arena, const struct member *members,
                          bool zip, struct pl_metadata *out,
                          struct pl_error *err)
{
    struct made made = begin_archive(arena, zip, 1 << 20);
    assert_int_equal(archive_write_open_memory(made.archive, made.bytes,
                                               1 << 20, &made.used),
                     ARCHIVE_OK);
    for (; members->path; members++)
        add_member(&made, members->path, members->text, strlen(members->text),
                   1, AE_IFREG);
    return parse(arena, end_archive(&made), zip, out, err);
}

static void assert_requires(const struct pl_metadata *metadata,
                            const char *wanted)
{
    PL_BUF(out, 100000);
    for (size_t i = 0; i < metadata->require_count; i++) {
        if (i)
            pl_buf_add_cstr(&out, " | ");
        pl_requirement_print(&metadata->requires[i], &out);
    }
    assert_str(pl_buf_view(&out), wanted);
}

/* ---- which file answers ---- */

struct answer_case {
    const char *requires; /* NULL: none, for the reason `part` */
    const char *part;
    bool from_sdist;
    struct member members[MAX_MEMBERS];
};

static void check_answer(const struct answer_case *c, bool zip)
{
    PL_ARENA(arena);
    struct pl_error err;
    struct pl_metadata m;
    bool ok = parse_members(&arena, c->members, zip, &m, &err);
    if (ok != (c->requires != NULL))
        fail_msg("%s: %.*s", c->members[0].path, PL_STR_ARG(err.message));
    if (!ok) {
        assert_error(&err, PL_ERR_INPUT, c->part);
        return;
    }
    assert_requires(&m, c->requires);
    assert_int_equal(m.from_sdist, c->from_sdist);
}

static void check_answers(const struct answer_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_answer(&cases[i], false);
        check_answer(&cases[i], true);
    }
}

static void test_who_answers(void **state)
{
    (void)state;
    static const struct answer_case cases[] = {
        {"x", "", false, {{"a-1/PKG-INFO", NEW "Requires-Dist: x\n"}}},
        {"", "", false, {{"./a-1/PKG-INFO", NEW}}},
        {"x",
         "",
         false,
         {{"a-1/a.egg-info/requires.txt", "y\n"},
          {"a-1/PKG-INFO", NEW "Requires-Dist: x\n"}}},
        {"y",
         "",
         true,
         {{"a-1/PKG-INFO", OLD "Requires-Dist: x\n"},
          {"a-1/src/A.egg-info/requires.txt", "y\n"}}},
        {"y",
         "",
         true,
         {{"a-1/PKG-INFO", NEW "Dynamic: Requires-Dist\nRequires-Dist: x\n"},
          {"a-1/a.egg-info/requires.txt", "y\n"}}},
        {"",
         "",
         true,
         {{"a-1/PKG-INFO", OLD "Requires-Dist: x\n"},
          {"a-1/a.egg-info/SOURCES.txt", "setup.py\n"}}},
        {"x", "", true, {{"a-1/PKG-INFO", OLD "Requires-Dist: x\n"}}},
        {"x",
         "",
         true,
         {{"a-1/PKG-INFO", NEW "Dynamic: Requires-Dist\nRequires-Dist: x\n"}}},
        {NULL,
         "Metadata-Version 2.1, no egg-info",
         false,
         {{"a-1/PKG-INFO", OLD}}},
        {NULL,
         "Requires-Dist is dynamic",
         false,
         {{"a-1/PKG-INFO", NEW "Dynamic: Requires-Dist\n"}}},
        {NULL, "no PKG-INFO", false, {{"a-1/setup.py", "import os\n"}}},
        {NULL,
         "no PKG-INFO",
         false,
         {{"PKG-INFO", NEW}, {"a-1/x/PKG-INFO", NEW}}},
        {NULL, "pip wheel", false, {{"a-1/PKG-INFO", OLD}}},
    };
    check_answers(cases, PL_COUNT(cases));
}

static void test_which_egg_info(void **state)
{
    (void)state;
    static const struct answer_case cases[] = {
        /* Another package's, as in the tests of setuptools. */
        {NULL,
         "no egg-info",
         false,
         {{"a-1/PKG-INFO", OLD}, {"a-1/t/b.egg-info/requires.txt", "y\n"}}},
        {"z",
         "",
         true,
         {{"a-1/PKG-INFO", OLD},
          {"a-1/t/u/a.egg-info/requires.txt", "y\n"},
          {"a-1/a.egg-info/requires.txt", "z\n"},
          {"a-1/t/v/a.egg-info/requires.txt", "w\n"}}},
        {"",
         "",
         true,
         {{"a-1/PKG-INFO", OLD},
          {"a-1/t/a.egg-info/requires.txt", "y\n"},
          {"a-1/a.egg-info/PKG-INFO", OLD}}},
        {NULL,
         "no egg-info",
         false,
         {{"a-1/PKG-INFO", OLD}, {"a-1/a.egg-info", "a file\n"}}},
        {NULL,
         "two requires.txt",
         false,
         {{"a-1/PKG-INFO", OLD},
          {"a-1/a.egg-info/requires.txt", "y\n"},
          {"a-1/A.egg-info/requires.txt", "z\n"}}},
    };
    check_answers(cases, PL_COUNT(cases));
}

static void test_wrong_answers(void **state)
{
    (void)state;
    static const struct answer_case cases[] = {
        {NULL,
         "those of `b`",
         false,
         {{"a-1/PKG-INFO", "Metadata-Version: 2.2\nName: b\n"}}},
        {NULL,
         "version `2`",
         false,
         {{"a-1/PKG-INFO", "Metadata-Version: 2.2\nVersion: 2\n"}}},
        {NULL,
         "line 4 of its metadata",
         false,
         {{"a-1/PKG-INFO", NEW "Requires-Dist: ???\n"}}},
        {NULL,
         "line 1 of its requires.txt",
         false,
         {{"a-1/PKG-INFO", OLD}, {"a-1/a.egg-info/requires.txt", "???\n"}}},
        {NULL,
         "two PKG-INFO",
         false,
         {{"a-1/PKG-INFO", OLD}, {"b-1/PKG-INFO", NEW}}},
    };
    check_answers(cases, PL_COUNT(cases));
}

static void test_other_fields(void **state)
{
    (void)state;
    static const struct member members[] = {
        {"a-1/PKG-INFO", OLD "Requires-Python: >=3.8\nProvides-Extra: e\n"},
        {"a-1/a.egg-info/requires.txt", "x\n[f]\ny\n"},
        {NULL, NULL}};
    PL_ARENA(arena);
    struct pl_error err;
    struct pl_metadata m;
    assert_true(parse_members(&arena, members, false, &m, &err));
    assert_str(m.requires_python.text, ">=3.8");
    assert_requires(&m, "x | y; extra == \"f\"");
    assert_int_equal(m.extra_count, 2);
    assert_str(m.extras[0], "e");
    assert_str(m.extras[1], "f");
}

/* ---- archives that are not as they should be ---- */

static void test_links_are_no_files(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err;
    struct pl_metadata m;
    struct made made = begin_archive(&arena, false, 1 << 20);
    archive_write_open_memory(made.archive, made.bytes, 1 << 20, &made.used);
    add_member(&made, "a-1/PKG-INFO", "", 0, 0, AE_IFLNK);
    assert_false(parse(&arena, end_archive(&made), false, &m, &err));
    assert_error(&err, PL_ERR_INPUT, "no PKG-INFO");
}

static void test_damaged(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err;
    struct pl_metadata m;
    struct made made = begin_archive(&arena, false, 1 << 20);
    archive_write_open_memory(made.archive, made.bytes, 1 << 20, &made.used);
    /* Text that does not shrink much, so that half of it is not all. */
    char noise[20000];
    for (size_t i = 0; i < sizeof(noise); i++)
        noise[i] = (char)((i * i * 2654435761u) >> 24);
    add_member(&made, "a-1/x", noise, sizeof(noise), 1, AE_IFREG);
    add_member(&made, "a-1/PKG-INFO", NEW, strlen(NEW), 1, AE_IFREG);
    struct pl_str whole = end_archive(&made);
    assert_true(parse(&arena, whole, false, &m, &err));
    struct pl_str half = pl_str_sub(whole, 0, whole.len / 2);
    assert_false(parse(&arena, half, false, &m, &err));
    assert_error(&err, PL_ERR_INPUT, "cannot be read");
    assert_false(parse(&arena, PL_STR("not an archive"), false, &m, &err));
    assert_int_equal(err.code, PL_ERR_INPUT);
    assert_false(parse(&arena, PL_STR("not an archive"), true, &m, &err));
    assert_int_equal(err.code, PL_ERR_INPUT);
    assert_false(parse(&arena, PL_STR(""), false, &m, &err));
    assert_int_equal(err.code, PL_ERR_INPUT);
    assert_false(parse(&arena, PL_STR(""), true, &m, &err));
    assert_int_equal(err.code, PL_ERR_INPUT);
}

static void check_bomb(bool zip, const char *path, size_t megabytes)
{
    static char zeros[1 << 20];
    PL_ARENA(arena);
    struct pl_error err;
    struct pl_metadata m;
    struct made made = begin_archive(&arena, zip, 4 << 20);
    archive_write_open_memory(made.archive, made.bytes, 4 << 20, &made.used);
    add_member(&made, path, zeros, sizeof(zeros), megabytes, AE_IFREG);
    add_member(&made, "a-1/PKG-INFO", NEW, strlen(NEW), 1, AE_IFREG);
    assert_false(parse(&arena, end_archive(&made), zip, &m, &err));
    assert_error(&err, PL_ERR_LIMIT, "too large");
}

static void test_bombs(void **state)
{
    (void)state;
    check_bomb(false, "a-1/data", (PL_MAX_SDIST_BYTES >> 20) + 1);
    check_bomb(true, "a-1/PKG-INFO", (PL_MAX_METADATA_BYTES >> 20) + 1);
    check_bomb(false, "a-1/a.egg-info/requires.txt",
               (PL_MAX_METADATA_BYTES >> 20) + 1);
}

/* ---- real ones ---- */

struct real {
    const char *name, *project, *requires; /* NULL: none can be had */
};

static void check_real(const struct real *real)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    const char *root = getenv("PODLOCK_SOURCE_ROOT");
    struct pl_page page = {.project = pl_str_from(real->project)};
    struct pl_version version;
    struct pl_file_details details = {.name = pl_str_from(real->name)};
    struct pl_file file = {.kind = PL_FILE_SDIST,
                           .page = &page,
                           .version = &version,
                           .details = &details};
    struct pl_metadata m;
    struct pl_str bytes;
    struct pl_str path = pl_arena_printf(&arena, "%s/fixtures/index/sdists/%s",
                                         root ? root : ".", real->name);
    if (!pl_sdistname_parse(&arena, details.name, page.project, &version,
                            &err) ||
        !pl_file_load(&arena, path, PL_MAX_SDIST_BYTES, &bytes, NULL, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    bool ok = pl_sdist_parse(&arena, bytes, &file, &m, &err);
    if (ok != (real->requires != NULL))
        fail_msg("%s: %.*s", real->name, PL_STR_ARG(err.message));
    if (!ok)
        return;
    assert_true(m.from_sdist);
    if (*real->requires == '#')
        assert_int_equal(m.require_count, strtol(real->requires + 1, NULL, 10));
    else
        assert_requires(&m, real->requires);
}

#define TYPING "typing; python_version < \"3.5\""

static void test_real_ones(void **state)
{
    (void)state;
    static const struct real real[] = {
        {"Pympler-0.9.tar.gz", "pympler", NULL},
        {"antlr4-python3-runtime-4.8.tar.gz", "antlr4-python3-runtime", TYPING},
        {"antlr4-python3-runtime-4.9.2.tar.gz", "antlr4-python3-runtime",
         TYPING},
        {"antlr4-python3-runtime-4.9.3.tar.gz", "antlr4-python3-runtime",
         TYPING},
        {"deepspeed-0.19.8.tar.gz", "deepspeed", "#102"},
        {"fire-0.5.0.tar.gz", "fire",
         "six | termcolor | enum34; python_version < \"3.4\""},
        {"fire-0.7.0.tar.gz", "fire", "termcolor"},
        {"future-0.18.3.tar.gz", "future", ""},
        {"graphql-core-1.1.tar.gz", "graphql-core", "#11"},
        {"html5lib-1.0b9.tar.gz", "html5lib", "#12"},
        {"jupyter-1.0.0.tar.gz", "jupyter", NULL},
        {"mpmath-1.1.0.tar.gz", "mpmath", NULL},
        {"promise-2.3.tar.gz", "promise", "#8"},
        {"pyperclip-1.9.0.tar.gz", "pyperclip", ""},
        {"querystring_parser-1.2.3.tar.gz", "querystring-parser", NULL},
        {"tabulate-0.8.6.tar.gz", "tabulate",
         "wcwidth; extra == \"widechars\""},
    };
    for (size_t i = 0; i < PL_COUNT(real); i++)
        check_real(&real[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_answers),
        cmocka_unit_test(test_which_egg_info),
        cmocka_unit_test(test_wrong_answers),
        cmocka_unit_test(test_other_fields),
        cmocka_unit_test(test_links_are_no_files),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_real_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
