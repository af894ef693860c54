/*
 * What the tests of index/ share: pages out of text, a folder that is made
 * for one test and removed after it, and the texts of errors.
 *
 * Included by one .c file a test; needs cmocka.h before it.
 */
#ifndef PODLOCK_TESTS_INDEX_UTIL_H
#define PODLOCK_TESTS_INDEX_UTIL_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "index/page.h"

typedef bool (*page_parser)(struct pl_arena *arena,
                            const struct pl_page_input *input,
                            const struct pl_page **out, struct pl_error *err);

/* The page of project "a" at https://i.example/simple/a/, or the error. */
static inline const struct pl_page *page_of(struct pl_arena *arena,
                                            page_parser parse,
                                            struct pl_str body,
                                            struct pl_error *err)
{
    struct pl_page_input input = {
        .body = body,
        .url = PL_STR("https://i.example/simple/a/"),
        .index_url = PL_STR("https://i.example/simple/"),
        .project = PL_STR("a"),
    };
    const struct pl_page *page = NULL;
    *err = (struct pl_error){.arena = arena};
    if (!parse(arena, &input, &page, err))
        assert_null(page);
    return page;
}

static inline void assert_str(struct pl_str found, const char *wanted)
{
    if (!pl_str_is(found, wanted))
        fail_msg("found `%.*s`, wanted `%s`", PL_STR_ARG(found), wanted);
}

/* The error has this code, and its message holds this text. */
static inline void assert_error(const struct pl_error *err,
                                enum pl_error_code code, const char *part)
{
    struct pl_str what = pl_str_from(part);
    if (err->code != code ||
        (what.len && pl_str_find_str(err->message, what) == err->message.len))
        fail_msg("error %d `%.*s`, wanted %d with `%s`", (int)err->code,
                 PL_STR_ARG(err->message), (int)code, part);
}

/* ---- a temporary folder ---- */

static inline const char *tree_make(void)
{
    static char path[256];
    const char *base = getenv("TMPDIR");
    snprintf(path, sizeof(path), "%s/podlock-test-XXXXXX",
             base && *base ? base : P_tmpdir);
    assert_non_null(mkdtemp(path));
    return path;
}

static inline void tree_add_bytes(const char *root, const char *name,
                                  struct pl_str text)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str path =
        pl_path_join(&arena, pl_str_from(root), pl_str_from(name));
    if (!pl_dir_make(pl_path_dir(path), &err) ||
        !pl_file_save(path, text, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
}

static inline void tree_add(const char *root, const char *name,
                            const char *text)
{
    tree_add_bytes(root, name, pl_str_from(text));
}

static inline void tree_remove_below(struct pl_arena *arena, struct pl_str path)
{
    struct pl_str *names;
    size_t count;
    if (!pl_dir_exists(path)) {
        unlink(path.at);
        return;
    }
    assert_true(pl_dir_list(arena, path, &names, &count, NULL));
    for (size_t i = 0; i < count; i++)
        tree_remove_below(arena, pl_path_join(arena, path, names[i]));
    rmdir(path.at);
}

static inline void tree_remove(const char *root)
{
    PL_ARENA(arena);
    tree_remove_below(&arena, pl_str_from(root));
}

#endif
