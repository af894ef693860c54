#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pep/specifier.h"
#include "tests/unit/table.h"

static bool prints_as(const struct pl_specifier *s, struct pl_str expected)
{
    PL_BUF(text, PL_MAX_SPECIFIER_BYTES);
    pl_specifier_print(s, &text);
    return pl_str_eq(pl_buf_view(&text), expected);
}

/* The same answer with the packed keys of either side taken away. */
static bool agrees_unpacked(struct pl_arena *arena,
                            const struct pl_specifier *s,
                            const struct pl_version *v, bool expected)
{
    struct pl_version plain = *v;
    plain.key = 0;
    struct pl_clause *clauses = pl_new_array(arena, struct pl_clause, s->count);
    for (uint32_t i = 0; i < s->count; i++) {
        clauses[i] = s->clauses[i];
        clauses[i].span = 0;
    }
    struct pl_specifier slow = {s->text, clauses, s->count};
    return pl_specifier_match(s, &plain) == expected &&
           pl_specifier_match(&slow, v) == expected &&
           pl_specifier_match(&slow, &plain) == expected;
}

static bool matches(struct pl_arena *arena, struct pl_str version,
                    struct pl_str text, bool expected)
{
    struct pl_version v;
    struct pl_specifier s;
    return pl_version_parse(arena, version, &v, NULL) &&
           pl_specifier_parse(arena, text, &s, NULL) &&
           pl_specifier_match(&s, &v) == expected &&
           agrees_unpacked(arena, &s, &v, expected);
}

static bool is_normal_form(struct pl_arena *arena, struct pl_str text,
                           struct pl_str expected)
{
    struct pl_specifier s;
    bool repaired = true;
    return pl_specifier_parse(arena, text, &s, NULL) &&
           pl_specifier_parse_lenient(arena, text, &s, &repaired, NULL) &&
           !repaired && prints_as(&s, expected);
}

static bool is_repaired(struct pl_arena *arena, struct pl_str text,
                        struct pl_str expected)
{
    struct pl_specifier s;
    struct pl_error err = {.arena = arena};
    bool repaired = false;
    return !pl_specifier_parse(arena, text, &s, NULL) &&
           pl_specifier_parse_lenient(arena, text, &s, &repaired, &err) &&
           repaired && err.code == PL_OK && prints_as(&s, expected) &&
           pl_str_eq(s.text, pl_str_trim(text));
}

static bool is_refused(struct pl_arena *arena, struct pl_str text)
{
    struct pl_specifier s = {.count = 77};
    bool repaired = false;
    return !pl_specifier_parse(arena, text, &s, NULL) &&
           !pl_specifier_parse_lenient(arena, text, &s, &repaired, NULL) &&
           !repaired && s.count == 77;
}

static bool check_row(struct pl_arena *arena, struct pl_str row)
{
    struct pl_str left, right;
    if (pl_str_ends(row, " in"))
        return matches(arena, pl_str_sub(row, 0, row.len - 3), PL_STR(""),
                       true);
    if (table_split(row, " not in ", &left, &right))
        return matches(arena, left, right, false);
    if (table_split(row, " in ", &left, &right))
        return matches(arena, left, right, true);
    if (table_split(row, " -> ", &left, &right))
        return is_normal_form(arena, left, right);
    if (table_split(row, " => ", &left, &right))
        return is_repaired(arena, left, right);
    return row.at[0] == '!' && is_refused(arena, pl_str_sub(row, 1, row.len));
}

static void test_table(void **state)
{
    (void)state;
    table_run("specifier.data", check_row, 200);
}

static struct pl_specifier parsed(struct pl_arena *arena, const char *text)
{
    struct pl_specifier s;
    if (!pl_specifier_parse(arena, pl_str_from(text), &s, NULL))
        fail_msg("%s is refused", text);
    return s;
}

/* Nothing but quotes asks for nothing, as nothing at all does. */
static void test_quotes_only(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_specifier s;
    bool repaired = false;
    assert_true(
        pl_specifier_parse_lenient(&arena, PL_STR("''"), &s, &repaired, NULL));
    assert_true(repaired && s.count == 0);
}

static void test_names_prerelease(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const struct {
        const char *text;
        bool names;
    } rows[] = {
        {"", false},          {">=1.0", false},    {">=1.0a1", true},
        {"<2.0.dev0", true},  {"==1.0rc1", true},  {"!=1.0rc1", false},
        {"===1.0rc1", true},  {"===wat", false},   {"==1.0.*", false},
        {"~=1.0.dev1", true}, {"==1.0+a1", false}, {">=1.0.post1", false},
        {">=1,<2.0b1", true},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_specifier s = parsed(&arena, rows[i].text);
        assert_int_equal(pl_specifier_names_prerelease(&s), rows[i].names);
    }
}

static void test_pins(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const struct {
        const char *text, *version;
        bool pins;
    } rows[] = {
        {"==1.0", "1.0", true},       {"==1.0", "1.0+cpu", true},
        {"==1.0+cpu", "1.0", false},  {"==1.0", "1.1", false},
        {"==1.0.*", "1.0", false},    {"===1.0", "1.0", true},
        {"===1.0", "1.0.0", false},   {">=1.0,<=1.0", "1.0", false},
        {">=0.9,==1.0", "1.0", true}, {"", "1.0", false},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_specifier s = parsed(&arena, rows[i].text);
        struct pl_version v;
        assert_true(
            pl_version_parse(&arena, pl_str_from(rows[i].version), &v, NULL));
        assert_int_equal(pl_specifier_pins(&s, &v), rows[i].pins);
    }
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
        uint32_t begin, end;
    } rows[] = {
        {">=1.0, 2.0", "`2.0` does not begin with ==, !=, ~=, <, > ...", 7, 10},
        {" >= ", "`>=` has no version", 1, 3},
        {">=1.0,<2.x", "`2.x` is not a PEP 440 version", 8, 10},
        {">=1.0.*", "`>=1.0.*` has a `.*`, which only == and != take", 0, 7},
        {"==1.0rc1.*", "`==1.0rc1.*` may have `.*` after plain numbers only", 0,
         10},
        {" >=1.0+cu128",
         "`>=1.0+cu128` has a local label, which only == and != take", 1, 12},
        {"~=1", "`~=1` needs at least two numbers, as in ~=1.0", 0, 3},
        {"===a b", "`===a b` has a space, `;` or `)` in its version", 0, 6},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        PL_ARENA(arena);
        struct pl_error err = {.arena = &arena};
        struct pl_specifier s;
        struct pl_str text = pl_str_from(rows[i].text);
        assert_false(pl_specifier_parse(&arena, text, &s, &err));
        assert_int_equal(err.code, PL_ERR_INPUT);
        assert_string_equal(err.message.at, rows[i].message);
        assert_int_equal(err.span.begin, rows[i].begin);
        assert_int_equal(err.span.end, rows[i].end);
    }
}

static void test_limits(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_specifier s;
    bool repaired;
    char text[PL_MAX_SPECIFIER_BYTES + 1];
    memset(text, ',', sizeof(text));
    struct pl_str longest = {text, PL_MAX_SPECIFIER_BYTES};
    assert_true(pl_specifier_parse(&arena, longest, &s, &err));
    assert_int_equal(s.count, 0);
    memset(text, '>', sizeof(text));
    assert_false(
        pl_specifier_parse_lenient(&arena, longest, &s, &repaired, &err));
    struct pl_str over = {text, sizeof(text)};
    assert_false(pl_specifier_parse_lenient(&arena, over, &s, &repaired, &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_quotes_only),
        cmocka_unit_test(test_names_prerelease),
        cmocka_unit_test(test_pins),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
