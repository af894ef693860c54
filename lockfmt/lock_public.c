#include "lockfmt/lock_public.h"

#include "core/buf.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/mask.h"
#include "lockfmt/reqs_write.h"
#include "pep/marker_choice.h"

/* ---- user names and passwords ---- */

struct stripper {
    struct pl_arena *arena;
    bool keep_ssh;
    size_t users;
};

static bool is_ssh(struct pl_str url)
{
    return pl_str_starts(url, "ssh://") || pl_str_starts(url, "git+ssh://");
}

static void strip(struct stripper *s, struct pl_str *url)
{
    PL_BUF(plain, PL_MAX_OUTPUT_BYTES);
    size_t done = 0, begin, end;
    while (pl_mask_find(*url, done, &begin, &end)) {
        struct pl_str user = pl_str_sub(*url, begin, end);
        bool kept = s->keep_ssh && is_ssh(*url) && !pl_str_has(user, ':');
        pl_buf_add_str(&plain, pl_str_sub(*url, done, kept ? end : begin));
        /* an '@' comes next, unless the secret was met by its colon */
        bool at = end < url->len && url->at[end] == '@';
        done = end + (at && !kept);
        s->users += !kept;
        if (end == begin && !at)
            break;
    }
    if (!done)
        return;
    pl_buf_add_str(&plain, pl_str_sub(*url, done, url->len));
    *url = pl_arena_dup(s->arena, pl_buf_view(&plain));
}

static void strip_package(struct stripper *s, struct pl_lock_package *package)
{
    struct pl_lock_file *more = package->more;
    strip(s, &package->index);
    strip(s, &package->file.url);
    strip(s, &package->tree.url);
    if (!package->more_count)
        return;
    package->more =
        pl_new_array(s->arena, struct pl_lock_file, package->more_count);
    for (size_t i = 0; i < package->more_count; i++) {
        package->more[i] = more[i];
        strip(s, &package->more[i].url);
    }
}

static struct pl_lock_package *copy_packages(struct pl_arena *arena,
                                             const struct pl_lock *lock)
{
    struct pl_lock_package *copy =
        pl_new_array(arena, struct pl_lock_package, lock->package_count);
    for (size_t i = 0; i < lock->package_count; i++)
        copy[i] = lock->packages[i];
    return copy;
}

void pl_lock_without_users(struct pl_arena *arena, const struct pl_lock *lock,
                           bool keep_ssh, struct pl_lock *out,
                           struct pl_lock_left *left)
{
    struct stripper s = {.arena = arena, .keep_ssh = keep_ssh};
    *out = *lock;
    out->packages = copy_packages(arena, lock);
    for (size_t i = 0; i < out->package_count; i++)
        strip_package(&s, &out->packages[i]);
    left->users = s.users;
}

/* ---- requirements.txt ---- */

static bool fail_marker(const struct pl_lock_package *package,
                        struct pl_error *err)
{
    return pl_error_set(err, PL_ERR_INPUT, package->span,
                        "the marker of `%.*s` cannot be written in "
                        "requirements.txt",
                        PL_STR_ARG(package->name));
}

/* *holds: it may, with what is chosen. */
static bool choose(struct pl_arena *arena, const struct pl_choice *choice,
                   struct pl_lock_package *package, bool *holds,
                   struct pl_error *err)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    const struct pl_marker *marker, *rest;
    *holds = true;
    if (!package->marker.len)
        return true;
    if (!pl_marker_parse(arena, package->marker, &marker, NULL))
        return fail_marker(package, err);
    *holds = pl_marker_choose(arena, marker, choice, &rest);
    if (*holds && rest)
        pl_marker_print(rest, &text);
    package->marker = pl_arena_dup(arena, pl_buf_view(&text));
    return pl_reqs_is_marker(package->marker) || fail_marker(package, err);
}

static void place(struct pl_arena *arena, struct pl_str folder,
                  struct pl_str *path)
{
    if (path->len && !pl_str_is(folder, "."))
        *path = pl_path_join(arena, folder, *path);
}

static void place_paths(struct pl_arena *arena, struct pl_str folder,
                        struct pl_lock_package *package)
{
    place(arena, folder, &package->file.path);
    place(arena, folder, &package->tree.path);
}

bool pl_lock_for_requirements(struct pl_arena *arena,
                              const struct pl_lock *lock, struct pl_str folder,
                              struct pl_lock *out, struct pl_lock_left *left,
                              struct pl_error *err)
{
    struct pl_lock_package *packages = copy_packages(arena, lock);
    const struct pl_choice choice = {.groups = lock->default_groups,
                                     .group_count = lock->default_group_count};
    size_t count = 0;
    for (size_t i = 0; i < lock->package_count; i++) {
        bool holds;
        packages[count] = packages[i];
        if (!choose(arena, &choice, &packages[count], &holds, err))
            return false;
        place_paths(arena, folder, &packages[count]);
        count += holds;
    }
    *out = *lock;
    out->packages = packages;
    out->package_count = count;
    left->packages = lock->package_count - count;
    return true;
}
