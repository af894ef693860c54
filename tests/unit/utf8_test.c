#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <wchar.h>

#include "core/attr.h"
#include "core/utf8.h"

static void test_take(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool valid;
        uint32_t code;
        size_t taken;
    } table[] = {
        {"a", true, 'a', 1},
        {"\x7fz", true, 0x7f, 1},
        {"\xc2\x80", true, 0x80, 2},
        {"\xdf\xbf.", true, 0x7ff, 2},
        {"\xe0\xa0\x80", true, 0x800, 3},
        {"\xed\x9f\xbf", true, 0xd7ff, 3},
        {"\xee\x80\x80", true, 0xe000, 3},
        {"\xf0\x90\x80\x80", true, 0x10000, 4},
        {"\xf4\x8f\xbf\xbf", true, 0x10ffff, 4},
        {"\x80", false, 0x80, 1},
        {"\xc1\xbf", false, 0xc1, 1},
        {"\xc3", false, 0xc3, 1},
        {"\xc3(", false, 0xc3, 1},
        {"\xe0\x9f\xbf", false, 0xe0, 1},
        {"\xed\xa0\x80", false, 0xed, 1},
        {"\xe2\x80", false, 0xe2, 1},
        {"\xf0\x8f\xbf\xbf", false, 0xf0, 1},
        {"\xf4\x90\x80\x80", false, 0xf4, 1},
        {"\xf5\x80\x80\x80", false, 0xf5, 1},
        {"\xff", false, 0xff, 1},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        struct pl_str text = pl_str_from(table[i].text), rest = text;
        uint32_t code = 0;
        assert_int_equal(pl_utf8_take(&rest, &code), table[i].valid);
        assert_int_equal(code, table[i].code);
        assert_int_equal(text.len - rest.len, table[i].taken);
        assert_ptr_equal(rest.at, text.at + table[i].taken);
        assert_int_equal(pl_utf8_invalid_at(text),
                         table[i].valid ? text.len : 0);
    }
}

static void test_invalid_at(void **state)
{
    (void)state;
    assert_int_equal(pl_utf8_invalid_at(PL_STR("")), 0);
    assert_int_equal(pl_utf8_invalid_at(PL_STR("ab\xc3\xa9\xff")), 4);
    assert_int_equal(pl_utf8_invalid_at(PL_STR("a\0\xe2\x82")), 2);
    assert_int_equal(pl_utf8_invalid_at(PL_STR("12345678ab\xff")), 10);
    assert_int_equal(pl_utf8_invalid_at(PL_STR("1234567\xff.")), 7);
}

static void test_width(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width, bytes_of_four;
    } table[] = {
        {"", 0, 0},
        {"abc", 3, 3},
        {"abcdefghijklmnop", 16, 4},
        {"sch\xc3\xb6n", 5, 5},
        {"e\xcc\x81t\xcc\x80z", 3, 7},
        {"abcd\xcc\x81z", 5, 6},
        {"\xe6\xbc\xa2\xe5\xad\x97!", 5, 6},
        {"a\xe6\xbc\xa2\xe5\xad\x97", 5, 4},
        {"\xea\xb0\x80\xef\xbc\xa1", 4, 6},
        {"\xf0\x9f\x9a\x80\xf0\x9f\x8e\x89.", 5, 8},
        {"\xe2\x94\x9c\xe2\x94\x80 \xff", 4, 8},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        struct pl_str text = pl_str_from(table[i].text);
        assert_int_equal(pl_utf8_width(text), table[i].width);
        assert_int_equal(pl_utf8_cut(text, 4).len, table[i].bytes_of_four);
        assert_ptr_equal(pl_utf8_cut(text, 4).at, text.at);
        assert_int_equal(pl_utf8_cut(text, table[i].width).len, text.len);
    }
}

static size_t code_width(uint32_t code)
{
    char bytes[] = {(char)(0xe0 | code >> 12), (char)(0x80 | (code >> 6 & 63)),
                    (char)(0x80 | (code & 63))};
    return pl_utf8_width((struct pl_str){bytes, sizeof(bytes)});
}

/* The C library's table, which knows every character, agrees nearly always. */
static void test_width_is_the_librarys(void **state)
{
    (void)state;
    size_t known = 0, other = 0;
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (!utf8)
        skip();
    locale_t before = uselocale(utf8);
    for (uint32_t code = 0x800; code < 0x10000; code++) {
        int width = code >= 0xd800 && code < 0xe000 ? -1 : wcwidth((int)code);
        known += width >= 0;
        other += width >= 0 && code_width(code) != (size_t)width;
    }
    uselocale(before);
    freelocale(utf8);
    assert_true(known > 50000);
    assert_in_range(other, 0, known / 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_take),
        cmocka_unit_test(test_invalid_at),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_width_is_the_librarys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
