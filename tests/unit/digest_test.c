#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

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

/* Parts give what the whole gives, wherever they end. */
static void test_parts(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const char text[] = "what is added in parts, wherever they end, and "
                               "however many bytes are already there";
    struct pl_str all = pl_str_from(text);
    struct pl_str whole = pl_sha256_hex(&arena, all);
    struct pl_sha256 sum;
    for (size_t i = 0; i <= all.len; i++) {
        pl_sha256_begin(&sum);
        pl_sha256_add(&sum, pl_str_sub(all, 0, i));
        pl_sha256_add(&sum, pl_str_sub(all, i, all.len));
        assert_true(pl_str_eq(pl_sha256_finish(&sum, &arena), whole));
    }
}

static void check_file(FILE *file, const char *bytes, size_t len)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str hex,
        wanted = pl_sha256_hex(&arena, (struct pl_str){bytes, len});
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fflush(file), 0);
    assert_true(pl_sha256_file(&arena, fileno(file), &hex, &err));
    assert_true(pl_str_eq(hex, wanted));
}

static void test_file(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 65535, 65536, 65537, 300000};
    static char bytes[300000];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * i >> 7);
    for (size_t i = 0; i < PL_COUNT(lengths); i++) {
        FILE *file = tmpfile();
        assert_non_null(file);
        check_file(file, bytes, lengths[i]);
        assert_int_equal(lseek(fileno(file), 0, SEEK_CUR), lengths[i]);
        fclose(file);
    }
}

static void test_no_file(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str hex;
    assert_false(pl_sha256_file(&arena, -1, &hex, &err));
    assert_int_equal(err.code, PL_ERR_FILE);
    int folder = open(".", O_RDONLY);
    assert_false(pl_sha256_file(&arena, folder, &hex, &err));
    assert_int_equal(err.code, PL_ERR_FILE);
    close(folder);
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
        cmocka_unit_test(test_hex),     cmocka_unit_test(test_many_bytes),
        cmocka_unit_test(test_parts),   cmocka_unit_test(test_file),
        cmocka_unit_test(test_no_file), cmocka_unit_test(test_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
