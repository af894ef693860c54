#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/str.h"

#define LEN 21

static bool is_printable(unsigned char c, char stop, char other)
{
    return c >= 0x20 && c < 0x7f && c != (unsigned char)stop &&
           c != (unsigned char)other;
}

/* Every byte at every place, between neighbours that borrow and carry. */
static void test_printable(void **state)
{
    (void)state;
    static const char fills[] = "a !~\x7f\x1f\xff\"\\";
    for (size_t f = 0; f + 1 < sizeof(fills); f++)
        for (size_t at = 0; at < LEN; at++)
            for (unsigned c = 0; c < 256; c++) {
                char text[LEN];
                memset(text, 'x', LEN);
                memset(text + at, fills[f], LEN - at);
                text[at] = (char)c;
                size_t wanted = 0;
                while (wanted < LEN &&
                       is_printable((unsigned char)text[wanted], '"', '\\'))
                    wanted++;
                assert_int_equal(
                    pl_str_printable((struct pl_str){text, LEN}, '"', '\\'),
                    wanted);
            }
}

static void test_printable_short(void **state)
{
    (void)state;
    assert_int_equal(pl_str_printable((struct pl_str){0}, '"', '"'), 0);
    assert_int_equal(pl_str_printable(PL_STR("abc/def"), '/', '/'), 3);
    assert_int_equal(pl_str_printable(PL_STR("12345678\t"), '/', '/'), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_printable),
        cmocka_unit_test(test_printable_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
