#include "lockfmt/reqs_write.h"

static bool fail(const struct pl_lock_package *package, struct pl_error *err,
                 const char *what)
{
    return pl_error_set(err, PL_ERR_INPUT, package->span,
                        "`%.*s` cannot be written in requirements.txt: %s",
                        PL_STR_ARG(package->name), what);
}

/* pip checks the hashes of all or of none. */
static bool fail_unhashed(const struct pl_lock_package *package,
                          struct pl_error *err, const char *what)
{
    fail(package, err, what);
    return pl_error_hint(err, "--no-hashes writes it, and no hashes at all: "
                              "pip checks them for every package or for none");
}

/* pip reads a path as it is: what it would not is no escape either. */
static bool is_path(struct pl_str path)
{
    for (size_t i = 0; i < path.len; i++)
        if (!pl_is_alnum(path.at[i]) &&
            !pl_str_has(PL_STR("._-/+~,="), path.at[i]))
            return false;
    return true;
}

/* Nor has a path a fragment that names the project's folder. */
static bool check_file(const struct pl_lock_package *package,
                       struct pl_error *err)
{
    if (!pl_reqs_is_by_path(package))
        return true;
    if (package->tree.subdirectory.len)
        return fail(package, err,
                    "it is a subdirectory of a local archive, which pip "
                    "cannot be told");
    return is_path(package->file.path) ||
           fail(package, err,
                "its path has characters that pip reads otherwise");
}

static bool check_place(const struct pl_lock_package *package,
                        struct pl_error *err)
{
    const struct pl_lock_tree *tree = &package->tree;
    if (package->source == PL_LOCK_DIRECTORY)
        return (is_path(tree->path) && is_path(tree->subdirectory)) ||
               fail(package, err,
                    "its path has characters that pip reads otherwise");
    /* behind either of them pip looks for no commit: it would take any */
    return (!pl_str_has(tree->url, '?') && !pl_str_has(tree->url, '#')) ||
           fail(package, err, "its URL has a query or a fragment");
}

static bool check_tree(const struct pl_lock *lock,
                       const struct pl_lock_package *package,
                       struct pl_error *err)
{
    const struct pl_lock_tree *tree = &package->tree;
    if (package->source == PL_LOCK_VCS && !tree->url.len)
        return fail(package, err,
                    "its repository is named by a path, which pip reads only "
                    "as a URL");
    if (package->source == PL_LOCK_DIRECTORY && package->marker.len)
        return fail(package, err, "a folder cannot have a marker");
    if (!check_place(package, err))
        return false;
    return lock->without_hashes ||
           fail_unhashed(package, err,
                         package->source == PL_LOCK_VCS
                             ? "pip cannot check the hash of a commit"
                             : "pip cannot check the hash of a folder");
}

static bool check_hashes(const struct pl_lock *lock,
                         const struct pl_lock_package *package,
                         struct pl_error *err)
{
    bool hashed =
        lock->without_hashes || pl_reqs_hash(&package->file).value.len;
    for (size_t i = 0; i < package->more_count; i++)
        hashed |= pl_reqs_hash(&package->more[i]).value.len > 0;
    return hashed || fail_unhashed(package, err,
                                   "it has no hash of those that pip checks: "
                                   "sha256, sha384, sha512");
}

static bool check(const struct pl_lock *lock,
                  const struct pl_lock_package *package, struct pl_error *err)
{
    if (!pl_reqs_is_marker(package->marker))
        return fail(package, err, "its marker");
    if (package->source == PL_LOCK_VCS || package->source == PL_LOCK_DIRECTORY)
        return check_tree(lock, package, err);
    if (package->source == PL_LOCK_FILES && !package->version.len)
        return fail(package, err, "the lock does not state its version");
    return check_file(package, err) && check_hashes(lock, package, err);
}

bool pl_reqs_check(const struct pl_lock *lock, struct pl_error *err)
{
    for (size_t i = 0; i < lock->package_count; i++)
        if (!check(lock, &lock->packages[i], err))
            return false;
    return true;
}
