#include "tests/unit/scan_util.h"

/* ---- the machine ---- */

static void test_glibc(void **state)
{
    static const struct {
        const char *path, *text, *glibc;
    } cases[] = {
        {"/usr/lib/x86_64-linux-gnu/libc.so.6",
         "...GNU C Library (Ubuntu GLIBC 2.39-0ubuntu8.4) stable release "
         "version 2.39.\nCopyright",
         "2.39"},
        {"/usr/lib64/libc.so.6",
         "GNU C Library (GNU libc) stable release version 2.34.\n", "2.34"},
        {"/usr/lib64/libc.so.6", "GNU C Library\nrelease version 2.34.\n", ""},
        {"/var/lib/dpkg/status",
         "Package: libc6\nStatus: install ok installed\n"
         "Version: 2.31-13+deb11u11\n",
         "2.31"},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        BEGIN;
        add_ubuntu(&t, &arena);
        memory_file(&t, cases[i].path, cases[i].text);
        scan(&arena, &t, NULL, &c);
        assert_str(c.glibc, cases[i].glibc);
        assert_false(c.is_musl);
    }
}

static void test_glibc_link(void **state)
{
    BEGIN;
    memory_program(&t, "/lib/x86_64-linux-gnu/libc-2.31.so");
    memory_link(&t, "/lib/x86_64-linux-gnu/libc.so.6", "libc-2.31.so");
    scan(&arena, &t, NULL, &c);
    assert_str(c.glibc, "2.31");
    assert_str(c.arch, "x86_64");
}

static void test_musl(void **state)
{
    BEGIN;
    memory_program(&t, "/lib/ld-musl-x86_64.so.1");
    memory_file(&t, "/etc/os-release", "ID=alpine\nVERSION_ID='3.20.1'\n");
    scan(&arena, &t, NULL, &c);
    assert_true(c.is_musl);
    assert_int_equal(c.glibc.len, 0);
    assert_str(c.arch, "x86_64");
    assert_str(c.os, "alpine 3.20.1");
}

static void test_cuda(void **state)
{
    static const struct {
        const char *path, *text, *variable, *cuda, *from;
    } cases[] = {
        {"/usr/local/cuda-12.8/version.json",
         "{\"cuda\":{\"version\":\"12.8.1\"}}", "CUDA_VERSION=12.4.1", "12.8.1",
         "/usr/local/cuda/version.json"},
        {"/usr/local/cuda-11.8/version.json",
         "{\"cuda\":{\"version\":\"11.8.20220929\"}}", "CUDA_VERSION=11.8.0",
         "11.8.0", "CUDA_VERSION"},
        {"/usr/local/cuda-11.8/version.json",
         "{\"cuda\":{\"version\":\"11.8.20220929\"}}", "", "11.8",
         "/usr/local/cuda/version.json"},
        {"/usr/local/cuda-10.2/version.txt", "CUDA Version 10.2.89\n", "",
         "10.2.89", "/usr/local/cuda/version.txt"},
        {"/usr/local/cuda-13.0/nothing", "", "CUDA_VERSION=13.0.2.006",
         "13.0.2", "CUDA_VERSION"},
        {"/usr/local/cuda-12.6/nothing", "", "CUDA_VERSION=x", "12.6",
         "/usr/local/cuda-12.6"},
        {"/usr/local/cuda-x/version.json", "{\"cuda\":[]}", "", "", ""},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        BEGIN;
        const char *const vars[] = {cases[i].variable, NULL};
        struct pl_str folder = pl_str_from(cases[i].path);
        folder = pl_arena_dup(&arena,
                              pl_str_sub(folder, 0, pl_str_rfind(folder, '/')));
        memory_file(&t, cases[i].path, cases[i].text);
        memory_link(&t, "/usr/local/cuda", "/etc/alternatives/cuda");
        memory_link(&t, "/etc/alternatives/cuda", folder.at);
        scan(&arena, &t, vars, &c);
        assert_str(c.cuda, cases[i].cuda);
        assert_str(c.cuda_from, cases[i].from);
        assert_int_equal(c.trouble_count, 0);
    }
}

static void test_cuda_of_package(void **state)
{
    BEGIN;
    add_ubuntu(&t, &arena);
    add_dist(&t, &arena, "/usr/local/lib/python3.12/dist-packages",
             "nvidia_cuda_runtime_cu12", "12.8.90");
    scan(&arena, &t, NULL, &c);
    assert_str(c.cuda, "12.8");
}

/* ---- pip ---- */

static struct pl_str setting(const struct pl_container *c, const char *name)
{
    for (size_t i = 0; i < c->setting_count; i++)
        if (pl_str_is(c->settings[i].name, name))
            return c->settings[i].value;
    return PL_STR("");
}

static void test_settings(void **state)
{
    BEGIN;
    static const char *const vars[] = {
        "PIP_INDEX_URL=https://me:secret@pypi.example/simple",
        "PIP_NO_CACHE_DIR=1", "PIP_PRE=0", "PIP_NO_DEPS=", NULL};
    memory_file(&t, "/etc/pip.conf",
                "[global]\n# c\nextra-index-url =\n    https://a/\n"
                "    https://b/\nindex-url=https://c/\nno-deps: yes\n"
                "[list]\npre = yes\n[install]\nuser = true\n");
    memory_file(&t, "/root/.config/pip/pip.conf",
                "[global]\nuser = false\nfind_links = /w\n");
    scan(&arena, &t, vars, &c);
    assert_int_equal(c.trouble_count, 0);
    assert_int_equal(c.setting_count, 5);
    assert_str(setting(&c, "PIP_INDEX_URL"), "https://***@pypi.example/simple");
    assert_str(setting(&c, "PIP_EXTRA_INDEX_URL"), "https://a/ https://b/");
    assert_str(setting(&c, "PIP_NO_DEPS"), "yes");
    /* [install] is stronger than [global], in whatever file */
    assert_str(setting(&c, "PIP_USER"), "true");
    assert_str(c.settings[0].from, "/etc/pip.conf");
    static const char *const none[] = {"PIP_CONFIG_FILE=/dev/null", NULL};
    scan(&arena, &t, none, &c);
    assert_int_equal(c.setting_count, 0);
}

static void test_bad_conf(void **state)
{
    BEGIN;
    memory_file(&t, "/etc/pip.conf", "[global]\nuser = yes\n\x1b[2Jwhat\n");
    scan(&arena, &t, NULL, &c);
    assert_trouble(&c, "neither a section");
    assert_int_equal(pl_span_place(c.troubles[0].span).line, 3);
    assert_str(setting(&c, "PIP_USER"), "yes");
}

static void test_constraints(void **state)
{
    BEGIN;
    static const char *const vars[] = {"PIP_CONSTRAINT=/etc/pip/constraint.txt",
                                       NULL};
    memory_file(&t, "/etc/pip/constraint.txt",
                "\xEF\xBB\xBF# all\r\nregex==2024.11.6 # why\r\n\n"
                "torch==2.8.0a0+5228986c39.nv25.6\n"
                "-c more.txt\nnumpy \\\n  <2 \\\n  --hash=sha256:00\n"
                "-c constraint.txt\n");
    memory_file(&t, "/etc/pip/more.txt", "six>1; python_version < '4'\n");
    scan(&arena, &t, vars, &c);
    assert_int_equal(c.trouble_count, 0);
    assert_int_equal(c.constraint_count, 4);
    assert_str(c.constraints[0].name, "regex");
    assert_str(c.constraints[2].name, "six");
    assert_non_null(c.constraints[2].marker);
    assert_str(c.constraints[3].name, "numpy");
}

static void test_constraint_troubles(void **state)
{
    static const struct {
        const char *value, *text, *trouble;
    } cases[] = {
        {"/c.txt", "a==1\nb[x]==1\n", "cannot have extras"},
        {"/c.txt", "a==1\n==\n", ""},
        {"/c.txt", "a==1\n--pre\n", "an option"},
        {"/c.txt", "a==1\n-r\n", "an option"},
        {"/c.txt", "a==1\n-rgone.txt\n", "gone.txt is not there"},
        {"/c.txt /gone", "a==1\n", "/gone is not there"},
        {"/c.txt /fifo", "a==1\n", "/fifo is no file"},
        {"/c.txt /folder", "a==1\n", "/folder is no file"},
        {"/c.txt /loop", "a==1\n", "/loop is not there"},
        {"/c.txt rel.txt", "a==1\n", "rel.txt is relative"},
        {"/c.txt https://h/c.txt", "a==1\n", "is not fetched"},
        {"file:///c.txt", "a==1\n-c https://h/c\n", "is not fetched"},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        BEGIN;
        const char *const vars[] = {
            pl_arena_printf(&arena, "PIP_CONSTRAINT=%s", cases[i].value).at,
            NULL};
        memory_file(&t, "/c.txt", cases[i].text);
        memory_fifo(&t, "/fifo");
        memory_folder(&t, "/folder");
        memory_link(&t, "/loop", "loop");
        scan(&arena, &t, vars, &c);
        assert_trouble(&c, cases[i].trouble);
        assert_int_equal(c.constraint_count, 1);
        assert_int_equal(c.setting_count, 1);
    }
}

static void test_constraint_place(void **state)
{
    BEGIN;
    static const char *const vars[] = {"PIP_CONSTRAINT=/c.txt", NULL};
    memory_file(&t, "/c.txt", "a==1\n  b==what ever\n");
    scan(&arena, &t, vars, &c);
    assert_int_equal(c.trouble_count, 1);
    struct pl_place place = pl_span_place(c.troubles[0].span);
    assert_str(c.troubles[0].span.source->name, "/c.txt");
    assert_int_equal(place.line, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_glibc),
        cmocka_unit_test(test_glibc_link),
        cmocka_unit_test(test_musl),
        cmocka_unit_test(test_cuda),
        cmocka_unit_test(test_cuda_of_package),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_bad_conf),
        cmocka_unit_test(test_constraints),
        cmocka_unit_test(test_constraint_troubles),
        cmocka_unit_test(test_constraint_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
