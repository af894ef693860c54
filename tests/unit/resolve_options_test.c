#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/resolve_options.h"
#include "core/vec.h"
#include "index/remote.h"

#define NOW 1795305600 /* 2026-11-22T00:00:00Z */

#define WORDS(...) ((const char *[]){__VA_ARGS__, NULL})

static bool parse(struct pl_arena *arena, const char *const *words,
                  const char *const *vars, struct pl_resolve_options *out,
                  struct pl_error *err)
{
    struct pl_parsed parsed;
    *out = (struct pl_resolve_options){0};
    const struct pl_option_table tables[] = {
        {pl_resolve_option_table, PL_RESOLVE_OPTION_COUNT, out}};
    return pl_options_parse(arena, tables, 1, words, vars, "podlock resolve",
                            &parsed, err);
}

static void assert_text(struct pl_str text, const char *expected)
{
    if (!pl_str_is(text, expected))
        fail_msg("\"%.*s\" is not \"%s\"", PL_STR_ARG(text), expected);
}

static bool is_stored(const struct pl_option *option)
{
    return option->kind != PL_OPTION_ALIAS && option->kind != PL_OPTION_SAME &&
           option->kind != PL_OPTION_LATER;
}

static bool same_place(const struct pl_option *a, const struct pl_option *b)
{
    bool stored = is_stored(a) && is_stored(b);
    return pl_str_is(pl_str_from(a->name), b->name) ||
           (a->letter && a->letter == b->letter) ||
           (stored && a->offset == b->offset);
}

static void every_row_is_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_RESOLVE_OPTION_COUNT; i++)
        for (size_t k = 0; k < i; k++)
            if (same_place(&pl_resolve_option_table[i],
                           &pl_resolve_option_table[k]))
                fail_msg("--%s and --%s", pl_resolve_option_table[i].name,
                         pl_resolve_option_table[k].name);
}

static void policy_without_options(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_resolve_options options = {0};
    struct pl_policy policy;
    uint64_t most;
    assert_true(pl_resolve_policy(&arena, &options, NOW, &policy, &most, NULL));
    assert_int_equal(policy.prerelease, PL_PRERELEASE_IF_NECESSARY_OR_EXPLICIT);
    assert_int_equal(policy.resolution, PL_RESOLUTION_HIGHEST);
    assert_int_equal(policy.replace, PL_REPLACE_IF_NEEDED);
    assert_int_equal(policy.window, PL_DEFAULT_WINDOW);
    assert_int_equal(policy.exclude_newer.len, 0);
    assert_true(most == UINT64_MAX);
}

/* The choices' order in the table is that of the enumerations. */
static void choices_are_the_enumerations(void **state)
{
    (void)state;
    static const struct {
        const char *words[4];
        unsigned prerelease, resolution, replace;
    } rows[] = {
        {{"--prerelease=if-necessary", "--resolution=lowest",
          "--replace=freely"},
         PL_PRERELEASE_IF_NECESSARY,
         PL_RESOLUTION_LOWEST,
         PL_REPLACE_FREELY},
        {{"--prerelease=explicit", "--resolution=lowest-direct",
          "--replace=never"},
         PL_PRERELEASE_EXPLICIT,
         PL_RESOLUTION_LOWEST_DIRECT,
         PL_REPLACE_NEVER},
        {{"--pre", "--resolution=highest", "--replace=if-needed"},
         PL_PRERELEASE_ALLOW,
         PL_RESOLUTION_HIGHEST,
         PL_REPLACE_IF_NEEDED},
        {{"--prerelease=disallow"},
         PL_PRERELEASE_DISALLOW,
         PL_RESOLUTION_HIGHEST,
         PL_REPLACE_IF_NEEDED},
    };
    PL_ARENA(arena);
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_resolve_options options;
        struct pl_policy policy;
        uint64_t most;
        assert_true(parse(&arena, rows[i].words, WORDS(NULL), &options, NULL));
        assert_true(
            pl_resolve_policy(&arena, &options, NOW, &policy, &most, NULL));
        assert_int_equal(policy.prerelease, rows[i].prerelease);
        assert_int_equal(policy.resolution, rows[i].resolution);
        assert_int_equal(policy.replace, rows[i].replace);
    }
}

static void policy_of_many_options(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_resolve_options options;
    struct pl_policy policy;
    uint64_t most;
    assert_true(parse(
        &arena,
        WORDS("--only-binary", "Foo_Bar,x", "--no-binary=:all:", "--exclude",
              "A.b", "--allow-replace=Torch", "--allow-replace=all",
              "--allow-break=Z", "--max-download=2GB", "--window=0",
              "--no-deps", "--exclude-newer=2025-10-17"),
        WORDS(NULL), &options, NULL));
    assert_true(pl_resolve_policy(&arena, &options, NOW, &policy, &most, NULL));
    assert_true(pl_format_control_has(&policy.only_binary, PL_STR("foo-bar")));
    assert_false(pl_format_control_has(&policy.only_binary, PL_STR("y")));
    assert_true(pl_format_control_has(&policy.no_binary, PL_STR("y")));
    assert_text(policy.exclude.at[0], "a-b");
    assert_true(policy.allow_replace_all);
    assert_int_equal(policy.allow_replace.len, 1);
    assert_text(policy.allow_replace.at[0], "torch");
    assert_text(policy.allow_break.at[0], "z");
    assert_text(policy.exclude_newer, "2025-10-18T00:00:00Z");
    assert_int_equal(most, 2000000000);
    assert_int_equal(policy.window, 0);
    assert_true(policy.no_deps);
}

static void wrong_values(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"--exclude=a b", NULL},        {"--allow-replace=-x", NULL},
        {"--allow-break=.", NULL},      {"--max-download=much", NULL},
        {"--exclude-newer=soon", NULL}, {"--window=-1", NULL},
        {"--only-binary=a b", NULL},
    };
    PL_ARENA(arena);
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_resolve_options options;
        struct pl_policy policy;
        struct pl_error err = {.arena = &arena};
        uint64_t most;
        assert_true(parse(&arena, rows[i], WORDS(NULL), &options, &err));
        if (pl_resolve_policy(&arena, &options, NOW, &policy, &most, &err))
            fail_msg("%s is taken", rows[i][0]);
        assert_int_equal(pl_error_exit_code(err.code), 2);
    }
}

static void what_comes_later_is_refused(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"--require-hashes", NULL},
    };
    PL_ARENA(arena);
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_resolve_options options;
        struct pl_error err = {.arena = &arena};
        assert_false(parse(&arena, rows[i], WORDS(NULL), &options, &err));
        assert_int_equal(pl_error_exit_code(err.code), 2);
        assert_true(pl_str_ends(err.message, "is not in this version"));
        assert_true(err.hint.len > 0);
    }
}

static void variables_of_pip_and_uv(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_resolve_options options;
    assert_true(parse(
        &arena, WORDS(NULL),
        WORDS("PIP_CONSTRAINT=a.txt b.txt", "UV_CONSTRAINT=c.txt",
              "UV_TORCH_BACKEND=cu128", "PIP_FIND_LINKS=/a /b",
              "PIP_INDEX_URL=https://x.invalid/", "UV_OFFLINE=true",
              "UV_INDEX=https://y.invalid n=https://z.invalid",
              "PIP_TRUSTED_HOST=a b:1", "SSL_CERT_FILE=c.pem", "PIP_NO_INDEX=1",
              "UV_INDEX_STRATEGY=unsafe-best-match", "PODLOCK_INDEX_ROOT=r"),
        &options, NULL));
    assert_int_equal(options.constraints.len, 2);
    assert_text(options.constraints.at[1], "b.txt");
    assert_text(options.torch_backend, "cu128");
    assert_text(options.index_root, "r");
    assert_text(options.index_url, "https://x.invalid/");
    assert_int_equal(options.extra_index_urls.len, 2);
    assert_text(options.extra_index_urls.at[1], "n=https://z.invalid");
    assert_int_equal(options.find_links.len, 2);
    assert_int_equal(options.insecure_hosts.len, 2);
    assert_text(options.cert, "c.pem");
    assert_true(options.offline && options.no_index);
    assert_int_equal(options.index_strategy, PL_STRATEGY_UNSAFE_BEST_MATCH);
}

static void the_format_follows_the_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum pl_output_format said, format;
    } rows[] = {
        {"", PL_OUTPUT_AUTO, PL_OUTPUT_PYLOCK},
        {"-", PL_OUTPUT_AUTO, PL_OUTPUT_PYLOCK},
        {"a/pylock.toml", PL_OUTPUT_AUTO, PL_OUTPUT_PYLOCK},
        {"r.txt", PL_OUTPUT_AUTO, PL_OUTPUT_REQUIREMENTS},
        {"r.json", PL_OUTPUT_AUTO, PL_OUTPUT_JSON},
        {"r.txt", PL_OUTPUT_CONSTRAINTS, PL_OUTPUT_CONSTRAINTS},
        {"x", PL_OUTPUT_JSON, PL_OUTPUT_JSON},
    };
    enum pl_output_format format;
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_resolve_options options = {
            .output_file = pl_str_from(rows[i].name), .format = rows[i].said};
        assert_true(pl_resolve_format(&options, &format, NULL));
        assert_int_equal(format, rows[i].format);
    }
    struct pl_resolve_options odd = {.output_file = PL_STR("lock")};
    assert_false(pl_resolve_format(&odd, &format, NULL));
}

/* The command line of `templates fit`: no container, no output of a lock. */
static void what_others_share(void **state)
{
    (void)state;
    const struct pl_option *first =
        pl_resolve_option_table + PL_RESOLVE_TARGET_COUNT;
    const struct pl_option *last = first + PL_RESOLVE_SHARED_COUNT - 1;
    assert_string_equal(pl_resolve_option_table->name, "template");
    assert_string_equal(first->name, "constraint");
    assert_non_null(first->group);
    assert_string_equal(last->name, "lock");
    assert_string_equal(last[1].group, "What is locked already");
    first = pl_resolve_option_table + PL_RESOLVE_INDEX_FIRST;
    assert_string_equal(first->name, "index-url");
    last = first + PL_RESOLVE_INDEX_COUNT - 1;
    assert_string_equal(last->name, "lock");
    assert_string_equal(last[1].name, "upgrade");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_its_own),
        cmocka_unit_test(policy_without_options),
        cmocka_unit_test(choices_are_the_enumerations),
        cmocka_unit_test(policy_of_many_options),
        cmocka_unit_test(wrong_values),
        cmocka_unit_test(what_comes_later_is_refused),
        cmocka_unit_test(variables_of_pip_and_uv),
        cmocka_unit_test(the_format_follows_the_name),
        cmocka_unit_test(what_others_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
