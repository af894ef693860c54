/*
 * Wrong files and the whole error that each gives: tests/data/NAME, cases of
 *
 *     ==== what is wrong
 *     the file's text
 *     ----
 *     the error as it is shown, the file being called "t.toml"
 *
 * A case that differs is printed as it came out. Included by one .c file a
 * test, after table.h.
 */
#ifndef PODLOCK_TESTS_WRONG_H
#define PODLOCK_TESTS_WRONG_H

#include "core/source.h"
#include "tests/unit/table.h"

/* Parses the source; false with an error. */
typedef bool (*wrong_parse)(struct pl_arena *arena,
                            const struct pl_source *source,
                            struct pl_error *err);

static inline struct pl_str wrong_render(struct pl_arena *arena,
                                         const struct pl_error *err)
{
    PL_BUF(out, PL_MAX_MESSAGE_BYTES);
    pl_error_print(err, "error", false, &out);
    return pl_arena_dup(arena, pl_buf_view(&out));
}

/* Takes the text up to the line `mark`, which is dropped. */
static inline struct pl_str wrong_until(struct pl_str *rest, const char *mark)
{
    struct pl_str all = *rest, line, before = all;
    while (pl_str_cut(rest, '\n', &line)) {
        if (!pl_str_starts(line, mark))
            continue;
        before.len = (size_t)(line.at - all.at);
        return before;
    }
    return before;
}

static inline bool wrong_case(wrong_parse parse, struct pl_str title,
                              struct pl_str body)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str text = wrong_until(&body, "----"), got = {0};
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("t.toml"), text);
    if (!parse(&arena, source, &err))
        got = wrong_render(&arena, &err);
    /* Without an error to fill in, too. */
    if (parse(&arena, source, NULL) != !got.len)
        fail_msg("%.*s: NULL as error changes the answer", PL_STR_ARG(title));
    if (pl_str_eq(got, body))
        return true;
    print_error("%.*s\n%.*s----\n%.*s", PL_STR_ARG(title), PL_STR_ARG(text),
                PL_STR_ARG(got));
    return false;
}

static inline void wrong_run(const char *name, wrong_parse parse, size_t least)
{
    PL_ARENA(arena);
    struct pl_str rest = table_load(&arena, name), title;
    size_t cases = 0, failed = 0;
    while (pl_str_cut(&rest, '\n', &title)) {
        if (!pl_str_starts(title, "===="))
            continue;
        struct pl_str from = rest;
        struct pl_str body = wrong_until(&rest, "====");
        /* The next title belongs to the next case. */
        if (body.len < from.len)
            rest = pl_str_sub(from, body.len, from.len);
        cases++;
        failed += !wrong_case(parse, title, body);
    }
    print_message("%s: %zu cases, %zu differ\n", name, cases, failed);
    assert_int_equal(failed, 0);
    assert_true(cases >= least);
}

/* As "| `key` |" in a table, or as a table's heading: "## `[key]`". */
static inline bool wrong_lists(struct pl_str page, struct pl_str key)
{
    static const char *const forms[][2] = {
        {"\n| `", "` | "}, {"\n## `[", "]`\n"}, {"\n## `[[", "]]`\n"}};
    for (size_t i = 0; i < PL_COUNT(forms); i++) {
        PL_BUF(row, PL_MAX_MESSAGE_BYTES);
        pl_buf_add_cstr(&row, forms[i][0]);
        pl_buf_add_str(&row, key);
        pl_buf_add_cstr(&row, forms[i][1]);
        if (pl_str_find_str(page, pl_buf_view(&row)) < page.len)
            return true;
    }
    return false;
}

/* Does docs/NAME list every key that the error for this text lists? */
static inline void wrong_documented(const char *name, wrong_parse parse,
                                    const char *text)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str page =
        table_load(&arena, pl_arena_printf(&arena, "../../docs/%s", name).at);
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("t.toml"), pl_str_from(text));
    assert_false(parse(&arena, source, &err));
    assert_true(pl_str_starts(err.hint, "its keys are "));
    struct pl_str key,
        rest = pl_str_sub(err.hint, strlen("its keys are "), err.hint.len);
    while (pl_str_cut(&rest, ',', &key))
        if (!wrong_lists(page, pl_str_trim(key)))
            fail_msg("docs/%s does not list `%.*s`", name, PL_STR_ARG(key));
}

#endif
