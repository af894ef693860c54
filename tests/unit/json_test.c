#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/json.h"
#include "core/limits.h"

#ifndef JSON_IS_SIMDJSON
#define JSON_IS_SIMDJSON 1
#endif

static struct pl_json *parse(const char *text)
{
    struct pl_json *doc = NULL;
    assert_true(pl_json_parse(pl_str_from(text), &doc, NULL));
    assert_non_null(doc);
    return doc;
}

static void assert_str(struct pl_str s, const char *expected)
{
    assert_int_equal(s.len, strlen(expected));
    assert_memory_equal(s.at, expected, s.len);
}

/* ---- values ---- */

static void test_types(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum pl_json_type type;
    } table[] = {
        {"null", PL_JSON_NULL},   {"true", PL_JSON_BOOL},
        {"false", PL_JSON_BOOL},  {"0", PL_JSON_NUMBER},
        {"-1", PL_JSON_NUMBER},   {"1.5", PL_JSON_NUMBER},
        {"\"\"", PL_JSON_STRING}, {" [] ", PL_JSON_ARRAY},
        {"{}\n", PL_JSON_OBJECT}, {"18446744073709551615", PL_JSON_NUMBER},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        struct pl_json *doc = parse(table[i].text);
        struct pl_json_value root = pl_json_root(doc);
        assert_int_equal(pl_json_type(root), table[i].type);
        struct pl_str str;
        bool truth;
        assert_int_equal(pl_json_str(root, &str),
                         table[i].type == PL_JSON_STRING);
        assert_int_equal(pl_json_bool(root, &truth),
                         table[i].type == PL_JSON_BOOL);
        pl_json_destroy(doc);
    }
    pl_json_destroy(NULL);
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool fits;
        uint64_t value;
    } table[] = {
        {"0", true, 0},
        {"9007199254740993", true, 9007199254740993},
        {"9223372036854775808", true, 9223372036854775808u},
        {"18446744073709551615", true, UINT64_MAX},
        {"-1", false, 0},
        {"1.0", false, 0},
        {"1e3", false, 0},
        {"-0", true, 0},
        {"-9223372036854775808", false, 0},
        {"1.7976931348623157e308", false, 0},
        {"-0.017976931348623158e310", false, 0},
        {"0.0001e310", false, 0},
        {"0e9999999999999999999999", false, 0},
        {"1e-9999999999999999999999", false, 0},
        {"\"1\"", false, 0},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        struct pl_json *doc = parse(table[i].text);
        uint64_t value = 77;
        assert_int_equal(pl_json_u64(pl_json_root(doc), &value), table[i].fits);
        assert_int_equal(value, table[i].fits ? table[i].value : 77);
        pl_json_destroy(doc);
    }
}

static void test_strings(void **state)
{
    (void)state;
    struct pl_json *doc = parse("{\"a\\u0062\": \"\\ud83d\\ude00 \\u00e9\\n"
                                "\\u0000\", \"n\": 1}");
    struct pl_str text = PL_STR("kept");
    assert_true(pl_json_get_str(pl_json_root(doc), "ab", &text));
    assert_int_equal(text.len, 9);
    assert_memory_equal(text.at, "\xf0\x9f\x98\x80 \xc3\xa9\n\0", 9);
    text = PL_STR("kept");
    assert_false(pl_json_get_str(pl_json_root(doc), "n", &text));
    assert_false(pl_json_get_str(pl_json_root(doc), "missing", &text));
    assert_str(text, "kept");
    pl_json_destroy(doc);
}

static void test_first_of_equal_keys(void **state)
{
    (void)state;
    struct pl_json *doc = parse("{\"a\": \"one\", \"a\": \"two\"}");
    struct pl_str text;
    assert_true(pl_json_get_str(pl_json_root(doc), "a", &text));
    assert_str(text, "one");
    pl_json_destroy(doc);
}

/* ---- members ---- */

static void test_items(void **state)
{
    (void)state;
    struct pl_json *doc =
        parse("{\"z\": [1, [2, [3]], {\"k\": 4}, \"s\"], \"a\": {}}");
    struct pl_json_iter it = pl_json_items(pl_json_root(doc));
    struct pl_str key;
    struct pl_json_value z, a, value;
    assert_true(pl_json_next(&it, &key, &z));
    assert_str(key, "z");
    assert_true(pl_json_next(&it, &key, &a));
    assert_str(key, "a");
    assert_false(pl_json_next(&it, &key, &value));
    assert_false(pl_json_next(&it, &key, &value));

    static const enum pl_json_type types[] = {PL_JSON_NUMBER, PL_JSON_ARRAY,
                                              PL_JSON_OBJECT, PL_JSON_STRING};
    it = pl_json_items(z);
    for (size_t i = 0; i < PL_COUNT(types); i++) {
        key = PL_STR("unset");
        assert_true(pl_json_next(&it, &key, &value));
        assert_int_equal(pl_json_type(value), types[i]);
        assert_int_equal(key.len, 0);
    }
    assert_false(pl_json_next(&it, NULL, &value));
    it = pl_json_items(a);
    assert_false(pl_json_next(&it, &key, &value));
    it = pl_json_items(value);
    assert_false(pl_json_next(&it, &key, &value));
    pl_json_destroy(doc);
}

static void test_get_of_no_object(void **state)
{
    (void)state;
    struct pl_json *doc = parse("[{\"a\": 1}]");
    struct pl_json_value value;
    assert_false(pl_json_get(pl_json_root(doc), "a", &value));
    pl_json_destroy(doc);
}

/* ---- errors ---- */

struct mistake {
    struct pl_str text;
    enum pl_error_code code;
    int where; /* -1: simdjson cannot tell */
};

static void check_mistake(const struct mistake *m)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_json *doc = NULL;
    /* A copy of just its size shows reading past the end. */
    char *copy = malloc(m->text.len + 1);
    assert_non_null(copy);
    memcpy(copy, m->text.at, m->text.len);
    char *exact = realloc(copy, m->text.len ? m->text.len : 1);
    bool parsed =
        pl_json_parse((struct pl_str){exact, m->text.len}, &doc, &err);
    free(exact);
    if (parsed)
        fail_msg("accepted: %.*s", PL_STR_ARG(m->text));
    assert_null(doc);
    assert_int_equal(err.code, m->code);
    assert_true(err.message.len > 0);
    assert_null(err.span.source);
    bool known = err.span.end > err.span.begin;
    assert_true(known || !err.span.begin);
    int where = known ? (int)err.span.begin : -1;
    if (where != m->where && (m->where >= 0 || JSON_IS_SIMDJSON))
        fail_msg("%.*s: at %d, not %d", PL_STR_ARG(m->text), where, m->where);
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct mistake table[] = {
#define MISTAKE(literal, where)                                                \
    {{literal, sizeof(literal) - 1}, PL_ERR_INPUT, where}
        MISTAKE("", -1),
        MISTAKE("   ", -1),
        MISTAKE("{\"a\":1,\"b\":tru,\"c\":2}", 11),
        MISTAKE("[1,2,,3]", 5),
        MISTAKE("{\"a\" 1}", 5),
        MISTAKE("{\"a\":1,}", 7),
        MISTAKE("{1:2}", 1),
        MISTAKE("[1 2]", 3),
        MISTAKE("[1] x", 4),
        MISTAKE("[01]", 1),
        MISTAKE("[1.]", 1),
        MISTAKE("[1e400]", 1),
        MISTAKE("[18446744073709551616]", 1),
        MISTAKE("[-9223372036854775809]", 1),
        MISTAKE("[10000e305]", 1),
        MISTAKE("[1.8e308]", 1),
        MISTAKE("[17976931348623159.1e292]", 1),
        MISTAKE("[0.001e312]", 1),
        MISTAKE("[1e99999999999999999999]", 1),
        MISTAKE("[-]", 1),
        MISTAKE("[+1]", 1),
        MISTAKE("[.5]", 1),
        MISTAKE("[1e]", 1),
        MISTAKE("[1]\0", 3),
        MISTAKE("[\0]", 1),
        MISTAKE("{\"a\":1}}", 7),
        MISTAKE("{\"a\":1]", 6),
        MISTAKE("{,}", 1),
        MISTAKE("[,]", 1),
        MISTAKE("truex", -1),
        MISTAKE("[true1]", 1),
        MISTAKE("[\f1]", 1),
        MISTAKE("[nul]", 1),
        MISTAKE("{\"a\":{\"b\":[1,2}}", 14),
        MISTAKE("[\"\xff\"]", 2),
        MISTAKE("[\"ab\", \"c\xc3\"]", 9),
        MISTAKE("[\"\xed\xa0\x80\"]", 2),
        MISTAKE("{", -1),
        MISTAKE("[\"abc", -1),
        MISTAKE("[\"a\nb\"]", -1),
        MISTAKE("[\"a\0b\"]", -1),
        MISTAKE("\xef\xbb\xbf{}", -1),
        MISTAKE("1 2", -1),
        MISTAKE("nope", -1),
    };
    for (size_t i = 0; i < PL_COUNT(table); i++)
        check_mistake(&table[i]);
}

/* Bad escapes: found, though not to the byte. */
static void test_bad_escapes(void **state)
{
    (void)state;
    static const char *const table[] = {
        "[\"\\ud800\"]", "[\"\\ud800\\u0041\"]", "[\"\\udc00x\"]", "[\"\\q\"]",
        "[\"\\u12g4\"]", "[\"\\ud800\\ud800\"]", "[\"\\u123",      "[\"\\",
        "[\"\\U0041\"]",
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        struct pl_json *doc = NULL;
        if (pl_json_parse(pl_str_from(table[i]), &doc, NULL))
            fail_msg("accepted: %s", table[i]);
        assert_null(doc);
    }
}

static struct pl_str nested(struct pl_arena *arena, size_t depth)
{
    char *text = pl_arena_alloc(arena, 2 * depth + 1);
    memset(text, '[', depth);
    text[depth] = '1';
    memset(text + depth + 1, ']', depth);
    return (struct pl_str){text, 2 * depth + 1};
}

static void test_depth(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_json *doc = NULL;
    struct pl_error err = {.arena = &arena};
    assert_true(pl_json_parse(nested(&arena, PL_MAX_JSON_DEPTH), &doc, &err));
    pl_json_destroy(doc);
    doc = NULL;
    static const size_t depths[] = {PL_MAX_JSON_DEPTH + 1, 1000000};
    for (size_t i = 0; i < PL_COUNT(depths); i++) {
        assert_false(pl_json_parse(nested(&arena, depths[i]), &doc, &err));
        assert_int_equal(err.code, PL_ERR_LIMIT);
        assert_null(doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_first_of_equal_keys),
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_get_of_no_object),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_bad_escapes),
        cmocka_unit_test(test_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
