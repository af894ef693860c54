#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/buf.h"
#include "core/escape.h"
#include "core/limits.h"
#include "core/toml.h"
#include "lockfmt/lock_write.h"
#include "tests/unit/lock_sample.h"
#include "tests/unit/table.h"

static const char *written(struct pl_arena *arena, const struct pl_lock *lock,
                           const char *name)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_lock_write(lock, pl_str_from(name), &out);
    assert_true(pl_buf_ok(&out));
    return pl_arena_dup(arena, pl_buf_view(&out)).at;
}

static struct pl_toml *parsed(struct pl_arena *arena, const char *text)
{
    struct pl_toml *doc;
    struct pl_error err = {.arena = arena};
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("pylock.toml"), pl_str_from(text));
    if (!pl_toml_parse(source, &doc, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    return doc;
}

static void test_whole(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock *lock = sample_lock(&arena);
    const char *expected = table_load(&arena, "lock/pylock.toml").at;
    pl_lock_sort(lock);
    assert_string_equal(written(&arena, lock, "some/where/pylock.toml"),
                        expected);
    pl_lock_sort(lock);
    assert_string_equal(written(&arena, lock, "-"), expected);
}

static void test_least(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_lock lock = {0};
    assert_string_equal(written(&arena, &lock, "pylock.toml"),
                        "lock-version = \"1.0\"\n"
                        "created-by = \"podlock\"\n"
                        "packages = []\n"
                        "\n"
                        "[tool.podlock]\n"
                        "format = 1\n"
                        "inputs = []\n"
                        "download = 0\n"
                        "provided = []\n"
                        "replaced = []\n");
}

static void test_rare_keys(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_str broken[] = {PL_STR("b: c>1"), PL_STR("a: b")};
    struct pl_str ignored[] = {PL_STR("y"), PL_STR("x"), PL_STR("y")};
    struct pl_lock lock = {
        .broken = broken,
        .broken_count = 2,
        .ignored_rules = ignored,
        .ignored_rule_count = 3,
        .download = UINT64_MAX,
    };
    pl_lock_sort(&lock);
    const char *text = written(&arena, &lock, "pylock.toml");
    assert_non_null(strstr(text, "\nbroken = [\"a: b\", \"b: c>1\"]\n"
                                 "ignored-rules = [\"x\", \"y\"]\n"));
    assert_null(strstr(text, "download"));
}

static void test_no_annotate(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock *lock = sample_lock(&arena);
    lock->with_via = false;
    lock->with_header = false;
    pl_lock_sort(lock);
    const char *text = written(&arena, lock, "pylock.toml");
    assert_true(pl_str_starts(pl_str_from(text), "lock-version"));
    assert_null(strstr(text, "via"));
    assert_non_null(strstr(text, "\n[packages.tool.podlock]\n"
                                 "rules = [\"numpy2-pandas\"]\n"));
}

/* ---- installing ---- */

static void check_install(struct pl_arena *arena, const struct pl_lock *lock,
                          const char *name, const char *expected)
{
    struct pl_str line = pl_lock_install_line(arena, lock, pl_str_from(name));
    assert_string_equal(line.at, expected);
}

static void test_install_line(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock *lock = sample_lock(&arena);
    check_install(&arena, lock, "-", "pip install --no-deps -r pylock.toml");
    check_install(&arena, lock, "a/pylock.x.toml",
                  "pip install --no-deps -r pylock.x.toml");
    check_install(&arena, lock, "a b.txt",
                  "pip install --no-deps --require-hashes -r 'a b.txt'");
    struct pl_lock_replaced os = {PL_STR("blinker"), PL_STR("1.7.0"),
                                  PL_STR("1.9.0"), PL_STR("flask"), true};
    lock->replaced = &os;
    lock->replaced_count = 1;
    check_install(&arena, lock, "pylock.toml",
                  "pip install --ignore-installed --no-deps -r pylock.toml");
    check_install(&arena, lock, "r.txt",
                  "pip install --ignore-installed --no-deps --require-hashes "
                  "-r r.txt");
    const char *text = written(&arena, lock, "pylock.toml");
    assert_null(strstr(text, "uv pip"));
    assert_non_null(strstr(text, "because = \"flask\", os = true },\n"));
}

/* A bare Python loses nothing that the lock does not list. */
static void test_without_template(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock *lock = sample_lock(&arena);
    lock->template_id = (struct pl_str){0};
    lock->template_digest = (struct pl_str){0};
    const char *text = written(&arena, lock, "pylock.toml");
    assert_null(strstr(text, "template"));
    assert_null(strstr(text, "sync"));
}

/* ---- file entries ---- */

static const char *file_line(struct pl_arena *arena,
                             const struct pl_lock_file *file)
{
    struct pl_lock_package package = {.name = PL_STR("x"), .file = *file};
    struct pl_lock lock = {.packages = &package, .package_count = 1};
    const char *text = strstr(written(arena, &lock, "pylock.toml"), "\nwheels");
    assert_non_null(text);
    struct pl_str line = {text + 1, strcspn(text + 1, "\n")};
    return pl_arena_dup(arena, line).at;
}

static bool has_time(struct pl_arena *arena, const char *time)
{
    struct pl_lock_file file = sample_file("a.whl", "https://h/a.whl");
    file.upload_time = pl_str_from(time);
    return strstr(file_line(arena, &file), "upload-time") != NULL;
}

static void test_times(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const char *const good[] = {
        "2024-02-29T00:00:00Z",
        "2000-02-29T23:59:59.9Z",
        "0001-01-01T00:00:00.123456789Z",
        "9999-12-31T23:59:59Z",
    };
    static const char *const bad[] = {
        "",
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2024-04-31T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-01-00T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z",
        "2024-01-01T00:00:60Z",
        "2024-01-01T00:00:00",
        "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00+00:00",
        "2024-01-01 00:00:00Z",
        "2024-01-01T00:00:00Z, url = \"x\"",
        "2024-01-01T00:00:00Z\n",
    };
    for (size_t i = 0; i < PL_COUNT(good); i++)
        assert_true(has_time(&arena, good[i]));
    for (size_t i = 0; i < PL_COUNT(bad); i++)
        assert_false(has_time(&arena, bad[i]));
}

/* The name stands there when the URL does not end with it. */
static void test_names_of_files(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const struct {
        const char *name, *url;
        bool written;
    } rows[] = {
        {"a.whl", "https://h/x/a.whl", false},
        {"a.whl", "https://h/x/a.whl#sha256=1", false},
        {"a.whl", "https://h/x/a.whl?b=c/d", false},
        {"a+1.whl", "https://h/x/a%2B1.whl", true},
        {"a+1.whl", "https://h/x/a+1.whl", false},
        {"a.whl", "https://h/x/b", true},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_lock_file file = sample_file(rows[i].name, rows[i].url);
        assert_int_equal(strstr(file_line(&arena, &file), "name = ") != NULL,
                         rows[i].written);
    }
    struct pl_lock_file local = sample_file("a+1.whl", NULL);
    local.path = PL_STR("dir/a+1.whl");
    local.size = UINT64_MAX;
    local.upload_time = (struct pl_str){0};
    assert_string_equal(file_line(&arena, &local),
                        "wheels = [{ path = \"dir/a+1.whl\", hashes = "
                        "{ sha256 = \"" SAMPLE_SHA "\" } }]");
}

static void test_name_valid(void **state)
{
    (void)state;
    assert_true(pl_lock_name_valid(PL_STR("pylock.toml")));
    assert_true(pl_lock_name_valid(PL_STR("pylock.gpu-1.toml")));
    assert_false(pl_lock_name_valid(PL_STR("pylock..toml")));
    assert_false(pl_lock_name_valid(PL_STR("pylock.a.b.toml")));
    assert_false(pl_lock_name_valid(PL_STR("pylock.txt")));
    assert_false(pl_lock_name_valid(PL_STR("mypylock.toml")));
    assert_false(pl_lock_name_valid(PL_STR("pylock")));
    assert_false(pl_lock_name_valid(PL_STR("pylock.a/b.toml")));
}

/* ---- foreign strings ---- */

/* Everything that is a string and may be foreign. */
static void fill(struct pl_lock *lock, struct pl_str text)
{
    struct pl_lock_package *package = &lock->packages[0];
    lock->environments[0] = lock->requires_python = lock->template_id = text;
    lock->rules_edition = lock->arguments[0] = text;
    lock->inputs[0].name = lock->provided[0].name = text;
    lock->replaced[0].because = text;
    package->name = package->version = package->index = text;
    package->requires_python = package->via[0] = text;
    package->file.name = package->file.url = text;
    package->file.upload_time = text;
}

static void expect(const struct pl_toml_node *table, const char *key,
                   struct pl_str text)
{
    const struct pl_toml_node *node;
    struct pl_str found;
    assert_true(pl_toml_get(table, key, &node));
    if (pl_toml_type(node) == PL_TOML_ARRAY)
        node = pl_toml_at(node, 0);
    assert_true(pl_toml_str(node, &found));
    assert_true(pl_str_eq(found, text));
}

/* The member of a table, or the first one of the array that it is. */
static const struct pl_toml_node *member(const struct pl_toml_node *node,
                                         const char *key)
{
    const struct pl_toml_node *found;
    assert_true(pl_toml_get(node, key, &found));
    if (pl_toml_type(found) == PL_TOML_ARRAY)
        return pl_toml_at(found, 0);
    return found;
}

static void check_read_back(const struct pl_toml_node *root, struct pl_str text)
{
    const struct pl_toml_node *package = member(root, "packages");
    const struct pl_toml_node *tool = member(member(root, "tool"), "podlock");
    assert_int_equal(pl_toml_count(root), 6);
    assert_int_equal(pl_toml_count(package), 6);
    expect(root, "environments", text);
    expect(root, "requires-python", text);
    expect(tool, "template", text);
    expect(tool, "rules", text);
    expect(tool, "arguments", text);
    expect(member(tool, "inputs"), "name", text);
    expect(member(tool, "provided"), "name", text);
    expect(member(tool, "replaced"), "because", text);
    expect(package, "name", text);
    expect(package, "version", text);
    expect(package, "index", text);
    expect(package, "requires-python", text);
    expect(member(package, "wheels"), "url", text);
    expect(member(member(package, "tool"), "podlock"), "via", text);
}

static void test_hostile(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_COUNT(sample_hostile); i++) {
        PL_ARENA(arena);
        struct pl_lock *lock = sample_lock(&arena);
        lock->package_count = 1;
        struct pl_str text = pl_str_from(sample_hostile[i]);
        fill(lock, text);
        const char *output = written(&arena, lock, sample_hostile[i]);
        struct pl_toml *doc = parsed(&arena, output);
        check_read_back(pl_toml_root(doc), text);
        pl_toml_destroy(doc);
        assert_true(pl_str_starts(pl_str_from(output),
                                  "# Locked by podlock.\n# Made by:\n"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_least),
        cmocka_unit_test(test_rare_keys),
        cmocka_unit_test(test_no_annotate),
        cmocka_unit_test(test_install_line),
        cmocka_unit_test(test_without_template),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_names_of_files),
        cmocka_unit_test(test_name_valid),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
