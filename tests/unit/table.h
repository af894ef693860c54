/*
 * Reading tests/data/: each line of a table that is neither empty nor a `#`
 * comment is a row. A row function returns whether the row holds; rows that do
 * not are printed and fail the test together at the end.
 *
 *     table_run("version.data", check_row, 100);
 *
 * Included by one .c file a test; needs cmocka.h before it.
 */
#ifndef PODLOCK_TESTS_TABLE_H
#define PODLOCK_TESTS_TABLE_H

#include "core/arena.h"
#include "core/error.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/str.h"

typedef bool (*table_row)(struct pl_arena *arena, struct pl_str row);

/* A file below tests/data/, in the arena. */
static inline struct pl_str table_load(struct pl_arena *arena, const char *name)
{
    const char *root = getenv("PODLOCK_SOURCE_ROOT");
    struct pl_str path =
        pl_arena_printf(arena, "%s/tests/data/%s", root ? root : ".", name);
    struct pl_str text = {0};
    struct pl_error err = {.arena = arena};
    if (!pl_file_load(arena, path, PL_MAX_USER_FILE_BYTES, &text, NULL, &err))
        fail_msg("%s: %.*s", path.at, PL_STR_ARG(err.message));
    return text;
}

/* Takes "left<separator>right" apart; false when it is not there. */
static inline bool table_split(struct pl_str row, const char *separator,
                               struct pl_str *left, struct pl_str *right)
{
    struct pl_str what = pl_str_from(separator);
    size_t at = pl_str_find_str(row, what);
    if (at == row.len)
        return false;
    *left = pl_str_trim(pl_str_sub(row, 0, at));
    *right = pl_str_trim(pl_str_sub(row, at + what.len, row.len));
    return true;
}

/* `least` guards against a table that was emptied by accident. */
static inline void table_run(const char *name, table_row check, size_t least)
{
    PL_ARENA(arena);
    struct pl_str rest = table_load(&arena, name), line;
    size_t rows = 0, failed = 0;
    for (size_t number = 1; pl_str_cut(&rest, '\n', &line); number++) {
        if (!line.len || line.at[0] == '#')
            continue;
        PL_ARENA(scratch);
        rows++;
        if (check(&scratch, line))
            continue;
        failed++;
        print_error("%s:%zu: does not hold: %.*s\n", name, number,
                    PL_STR_ARG(line));
    }
    print_message("%s: %zu rows, %zu differ\n", name, rows, failed);
    assert_int_equal(failed, 0);
    assert_true(rows >= least);
}

#endif
