#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "rules/abi.h"
#include "tests/unit/wrong.h"

static bool parse(struct pl_arena *arena, const struct pl_source *source,
                  struct pl_error *err)
{
    struct pl_abi_rules rules;
    return pl_abi_parse(arena, source, &rules, err);
}

static void test_wrong(void **state)
{
    (void)state;
    wrong_run("rule-errors.data", parse, 24);
}

static void load(struct pl_arena *arena, struct pl_str dir,
                 struct pl_abi_rules *rules)
{
    struct pl_error err = {.arena = arena};
    if (!pl_abi_load(arena, dir, rules, &err))
        fail_msg("%.*s", PL_STR_ARG(wrong_render(arena, &err)));
}

static bool matches(struct pl_arena *arena, const struct pl_specifier *s,
                    const char *text)
{
    struct pl_version v;
    assert_true(pl_version_parse(arena, pl_str_from(text), &v, NULL));
    return pl_specifier_match(s, &v);
}

#define RULE(id, versions)                                                     \
    "[[rule]]\nid = \"" id "\"\npackage = \"Pan.Das\"\nversions = \"" versions \
    "\"\nconflicts = \"NumPy >= 2\"\nseverity = \"crash\"\n"                   \
    "reason = \"a \\\"C\\\" thing\"\nevidence = \"seen\"\n"                    \
    "status = \"reported\"\n"

static void test_parse(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_abi_rules rules;
    const struct pl_source *source = pl_source_from_text(
        &arena, PL_STR("r.toml"),
        PL_STR("edition = \"2026.12\"\n" RULE("z", "<2")
                   RULE("a", ">=1,<3") "metadata = true\n"));
    if (!pl_abi_parse(&arena, source, &rules, &err))
        fail_msg("%.*s", PL_STR_ARG(wrong_render(&arena, &err)));
    assert_int_equal(rules.count, 2);
    assert_true(pl_str_is(rules.edition, "2026.12"));
    const struct pl_abi_rule *a = &rules.rules[0];
    assert_true(pl_str_is(a->id, "a"));
    assert_true(pl_str_is(a->package, "pan-das"));
    assert_true(pl_str_is(a->other, "numpy"));
    assert_true(pl_str_is(a->reason, "a \"C\" thing"));
    assert_true(pl_str_is(a->severity, "crash"));
    assert_true(pl_str_is(a->status, "reported"));
    assert_false(a->is_requires);
    assert_true(a->in_metadata);
    assert_false(rules.rules[1].in_metadata);
    assert_true(matches(&arena, &a->versions, "2.9"));
    assert_false(matches(&arena, &a->versions, "3.0"));
    assert_true(matches(&arena, &a->other_versions, "2.0.2"));
    assert_int_equal(pl_span_place(a->span).line, 12);
    assert_ptr_equal(pl_abi_find(&rules, PL_STR("z")), &rules.rules[1]);
    assert_null(pl_abi_find(&rules, PL_STR("b")));
}

static void test_shipped(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_abi_rules rules;
    load(&arena, (struct pl_str){0}, &rules);
    assert_int_equal(rules.count, 66);
    assert_true(pl_str_is(rules.edition, "2026.11"));
    for (size_t i = 1; i < rules.count; i++)
        assert_true(pl_str_cmp(rules.rules[i - 1].id, rules.rules[i].id) < 0);
    const struct pl_abi_rule *rule =
        pl_abi_find(&rules, PL_STR("numpy2-bottleneck"));
    assert_non_null(rule);
    assert_true(pl_str_is(rule->package, "bottleneck"));
    assert_true(matches(&arena, &rule->versions, "1.3.8"));
    assert_false(matches(&arena, &rule->versions, "1.4.0"));
    assert_true(matches(&arena, &rule->other_versions, "2.0.2"));
    assert_false(matches(&arena, &rule->other_versions, "1.26.4"));
    assert_true(pl_str_is(rule->span.source->name, "rules/abi/numpy2.toml"));
    assert_true(pl_str_is(pl_span_place(rule->span).text,
                          "id = \"numpy2-bottleneck\""));
}

/* ---- a folder of the user's ---- */

static void make_dir(char *dir)
{
    memcpy(dir, "abi_test_XXXXXX", sizeof("abi_test_XXXXXX"));
    assert_non_null(mkdtemp(dir));
}

static void put(struct pl_arena *arena, const char *dir, const char *name,
                struct pl_str text)
{
    struct pl_str path =
        pl_path_join(arena, pl_str_from(dir), pl_str_from(name));
    assert_true(pl_file_save(path, text, NULL));
}

static void drop(struct pl_arena *arena, const char *dir)
{
    struct pl_str *names;
    size_t count;
    assert_true(pl_dir_list(arena, pl_str_from(dir), &names, &count, NULL));
    for (size_t i = 0; i < count; i++)
        unlink(pl_path_join(arena, pl_str_from(dir), names[i]).at);
    assert_int_equal(rmdir(dir), 0);
}

static void test_dir(void **state)
{
    (void)state;
    PL_ARENA(arena);
    char dir[64];
    struct pl_abi_rules rules;
    make_dir(dir);
    put(&arena, dir, "b.toml", PL_STR(RULE("numpy2-bottleneck", "<9")));
    put(&arena, dir, "a.toml", PL_STR("edition = \"mine\"\n" RULE("aa", "<1")));
    put(&arena, dir, "notes.txt", PL_STR("not [toml"));
    load(&arena, pl_str_from(dir), &rules);
    drop(&arena, dir);
    assert_int_equal(rules.count, 67);
    assert_true(pl_str_is(rules.edition, "2026.11"));
    assert_non_null(pl_abi_find(&rules, PL_STR("aa")));
    const struct pl_abi_rule *rule =
        pl_abi_find(&rules, PL_STR("numpy2-bottleneck"));
    assert_true(pl_str_is(rule->package, "pan-das"));
    for (size_t i = 1; i < rules.count; i++)
        assert_true(pl_str_cmp(rules.rules[i - 1].id, rules.rules[i].id) < 0);
}

/* The error of loading the folder, its own name made "DIR". */
static struct pl_str failure(struct pl_arena *arena, const char *dir)
{
    struct pl_abi_rules rules;
    struct pl_error err = {.arena = arena};
    assert_false(pl_abi_load(arena, pl_str_from(dir), &rules, &err));
    struct pl_str rest = wrong_render(arena, &err), what = pl_str_from(dir);
    PL_BUF(out, PL_MAX_MESSAGE_BYTES);
    for (;;) {
        size_t at = pl_str_find_str(rest, what);
        pl_buf_add_str(&out, pl_str_sub(rest, 0, at));
        if (at == rest.len)
            return pl_arena_dup(arena, pl_buf_view(&out));
        pl_buf_add_cstr(&out, "DIR");
        rest = pl_str_sub(rest, at + what.len, rest.len);
    }
}

static void test_dir_wrong(void **state)
{
    (void)state;
    PL_ARENA(arena);
    char dir[64];
    make_dir(dir);
    assert_string_equal(failure(&arena, dir).at,
                        "error: no *.toml file with rules in `DIR`\n");
    put(&arena, dir, "a.toml", PL_STR(RULE("aa", "<1")));
    put(&arena, dir, "b.toml", PL_STR("\n" RULE("aa", "<1")));
    assert_string_equal(failure(&arena, dir).at,
                        "DIR/b.toml:3:6: error: a second rule `aa`\n"
                        "  3 | id = \"aa\"\n"
                        "    |      ^~~~\n"
                        "because: the first is at DIR/a.toml:2\n");
    drop(&arena, dir);
    struct pl_abi_rules rules;
    struct pl_error err = {.arena = &arena};
    assert_false(pl_abi_load(&arena, pl_str_from(dir), &rules, &err));
    assert_int_equal(err.code, PL_ERR_FILE);
}

static void test_documented(void **state)
{
    (void)state;
    wrong_documented("rule-format.md", parse, "[[rule]]\nx = 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong), cmocka_unit_test(test_documented),
        cmocka_unit_test(test_parse), cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_dir),   cmocka_unit_test(test_dir_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
