#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/wrong.h"
#include "tests/unit/reqfile_util.h"

#define INPUTS(name)                                                           \
    PL_ARENA(arena);                                                           \
    struct pl_inputs name;                                                     \
    pl_inputs_init(&name, &arena)

static bool read_text(struct pl_arena *arena, const struct pl_source *source,
                      struct pl_error *err)
{
    struct pl_inputs in;
    pl_inputs_init(&in, arena);
    put("pyproject.toml", pl_arena_dup(arena, source->text).at);
    return pl_inputs_read(&in, PL_STR("pyproject.toml"), err);
}

static bool read_group(struct pl_arena *arena, const struct pl_source *source,
                       struct pl_error *err)
{
    struct pl_inputs in;
    pl_inputs_init(&in, arena);
    pl_vec_push(arena, &in.groups, PL_STR("test"));
    put("pyproject.toml", pl_arena_dup(arena, source->text).at);
    return pl_inputs_read(&in, PL_STR("pyproject.toml"), err);
}

static void test_wrong(void **state)
{
    (void)state;
    wrong_run("pyproject-errors.data", read_text, 23);
    wrong_run("pyproject-group-errors.data", read_group, 12);
}

static const char whole[] =
    "[project]\n"
    "name = \"My.Project\"\n"
    "requires-python = \">=3.10\"\n"
    "dependencies = [\n"
    "  \"NumPy>=1.26\", # why\n"
    "  'pandas[x]; python_version > \"3.8\"',\n"
    "  \"my-project[fast]\",\n"
    "  \"y @ https://h.example/y-1.0-py3-none-any.whl\",\n"
    "]\n"
    "[project.optional-dependencies]\n"
    "fast = [\"numba\", \"my_project[slow]; python_version < '3.12'\"]\n"
    "slow = [\"scipy>=1; os_name == 'posix' or extra == 'z'\","
    " \"my-project[Fast]\"]\n"
    "Dev_Tools = [\"pytest\"]\n"
    "[dependency-groups]\n"
    "Test = [\"pytest>8\", { include-group = \"LINT\" },"
    " { include-group = \"lint\" }]\n"
    "lint = [\"ruff\", \"my-project[dev-tools]\"]\n"
    "broken = [1]\n"
    "[tool.podlock]\n"
    "template = \"runpod-x\"\n"
    "[tool.uv.sources]\n"
    "numpy = { git = \"x\" }\n";

static void test_project(void **state)
{
    (void)state;
    INPUTS(in);
    put("pyproject.toml", whole);
    read_or_fail(&in, "pyproject.toml");
    assert_string_equal(
        SHOW(in, requirements),
        "pyproject.toml:5: numpy>=1.26\n"
        "pyproject.toml:6: pandas[x]; python_version > \"3.8\"\n"
        "pyproject.toml:11: numba\n"
        "pyproject.toml:12: scipy>=1; (os_name == \"posix\" or extra == \"z\") "
        "and python_version < \"3.12\"\n"
        "pyproject.toml:8: y @ https://h.example/y-1.0-py3-none-any.whl\n");
    assert_true(pl_str_is(in.requires_python, ">=3.10"));
    /* that is read by cli/config.h */
    assert_int_equal(in.template_id.len, 0);
    assert_string_equal(show_warnings(&in),
                        "pyproject.toml:20:10: warning: podlock does not read "
                        "sources of [tool.uv]\n"
                        "  20 | [tool.uv.sources]\n"
                        "     |          ^~~~~~~\n");
    struct pl_span span = in.requirements.at[1].span;
    struct pl_str text = pl_str_sub(span.source->text, span.begin, span.end);
    assert_true(pl_str_is(text, "pandas[x]; python_version > \"3.8\""));
}

static void test_extra(void **state)
{
    (void)state;
    INPUTS(in);
    put("pyproject.toml", "[project]\n"
                          "dependencies = []\n"
                          "optional-dependencies.a_B = [\"x\"]\n"
                          "optional-dependencies.c = [\"y\"]\n");
    pl_vec_push(&arena, &in.extras, PL_STR("a-b"));
    read_or_fail(&in, "pyproject.toml");
    assert_string_equal(SHOW(in, requirements), "pyproject.toml:3: x\n");
}

static void test_all_extras(void **state)
{
    (void)state;
    INPUTS(in);
    in.all_extras = true;
    pl_vec_push(&arena, &in.extras, PL_STR("fast"));
    pl_vec_push(&arena, &in.groups, PL_STR("test"));
    put("pyproject.toml", whole);
    read_or_fail(&in, "pyproject.toml");
    assert_string_equal(
        SHOW(in, requirements) + strlen(SHOW(in, requirements)) -
            strlen("pyproject.toml:13: pytest\n"
                   "pyproject.toml:12: scipy>=1; os_name == \"posix\" or "
                   "extra == \"z\"\n"
                   "pyproject.toml:15: pytest>8\n"
                   "pyproject.toml:16: ruff\n"),
        "pyproject.toml:13: pytest\n"
        "pyproject.toml:12: scipy>=1; os_name == \"posix\" or "
        "extra == \"z\"\n"
        "pyproject.toml:15: pytest>8\n"
        "pyproject.toml:16: ruff\n");
    assert_int_equal(in.requirements.len, 9);
}

static void test_groups_only(void **state)
{
    (void)state;
    INPUTS(in);
    pl_vec_push(&arena, &in.groups, PL_STR("a"));
    put("my.pyproject.toml", "dependency-groups.A = [\"x\"]\n");
    read_or_fail(&in, "my.pyproject.toml");
    assert_string_equal(SHOW(in, requirements), "my.pyproject.toml:1: x\n");
}

/* Files are read one after the other; both must allow the Python. */
static void test_two_projects(void **state)
{
    (void)state;
    INPUTS(in);
    put("pyproject.toml", "[project]\nrequires-python = '>=3.10'\n");
    put("b-pyproject.toml", "[project]\nrequires-python = '<3.13'\n");
    put("r.in", "-r b-pyproject.toml\nx\n");
    read_or_fail(&in, "pyproject.toml");
    read_or_fail(&in, "r.in");
    assert_true(pl_str_is(in.requires_python, ">=3.10,<3.13"));
    assert_int_equal(in.files.len, 3);
    assert_string_equal(SHOW(in, requirements), "r.in:2: x\n");
}

static void test_no_constraints(void **state)
{
    (void)state;
    INPUTS(in);
    struct pl_error err = {.arena = &arena};
    put("pyproject.toml", whole);
    assert_false(
        pl_inputs_read_constraints(&in, PL_STR("pyproject.toml"), &err));
    assert_string_equal(wrong_render(&arena, &err).at,
                        "error: pyproject.toml: a pyproject.toml holds "
                        "requirements, no constraints or overrides\n");
}

static void test_unknown_extra(void **state)
{
    (void)state;
    INPUTS(in);
    struct pl_error err = {.arena = &arena};
    pl_vec_push(&arena, &in.extras, PL_STR("test"));
    put("pyproject.toml", whole);
    assert_false(pl_inputs_read(&in, PL_STR("pyproject.toml"), &err));
    assert_string_equal(wrong_render(&arena, &err).at,
                        "error: pyproject.toml has no extra `test`\n"
                        "fix: it has dev-tools, fast and slow\n");
}

static void test_dynamic_extras(void **state)
{
    (void)state;
    INPUTS(in);
    struct pl_error err = {.arena = &arena};
    const char *text = "[project]\ndynamic = ['optional-dependencies']\n";
    put("pyproject.toml", text);
    read_or_fail(&in, "pyproject.toml");
    struct pl_inputs again;
    pl_inputs_init(&again, &arena);
    again.all_extras = true;
    assert_false(pl_inputs_read(&again, PL_STR("pyproject.toml"), &err));
    assert_true(pl_str_is(err.message,
                          "the project's optional-dependencies are dynamic"));
}

/* ---- limits ---- */

static void test_group_depth(void **state)
{
    (void)state;
    INPUTS(in);
    struct pl_error err = {.arena = &arena};
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    pl_buf_add_cstr(&text, "[dependency-groups]\n");
    for (int i = 0; i < PL_MAX_GROUP_DEPTH; i++)
        pl_buf_addf(&text, "g%d = [{ include-group = 'g%d' }]\n", i, i + 1);
    pl_buf_addf(&text, "g%d = []\n", PL_MAX_GROUP_DEPTH);
    put("pyproject.toml", text.data);
    pl_vec_push(&arena, &in.groups, PL_STR("g0"));
    assert_false(pl_inputs_read(&in, PL_STR("pyproject.toml"), &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
    struct pl_inputs again;
    pl_inputs_init(&again, &arena);
    pl_vec_push(&arena, &again.groups, PL_STR("g1"));
    read_or_fail(&again, "pyproject.toml");
}

/* Each extra asks twice for the next under markers: 2^n without a limit. */
static void test_extra_bomb(void **state)
{
    (void)state;
    INPUTS(in);
    struct pl_error err = {.arena = &arena};
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    pl_buf_add_cstr(&text, "[project]\nname = 'p'\n"
                           "[project.optional-dependencies]\n");
    for (int i = 0; i < 30; i++)
        pl_buf_addf(&text,
                    "e%d = [\"p[e%d]; os_name == 'a'\","
                    " \"p[e%d]; os_name == 'b'\"]\n",
                    i, i + 1, i + 1);
    pl_buf_add_cstr(&text, "e30 = ['x']\n");
    put("pyproject.toml", text.data);
    pl_vec_push(&arena, &in.extras, PL_STR("e0"));
    assert_false(pl_inputs_read(&in, PL_STR("pyproject.toml"), &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
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
        cmocka_unit_test(test_project),
        cmocka_unit_test(test_extra),
        cmocka_unit_test(test_all_extras),
        cmocka_unit_test(test_groups_only),
        cmocka_unit_test(test_two_projects),
        cmocka_unit_test(test_no_constraints),
        cmocka_unit_test(test_unknown_extra),
        cmocka_unit_test(test_dynamic_extras),
        cmocka_unit_test(test_group_depth),
        cmocka_unit_test(test_extra_bomb),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
