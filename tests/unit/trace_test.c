#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/trace.h"

static unsigned topics_on(void)
{
    unsigned on = 0;
    for (unsigned bit = 1; bit <= PL_TRACE_ALL; bit <<= 1) {
        if (pl_trace_enabled((enum pl_trace_topic)bit))
            on |= bit;
    }
    return on;
}

static void test_set(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        bool known;
        unsigned on;
    } steps[] = {
        {"", true, 0},
        {"solve", true, PL_TRACE_SOLVE},
        {"index, choice,", true,
         PL_TRACE_SOLVE | PL_TRACE_INDEX | PL_TRACE_CHOICE},
        {"-solve", true, PL_TRACE_INDEX | PL_TRACE_CHOICE},
        {"options,nonsense", false, PL_TRACE_INDEX | PL_TRACE_CHOICE},
        {"--index", false, PL_TRACE_INDEX | PL_TRACE_CHOICE},
        {"all,-index", true, PL_TRACE_ALL & ~(unsigned)PL_TRACE_INDEX},
        {"-all", true, 0},
    };
    for (size_t i = 0; i < PL_COUNT(steps); i++) {
        assert_int_equal(pl_trace_set(pl_str_from(steps[i].list)),
                         steps[i].known);
        assert_int_equal(topics_on(), steps[i].on);
    }
}

static void test_print(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int saved = dup(2);
    fflush(stderr);
    dup2(ends[1], 2);
    assert_true(pl_trace_set(PL_STR("solve")));
    PL_TRACE(PL_TRACE_SOLVE, "round %d: %s", 2, "a\x1b[2J\nb");
    PL_TRACE(PL_TRACE_INDEX, "not shown");
    assert_true(pl_trace_set(PL_STR("-all")));
    fflush(stderr);
    dup2(saved, 2);
    close(ends[1]);
    char text[256] = {0};
    ssize_t len = read(ends[0], text, sizeof(text) - 1);
    close(ends[0]);
    close(saved);
    assert_true(len > 0);
    assert_string_equal(text, "podlock: solve: round 2: a\\x1b[2J\\nb\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
