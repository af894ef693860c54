#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "core/escape.h"
#include "core/limits.h"
#include "core/mask.h"

static void assert_masked(const char *text, const char *expected)
{
    PL_ARENA(arena);
    struct pl_str masked = pl_mask(&arena, pl_str_from(text));
    if (!pl_str_is(masked, expected))
        fail_msg("\"%s\" gives \"%.*s\", not \"%s\"", text, PL_STR_ARG(masked),
                 expected);
    struct pl_str again = pl_mask(&arena, masked);
    if (!pl_str_eq(again, masked))
        fail_msg("\"%s\": masking twice gives \"%.*s\"", text,
                 PL_STR_ARG(again));
}

static void what_is_hidden(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"https://user:pw@host/simple/", "https://***@host/simple/"},
        {"HTTP://token@host", "HTTP://***@host"},
        {"--index-url=https://u:p@h/ and ftp://a:b@c d",
         "--index-url=https://***@h/ and ftp://***@c d"},
        {"internal=https://u:p@h:8080/x", "internal=https://***@h:8080/x"},
        {"https://u:p@q@host/", "https://***@host/"},
        {"https://user:@host/", "https://***@host/"},
        {"https://u:p'\"w@h/", "https://***@h/"},
        {"https://${USER}:${PW}@h/", "https://***@h/"},
        {"https://u:p%40@[::1]:80/", "https://***@[::1]:80/"},
        {"git+ssh://git@host/a", "git+ssh://***@host/a"},
        /* not encoded as it should be */
        {"https://u:p/w@host/x", "https://***@host/x"},
        {"https://u:p?w#z@host/x", "https://***@host/x"},
        {"\"https://u:p w@host/x\"", "\"https://***@host/x\""},
        /* not written as it should be */
        {"https:/u:p@host/", "https:/***@host/"},
        {"https:///u:p@host/", "https:///***@host/"},
        {"//u:p@host/", "//***@host/"},
        {"a=//u:p@host/", "a=//***@host/"},
        /* joined lines */
        {"https://us\\\ner:p\\\r\nw@host/", "https://***@host/"},
        /* cut short */
        {"https://user:secr", "https://***"},
        {"`https://user:8080x`", "`https://***"},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++)
        assert_masked(rows[i][0], rows[i][1]);
}

static void what_is_shown(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "https://host/simple/",
        "https://host:8080/simple/x@y",
        "see https://host:8080: connection refused",
        "(https://host:443), `http://h:1`",
        "http://host: no route",
        "http://[::1]:3141/a@b",
        "https://host/a?b=c:d@e",
        "https://@host/",
        "git+https://github.com/a/b@v1",
        "name @ https://host/a-1.whl",
        "requirements.in:2:7: error",
        "C:/Users/me@work",
        "a//b@c",
        "runpod/pytorch:1@sha256:00",
        "http:/",
        "://",
        "//",
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++)
        assert_masked(rows[i], rows[i]);
}

static void every_medium_is_masked(void **state)
{
    (void)state;
    static void (*const media[])(struct pl_buf *, struct pl_str) = {
        pl_escape_terminal, pl_escape_terminal_lines, pl_escape_toml,
        pl_escape_json,     pl_escape_comment,        pl_escape_shell,
    };
    static const char *const rows[] = {"https://u:hunter2@h/",
                                       "\x01https://u:hunter2@h/ \xff",
                                       "https://u:hunter2"};
    for (size_t i = 0; i < PL_COUNT(media); i++)
        for (size_t k = 0; k < PL_COUNT(rows); k++) {
            PL_BUF(out, PL_MAX_MESSAGE_BYTES);
            media[i](&out, pl_str_from(rows[k]));
            assert_null(strstr(out.data, "hunter2"));
            assert_non_null(strstr(out.data, "https://***"));
        }
}

static void print_at(const char *text, const char *mark, struct pl_buf *out)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("r.in"), pl_str_from(text));
    size_t at = pl_str_find_str(source->text, pl_str_from(mark));
    struct pl_str marked = pl_str_sub(source->text, at, at + strlen(mark));
    pl_error_set(&err, PL_ERR_INPUT, pl_span_of(source, marked), "wrong");
    pl_error_print(&err, "error", false, out);
}

static void the_caret_stays_below_its_word(void **state)
{
    (void)state;
    static const struct {
        const char *text, *mark, *shown;
    } rows[] = {
        {"-i https://u:hunter2@h/ bad\n", "bad",
         "r.in:1:25: error: wrong\n"
         "  1 | -i https://***@h/ bad\n"
         "    |                   ^~~\n"},
        {"-i https://u:hunter2@h/\n", "https://u:hunter2@h/",
         "r.in:1:4: error: wrong\n"
         "  1 | -i https://***@h/\n"
         "    |    ^~~~~~~~~~~~~~\n"},
        {"-i https://u:hunter2@h/\n", "hunter2",
         "r.in:1:14: error: wrong\n"
         "  1 | -i https://***@h/\n"
         "    |               ^\n"},
        {"x\n-i https://u:hun\\\nter2@h/ bad\n", "bad",
         "r.in:3:9: error: wrong\n"
         "  3 | ***@h/ bad\n"
         "    |        ^~~\n"},
        {"-i https://u:hun\\\r\nter2@h/ bad\n", "-i",
         "r.in:1:1: error: wrong\n"
         "  1 | -i https://***\n"
         "    | ^~\n"},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        PL_BUF(out, PL_MAX_MESSAGE_BYTES);
        print_at(rows[i].text, rows[i].mark, &out);
        assert_string_equal(out.data, rows[i].shown);
    }
}

/* What is cut must not show half of a secret as something else. */
static void long_texts_are_masked_before_they_are_cut(void **state)
{
    (void)state;
    PL_ARENA(arena);
    for (size_t pad = 0; pad < 2 * PL_MAX_SHOWN_SENTENCE_BYTES; pad += 7) {
        PL_BUF(text, PL_MAX_MESSAGE_BYTES);
        PL_BUF(out, PL_MAX_MESSAGE_BYTES);
        struct pl_error err = {.arena = &arena};
        pl_buf_pad(&text, 'x', pad);
        pl_buf_add_cstr(&text, " https://hunter2hunter2@h/ ");
        pl_buf_pad(&text, 'y', 2 * PL_MAX_SHOWN_SENTENCE_BYTES - pad);
        pl_error_plain(&err, PL_ERR_INDEX, "%s", text.data);
        pl_error_print(&err, "error", false, &out);
        assert_null(strstr(out.data, "hunter"));
        pl_buf_clear(&out);
        print_at(text.data, " https", &out);
        assert_null(strstr(out.data, "hunter"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_hidden),
        cmocka_unit_test(what_is_shown),
        cmocka_unit_test(every_medium_is_masked),
        cmocka_unit_test(the_caret_stays_below_its_word),
        cmocka_unit_test(long_texts_are_masked_before_they_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
