#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/digest.h"
#include "tests/unit/wrong.h"
#include "tests/unit/reqfile_util.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define INPUTS(name)                                                           \
    PL_ARENA(arena);                                                           \
    struct pl_inputs name;                                                     \
    pl_inputs_init(&name, &arena)

static bool read_text(struct pl_arena *arena, const struct pl_source *source,
                      struct pl_error *err)
{
    struct pl_inputs in;
    pl_inputs_init(&in, arena);
    put("r.in", pl_arena_dup(arena, source->text).at);
    return pl_inputs_read(&in, PL_STR("r.in"), err);
}

static void test_wrong(void **state)
{
    (void)state;
    wrong_run("requirements-errors.data", read_text, 100);
}

/* The whole error of reading the file. */
static const char *failure(struct pl_inputs *in, const char *name)
{
    struct pl_error err = {.arena = in->arena};
    assert_false(pl_inputs_read(in, pl_str_from(name), &err));
    return wrong_render(in->arena, &err).at;
}

static const char *failure_of(struct pl_arena *arena, const char *text)
{
    struct pl_inputs in;
    pl_inputs_init(&in, arena);
    put("r.in", text);
    return failure(&in, "r.in");
}

/* ---- lines ---- */

static void test_lines(void **state)
{
    (void)state;
    INPUTS(in);
    put("r.in", "\xef\xbb\xbf# comment \\\n"
                "NumPy >=1.26 , <2.1  # why\r\n"
                "   \t\n"
                "pandas[b, A] \\\n"
                "  ==2.3.* \\\n"
                "; python_version > '3.8'\n"
                "a\\\n"
                "b # c\n"
                "   # d\n"
                "x~=1.0;\n"
                "y @ https://h.example/y-1.0-py3-none-any.whl#egg=y # z\n"
                "last");
    read_or_fail(&in, "r.in");
    assert_string_equal(SHOW(in, requirements),
                        "r.in:2: numpy<2.1,>=1.26\n"
                        "r.in:4: pandas[a,b]==2.3.*; python_version > \"3.8\"\n"
                        "r.in:7: ab\n"
                        "r.in:10: x~=1.0\n"
                        "r.in:11: y @ https://h.example/y-1.0-py3-none-any.whl"
                        "\n"
                        "r.in:12: last\n");
    struct pl_span span = in.requirements.at[1].span;
    struct pl_str text = pl_str_sub(span.source->text, span.begin, span.end);
    assert_string_equal(pl_arena_dup(&arena, text).at,
                        "pandas[b, A] \\\n  ==2.3.* \\\n"
                        "; python_version > '3.8'");
    assert_int_equal(in.warnings.len, 0);
}

/* What pip does there too; but pip says nothing. */
static void test_swallowed_line(void **state)
{
    (void)state;
    INPUTS(in);
    put("r.in", "numpy # old \\\n"
                "pandas\n"
                "scipy # old \\\n"
                "# harmless\n");
    read_or_fail(&in, "r.in");
    assert_string_equal(SHOW(in, requirements),
                        "r.in:1: numpy\nr.in:3: scipy\n");
    assert_string_equal(show_warnings(&in),
                        "r.in:2:1: warning: this line is part of the comment "
                        "before it, which ends with `\\`\n"
                        "  2 | pandas\n"
                        "    | ^~~~~~\n");
}

static void test_variables(void **state)
{
    (void)state;
    INPUTS(in);
    setenv("PODLOCK_T_NAME", "pandas", 1);
    setenv("PODLOCK_T_VERSION_2", "2.3", 1);
    setenv("PODLOCK_T_EMPTY", "", 1);
    put("r.in", "${PODLOCK_T_NAME}>=${PODLOCK_T_VERSION_2}\n"
                "x=${PODLOCK_T_NAME}\n");
    assert_string_equal(failure(&in, "r.in"),
                        "r.in:2:2: error: `=` is no operator\n"
                        "  2 | x=${PODLOCK_T_NAME}\n"
                        "    |  ^\n"
                        "fix: versions are compared with ==, >=, <=, <, > and "
                        "~=\n");
    assert_string_equal(SHOW(in, requirements), "r.in:1: pandas>=2.3\n");
    assert_string_equal(failure_of(&arena, "x>=${PODLOCK_T_EMPTY}\n"),
                        "r.in:1:4: error: the variable PODLOCK_T_EMPTY is not "
                        "set\n"
                        "  1 | x>=${PODLOCK_T_EMPTY}\n"
                        "    |    ^~~~~~~~~~~~~~~~~~\n"
                        "fix: set it before podlock is called\n");
}

/* Columns are those of the file, behind and on a variable. */
static void test_places_behind_variables(void **state)
{
    (void)state;
    PL_ARENA(arena);
    setenv("PODLOCK_T_LONG", "a-rather-long-name", 1);
    assert_string_equal(failure_of(&arena, "${PODLOCK_T_LONG} \\\n"
                                           "  >1 <2\n"),
                        "r.in:2:6: error: a comma is missing before `<`\n"
                        "  2 |   >1 <2\n"
                        "    |      ^\n"
                        "fix: write `${PODLOCK_T_LONG}   >1,<2`\n");
    assert_string_equal(failure_of(&arena, "x>=1 ${PODLOCK_T_LONG}y\n"),
                        "r.in:1:6: error: a second requirement on the line\n"
                        "  1 | x>=1 ${PODLOCK_T_LONG}y\n"
                        "    |      ^~~~~~~~~~~~~~~~~~\n"
                        "fix: put each requirement on its own line\n");
}

static void test_values_stay_secret(void **state)
{
    (void)state;
    PL_ARENA(arena);
    setenv("PODLOCK_T_SECRET", "hunter2!", 1);
    const char *const lines[] = {
        "x==${PODLOCK_T_SECRET}\n",
        "${PODLOCK_T_SECRET}\n",
        "x @ ${PODLOCK_T_SECRET}\n",
        "-r ${PODLOCK_T_SECRET}\n",
        "--${PODLOCK_T_SECRET}\n",
        "--no-binary ${PODLOCK_T_SECRET}\n",
        "x --hash=${PODLOCK_T_SECRET}\n",
        "https://${PODLOCK_T_SECRET}@h.example/x-1.0-py3.whl\n",
        "https://h.example/x-${PODLOCK_T_SECRET}-py3-none-any.whl\n",
        "x @ git+https://${PODLOCK_T_SECRET}@h.example/x\n",
        "x ; a == ${PODLOCK_T_SECRET}\n",
    };
    for (size_t i = 0; i < PL_COUNT(lines); i++)
        assert_null(strstr(failure_of(&arena, lines[i]), "hunter2"));
}

/* ---- options ---- */

static void test_options(void **state)
{
    (void)state;
    INPUTS(in);
    put("r.in", "-i https://a.example/simple\n"
                "--index-url=\"https://b.example/simple\"\n"
                "--extra-index-url https://c.example --extra-index 'https://d"
                "\\.example'\n"
                "-fhttps://e.example/x\\ y -f r.in\n"
                "--no-binary :all: --only-binary=NumPy,:none:,Big_Name\n"
                "--no-binary big.name,torch\n"
                "--pre --prefer-binary --require-hashes --no-index\n"
                "--trusted-host h --use-feature=fast-deps\n"
                "x --config-settings a=b --global-option c\n"
                "y -C \"a b=c\"\n");
    read_or_fail(&in, "r.in");
    assert_true(pl_str_is(in.index_url, "https://b.example/simple"));
    assert_int_equal(in.extra_index_urls.len, 2);
    assert_true(pl_str_is(in.extra_index_urls.at[1], "https://d\\.example"));
    assert_int_equal(in.find_links.len, 2);
    assert_true(pl_str_is(in.find_links.at[0], "https://e.example/x y"));
    assert_true(in.pre && in.prefer_binary && in.require_hashes);
    assert_true(in.no_index);
    assert_true(pl_format_control_has(&in.no_binary, PL_STR("torch")));
    assert_true(pl_format_control_has(&in.no_binary, PL_STR("big-name")));
    assert_false(pl_format_control_has(&in.only_binary, PL_STR("big-name")));
    assert_false(pl_format_control_has(&in.only_binary, PL_STR("numpy")));
    assert_true(in.no_binary.all && !in.only_binary.all);
    assert_string_equal(SHOW(in, requirements), "r.in:9: x\nr.in:10: y\n");
    assert_int_equal(in.trusted_hosts.len, 1);
    assert_true(pl_str_is(in.trusted_hosts.at[0], "h"));
    assert_int_equal(in.warnings.len, 4);
    assert_true(pl_str_is(in.warnings.at[1].message,
                          "--config-settings has no effect in podlock"));
}

static void test_hashes(void **state)
{
    (void)state;
    INPUTS(in);
    put("r.in",
        "numpy==1.0 \\\n"
        "    --hash=sha256:" ZEROS " \\\n"
        "    --hash sha512:" ZEROS ZEROS "\n"
        "https://h.example/a/x-1.0-py3-none-any.whl?q#egg=x&sha256=" ZEROS
        "\n");
    read_or_fail(&in, "r.in");
    assert_string_equal(SHOW(in, requirements),
                        "r.in:1: numpy==1.0 sha256:" ZEROS
                        " sha512:" ZEROS ZEROS "\n"
                        "r.in:4: x==1.0 @ https://h.example/a/x-1.0-py3-none-"
                        "any.whl?q sha256:" ZEROS "\n");
}

static void test_wheels(void **state)
{
    (void)state;
    INPUTS(in);
    put("r.in", "./dist/Big_Name-1.0+cu128-cp311-cp311-linux_x86_64.whl[x, Y]\n"
                "x-2.0-1_a-py3-none-any.whl; python_version<'4'\n"
                "https://h.example/w/x-2%2E0-py3-none-any.whl ; "
                "sys_platform == 'linux'\n"
                "file:///w/x-2.0-py3-none-any.whl\n"
                "X @ ../x-2.0-py3-none-any.whl\n");
    read_or_fail(&in, "r.in");
    static const struct {
        const char *name, *specifier, *url;
        bool marker;
    } wanted[] = {
        {"big-name", "==1.0+cu128",
         "./dist/Big_Name-1.0+cu128-cp311-cp311-linux_x86_64.whl", false},
        {"x", "==2.0", "x-2.0-1_a-py3-none-any.whl", true},
        {"x", "==2.0", "https://h.example/w/x-2%2E0-py3-none-any.whl", true},
        {"x", "==2.0", "file:///w/x-2.0-py3-none-any.whl", false},
        {"x", "", "../x-2.0-py3-none-any.whl", false},
    };
    assert_int_equal(in.requirements.len, PL_COUNT(wanted));
    for (size_t i = 0; i < PL_COUNT(wanted); i++) {
        const struct pl_requirement *r = &in.requirements.at[i].req;
        assert_true(pl_str_is(r->name, wanted[i].name));
        assert_true(pl_str_is(r->specifier.text, wanted[i].specifier));
        assert_true(pl_str_is(r->url, wanted[i].url));
        assert_int_equal(r->marker != NULL, wanted[i].marker);
    }
    assert_int_equal(in.requirements.at[0].req.extra_count, 2);
    assert_true(pl_str_is(in.requirements.at[0].req.extras[1], "y"));
}

static void test_template(void **state)
{
    (void)state;
    INPUTS(in);
    put("r.in", "numpy # podlock: template = not-this\n"
                "  ## podlock: template=  runpod/pytorch:1.0.2 \n"
                "# podlock does nothing with this\n");
    put("q.in", "# podlock: template = runpod/pytorch:1.0.2\n");
    read_or_fail(&in, "r.in");
    read_or_fail(&in, "q.in");
    assert_true(pl_str_is(in.template_id, "runpod/pytorch:1.0.2"));
    assert_int_equal(pl_span_place(in.template_span).line, 2);
    assert_true(pl_str_is(in.template_span.source->name, "r.in"));
}

/* ---- files ---- */

static void test_nested(void **state)
{
    (void)state;
    INPUTS(in);
    assert_true(pl_dir_make(PL_STR("sub"), NULL));
    put("r.in", "a\n-r sub/r.in\n-c c.txt\n-r ./sub/../sub/r.in\n");
    put("sub/r.in", "b\n-c ../c.txt\n--requirement=deep.in\n-f deep.in\n");
    put("sub/deep.in", "c\n");
    put("c.txt", "a<2\n-r more.txt\n");
    put("more.txt", "b<3\n");
    read_or_fail(&in, "r.in");
    assert_string_equal(SHOW(in, requirements),
                        "r.in:1: a\nsub/r.in:1: b\nsub/deep.in:1: c\n");
    assert_string_equal(SHOW(in, constraints),
                        "sub/../c.txt:1: a<2\nsub/../more.txt:1: b<3\n");
    assert_true(pl_str_is(in.find_links.at[0], "sub/deep.in"));
    assert_int_equal(in.files.len, 5);
    assert_true(pl_str_is(in.files.at[1].name, "sub/r.in"));
    assert_true(pl_str_eq(in.files.at[2].sha256,
                          pl_sha256_hex(&arena, PL_STR("a<2\n-r more.txt\n"))));
    unlink("sub/r.in");
    unlink("sub/deep.in");
    rmdir("sub");
}

/* Read as a requirement and as a constraint: two kinds, one file. */
static void test_kinds(void **state)
{
    (void)state;
    INPUTS(in);
    put("r.in", "a>=1\n");
    read_or_fail(&in, "r.in");
    assert_true(pl_inputs_read_constraints(&in, PL_STR("./r.in"), NULL));
    assert_true(pl_inputs_read_constraints(&in, PL_STR("r.in"), NULL));
    assert_true(pl_inputs_read_overrides(&in, PL_STR("r.in"), NULL));
    assert_string_equal(SHOW(in, requirements), "r.in:1: a>=1\n");
    assert_string_equal(SHOW(in, constraints), "./r.in:1: a>=1\n");
    assert_string_equal(SHOW(in, overrides), "r.in:1: a>=1\n");
}

static const char *constraint_failure(struct pl_arena *arena, const char *text)
{
    struct pl_inputs in;
    struct pl_error err = {.arena = arena};
    pl_inputs_init(&in, arena);
    put("c.txt", text);
    assert_false(pl_inputs_read_constraints(&in, PL_STR("c.txt"), &err));
    return wrong_render(arena, &err).at;
}

static void test_constraints(void **state)
{
    (void)state;
    PL_ARENA(arena);
    assert_string_equal(constraint_failure(&arena, "a<1\nb[x]<2\n"),
                        "c.txt:2:1: error: a constraint cannot ask for extras\n"
                        "  2 | b[x]<2\n"
                        "    | ^~~~~~\n"
                        "fix: remove `[...]`: a constraint limits a version "
                        "and adds nothing\n");
    assert_string_equal(
        constraint_failure(&arena, "x @ https://h/x-1-py3-none-any.whl\n"),
        "c.txt:1:1: error: a constraint with a URL is not supported\n"
        "  1 | x @ https://h/x-1-py3-none-any.whl\n"
        "    | ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
        "fix: constrain the version, and put the URL among the requirements\n");
}

static void test_wrong_inside(void **state)
{
    (void)state;
    INPUTS(in);
    put("r.in", "a\n-r q.in\n");
    put("q.in", "b=1\n");
    assert_string_equal(failure(&in, "r.in"),
                        "q.in:1:2: error: `=` is no operator\n"
                        "  1 | b=1\n"
                        "    |  ^\n"
                        "because: r.in:2 reads this file\n"
                        "fix: did you mean `b==1`?\n");
}

static void test_cycle(void **state)
{
    (void)state;
    INPUTS(in);
    put("r.in", "-c q.in\n");
    put("q.in", "\n-r r.in\n");
    assert_string_equal(failure(&in, "r.in"),
                        "q.in:2:4: error: r.in is being read already\n"
                        "  2 | -r r.in\n"
                        "    |    ^~~~\n"
                        "because: r.in reads q.in reads r.in\n"
                        "fix: remove one of these lines\n");
}

static void test_depth(void **state)
{
    (void)state;
    INPUTS(in);
    struct pl_error err = {.arena = &arena};
    for (int i = 0; i <= PL_MAX_INCLUDE_DEPTH; i++) {
        struct pl_str name = pl_arena_printf(&arena, "d%d.in", i);
        put(name.at, pl_arena_printf(&arena, "-r d%d.in\n", i + 1).at);
    }
    assert_false(pl_inputs_read(&in, PL_STR("d0.in"), &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
    put(pl_arena_printf(&arena, "d%d.in", PL_MAX_INCLUDE_DEPTH - 1).at, "x\n");
    struct pl_inputs again;
    pl_inputs_init(&again, &arena);
    read_or_fail(&again, "d0.in");
    assert_string_equal(SHOW(again, requirements), "d15.in:1: x\n");
}

static void put_bytes(const char *name, struct pl_str bytes)
{
    assert_true(pl_file_save(pl_str_from(name), bytes, NULL));
}

static void test_bytes(void **state)
{
    (void)state;
    INPUTS(in);
    put_bytes("r.in", PL_STR("\xff\xfen\0u\0m\0"));
    assert_string_equal(failure(&in, "r.in"),
                        "error: r.in is UTF-16, not UTF-8\n"
                        "because: PowerShell's `>` writes UTF-16\n"
                        "fix: iconv -f UTF-16 -t UTF-8 r.in > NEW\n");
    put_bytes("q.in", PL_STR("x\nnum\0py\n"));
    assert_string_equal(failure(&in, "q.in"),
                        "q.in:2:4: error: a NUL byte; this is not a text file\n"
                        "  2 | num\\x00py\n"
                        "    |    ^~~~\n");
    put_bytes("p.in", PL_STR("x # caf\xe9\n"));
    assert_string_equal(failure(&in, "p.in"),
                        "p.in:1:8: error: this byte is not UTF-8\n"
                        "  1 | x # caf\\xe9\n"
                        "    |        ^~~~\n"
                        "fix: save the file as UTF-8\n");
}

static void test_files_of_others(void **state)
{
    (void)state;
    INPUTS(in);
    assert_string_equal(
        failure(&in, "a/setup.py"),
        "error: a/setup.py is neither a requirements file nor "
        "a pyproject.toml\n"
        "fix: list its install_requires in a requirements.in\n");
    assert_string_equal(failure(&in, "none.in"),
                        "error: cannot read none.in: No such file or "
                        "directory\n");
    put("r.in", "-r environment.yml\n");
    assert_string_equal(failure(&in, "r.in"),
                        "r.in:1:4: error: environment.yml is neither a "
                        "requirements file nor a pyproject.toml\n"
                        "  1 | -r environment.yml\n"
                        "    |    ^~~~~~~~~~~~~~~\n"
                        "fix: list the packages of its `pip:` part in a "
                        "requirements.in\n");
}

/* Lines that wrong.h takes for its own marks. */
static void test_rules_of_tables(void **state)
{
    (void)state;
    PL_ARENA(arena);
    assert_string_equal(failure_of(&arena, "------- -------\n"),
                        "r.in:1:1: error: a line of a table\n"
                        "  1 | ------- -------\n"
                        "    | ^~~~~~~\n"
                        "fix: `pip freeze` writes requirements, `pip list` "
                        "does not\n");
    assert_string_equal(failure_of(&arena, "a\n=======\n"),
                        "r.in:2:1: error: a merge conflict that was not "
                        "resolved\n"
                        "  2 | =======\n"
                        "    | ^~~~~~~\n"
                        "fix: keep one of the two sides, and remove the lines "
                        "<<<<<<<, ======= and >>>>>>>\n");
}

static void test_long_line(void **state)
{
    (void)state;
    INPUTS(in);
    struct pl_error err = {.arena = &arena};
    PL_BUF(text, PL_MAX_LINE_BYTES * 2);
    pl_buf_pad(&text, 'x', PL_MAX_LINE_BYTES);
    pl_buf_add_cstr(&text, "\\\nx\n");
    put_bytes("r.in", pl_buf_view(&text));
    assert_false(pl_inputs_read(&in, PL_STR("r.in"), &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
}

/* Real files, each line of which is a requirement, an option or a comment. */
static void test_real_files(void **state)
{
    (void)state;
    INPUTS(in);
    struct pl_str dir = pl_arena_printf(&arena, "%s/fixtures/requirements",
                                        getenv("PODLOCK_SOURCE_ROOT"));
    struct pl_str *names;
    size_t count = 0, read = 0;
    struct pl_error err = {.arena = &arena};
    if (!pl_dir_list(&arena, dir, &names, &count, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    for (size_t i = 0; i < count; i++) {
        if (!pl_str_ends(names[i], ".in"))
            continue;
        read_or_fail(&in, pl_path_join(&arena, dir, names[i]).at);
        read++;
    }
    assert_true(read >= 11);
    assert_true(in.requirements.len >= 223);
    assert_int_equal(in.warnings.len, 0);
}

static int setup(void **state)
{
    (void)state;
    enter_folder();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    leave_folder();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_swallowed_line),
        cmocka_unit_test(test_variables),
        cmocka_unit_test(test_places_behind_variables),
        cmocka_unit_test(test_values_stay_secret),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_hashes),
        cmocka_unit_test(test_wheels),
        cmocka_unit_test(test_template),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_constraints),
        cmocka_unit_test(test_wrong_inside),
        cmocka_unit_test(test_cycle),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_files_of_others),
        cmocka_unit_test(test_rules_of_tables),
        cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_real_files),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
