#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <zlib.h>

#include "core/arena.h"
#include "core/buf.h"
#include "index/gunzip.h"

static struct pl_str gzip(struct pl_arena *arena, struct pl_str text)
{
    z_stream stream = {0};
    assert_int_equal(
        deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY),
        Z_OK);
    size_t room = deflateBound(&stream, text.len);
    char *to = pl_arena_alloc(arena, room);
    stream.next_in = (Bytef *)(uintptr_t)text.at;
    stream.avail_in = (uInt)text.len;
    stream.next_out = (Bytef *)to;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t len = stream.total_out;
    deflateEnd(&stream);
    return (struct pl_str){to, len};
}

static struct pl_str join(struct pl_arena *arena, struct pl_str a,
                          struct pl_str b)
{
    char *both = pl_arena_alloc(arena, a.len + b.len);
    memcpy(both, a.at, a.len);
    memcpy(both + a.len, b.at, b.len);
    return (struct pl_str){both, a.len + b.len};
}

static bool keep(void *user, struct pl_str bytes)
{
    pl_buf_add_str(user, bytes);
    return !((struct pl_buf *)user)->over;
}

/* Pushed `step` bytes at a time. */
static enum pl_gunzip_state decode(struct pl_str bytes, size_t step,
                                   struct pl_buf *out)
{
    struct pl_gunzip *gunzip = pl_gunzip_open();
    for (size_t at = 0; at < bytes.len; at += step)
        pl_gunzip_push(gunzip, pl_str_sub(bytes, at, at + step), keep, out);
    enum pl_gunzip_state state = pl_gunzip_state(gunzip);
    pl_gunzip_close(gunzip);
    return state;
}

static void check(struct pl_str bytes, enum pl_gunzip_state wanted,
                  struct pl_str text)
{
    static const size_t steps[] = {1, 7, 1000000};
    for (size_t i = 0; i < PL_COUNT(steps); i++) {
        PL_BUF(out, 1 << 24);
        assert_int_equal(decode(bytes, steps[i], &out), wanted);
        if (wanted == PL_GUNZIP_WHOLE)
            assert_true(pl_str_eq(pl_buf_view(&out), text));
    }
}

static void test_whole(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_str a = PL_STR("one "), b = PL_STR("two");
    struct pl_str ga = gzip(&arena, a), gb = gzip(&arena, b);
    check(ga, PL_GUNZIP_WHOLE, a);
    check(gzip(&arena, PL_STR("")), PL_GUNZIP_WHOLE, PL_STR(""));
    check(join(&arena, ga, gb), PL_GUNZIP_WHOLE, PL_STR("one two"));
    char *large = pl_arena_alloc(&arena, 300000);
    for (size_t i = 0; i < 300000; i++)
        large[i] = (char)(i * i >> 7);
    struct pl_str text = {large, 300000};
    check(gzip(&arena, text), PL_GUNZIP_WHOLE, text);
}

static void test_wrong(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_str whole = gzip(&arena, PL_STR("some text, some text"));
    for (size_t cut = 1; cut < whole.len; cut++)
        check(pl_str_sub(whole, 0, cut), PL_GUNZIP_MORE, PL_STR(""));
    /* The last eight bytes are the CRC and the length. */
    for (size_t i = whole.len - 8; i < whole.len; i++) {
        char *bytes = (char *)pl_arena_dup(&arena, whole).at;
        bytes[i] ^= 1;
        check((struct pl_str){bytes, whole.len}, PL_GUNZIP_WRONG, PL_STR(""));
    }
    check(join(&arena, whole, PL_STR("x")), PL_GUNZIP_WRONG, PL_STR(""));
    check(join(&arena, whole, PL_STR("\0\0")), PL_GUNZIP_WRONG, PL_STR(""));
    check(join(&arena, whole, pl_str_sub(whole, 0, 5)), PL_GUNZIP_MORE,
          PL_STR(""));
    check(PL_STR("<html>"), PL_GUNZIP_WRONG, PL_STR(""));
    /* zlib's own form is not gzip. */
    check(PL_STR("\x78\x9c\x03\x00\x00\x00\x00\x01"), PL_GUNZIP_WRONG,
          PL_STR(""));
    check(PL_STR(""), PL_GUNZIP_MORE, PL_STR(""));
}

static bool count_and_refuse(void *user, struct pl_str bytes)
{
    size_t *taken = user;
    *taken += bytes.len;
    return *taken < 100000;
}

/* A bomb stops soon after the bound, however much stands behind it. */
static void test_bomb(void **state)
{
    (void)state;
    PL_ARENA(arena);
    size_t size = 64 << 20, taken = 0;
    char *zeros = pl_arena_alloc(&arena, size);
    struct pl_str bomb = gzip(&arena, (struct pl_str){zeros, size});
    struct pl_gunzip *gunzip = pl_gunzip_open();
    assert_int_equal(pl_gunzip_push(gunzip, bomb, count_and_refuse, &taken),
                     PL_GUNZIP_STOPPED);
    assert_in_range(taken, 100000, 100000 + (64 << 10));
    assert_int_equal(pl_gunzip_push(gunzip, bomb, count_and_refuse, &taken),
                     PL_GUNZIP_STOPPED);
    assert_in_range(taken, 100000, 100000 + (64 << 10));
    pl_gunzip_close(gunzip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_bomb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
