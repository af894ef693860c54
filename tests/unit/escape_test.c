#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/escape.h"
#include "core/json.h"
#include "core/toml.h"
#include "core/utf8.h"

#define ESC_RED "\x1b[31m"
#define BIDI "\xe2\x80\xae"      /* U+202E */
#define ZERO "\xe2\x80\x8b"      /* U+200B */
#define LINE "\xe2\x80\xa8"      /* U+2028 */
#define CSI "\xc2\x9b"           /* U+009B */
#define TAG "\xf3\xa0\x81\x81"   /* U+E0041 */
#define EMOJI "\xf0\x9f\x98\x80" /* U+1F600 */
#define UMLAUT "\xc3\xbc"

struct row {
    struct pl_str in;
    const char *out;
};

#define ROW(literal, expected)                                                 \
    {                                                                          \
        {"" literal, sizeof(literal) - 1}, expected                            \
    }

static void check_table(const struct row *rows, size_t count,
                        void (*escape)(struct pl_buf *, struct pl_str))
{
    for (size_t i = 0; i < count; i++) {
        PL_BUF(out, 4096);
        escape(&out, rows[i].in);
        assert_string_equal(pl_buf_view(&out).at, rows[i].out);
        assert_int_equal(out.len, strlen(rows[i].out));
    }
}

static void test_terminal(void **state)
{
    (void)state;
    static const struct row rows[] = {
        ROW("", ""),
        ROW("numpy-1.0 ~|\\", "numpy-1.0 ~|\\"),
        ROW(UMLAUT EMOJI, UMLAUT EMOJI),
        ROW("a\nb\tc\rd", "a\\nb\\tc\\x0dd"),
        ROW("\0\x7f", "\\x00\\x7f"),
        ROW(ESC_RED "x", "\\x1b[31mx"),
        ROW(CSI BIDI ZERO LINE, "\\u{009b}\\u{202e}\\u{200b}\\u{2028}"),
        ROW(TAG, "\\u{e0041}"),
        ROW("\xef\xbb\xbf", "\\u{feff}"),
        ROW("\xff"
            "a\xc3",
            "\\xffa\\xc3"),
        ROW("\xc0\xaf", "\\xc0\\xaf"),
        ROW("\xed\xa0\x80", "\\xed\\xa0\\x80"),
        ROW("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"),
        ROW("::error::x", ":\\x3aerror::x"),
        ROW("a ::add-mask::x", "a :\\x3aadd-mask::x"),
        ROW("a::b [::1] :: ::", "a::b [::1] :: ::"),
        ROW("a##[error]b##[x", "a#\\x23[error]b#\\x23[x"),
        ROW("###[error]", "##\\x23[error]"),
    };
    check_table(rows, PL_COUNT(rows), pl_escape_terminal);
}

static void test_terminal_lines(void **state)
{
    (void)state;
    static const struct row rows[] = {
        ROW("a\nb\r\n\tc", "a\nb\\x0d\n\\tc"),
        ROW(LINE "\x85", "\\u{2028}\\x85"),
        ROW("a\n::error::b", "a\n:\\x3aerror::b"),
    };
    check_table(rows, PL_COUNT(rows), pl_escape_terminal_lines);
}

static void test_comment(void **state)
{
    (void)state;
    static const struct row rows[] = {
        ROW("via a # b", "via a # b"),
        ROW("a\nnumpy==1", "a\\nnumpy==1"),
        ROW("a\r\x0b\x0c\x1c\x1d\x1e" LINE "b",
            "a\\x0d\\x0b\\x0c\\x1c\\x1d\\x1e\\u{2028}b"),
        ROW("\xc2\x85", "\\u{0085}"),
        ROW("ends \\", "ends \\x5c"),
    };
    check_table(rows, PL_COUNT(rows), pl_escape_comment);
}

static void test_github(void **state)
{
    (void)state;
    static const struct row texts[] = {
        ROW("a: b, 100%\nc\r", "a: b, 100%25%0Ac\\x0d"),
    };
    static const struct row properties[] = {
        ROW("a,line=1::b%\n", "a%2Cline=1%3A%3Ab%25%0A"),
    };
    check_table(texts, PL_COUNT(texts), pl_escape_github);
    check_table(properties, PL_COUNT(properties), pl_escape_github_property);
}

static void test_toml(void **state)
{
    (void)state;
    static const struct row rows[] = {
        ROW("", "\"\""),
        ROW("a\"b\\c", "\"a\\\"b\\\\c\""),
        ROW("\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\""),
        ROW("\0\x1b\x7f", "\"\\u0000\\u001b\\u007f\""),
        ROW(UMLAUT EMOJI, "\"" UMLAUT EMOJI "\""),
        ROW(BIDI CSI, "\"\\u202e\\u009b\""),
        ROW(TAG, "\"\\U000e0041\""),
        ROW("\xff", "\"\xef\xbf\xbd\""),
    };
    check_table(rows, PL_COUNT(rows), pl_escape_toml);
}

static void test_json(void **state)
{
    (void)state;
    static const struct row rows[] = {
        ROW("", "\"\""),
        ROW("a\"b\\c/", "\"a\\\"b\\\\c/\""),
        ROW("\b\t\n\f\r\0", "\"\\b\\t\\n\\f\\r\\u0000\""),
        ROW(UMLAUT EMOJI, "\"" UMLAUT EMOJI "\""),
        ROW(LINE, "\"\\u2028\""),
        ROW(TAG, "\"\\udb40\\udc41\""),
        ROW("\xff", "\"\xef\xbf\xbd\""),
    };
    check_table(rows, PL_COUNT(rows), pl_escape_json);
}

static void test_shell(void **state)
{
    (void)state;
    static const struct row rows[] = {
        ROW("", "''"),
        ROW("torch==2.8.0+cu128", "torch==2.8.0+cu128"),
        ROW("--opt=a/b_c@d%e:f,g", "--opt=a/b_c@d%e:f,g"),
        ROW("=ls", "'=ls'"),
        ROW("numpy>=1", "'numpy>=1'"),
        ROW("~root", "'~root'"),
        ROW("$(reboot) `x` !!", "'$(reboot) `x` !!'"),
        ROW("it's", "'it'\\''s'"),
        ROW(UMLAUT, "'" UMLAUT "'"),
        ROW("a\nb'!\\", "$'a\\012b\\047\\041\\134'"),
        ROW("\xff" ESC_RED, "$'\\377\\033[31m'"),
        ROW(BIDI, "$'\\342\\200\\256'"),
        ROW("a\0"
            "1",
            "$'a\xef\xbf\xbd"
            "1'"),
    };
    check_table(rows, PL_COUNT(rows), pl_escape_shell);
}

/* ---- reading back ---- */

/* A fixed generator: the same strings in every run. */
static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Bytes of all kinds, with more of those that matter. */
static struct pl_str random_string(struct pl_arena *arena, uint32_t *seed)
{
    static const char *const pieces[] = {
        "\"",     "\\", "'",   "\n",  "\r", "\t",      "#", "]]]",
        "\"\"\"", "$(", "\\u", EMOJI, BIDI, "\x1b[2J", TAG, UMLAUT,
        LINE,     ZERO, CSI,   "'''", "\\", "\xc3",    "=", ",",
    };
    PL_BUF(text, 1024);
    uint32_t count = next_random(seed) % 12;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t kind = next_random(seed);
        if (kind % 2)
            pl_buf_add_char(&text, (char)(kind >> 1));
        else
            pl_buf_add_cstr(&text, pieces[kind / 2 % PL_COUNT(pieces)]);
    }
    return pl_arena_dup(arena, pl_buf_view(&text));
}

static struct pl_str with_replacements(struct pl_arena *arena, struct pl_str s)
{
    PL_BUF(text, 8192);
    while (s.len) {
        struct pl_str before = s;
        uint32_t code;
        if (pl_utf8_take(&s, &code))
            pl_buf_add_str(&text, pl_str_sub(before, 0, before.len - s.len));
        else
            pl_buf_add_cstr(&text, "\xef\xbf\xbd");
    }
    return pl_arena_dup(arena, pl_buf_view(&text));
}

static void assert_same(struct pl_str got, struct pl_str expected)
{
    assert_int_equal(got.len, expected.len);
    assert_memory_equal(got.at, expected.at, got.len);
}

static void read_toml_back(struct pl_arena *arena, struct pl_str text)
{
    PL_BUF(file, 1 << 16);
    pl_buf_add_cstr(&file, "# ");
    pl_escape_comment(&file, text);
    pl_buf_add_cstr(&file, "\nthe-value = ");
    pl_escape_toml(&file, text);
    pl_buf_add_cstr(&file, "\n[");
    pl_escape_toml(&file, text);
    pl_buf_add_cstr(&file, "]\n");
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("test"), pl_buf_view(&file));
    struct pl_toml *doc;
    struct pl_error err = {.arena = arena};
    if (!pl_toml_parse(source, &doc, &err))
        fail_msg("%.*s: %s", PL_STR_ARG(err.message), file.data);
    struct pl_str expected = with_replacements(arena, text), got;
    const struct pl_toml_node *root = pl_toml_root(doc);
    assert_true(pl_toml_req_str(root, "the-value", &got, NULL));
    assert_same(got, expected);
    assert_int_equal(pl_toml_count(root), 2);
    bool first = pl_toml_type(pl_toml_at(root, 0)) == PL_TOML_TABLE;
    assert_same(pl_toml_key_at(root, first ? 0 : 1), expected);
    pl_toml_destroy(doc);
}

static void read_json_back(struct pl_arena *arena, struct pl_str text)
{
    PL_BUF(file, 1 << 16);
    pl_escape_json(&file, text);
    struct pl_json *doc;
    struct pl_error err = {.arena = arena};
    if (!pl_json_parse(pl_buf_view(&file), &doc, &err))
        fail_msg("%.*s: %s", PL_STR_ARG(err.message), file.data);
    struct pl_str got;
    assert_true(pl_json_str(pl_json_root(doc), &got));
    assert_same(got, with_replacements(arena, text));
    pl_json_destroy(doc);
}

static bool is_printable_line(struct pl_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c < 0x20 || c == 0x7f)
            return false;
    }
    return pl_utf8_invalid_at(s) == s.len;
}

static void test_random_strings(void **state)
{
    (void)state;
    static void (*const all[])(struct pl_buf *, struct pl_str) = {
        pl_escape_terminal, pl_escape_toml,  pl_escape_json,
        pl_escape_comment,  pl_escape_shell,
    };
    uint32_t seed = 1;
    for (int round = 0; round < 5000; round++) {
        PL_ARENA(arena);
        struct pl_str text = random_string(&arena, &seed);
        read_toml_back(&arena, text);
        read_json_back(&arena, text);
        for (size_t i = 0; i < PL_COUNT(all); i++) {
            PL_BUF(out, 1 << 16);
            all[i](&out, text);
            assert_true(is_printable_line(pl_buf_view(&out)));
        }
    }
}

/* Every single code point, and every single byte. */
static void test_every_code_point(void **state)
{
    (void)state;
    PL_BUF(text, 8u << 20);
    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        char b[4] = {
            (char)(0xf0 | code >> 18), (char)(0x80 | (code >> 12 & 0x3f)),
            (char)(0x80 | (code >> 6 & 0x3f)), (char)(0x80 | (code & 0x3f))};
        if (code < 0x80)
            pl_buf_add_char(&text, (char)code);
        else if (code < 0x800)
            pl_buf_add(&text, (char[]){(char)(0xc0 | code >> 6), b[3]}, 2);
        else if (code < 0x10000 && (code < 0xd800 || code > 0xdfff))
            pl_buf_add(&text, (char[]){(char)(0xe0 | code >> 12), b[2], b[3]},
                       3);
        else if (code >= 0x10000)
            pl_buf_add(&text, b, 4);
    }
    assert_true(pl_buf_ok(&text));
    assert_int_equal(text.len, 128 + 1920 * 2 + 61440 * 3 + 1048576 * 4);
    assert_int_equal(pl_utf8_invalid_at(pl_buf_view(&text)), text.len);
    PL_BUF(file, 64u << 20);
    pl_escape_json(&file, pl_buf_view(&text));
    struct pl_json *doc;
    struct pl_str got;
    assert_true(pl_json_parse(pl_buf_view(&file), &doc, NULL));
    assert_true(pl_json_str(pl_json_root(doc), &got));
    assert_same(got, pl_buf_view(&text));
    pl_json_destroy(doc);
}

/* ---- the shell's own opinion ---- */

/* What printf '%s' prints when the shell has read the escaped text. */
static void run_shell(const char *shell, struct pl_str escaped,
                      struct pl_buf *out)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    PL_BUF(command, 1 << 16);
    pl_buf_add_cstr(&command, "printf %s ");
    pl_buf_add_str(&command, escaped);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        execl(shell, shell, "-c", command.data, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    char part[512];
    ssize_t len;
    while ((len = read(ends[0], part, sizeof(part))) > 0)
        pl_buf_add(out, part, (size_t)len);
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void check_in_shell(const char *shell, bool must_know)
{
    if (access(shell, X_OK) != 0)
        skip();
    uint32_t seed = 7;
    for (int round = 0; round < 40; round++) {
        PL_ARENA(arena);
        struct pl_str text = random_string(&arena, &seed);
        if (pl_str_has(text, '\0'))
            continue;
        PL_BUF(escaped, 1 << 16);
        pl_escape_shell(&escaped, text);
        PL_BUF(got, 1 << 16);
        run_shell(shell, pl_buf_view(&escaped), &got);
        struct pl_str expected = text;
        bool same = pl_str_eq(pl_buf_view(&got), text);
        if (!same && !must_know && pl_str_starts(pl_buf_view(&escaped), "$'")) {
            escaped.data[1] = '$';
            expected = pl_str_sub(pl_buf_view(&escaped), 1, escaped.len - 1);
        }
        assert_same(pl_buf_view(&got), expected);
    }
}

static void test_bash_reads_back(void **state)
{
    (void)state;
    check_in_shell("/bin/bash", true);
}

/* Old ones print the escapes themselves, and run nothing of them. */
static void test_dash_is_not_harmed(void **state)
{
    (void)state;
    check_in_shell("/bin/dash", false);
}

static void test_markdown(void **state)
{
    (void)state;
    static const struct row rows[] = {
        ROW("", ""),
        ROW("numpy 2.8.0+cu128, a-b=1/2", "numpy 2.8.0+cu128, a-b=1/2"),
        ROW("a.in:2", "a.in:2"),
        ROW("<img src=x>", "&#60;img src=x&#62;"),
        ROW("a|b`c`*d*_e_~f~[g](h)!", "a&#124;b&#96;c&#96;&#42;d&#42;&#95;e"
                                      "&#95;&#126;f&#126;&#91;g&#93;&#40;h"
                                      "&#41;&#33;"),
        ROW("&amp; $x$ \\", "&#38;amp; &#36;x&#36; &#92;"),
        ROW("@a #1", "&#64;<!-- -->a &#35;<!-- -->1"),
        ROW("GH-1 gH-2", "GH&#45;<!-- -->1 gH&#45;<!-- -->2"),
        ROW("https://e.org WWW.e.org",
            "https&#58;//e.org WWW&#46;<!-- -->e.org"),
        ROW("a\nb" ESC_RED, "a&#92;nb&#92;x1b&#91;31m"),
        ROW("https://u:p@e.org/", "https&#58;//&#42;&#42;&#42;&#64;<!-- -->"
                                  "e.org/"),
    };
    check_table(rows, PL_COUNT(rows), pl_escape_markdown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terminal),
        cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_terminal_lines),
        cmocka_unit_test(test_comment),
        cmocka_unit_test(test_toml),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_shell),
        cmocka_unit_test(test_bash_reads_back),
        cmocka_unit_test(test_github),
        cmocka_unit_test(test_dash_is_not_harmed),
        cmocka_unit_test(test_random_strings),
        cmocka_unit_test(test_every_code_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
