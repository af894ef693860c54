#include "tests/unit/scan_util.h"

/* ---- Pythons ---- */

static void test_ubuntu(void **state)
{
    BEGIN;
    add_ubuntu(&t, &arena);
    scan(&arena, &t, NULL, &c);
    assert_int_equal(c.trouble_count, 0);
    assert_int_equal(c.python_count, 1);
    const struct pl_python *python = &c.pythons[0];
    assert_int_equal(python->kind, PL_PYTHON_SYSTEM);
    assert_str(python->prefix, "/usr");
    assert_str(python->program, "/usr/bin/python3.12");
    assert_str(python->version, "3.12");
    assert_true(python->externally_managed);
    assert_int_equal(python->folder_count, 3);
    assert_str(python->folders[0].path,
               "/usr/local/lib/python3.12/dist-packages");
    assert_false(python->folders[0].is_os);
    assert_str(python->folders[1].path, "/usr/lib/python3/dist-packages");
    assert_true(python->folders[1].is_os);
    assert_str(python->folders[2].path, "/usr/lib/python3.12/dist-packages");
    assert_non_null(pl_python_has(python, PL_STR("six")));
    assert_null(pl_python_has(python, PL_STR("numpy")));
    assert_str(c.os, "ubuntu 24.04");
    assert_str(c.arch, "x86_64");
}

static void test_first_folder_counts(void **state)
{
    BEGIN;
    add_ubuntu(&t, &arena);
    add_dist(&t, &arena, "/usr/local/lib/python3.12/dist-packages", "six",
             "1.17.0");
    scan(&arena, &t, NULL, &c);
    const struct pl_installed *six =
        pl_python_has(&c.pythons[0], PL_STR("six"));
    assert_str(six->version_text, "1.17.0");
    assert_int_equal(c.pythons[0].installed.rows.len, 3);
}

/* RunPod on Ubuntu 22.04: python3 is one without torch. */
static void test_two_of_usr(void **state)
{
    BEGIN;
    add_ubuntu(&t, &arena);
    memory_program(&t, "/usr/bin/python3.10");
    memory_file(&t, "/usr/lib/python3.10/os.py", "");
    memory_link(&t, "/usr/bin/python3", "python3.10");
    memory_link(&t, "/usr/local/bin/python", "/usr/bin/python3.12");
    scan(&arena, &t, NULL, &c);
    assert_int_equal(c.python_count, 2);
    assert_str(c.pythons[0].version, "3.12");
    assert_str(c.pythons[1].version, "3.10");
    /* pip's folder, even before it is there */
    assert_str(c.pythons[1].folders[0].path,
               "/usr/local/lib/python3.10/dist-packages");
    const struct pl_python *python;
    assert_true(pl_container_python(&c, &python, NULL));
    assert_ptr_equal(python, &c.pythons[0]);
}

/* Not Debian's, and nothing is installed yet. */
static void test_bare(void **state)
{
    BEGIN;
    memory_program(&t, "/usr/bin/python3.12");
    add_dist(&t, &arena, "/root/.local/lib/python3.12/site-packages", "a", "1");
    scan(&arena, &t, NULL, &c);
    assert_int_equal(c.python_count, 0);
    memory_file(&t, "/usr/lib/python3.12/os.py", "");
    scan(&arena, &t, NULL, &c);
    assert_int_equal(c.python_count, 1);
    assert_int_equal(c.pythons[0].folder_count, 2);
    assert_str(c.pythons[0].folders[1].path,
               "/usr/lib/python3.12/site-packages");
    assert_false(c.pythons[0].folders[1].is_os);
}

/* Fedora's, where pip writes below /usr/local. */
static void test_fedora(void **state)
{
    BEGIN;
    memory_program(&t, "/usr/bin/python3.12");
    memory_file(&t, "/usr/lib64/python3.12/os.py", "");
    memory_folder(&t, "/usr/lib64/python3.12/site-packages");
    memory_folder(&t, "/usr/lib/python3.12/site-packages");
    memory_folder(&t, "/usr/local/lib/python3.12/site-packages");
    scan(&arena, &t, NULL, &c);
    assert_int_equal(c.python_count, 1);
    assert_int_equal(c.pythons[0].folder_count, 3);
    assert_str(c.pythons[0].folders[0].path,
               "/usr/local/lib/python3.12/site-packages");
    assert_false(c.pythons[0].folders[0].is_os);
    assert_true(c.pythons[0].folders[1].is_os);
}

static void test_built_in_local(void **state)
{
    BEGIN;
    add_python(&t, &arena, "/usr/local", "3.12");
    add_dist(&t, &arena, "/usr/local/lib/python3.12/site-packages", "torch",
             "2.8.0");
    /* Debian's own beside it, which cannot see that */
    memory_program(&t, "/usr/bin/python3.12");
    memory_file(&t, "/usr/lib/python3.12/os.py", "");
    memory_folder(&t, "/usr/lib/python3/dist-packages");
    static const char *const vars[] = {"PYTHON_VERSION=3.12.7", NULL};
    scan(&arena, &t, vars, &c);
    assert_int_equal(c.python_count, 2);
    assert_str(c.pythons[0].prefix, "/usr/local");
    assert_int_equal(c.pythons[0].kind, PL_PYTHON_OTHER);
    assert_str(c.pythons[0].version, "3.12.7");
    assert_int_equal(c.pythons[0].folder_count, 1);
    assert_str(c.pythons[0].folders[0].path,
               "/usr/local/lib/python3.12/site-packages");
    assert_str(c.pythons[1].version, "3.12");
    assert_null(pl_python_has(&c.pythons[1], PL_STR("torch")));
}

/* Vast: a conda environment whose activate is made by hand. */
static void test_conda(void **state)
{
    BEGIN;
    add_python(&t, &arena, "/venv/main", "3.12");
    memory_file(&t, "/venv/main/bin/activate", "");
    memory_file(&t, "/venv/main/conda-meta/python-3.12.11-h9e4cc4f_0.json",
                "{}");
    memory_file(&t, "/venv/main/conda-meta/cuda-version-12.8-h5d125a7_3.json",
                "{}");
    add_python(&t, &arena, "/opt/conda", "3.11");
    memory_folder(&t, "/opt/conda/conda-meta");
    add_python(&t, &arena, "/opt/conda/envs/train", "3.10");
    memory_folder(&t, "/opt/conda/envs/train/conda-meta");
    add_dist(&t, &arena, "/venv/main/lib/python3.12/site-packages", "torch",
             "2.9.1");
    scan(&arena, &t, NULL, &c);
    assert_int_equal(c.python_count, 3);
    assert_int_equal(c.pythons[0].kind, PL_PYTHON_CONDA);
    assert_str(c.pythons[0].prefix, "/venv/main");
    assert_str(c.pythons[0].version, "3.12.11");
    assert_str(c.cuda, "12.8");
    assert_str(c.pythons[1].prefix, "/opt/conda");
    assert_str(c.pythons[2].prefix, "/opt/conda/envs/train");
    assert_str(c.pythons[2].version, "3.10");
}

static void add_venv(struct memory_tree *t, struct pl_arena *arena,
                     const char *prefix, const char *more)
{
    memory_file(t, TEXT("%s/pyvenv.cfg", prefix),
                TEXT("home = /usr/bin\n%s", more));
    memory_link(t, TEXT("%s/bin/python", prefix), "/usr/bin/python3.12");
    memory_folder(t, TEXT("%s/lib/python3.12/site-packages", prefix));
}

static void test_venv(void **state)
{
    BEGIN;
    add_ubuntu(&t, &arena);
    add_venv(&t, &arena, "/workspace/ComfyUI/venv",
             "include-system-site-packages = false\nversion = 3.12.1\n");
    scan(&arena, &t, NULL, &c);
    assert_int_equal(c.python_count, 2);
    const struct pl_python *python = &c.pythons[1];
    assert_int_equal(python->kind, PL_PYTHON_VENV);
    assert_str(python->prefix, "/workspace/ComfyUI/venv");
    assert_str(python->program, "/workspace/ComfyUI/venv/bin/python");
    assert_str(python->version, "3.12.1");
    assert_false(python->externally_managed);
    assert_int_equal(python->folder_count, 1);
    assert_int_equal(python->installed.rows.len, 0);
}

static void test_venv_with_system(void **state)
{
    BEGIN;
    add_ubuntu(&t, &arena);
    add_venv(&t, &arena, "/workspace/v",
             "include-system-site-packages = true\nversion = 3.12.1\n");
    memory_file(&t, "/usr/include/python3.12/patchlevel.h",
                "#define PY_MICRO_VERSION 3\n"
                "#define PY_VERSION    \"3.12.3\"\n");
    static const char *const vars[] = {"VIRTUAL_ENV=/workspace/v", NULL};
    scan(&arena, &t, vars, &c);
    const struct pl_python *python;
    assert_int_equal(c.python_count, 2);
    assert_true(pl_container_python(&c, &python, NULL));
    assert_str(python->prefix, "/workspace/v");
    assert_true(python->is_active);
    /* It runs the base, whatever the venv was told. */
    assert_str(python->version, "3.12.3");
    assert_int_equal(python->folder_count, 4);
    assert_str(python->folders[0].path,
               "/workspace/v/lib/python3.12/site-packages");
    assert_str(python->folders[1].path,
               "/usr/local/lib/python3.12/dist-packages");
}

static void test_venv_without_base(void **state)
{
    BEGIN;
    add_venv(&t, &arena, "/workspace/v", "version_info = 3.12.1.final.0\n");
    scan(&arena, &t, NULL, &c);
    assert_int_equal(c.python_count, 1);
    assert_int_equal(c.pythons[0].program.len, 0);
    assert_str(c.pythons[0].version, "3.12.1");
    assert_trouble(&c, "/workspace/v has no Python");
}

static void test_pth(void **state)
{
    BEGIN;
    add_python(&t, &arena, "/opt/p", "3.11");
    memory_file(&t, "/opt/p/lib/python3.11/site-packages/a.pth",
                "# no\n../../../more\nimport os; os.remove('/')\n"
                "/nowhere\n\n/opt/code\r\n/opt/code/../code\n");
    memory_folder(&t, "/opt/p/more");
    add_dist(&t, &arena, "/opt/code", "mine", "1.0");
    /* Python reads no .pth there. */
    memory_file(&t, "/opt/code/b.pth", "/opt/p\n");
    scan(&arena, &t, NULL, &c);
    const struct pl_python *python = &c.pythons[0];
    assert_int_equal(python->folder_count, 3);
    assert_str(python->folders[1].path, "/opt/p/more");
    assert_str(python->folders[2].path, "/opt/code");
    assert_true(python->folders[0].is_site);
    assert_false(python->folders[2].is_site);
    assert_non_null(pl_python_has(python, PL_STR("mine")));
}

static void test_user_and_pythonpath(void **state)
{
    BEGIN;
    add_ubuntu(&t, &arena);
    add_dist(&t, &arena, "/root/.local/lib/python3.12/site-packages", "torch",
             "2.1.0");
    add_dist(&t, &arena, "/deps", "extra", "1");
    memory_file(&t, "/app/main.py", "");
    static const char *const vars[] = {"PYTHONPATH=/app::/deps:rel", NULL};
    static const char *const no_user[] = {"PYTHONNOUSERSITE=1", NULL};
    scan(&arena, &t, vars, &c);
    const struct pl_python *python = &c.pythons[0];
    assert_str(python->folders[0].path, "/deps");
    assert_str(python->folders[1].path,
               "/root/.local/lib/python3.12/site-packages");
    assert_str(pl_python_has(python, PL_STR("torch"))->version_text, "2.1.0");
    scan(&arena, &t, no_user, &c);
    assert_int_equal(c.pythons[0].folder_count, 3);
}

static void test_version_files(void **state)
{
    static const struct {
        const char *path, *text, *version;
    } cases[] = {
        {"/usr/include/python3.12/patchlevel.h",
         "#define PY_VERSION \"3.12.9+\"\n", "3.12.9"},
        {"/usr/include/python3.12/patchlevel.h",
         "#define PY_VERSION \"3.11.9\"\n", "3.12"},
        {"/usr/include/python3.12/patchlevel.h", "", "3.12"},
        {"/var/lib/dpkg/status",
         "Package: python3.12-minimal\nStatus: install ok installed\n"
         "Version: 3.12.3-1ubuntu0.9\n",
         "3.12.3"},
        {"/var/lib/dpkg/status",
         "Package: a\nStatus: install ok installed\n\n"
         "Package: libpython3.12-stdlib\nStatus: install ok installed\n"
         "Description: x\n Version: 3.12.1\nVersion: 3.12.11-1+jammy1\n\n",
         "3.12.11"},
        {"/var/lib/dpkg/status",
         "Package: python3.12\nStatus: deinstall ok config-files\n"
         "Version: 3.12.3-1\n",
         "3.12"},
        {"/var/lib/dpkg/status",
         "Package: python3.12\nStatus: install ok installed\n"
         "Version: 3.12~rc1-1\n",
         "3.12"},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        BEGIN;
        add_ubuntu(&t, &arena);
        memory_file(&t, cases[i].path, cases[i].text);
        scan(&arena, &t, NULL, &c);
        assert_str(c.pythons[0].version, cases[i].version);
    }
}

static void test_uv_python(void **state)
{
    BEGIN;
    add_python(&t, &arena,
               "/root/.local/share/uv/python/cpython-3.12.3-linux-x86_64-gnu",
               "3.12");
    scan(&arena, &t, NULL, &c);
    assert_int_equal(c.python_count, 1);
    assert_str(c.pythons[0].version, "3.12.3");
}

static void test_named(void **state)
{
    static const struct {
        const char *name, *prefix, *version; /* NULL: is none */
    } cases[] = {
        {"/usr", "/usr", "3.10"},
        {"/usr/bin/python3.12", "/usr", "3.12"},
        {"/usr/bin/python3", "/usr", "3.10"},
        {"/usr/local/bin/python", "/usr", "3.12"},
        {"/workspace/v", "/workspace/v", "3.12"},
        {"/workspace/v/", "/workspace/v", "3.12"},
        {"/workspace/v/bin/python", "/workspace/v", "3.12"},
        {"/usr/../workspace/./v/bin/python", "/workspace/v", "3.12"},
        {"3.10", "/usr", "3.10"},
        {"python3.10", "/usr", "3.10"},
        {"3.9", NULL, NULL},
        {"/opt", NULL, NULL},
        {"/nowhere", NULL, NULL},
        {"/usr/bin/env", NULL, NULL},
        {"/loop", NULL, NULL},
        {"python", NULL, NULL},
        {"../usr", NULL, NULL},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        BEGIN;
        struct pl_error err = {.arena = &arena};
        add_ubuntu(&t, &arena);
        add_venv(&t, &arena, "/workspace/v", "");
        memory_program(&t, "/usr/bin/python3.10");
        memory_file(&t, "/usr/lib/python3.10/os.py", "");
        memory_link(&t, "/usr/bin/python3", "python3.10");
        memory_link(&t, "/usr/local/bin/python", "/usr/bin/python3.12");
        memory_link(&t, "/loop", "/loop");
        memory_program(&t, "/usr/bin/env");
        struct pl_scan_options options = {.python = pl_str_from(cases[i].name)};
        bool ok = pl_container_scan(&arena, &t.tree, &options, &c, &err);
        if (ok != (cases[i].prefix != NULL))
            fail_msg("--python %s", cases[i].name);
        if (!ok) {
            assert_int_equal(err.code, PL_ERR_USAGE);
            continue;
        }
        size_t last = c.python_count - 1;
        assert_str(c.pythons[last].prefix, cases[i].prefix);
        bool has = false;
        for (size_t k = 0; k < c.python_count; k++)
            has |= pl_str_is(c.pythons[k].version, cases[i].version);
        assert_true(has);
    }
}

static void test_which(void **state)
{
    BEGIN;
    struct pl_error err = {.arena = &arena};
    const struct pl_python *python;
    scan(&arena, &t, NULL, &c);
    assert_int_equal(c.python_count, 0);
    assert_false(pl_container_python(&c, &python, &err));
    assert_int_equal(err.code, PL_ERR_INPUT);

    add_ubuntu(&t, &arena);
    add_python(&t, &arena, "/opt/conda", "3.11");
    add_dist(&t, &arena, "/opt/conda/lib/python3.11/site-packages", "torch",
             "2.1.0");
    scan(&arena, &t, NULL, &c);
    assert_false(pl_container_python(&c, &python, &err));
    assert_int_equal(err.code, PL_ERR_USAGE);
    assert_str(err.message, "2 Pythons have torch");
    assert_str(err.because,
               "/opt/conda/bin/python3.11 is Python 3.11 with torch 2.1.0\n"
               "/usr/bin/python3.12 is Python 3.12 with torch 2.8.0+cu128");
    assert_str(err.hint,
               "say which one, as in --python /opt/conda/bin/python3.11");
    static const char *const vars[] = {"CONDA_PREFIX=/opt/conda", NULL};
    scan(&arena, &t, vars, &c);
    assert_true(pl_container_python(&c, &python, &err));
    assert_str(python->prefix, "/opt/conda");
}

/* ---- hostile ---- */

static void test_loops(void **state)
{
    BEGIN;
    memory_link(&t, "/opt/a", "/opt/b");
    memory_link(&t, "/opt/b", "/opt/a");
    memory_link(&t, "/venv/x", "/venv");
    memory_link(&t, "/usr/lib", "../lib");
    memory_link(&t, "/lib", "usr/lib");
    memory_file(&t, "/workspace/v/pyvenv.cfg",
                "home = /workspace/w/bin\n"
                "include-system-site-packages = true\n");
    memory_file(&t, "/workspace/w/pyvenv.cfg",
                "home = /workspace/v/bin\n"
                "include-system-site-packages = true\n");
    memory_program(&t, "/workspace/v/bin/python3");
    memory_program(&t, "/workspace/w/bin/python3");
    memory_folder(&t, "/workspace/v/lib/python3.12/site-packages");
    memory_folder(&t, "/workspace/w/lib/python3.12/site-packages");
    memory_file(&t, "/workspace/w/lib/python3.12/site-packages/x.pth",
                "/workspace/v/lib/python3.12/site-packages\n.\n");
    scan(&arena, &t, NULL, &c);
    assert_int_equal(c.python_count, 2);
    assert_int_equal(c.pythons[0].folder_count, 1);
    assert_int_equal(c.pythons[1].folder_count, 2);
}

static void test_many_prefixes(void **state)
{
    BEGIN;
    for (int i = 0; i < 10000; i++)
        add_python(&t, &arena, pl_arena_printf(&arena, "/opt/%05d", i).at,
                   "3.12");
    scan(&arena, &t, NULL, &c);
    assert_int_equal(c.python_count, PL_MAX_PYTHONS);
    assert_int_equal(c.trouble_count, 2);
    assert_true(t.looks < 100 * PL_MAX_PREFIXES);
}

/* One Python by many names is one. */
static void test_same(void **state)
{
    BEGIN;
    add_python(&t, &arena, "/opt/conda", "3.11");
    memory_link(&t, "/opt/other", "conda");
    memory_link(&t, "/root/miniconda3", "/opt/conda");
    memory_link(&t, "/opt/half/lib", "../conda/lib");
    static const char *const vars[] = {
        "PATH=/opt/other/bin:/root/miniconda3/bin:bin:", NULL};
    scan(&arena, &t, vars, &c);
    assert_int_equal(c.python_count, 1);
    assert_str(c.pythons[0].prefix, "/opt/conda");
}

static void test_many_troubles(void **state)
{
    BEGIN;
    static const char *const vars[] = {"PIP_CONSTRAINT=/c.txt", NULL};
    PL_BUF(text, 1u << 20);
    for (int i = 0; i < 5000; i++)
        pl_buf_add_cstr(&text, "?\n");
    memory_bytes(&t, "/c.txt", pl_buf_view(&text));
    scan(&arena, &t, vars, &c);
    assert_int_equal(c.trouble_count, PL_MAX_TROUBLES);
    assert_str(c.troubles[PL_MAX_TROUBLES - 1].message,
               "and 4901 more like these");
}

static void test_locked(void **state)
{
    BEGIN;
    add_ubuntu(&t, &arena);
    memory_file(&t, "/etc/pip.conf", "");
    memory_locked(&t, "/etc/pip.conf");
    memory_locked(&t, "/root");
    scan(&arena, &t, NULL, &c);
    assert_int_equal(c.python_count, 1);
    assert_true(c.trouble_count >= 2);
}

/* A damaged status file is looked at from its beginning to its end once. */
static void test_large_dpkg(void **state)
{
    BEGIN;
    PL_BUF(text, 8u << 20);
    for (int i = 0; i < 200000; i++)
        pl_buf_add_cstr(&text, "Package: python3.12-minimal\n");
    add_ubuntu(&t, &arena);
    memory_bytes(&t, "/var/lib/dpkg/status", pl_buf_view(&text));
    scan(&arena, &t, NULL, &c);
    assert_str(c.pythons[0].version, "3.12");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ubuntu),
        cmocka_unit_test(test_first_folder_counts),
        cmocka_unit_test(test_two_of_usr),
        cmocka_unit_test(test_bare),
        cmocka_unit_test(test_fedora),
        cmocka_unit_test(test_built_in_local),
        cmocka_unit_test(test_conda),
        cmocka_unit_test(test_venv),
        cmocka_unit_test(test_venv_with_system),
        cmocka_unit_test(test_venv_without_base),
        cmocka_unit_test(test_pth),
        cmocka_unit_test(test_user_and_pythonpath),
        cmocka_unit_test(test_version_files),
        cmocka_unit_test(test_uv_python),
        cmocka_unit_test(test_named),
        cmocka_unit_test(test_which),
        cmocka_unit_test(test_loops),
        cmocka_unit_test(test_many_prefixes),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_many_troubles),
        cmocka_unit_test(test_locked),
        cmocka_unit_test(test_large_dpkg),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
