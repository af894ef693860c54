/*
 * A folder of its own for a test that reads user files, and short ways to
 * write and read them. Paths are relative to that folder.
 *
 * Included by one .c file a test, after wrong.h.
 */
#ifndef PODLOCK_TESTS_REQFILE_UTIL_H
#define PODLOCK_TESTS_REQFILE_UTIL_H

#include <unistd.h>

#include "core/buf.h"
#include "resolver/reqfile.h"

static inline void put(const char *name, const char *text)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    if (!pl_file_save(pl_str_from(name), pl_str_from(text), &err))
        fail_msg("%s: %.*s", name, PL_STR_ARG(err.message));
}

/* The tests' data are named from the source root, which may be relative. */
static inline void enter_folder(void)
{
    char root[PL_MAX_PATH_BYTES], path[PL_MAX_PATH_BYTES];
    const char *named = getenv("PODLOCK_SOURCE_ROOT");
    const char *base = getenv("TMPDIR");
    if (realpath(named ? named : ".", root))
        setenv("PODLOCK_SOURCE_ROOT", root, 1);
    snprintf(path, sizeof(path), "%s/reqfile-XXXXXX", base ? base : P_tmpdir);
    assert_non_null(mkdtemp(path));
    assert_int_equal(chdir(path), 0);
}

static inline void leave_folder(void)
{
    char path[PL_MAX_PATH_BYTES];
    assert_non_null(getcwd(path, sizeof(path)));
    assert_int_equal(chdir(".."), 0);
    PL_ARENA(arena);
    struct pl_str *names;
    size_t count;
    if (!pl_dir_list(&arena, pl_str_from(path), &names, &count, NULL))
        return;
    for (size_t i = 0; i < count; i++)
        (void)!unlink(pl_path_join(&arena, pl_str_from(path), names[i]).at);
    (void)!rmdir(path);
}

/* Reads or fails the test. */
static inline void read_or_fail(struct pl_inputs *in, const char *name)
{
    struct pl_error err = {.arena = in->arena};
    if (!pl_inputs_read(in, pl_str_from(name), &err))
        fail_msg("%.*s", PL_STR_ARG(wrong_render(in->arena, &err)));
}

/* "where: requirement" of each, a line each. */
static inline const char *show_asked(struct pl_arena *arena,
                                     const struct pl_asked *asked, size_t count)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    for (size_t i = 0; i < count; i++) {
        pl_buf_addf(&out, "%.*s: ", PL_STR_ARG(asked[i].where));
        pl_requirement_print(&asked[i].req, &out);
        for (size_t k = 0; k < asked[i].hash_count; k++)
            pl_buf_addf(&out, " %.*s", PL_STR_ARG(asked[i].hashes[k]));
        pl_buf_add_char(&out, '\n');
    }
    return pl_arena_dup(arena, pl_buf_view(&out)).at;
}

#define SHOW(in, list) show_asked((in).arena, (in).list.at, (in).list.len)

static inline const char *show_warnings(const struct pl_inputs *in)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    for (size_t i = 0; i < in->warnings.len; i++)
        pl_error_print(&in->warnings.at[i], "warning", false, &out);
    return pl_arena_dup(in->arena, pl_buf_view(&out)).at;
}

#endif
