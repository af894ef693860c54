#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/limits.h"
#include "core/toml_packed.h"
#include "tests/toml_same.h"

static size_t round_trip(struct pl_str text)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("t.toml"), text);
    struct pl_toml *parsed;
    if (!pl_toml_parse(source, &parsed, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    PL_BUF(packed, PL_MAX_USER_FILE_BYTES);
    pl_toml_pack(parsed, &packed);
    assert_true(pl_buf_ok(&packed));
    struct pl_toml *unpacked = pl_toml_unpack(source, pl_buf_view(&packed));
    size_t nodes = 0;
    const struct pl_toml_node *differs =
        toml_difference(pl_toml_root(parsed), pl_toml_root(unpacked), &nodes);
    if (differs)
        fail_msg("differs at byte %u: `%.*s`", pl_toml_span(differs).begin,
                 PL_STR_ARG(pl_toml_key(differs)));
    pl_toml_destroy(parsed);
    pl_toml_destroy(unpacked);
    return nodes;
}

static void test_round_trip(void **state)
{
    (void)state;
    assert_int_equal(round_trip(PL_STR("")), 1);
    assert_int_equal(round_trip(PL_STR("a = ''\n")), 2);
    assert_int_equal(round_trip(PL_STR("'' = \"\"\n")), 2);
    size_t nodes = round_trip(PL_STR(
        "z = 1\na = -9223372036854775808\nb = 9223372036854775807\n"
        "h = 0xff\nt = true\nf = false\nx = 1.5\nd = 2025-10-08\n"
        "s1 = \"plain\"\ns2 = \"e\\u0301scaped\"\ns3 = '''\nmany\nlines'''\n"
        "s4 = \"\xc3\xa9t\xc3\xa9\"\n\"q u\" = 'x'\n\"q\\n\" = 'y'\n"
        "dotted.\"k e y\".c = [1, 'two', [], {}, {i = 3, h = 4}]\n"
        "[table.sub]\nk = 1\n[[many]]\nk = 1\n[[many]]\nk = "
        "2\n[[many.deep]]\n"));
    assert_int_equal(nodes, 35);
}

/* Long places need more than one byte each. */
static void test_long(void **state)
{
    (void)state;
    PL_BUF(text, PL_MAX_USER_FILE_BYTES);
    for (size_t i = 0; i < 3000; i++)
        pl_buf_addf(&text, "key%zu = \"%0*zu\"\n", i, (int)(i % 300) + 1, i);
    assert_int_equal(round_trip(pl_buf_view(&text)), 3001);
}

/* Cut short, it gives some document, without reading past the end. */
static void test_cut(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_source *source = pl_source_from_text(
        &arena, PL_STR("t.toml"), PL_STR("a = ['x', 1]\nb = true\n"));
    struct pl_toml *doc;
    assert_true(pl_toml_parse(source, &doc, NULL));
    PL_BUF(packed, PL_MAX_USER_FILE_BYTES);
    pl_toml_pack(doc, &packed);
    pl_toml_destroy(doc);
    for (size_t len = 0; len < packed.len; len++) {
        char *cut = malloc(len + !len);
        assert_non_null(cut);
        memcpy(cut, packed.data, len);
        pl_toml_destroy(pl_toml_unpack(source, (struct pl_str){cut, len}));
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
