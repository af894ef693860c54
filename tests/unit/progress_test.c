#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/progress.h"
#include "core/limits.h"

static const char *const terminal[] = {"TERM=xterm", NULL};

static void what_it_says(void **state)
{
    (void)state;
    static const struct {
        struct pl_progress progress;
        unsigned width;
        const char *text;
    } rows[] = {
        {{.asked = 120,
          .answered = 34,
          .bytes = 4200000,
          .now = {"scikit-learn", 12}},
         80,
         "Reading 34 of 120 pages and metadata (4.2 MB) scikit-learn"},
        {{.asked = 1}, 80, "Reading 0 of 1 pages and metadata (0 B)"},
        {{.asked = 1, .now = {"a\x1b[2Jb\n", 7}},
         80,
         "Reading 0 of 1 pages and metadata (0 B) a\\x1b[2Jb\\n"},
        {{.asked = 120, .answered = 34, .bytes = 4200000},
         20,
         "Reading 34 of 120 pa"},
        {{.asked = 1, .now = {"\xc3\xa4\xc3\xb6\xc3\xbc", 6}},
         42,
         "Reading 0 of 1 pages and metadata (0 B) \xc3\xa4\xc3\xb6"},
        {{.asked = 9, .waiting = true, .now = {"numpy", 5}},
         80,
         "Waiting for another podlock that asks the same"},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        PL_BUF(text, PL_MAX_MESSAGE_BYTES);
        pl_progress_print(&rows[i].progress, rows[i].width, &text);
        assert_string_equal(text.data, rows[i].text);
    }
}

static void who_sees_it(void **state)
{
    (void)state;
    static const struct {
        struct pl_common common;
        bool is_terminal;
        const char *vars[3];
        bool wanted;
    } rows[] = {
        {{0}, true, {"TERM=xterm"}, true},
        {{0}, true, {"TERM=xterm", "CI=false"}, true},
        {{0}, true, {"TERM=xterm", "CI="}, true},
        {{0}, false, {"TERM=xterm"}, false},
        {{0}, true, {"TERM=dumb"}, false},
        {{0}, true, {NULL}, false},
        {{0}, true, {"TERM=xterm", "CI=true"}, false},
        {{.quiet = true}, true, {"TERM=xterm"}, false},
        {{.verbose = 1}, true, {"TERM=xterm"}, false},
        {{.trace = {"index", 5}}, true, {"TERM=xterm"}, false},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++)
        if (pl_progress_is_wanted(&rows[i].common, rows[i].is_terminal,
                                  rows[i].vars) != rows[i].wanted)
            fail_msg("row %zu", i);
}

/* Standard error of a test is no terminal: nothing may be drawn. */
static void nothing_without_a_terminal(void **state)
{
    (void)state;
    struct pl_cli cli = {.vars = terminal, .err = {.width = 80}};
    struct pl_progress_line line;
    pl_progress_begin(&line, &cli, true);
    assert_int_equal(line.width, 0);
    line.begun_ns = 0;
    pl_progress_report(&line, &(struct pl_progress){.asked = 1});
    assert_false(line.is_drawn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_says),
        cmocka_unit_test(who_sees_it),
        cmocka_unit_test(nothing_without_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
