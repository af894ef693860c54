#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pep/version.h"
#include "tests/unit/table.h"

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

/* Both ways, and again without keys: the packed order is the full one. */
static bool ordered(struct pl_arena *arena, struct pl_str left,
                    struct pl_str right, int expected)
{
    struct pl_version a, b;
    if (!pl_version_parse(arena, left, &a, NULL) ||
        !pl_version_parse(arena, right, &b, NULL))
        return false;
    bool packed = sign(pl_version_cmp(&a, &b)) == expected &&
                  sign(pl_version_cmp(&b, &a)) == -expected &&
                  pl_version_cmp(&a, &a) == 0;
    a.key = b.key = 0;
    return packed && sign(pl_version_cmp(&a, &b)) == expected &&
           sign(pl_version_cmp(&b, &a)) == -expected;
}

static bool is_normal_form(struct pl_arena *arena, struct pl_str text,
                           struct pl_str expected)
{
    struct pl_version v, again;
    if (!pl_version_parse(arena, text, &v, NULL))
        return false;
    struct pl_str normal = pl_version_text(arena, &v);
    return pl_str_eq(normal, expected) &&
           pl_version_parse(arena, normal, &again, NULL) &&
           pl_version_cmp(&v, &again) == 0 && v.key == again.key;
}

static bool check_row(struct pl_arena *arena, struct pl_str row)
{
    struct pl_str left, right;
    struct pl_version v;
    if (row.at[0] == '!')
        return !pl_version_parse(arena, pl_str_sub(row, 1, row.len), &v, NULL);
    if (table_split(row, " -> ", &left, &right))
        return is_normal_form(arena, left, right);
    if (table_split(row, " < ", &left, &right))
        return ordered(arena, left, right, -1);
    if (table_split(row, " > ", &left, &right))
        return ordered(arena, left, right, 1);
    return table_split(row, " = ", &left, &right) &&
           ordered(arena, left, right, 0);
}

static void test_table(void **state)
{
    (void)state;
    table_run("version.data", check_row, 155);
}

static uint64_t key_of(struct pl_arena *arena, const char *text)
{
    struct pl_version v;
    if (!pl_version_parse(arena, pl_str_from(text), &v, NULL))
        fail_msg("%s is refused", text);
    return v.key;
}

/* What real indexes hold has a key; what cannot fit has none. */
static void test_keys(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const char *const packed[] = {
        "1.15",
        "1.16",
        "1.47",
        "1.48",
        "1.2095",
        "1.2096",
        "1.4294969391",
        "0.dev0",
        "1",
        "1.26.4",
        "2024.12.14.post1",
        "1!2.0rc3",
        "1.34.131",
        "2.31.0.20240101",
        "0.4.0.dev20250319",
        "3.10.0.dev0",
        "1.0+cu128",
        "2.8.0.dev20250319",
    };
    for (size_t i = 0; i < PL_COUNT(packed); i++)
        assert_true(key_of(&arena, packed[i]) != 0);
    assert_true(key_of(&arena, "1.4294969392") == 0);
    assert_true(key_of(&arena, "20240101123456.1") == 0);
    assert_true(key_of(&arena, "1.2.3.4.5.6.7.8.9.10.11") == 0);
    assert_true(key_of(&arena, "1.0") == key_of(&arena, "1.0.0+x"));
}

static void test_parts(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_version v;
    struct pl_str text = PL_STR(" v1!2.0-RC_3.post4.dev5+A-b \n");
    assert_true(pl_version_parse(&arena, text, &v, NULL));
    assert_true(pl_str_is(v.text, "v1!2.0-RC_3.post4.dev5+A-b"));
    assert_true(v.epoch == 1 && v.release_count == 2);
    assert_true(v.release[0] == 2 && v.release[1] == 0);
    assert_true(v.pre == PL_PRE_RC && v.pre_number == 3);
    assert_true(v.has_post && v.post_number == 4);
    assert_true(v.has_dev && v.dev_number == 5);
    assert_true(pl_str_is(v.local, "a.b") && pl_version_has_local(&v));
    assert_true(pl_version_is_prerelease(&v));
    /* A copy: it must not change with the caller's bytes. */
    assert_true(v.text.at < text.at || v.text.at >= text.at + text.len);
    assert_true(pl_version_parse_view(&arena, text, &v, NULL));
    assert_ptr_equal(v.text.at, text.at + 1);
}

static void test_public_order(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_version a, b;
    assert_true(pl_version_parse(&arena, PL_STR("1.0+a"), &a, NULL));
    assert_true(pl_version_parse(&arena, PL_STR("1.0.0+b"), &b, NULL));
    assert_int_equal(pl_version_cmp_public(&a, &b), 0);
    assert_true(pl_version_cmp(&a, &b) < 0);
}

static void assert_error(const char *text, const char *message, uint32_t begin,
                         uint32_t end)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_version v = {.epoch = 77};
    assert_false(pl_version_parse(&arena, pl_str_from(text), &v, &err));
    assert_int_equal(err.code, PL_ERR_INPUT);
    assert_string_equal(err.message.at, message);
    assert_int_equal(err.span.begin, begin);
    assert_int_equal(err.span.end, end);
    assert_int_equal(v.epoch, 77);
}

static void test_errors(void **state)
{
    (void)state;
    assert_error(" 1.0.x ", "`1.0.x` is not a PEP 440 version", 4, 6);
    assert_error("", "`` is not a PEP 440 version", 0, 0);
    assert_error("nightly", "`nightly` is not a PEP 440 version", 0, 7);
    assert_error("1.1234567890123456789rc1",
                 "`1.1234567890123456789rc1` is not a PEP 440 version: a "
                 "number has more than 18 digits",
                 2, 24);
}

static void test_limits(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    char text[PL_MAX_VERSION_BYTES + 1];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = i % 2 ? '.' : '1';
    struct pl_version v, w;
    struct pl_str longest = {text, PL_MAX_VERSION_BYTES - 1};
    assert_true(pl_version_parse(&arena, longest, &v, NULL));
    assert_int_equal(v.release_count, PL_MAX_VERSION_BYTES / 2);
    assert_true(
        pl_version_parse(&arena, pl_version_text(&arena, &v), &w, NULL));
    assert_int_equal(pl_version_cmp(&v, &w), 0);
    struct pl_str over = {text, sizeof(text)};
    assert_false(pl_version_parse(&arena, over, &v, &err));
    assert_int_equal(err.code, PL_ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),  cmocka_unit_test(test_keys),
        cmocka_unit_test(test_parts),  cmocka_unit_test(test_public_order),
        cmocka_unit_test(test_errors), cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
