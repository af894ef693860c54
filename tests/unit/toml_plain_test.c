#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "core/buf.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/toml_plain.h"
#include "tests/toml_same.h"

/* Is it read plainly? What is must be what the full reader makes of it. */
static bool is_plain(struct pl_str text)
{
    PL_ARENA(arena);
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("t.toml"), text);
    struct pl_toml *plain, *full;
    struct pl_error err = {.arena = &arena};
    size_t nodes = 0;
    if (!pl_toml_parse_plain(source, &plain))
        return false;
    if (!pl_toml_parse_full(source, &full, &err))
        fail_msg("taken, but %.*s:\n%.*s", PL_STR_ARG(err.message),
                 PL_STR_ARG(text));
    const struct pl_toml_node *differs =
        toml_difference(pl_toml_root(full), pl_toml_root(plain), &nodes);
    if (differs)
        fail_msg("differs at byte %u: `%.*s`:\n%.*s",
                 pl_toml_span(differs).begin, PL_STR_ARG(pl_toml_key(differs)),
                 PL_STR_ARG(text));
    pl_toml_destroy(plain);
    pl_toml_destroy(full);
    return true;
}

static bool is_toml(struct pl_str text)
{
    PL_ARENA(arena);
    struct pl_toml *doc;
    if (!pl_toml_parse_full(pl_source_from_text(&arena, PL_STR("t.toml"), text),
                            &doc, NULL))
        return false;
    pl_toml_destroy(doc);
    return true;
}

/* ---- by hand ---- */

static const char sample[] =
    "# caf\xc3\xa9\r\n"
    "lock-version = \"1.0\"\nextras = []\n\n"
    "[[packages]]\nname = \"b\\\"c\"  # why\n\"version\" = '1\\0'\n"
    "wheels = [{ size = 10, hashes = { sha256 = \"0f\", md5 = 'a' } },\n"
    "  # two\n  { url = \"x\", upload-time = 2026-01-31T23:59:59.123Z },\n]\n"
    "[packages.tool.podlock]\nvia = [\"r.in:1\", \"z\"]\n"
    "[[packages]]\nmarker = 'os'\nb = false\n[packages.vcs]\nn = -12\n"
    "\t[tool.uv]\n\tok = true\n[tool.\"pod lock\"]\nformat = 0 # one";

static const char *const taken[] = {
    "",
    "\n",
    " \t\r\n# x",
    "a = 1",
    "a=1\nb=2#x\n",
    "a = \"\"\nb = ''\n",
    "a = \"\\b\\f\\n\\r\\t\\\"\\\\\"",
    "z = 0\ny = 999999999999999999\nx = -1",
    "t = 2026-02-28T00:00:00Z\ns = 2026-01-31 23:59:59.9Z\nu = "
    "2024-12-31T23:59:59.123456789-23:59",
    "a = [1, [2, []], {}, { x = { y = 1 } }, ]",
    "a = [\n# one\n1 # two\n, # three\n2\n]",
    "'a b' = 1\n\"\xc3\xa9\" = 2\n\"a\\\"\" = 3\n1 = 4\n-_ = 5",
    "[a]\n[b.c]\nx = 1\n[b.d]\n[[e]]\n[[e]]\nk = 1\n[e.f.g]\n[[e]]\n[e.f]",
    "[[a.b]]\n[[a.b]]\n[[a.b.c]]\n[a.b.d]\n[a.c]",
    "q = 1\np = 2\no = 3\nn = 4\nm = 5\nl = 6\nk = 7\nj = 8\ni = 9\nh = 1\n"
    "g = 2\nf = 3\ne = 4\nd = 5\nc = 6\nb = 7\na = 8\nr = 9\n",
};

static const char *const left[] = {
    /* mistakes */
    "a",
    "a =",
    "a = ",
    "= 1",
    "a = 1 b = 2",
    "a = 1\na = 2",
    "a = {b = 1, }",
    "a = {b = 1, b = 2}",
    "a = [1 2]",
    "a = [,]",
    "a = [",
    "a = {",
    "a = \"",
    "a = '",
    "a = \"x\ny\"",
    "a = \"\\q\"",
    "a = \"\\",
    "a = \"\x01\"",
    "a = \"\x7f\"",
    "# \x01",
    "a = \"\xff\"",
    "# \xed\xa0\x80",
    "a = 01",
    "a = 2025-02-29T00:00:00Z",
    "a = 2026-13-01T00:00:00Z",
    "a = 2026-01-01T24:00:00Z",
    "a = 2026-01-01T00:60:00Z",
    "a = truex",
    "a = t",
    "a = True",
    "a = 1\rb = 2",
    "a = 1\r",
    "[a",
    "[a]]",
    "[[a]",
    "[ [a]]",
    "[]",
    "[a.]",
    "[.a]",
    "[a]\n[a]",
    "[a]\n[[a]]",
    "[[a]]\n[a]",
    "a = 1\n[a]",
    "a = 1\n[a.b]",
    "a = [{}]\n[[a]]",
    "a = {}\n[a.b]",
    "[a.b]\n[a]\nb = 1",
    "[a] x = 1",
    "\xef\xbb\xbf\xef\xbb\xbf"
    "a = 1",
    "a\xc3\xa9 = 1",
    "a\xc2\xa0= 1",
    "a = 1\f",
    /* and what is TOML, but not plain */
    "a.b = 1",
    "a = {b.c = 1}",
    "a = \"\"\"x\"\"\"",
    "a = ''''''",
    "'' = 1",
    "a = \"\\u00e9\"",
    "a = +1",
    "a = -0",
    "a = 1_0",
    "a = 0x1",
    "a = 1.5",
    "a = inf",
    "a = 9223372036854775807",
    "a = 2026-01-01",
    "a = 12:00:00",
    "a = 2026-01-01T00:00:00",
    "a = 2024-02-29T00:00:00Z",
    "[ a ]",
    "[a . b]",
    "[a.b]\n[a]",
};

static void test_taken(void **state)
{
    (void)state;
    assert_true(is_plain(pl_str_from(sample)));
    for (size_t i = 0; i < PL_COUNT(taken); i++)
        if (!is_plain(pl_str_from(taken[i])))
            fail_msg("left: %s", taken[i]);
}

static void test_left(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_COUNT(left); i++)
        if (is_plain(pl_str_from(left[i])))
            fail_msg("taken: %s", left[i]);
    assert_false(is_plain((struct pl_str){"a = \"\0\"", 7}));
    assert_false(is_plain((struct pl_str){"a = 1\0", 6}));
}

/* ---- one byte is another, or the last ---- */

static void test_changed(void **state)
{
    (void)state;
    static const char others[] = "\n\r\t .,=[]{}\"'\\#0T-a\x01\x7f\xc3";
    char text[sizeof(sample)];
    memcpy(text, sample, sizeof(sample));
    size_t plain = 0, count = 0;
    for (size_t i = 0; i + 1 < sizeof(sample); i++) {
        for (size_t k = 0; k < sizeof(others); k++, count++) {
            text[i] = others[k];
            plain += is_plain((struct pl_str){text, sizeof(sample) - 1});
        }
        text[i] = sample[i];
        (void)is_plain((struct pl_str){text, i});
    }
    assert_in_range(plain, count / 5, count);
}

/* ---- at random ---- */

static uint32_t pick(uint32_t *seed, uint32_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed % below;
}

static void add_value(struct pl_buf *out, uint32_t *seed, unsigned depth)
{
    static const char *const values[] = {
        "1",          "-7",       "\"x\"",
        "'y z'",      "true",     "false",
        "\"\"",       "[]",       "{}",
        "10",         "\"\\\"\"", "\"\xc3\xa9\"",
        "'\\'",       "[ 1, ]",   "2026-11-30T12:00:00+01:00",
        "2026-01-01",
    };
    static const char *const keys[] = {"a", "b", "\"c\"", "'d'", "e"};
    uint32_t kind = pick(seed, depth < 4 ? 12 : 10);
    if (kind < 10) {
        pl_buf_add_cstr(out, values[pick(seed, PL_COUNT(values))]);
        return;
    }
    uint32_t count = pick(seed, 4);
    pl_buf_add_char(out, kind == 10 ? '[' : '{');
    for (uint32_t i = 0; i < count; i++) {
        pl_buf_add_cstr(out, i ? ", " : "");
        if (kind == 11)
            pl_buf_addf(out, "%s = ", keys[pick(seed, PL_COUNT(keys))]);
        else if (!pick(seed, 3))
            pl_buf_add_cstr(out, "\n # x\n");
        add_value(out, seed, depth + 1);
    }
    pl_buf_add_char(out, kind == 10 ? ']' : '}');
}

static void add_line(struct pl_buf *out, uint32_t *seed)
{
    static const char *const headers[] = {
        "[a]",       "[b]",   "[[c]]",     "[[c]]",   "[c.d]", "[a.b]",
        "[[c.e]]",   "[d.e]", "[d.\"f\"]", "['d'.g]", "[[h]]", "[h.i.j]",
        "[[h.i.k]]", "[e]",   "[[a.x]]",   "[c.e.f]", "[d]",   "[c.d.y]",
    };
    static const char *const keys[] = {"a",   "b", "c", "\"d\"", "e",
                                       "'f'", "g", "h", "i",     "x.y"};
    static const char *const ends[] = {"\n",     "\n",   "\n",    "\r\n",
                                       " # c\n", "\n\n", " \t\n", "\n  "};
    if (!pick(seed, 2)) {
        pl_buf_add_cstr(out, headers[pick(seed, PL_COUNT(headers))]);
    } else {
        uint32_t most = pick(seed, 12) ? PL_COUNT(keys) - 1 : PL_COUNT(keys);
        pl_buf_addf(out, "%s = ", keys[pick(seed, most)]);
        add_value(out, seed, 0);
    }
    pl_buf_add_cstr(out, ends[pick(seed, PL_COUNT(ends))]);
}

static void test_random(void **state)
{
    (void)state;
    enum { TEXTS = 20000 };
    uint32_t seed = 20261123, plain = 0, only_full = 0;
    for (unsigned i = 0; i < TEXTS; i++) {
        PL_BUF(text, PL_MAX_USER_FILE_BYTES);
        for (uint32_t n = 1 + pick(&seed, 8); n; n--)
            add_line(&text, &seed);
        bool taken_plainly = is_plain(pl_buf_view(&text));
        plain += taken_plainly;
        only_full += !taken_plainly && is_toml(pl_buf_view(&text));
    }
    /* All three kinds are there: plain, not plain, and no TOML. */
    assert_in_range(plain, TEXTS / 4, TEXTS);
    assert_in_range(only_full, TEXTS / 100, TEXTS / 4);
    assert_in_range(plain + only_full, 0, 9 * TEXTS / 10);
}

/* ---- bounds ---- */

static struct pl_str nested(struct pl_buf *text, unsigned depth)
{
    pl_buf_add_cstr(text, "a = ");
    for (unsigned i = 0; i < depth; i++)
        pl_buf_add_char(text, '[');
    for (unsigned i = 0; i < depth; i++)
        pl_buf_add_char(text, ']');
    return pl_buf_view(text);
}

static void test_nest(void **state)
{
    (void)state;
    PL_BUF(most, PL_MAX_USER_FILE_BYTES);
    PL_BUF(more, PL_MAX_USER_FILE_BYTES);
    PL_BUF(steps, PL_MAX_USER_FILE_BYTES);
    assert_true(is_plain(nested(&most, PL_TOML_PLAIN_NEST)));
    assert_false(is_plain(nested(&more, PL_TOML_PLAIN_NEST + 1)));
    pl_buf_add_cstr(&steps, "[a");
    for (unsigned i = 1; i < PL_TOML_PLAIN_STEPS; i++)
        pl_buf_add_cstr(&steps, ".a");
    size_t len = steps.len;
    pl_buf_add_char(&steps, ']');
    assert_true(is_plain(pl_buf_view(&steps)));
    steps.len = len;
    pl_buf_add_cstr(&steps, ".a]");
    assert_false(is_plain(pl_buf_view(&steps)));
}

/* At most so many headers; the full reader has the same bound. */
static void test_headers(void **state)
{
    (void)state;
    PL_BUF(text, PL_MAX_USER_FILE_BYTES);
    for (unsigned i = 0; i < PL_MAX_TOML_TABLES; i++)
        pl_buf_add_cstr(&text, "[[a]]\n");
    assert_true(is_plain(pl_buf_view(&text)));
    pl_buf_add_cstr(&text, "[[a]]\n");
    assert_false(is_plain(pl_buf_view(&text)));
    assert_false(is_toml(pl_buf_view(&text)));
}

/* Headers beside many others would cost the square of their number. */
static void test_looks(void **state)
{
    (void)state;
    PL_BUF(text, PL_MAX_USER_FILE_BYTES);
    for (unsigned i = 0; i < PL_TOML_PLAIN_LOOKS; i++)
        pl_buf_addf(&text, "[a%u]\n", i);
    assert_true(is_plain(pl_buf_view(&text)));
    pl_buf_add_cstr(&text, "[b]\n");
    assert_false(is_plain(pl_buf_view(&text)));
    assert_true(is_toml(pl_buf_view(&text)));
}

/* ---- files ---- */

static size_t read_folder(const char *folder, size_t *plain)
{
    PL_ARENA(arena);
    struct pl_str root = pl_str_from(getenv("PODLOCK_SOURCE_ROOT")), *names;
    struct pl_str path = pl_path_join(&arena, root, pl_str_from(folder));
    size_t count = 0;
    assert_true(pl_dir_list(&arena, path, &names, &count, NULL));
    for (size_t i = 0; i < count; i++) {
        struct pl_str text;
        assert_true(pl_file_load(&arena, pl_path_join(&arena, path, names[i]),
                                 PL_MAX_USER_FILE_BYTES, &text, NULL, NULL));
        *plain += is_plain(text);
    }
    return count;
}

static void test_files(void **state)
{
    (void)state;
    size_t plain = 0;
    size_t count = read_folder("rules/templates", &plain);
    count += read_folder("tests/data/lock/other", &plain);
    /* All but everything.toml, which has a dotted key. */
    assert_int_equal(plain, count - 1);
    (void)read_folder("rules/abi", &plain);
    (void)read_folder("tests/fuzz/corpus/toml", &plain);
    (void)read_folder("tests/fuzz/corpus/template", &plain);
    (void)read_folder("tests/fuzz/corpus/rule", &plain);
    plain = 0;
    (void)read_folder("tests/fuzz/corpus/lock_read", &plain);
    assert_in_range(plain, 5, SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),   cmocka_unit_test(test_left),
        cmocka_unit_test(test_changed), cmocka_unit_test(test_random),
        cmocka_unit_test(test_nest),    cmocka_unit_test(test_headers),
        cmocka_unit_test(test_looks),   cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
