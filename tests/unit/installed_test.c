/*
 * What is installed in a folder, by folders made here: each form, and each
 * damage with a neighbour that is sound.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "container/installed.h"
#include "tests/unit/tree_made.h"

#define SITE "/usr/lib/python3.12/site-packages"
#define AT(name) SITE "/" name

static struct pl_installed_list read_site(struct made *made, bool owners)
{
    struct pl_installed_list list = {0};
    struct pl_error err = {.arena = &made->arena};
    if (!pl_installed_read(&made->arena, made->tree, PL_STR(SITE), owners,
                           &list, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    return list;
}

/* One distribution as pip leaves it, without a module. */
static void add(struct made *made, const char *base, const char *metadata)
{
    PL_ARENA(arena);
    const char *info = pl_arena_printf(&arena, AT("%s.dist-info"), base).at;
    made_file(made, pl_arena_printf(&arena, "%s/METADATA", info).at, metadata);
    made_file(made, pl_arena_printf(&arena, "%s/INSTALLER", info).at, "pip\n");
    made_file(made, pl_arena_printf(&arena, "%s/RECORD", info).at, "");
}

static const struct pl_installed *only(const struct pl_installed_list *list)
{
    if (list->rows.len != 1)
        fail_msg("%zu rows", list->rows.len);
    return &list->rows.at[0];
}

static void expect_damage(const struct pl_installed_list *list,
                          enum pl_damage_kind kind, const char *name,
                          const char *path, const char *why)
{
    if (list->damage.len != 1)
        fail_msg("%zu rows of damage, wanted %s", list->damage.len,
                 pl_damage_name(kind));
    const struct pl_damage *found = &list->damage.at[0];
    assert_string_equal(pl_damage_name(found->kind), pl_damage_name(kind));
    if (!pl_str_is(found->name, name) || !pl_str_is(found->path, path) ||
        !pl_str_is(found->why, why))
        fail_msg("%.*s, %.*s: `%.*s`", PL_STR_ARG(found->name),
                 PL_STR_ARG(found->path), PL_STR_ARG(found->why));
}

static void expect_text(struct pl_str found, const char *text)
{
    if (!pl_str_is(found, text))
        fail_msg("`%.*s`, wanted `%s`", PL_STR_ARG(found), text);
}

#define HEAD(name, version)                                                    \
    "Metadata-Version: 2.1\nName: " name "\nVersion: " version "\n"

static void test_dist_info(void **state)
{
    (void)state;
    struct made *made = made_folder();
    add(made, "Typing_Extensions-4.12.2",
        HEAD("typing.Extensions", "4.12.2") "Requires-Dist: a (>=1.0.*)\n"
                                            "Requires-Dist: b @ "
                                            "https://example.org/b.whl\n"
                                            "\nRequires-Dist: c\n");
    struct pl_installed_list list = read_site(made, true);
    const struct pl_installed *row = only(&list);
    assert_int_equal(list.damage.len, 0);
    expect_text(row->name, "typing-extensions");
    expect_text(row->version_text, "4.12.2");
    expect_text(row->installer, "pip");
    expect_text(row->folder, SITE);
    expect_text(row->info, AT("Typing_Extensions-4.12.2.dist-info"));
    assert_true(row->has_version && row->has_record && row->requires_known);
    assert_false(row->is_editable);
    assert_int_equal(row->direct_url.len, 0);
    assert_int_equal(row->form, PL_INSTALLED_DIST_INFO);
    assert_int_equal(row->require_count, 2);
    expect_text(row->requires[0].name, "a");
    expect_text(row->requires[1].url, "https://example.org/b.whl");
    made_remove(made);
}

static void test_eggs(void **state)
{
    (void)state;
    struct made *made = made_folder();
    made_file(made, AT("blinker-1.4.egg-info"), HEAD("blinker", "1.4"));
    made_file(made, AT("PyJWT-2.6.0.egg-info/PKG-INFO"),
              HEAD("PyJWT", "2.6.0"));
    made_file(made, AT("PyJWT-2.6.0.egg-info/requires.txt"),
              "x\n\n[crypto]\ncryptography>=3.4\n");
    made_file(made, AT("six.egg-info/PKG-INFO"),
              HEAD("six", "1.16.0") "Requires-Dist: y\n");
    made_file(made, AT("zope.interface-6.0-py3.12.egg/EGG-INFO/PKG-INFO"),
              HEAD("zope.interface", "6.0"));
    struct pl_installed_list list = read_site(made, true);
    assert_int_equal(list.rows.len, 4);
    assert_int_equal(list.damage.len, 0);
    const struct pl_installed *rows = list.rows.at;
    expect_text(rows[0].name, "blinker");
    assert_int_equal(rows[0].form, PL_INSTALLED_EGG_INFO_FILE);
    assert_false(rows[0].requires_known || rows[0].has_record);
    expect_text(rows[1].name, "pyjwt");
    assert_int_equal(rows[1].form, PL_INSTALLED_EGG_INFO);
    assert_true(rows[1].requires_known);
    assert_int_equal(rows[1].require_count, 2);
    assert_non_null(rows[1].requires[1].marker);
    expect_text(rows[2].version_text, "1.16.0");
    assert_int_equal(rows[2].require_count, 1);
    expect_text(rows[3].name, "zope-interface");
    assert_int_equal(rows[3].form, PL_INSTALLED_EGG_INFO);
    expect_text(rows[3].info, AT("zope.interface-6.0-py3.12.egg/EGG-INFO"));
    made_remove(made);
}

static void test_develop(void **state)
{
    (void)state;
    struct made *made = made_folder();
    made_file(made, AT("my-app.egg-link"), "/src/app\n.");
    made_file(made, "/src/app/My_App.egg-info/PKG-INFO", HEAD("my_app", "0.1"));
    made_file(made, AT("lost.egg-link"), "/src/lost\n.");
    struct pl_installed_list list = read_site(made, true);
    assert_int_equal(list.rows.len, 2);
    expect_damage(&list, PL_DAMAGE_LINK_TO_NOTHING, "lost", AT("lost.egg-link"),
                  "/src/lost");
    const struct pl_installed *row = &list.rows.at[1];
    expect_text(row->name, "my-app");
    expect_text(row->version_text, "0.1");
    expect_text(row->info, AT("my-app.egg-link"));
    assert_int_equal(row->form, PL_INSTALLED_EGG_LINK);
    assert_true(row->is_editable && row->requires_known);
    assert_true(list.rows.at[0].is_editable);
    assert_false(list.rows.at[0].requires_known);
    made_remove(made);
}

static void test_direct_url(void **state)
{
    (void)state;
    struct made *made = made_folder();
    add(made, "a-1", HEAD("a", "1"));
    made_file(made, AT("a-1.dist-info/direct_url.json"),
              "{\"url\": \"https://me:secret@example.org/a.git\", \"vcs_info\":"
              " {\"vcs\": \"git\", \"commit_id\": \"0a1b\"}}");
    add(made, "b-1", HEAD("b", "1"));
    made_file(made, AT("b-1.dist-info/direct_url.json"),
              "{\"url\": \"file:///src/b%20b\", \"dir_info\":"
              " {\"editable\": true}}");
    made_file(made, "/src/b b/setup.py", "");
    add(made, "c-1", HEAD("c", "1"));
    made_file(made, AT("c-1.dist-info/direct_url.json"),
              "{\"url\": \"file:///src/c\", \"dir_info\": {}}");
    struct pl_installed_list list = read_site(made, false);
    assert_int_equal(list.rows.len, 3);
    assert_int_equal(list.damage.len, 0);
    expect_text(list.rows.at[0].direct_url,
                "git+https://***@example.org/a.git@0a1b");
    assert_false(list.rows.at[0].is_editable);
    expect_text(list.rows.at[1].direct_url, "file:///src/b%20b");
    assert_true(list.rows.at[1].is_editable);
    assert_false(list.rows.at[2].is_editable);
    made_remove(made);
}

static void test_direct_url_wrong(void **state)
{
    (void)state;
    struct made *made = made_folder();
    add(made, "a-1", HEAD("a", "1"));
    made_file(
        made, AT("a-1.dist-info/direct_url.json"),
        "{\"url\": \"file:///src/a\", \"dir_info\": {\"editable\": true}}");
    struct pl_installed_list list = read_site(made, false);
    expect_damage(&list, PL_DAMAGE_LINK_TO_NOTHING, "a", AT("a-1.dist-info"),
                  "/src/a");
    made_file(made, AT("a-1.dist-info/direct_url.json"), "{\"url\": 3}");
    list = read_site(made, false);
    expect_damage(&list, PL_DAMAGE_METADATA_BAD, "a", AT("a-1.dist-info"),
                  "direct_url.json: it states no url");
    made_remove(made);
}

/* Each folder is named a-1.dist-info; NULL: without METADATA. */
static void test_metadata_damage(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum pl_damage_kind kind;
        const char *why, *name, *version;
        bool known;
    } rows[] = {
        {"", PL_DAMAGE_METADATA_EMPTY, "", "a", "1", false},
        {NULL, PL_DAMAGE_METADATA_ABSENT, "", "a", "1", false},
        {"Name: a\n", PL_DAMAGE_METADATA_BAD, "it states no version", "a", "1",
         false},
        {"Version: 1\n", PL_DAMAGE_METADATA_BAD, "it states no name", "a", "1",
         false},
        {HEAD("a", "1") "Requires-Dist: b ==\n", PL_DAMAGE_METADATA_BAD,
         "line 4: `b ==`: `==` wants a version", "a", "1", false},
        {HEAD("b", "1"), PL_DAMAGE_NAME_DIFFERS, "it says b", "b", "1", true},
        {HEAD("a", "2"), PL_DAMAGE_NAME_DIFFERS, "it says version 2", "a", "2",
         true},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct made *made = made_folder();
        made_file(made, AT("a-1.dist-info/INSTALLER"), "conda\n");
        if (rows[i].text)
            made_file(made, AT("a-1.dist-info/METADATA"), rows[i].text);
        struct pl_installed_list list = read_site(made, false);
        const char *why = rows[i].why;
        if (i == 4) /* the parser's own words */
            why = pl_arena_dup(&made->arena, list.damage.at[0].why).at;
        expect_damage(&list, rows[i].kind, rows[i].name, AT("a-1.dist-info"),
                      why);
        assert_int_equal(strncmp(why, "line 4: `b ==`: ", 16) == 0, i == 4);
        const struct pl_installed *row = only(&list);
        expect_text(row->name, rows[i].name);
        expect_text(row->version_text, rows[i].version);
        assert_int_equal(row->requires_known, rows[i].known);
        made_remove(made);
    }
}

/* Spellings that are no damage: local labels, zeros, dots and dashes. */
static void test_spelled_otherwise(void **state)
{
    (void)state;
    struct made *made = made_folder();
    add(made, "torch-2.7.0a0+nv25.03", HEAD("torch", "2.7.0a0+nv25.3"));
    add(made, "jaraco.text-3.0", HEAD("jaraco_text", "3.0.0"));
    add(made, "old-2004x", HEAD("old", "2004x"));
    struct pl_installed_list list = read_site(made, true);
    assert_int_equal(list.damage.len, 0);
    assert_int_equal(list.rows.len, 3);
    expect_text(list.rows.at[0].name, "jaraco-text");
    assert_false(list.rows.at[1].has_version);
    expect_text(list.rows.at[1].version_text, "2004x");
    made_remove(made);
}

static void test_two(void **state)
{
    (void)state;
    struct made *made = made_folder();
    add(made, "numpy-1.26.4", HEAD("numpy", "1.26.4"));
    add(made, "numpy-2.1.0", HEAD("numpy", "2.1.0"));
    struct pl_installed_list list = read_site(made, false);
    assert_int_equal(list.rows.len, 2);
    expect_damage(&list, PL_DAMAGE_TWO_INFOS, "numpy",
                  AT("numpy-2.1.0.dist-info"), "1.26.4 and 2.1.0");
    made_remove(made);

    /* Debian's pairs are one distribution. */
    made = made_folder();
    add(made, "cryptography-38.0.4", HEAD("cryptography", "38.0.4"));
    made_file(made, AT("cryptography.egg-info/PKG-INFO"),
              HEAD("cryptography", "38.0.4"));
    list = read_site(made, false);
    assert_int_equal(only(&list)->form, PL_INSTALLED_DIST_INFO);
    assert_int_equal(list.damage.len, 0);
    made_remove(made);
}

static void test_record_absent(void **state)
{
    (void)state;
    struct made *made = made_folder();
    made_file(made, AT("a-1.dist-info/METADATA"), HEAD("a", "1"));
    made_file(made, AT("a-1.dist-info/INSTALLER"), "pip\n");
    made_file(made, AT("b-1.dist-info/METADATA"), HEAD("b", "1"));
    made_file(made, AT("b-1.dist-info/INSTALLER"), "debian\n");
    struct pl_installed_list list = read_site(made, false);
    expect_damage(&list, PL_DAMAGE_RECORD_ABSENT, "a", AT("a-1.dist-info"), "");
    expect_text(list.rows.at[1].installer, "debian");
    made_remove(made);
}

static void test_half_removed(void **state)
{
    (void)state;
    struct made *made = made_folder();
    add(made, "~orch-2.8.0", HEAD("torch", "2.8.0"));
    struct pl_installed_list list = read_site(made, true);
    assert_int_equal(list.rows.len, 0);
    expect_damage(&list, PL_DAMAGE_HALF_REMOVED, "~orch-2.8.0",
                  AT("~orch-2.8.0.dist-info"), "");
    made_remove(made);
}

static void test_owners(void **state)
{
    (void)state;
    struct made *made = made_folder();
    add(made, "a-1", HEAD("a", "1"));
    made_file(made, AT("a-1.dist-info/RECORD"),
              "../../../../bin/a,,\na-1.dist-info/RECORD,,\na/__init__.py,,\n"
              "a/b.py,,\n_a.cpython-312.so,,\n");
    made_file(made, AT("a/__init__.py"), "");
    made_file(made, AT("_a.cpython-312.so"), "");
    made_file(made, AT("a.libs/README"), "");
    made_file(made, AT("sitecustomize.py"), "");
    made_file(made, AT("egg.egg-info/PKG-INFO"), HEAD("egg", "1"));
    made_file(made, AT("egg.egg-info/top_level.txt"), "egg\n");
    made_file(made, AT("egg.py"), "");
    struct pl_installed_list list = read_site(made, true);
    assert_int_equal(list.rows.len, 2);
    assert_int_equal(list.damage.len, 0);

    made_file(made, AT("left/__init__.py"), "");
    list = read_site(made, true);
    expect_damage(&list, PL_DAMAGE_INFO_ABSENT, "left", AT("left"), "");
    assert_int_equal(read_site(made, false).damage.len, 0);
    assert_int_equal(unlink(made_path(made, AT("left/__init__.py"))), 0);

    /* One module that is gone is --deep's to tell; all of them are not. */
    assert_int_equal(unlink(made_path(made, AT("a/__init__.py"))), 0);
    assert_int_equal(read_site(made, true).damage.len, 0);
    assert_int_equal(unlink(made_path(made, AT("_a.cpython-312.so"))), 0);
    list = read_site(made, true);
    expect_damage(&list, PL_DAMAGE_CODE_ABSENT, "a", AT("a-1.dist-info"), "");
    made_remove(made);
}

static void test_hostile(void **state)
{
    (void)state;
    struct made *made = made_folder();
    made_sparse(made, AT("a-1.dist-info/METADATA"), (off_t)1 << 30);
    made_fifo(made, AT("b-1.egg-info/PKG-INFO"));
    made_link(made, AT("c-1.dist-info"), "c-1.dist-info");
    made_link(made, AT("d-1.dist-info"), "/dev");
    made_file(made, AT("\x1b[2J\n-1.dist-info/METADATA"), "Name: \x1b[2J\n");
    made_link(made, AT("f-1.dist-info/METADATA"), "/../../../../etc/passwd");
    struct pl_installed_list list = read_site(made, true);
    assert_int_equal(list.rows.len, 5);
    assert_int_equal(list.damage.len, 6);
    static const enum pl_damage_kind kinds[] = {
        PL_DAMAGE_METADATA_BAD,    PL_DAMAGE_METADATA_BAD,
        PL_DAMAGE_METADATA_BAD,    PL_DAMAGE_METADATA_ABSENT,
        PL_DAMAGE_METADATA_ABSENT, PL_DAMAGE_METADATA_ABSENT};
    for (size_t i = 0; i < PL_COUNT(kinds); i++)
        assert_int_equal(list.damage.at[i].kind, kinds[i]);
    expect_text(list.damage.at[0].name, "\x1b[2J\n-1");
    assert_true(made->arena.total < 4u << 20);
    made_remove(made);
}

/* Headers that end after the bytes that are read first. */
static void test_long_headers(void **state)
{
    (void)state;
    struct made *made = made_folder();
    PL_BUF(text, 1u << 20);
    pl_buf_add_cstr(&text, HEAD("a", "1"));
    for (int i = 0; i < 3000; i++)
        pl_buf_addf(&text, "Requires-Dist: package-number-%d\n", i);
    pl_buf_add_cstr(&text, "\nA description\n");
    made_bytes(made, AT("a-1.dist-info/METADATA"), pl_buf_view(&text));
    struct pl_installed_list list = read_site(made, false);
    assert_int_equal(only(&list)->require_count, 3000);
    assert_int_equal(list.damage.len, 0);
    made_remove(made);
}

static void test_too_many(void **state)
{
    (void)state;
    struct made *made = made_folder();
    struct pl_installed_list list = {0};
    struct pl_error err = {.arena = &made->arena};
    char name[100];
    for (int i = 0; i <= PL_MAX_INSTALLED; i++) {
        snprintf(name, sizeof(name), AT("a%d.egg-link"), i);
        made_link(made, name, "x");
        if (i == 0) {
            int fd = open(made_path(made, SITE), O_PATH);
            assert_int_equal(fchdir(fd), 0);
            close(fd);
        }
    }
    /* Links to nothing are no egg-links: one file more, then too many. */
    assert_int_equal(read_site(made, false).rows.len, 0);
    for (int i = 0; i <= PL_MAX_INSTALLED; i++) {
        snprintf(name, sizeof(name), "b%d.dist-info", i);
        assert_int_equal(symlink("x", name), 0);
    }
    assert_false(pl_installed_read(&made->arena, made->tree, PL_STR(SITE),
                                   false, &list, &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
    assert_int_equal(list.rows.len, 0);
    assert_int_equal(chdir("/"), 0);
    made_remove(made);
}

static void test_nothing(void **state)
{
    (void)state;
    struct made *made = made_folder();
    assert_int_equal(read_site(made, true).rows.len, 0);
    made_file(made, AT("README.txt"), "");
    assert_int_equal(read_site(made, true).rows.len, 0);
    made_remove(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dist_info),
        cmocka_unit_test(test_eggs),
        cmocka_unit_test(test_develop),
        cmocka_unit_test(test_direct_url),
        cmocka_unit_test(test_direct_url_wrong),
        cmocka_unit_test(test_metadata_damage),
        cmocka_unit_test(test_spelled_otherwise),
        cmocka_unit_test(test_two),
        cmocka_unit_test(test_record_absent),
        cmocka_unit_test(test_half_removed),
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_long_headers),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
