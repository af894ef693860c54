#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/digest.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/toml_packed.h"
#include "pep/pack.h"
#include "rules/shipped.h"
#include "rules/template.h"

static const struct pl_shipped_file *find(struct pl_str name)
{
    for (size_t i = 0; i < pl_shipped_file_count; i++)
        if (pl_str_eq(pl_shipped_files[i].name, name))
            return &pl_shipped_files[i];
    fail_msg("%.*s is not listed in rules/meson.build", PL_STR_ARG(name));
    return NULL;
}

/* The bytes that it has now, and what parsing them gives. */
static void check_file(struct pl_str name)
{
    PL_ARENA(arena);
    const char *root = getenv("PODLOCK_SOURCE_ROOT");
    struct pl_str text;
    struct pl_str path = pl_arena_printf(&arena, "%s/rules/%.*s",
                                         root ? root : ".", PL_STR_ARG(name));
    assert_true(
        pl_file_load(&arena, path, PL_MAX_USER_FILE_BYTES, &text, NULL, NULL));
    const struct pl_shipped_file *file = find(name);
    assert_true(pl_str_eq(file->text, text));
    assert_true(pl_str_eq(file->sha256, pl_sha256_hex(&arena, text)));
    const struct pl_source *source = pl_shipped_source(&arena, file);
    struct pl_toml *parsed, *built = pl_shipped_open(source, file);
    assert_true(pl_toml_parse(source, &parsed, NULL));
    PL_BUF(packed, PL_MAX_USER_FILE_BYTES);
    PL_BUF(again, PL_MAX_USER_FILE_BYTES);
    pl_toml_pack(parsed, &packed);
    pl_toml_pack(built, &again);
    assert_true(pl_str_eq(file->packed, pl_buf_view(&packed)));
    assert_true(pl_str_eq(file->packed, pl_buf_view(&again)));
    pl_toml_destroy(parsed);
    pl_toml_destroy(built);
}

/* Checks the folder's files; their number. */
static size_t check_folder(const char *folder)
{
    PL_ARENA(arena);
    const char *root = getenv("PODLOCK_SOURCE_ROOT");
    struct pl_str *names;
    size_t count, files = 0;
    struct pl_str dir =
        pl_arena_printf(&arena, "%s/rules/%s", root ? root : ".", folder);
    assert_true(pl_dir_list(&arena, dir, &names, &count, NULL));
    for (size_t i = 0; i < count; i++) {
        if (!pl_str_ends(names[i], ".toml"))
            continue;
        check_file(pl_path_join(&arena, pl_str_from(folder), names[i]));
        files++;
    }
    return files;
}

static void test_files(void **state)
{
    (void)state;
    size_t templates = check_folder("templates"), rules = check_folder("abi");
    check_file(PL_STR("gpu.toml"));
    check_file(PL_STR("torch-family.toml"));
    assert_int_equal(templates, pl_shipped_template_count);
    assert_int_equal(templates + rules + 2, pl_shipped_file_count);
}

static struct pl_str string_of(const struct pl_toml_node *root,
                               const char *table, const char *key)
{
    const struct pl_toml_node *node = root;
    struct pl_str text = {0};
    if (table && !pl_toml_get(root, table, &node))
        return text;
    assert_true(pl_toml_get_str(node, key, &text, NULL));
    return text;
}

static struct pl_str torch_of(const struct pl_toml_node *root)
{
    const struct pl_toml_node *packages;
    assert_true(pl_toml_get(root, "package", &packages));
    for (size_t i = 0; i < pl_toml_count(packages); i++) {
        const struct pl_toml_node *row = pl_toml_at(packages, i);
        struct pl_str treat_as = string_of(row, NULL, "treat-as");
        if (pl_str_is(string_of(row, NULL, "name"), "torch"))
            return treat_as.len ? treat_as : string_of(row, NULL, "version");
    }
    return (struct pl_str){0};
}

static void check_strings(const struct pl_toml_node *root, const char *key,
                          const struct pl_str *strings, size_t count)
{
    const struct pl_toml_node *array = NULL;
    pl_toml_get(root, key, &array);
    assert_int_equal(count, pl_toml_count(array));
    for (size_t i = 0; i < count; i++) {
        struct pl_str text;
        assert_true(pl_toml_str(pl_toml_at(array, i), &text));
        assert_true(pl_str_eq(text, strings[i]));
    }
}

/* What is asked before a template is read is what stands in it. */
static void test_templates(void **state)
{
    (void)state;
    size_t digests = 0, images = 0;
    for (size_t i = 0; i < pl_shipped_template_count; i++) {
        PL_ARENA(arena);
        const struct pl_shipped_template *t = &pl_shipped_templates[i];
        const struct pl_source *source = pl_shipped_source(&arena, t->file);
        struct pl_toml *doc = pl_shipped_open(source, t->file);
        const struct pl_toml_node *root = pl_toml_root(doc);
        const char *env = "environment";
        assert_true(!i || pl_str_cmp(t[-1].id, t->id) < 0);
        assert_true(pl_str_eq(t->id, string_of(root, NULL, "id")));
        assert_true(pl_str_eq(t->python, string_of(root, env, "python")));
        assert_true(pl_str_eq(t->os, string_of(root, env, "os")));
        assert_true(pl_str_eq(t->cuda, string_of(root, env, "cuda")));
        assert_true(
            pl_str_eq(t->released, string_of(root, "provenance", "released")));
        assert_true(pl_str_eq(t->torch, torch_of(root)));
        assert_true(t->torch.len > 0);
        check_strings(root, "images", t->images, t->image_count);
        check_strings(root, "image-digests", t->digests, t->digest_count);
        images += t->image_count;
        digests += t->digest_count;
        pl_toml_destroy(doc);
    }
    assert_true(images >= 20);
    assert_true(digests >= 2);
}

static void pack_all(const struct pl_template *t, struct pl_buf *out)
{
    struct pl_packer packer = {.out = out};
    for (size_t i = 0; i < t->constraint_count; i++)
        pl_pack_requirement(&packer, &t->constraints[i]);
    for (size_t i = 0; i < t->fact_count; i++) {
        pl_pack_text(&packer, t->facts[i].name);
        pl_pack_number(&packer, t->facts[i].require_count);
        for (size_t n = 0; n < t->facts[i].require_count; n++)
            pl_pack_requirement(&packer, &t->facts[i].requires[n]);
    }
}

/* Requirements that were parsed at build time are those of the text. */
static void test_requirements(void **state)
{
    (void)state;
    size_t bytes = 0;
    for (size_t i = 0; i < pl_template_shipped_count(); i++) {
        PL_ARENA(arena);
        PL_BUF(built, PL_MAX_OUTPUT_BYTES);
        PL_BUF(parsed, PL_MAX_OUTPUT_BYTES);
        struct pl_template t;
        assert_true(pl_template_shipped(&arena, i, &t, NULL));
        pack_all(&t, &built);
        assert_true(pl_template_parse(
            &arena, pl_template_shipped_source(&arena, i), &t, NULL));
        pack_all(&t, &parsed);
        bytes += built.len;
        assert_true(pl_str_eq(pl_buf_view(&built), pl_buf_view(&parsed)));
    }
    assert_true(bytes > 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_templates),
        cmocka_unit_test(test_requirements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
