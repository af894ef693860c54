#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/digest.h"
#include "rules/template.h"
#include "tests/unit/wrong.h"

static bool parse(struct pl_arena *arena, const struct pl_source *source,
                  struct pl_error *err)
{
    struct pl_template t;
    return pl_template_parse(arena, source, &t, err);
}

static void test_wrong(void **state)
{
    (void)state;
    wrong_run("template-errors.data", parse, 55);
}

static void read(struct pl_arena *arena, const char *text,
                 struct pl_template *t)
{
    struct pl_error err = {.arena = arena};
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("t.toml"), pl_str_from(text));
    if (!pl_template_parse(arena, source, t, &err))
        fail_msg("%.*s", PL_STR_ARG(wrong_render(arena, &err)));
}

#define HEAD "podlock-template = 1\nid = \"x\"\n[environment]\npython = "

static void test_least(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_template t;
    read(&arena, HEAD "\"3.11\"\n", &t);
    assert_true(pl_str_is(t.id, "x"));
    assert_int_equal(t.title.len, 0);
    assert_int_equal(t.fact_count, 0);
    assert_int_equal(t.image_count, 0);
    assert_int_equal(t.torch_variant.len, 0);
    assert_int_equal(t.provenance.len, 0);
    assert_false(t.complete);
    assert_false(t.env.patch_known);
    assert_true(pl_str_is(t.env.arch, "x86_64"));
    assert_int_equal(t.env.glibc_minor, 28);
    assert_true(t.glibc_assumed);
    assert_null(pl_template_fact(&t, PL_STR("numpy")));
    assert_int_equal(t.digest.len, PL_SHA256_HEX);
}

static const char full[] =
    "podlock-template = 1\n"
    "id = \"my-image\"\n"
    "title = 'Mine'\n"
    "images = [\"me/it:1\", \"me/it:2\"]\n"
    "[environment]\n"
    "python = \"3.12.3\"\n"
    "glibc = \"2.31\"\n"
    "arch = \"aarch64\"\n"
    "os = \"ubuntu 24.04\"\n"
    "cuda = \"12.8.1\"\n"
    "site-packages = [\"/a\", \"/b\"]\n"
    "externally-managed = true\n"
    "pip-settings = [\"PIP_NO_CACHE_DIR=1\"]\n"
    "constraints = [\"numpy<2.2\", 'six; python_version < \"3\"']\n"
    "[index]\n"
    "torch = \"whl/nightly/cu128\"\n"
    "[provenance]\n"
    "kind = \"captured\"\n"
    "released = \"2025-10\"\n"
    "how = \"seen\"\n"
    "sources = [\"s\"]\n"
    "notes = [\"n1\", \"n2\"]\n"
    "complete = true\n"
    "unknown = [\"Google_Colab\"]\n"
    "[[package]]\n"
    "name = \"torch\"\n"
    "version = \"2.8.0a0+nv25.03\"\n"
    "protect = \"locked\"\n"
    "evidence = \"captured\"\n"
    "treat-as = \"2.8.0\"\n"
    "[[package]]\n"
    "name = \"Jupyter.Core\"\n"
    "version = \"v5.0\"\n"
    "protect = \"keep\"\n"
    "requires = [\"pyzmq >= '17'\", 'six; extra == \"T_est\"']\n"
    "requires-from = \"jupyter-core 5.0 on PyPI\"\n"
    "size = 4294967296\n"
    "[[package]]\n"
    "name = \"blinker\"\n"
    "version = \"1.7.0\"\n"
    "protect = \"os\"\n"
    "requires = []\n";

static void check_facts(const struct pl_template *t)
{
    assert_int_equal(t->fact_count, 3);
    const struct pl_fact *os = &t->facts[0], *keep = &t->facts[1];
    const struct pl_fact *torch = pl_template_fact(t, PL_STR("torch"));
    assert_ptr_equal(torch, &t->facts[2]);
    assert_true(pl_str_is(os->name, "blinker"));
    assert_int_equal(os->protect, PL_PROTECT_OS);
    assert_true(os->requires_known);
    assert_int_equal(os->require_count, 0);
    assert_true(pl_str_is(keep->name, "jupyter-core"));
    assert_true(pl_str_is(keep->version.text, "v5.0"));
    assert_int_equal(keep->protect, PL_PROTECT_KEEP);
    assert_int_equal(keep->require_count, 2);
    assert_true(pl_str_is(keep->requires[0].name, "pyzmq"));
    assert_int_equal(keep->requires[0].specifier.count, 1);
    assert_non_null(keep->requires[1].marker);
    assert_true(keep->size == UINT64_C(4294967296));
    assert_true(pl_str_is(keep->requires_from, "jupyter-core 5.0 on PyPI"));
    assert_true(
        pl_str_is(pl_span_place(keep->span).text, "version = \"v5.0\""));
    assert_false(keep->has_treat_as);
    assert_int_equal(torch->protect, PL_PROTECT_LOCKED);
    assert_false(torch->requires_known);
    assert_true(torch->has_treat_as);
    assert_true(pl_str_is(torch->treat_as.text, "2.8.0"));
    assert_true(pl_str_is(torch->evidence, "captured"));
    assert_int_equal(torch->size, 0);
}

static void test_full(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_template t;
    read(&arena, full, &t);
    assert_true(pl_str_is(t.title, "Mine"));
    assert_int_equal(t.image_count, 2);
    assert_true(pl_str_is(t.images[1], "me/it:2"));
    assert_true(t.env.patch_known);
    assert_true(pl_str_is(t.env.python_full, "3.12.3"));
    assert_true(pl_str_is(t.env.arch, "aarch64"));
    assert_int_equal(t.env.glibc_minor, 31);
    assert_false(t.glibc_assumed);
    assert_true(pl_str_is(t.os, "ubuntu 24.04"));
    assert_true(pl_str_is(t.cuda, "12.8.1"));
    assert_int_equal(t.site_package_count, 2);
    assert_true(pl_str_is(t.site_packages[0], "/a"));
    assert_true(t.externally_managed);
    assert_true(pl_str_is(t.pip_settings[0], "PIP_NO_CACHE_DIR=1"));
    assert_int_equal(t.constraint_count, 2);
    assert_true(pl_str_is(t.constraints[0].name, "numpy"));
    assert_true(pl_str_is(t.torch_variant, "nightly/cu128"));
    assert_true(pl_str_is(t.provenance, "captured"));
    assert_true(pl_str_is(t.released, "2025-10"));
    assert_int_equal(t.source_count, 1);
    assert_int_equal(t.note_count, 2);
    assert_true(t.complete);
    assert_int_equal(t.unknown_count, 1);
    assert_true(pl_str_is(t.unknown[0], "google-colab"));
    assert_true(pl_str_eq(t.digest, pl_sha256_hex(&arena, pl_str_from(full))));
    check_facts(&t);
}

/* Everything that is read outlives the document. */
static void test_escaped(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_template t;
    read(&arena,
         "podlock-template = 1\nid = \"\\u0078y\"\ntitle = \"\"\"\nlong\n\"\"\""
         "\n[environment]\npython = '''3.11'''\n[[package]]\n"
         "\"name\" = \"\\u006eumpy\"\nversion = \"\\u0032.1\"\n"
         "protect = \"\\u006beep\"\nrequires = [\"\\u0073ix\"]\n",
         &t);
    assert_true(pl_str_is(t.id, "xy"));
    assert_true(pl_str_is(t.title, "long\n"));
    assert_true(pl_str_is(t.facts[0].name, "numpy"));
    assert_true(pl_str_is(t.facts[0].version.text, "2.1"));
    assert_true(pl_str_is(t.facts[0].requires[0].name, "six"));
}

static void test_shadow(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_template t;
    read(&arena,
         HEAD "\"3.11\"\n"
              "[[package]]\nname=\"six\"\nversion=\"1.16\"\nprotect=\"os\"\n"
              "[[package]]\nname=\"ax\"\nversion=\"1\"\nprotect=\"locked\"\n"
              "[[package]]\nname=\"Six\"\nversion=\"1.17\"\nprotect=\"keep\"\n"
              "[[package]]\nname=\"AX\"\nversion=\"2\"\nprotect=\"os\"\n"
              "[[package]]\nname=\"six-a\"\nversion=\"3\"\nprotect=\"os\"\n",
         &t);
    assert_int_equal(t.fact_count, 3);
    assert_true(pl_str_is(t.facts[0].version.text, "1"));
    assert_true(pl_str_is(t.facts[1].version.text, "1.17"));
    assert_true(pl_str_is(t.facts[2].name, "six-a"));
}

static void test_glibc_of_os(void **state)
{
    (void)state;
    static const struct {
        const char *os;
        unsigned minor;
        bool assumed;
    } table[] = {
        {"ubuntu 20.04", 31, false}, {"ubuntu 22.04", 35, false},
        {"ubuntu 24.04", 39, false}, {"Ubuntu 22.04.5 LTS", 35, false},
        {"debian 11", 31, false},    {"debian 12", 36, false},
        {"debian 12.4", 36, false},  {"debian 123", 28, true},
        {"ubuntu", 28, true},        {"arch", 28, true},
        {"ubuntu 26.04", 28, true},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        PL_ARENA(arena);
        struct pl_template t;
        read(
            &arena,
            pl_arena_printf(&arena, HEAD "'3.11'\nos = '%s'\n", table[i].os).at,
            &t);
        if (t.env.glibc_minor != table[i].minor ||
            t.glibc_assumed != table[i].assumed)
            fail_msg("%s: %u", table[i].os, t.env.glibc_minor);
    }
}

/* The last field of a limit is reached, and one more is an error. */
static void test_limits(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_template t;
    struct pl_error err = {.arena = &arena};
    PL_BUF(text, PL_MAX_USER_FILE_BYTES);
    pl_buf_add_cstr(&text, HEAD "'3.11'\n[[package]]\nname = 'a'\n"
                                "version = '1'\nprotect = 'os'\nrequires = [");
    for (size_t i = 0; i < PL_MAX_REQUIRES_PER_VERSION; i++)
        pl_buf_add_cstr(&text, "'b',");
    size_t len = text.len;
    pl_buf_add_cstr(&text, "]\n");
    read(&arena, text.data, &t);
    assert_int_equal(t.facts[0].require_count, PL_MAX_REQUIRES_PER_VERSION);
    text.len = len;
    pl_buf_add_cstr(&text, "'b']\n");
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("t.toml"), pl_buf_view(&text));
    assert_false(pl_template_parse(&arena, source, &t, &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
    assert_true(pl_str_is(err.message,
                          "`requires` holds more than 10000 requirements"));
}

/* ---- what is shipped ---- */

static void check_same(const struct pl_template *a, const struct pl_template *b)
{
    assert_true(pl_str_eq(a->id, b->id));
    assert_true(pl_str_eq(a->digest, b->digest));
    assert_true(pl_str_eq(a->torch_variant, b->torch_variant));
    assert_int_equal(a->fact_count, b->fact_count);
    for (size_t i = 0; i < a->fact_count; i++) {
        const struct pl_fact *x = &a->facts[i], *y = &b->facts[i];
        assert_true(pl_str_eq(x->name, y->name));
        assert_true(pl_str_eq(x->version.text, y->version.text));
        assert_int_equal(x->require_count, y->require_count);
        assert_int_equal(x->span.begin, y->span.begin);
        assert_int_equal(x->span.end, y->span.end);
    }
}

/* As built in, and as parsed from the same text. */
static void test_shipped(void **state)
{
    (void)state;
    assert_true(pl_template_shipped_count() >= 21);
    for (size_t i = 0; i < pl_template_shipped_count(); i++) {
        PL_ARENA(arena);
        struct pl_error err = {.arena = &arena};
        struct pl_template built, parsed;
        const struct pl_source *source = pl_template_shipped_source(&arena, i);
        if (!pl_template_shipped(&arena, i, &built, &err) ||
            !pl_template_parse(&arena, source, &parsed, &err))
            fail_msg("%.*s", PL_STR_ARG(wrong_render(&arena, &err)));
        check_same(&built, &parsed);
        assert_true(pl_str_eq(built.id, pl_template_shipped_id(i)));
        assert_true(!i || pl_str_cmp(pl_template_shipped_id(i - 1),
                                     pl_template_shipped_id(i)) < 0);
        const struct pl_fact *torch = pl_template_fact(&built, PL_STR("torch"));
        assert_non_null(torch);
        assert_int_equal(torch->protect, PL_PROTECT_LOCKED);
        assert_false(built.glibc_assumed);
    }
}

/* The tables of one [environment], [index] ... stand on one page. */
static void test_documented(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "podlock-template = 1\nx = 1\n",
        HEAD "'3.11'\nx = 1\n",
        HEAD "'3.11'\n[index]\nx = 1\n",
        HEAD "'3.11'\n[provenance]\nx = 1\n",
        HEAD "'3.11'\n[[package]]\nx = 1\n",
    };
    for (size_t i = 0; i < PL_COUNT(texts); i++)
        wrong_documented("template-format.md", parse, texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong),       cmocka_unit_test(test_documented),
        cmocka_unit_test(test_least),       cmocka_unit_test(test_full),
        cmocka_unit_test(test_escaped),     cmocka_unit_test(test_shadow),
        cmocka_unit_test(test_glibc_of_os), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_shipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
