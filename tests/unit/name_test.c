#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pep/name.h"
#include "tests/unit/table.h"

static bool is_normal_form(struct pl_arena *arena, struct pl_str name,
                           struct pl_str expected)
{
    struct pl_str normal = pl_name_normalize(arena, name);
    struct pl_str again = pl_name_normalize(arena, normal);
    return pl_name_valid(name) && pl_str_eq(normal, expected) &&
           pl_name_is_normal(name) == pl_str_eq(name, expected) &&
           pl_name_is_normal(normal) && again.at == normal.at;
}

static bool check_row(struct pl_arena *arena, struct pl_str row)
{
    struct pl_str left, right;
    if (table_split(row, " -> ", &left, &right))
        return is_normal_form(arena, left, right);
    struct pl_str name = pl_str_sub(row, 1, row.len);
    return row.at[0] == '!' && !pl_name_valid(name) && !pl_name_is_normal(name);
}

static void test_table(void **state)
{
    (void)state;
    table_run("name.data", check_row, 28);
}

static void test_limits(void **state)
{
    (void)state;
    char text[PL_MAX_NAME_BYTES + 1];
    memset(text, 'a', sizeof(text));
    assert_true(pl_name_valid((struct pl_str){text, PL_MAX_NAME_BYTES}));
    assert_false(pl_name_valid((struct pl_str){text, sizeof(text)}));
    text[1] = '\0';
    assert_false(pl_name_valid((struct pl_str){text, 3}));
    assert_false(pl_name_valid((struct pl_str){NULL, 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
