#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/digest.h"

/* Vectors: FIPS 180-4 examples, and what `sha256sum` says. */
static void test_hex(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *hex;
    } table[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb924"
             "27ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223"
                "b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039"
         "a33ce45964ff2167f6ecedd419db06c1"},
    };
    PL_ARENA(arena);
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        struct pl_str hex = pl_sha256_hex(&arena, pl_str_from(table[i].bytes));
        assert_string_equal(hex.at, table[i].hex);
        assert_int_equal(hex.len, PL_SHA256_HEX);
        assert_true(pl_sha256_valid(hex));
    }
}

static void test_many_bytes(void **state)
{
    (void)state;
    PL_ARENA(arena);
    char *bytes = pl_new_array(&arena, char, 1000000);
    memset(bytes, 'a', 1000000);
    struct pl_str hex = pl_sha256_hex(&arena, (struct pl_str){bytes, 1000000});
    assert_string_equal(hex.at, "cdc76e5c9914fb9281a1c7e284d73e67"
                                "f1809a48a497200e046d39ccc7112cd0");
    hex = pl_sha256_hex(&arena, PL_STR("a\0b"));
    assert_string_equal(hex.at, "59b271ae1bbcb1d31d41929817f4b16f"
                                "b439eb4f31520b5ad1d5ce98920a7138");
}

static void test_valid(void **state)
{
    (void)state;
    char hex[PL_SHA256_HEX + 2] = {0};
    memset(hex, '0', PL_SHA256_HEX + 1);
    assert_true(pl_sha256_valid((struct pl_str){hex, 64}));
    assert_false(pl_sha256_valid((struct pl_str){hex, 63}));
    assert_false(pl_sha256_valid((struct pl_str){hex, 65}));
    assert_false(pl_sha256_valid((struct pl_str){0}));
    static const char bad[] = "AFg/:`G \0\xff";
    for (size_t i = 0; i < sizeof(bad) - 1; i++) {
        hex[63] = bad[i];
        assert_false(pl_sha256_valid((struct pl_str){hex, 64}));
    }
    hex[63] = 'f';
    assert_true(pl_sha256_valid((struct pl_str){hex, 64}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_many_bytes),
        cmocka_unit_test(test_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
