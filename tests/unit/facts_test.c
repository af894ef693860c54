#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "container/facts.h"
#include "rules/template_write.h"

/* ---- a container by hand ---- */

struct made {
    struct pl_arena arena;
    struct pl_container container;
    struct pl_python python;
    struct pl_site_folder folders[2];
    struct pl_facts_options options;
    struct pl_template t;
    struct pl_error err;
};

#define SITE PL_STR("/usr/local/lib/python3.12/dist-packages")
#define APT PL_STR("/usr/lib/python3/dist-packages")

static void setup(struct made *m)
{
    *m = (struct made){.err = {.arena = &m->arena}};
    m->folders[0] = (struct pl_site_folder){SITE, false, true};
    m->folders[1] = (struct pl_site_folder){APT, true, true};
    m->python = (struct pl_python){.prefix = PL_STR("/usr"),
                                   .version = PL_STR("3.12.3"),
                                   .folders = m->folders,
                                   .folder_count = 2};
    m->container = (struct pl_container){.arch = PL_STR("x86_64"),
                                         .glibc = PL_STR("2.39"),
                                         .os = PL_STR("ubuntu 24.04"),
                                         .cuda = PL_STR("12.8.1"),
                                         .pythons = &m->python,
                                         .python_count = 1};
    m->options.how = PL_STR("a test");
}

static struct pl_installed *install(struct made *m, struct pl_str name,
                                    struct pl_str version, struct pl_str folder)
{
    struct pl_installed row = {.name = name,
                               .version_text = version,
                               .folder = folder,
                               .has_record = true,
                               .requires_known = true};
    row.has_version = pl_version_parse(&m->arena, version, &row.version, NULL);
    pl_vec_push(&m->arena, &m->python.installed.rows, row);
    return &m->python.installed.rows.at[m->python.installed.rows.len - 1];
}

/* Requirements parted by '|'. */
static void require(struct made *m, struct pl_installed *row, const char *lines)
{
    struct pl_str rest = pl_str_from(lines), line;
    PL_VEC(struct pl_requirement) list = {0};
    while (pl_str_cut(&rest, '|', &line)) {
        struct pl_requirement r;
        assert_true(pl_requirement_parse(&m->arena, line, &r, NULL));
        pl_vec_push(&m->arena, &list, r);
    }
    row->requires = list.at;
    row->require_count = list.len;
}

static void make(struct made *m)
{
    if (!pl_facts_make(&m->arena, &m->container, &m->python, &m->options, &m->t,
                       &m->err))
        fail_msg("%.*s", PL_STR_ARG(m->err.message));
}

/* "locked keep os ..." of these names; "-" for one that is not there. */
static void protects(const struct made *m, const char *names, const char *want)
{
    struct pl_str rest = pl_str_from(names), name;
    PL_BUF(got, 4096);
    while (pl_str_cut(&rest, ' ', &name)) {
        const struct pl_fact *fact = pl_template_fact(&m->t, name);
        pl_buf_addf(&got, "%s%s", got.len ? " " : "",
                    fact ? pl_protect_name(fact->protect) : "-");
    }
    assert_string_equal(got.data, want);
}

static bool has_note(const struct made *m, const char *text)
{
    for (size_t i = 0; i < m->t.note_count; i++)
        if (pl_str_is(m->t.notes[i], text))
            return true;
    return false;
}

/* ---- the shipped templates ---- */

/* As a scan would see what the template says. */
static void pretend(struct made *m, const struct pl_template *t)
{
    struct pl_str first = SITE;
    m->python.version = t->env.python_full;
    m->container.arch = t->env.arch;
    for (size_t i = 0; i < t->fact_count; i++) {
        const struct pl_fact *fact = &t->facts[i];
        struct pl_installed row = {
            .name = fact->name,
            .has_version = true,
            .version = fact->version,
            .folder = fact->protect == PL_PROTECT_OS ? APT : first,
            .requires_known = fact->requires_known,
            .requires = fact->requires,
            .require_count = fact->require_count};
        pl_vec_push(&m->arena, &m->python.installed.rows, row);
    }
}

static void check_facts(const struct pl_template *t, const struct made *m)
{
    assert_int_equal(t->fact_count, m->t.fact_count);
    for (size_t i = 0; i < t->fact_count; i++) {
        const struct pl_fact *want = &t->facts[i], *got = &m->t.facts[i];
        assert_true(pl_str_eq(want->name, got->name));
        if (want->protect != got->protect ||
            want->has_treat_as != got->has_treat_as)
            fail_msg("%.*s: %.*s is %s, not %s", PL_STR_ARG(t->id),
                     PL_STR_ARG(want->name), pl_protect_name(got->protect),
                     pl_protect_name(want->protect));
        assert_true(pl_str_eq(want->treat_as.text, got->treat_as.text));
        assert_true(pl_str_is(got->evidence, "captured"));
    }
}

static void test_shipped(void **state)
{
    (void)state;
    size_t locked = 0;
    for (size_t i = 0; i < pl_template_shipped_count(); i++) {
        struct made m;
        struct pl_template t;
        setup(&m);
        assert_true(pl_template_shipped(&m.arena, i, &t, NULL));
        pretend(&m, &t);
        make(&m);
        check_facts(&t, &m);
        if (t.torch_variant.len)
            assert_true(pl_str_eq(t.torch_variant, m.t.torch_variant));
        for (size_t k = 0; k < m.t.fact_count; k++)
            locked += m.t.facts[k].protect == PL_PROTECT_LOCKED;
        pl_arena_finish(&m.arena);
    }
    assert_true(locked > 300);
}

/* ---- what is torch's ---- */

static void test_derived(void **state)
{
    (void)state;
    struct made m;
    setup(&m);
    require(&m, install(&m, PL_STR("torch"), PL_STR("2.13.0+cu130"), SITE),
            "cuda-toolkit[cublas]==13.0.2; platform_system == \"Linux\"|"
            "cuda-bindings<14|nvidia-cudnn-cu13==9.15|triton==3.7.0|numpy|"
            "nvidia-only-windows; sys_platform == \"win32\"");
    require(&m, install(&m, PL_STR("cuda-toolkit"), PL_STR("13.0.2"), SITE),
            "nvidia-cublas==13.1; extra == \"cublas\"|"
            "nvidia-cufft==12; extra == \"cufft\"");
    require(&m, install(&m, PL_STR("cuda-bindings"), PL_STR("13.0.3"), SITE),
            "cuda-pathfinder~=1.1");
    install(&m, PL_STR("cuda-pathfinder"), PL_STR("1.3.2"), SITE);
    install(&m, PL_STR("nvidia-cublas"), PL_STR("13.1"), SITE);
    install(&m, PL_STR("nvidia-cufft"), PL_STR("12"), SITE);
    install(&m, PL_STR("nvidia-cudnn-cu13"), PL_STR("9.15"), SITE);
    install(&m, PL_STR("nvidia-cudnn-cu12"), PL_STR("9.15"), SITE);
    install(&m, PL_STR("nvidia-ml-py"), PL_STR("13.580.82"), SITE);
    install(&m, PL_STR("nvidia-only-windows"), PL_STR("1"), SITE);
    install(&m, PL_STR("triton"), PL_STR("3.7.0"), SITE);
    install(&m, PL_STR("numpy"), PL_STR("2.3.4"), SITE);
    install(&m, PL_STR("torchao"), PL_STR("0.15.0"), SITE);
    install(&m, PL_STR("torchaudio"), PL_STR("2.13.0+cu130"), SITE);
    install(&m, PL_STR("cupy-cuda13x"), PL_STR("14.0"), SITE);
    install(&m, PL_STR("six"), PL_STR("1.16.0"), APT);
    make(&m);
    protects(&m,
             "torch cuda-toolkit cuda-bindings cuda-pathfinder "
             "nvidia-cublas nvidia-cudnn-cu13 triton torchaudio",
             "locked locked locked locked locked locked locked locked");
    protects(&m,
             "nvidia-cufft nvidia-cudnn-cu12 nvidia-ml-py "
             "nvidia-only-windows numpy torchao cupy-cuda13x six",
             "keep keep keep keep keep keep keep os");
    assert_true(pl_str_is(m.t.torch_variant, "cu130"));
    assert_true(pl_str_is(m.t.id, "snapshot-torch2130-cu130-py312"));
    assert_int_equal(m.t.note_count, 0);
    pl_arena_finish(&m.arena);
}

static void test_by_name(void **state)
{
    (void)state;
    struct made m;
    setup(&m);
    install(&m, PL_STR("torch"), PL_STR("2.8.0+cu128"), SITE)->requires_known =
        false;
    install(&m, PL_STR("nvidia-cublas-cu12"), PL_STR("12.8.4.1"), SITE);
    install(&m, PL_STR("nvidia-cublas-cu11"), PL_STR("11.8"), SITE);
    install(&m, PL_STR("nvidia-ml-py"), PL_STR("13.580.82"), SITE);
    make(&m);
    protects(&m, "torch nvidia-cublas-cu12 nvidia-cublas-cu11 nvidia-ml-py",
             "locked locked keep keep");
    assert_true(has_note(&m, "What this torch requires is not known: the "
                             "locked packages are told by their names."));
    assert_false(pl_template_fact(&m.t, PL_STR("torch"))->requires_known);
    pl_arena_finish(&m.arena);
}

static void test_vendor(void **state)
{
    (void)state;
    struct made m;
    setup(&m);
    install(&m, PL_STR("torch"), PL_STR("2.8.0a0+5228986c39.nv25.6"), SITE);
    install(&m, PL_STR("pytorch-triton"), PL_STR("3.3.0+git96316ce5"), SITE);
    install(&m, PL_STR("flash-attn"), PL_STR("2.7.4+25.6"), SITE);
    install(&m, PL_STR("numpy"), PL_STR("1.26.4"), SITE);
    install(&m, PL_STR("nightly"), PL_STR("1.0a0.dev3+x"), SITE);
    make(&m);
    protects(&m, "torch pytorch-triton flash-attn numpy",
             "locked locked locked keep");
    const struct pl_fact *torch = pl_template_fact(&m.t, PL_STR("torch"));
    assert_true(torch->has_treat_as);
    assert_true(pl_str_is(torch->treat_as.text, "2.8.0"));
    assert_false(pl_template_fact(&m.t, PL_STR("nightly"))->has_treat_as);
    assert_int_equal(m.t.torch_variant.len, 0);
    assert_true(pl_str_is(m.t.id, "snapshot-torch280-py312"));
    pl_arena_finish(&m.arena);
}

/* ---- the index ---- */

static struct pl_node no_file(struct pl_tree *tree, struct pl_str path)
{
    (void)tree;
    bool is = pl_str_is(
        path, "/usr/local/lib/python3.12/dist-packages/torch/version.py");
    return (struct pl_node){.type = is ? PL_NODE_FILE : PL_NODE_ABSENT};
}

static bool read_cuda(struct pl_tree *tree, struct pl_arena *arena,
                      struct pl_str path, size_t max, struct pl_str *text,
                      struct pl_error *err)
{
    (void)tree, (void)arena, (void)path, (void)max, (void)err;
    *text = PL_STR("__version__ = '2.2.0+cu121'\ncuda_of = '9.9'\n"
                   "cuda: Optional[str] = '12.1'\n");
    return true;
}

static void index_of(const char *torch, bool with_file, const char *variant,
                     const char *id)
{
    struct made m;
    struct pl_tree tree = {.look = no_file, .read = read_cuda};
    setup(&m);
    m.container.tree = with_file ? &tree : NULL;
    install(&m, PL_STR("torch"), pl_str_from(torch), SITE);
    make(&m);
    assert_true(pl_str_is(m.t.torch_variant, variant));
    assert_true(pl_str_is(m.t.id, id));
    pl_arena_finish(&m.arena);
}

static void test_index(void **state)
{
    (void)state;
    index_of("2.8.0+cu128", true, "cu128", "snapshot-torch280-cu128-py312");
    index_of("2.8.0.dev20250319+cu128", false, "nightly/cu128",
             "snapshot-torch280dev20250319-cu128-py312");
    index_of("2.2.0", true, "cu121", "snapshot-torch220-cu121-py312");
    index_of("2.8.0", false, "cu128", "snapshot-torch280-cu128-py312");
    index_of("2.8.0+cpu", false, "cpu", "snapshot-torch280-cpu-py312");
    index_of("2.9.1+rocm6.4", false, "rocm6.4",
             "snapshot-torch291-rocm6.4-py312");
    index_of("2.1.0+cu118.with.pypi.cudnn", false, "cu118",
             "snapshot-torch210-cu118-py312");
    index_of("2.8.0+gitabc", false, "", "snapshot-torch280-py312");
}

/* ---- what is damaged or unknown ---- */

static void damage(struct made *m, enum pl_damage_kind kind, struct pl_str name)
{
    pl_vec_push(&m->arena, &m->python.installed.damage,
                (struct pl_damage){.kind = kind, .name = name});
}

static void test_damaged(void **state)
{
    (void)state;
    struct made m;
    setup(&m);
    install(&m, PL_STR("numpy"), PL_STR("2.1.0"), SITE)->requires_known = false;
    install(&m, PL_STR("numpy"), PL_STR("1.26.4"), SITE);
    install(&m, PL_STR("six"), PL_STR("1.17.0"), SITE);
    install(&m, PL_STR("six"), PL_STR("1.16.0"), APT);
    install(&m, PL_STR("odd"), PL_STR("1.0-foo-bar"), SITE);
    install(&m, PL_STR("mine"), PL_STR("1"), SITE)->is_editable = true;
    install(&m, PL_STR("wheel"), PL_STR("1"), SITE)->direct_url =
        PL_STR("https://example.org/wheel.whl");
    damage(&m, PL_DAMAGE_TWO_INFOS, PL_STR("numpy"));
    damage(&m, PL_DAMAGE_METADATA_EMPTY, PL_STR("b"));
    damage(&m, PL_DAMAGE_METADATA_EMPTY, PL_STR("a"));
    damage(&m, PL_DAMAGE_METADATA_EMPTY, PL_STR("a"));
    make(&m);
    assert_true(pl_str_is(pl_template_fact(&m.t, PL_STR("numpy"))->version.text,
                          "1.26.4"));
    protects(&m, "six odd", "keep -");
    assert_int_equal(m.t.unknown_count, 1);
    assert_true(pl_str_is(m.t.unknown[0], "odd"));
    assert_true(has_note(&m, "METADATA is empty, so that what it requires is "
                             "not known: a, b."));
    assert_true(has_note(&m, "Editable: its code is in a folder: mine."));
    assert_true(has_note(&m, "Installed from a URL, not from an index: "
                             "wheel."));
    assert_true(pl_str_is(m.t.id, "snapshot-py312"));
    pl_arena_finish(&m.arena);
}

static void fails(struct made *m, enum pl_error_code code, const char *message)
{
    struct pl_template t;
    assert_false(pl_facts_make(&m->arena, &m->container, &m->python,
                               &m->options, &t, &m->err));
    assert_int_equal(m->err.code, code);
    assert_string_equal(m->err.message.at, message);
    pl_arena_finish(&m->arena);
}

static void test_unknown(void **state)
{
    (void)state;
    struct made m;
    setup(&m);
    m.python.version = PL_STR("");
    fails(&m, PL_ERR_INPUT, "the Python's version is not known");
    setup(&m);
    m.container.is_musl = true;
    fails(&m, PL_ERR_INPUT, "this container has musl, not glibc");
    setup(&m);
    m.container.arch = PL_STR("s390x");
    fails(&m, PL_ERR_INPUT,
          "`s390x` is not an architecture podlock knows; it knows x86_64 and "
          "aarch64");
    setup(&m);
    m.options.id = PL_STR("auto");
    fails(&m, PL_ERR_USAGE,
          "`auto` has a meaning of its own and cannot be an id");
    setup(&m);
    m.container.glibc = m.container.arch = m.container.cuda = PL_STR("");
    m.python.version = PL_STR("3.14.0rc2");
    make(&m);
    assert_int_equal(m.t.env.glibc_minor, 39); /* as its os has it */
    assert_true(pl_str_is(m.t.env.python_full, "3.14.0"));
    assert_true(
        has_note(&m, "The architecture is not known: x86_64 is assumed."));
    pl_arena_finish(&m.arena);
}

/* Hiding a secret may take half of a line with it. */
static void test_secrets(void **state)
{
    (void)state;
    struct made m;
    setup(&m);
    require(&m, install(&m, PL_STR("a"), PL_STR("1"), SITE),
            "b @ https://me:secret@host/b.whl");
    require(&m, install(&m, PL_STR("c"), PL_STR("1"), SITE),
            "d @ https://me:secret ; extra == \"@x\"");
    make(&m);
    const struct pl_fact *a = pl_template_fact(&m.t, PL_STR("a"));
    assert_true(pl_str_is(a->requires[0].text, "b @ https://***@host/b.whl"));
    assert_false(pl_template_fact(&m.t, PL_STR("c"))->requires_known);
    pl_arena_finish(&m.arena);
}

/* The file that is written is the one that has the digest. */
static void test_written(void **state)
{
    (void)state;
    struct made m;
    struct pl_template again;
    setup(&m);
    struct pl_str images[] = {PL_STR("a/b:c"), PL_STR("with space"),
                              PL_STR("")};
    struct pl_pip_setting settings[] = {
        {PL_STR("PIP_NO_DEPS"), PL_STR("1"), PL_STR("environment")},
        {PL_STR("PIP_EMPTY"), PL_STR(""), PL_STR("environment")},
        {PL_STR("PIP_CONSTRAINT"), PL_STR("/c.txt"), PL_STR("/etc/pip.conf")}};
    m.options.images = images;
    m.options.image_count = PL_COUNT(images);
    m.container.settings = settings;
    m.container.setting_count = PL_COUNT(settings);
    m.python.externally_managed = true;
    require(&m, install(&m, PL_STR("torch"), PL_STR("2.8.0+cu128"), SITE),
            "numpy ; python_version > \"3\"");
    make(&m);
    PL_BUF(text, 65536);
    pl_template_write(&m.t, &text);
    assert_string_equal(
        text.data,
        "podlock-template = 1\n"
        "id = \"snapshot-torch280-cu128-py312\"\n"
        "title = \"torch 2.8.0+cu128, Python 3.12.3, CUDA 12.8.1 (ubuntu "
        "24.04)\"\n"
        "images = [\"a/b:c\"]\n"
        "\n[environment]\n"
        "python = \"3.12.3\"\n"
        "glibc = \"2.39\"\n"
        "arch = \"x86_64\"\n"
        "os = \"ubuntu 24.04\"\n"
        "cuda = \"12.8.1\"\n"
        "site-packages = [\n"
        "    \"/usr/local/lib/python3.12/dist-packages\",\n"
        "    \"/usr/lib/python3/dist-packages\",\n]\n"
        "externally-managed = true\n"
        "pip-settings = [\n    \"PIP_CONSTRAINT=/c.txt\",\n"
        "    \"PIP_NO_DEPS=1\",\n]\n"
        "\n[index]\ntorch = \"whl/cu128\"\n"
        "\n[provenance]\nkind = \"captured\"\nhow = \"a test\"\n"
        "complete = true\n"
        "\n[[package]]\n"
        "name = \"torch\"\n"
        "version = \"2.8.0+cu128\"\n"
        "protect = \"locked\"\n"
        "requires = ['numpy ; python_version > \"3\"']\n"
        "evidence = \"captured\"\n");
    assert_true(pl_str_eq(m.t.source->text, pl_buf_view(&text)));
    assert_true(pl_template_parse(
        &m.arena,
        pl_source_from_text(&m.arena, PL_STR("x"), pl_buf_view(&text)), &again,
        NULL));
    assert_true(pl_str_eq(m.t.digest, again.digest));
    pl_arena_finish(&m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped), cmocka_unit_test(test_derived),
        cmocka_unit_test(test_by_name), cmocka_unit_test(test_vendor),
        cmocka_unit_test(test_index),   cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_unknown), cmocka_unit_test(test_written),
        cmocka_unit_test(test_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
