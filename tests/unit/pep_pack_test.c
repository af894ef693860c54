#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/limits.h"
#include "pep/pack.h"
#include "tests/unit/pack_util.h"

static const char *const texts[] = {
    "a",
    "A.b-C [x, Y_z] >= 1.0, != 1.5.*, < 3 ; python_version < '3.8'",
    "numpy<2.6,>=1.25.2",
    "a (~=1.4.2)",
    "a===whatever",
    "a===1.0+x",
    "a==1!2.0rc1.post2.dev3+Local.01",
    "a==1.2.*,!=3.*,>1.0a1,<=2.0.dev0,<5post1",
    "a>=999999999999999999.123456789012345678",
    "a @ https://h.example/x.zip ; extra == 'Docs'",
    "a; '3.7' <= python_version and ('2' > python_full_version or "
    "os_name=='nt') and (sys_platform in 'linux darwin' or extra == 'q')",
    "a; python_version === '3.8' or '3.*' == python_version",
    "a; platform_machine not in \"x'86\" and 'x' not in extras",
    "a; python_version >= 'bogus' or os_name > 'a' or 'a' == 'a'",
    "a; implementation_version ~= '3.9' and platform_release != '1,2'",
};

static struct pl_str packed(struct pl_arena *arena,
                            const struct pl_requirement *r)
{
    PL_BUF(bytes, 1 << 20);
    struct pl_packer p = {.out = &bytes};
    pl_pack_requirement(&p, r);
    assert_true(pl_buf_ok(&bytes));
    return pl_arena_dup(arena, pl_buf_view(&bytes));
}

static struct pl_str printed(struct pl_arena *arena,
                             const struct pl_requirement *r)
{
    PL_BUF(text, 1 << 20);
    pl_requirement_print(r, &text);
    return pl_arena_dup(arena, pl_buf_view(&text));
}

static void parse(struct pl_arena *arena, const char *text,
                  struct pl_requirement *out)
{
    if (!pl_requirement_parse(arena, pl_str_from(text), out, NULL))
        fail_msg("%s", text);
}

/* What a specifier and a marker answer, for some versions and targets. */
static void same_answers(struct pl_arena *arena, const struct pl_requirement *a,
                         const struct pl_requirement *b)
{
    static const char *const versions[] = {
        "0", "1.0", "1.0+x", "1.4.3", "1.5.2", "2.0", "2.0rc1", "1!2.0", "5"};
    static const char *const pythons[] = {"3.6", "3.8.2", "3.13.1"};
    for (size_t i = 0; i < PL_COUNT(versions); i++) {
        struct pl_version v;
        assert_true(
            pl_version_parse(arena, pl_str_from(versions[i]), &v, NULL));
        assert_int_equal(pl_specifier_match(&a->specifier, &v),
                         pl_specifier_match(&b->specifier, &v));
        assert_int_equal(pl_specifier_pins(&a->specifier, &v),
                         pl_specifier_pins(&b->specifier, &v));
    }
    for (size_t i = 0; i < PL_COUNT(pythons); i++) {
        struct pl_env env;
        assert_true(pl_env_make(arena, pl_str_from(pythons[i]), PL_STR("2.35"),
                                PL_STR("x86_64"), &env, NULL));
        for (size_t extra = 0; extra < 2; extra++) {
            struct pl_str asked = extra ? PL_STR("docs") : PL_STR("");
            assert_int_equal(pl_marker_eval(a->marker, &env, asked),
                             pl_marker_eval(b->marker, &env, asked));
        }
    }
}

static void test_round_trip(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_COUNT(texts); i++) {
        PL_ARENA(arena);
        struct pl_requirement r, again;
        parse(&arena, texts[i], &r);
        struct pl_unpacker u = pl_unpacker_from(packed(&arena, &r));
        pl_unpack_requirement(&u, &arena, &again);
        assert_false(u.bad);
        assert_ptr_equal(u.at, u.end);
        same_requirement(&r, &again);
        same_text(printed(&arena, &r), printed(&arena, &again));
        same_answers(&arena, &r, &again);
    }
}

static void test_lenient(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_requirement r, again;
    bool repaired;
    assert_true(pl_requirement_parse_lenient(&arena, PL_STR("a (>=1.0.*, '<3)"),
                                             &r, &repaired, NULL));
    assert_true(repaired);
    struct pl_unpacker u = pl_unpacker_from(packed(&arena, &r));
    pl_unpack_requirement(&u, &arena, &again);
    assert_false(u.bad);
    same_requirement(&r, &again);
}

/* The deepest marker that parses is read back, deeper bytes are not. */
static void test_depth(void **state)
{
    (void)state;
    PL_ARENA(arena);
    PL_BUF(text, PL_MAX_REQUIREMENT_BYTES);
    pl_buf_add_cstr(&text, "a; ");
    for (int i = 0; i < PL_MAX_MARKER_DEPTH; i++)
        pl_buf_add_cstr(&text, "os_name=='x' or os_name=='y' and (");
    pl_buf_add_cstr(&text, "os_name=='x' or os_name=='y' and extra=='q'");
    pl_buf_pad(&text, ')', PL_MAX_MARKER_DEPTH);
    struct pl_requirement r, again;
    parse(&arena, text.data, &r);
    struct pl_unpacker u = pl_unpacker_from(packed(&arena, &r));
    pl_unpack_requirement(&u, &arena, &again);
    assert_false(u.bad);
    same_requirement(&r, &again);
    PL_BUF(deep, 1 << 20);
    for (int i = 0; i < 10000; i++)
        pl_buf_add_cstr(&deep, "\x01\x01"); /* an AND of one */
    u = pl_unpacker_from(pl_buf_view(&deep));
    assert_null(pl_unpack_marker(&u, &arena));
    assert_true(u.bad);
}

/* Whatever was read without complaint must be safe to use. */
static void use(struct pl_arena *arena, const struct pl_requirement *r)
{
    struct pl_str names[4];
    size_t count = 0;
    same_answers(arena, r, r);
    printed(arena, r);
    pl_marker_mentions_extra(r->marker);
    pl_marker_extras(r->marker, names, PL_COUNT(names), &count);
}

static void read_damaged(const char *bytes, size_t len, bool must_fail)
{
    PL_ARENA(arena);
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    struct pl_requirement r;
    struct pl_unpacker u = pl_unpacker_from((struct pl_str){copy, len});
    pl_unpack_requirement(&u, &arena, &r);
    assert_true(u.bad || !must_fail);
    if (!u.bad)
        use(&arena, &r);
    free(copy);
}

static void test_damage(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_COUNT(texts); i++) {
        PL_ARENA(arena);
        struct pl_requirement r;
        parse(&arena, texts[i], &r);
        struct pl_str bytes = packed(&arena, &r);
        char *damaged = pl_arena_alloc(&arena, bytes.len);
        memcpy(damaged, bytes.at, bytes.len);
        for (size_t at = 0; at < bytes.len; at++) {
            read_damaged(bytes.at, at, true);
            for (unsigned bit = 0; bit < 8; bit++) {
                damaged[at] = (char)(bytes.at[at] ^ 1 << bit);
                read_damaged(damaged, bytes.len, false);
            }
            damaged[at] = bytes.at[at];
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_lenient),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
