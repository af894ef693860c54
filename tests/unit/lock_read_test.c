#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/buf.h"
#include "lockfmt/lock_read.h"
#include "lockfmt/lock_write.h"
#include "tests/lock_equal.h"
#include "tests/unit/lock_sample.h"
#include "tests/unit/wrong.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEAD                                                                   \
    "lock-version = \"1.0\"\ncreated-by = \"x\"\n[[packages]]\nname = \"a\"\n"
#define WHEEL(url)                                                             \
    "wheels = [{ url = \"" url "\", hashes = { sha256 = \"" A64 "\" } }]\n"

static bool parse(struct pl_arena *arena, const struct pl_source *source,
                  struct pl_error *err)
{
    struct pl_lock lock;
    return pl_lock_read(arena, source, &lock, NULL, err);
}

static void test_wrong(void **state)
{
    (void)state;
    wrong_run("lock-errors.data", parse, 116);
}

/* ---- reading and writing ---- */

static struct pl_lock *read_text(struct pl_arena *arena, struct pl_str text,
                                 struct pl_lock_warnings *warnings)
{
    struct pl_lock *lock = pl_new(arena, struct pl_lock);
    struct pl_error err = {.arena = arena};
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("pylock.toml"), text);
    if (!pl_lock_read(arena, source, lock, warnings, &err))
        fail_msg("%.*s", PL_STR_ARG(wrong_render(arena, &err)));
    return lock;
}

static struct pl_lock *read_data(struct pl_arena *arena, const char *name,
                                 struct pl_lock_warnings *warnings)
{
    return read_text(arena, table_load(arena, name), warnings);
}

static struct pl_str written(struct pl_arena *arena, const struct pl_lock *lock)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_lock_write(lock, PL_STR("pylock.toml"), &out);
    assert_true(pl_buf_ok(&out));
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static void check_again(struct pl_arena *arena, const struct pl_lock *lock)
{
    struct pl_str text = written(arena, lock);
    const struct pl_lock *again = read_text(arena, text, NULL);
    const char *what = lock_difference(lock, again);
    if (what)
        fail_msg("read again it differs in %s:\n%.*s", what, PL_STR_ARG(text));
    assert_string_equal(written(arena, again).at, text.at);
}

/* What was written from an answer, as a whole and byte for byte. */
static void test_own(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_str text = table_load(&arena, "lock/pylock.toml");
    struct pl_lock_warnings warnings = {0};
    const struct pl_lock *lock = read_text(&arena, text, &warnings);
    struct pl_lock *made = sample_lock(&arena);
    pl_lock_sort(made);
    assert_null(lock_difference(made, lock));
    assert_string_equal(written(&arena, lock).at, text.at);
    assert_int_equal(warnings.count, 0);
}

static void test_difference_is_seen(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock *a = sample_lock(&arena), *b = sample_lock(&arena);
    assert_null(lock_difference(a, b));
    b->packages[1].via[0] = PL_STR("other");
    assert_string_equal(lock_difference(a, b), "via or rules");
    b = sample_lock(&arena);
    b->packages[2].file.size++;
    assert_string_equal(lock_difference(a, b), "a source");
    b = sample_lock(&arena);
    b->replaced[0].is_os = true;
    assert_string_equal(lock_difference(a, b), "[tool.podlock]");
}

static void test_others_again(void **state)
{
    (void)state;
    static const char *const names[] = {
        "lock/other/uv.toml", "lock/other/pip.toml", "lock/other/pdm.toml",
        "lock/other/everything.toml"};
    for (size_t i = 0; i < PL_COUNT(names); i++) {
        PL_ARENA(arena);
        check_again(&arena, read_data(&arena, names[i], NULL));
    }
}

/* ---- what is read ---- */

static void expect(struct pl_str got, const char *wanted)
{
    if (!pl_str_is(got, wanted))
        fail_msg("`%.*s`, not `%s`", PL_STR_ARG(got), wanted);
}

static void test_uv(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock_warnings warnings = {0};
    const struct pl_lock *lock =
        read_data(&arena, "lock/other/uv.toml", &warnings);
    const struct pl_lock_package *p = lock->packages;
    assert_int_equal(warnings.count, 0);
    assert_int_equal(lock->package_count, 6);
    assert_true(lock->is_foreign);
    expect(lock->created_by, "uv");
    expect(lock->comment, "# Written in uv's form.");
    expect(p[0].file.name, "alpha-1.0-cp311-cp311-linux_x86_64.whl");
    assert_int_equal(p[0].more_count, 2);
    expect(p[0].more[0].upload_time, "2025-01-02T03:04:06.25Z");
    expect(p[0].more[0].hashes[0].algorithm, "md5");
    assert_true(p[0].more[1].is_sdist);
    expect(p[1].version, "2.0");
    expect(p[2].version, "2.0+cu128");
    expect(p[2].file.name, "beta-2.0+cu128-py3-none-any.whl");
    expect(p[2].marker, "sys_platform == 'linux'");
    assert_int_equal(p[3].source, PL_LOCK_VCS);
    expect(p[3].tree.requested_revision, "main");
    expect(p[3].tree.subdirectory, "py");
    assert_int_equal(p[4].source, PL_LOCK_DIRECTORY);
    assert_true(p[4].tree.editable);
    assert_int_equal(p[5].source, PL_LOCK_ARCHIVE);
    expect(p[5].file.name, "there.zip");
    expect(pl_lock_file_hash(&p[5].file).algorithm, "sha512");
}

static void test_pip(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_lock *lock = read_data(&arena, "lock/other/pip.toml", NULL);
    size_t unknown;
    assert_int_equal(lock->package_count, 3);
    expect(lock->packages[0].file.name, "alpha-1.0-py3-none-any.whl");
    assert_false(lock->packages[0].file.has_size);
    expect(lock->packages[1].tree.path, ".");
    assert_true(lock->packages[2].file.is_sdist);
    assert_int_equal(pl_lock_bytes(lock, &unknown), 0);
    assert_int_equal(unknown, 3);
}

static void test_pdm(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock_warnings warnings = {0};
    const struct pl_lock *lock =
        read_data(&arena, "lock/other/pdm.toml", &warnings);
    assert_int_equal(warnings.count, 0);
    expect(lock->environments[0], "python_version >= \"3.9\"");
    expect(lock->extras[0], "test");
    expect(lock->groups[0], "dev");
    expect(lock->default_groups[0], "default");
    expect(lock->packages[0].requires_python, ">=3.6.*");
    expect(lock->packages[0].tools.at[0].value,
           "{ dependencies = [\"beta>=1\"] }");
    expect(lock->tools.at[0].key, "pdm");
}

static void expect_warning(const struct pl_lock_warnings *warnings, size_t i,
                           const char *part, unsigned line)
{
    const struct pl_error *warning = &warnings->at[i];
    struct pl_str what = pl_str_from(part);
    if (pl_str_find_str(warning->message, what) == warning->message.len)
        fail_msg("%zu: %.*s", i, PL_STR_ARG(warning->message));
    assert_int_equal(pl_span_place(warning->span).line, line);
}

static void test_everything(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock_warnings warnings = {0};
    const struct pl_lock *lock =
        read_data(&arena, "lock/other/everything.toml", &warnings);
    const struct pl_lock_package *p = lock->packages;
    expect(lock->version, "1.1");
    assert_true(lock->has_extras && lock->has_groups);
    assert_false(lock->has_default_groups);
    expect(lock->others.at[0].value,
           "{ is = [1, 2.5, true, 1979-05-27T07:32:00Z], of = \"the "
           "\\\"sky\\\"\" }");
    expect(p[0].dependencies[0], "attrs");
    expect(p[0].dependencies_text,
           "[{ name = \"beta\", version = \"2.0\" }, { name = \"attrs\" }]");
    expect(p[0].others.at[0].key, "smell");
    expect(p[0].file.path, "wheels/x.whl");
    expect(p[0].file.others.at[0].key, "taste of");
    expect(p[0].file.others.at[0].value, "{ x = { y = \"z\" } }");
    expect(p[0].file.upload_time, "2023-10-05T16:25:29.021321Z");
    expect(pl_lock_file_hash(&p[0].file).algorithm, "sha3_512");
    expect(p[0].tools.at[0].value, "{ \"a.b\" = [\"c\"] }");
    expect(p[1].via[0], "alpha");
    expect(p[1].podlock_keys.at[0].value, "\"good\"");
    expect(lock->podlock_keys.at[0].key, "later");
    assert_true(lock->download == UINT64_MAX);
    assert_int_equal(warnings.count, 6);
    expect_warning(&warnings, 0, "version 1.1", 2);
    expect_warning(&warnings, 1, "`taste of` is not a key of a wheel", 24);
    expect_warning(&warnings, 2, "`smell` is not a key of [[packages]]", 16);
    expect_warning(&warnings, 3, "`mood` is not a key", 41);
    expect_warning(&warnings, 4, "`later` is not a key", 48);
    expect_warning(&warnings, 5, "`colour` is not a key of the lock", 8);
}

/* Credentials are shown nowhere, and so not written either. */
static void test_secret(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_str text = PL_STR(
        HEAD "index = \"https://u:secret@h/\"\nx = [\"https://u:secret@i/"
             "\"]\n" WHEEL("https://u:secret@h/a-1-py3-none-any.whl"));
    text = written(&arena, read_text(&arena, text, NULL));
    assert_null(strstr(text.at, "secret"));
    assert_non_null(strstr(text.at, "index = \"https://***@h/\""));
    assert_non_null(strstr(text.at, "x = [\"https://***@i/\"]"));
}

/* ---- warnings ---- */

static void test_paths(void **state)
{
    (void)state;
    static const struct {
        const char *path, *warning;
    } rows[] = {
        {"a-1-py3-none-any.whl", NULL},
        {"./x/../a-1-py3-none-any.whl", NULL},
        {"../a-1-py3-none-any.whl", "leaves the folder"},
        {"x/../../a-1-py3-none-any.whl", "leaves the folder"},
        {"/x/a-1-py3-none-any.whl", "is absolute"},
        {"C:/x/a-1-py3-none-any.whl", "is absolute"},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        PL_ARENA(arena);
        struct pl_lock_warnings warnings = {0};
        struct pl_str text = pl_arena_printf(
            &arena,
            HEAD "wheels = [{ path = \"%s\", hashes = { sha256 = \"" A64
                 "\" } }]\n",
            rows[i].path);
        const struct pl_lock *lock = read_text(&arena, text, &warnings);
        expect(lock->packages[0].file.name, "a-1-py3-none-any.whl");
        assert_int_equal(warnings.count, rows[i].warning != NULL);
        if (rows[i].warning)
            expect_warning(&warnings, 0, rows[i].warning, 5);
    }
}

static void test_weak_hash(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock_warnings warnings = {0};
    const struct pl_lock *lock = read_text(
        &arena,
        PL_STR(HEAD "sdist = { path = \"a-1.tar.gz\", hashes = { md5 = "
                    "\"00112233445566778899AABBCCDDEEFF\" } }\n"),
        &warnings);
    assert_int_equal(warnings.count, 1);
    expect_warning(&warnings, 0, "none of these hashes is safe", 5);
    expect(pl_lock_file_hash(&lock->packages[0].file).value,
           "00112233445566778899aabbccddeeff");
}

static void test_many_warnings(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    struct pl_lock_warnings warnings = {0};
    pl_buf_add_cstr(&text, "lock-version = \"1.0\"\ncreated-by = \"x\"\n"
                           "packages = []\n");
    for (int i = 0; i < PL_MAX_LOCK_WARNINGS + 5; i++)
        pl_buf_addf(&text, "x%d = 1\n", i);
    const struct pl_lock *lock =
        read_text(&arena, pl_buf_view(&text), &warnings);
    assert_int_equal(warnings.count, PL_MAX_LOCK_WARNINGS);
    assert_int_equal(warnings.not_kept, 5);
    assert_int_equal(lock->others.count, PL_MAX_LOCK_WARNINGS + 5);
}

static void test_newer_tool_table(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock_warnings warnings = {0};
    struct pl_lock *lock =
        read_text(&arena,
                  PL_STR("lock-version = \"1.0\"\ncreated-by = \"podlock\"\n"
                         "packages = []\n[tool.podlock]\nformat = 2\n"
                         "template = 3\n"),
                  &warnings);
    assert_true(lock->is_foreign);
    expect(lock->tools.at[0].key, "podlock");
    expect(lock->tools.at[0].value, "{ format = 2, template = 3 }");
    assert_int_equal(warnings.count, 1);
    expect_warning(&warnings, 0, "is not of format 1", 5);
    check_again(&arena, lock);
}

/* ---- entries of one name ---- */

static bool both_read(const char *head, const char *first, const char *second)
{
    PL_ARENA(arena);
    struct pl_lock lock;
    struct pl_str text = pl_arena_printf(
        &arena,
        "lock-version = \"1.0\"\ncreated-by = \"x\"\n%s[[packages]]\n"
        "name = \"a\"\nmarker = \"%s\"\n" WHEEL(
            "https://h/a-1-py3-none-any.whl") "[[packages]]\nname = \"a\"\n"
                                              "marker = \"%s\"\n" WHEEL(
                                                  "https://h/"
                                                  "a-2-py3-none-any.whl"),
        head, first, second);
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("pylock.toml"), text);
    return pl_lock_read(&arena, source, &lock, NULL, NULL);
}

static void test_same_name(void **state)
{
    (void)state;
    assert_true(
        both_read("", "python_version < '3.11'", "python_version >= '3.11'"));
    assert_false(
        both_read("", "python_version < '3.11'", "python_version >= '3.10'"));
    assert_true(both_read("requires-python = '>=3.11'\n",
                          "python_version < '3.11'",
                          "python_version >= '3.10'"));
    assert_true(both_read("environments = [\"python_version == '3.9'\"]\n",
                          "python_version < '3.11'",
                          "python_version >= '3.10'"));
    assert_false(both_read("", "sys_platform == 'win32'", "os_name == 'nt'"));
    assert_true(both_read("", "sys_platform == 'win32'",
                          "platform_system == 'Darwin'"));
    assert_true(both_read("", "platform_machine == 'arm64'",
                          "platform_machine == 'ARM64'"));
    assert_true(both_read("", "'cpu' in extras", "'cu128' in extras"));
}

static void test_null_output_on_error(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock lock = {.download = 42};
    const struct pl_source *source = pl_source_from_text(
        &arena, PL_STR("pylock.toml"),
        PL_STR(HEAD WHEEL("https://h/a-1-py3-none-any.whl") "version = 1\n"));
    assert_false(pl_lock_read(&arena, source, &lock, NULL, NULL));
    assert_int_equal(lock.download, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_own),
        cmocka_unit_test(test_difference_is_seen),
        cmocka_unit_test(test_others_again),
        cmocka_unit_test(test_uv),
        cmocka_unit_test(test_pip),
        cmocka_unit_test(test_pdm),
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_secret),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_weak_hash),
        cmocka_unit_test(test_many_warnings),
        cmocka_unit_test(test_newer_tool_table),
        cmocka_unit_test(test_same_name),
        cmocka_unit_test(test_null_output_on_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
