#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/pack.h"

static const uint64_t numbers[] = {
    0,          1,   127,   128,        16383,          16384,
    UINT32_MAX, 300, 65535, 1ull << 62, UINT64_MAX / 2, UINT64_MAX};

static void write_all(struct pl_packer *p)
{
    pl_pack_u8(p, 0xfe);
    pl_pack_u16(p, 0xfedc);
    pl_pack_u32(p, 0xfedcba98);
    pl_pack_u64(p, 0xfedcba9876543210);
    for (size_t i = 0; i < PL_COUNT(numbers); i++)
        pl_pack_number(p, numbers[i]);
    pl_pack_text(p, PL_STR(""));
    pl_pack_text(p, PL_STR("own"));
    p->base = PL_STR("a base of words");
    pl_pack_text(p, PL_STR("words"));
    pl_pack_text(p, PL_STR("a base of words"));
    pl_pack_text(p, PL_STR("words."));
    pl_pack_text(p, PL_STR(""));
}

static void assert_text(struct pl_unpacker *u, const char *wanted,
                        bool within_base)
{
    struct pl_str text = pl_unpack_text(u);
    assert_true(pl_str_is(text, wanted));
    assert_int_equal(text.at >= u->base.at &&
                         text.at < u->base.at + u->base.len,
                     within_base);
}

static void test_round_trip(void **state)
{
    (void)state;
    PL_BUF(bytes, 4096);
    struct pl_packer p = {.out = &bytes};
    write_all(&p);
    struct pl_unpacker u = pl_unpacker_from(pl_buf_view(&bytes));
    assert_int_equal(pl_unpack_u8(&u), 0xfe);
    assert_int_equal(pl_unpack_u16(&u), 0xfedc);
    assert_int_equal(pl_unpack_u32(&u), 0xfedcba98);
    assert_true(pl_unpack_u64(&u) == 0xfedcba9876543210);
    for (size_t i = 0; i < PL_COUNT(numbers); i++)
        assert_true(pl_unpack_number(&u) == numbers[i]);
    assert_text(&u, "", false);
    assert_text(&u, "own", false);
    u.base = PL_STR("a base of words");
    assert_text(&u, "words", true);
    assert_text(&u, "a base of words", true);
    assert_text(&u, "words.", false);
    assert_text(&u, "", false);
    assert_false(u.bad);
    assert_ptr_equal(u.at, u.end);
}

/* In a copy of just that size, so that the sanitizer sees a byte too far. */
static struct pl_unpacker read_cut(char *copy, size_t len)
{
    struct pl_unpacker u = pl_unpacker_from((struct pl_str){copy, len});
    pl_unpack_u8(&u);
    pl_unpack_u16(&u);
    pl_unpack_u32(&u);
    pl_unpack_u64(&u);
    for (size_t i = 0; i < PL_COUNT(numbers); i++)
        pl_unpack_number(&u);
    for (size_t i = 0; i < 2; i++)
        pl_unpack_text(&u);
    u.base = PL_STR("a base of words");
    for (size_t i = 0; i < 4; i++)
        pl_unpack_text(&u);
    return u;
}

static void test_every_cut(void **state)
{
    (void)state;
    PL_BUF(bytes, 4096);
    struct pl_packer p = {.out = &bytes};
    write_all(&p);
    for (size_t len = 0; len <= bytes.len; len++) {
        char *copy = malloc(len ? len : 1);
        assert_non_null(copy);
        memcpy(copy, bytes.data, len);
        assert_int_equal(read_cut(copy, len).bad, len < bytes.len);
        free(copy);
    }
}

static void test_nothing_after_a_failure(void **state)
{
    (void)state;
    struct pl_unpacker u = pl_unpacker_from(PL_STR("\x01\x02\x03"));
    assert_int_equal(pl_unpack_u32(&u), 0);
    assert_true(u.bad);
    assert_int_equal(pl_unpack_u8(&u), 0);
    assert_int_equal(pl_unpack_number(&u), 0);
    assert_int_equal(pl_unpack_text(&u).len, 0);
}

static void assert_bad_number(struct pl_str bytes)
{
    struct pl_unpacker u = pl_unpacker_from(bytes);
    assert_int_equal(pl_unpack_number(&u), 0);
    assert_true(u.bad);
}

static void test_bad_numbers(void **state)
{
    (void)state;
    assert_bad_number(PL_STR(""));
    assert_bad_number(PL_STR("\x80"));
    assert_bad_number(PL_STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"));
    assert_bad_number(PL_STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x00"));
}

static void test_bad_texts(void **state)
{
    (void)state;
    /* Four bytes from the fourth on, of a base of six. */
    struct pl_unpacker u = pl_unpacker_from(PL_STR("\x09\x03"));
    u.base = PL_STR("sixsix");
    assert_int_equal(pl_unpack_text(&u).len, 0);
    assert_true(u.bad);
    u = pl_unpacker_from(PL_STR("\x07\x03"));
    u.base = PL_STR("sixsix");
    assert_text(&u, "six", true);
    assert_false(u.bad);
}

static void test_counts(void **state)
{
    (void)state;
    struct pl_unpacker u = pl_unpacker_from(PL_STR("\x03_________"));
    assert_int_equal(pl_unpack_count(&u, 3), 3);
    assert_false(u.bad);
    u = pl_unpacker_from(PL_STR("\x03_________"));
    assert_int_equal(pl_unpack_count(&u, 4), 0);
    assert_true(u.bad);
}

static void test_table(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(bytes, 4096);
    struct pl_packtable table = {.map.arena = &arena};
    assert_int_equal(pl_packtable_add(&table, PL_STR("")), 0);
    assert_int_equal(pl_packtable_add(&table, PL_STR("one")), 1);
    assert_int_equal(pl_packtable_add(&table, PL_STR("two")), 2);
    assert_int_equal(pl_packtable_add(&table, PL_STR("one")), 1);
    assert_int_equal(pl_packtable_add(&table, PL_STR("")), 0);
    struct pl_packer p = {.out = &bytes};
    pl_pack_table(&p, &table);
    struct pl_unpacker u = pl_unpacker_from(pl_buf_view(&bytes));
    size_t count;
    const struct pl_str *texts = pl_unpack_table(&u, &arena, &count);
    assert_false(u.bad);
    assert_ptr_equal(u.at, u.end);
    assert_int_equal(count, 3);
    assert_true(pl_str_is(texts[0], "") && pl_str_is(texts[1], "one") &&
                pl_str_is(texts[2], "two"));
    for (size_t len = 0; len < bytes.len; len++) {
        u = pl_unpacker_from((struct pl_str){bytes.data, len});
        pl_unpack_table(&u, &arena, &count);
        assert_true(u.bad);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_nothing_after_a_failure),
        cmocka_unit_test(test_bad_numbers),
        cmocka_unit_test(test_bad_texts),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
