#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "container/facts.h"
#include "container/report.h"

struct made {
    struct pl_arena arena;
    struct pl_error err;
    struct pl_container c;
};

static const struct pl_source *source(struct made *m, const char *text)
{
    *m = (struct made){.err = {.arena = &m->arena}};
    return pl_source_from_text(&m->arena, PL_STR("report"), pl_str_from(text));
}

#define ENV                                                                    \
    "\"environment\":{\"python_full_version\":\"3.11.7\","                     \
    "\"platform_machine\":\"aarch64\",\"sys_platform\":\"linux\"}"
#define SITE "/usr/local/lib/python3.11/dist-packages"

static const char inspected[] =
    "{\"version\":\"1\",\"pip_version\":\"25.0\",\"installed\":["
    "{\"metadata\":{\"metadata_version\":\"2.1\",\"name\":\"Six\","
    "\"version\":\"1.16.0\"},\"metadata_location\":"
    "\"/usr/lib/python3/dist-packages/six-1.16.0.egg-info\"},"
    "{\"metadata\":{\"name\":\"torch\",\"version\":\"2.8.0+cu128\","
    "\"requires_dist\":[\"numpy>=1.26\",\"triton==3.4.0; platform_machine == "
    "'x86_64'\"]},\"metadata_location\":\"" SITE
    "/torch-2.8.0+cu128.dist-info\",\"installer\":\"pip\","
    "\"requested\":true},"
    "{\"metadata\":{\"name\":\"mine\",\"version\":\"0.1\","
    "\"requires_dist\":[\"!!\"]},\"metadata_location\":\"" SITE
    "/mine-0.1.dist-info\",\"direct_url\":{\"url\":"
    "\"https://me:secret@host/x\",\"dir_info\":{\"editable\":true}}}]," ENV "}";

static void test_inspect(void **state)
{
    (void)state;
    struct made m;
    const struct pl_source *s = source(&m, inspected);
    assert_true(pl_report_inspect(&m.arena, s, &m.c, &m.err));
    const struct pl_python *python = m.c.pythons;
    assert_int_equal(m.c.python_count, 1);
    assert_true(pl_str_is(python->version, "3.11.7"));
    assert_true(pl_str_is(m.c.arch, "aarch64"));
    assert_int_equal(python->folder_count, 2);
    assert_true(pl_str_is(python->folders[0].path, SITE));
    assert_true(python->folders[1].is_os);
    const struct pl_installed *row = python->installed.rows.at;
    assert_int_equal(python->installed.rows.len, 3);
    assert_true(pl_str_is(row[0].name, "six"));
    assert_int_equal(row[0].form, PL_INSTALLED_EGG_INFO);
    assert_true(row[0].requires_known);
    assert_int_equal(row[1].require_count, 2);
    assert_true(pl_str_is(row[1].installer, "pip"));
    assert_true(row[2].is_editable);
    assert_true(pl_str_is(row[2].direct_url, "https://***@host/x"));
    assert_false(row[2].requires_known);
    assert_int_equal(python->installed.damage.len, 1);
    assert_int_equal(python->installed.damage.at[0].kind,
                     PL_DAMAGE_METADATA_BAD);
    pl_arena_finish(&m.arena);
}

static void refuses(const char *text, const char *message)
{
    struct made m;
    const struct pl_source *s = source(&m, text);
    assert_false(pl_report_inspect(&m.arena, s, &m.c, &m.err));
    assert_int_equal(m.err.code, PL_ERR_INPUT);
    assert_string_equal(m.err.message.at, message);
    pl_arena_finish(&m.arena);
}

static void test_refused(void **state)
{
    (void)state;
    refuses("[]", "report: it has no `installed`: this is no report of `pip "
                  "inspect`");
    refuses("{\"installed\":7," ENV "}",
            "report: it has no `installed`: this is no report of `pip "
            "inspect`");
    refuses("{\"installed\":[]}", "report: it has no `environment`");
    refuses("{\"installed\":[{}]," ENV "}",
            "report: a package has no `metadata`");
    refuses("{\"installed\":[{\"metadata\":{\"name\":\"../x\"}}]," ENV "}",
            "report: a package has no name");
    refuses("{\"installed\":[],\"environment\":{\"sys_platform\":\"darwin\"}}",
            "report is of a Python on darwin; podlock locks for Linux");
}

static void test_freeze(void **state)
{
    (void)state;
    struct made m;
    struct pl_template t;
    struct pl_facts_options options = {.how = PL_STR("x"), .is_partial = true};
    const struct pl_source *s = source(
        &m, "# a comment\nNumPy==2.1.2\ntorch==2.8.0+cu128\n"
            "nvidia-cublas-cu12==12.8.4.1\nnvidia-ml-py==13.0\n"
            "pkg @ file:///croot/pkg_1/work\n"
            "-e git+https://host/mine@0123456789012345678901234567890123456789"
            "#egg=mine\n");
    assert_true(pl_report_freeze(&m.arena, s, PL_STR("3.12"), &m.c, &m.err));
    assert_true(
        pl_facts_make(&m.arena, &m.c, m.c.pythons, &options, &t, &m.err));
    assert_false(t.complete);
    assert_int_equal(t.fact_count, 4);
    assert_false(pl_template_fact(&t, PL_STR("numpy"))->requires_known);
    assert_int_equal(
        pl_template_fact(&t, PL_STR("nvidia-cublas-cu12"))->protect,
        PL_PROTECT_LOCKED);
    assert_int_equal(pl_template_fact(&t, PL_STR("nvidia-ml-py"))->protect,
                     PL_PROTECT_KEEP);
    assert_int_equal(t.unknown_count, 2);
    assert_true(pl_str_is(t.unknown[1], "pkg"));
    assert_true(t.glibc_assumed);
    assert_true(pl_str_is(t.id, "snapshot-torch280-cu128-py312"));
    assert_true(pl_str_is(t.torch_variant, "cu128"));
    pl_arena_finish(&m.arena);
    s = source(&m, "numpy>=2\n");
    assert_false(pl_report_freeze(&m.arena, s, PL_STR("3.12"), &m.c, &m.err));
    assert_int_equal(m.err.code, PL_ERR_INPUT);
    pl_arena_finish(&m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inspect),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_freeze),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
