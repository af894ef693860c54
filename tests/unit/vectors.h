/*
 * Reading the JSON files of tests/data/vectors: tables of rows that
 * `packaging` answered. Every row must hold, but for the ones in a list of
 * differences, which are those that docs/differences.md gives a reason for:
 * each of them must really differ, so that the list can neither grow nor rot
 * unseen.
 *
 *     vectors_run("marker_eval", check_row, "marker", differences, 1850);
 *
 * Included by one .c file a test; needs cmocka.h before it.
 */
#ifndef PODLOCK_TESTS_VECTORS_H
#define PODLOCK_TESTS_VECTORS_H

#include "core/json.h"
#include "tests/unit/table.h"

typedef bool (*vectors_row)(struct pl_arena *arena, struct pl_json_value root,
                            struct pl_json_value row);

/* The table, and the text of the row's shown member; ends with a NULL. */
struct vectors_difference {
    const char *table, *text;
};

static inline struct pl_json_value vectors_get(struct pl_json_value object,
                                               const char *key)
{
    struct pl_json_value value = {0};
    if (!pl_json_get(object, key, &value))
        fail_msg("there is no %s", key);
    return value;
}

static inline struct pl_str vectors_text(struct pl_json_value object,
                                         const char *key)
{
    struct pl_str text = {0};
    if (!pl_json_get_str(object, key, &text))
        fail_msg("there is no string %s", key);
    return text;
}

static inline bool vectors_bool(struct pl_json_value object, const char *key)
{
    bool answer = false;
    if (!pl_json_bool(vectors_get(object, key), &answer))
        fail_msg("there is no boolean %s", key);
    return answer;
}

static inline struct pl_json *vectors_load(struct pl_arena *arena,
                                           const char *table)
{
    struct pl_str path = pl_arena_printf(arena, "vectors/%s.json", table);
    struct pl_json *doc = NULL;
    if (!pl_json_parse(table_load(arena, path.at), &doc, NULL))
        fail_msg("%s is not JSON", path.at);
    return doc;
}

static inline bool vectors_differs(const struct vectors_difference *list,
                                   const char *table, struct pl_str text)
{
    for (; list->table; list++)
        if (strcmp(list->table, table) == 0 && pl_str_is(text, list->text))
            return true;
    return false;
}

static inline size_t vectors_count(const struct vectors_difference *list,
                                   const char *table)
{
    size_t count = 0;
    for (; list->table; list++)
        count += strcmp(list->table, table) == 0;
    return count;
}

static inline void vectors_run(const char *table, vectors_row check,
                               const char *shown,
                               const struct vectors_difference *differences,
                               size_t expected)
{
    PL_ARENA(arena);
    struct pl_json *doc = vectors_load(&arena, table);
    struct pl_json_value row, root = pl_json_root(doc);
    struct pl_json_iter it = pl_json_items(vectors_get(root, "rows"));
    size_t count = 0, known = 0, failed = 0;
    for (; pl_json_next(&it, NULL, &row); count++) {
        PL_ARENA(scratch);
        if (check(&scratch, root, row))
            continue;
        struct pl_str text = vectors_text(row, shown);
        if (vectors_differs(differences, table, text)) {
            known++;
            continue;
        }
        failed++;
        print_error("%s row %zu: %.*s\n", table, count, PL_STR_ARG(text));
    }
    pl_json_destroy(doc);
    print_message("%s: %zu rows, %zu differ on purpose, %zu fail\n", table,
                  count, known, failed);
    assert_int_equal(failed, 0);
    assert_int_equal(count, expected);
    assert_int_equal(known, vectors_count(differences, table));
}

#endif
