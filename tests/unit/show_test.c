#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/show.h"

#define WORDS(...) ((const char *[]){__VA_ARGS__, NULL})

static void assert_shown(struct pl_buf *out, const char *expected)
{
    assert_true(pl_buf_ok(out));
    assert_string_equal(out->data ? out->data : "", expected);
}

static void colour_is_decided_in_order(void **state)
{
    (void)state;
    static const struct {
        enum pl_when when;
        bool is_terminal;
        const char *vars[4];
        bool colour;
    } rows[] = {
        {PL_WHEN_AUTO, true, {"TERM=xterm"}, true},
        {PL_WHEN_AUTO, false, {"TERM=xterm"}, false},
        {PL_WHEN_AUTO, true, {"TERM=dumb"}, false},
        {PL_WHEN_AUTO, true, {NULL}, false},
        {PL_WHEN_AUTO, true, {"TERM=xterm", "NO_COLOR=1"}, false},
        {PL_WHEN_AUTO, true, {"TERM=xterm", "NO_COLOR="}, true},
        {PL_WHEN_AUTO, false, {"FORCE_COLOR=1"}, true},
        {PL_WHEN_AUTO, false, {"FORCE_COLOR=0"}, false},
        {PL_WHEN_AUTO, false, {"CLICOLOR_FORCE=1", "TERM=dumb"}, true},
        {PL_WHEN_AUTO, false, {"CLICOLOR_FORCE=0"}, false},
        {PL_WHEN_AUTO, false, {"NO_COLOR=1", "FORCE_COLOR=1"}, false},
        {PL_WHEN_ALWAYS, false, {"NO_COLOR=1", "TERM=dumb"}, true},
        {PL_WHEN_NEVER, true, {"FORCE_COLOR=1", "TERM=xterm"}, false},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_show show =
            pl_show_make(rows[i].when, rows[i].is_terminal, 100, rows[i].vars);
        if (show.colour != rows[i].colour)
            fail_msg("row %zu", i);
    }
}

static void width_is_decided_in_order(void **state)
{
    (void)state;
    static const struct {
        bool is_terminal;
        unsigned terminal_width;
        const char *vars[2];
        unsigned width;
    } rows[] = {
        {true, 132, {NULL}, 132},          {true, 0, {NULL}, 80},
        {true, 132, {"COLUMNS=60"}, 60},   {false, 132, {NULL}, 0},
        {false, 0, {"COLUMNS=60"}, 60},    {true, 132, {"COLUMNS=0"}, 132},
        {true, 132, {"COLUMNS=-5"}, 132},  {true, 132, {"COLUMNS="}, 132},
        {true, 132, {"COLUMNS=1e9"}, 132}, {true, 3, {NULL}, 80},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        struct pl_show show =
            pl_show_make(PL_WHEN_AUTO, rows[i].is_terminal,
                         rows[i].terminal_width, rows[i].vars);
        if (show.width != rows[i].width)
            fail_msg("row %zu: %u", i, show.width);
    }
}

static void bytes_have_decimal_units(void **state)
{
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {
        {0, "0 B"},
        {999, "999 B"},
        {1000, "1.0 kB"},
        {1049, "1.0 kB"},
        {1050, "1.1 kB"},
        {999949, "999.9 kB"},
        {999950, "1.0 MB"},
        {1012345, "1.0 MB"},
        {999949999, "999.9 MB"},
        {999950000, "1.0 GB"},
        {3041234567, "3.0 GB"},
        {UINT64_MAX, "18.4 EB"},
    };
    PL_ARENA(arena);
    for (size_t i = 0; i < PL_COUNT(rows); i++)
        assert_string_equal(pl_show_bytes(&arena, rows[i].bytes).at,
                            rows[i].text);
}

static void durations_and_counts(void **state)
{
    (void)state;
    static const struct {
        uint64_t ns;
        const char *text;
    } rows[] = {
        {0, "0.0 ms"},
        {420000, "0.4 ms"},
        {9990000, "9.9 ms"},
        {27000000, "27 ms"},
        {1450000000, "1.4 s"},
        {59999999999, "59.9 s"},
        {123000000000, "2 min 03 s"},
    };
    PL_ARENA(arena);
    for (size_t i = 0; i < PL_COUNT(rows); i++)
        assert_string_equal(pl_show_duration(&arena, rows[i].ns).at,
                            rows[i].text);
    assert_string_equal(pl_show_count(&arena, 1, "package", "packages").at,
                        "1 package");
    assert_string_equal(pl_show_count(&arena, 0, "package", "packages").at,
                        "0 packages");
}

static void foreign_text_is_escaped(void **state)
{
    (void)state;
    PL_BUF(plain, 1000);
    PL_BUF(coloured, 1000);
    struct pl_show without = {0}, with = {.colour = true};
    pl_show_text(&without, PL_STYLE_RED, PL_STR("a\033[31mb\n"), &plain);
    assert_shown(&plain, "a\\x1b[31mb\\n");
    pl_show_text(&with, PL_STYLE_RED, PL_STR("a\r"), &coloured);
    assert_shown(&coloured, "\033[31ma\\x0d\033[0m");
}

static void lines_are_broken(void **state)
{
    (void)state;
    PL_BUF(out, 1000);
    struct pl_show show = {.width = 20};
    pl_show_wrapped(&show, 2, PL_STR("some words that fill two lines"), &out);
    assert_shown(&out, "  some words that\n  fill two lines\n");
    pl_buf_clear(&out);
    show.width = 0;
    pl_show_wrapped(&show, 2, PL_STR("some words that fill one line"), &out);
    assert_shown(&out, "  some words that fill one line\n");
}

static void items_hang_at_their_column(void **state)
{
    (void)state;
    PL_BUF(out, 1000);
    struct pl_show show = {.width = 20};
    pl_show_item(&show, PL_STR("left"), PL_STR("right\nmore of it"), 8, &out);
    pl_show_item(&show, PL_STR("longer"), PL_STR("right"), 8, &out);
    assert_shown(&out, "  left  right\\nmore\n        of it\n"
                       "  longer\n        right\n");
}

static const struct pl_column columns[] = {{.title = "name", .cut = true},
                                           {.title = "size", .right = true}};

static void fill(struct pl_table *table)
{
    pl_table_init(table, columns, PL_COUNT(columns));
    pl_table_row(table);
    pl_table_cell(table, PL_STR("a\033[1m"), PL_STYLE_BOLD);
    pl_table_cell(table, PL_STR("1.0 MB"), PL_STYLE_PLAIN);
    pl_table_row(table);
    pl_table_cell(table, PL_STR("sch\xc3\xb6n-and-long-name"), PL_STYLE_PLAIN);
    pl_table_cell(table, PL_STR("12 B"), PL_STYLE_PLAIN);
}

static void tables_are_aligned(void **state)
{
    (void)state;
    struct pl_table table;
    PL_BUF(out, 1000);
    struct pl_show show = {0};
    fill(&table);
    pl_table_print(&table, 2, &show, &out);
    pl_table_finish(&table);
    assert_shown(&out, "  name                   size\n"
                       "  a\\x1b[1m             1.0 MB\n"
                       "  sch\xc3\xb6n-and-long-name    12 B\n");
}

static void tables_fit_the_width(void **state)
{
    (void)state;
    struct pl_table table;
    PL_BUF(out, 1000);
    struct pl_show show = {.width = 24};
    fill(&table);
    pl_table_print(&table, 2, &show, &out);
    pl_table_finish(&table);
    assert_shown(&out, "  name              size\n"
                       "  a\\x1b[1m        1.0 MB\n"
                       "  sch\xc3\xb6n-and-long    12 B\n");
}

/* Those that may lose their end do, evenly, down to their titles. */
static void columns_are_cut_evenly(void **state)
{
    (void)state;
    static const struct pl_column three[] = {{.title = "one", .cut = true},
                                             {.title = "", .right = true},
                                             {.title = "three", .cut = true}};
    static const struct {
        unsigned width;
        const char *text;
    } table[] = {
        {0, "one            three\n0123456789  x  01234567\n"},
        {23, "one            three\n0123456789  x  01234567\n"},
        {20, "one          three\n01234567  x  0123456\n"},
        {19, "one          three\n01234567  x  012345\n"},
        {15, "one       three\n01234  x  01234\n"},
        {10, "one     three\n012  x  01234\n"},
    };
    for (size_t i = 0; i < PL_COUNT(table); i++) {
        struct pl_table t;
        struct pl_show show = {.width = table[i].width};
        PL_BUF(out, 1000);
        pl_table_init(&t, three, PL_COUNT(three));
        pl_table_row(&t);
        pl_table_cell(&t, PL_STR("0123456789"), PL_STYLE_PLAIN);
        pl_table_cell(&t, PL_STR("x"), PL_STYLE_PLAIN);
        pl_table_cell(&t, PL_STR("01234567"), PL_STYLE_PLAIN);
        pl_table_print(&t, 0, &show, &out);
        pl_table_finish(&t);
        assert_shown(&out, table[i].text);
    }
}

/* Blanks stand outside of colours, none at the end; missing cells are empty. */
static void cells_are_coloured(void **state)
{
    (void)state;
    static const struct pl_column bare[] = {
        {.title = NULL}, {.right = true}, {.title = NULL}};
    struct pl_table table;
    struct pl_show show = {.colour = true};
    PL_BUF(out, 1000);
    pl_table_init(&table, bare, PL_COUNT(bare));
    pl_table_row(&table);
    pl_table_cell(&table, PL_STR("ab"), PL_STYLE_GREEN);
    pl_table_cell(&table, PL_STR("c"), PL_STYLE_DIM);
    pl_table_row(&table);
    pl_table_cell(&table, PL_STR("\xe6\xbc\xa2x"), PL_STYLE_PLAIN);
    pl_table_cell(&table, PL_STR("de"), PL_STYLE_BOLD);
    pl_table_cell(&table, PL_STR(""), PL_STYLE_BOLD);
    pl_table_row(&table);
    pl_table_print(&table, 1, &show, &out);
    pl_table_finish(&table);
    assert_shown(&out, " \033[32mab\033[0m    \033[2mc\033[0m\n"
                       " \xe6\xbc\xa2x  \033[1mde\033[0m\n"
                       "\n");
}

static void empty_tables_print_nothing(void **state)
{
    (void)state;
    struct pl_table table;
    PL_BUF(out, 1000);
    struct pl_show show = {0};
    pl_table_init(&table, columns, PL_COUNT(columns));
    pl_table_print(&table, 0, &show, &out);
    pl_table_finish(&table);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colour_is_decided_in_order),
        cmocka_unit_test(width_is_decided_in_order),
        cmocka_unit_test(bytes_have_decimal_units),
        cmocka_unit_test(durations_and_counts),
        cmocka_unit_test(foreign_text_is_escaped),
        cmocka_unit_test(lines_are_broken),
        cmocka_unit_test(items_hang_at_their_column),
        cmocka_unit_test(tables_are_aligned),
        cmocka_unit_test(tables_fit_the_width),
        cmocka_unit_test(columns_are_cut_evenly),
        cmocka_unit_test(cells_are_coloured),
        cmocka_unit_test(empty_tables_print_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
