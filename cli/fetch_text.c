#include "cli/fetch_text.h"

#include <sys/stat.h>

#include "core/escape.h"
#include "core/file.h"
#include "core/limits.h"
#include "lockfmt/lock_write.h"
#include "lockfmt/reqs_write.h"

#define MARK "# Of the files of this folder, written by podlock fetch.\n"

/* "requirements.txt" of pylock.toml, "requirements.gpu.txt" of pylock.gpu. */
static struct pl_str name_of(struct pl_arena *arena, struct pl_str lock)
{
    struct pl_str base = pl_path_base(lock);
    if (!pl_lock_name_valid(base))
        return PL_STR("requirements.txt");
    struct pl_str middle =
        pl_str_sub(base, strlen("pylock"), base.len - strlen(".toml"));
    return pl_arena_printf(arena, "requirements%.*s.txt", PL_STR_ARG(middle));
}

static bool check_twice(const struct pl_str *paths, const struct pl_str *locks,
                        size_t count, struct pl_error *err)
{
    for (size_t i = 0; i + 1 < count; i++) {
        if (!pl_str_eq(paths[i], paths[count - 1]))
            continue;
        pl_error_plain(err, PL_ERR_USAGE, "%.*s and %.*s would both write %.*s",
                       PL_STR_ARG(locks[i]), PL_STR_ARG(locks[count - 1]),
                       PL_STR_ARG(paths[i]));
        return pl_error_hint(err, "name locks pylock.NAME.toml, or fetch them "
                                  "into two folders");
    }
    return true;
}

/* A link is nobody's: what it leads to would be written. */
static bool check_own(struct pl_arena *arena, struct pl_str path,
                      struct pl_error *err)
{
    struct stat info;
    struct pl_str text;
    if (lstat(pl_arena_dup(arena, path).at, &info))
        return true;
    if (S_ISREG(info.st_mode) &&
        pl_file_load(arena, path, PL_MAX_OUTPUT_BYTES, &text, NULL, NULL) &&
        pl_str_starts(text, MARK))
        return true;
    pl_error_plain(err, PL_ERR_FILE, "%.*s is there and is not podlock's",
                   PL_STR_ARG(path));
    return pl_error_hint(err, "fetch into a folder of its own");
}

bool pl_fetch_text_paths(struct pl_arena *arena, struct pl_str folder,
                         const struct pl_str *locks, size_t count,
                         struct pl_str **paths, struct pl_error *err)
{
    struct pl_str *made = pl_new_array(arena, struct pl_str, count + 1);
    for (size_t i = 0; i < count; i++) {
        made[i] = pl_path_join(arena, folder, name_of(arena, locks[i]));
        if (!check_twice(made, locks, i + 1, err) ||
            !check_own(arena, made[i], err))
            return false;
    }
    *paths = made;
    return true;
}

static void add_install(struct pl_buf *out, const struct pl_lock *flat,
                        struct pl_str folder, struct pl_str path)
{
    pl_buf_add_cstr(out, "pip install ");
    if (pl_lock_shadows_os(flat))
        pl_buf_add_cstr(out, "--ignore-installed ");
    pl_buf_add_cstr(out, "--no-deps --require-hashes --no-index --find-links ");
    pl_escape_shell(out, folder);
    pl_buf_add_cstr(out, " -r ");
    pl_escape_shell(out, path);
}

bool pl_fetch_text_save(struct pl_arena *arena, struct pl_str folder,
                        struct pl_str path, const struct pl_lock *flat,
                        struct pl_str *install, struct pl_error *err)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    PL_BUF(line, PL_MAX_OUTPUT_BYTES);
    add_install(&line, flat, folder, path);
    /* The file does not know where the folder will be. */
    pl_buf_add_cstr(&text, MARK "# In it, without a network:\n#     ");
    add_install(&text, flat, PL_STR("."), pl_path_base(path));
    pl_buf_add_cstr(&text, "\n\n");
    pl_reqs_write(flat, path, &text);
    if (!pl_buf_ok(&text) || !pl_buf_ok(&line))
        return pl_error_plain(err, PL_ERR_LIMIT, "%.*s would be too large",
                              PL_STR_ARG(path));
    if (!check_own(arena, path, err) ||
        !pl_file_save(path, pl_buf_view(&text), err))
        return false;
    *install = pl_arena_dup(arena, pl_buf_view(&line));
    return true;
}
