#include "index/cache_admin.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "index/block.h"
#include "index/cache_internal.h"

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static bool fail(const struct pl_cache *cache, const char *what,
                 struct pl_error *err)
{
    return pl_error_plain(err, PL_ERR_FILE, "the cache %.*s %s: %s",
                          PL_STR_ARG(cache->dir), what, strerror(errno));
}

/* ---- walking ---- */

enum file_class { CLASS_ENTRY, CLASS_OTHER, CLASS_FOREIGN };

struct found {
    int folder_fd;
    struct pl_str folder, name;
    struct stat info;
    enum file_class class;
    struct pl_cache_entry entry; /* CLASS_ENTRY */
};

struct walk {
    struct pl_cache *cache;
    struct pl_arena *arena;
    void (*file)(struct walk *walk, const struct found *found);
    /* After its files; may be NULL. */
    void (*folder)(struct walk *walk, int root, int fd, struct pl_str name);
    void *user;
};

static int open_folder(int at, const char *name)
{
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int compare_names(const void *a, const void *b)
{
    return pl_str_cmp(*(const struct pl_str *)a, *(const struct pl_str *)b);
}

/* All names first: files come and go while they are looked at. */
static bool list_names(struct pl_arena *arena, int fd, struct pl_str **names,
                       size_t *count)
{
    PL_VEC(struct pl_str) list = {0};
    int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = own >= 0 ? fdopendir(own) : NULL;
    if (!dir) {
        close_fd(&own);
        return false;
    }
    struct dirent *entry;
    while ((entry = readdir(dir))) {
        struct pl_str name = pl_str_from(entry->d_name);
        if (!pl_str_is(name, ".") && !pl_str_is(name, ".."))
            pl_vec_push(arena, &list, pl_arena_dup(arena, name));
    }
    closedir(dir);
    if (list.len)
        qsort(list.at, list.len, sizeof(list.at[0]), compare_names);
    *names = list.at;
    *count = list.len;
    return true;
}

static bool parse_entry(struct found *found)
{
    for (int kind = PL_CACHE_BLOCK; kind <= PL_CACHE_TRAIL; kind++) {
        struct pl_str suffix = pl_cache_kind_name((enum pl_cache_kind)kind);
        size_t dot = pl_str_rfind(found->name, '.');
        struct pl_str name = pl_str_sub(found->name, 0, dot);
        if (dot == found->name.len || !pl_cache_name_safe(name) ||
            !pl_str_eq(pl_str_sub(found->name, dot + 1, found->name.len),
                       suffix))
            continue;
        found->entry = (struct pl_cache_entry){
            .site = found->folder,
            .name = name,
            .kind = (enum pl_cache_kind)kind,
            .size = (uint64_t)found->info.st_size,
            .changed = found->info.st_mtim.tv_sec,
        };
        return true;
    }
    return false;
}

static enum file_class classify(struct found *found)
{
    if (!S_ISREG(found->info.st_mode) || !pl_cache_owner_ok(&found->info))
        return CLASS_FOREIGN;
    if (pl_str_starts(found->name, CACHE_TEMPORARY))
        return CLASS_OTHER;
    if (pl_str_is(found->folder, CACHE_CLAIMS))
        return pl_cache_name_safe(found->name) ? CLASS_OTHER : CLASS_FOREIGN;
    if (pl_str_is(found->name, CACHE_SITE_FILE))
        return CLASS_OTHER;
    return parse_entry(found) ? CLASS_ENTRY : CLASS_FOREIGN;
}

static void walk_folder(struct walk *walk, int root, struct pl_str folder)
{
    int fd PL_CLEANUP(close_fd) = open_folder(root, folder.at);
    struct pl_str *names;
    size_t count;
    if (fd < 0 || !list_names(walk->arena, fd, &names, &count))
        return;
    for (size_t i = 0; i < count; i++) {
        struct found found = {
            .folder_fd = fd, .folder = folder, .name = names[i]};
        if (fstatat(fd, names[i].at, &found.info, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        found.class = classify(&found);
        walk->file(walk, &found);
    }
    if (walk->folder)
        walk->folder(walk, root, fd, folder);
}

static void walk_name(struct walk *walk, int root, struct pl_str name)
{
    struct found found = {.folder_fd = root, .name = name};
    if (fstatat(root, name.at, &found.info, AT_SYMLINK_NOFOLLOW) < 0 ||
        pl_str_is(name, CACHE_TAG))
        return;
    if (S_ISDIR(found.info.st_mode) && pl_cache_name_safe(name)) {
        walk_folder(walk, root, name);
        return;
    }
    found.class = CLASS_FOREIGN;
    walk->file(walk, &found);
}

/* ---- is it a cache? ---- */

static bool is_empty(struct pl_arena *arena, struct pl_str dir)
{
    struct pl_str *names;
    size_t count = 0;
    int fd PL_CLEANUP(close_fd) = open_folder(AT_FDCWD, dir.at);
    return fd < 0 ? errno == ENOENT
                  : list_names(arena, fd, &names, &count) && count == 0;
}

static bool has_tag(struct pl_cache *cache, struct pl_arena *arena)
{
    struct pl_str text;
    struct cache_path path = pl_cache_path(
        cache->root, (struct pl_str){0}, PL_STR(CACHE_TAG), (struct pl_str){0});
    return !path.over && pl_cache_read(arena, path.text, 4096, &text) &&
           pl_str_is(text, CACHE_TAG_TEXT);
}

static bool no_cache(const struct pl_cache *cache, struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_FILE, "%.*s is not a podlock cache",
                   PL_STR_ARG(cache->dir));
    return pl_error_hint(err, "a cache has a file " CACHE_VERSION "/" CACHE_TAG
                              ", which podlock makes; nothing was touched");
}

/* *root is -1 for a cache that is not there. */
static bool open_root(struct pl_cache *cache, struct pl_arena *arena, int *root,
                      struct pl_error *err)
{
    *root = -1;
    if (!pl_cache_root(cache, false) && cache->trouble.len)
        return pl_error_plain(err, PL_ERR_FILE, "%.*s",
                              PL_STR_ARG(cache->trouble));
    if (cache->state != ROOT_THERE)
        return is_empty(arena, cache->dir) || no_cache(cache, err);
    if (!has_tag(cache, arena))
        return no_cache(cache, err);
    *root = open_folder(AT_FDCWD, cache->root.at);
    return *root >= 0 || fail(cache, "cannot be read", err);
}

static bool walk_all(struct walk *walk, int root, struct pl_error *err)
{
    struct pl_str *names;
    size_t count;
    if (root < 0)
        return true;
    if (!list_names(walk->arena, root, &names, &count))
        return fail(walk->cache, "cannot be read", err);
    for (size_t i = 0; i < count; i++)
        walk_name(walk, root, names[i]);
    return true;
}

/* ---- looking ---- */

static void count_file(struct walk *walk, const struct found *found)
{
    struct pl_cache_survey *survey = walk->user;
    if (found->class == CLASS_FOREIGN) {
        survey->foreign++;
        return;
    }
    survey->bytes += (uint64_t)found->info.st_size;
    if (found->class == CLASS_ENTRY)
        pl_vec_push(walk->arena, &survey->entries, found->entry);
    else
        survey->others++;
}

static void add_place(struct walk *walk, int root, int fd, struct pl_str name)
{
    struct pl_cache_survey *survey = walk->user;
    struct pl_cache_place place = {.site = name};
    struct pl_str text, line;
    (void)root;
    (void)fd;
    if (pl_str_is(name, CACHE_CLAIMS))
        return;
    struct cache_path path = pl_cache_path(
        walk->cache->root, name, PL_STR(CACHE_SITE_FILE), (struct pl_str){0});
    if (!path.over &&
        pl_cache_read(walk->arena, path.text, PL_MAX_URL_BYTES, &text) &&
        pl_str_cut(&text, '\n', &line)) {
        place.url = line;
        place.has_user = pl_str_trim(text).len > 0;
    }
    pl_vec_push(walk->arena, &survey->places, place);
}

bool pl_cache_look(struct pl_cache *cache, struct pl_arena *arena,
                   struct pl_cache_survey *out, struct pl_error *err)
{
    int root PL_CLEANUP(close_fd) = -1;
    struct pl_cache_survey survey = {0};
    struct walk walk = {cache, arena, count_file, add_place, &survey};
    if (!open_root(cache, arena, &root, err) || !walk_all(&walk, root, err))
        return false;
    *out = survey;
    return true;
}

bool pl_cache_is_whole(struct pl_cache *cache,
                       const struct pl_cache_entry *entry)
{
    PL_ARENA(arena);
    struct pl_str payload;
    struct pl_block block;
    struct pl_block_place place = {.project = entry->name};
    return pl_cache_peek(cache, entry->kind, entry->site, entry->name,
                         &payload) &&
           (entry->kind != PL_CACHE_BLOCK ||
            pl_block_read(&arena, payload, &place, &block));
}

/* ---- removing ---- */

struct removal {
    bool everything;
    uint64_t older_than;
    int64_t now; /* by the clock of the volume */
    struct pl_cache_removed done;
    int why; /* errno of what could not be removed */
};

static bool is_older(const struct removal *r, const struct stat *info,
                     uint64_t seconds)
{
    int64_t age = r->now - info->st_mtim.tv_sec;
    return age > 0 && (uint64_t)age > seconds;
}

/* A file that names a site goes with its folder. */
static bool is_useless(struct walk *walk, const struct found *found,
                       bool *damaged)
{
    const struct removal *r = walk->user;
    *damaged = false;
    if (r->everything)
        return true;
    if (found->class == CLASS_OTHER)
        return !pl_str_is(found->name, CACHE_SITE_FILE) &&
               is_older(r, &found->info, CACHE_TEMPORARY_S);
    *damaged = !pl_cache_is_whole(walk->cache, &found->entry);
    return *damaged || is_older(r, &found->info, r->older_than);
}

static void remove_file(struct walk *walk, const struct found *found)
{
    struct removal *r = walk->user;
    bool damaged;
    if (found->class == CLASS_FOREIGN) {
        r->done.foreign++;
        return;
    }
    if (!is_useless(walk, found, &damaged))
        return;
    if (unlinkat(found->folder_fd, found->name.at, 0) < 0) {
        if (errno != ENOENT)
            r->why = errno;
        return;
    }
    r->done.bytes += (uint64_t)found->info.st_size;
    r->done.entries += found->class == CLASS_ENTRY;
    r->done.others += found->class == CLASS_OTHER;
    r->done.damaged += damaged;
}

/* Only an empty folder can be removed, so nothing more is asked. */
static void remove_folder(struct walk *walk, int root, int fd,
                          struct pl_str name)
{
    struct pl_str *names;
    size_t count;
    if (list_names(walk->arena, fd, &names, &count) && count == 1 &&
        pl_str_is(names[0], CACHE_SITE_FILE))
        unlinkat(fd, CACHE_SITE_FILE, 0);
    unlinkat(root, name.at, AT_REMOVEDIR);
}

/* Hosts' clocks differ; the volume's own is that of a file made now. */
static int64_t volume_now(int root)
{
    struct stat info;
    char name[40];
    snprintf(name, sizeof(name), CACHE_TEMPORARY "%016llx",
             (unsigned long long)pl_cache_random());
    int fd PL_CLEANUP(close_fd) = openat(
        root, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool known = fd >= 0 && fstat(fd, &info) == 0;
    if (fd >= 0)
        unlinkat(root, name, 0);
    return known ? info.st_mtim.tv_sec : time(NULL);
}

/* The folder itself goes when nothing but its tag is left. */
static void remove_root(struct pl_cache *cache, struct pl_arena *arena,
                        int root)
{
    struct pl_str *names;
    size_t count;
    if (!list_names(arena, root, &names, &count) || count != 1 ||
        !pl_str_is(names[0], CACHE_TAG))
        return;
    unlinkat(root, CACHE_TAG, 0);
    rmdir(cache->root.at);
}

static bool remove_some(struct pl_cache *cache, struct pl_arena *arena,
                        struct removal *r, struct pl_cache_removed *out,
                        struct pl_error *err)
{
    int root PL_CLEANUP(close_fd) = -1;
    struct walk walk = {cache, arena, remove_file, remove_folder, r};
    if (!open_root(cache, arena, &root, err))
        return false;
    if (root >= 0 && !r->everything)
        r->now = volume_now(root);
    if (!walk_all(&walk, root, err))
        return false;
    if (root >= 0 && r->everything)
        remove_root(cache, arena, root);
    cache->state = ROOT_UNKNOWN;
    errno = r->why;
    if (r->why)
        return fail(cache, "cannot be emptied", err);
    *out = r->done;
    return true;
}

bool pl_cache_prune(struct pl_cache *cache, struct pl_arena *arena,
                    uint64_t older_than, struct pl_cache_removed *out,
                    struct pl_error *err)
{
    struct removal r = {.older_than = older_than};
    return remove_some(cache, arena, &r, out, err);
}

bool pl_cache_clean(struct pl_cache *cache, struct pl_arena *arena,
                    struct pl_cache_removed *out, struct pl_error *err)
{
    struct removal r = {.everything = true};
    return remove_some(cache, arena, &r, out, err);
}
