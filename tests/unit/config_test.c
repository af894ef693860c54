#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/config.h"
#include "tests/unit/wrong.h"

static bool parse(struct pl_arena *arena, const struct pl_source *source,
                  struct pl_error *err)
{
    struct pl_config config;
    return pl_config_parse(arena, source, false, PL_STR("."), &config, err);
}

static bool parse_pyproject(struct pl_arena *arena,
                            const struct pl_source *source,
                            struct pl_error *err)
{
    struct pl_config config;
    return pl_config_parse(arena, source, true, PL_STR("."), &config, err);
}

static void wrong_files(void **state)
{
    (void)state;
    wrong_run("config-errors.data", parse, 40);
    wrong_run("config-pyproject-errors.data", parse_pyproject, 4);
}

static struct pl_config read_config(struct pl_arena *arena, const char *text,
                                    bool is_pyproject, const char *dir)
{
    struct pl_config config;
    struct pl_error err = {.arena = arena};
    struct pl_str name =
        is_pyproject ? PL_STR("d/pyproject.toml") : PL_STR("d/podlock.toml");
    const struct pl_source *source =
        pl_source_from_text(arena, name, pl_str_from(text));
    if (!pl_config_parse(arena, source, is_pyproject, pl_str_from(dir), &config,
                         &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    return config;
}

static struct pl_resolve_options
options_of(struct pl_cli *cli, const struct pl_config *config, size_t i)
{
    struct pl_resolve_options options = {0};
    pl_config_apply(cli, config, &config->locks[i], &options);
    return options;
}

static void assert_text(struct pl_str text, const char *expected)
{
    if (!pl_str_is(text, expected))
        fail_msg("\"%.*s\" is not \"%s\"", PL_STR_ARG(text), expected);
}

static void every_kind_of_value(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_config config = read_config(
        &arena,
        "inputs = [\"a.in\", \"/b.in\"]\n"
        "no-deps = true\nresolution = \"lowest\"\nmax-download = 1000\n"
        "exclude-newer = 2025-10-17\nextra = [\"x\", \"y\"]\n"
        "template = \"some-id\"\n"
        "constraint = [\"c.txt\"]\nfind-links = [\"https://h/\", \"w\"]\n"
        "ignore-rules = [{ id = \"r\", reason = \"why\" }]\n",
        false, "d");
    struct pl_cli cli = {.arena = &arena};
    struct pl_resolve_options options = options_of(&cli, &config, 0);
    assert_true(options.no_deps);
    assert_int_equal(options.resolution, PL_RESOLUTION_LOWEST);
    assert_text(options.max_download, "1000");
    assert_text(options.exclude_newer, "2025-10-17");
    assert_int_equal(options.extras.len, 2);
    assert_text(options.extras.at[1], "y");
    assert_text(options.constraints.at[0], "d/c.txt");
    assert_text(options.find_links.at[0], "https://h/");
    assert_text(options.find_links.at[1], "d/w");
    assert_text(options.output_file, "d/pylock.toml");
    assert_text(options.ignore_rules.at[0], "r");
    assert_text(options.ignored_rules.at[0].reason, "why");
    assert_int_equal(options.template_wanted.len, 0);
    assert_text(options.config_template, "some-id");
    assert_text(options.config_origin, "d/podlock.toml:7");
    assert_int_equal(cli.parsed.args.len, 2);
    assert_text(cli.parsed.args.at[0], "d/a.in");
    assert_text(cli.parsed.args.at[1], "/b.in");
}

/* A lock has what it says itself, and else what stands above. */
static void locks_inherit(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_config config = read_config(
        &arena,
        "inputs = [\"a.in\"]\nextra = [\"x\"]\nno-deps = true\n"
        "ignore-rules = [{ id = \"r\", reason = \"why\" }]\n"
        "[lock.one]\nextra = []\nno-deps = false\ntemplate = \"t\"\n"
        "ignore-rules = []\n"
        "[lock.two]\ninputs = [\"b.in\"]\noutput = \"x/pylock.toml\"\n",
        false, ".");
    assert_int_equal(config.lock_count, 2);
    struct pl_cli cli = {.arena = &arena};
    struct pl_resolve_options one = options_of(&cli, &config, 0);
    assert_text(cli.parsed.args.at[0], "a.in");
    assert_int_equal(one.extras.len, 0);
    assert_false(one.no_deps);
    assert_text(one.template_wanted, "t");
    assert_int_equal(one.ignore_rules.len, 0);
    assert_int_equal(one.ignored_rules.len, 0);
    assert_text(one.output_file, "pylock.one.toml");

    cli = (struct pl_cli){.arena = &arena};
    struct pl_resolve_options two = options_of(&cli, &config, 1);
    assert_text(cli.parsed.args.at[0], "b.in");
    assert_int_equal(two.extras.len, 1);
    assert_true(two.no_deps);
    assert_int_equal(two.template_wanted.len, 0);
    assert_text(two.ignored_rules.at[0].id, "r");
    assert_text(two.output_file, "x/pylock.toml");
}

static void pyproject_is_its_own_input(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_config config =
        read_config(&arena, "[tool.podlock]\ntemplate = \"t\"\n", true, "d");
    assert_int_equal(config.locks[0].inputs.len, 1);
    assert_text(config.locks[0].inputs.at[0], "d/pyproject.toml");
    config = read_config(&arena, "[tool.other]\ntemplate = 1\n", true, "d");
    assert_null(config.source);
}

/* An option is a key, or says why it is none. */
static void every_option_is_decided(void **state)
{
    (void)state;
    size_t keys = 0;
    for (size_t i = 0; i < PL_RESOLVE_OPTION_COUNT; i++) {
        const struct pl_option *option = &pl_resolve_option_table[i];
        bool is_key = pl_config_key(option).len > 0;
        keys += is_key;
        assert_true(is_key == (pl_config_no_key(option) == NULL));
    }
    assert_true(keys > 25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_files),
        cmocka_unit_test(every_kind_of_value),
        cmocka_unit_test(locks_inherit),
        cmocka_unit_test(pyproject_is_its_own_input),
        cmocka_unit_test(every_option_is_decided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
