/*
 * Reads locks and writes them again, for tests/e2e/lock_again_test.py.
 *
 * usage: lock_again same|other FILE
 *
 * The lock that was read, once written, must be read as the same lock and
 * written as the same bytes; with `same`, they must be those of the file.
 * Prints what was written. Exit 0: so it is; 1: not; 2: it cannot be read.
 */
#include <stdio.h>

#include "core/limits.h"
#include "lockfmt/lock_read.h"
#include "lockfmt/lock_write.h"
#include "tests/lock_equal.h"

static int fail(const struct pl_error *err)
{
    PL_BUF(out, PL_MAX_MESSAGE_BYTES);
    pl_error_print(err, "error", false, &out);
    fprintf(stderr, "%.*s", PL_STR_ARG(pl_buf_view(&out)));
    return 2;
}

int main(int argc, char **argv)
{
    PL_ARENA(arena);
    PL_BUF(first, PL_MAX_OUTPUT_BYTES);
    PL_BUF(second, PL_MAX_OUTPUT_BYTES);
    struct pl_error err = {.arena = &arena};
    const struct pl_source *source;
    struct pl_lock lock, again;
    if (argc != 3)
        return 2;
    if (!pl_source_load(&arena, pl_str_from(argv[2]), &source, &err) ||
        !pl_lock_read(&arena, source, &lock, NULL, &err))
        return fail(&err);
    struct pl_str name = PL_STR("pylock.toml");
    pl_lock_write(&lock, name, &first);
    struct pl_str written = pl_arena_dup(&arena, pl_buf_view(&first));
    if (!pl_lock_read(&arena, pl_source_from_text(&arena, name, written),
                      &again, NULL, &err))
        return fail(&err);
    pl_lock_write(&again, name, &second);
    fwrite(written.at, 1, written.len, stdout);
    const char *differs = lock_difference(&lock, &again);
    if (differs)
        fprintf(stderr, "read again it differs in %s\n", differs);
    bool stable = pl_str_eq(written, pl_buf_view(&second));
    bool same = argv[1][0] != 's' || pl_str_eq(written, source->text);
    if (!stable || !same)
        fprintf(stderr, "the bytes differ\n");
    return differs || !stable || !same;
}
