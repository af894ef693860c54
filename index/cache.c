#include "index/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/random.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/digest.h"
#include "core/trace.h"
#include "index/cache_entry.h"
#include "index/cache_internal.h"

#define SITE_DIGITS 16
#define SCRATCH_BYTES ((size_t)64 << 10)
#define MAX_NAME_BYTES 230 /* less what is put before and behind it */

/* ---- names ---- */

struct pl_str pl_cache_kind_name(enum pl_cache_kind kind)
{
    switch (kind) {
    case PL_CACHE_BLOCK:
        return PL_STR("block");
    case PL_CACHE_LISTING:
        return PL_STR("listing");
    case PL_CACHE_TRAIL:
        break;
    }
    return PL_STR("trail");
}

bool pl_cache_name_safe(struct pl_str name)
{
    if (!name.len || name.len > MAX_NAME_BYTES || name.at[0] == '.')
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!pl_is_alnum(name.at[i]) && name.at[i] != '-' &&
            name.at[i] != '_' && name.at[i] != '.')
            return false;
    return true;
}

static void path_add(struct cache_path *path, const char *before,
                     struct pl_str part)
{
    size_t len = part.len ? strlen(before) : 0;
    if (len + part.len >= sizeof(path->text) - path->len) {
        path->over = true;
        return;
    }
    if (!part.len)
        return;
    memcpy(path->text + path->len, before, len);
    memcpy(path->text + path->len + len, part.at, part.len);
    path->len += len + part.len;
    path->text[path->len] = '\0';
}

struct cache_path pl_cache_path(struct pl_str root, struct pl_str folder,
                                struct pl_str name, struct pl_str suffix)
{
    struct cache_path path;
    path.len = 0;
    path.text[0] = '\0';
    path.over = pl_str_has(root, '\0');
    path_add(&path, "", root);
    path_add(&path, "/", folder);
    path_add(&path, "/", name);
    path_add(&path, ".", suffix);
    return path;
}

static bool is_absolute(struct pl_str path)
{
    return pl_str_starts(path, "/");
}

struct pl_str pl_cache_default_dir(struct pl_arena *arena)
{
    struct pl_str base = pl_str_from(getenv("XDG_CACHE_HOME"));
    struct pl_str home = pl_str_from(getenv("HOME"));
    if (is_absolute(base))
        return pl_arena_printf(arena, "%.*s/podlock", PL_STR_ARG(base));
    if (is_absolute(home))
        return pl_arena_printf(arena, "%.*s/.cache/podlock", PL_STR_ARG(home));
    return PL_STR("");
}

struct pl_cache *pl_cache_open(struct pl_arena *arena, struct pl_str dir)
{
    struct pl_cache *cache = pl_new(arena, struct pl_cache);
    cache->arena = arena;
    cache->dir = pl_arena_dup(arena, dir);
    cache->root =
        pl_arena_printf(arena, "%.*s/" CACHE_VERSION, PL_STR_ARG(dir));
    if (!dir.len) {
        cache->state = ROOT_REFUSED;
        cache->trouble = PL_STR("there is no folder for a cache: neither HOME "
                                "nor XDG_CACHE_HOME is set");
    }
    return cache;
}

static struct cache_site *find_site(struct pl_cache *cache,
                                    struct pl_str folder)
{
    for (size_t i = 0; i < cache->sites.len; i++)
        if (pl_str_eq(cache->sites.at[i].folder, folder))
            return &cache->sites.at[i];
    return NULL;
}

static struct cache_site *add_site(struct pl_cache *cache,
                                   struct cache_site site)
{
    struct cache_site *known = find_site(cache, site.folder);
    if (known)
        return known;
    site.folder = pl_arena_dup(cache->arena, site.folder);
    pl_vec_push(cache->arena, &cache->sites, site);
    return &cache->sites.at[cache->sites.len - 1];
}

struct pl_str pl_cache_site(struct pl_cache *cache, struct pl_str index_url,
                            struct pl_str username)
{
    /* A newline stands in no URL. */
    struct pl_str key =
        pl_arena_printf(cache->arena, "%.*s%s%.*s", PL_STR_ARG(index_url),
                        username.len ? "\n" : "", PL_STR_ARG(username));
    struct pl_str digest = pl_sha256_hex(cache->arena, key);
    struct cache_site site = {
        .folder = pl_str_sub(digest, 0, SITE_DIGITS),
        .url = pl_arena_dup(cache->arena, index_url),
        .has_user = username.len > 0,
    };
    return add_site(cache, site)->folder;
}

/* ---- small things ---- */

uint64_t pl_cache_random(void)
{
    uint64_t number = 0;
    if (getrandom(&number, sizeof(number), GRND_NONBLOCK) !=
        (ssize_t)sizeof(number))
        number = pl_clock_ns() * 0x9e3779b97f4a7c15u ^ (uint64_t)getpid();
    return number;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

void pl_cache_set_trouble(struct pl_cache *cache, const char *what)
{
    if (cache->trouble.len)
        return;
    cache->trouble =
        pl_arena_printf(cache->arena, "the cache %.*s %s: %s",
                        PL_STR_ARG(cache->dir), what, strerror(errno));
    PL_TRACE(PL_TRACE_INDEX, "%.*s", PL_STR_ARG(cache->trouble));
}

struct pl_str pl_cache_trouble(const struct pl_cache *cache)
{
    return cache->trouble;
}

/* ---- the folder ---- */

bool pl_cache_owner_ok(const struct stat *info)
{
    return info->st_uid == geteuid() || info->st_uid == 0;
}

static void refuse(struct pl_cache *cache, const char *why)
{
    cache->state = ROOT_REFUSED;
    if (!cache->trouble.len)
        cache->trouble = pl_arena_printf(cache->arena, "the cache %.*s %s",
                                         PL_STR_ARG(cache->dir), why);
}

/* DIR may be a link of the user's; below it nothing is. */
static void look_at_root(struct pl_cache *cache)
{
    struct stat dir, root;
    struct cache_path path = pl_cache_path(
        cache->dir, (struct pl_str){0}, (struct pl_str){0}, (struct pl_str){0});
    struct cache_path below =
        pl_cache_path(cache->root, (struct pl_str){0}, (struct pl_str){0},
                      (struct pl_str){0});
    cache->state = ROOT_ABSENT;
    if (path.over || below.over) {
        refuse(cache, "has a path that is too long or holds NUL");
        return;
    }
    bool has_dir = stat(path.text, &dir) == 0;
    bool has_root = has_dir && lstat(below.text, &root) == 0;
    if ((has_dir && !pl_cache_owner_ok(&dir)) ||
        (has_root && !pl_cache_owner_ok(&root)))
        refuse(cache, "is not used: it belongs to another user");
    else if (has_root && !S_ISDIR(root.st_mode))
        refuse(cache, "is not used: its " CACHE_VERSION " is not a folder");
    else if (has_root)
        cache->state = ROOT_THERE;
}

static bool make_parents(struct pl_str root)
{
    struct cache_path path = pl_cache_path(
        root, (struct pl_str){0}, (struct pl_str){0}, (struct pl_str){0});
    for (size_t i = 1; i <= path.len; i++) {
        char was = path.text[i];
        if (was != '/' && was != '\0')
            continue;
        path.text[i] = '\0';
        if (mkdir(path.text, 0700) < 0 && errno != EEXIST && errno != EISDIR &&
            (errno != EROFS || access(path.text, F_OK) < 0))
            return false;
        path.text[i] = was;
    }
    return true;
}

static void write_tag(struct pl_cache *cache)
{
    static const char text[] = CACHE_TAG_TEXT;
    struct cache_path path = pl_cache_path(
        cache->root, (struct pl_str){0}, PL_STR(CACHE_TAG), (struct pl_str){0});
    int fd PL_CLEANUP(close_fd) =
        open(path.text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0 &&
        write(fd, text, sizeof(text) - 1) != (ssize_t)sizeof(text) - 1)
        unlink(path.text);
}

bool pl_cache_root(struct pl_cache *cache, bool make)
{
    if (cache->state == ROOT_UNKNOWN)
        look_at_root(cache);
    if (cache->state != ROOT_ABSENT || !make)
        return cache->state == ROOT_THERE;
    if (cache->trouble.len)
        return false;
    if (!make_parents(cache->root)) {
        pl_cache_set_trouble(cache, "cannot be made");
        return false;
    }
    look_at_root(cache);
    if (cache->state != ROOT_THERE)
        return false;
    write_tag(cache);
    return true;
}

bool pl_cache_make_folder(struct pl_cache *cache, struct pl_str name)
{
    struct stat info;
    struct cache_path path = pl_cache_path(
        cache->root, name, (struct pl_str){0}, (struct pl_str){0});
    if (!pl_cache_root(cache, true) || path.over || cache->trouble.len)
        return false;
    if (mkdir(path.text, 0700) == 0)
        return true;
    if (errno == EEXIST && lstat(path.text, &info) == 0 &&
        S_ISDIR(info.st_mode) && pl_cache_owner_ok(&info))
        return true;
    pl_cache_set_trouble(cache, "cannot be written");
    return false;
}

/* ---- reading ---- */

static bool read_at(int fd, size_t from, char *bytes, size_t len)
{
    while (len) {
        ssize_t got = pread(fd, bytes, len, (off_t)from);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        bytes += got;
        from += (size_t)got;
        len -= (size_t)got;
    }
    return true;
}

/* A regular file that is ours; -1: anything else. */
static int open_own(const char *path, size_t max, size_t *len)
{
    struct stat info;
    /* A fifo must not be waited for. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return -1;
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
        pl_cache_owner_ok(&info) && info.st_size >= 0 &&
        (uint64_t)info.st_size <= max) {
        *len = (size_t)info.st_size;
        return fd;
    }
    close(fd);
    return -1;
}

bool pl_cache_read(struct pl_arena *arena, const char *path, size_t max,
                   struct pl_str *out)
{
    size_t len;
    int fd PL_CLEANUP(close_fd) = open_own(path, max, &len);
    if (fd < 0)
        return false;
    char *bytes = pl_arena_alloc(arena, len);
    if (!read_at(fd, 0, bytes, len))
        return false;
    *out = (struct pl_str){bytes, len};
    return true;
}

/* The same into the cache's own memory, which grows by doubling. */
static bool read_scratch(struct pl_cache *cache, const char *path,
                         struct pl_str *out)
{
    size_t len;
    int fd PL_CLEANUP(close_fd) =
        open_own(path, PL_MAX_CACHE_ENTRY_BYTES, &len);
    if (fd < 0)
        return false;
    if (cache->scratch_size < len) {
        size_t size = cache->scratch_size ? cache->scratch_size : SCRATCH_BYTES;
        while (size < len)
            size *= 2;
        cache->scratch = pl_arena_alloc(cache->arena, size);
        cache->scratch_size = size;
    }
    *out = (struct pl_str){cache->scratch, len};
    return read_at(fd, 0, cache->scratch, len);
}

/* A link in the place of a site's folder would lead elsewhere. */
static bool site_is_there(struct pl_cache *cache, struct pl_str folder)
{
    struct stat info;
    struct cache_site *site =
        add_site(cache, (struct cache_site){.folder = folder});
    if (site->is_made)
        return true;
    struct cache_path path = pl_cache_path(
        cache->root, folder, (struct pl_str){0}, (struct pl_str){0});
    site->is_made = !path.over && lstat(path.text, &info) == 0 &&
                    S_ISDIR(info.st_mode) && pl_cache_owner_ok(&info);
    return site->is_made;
}

static struct pl_str where_of(const struct pl_cache *cache,
                              const struct cache_path *path)
{
    struct pl_str whole = {path->text, path->len};
    return pl_str_sub(whole, cache->root.len + 1, whole.len);
}

/* False: there can be no such entry. */
static bool find_entry(struct pl_cache *cache, enum pl_cache_kind kind,
                       struct pl_str site, struct pl_str name,
                       struct cache_path *path)
{
    if (!pl_cache_root(cache, false) || !pl_cache_name_safe(site) ||
        !pl_cache_name_safe(name) || !site_is_there(cache, site))
        return false;
    *path = pl_cache_path(cache->root, site, name, pl_cache_kind_name(kind));
    return !path->over;
}

static bool open_entry(const struct pl_cache *cache, enum pl_cache_kind kind,
                       const struct cache_path *path, struct pl_str bytes,
                       struct pl_str *payload)
{
    bool good =
        pl_cache_entry_open(bytes, kind, where_of(cache, path), payload);
    PL_TRACE(PL_TRACE_INDEX, "%zu bytes of the cache: %s%s", bytes.len,
             path->text + cache->root.len + 1, good ? "" : ", damaged");
    return good;
}

bool pl_cache_load(struct pl_cache *cache, struct pl_arena *arena,
                   enum pl_cache_kind kind, struct pl_str site,
                   struct pl_str name, struct pl_str *payload)
{
    struct cache_path path;
    struct pl_str bytes;
    return find_entry(cache, kind, site, name, &path) &&
           pl_cache_read(arena, path.text, PL_MAX_CACHE_ENTRY_BYTES, &bytes) &&
           open_entry(cache, kind, &path, bytes, payload);
}

bool pl_cache_peek(struct pl_cache *cache, enum pl_cache_kind kind,
                   struct pl_str site, struct pl_str name,
                   struct pl_str *payload)
{
    struct cache_path path;
    struct pl_str bytes;
    return find_entry(cache, kind, site, name, &path) &&
           read_scratch(cache, path.text, &bytes) &&
           open_entry(cache, kind, &path, bytes, payload);
}

bool pl_cache_read_part(struct pl_cache *cache, struct pl_arena *arena,
                        enum pl_cache_kind kind, struct pl_str site,
                        struct pl_str name, size_t from, size_t len,
                        struct pl_str *out)
{
    struct cache_path path;
    size_t size;
    if (!find_entry(cache, kind, site, name, &path))
        return false;
    int fd PL_CLEANUP(close_fd) =
        open_own(path.text, PL_MAX_CACHE_ENTRY_BYTES, &size);
    if (fd < 0)
        return false;
    char *bytes = pl_arena_alloc(arena, len);
    if (!read_at(fd, PL_CACHE_HEAD_BYTES + from, bytes, len))
        return false;
    *out = (struct pl_str){bytes, len};
    return true;
}

/* ---- writing ---- */

static bool write_all(int fd, struct pl_str bytes)
{
    while (bytes.len) {
        ssize_t done = write(fd, bytes.at, bytes.len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes = pl_str_sub(bytes, (size_t)done, bytes.len);
    }
    return true;
}

/* A network volume may say only when it is closed that it has no room. */
static bool write_new(const char *path, struct pl_str head,
                      struct pl_str payload)
{
    int fd =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    bool written = write_all(fd, head) && write_all(fd, payload);
    int why = errno;
    if (close(fd) < 0 && written) {
        written = false;
        why = errno;
    }
    errno = why;
    return written;
}

static bool replace(struct pl_cache *cache, struct pl_str site,
                    const struct cache_path *target, struct pl_str head,
                    struct pl_str payload)
{
    char name[40];
    snprintf(name, sizeof(name), CACHE_TEMPORARY "%016llx",
             (unsigned long long)pl_cache_random());
    struct cache_path fresh =
        pl_cache_path(cache->root, site, pl_str_from(name), (struct pl_str){0});
    if (fresh.over)
        return true;
    bool done = write_new(fresh.text, head, payload) &&
                rename(fresh.text, target->text) == 0;
    int why = errno;
    if (!done && why != EEXIST)
        unlink(fresh.text);
    errno = why;
    return done;
}

/* A signal waits until the temporary file is gone, one way or the other. */
static bool replace_unsignalled(struct pl_cache *cache, struct pl_str site,
                                const struct cache_path *target,
                                struct pl_str head, struct pl_str payload)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    bool done = replace(cache, site, target, head, payload);
    int why = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = why;
    return done;
}

static void write_site_file(struct pl_cache *cache,
                            const struct cache_site *site)
{
    struct stat info;
    struct cache_path path = pl_cache_path(
        cache->root, site->folder, PL_STR(CACHE_SITE_FILE), (struct pl_str){0});
    if (!site->url.len || path.over || lstat(path.text, &info) == 0)
        return;
    struct pl_str text =
        pl_arena_printf(cache->arena, "%.*s\n%s", PL_STR_ARG(site->url),
                        site->has_user ? "with a user name\n" : "");
    if (!replace_unsignalled(cache, site->folder, &path, text,
                             (struct pl_str){0}))
        pl_cache_set_trouble(cache, "cannot be written");
}

static bool make_site(struct pl_cache *cache, struct pl_str folder)
{
    struct cache_site *site =
        add_site(cache, (struct cache_site){.folder = folder});
    if (site->is_made)
        return true;
    if (!pl_cache_make_folder(cache, folder))
        return false;
    site->is_made = true;
    return true;
}

/* `podlock cache clean` of another process may have been here. */
static bool make_site_again(struct pl_cache *cache, struct pl_str folder)
{
    cache->state = ROOT_UNKNOWN;
    for (size_t i = 0; i < cache->sites.len; i++)
        cache->sites.at[i].is_made = false;
    return make_site(cache, folder);
}

void pl_cache_save(struct pl_cache *cache, enum pl_cache_kind kind,
                   struct pl_str site, struct pl_str name,
                   struct pl_str payload)
{
    char head[PL_CACHE_HEAD_BYTES];
    struct pl_str head_bytes = {head, sizeof(head)};
    if (cache->trouble.len || !pl_cache_name_safe(site) ||
        !pl_cache_name_safe(name) ||
        payload.len > PL_MAX_CACHE_ENTRY_BYTES - sizeof(head) ||
        !make_site(cache, site))
        return;
    struct cache_path path =
        pl_cache_path(cache->root, site, name, pl_cache_kind_name(kind));
    if (path.over)
        return;
    pl_cache_entry_head(kind, where_of(cache, &path), payload, head);
    bool done = replace_unsignalled(cache, site, &path, head_bytes, payload) ||
                (errno == ENOENT && make_site_again(cache, site) &&
                 replace_unsignalled(cache, site, &path, head_bytes, payload));
    if (done)
        write_site_file(cache, find_site(cache, site));
    else
        pl_cache_set_trouble(cache, "cannot be written");
}
