#include "cli/lock_files.h"

#include "core/file.h"
#include "core/limits.h"
#include "index/url.h"
#include "lockfmt/lock_public.h"
#include "lockfmt/reqs_write.h"

static bool fail_at(struct pl_error *err, const struct pl_lock_package *package,
                    const char *what)
{
    return pl_error_set(err, PL_ERR_INPUT, package->span, "`%.*s` %s",
                        PL_STR_ARG(package->name), what);
}

static struct pl_str without_fragment(struct pl_str url)
{
    return pl_str_sub(url, 0, pl_str_find(url, '#'));
}

static bool is_of_network(struct pl_str url)
{
    return pl_str_starts(url, "https://") || pl_str_starts(url, "http://");
}

/* Empty: it does not lie there. */
static struct pl_str path_in_root(struct pl_arena *arena,
                                  const struct pl_lock_root *root,
                                  struct pl_str url)
{
    struct pl_str below, path = {0};
    if (root->origin.len && pl_url_below(arena, root->origin, url, &below))
        path = pl_path_join(arena, root->folder, below);
    return path.len && pl_file_exists(path) ? path : (struct pl_str){0};
}

bool pl_lock_root_open(struct pl_arena *arena, struct pl_str folder,
                       struct pl_lock_root *out, struct pl_error *err)
{
    struct pl_str text = {0};
    enum pl_file_state state;
    if (!pl_dir_exists(folder))
        return pl_error_plain(err, PL_ERR_USAGE,
                              "there is no folder %.*s of --index-root",
                              PL_STR_ARG(folder));
    if (!pl_file_load(arena, pl_path_join(arena, folder, PL_STR("origin")),
                      PL_MAX_URL_BYTES, &text, &state, err))
        return false;
    *out = (struct pl_lock_root){folder, pl_str_trim(text)};
    return true;
}

static bool add_file(struct pl_arena *arena,
                     const struct pl_lock_package *package,
                     const struct pl_lock_file *file, struct pl_str folder,
                     struct pl_lock_files *files, struct pl_error *err)
{
    struct pl_download row = {
        .name = file->name,
        .url = without_fragment(file->url),
        .sha256 = file->sha256,
        .size = file->size,
        .has_size = file->has_size,
    };
    if (!file->sha256.len)
        return fail_at(err, package, "has no sha256, by which a file is known");
    if (!row.url.len)
        row.path = pl_path_join(arena, folder, file->path);
    else if (!is_of_network(row.url))
        return fail_at(err, package, "has a URL that is not http(s)");
    else
        row.path = path_in_root(arena, &files->root, row.url);
    if (row.path.len)
        row.url = (struct pl_str){0};
    for (size_t i = 0; i < files->rows.len; i++) {
        if (!pl_str_eq(files->rows.at[i].name, row.name))
            continue;
        return pl_str_eq(files->rows.at[i].sha256, row.sha256) ||
               fail_at(err, package,
                       "has a file by the name of another one, with other "
                       "contents");
    }
    pl_vec_push(arena, &files->rows, row);
    return true;
}

static bool add_package(struct pl_arena *arena,
                        const struct pl_lock_package *package,
                        struct pl_str folder, struct pl_lock_files *files,
                        struct pl_error *err)
{
    if (package->source != PL_LOCK_FILES && package->source != PL_LOCK_ARCHIVE)
        return fail_at(err, package,
                       "is a commit or a folder, which cannot be fetched");
    if (!add_file(arena, package, &package->file, folder, files, err))
        return false;
    for (size_t i = 0; i < package->more_count; i++)
        if (package->more[i].is_sdist)
            pl_vec_push(arena, &files->others, package->more[i].name);
        else if (!add_file(arena, package, &package->more[i], folder, files,
                           err))
            return false;
    return true;
}

bool pl_lock_files_add(struct pl_arena *arena, const struct pl_lock *lock,
                       struct pl_str lock_path, struct pl_lock_files *files,
                       struct pl_error *err)
{
    struct pl_str folder =
        pl_str_is(lock_path, "-") ? PL_STR(".") : pl_path_dir(lock_path);
    for (size_t i = 0; i < lock->package_count; i++)
        if (!add_package(arena, &lock->packages[i], folder, files, err))
            return false;
    return true;
}

bool pl_lock_files_flat(struct pl_arena *arena, const struct pl_lock *lock,
                        struct pl_str to, struct pl_lock *out,
                        struct pl_error *err)
{
    struct pl_lock_left left;
    struct pl_lock plain = *lock;
    plain.packages =
        pl_new_array(arena, struct pl_lock_package, lock->package_count + 1);
    for (size_t i = 0; i < lock->package_count; i++) {
        struct pl_lock_package package = lock->packages[i];
        bool is_archive = package.source == PL_LOCK_ARCHIVE;
        if (!package.version.len && !is_archive)
            return fail_at(err, &package, "does not state its version");
        package.index = (struct pl_str){0};
        package.file.path = (struct pl_str){0};
        if (is_archive)
            package.file.path = pl_path_join(arena, to, package.file.name);
        plain.packages[i] = package;
    }
    /* Otherwise what has no index would be written by its URL. */
    plain.is_foreign = true;
    plain.with_header = false;
    plain.with_via = true;
    return pl_lock_for_requirements(arena, &plain, PL_STR("."), out, &left,
                                    err) &&
           pl_reqs_check(out, err);
}
