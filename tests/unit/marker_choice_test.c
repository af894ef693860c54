#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/limits.h"
#include "pep/marker_choice.h"

#define NT "os_name == 'nt'"
#define NT_SHOWN "os_name == \"nt\""

static const struct {
    const char *marker, *left; /* NULL: never */
} rows[] = {
    {NT, NT_SHOWN},
    {"'a' in extras", ""},
    {"'A' in extras", ""},
    {"'b' in extras", NULL},
    {"'b' not in extras", ""},
    {"'a' not in extras", NULL},
    {"'main' in dependency_groups", ""},
    {"'a' in dependency_groups", NULL},
    {"'a' in extras and " NT, NT_SHOWN},
    {"'b' in extras and " NT, NULL},
    {"'a' in extras or " NT, ""},
    {"'b' in extras or " NT, NT_SHOWN},
    {"'b' in extras or 'c' in extras", NULL},
    {"'a' in extras and 'main' in dependency_groups", ""},
    {"('b' in extras or " NT ") and ('a' in extras or " NT ")", NT_SHOWN},
    {"'b' in extras and " NT " or " NT, NT_SHOWN},
    {NT " and 'a' in extras and os_name == 'x'",
     NT_SHOWN " and os_name == \"x\""},
    {NT " and (os_name == 'x' or 'a' in extras)", NT_SHOWN},
    {"extras == 'a'", NULL},
    {"extras in 'a'", NULL},
};

static void what_is_left(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_str extras[] = {PL_STR("a")}, groups[] = {PL_STR("main")};
    const struct pl_choice choice = {extras, groups, 1, 1};
    for (size_t i = 0; i < PL_COUNT(rows); i++) {
        PL_BUF(text, PL_MAX_MESSAGE_BYTES);
        const struct pl_marker *marker, *left;
        assert_true(pl_marker_parse(&arena, pl_str_from(rows[i].marker),
                                    &marker, NULL));
        bool holds = pl_marker_choose(&arena, marker, &choice, &left);
        if (holds != (rows[i].left != NULL))
            fail_msg("%s: %s", rows[i].marker, holds ? "may hold" : "never");
        if (!holds)
            continue;
        if (left)
            pl_marker_print(left, &text);
        assert_string_equal(text.data ? text.data : "", rows[i].left);
    }
}

static void nothing_chosen(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_choice none = {0};
    const struct pl_marker *marker, *left;
    assert_true(pl_marker_choose(&arena, NULL, &none, &left));
    assert_null(left);
    assert_true(
        pl_marker_parse(&arena, PL_STR("'a' in extras"), &marker, NULL));
    assert_false(pl_marker_choose(&arena, marker, &none, &left));
    assert_true(pl_marker_parse(&arena, PL_STR(NT), &marker, NULL));
    assert_true(pl_marker_choose(&arena, marker, &none, &left));
    assert_ptr_equal(left, marker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left),
        cmocka_unit_test(nothing_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
