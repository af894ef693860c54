#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lockfmt/pins_read.h"
#include "tests/unit/wrong.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static bool parse(struct pl_arena *arena, const struct pl_source *source,
                  struct pl_error *err)
{
    struct pl_lock lock;
    return pl_pins_read(arena, source, &lock, err);
}

static void test_wrong(void **state)
{
    (void)state;
    wrong_run("pins-errors.data", parse, 15);
}

static struct pl_lock *read_pins(struct pl_arena *arena, const char *text)
{
    struct pl_lock *lock = pl_new(arena, struct pl_lock);
    struct pl_error err = {.arena = arena};
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("r.txt"), pl_str_from(text));
    if (!pl_pins_read(arena, source, lock, &err))
        fail_msg("%.*s", PL_STR_ARG(wrong_render(arena, &err)));
    return lock;
}

static void assert_str(struct pl_str got, const char *expected)
{
    if (!pl_str_is(got, expected))
        fail_msg("`%.*s`, not `%s`", PL_STR_ARG(got), expected);
}

static void test_pip_compile(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_lock *lock = read_pins(
        &arena,
        "# made by a tool\r\n"
        "--index-url https://example.org/simple\r\n"
        "\r\n"
        "Zope.Interface[test]==6.0.0 ; python_version < '4' \\\r\n"
        "    --hash=sha256:" B64 " \\\r\n"
        "    --hash=sha256:" A64 "\r\n"
        "    # via\r\n"
        "    #   -r requirements.in\r\n"
        "    #   Flask\r\n"
        "    #   requirements.in:3\r\n"
        "attrs==23.1 --hash sha512:" A64 B64 "  # via zope-interface, x.in:1");
    assert_true(lock->is_foreign);
    assert_false(pl_pins_are_bare(lock));
    assert_int_equal(lock->package_count, 2);
    const struct pl_lock_package *attrs = &lock->packages[0];
    const struct pl_lock_package *zope = &lock->packages[1];
    assert_str(attrs->name, "attrs");
    assert_str(attrs->version, "23.1");
    assert_int_equal(attrs->file.hash_count, 1);
    assert_str(attrs->file.hashes[0].algorithm, "sha512");
    assert_int_equal(attrs->via_count, 2);
    assert_str(attrs->via[0], "x.in:1");
    assert_str(attrs->via[1], "zope-interface");
    assert_str(zope->name, "zope-interface");
    assert_str(zope->version, "6.0.0");
    assert_str(zope->marker, "python_version < '4'");
    assert_int_equal(zope->extra_count, 1);
    assert_str(zope->file.sha256, B64);
    assert_int_equal(zope->more_count, 1);
    assert_str(zope->more[0].sha256, A64);
    assert_int_equal(zope->via_count, 2);
    assert_str(zope->via[0], "flask");
    assert_int_equal(pl_span_place(zope->span).line, 4);
}

static void test_freeze(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_lock *lock = read_pins(
        &arena,
        "torch==2.4.1+cu124\n"
        "wheel @ https://example.org/wheel-1-py3-none-any.whl#sha256=" A64 "\n"
        "local @ file:///srv/a%20b\n"
        "vcs @ git+https://u@example.org/x@1234#subdirectory=sub\n"
        "-e git+ssh://git@example.org/y.git@5678#egg=Egg_Name\n"
        "# Editable install with no version control (Noted==0.1)\n"
        "-e /srv/noted-folder\n"
        "-e /srv/plain/\n");
    assert_true(pl_pins_are_bare(lock));
    assert_int_equal(lock->package_count, 7);
    const struct pl_lock_package *p = lock->packages;
    assert_str(p[0].name, "egg-name");
    assert_int_equal(p[0].source, PL_LOCK_VCS);
    assert_str(p[0].tree.url, "ssh://git@example.org/y.git");
    assert_str(p[0].tree.commit_id, "5678");
    assert_true(p[0].tree.editable);
    assert_str(p[1].name, "local");
    assert_int_equal(p[1].source, PL_LOCK_DIRECTORY);
    assert_str(p[1].tree.path, "/srv/a b");
    assert_str(p[2].name, "noted");
    assert_str(p[2].version, "0.1");
    assert_str(p[2].tree.path, "/srv/noted-folder");
    assert_str(p[3].name, "plain");
    assert_str(p[4].version, "2.4.1+cu124");
    assert_str(p[5].name, "vcs");
    assert_str(p[5].tree.url, "https://u@example.org/x");
    assert_str(p[5].tree.subdirectory, "sub");
    assert_str(p[6].name, "wheel");
    assert_int_equal(p[6].source, PL_LOCK_ARCHIVE);
    assert_str(p[6].file.sha256, A64);
}

/* ---- beside a lock ---- */

static struct pl_lock_package entry(const char *name, const char *version,
                                    const char *sha256)
{
    return (struct pl_lock_package){
        .name = pl_str_from(name),
        .version = pl_str_from(version),
        .file = {.name = PL_STR("f.whl"),
                 .url = PL_STR("https://example.org/f.whl"),
                 .size = 7,
                 .has_size = true,
                 .sha256 = pl_str_from(sha256)}};
}

static void test_match(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock_package packages[] = {
        entry("moved", "1.0", A64), entry("other", "1.0", A64),
        entry("same", "1.0", A64), entry("unhashed", "1.0", A64)};
    struct pl_lock lock = {.template_id = PL_STR("t"),
                           .packages = packages,
                           .package_count = PL_COUNT(packages)};
    struct pl_lock *pins = read_pins(
        &arena, "same==1.0 --hash=sha256:" B64 " --hash=sha256:" A64 "\n"
                "other==1.0 --hash=sha256:" B64
                "\nmoved==2.0 --hash=sha256:" A64 "\nunhashed==1.0\n");
    pl_pins_match(&arena, pins, &lock, NULL);
    assert_str(pins->template_id, "t");
    assert_int_equal(pins->package_count, 4);
    const struct pl_lock_package *p = pins->packages;
    assert_str(p[0].version, "2.0");
    assert_str(p[0].file.name, A64);
    /* one file with another hash, not one that came and one that went */
    assert_str(p[1].file.name, "f.whl");
    assert_str(p[1].file.sha256, B64);
    assert_str(p[2].file.sha256, A64);
    assert_int_equal(p[2].more_count, 0);
    assert_str(p[3].file.sha256, A64);
}

static void test_match_freeze(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_template facts;
    struct pl_error err = {.arena = &arena};
    struct pl_lock_package packages[] = {entry("mine", "1.0", A64)};
    struct pl_lock lock = {.packages = packages, .package_count = 1};
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("t.toml"),
                            PL_STR("podlock-template = 1\nid = \"t\"\n"
                                   "[environment]\npython = \"3.11\"\n"
                                   "[[package]]\nname = \"torch\"\nversion = "
                                   "\"2.4.1+cu124\"\nprotect = \"locked\"\n"
                                   "[[package]]\nname = \"numpy\"\nversion = "
                                   "\"1.26.3\"\nprotect = \"keep\"\n"));
    if (!pl_template_parse(&arena, source, &facts, &err))
        fail_msg("%.*s", PL_STR_ARG(wrong_render(&arena, &err)));
    struct pl_lock *pins = read_pins(
        &arena, "mine==1.0\ntorch==2.4.1+cu124\nnumpy==1.26.4\nnew==1\n");
    pl_pins_match(&arena, pins, &lock, &facts);
    assert_int_equal(pins->package_count, 3);
    assert_str(pins->packages[0].name, "mine");
    assert_str(pins->packages[1].name, "new");
    assert_str(pins->packages[2].name, "numpy");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong),        cmocka_unit_test(test_pip_compile),
        cmocka_unit_test(test_freeze),       cmocka_unit_test(test_match),
        cmocka_unit_test(test_match_freeze),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
