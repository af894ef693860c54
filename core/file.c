#include "core/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/vec.h"

#define TEMPORARY_TRIES 100

struct path {
    char text[PL_MAX_PATH_BYTES];
};

static void close_fd(int *fd)
{
    if (*fd > 2)
        close(*fd);
}

static bool fail(struct pl_error *err, const char *what, struct pl_str path)
{
    return pl_error_plain(err, PL_ERR_FILE, "cannot %s %.*s: %s", what,
                          PL_STR_ARG(path), strerror(errno));
}

static bool make_path(struct pl_str path, const char *suffix, struct path *out,
                      struct pl_error *err)
{
    int len = snprintf(out->text, sizeof(out->text), "%.*s%s", PL_STR_ARG(path),
                       suffix);
    if (len <= 0 || (size_t)len >= sizeof(out->text) || pl_str_has(path, '\0'))
        return pl_error_plain(err, PL_ERR_FILE,
                              "a path is empty, too long or holds NUL");
    return true;
}

/* Reads up to `max` bytes; one more is tried to notice a larger file. */
static bool read_all(struct pl_arena *arena, int fd, size_t guess, size_t max,
                     struct pl_str path, struct pl_str *out,
                     struct pl_error *err)
{
    size_t cap = guess < max ? guess + 1 : max + 1;
    size_t len = 0;
    char *data = pl_arena_alloc(arena, cap + 1);
    for (;;) {
        if (len == cap && cap <= max)
            data = pl_vec_grow(arena, data, len, &cap, 1);
        ssize_t got = read(fd, data + len, cap - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(err, "read", path);
        if (got == 0)
            break;
        len += (size_t)got;
        if (len > max)
            return pl_error_plain(err, PL_ERR_LIMIT,
                                  "%.*s is larger than %zu bytes",
                                  PL_STR_ARG(path), max);
    }
    if (len == cap)
        data = pl_vec_grow(arena, data, len, &cap, 1);
    data[len] = '\0';
    *out = (struct pl_str){data, len};
    return true;
}

bool pl_file_load(struct pl_arena *arena, struct pl_str path, size_t max,
                  struct pl_str *out, enum pl_file_state *state,
                  struct pl_error *err)
{
    struct path name;
    struct stat info = {0};
    if (!make_path(path, "", &name, err))
        return false;
    int fd PL_CLEANUP(close_fd) = 0;
    /* Nobody named the file, so a fifo there must not be waited for. */
    int wait = state ? O_NONBLOCK : 0;
    if (!pl_str_is(path, "-"))
        fd = open(name.text, O_RDONLY | O_CLOEXEC | wait);
    if (fd < 0 && state && (errno == ENOENT || errno == ENOTDIR)) {
        *state = PL_FILE_ABSENT;
        return true;
    }
    if (fd < 0 || fstat(fd, &info) < 0)
        return fail(err, "read", path);
    if (state && !S_ISREG(info.st_mode))
        return pl_error_plain(err, PL_ERR_FILE,
                              "cannot read %.*s: it is not a regular file",
                              PL_STR_ARG(path));
    size_t guess = info.st_size > 0 ? (size_t)info.st_size : 4095;
    if (!read_all(arena, fd, guess, max, path, out, err))
        return false;
    if (state)
        *state = PL_FILE_READ;
    return true;
}

static bool write_all(int fd, struct pl_str contents)
{
    while (contents.len) {
        ssize_t done = write(fd, contents.at, contents.len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        contents = pl_str_sub(contents, (size_t)done, contents.len);
    }
    return true;
}

bool pl_file_holds(struct pl_str path, struct pl_str contents)
{
    PL_ARENA(arena);
    struct pl_str old;
    enum pl_file_state state;
    return pl_file_load(&arena, path, contents.len, &old, &state, NULL) &&
           state == PL_FILE_READ && pl_str_eq(old, contents);
}

/* A new file beside the target, whose name no other process has. */
static int create_beside(struct pl_str path, mode_t mode, struct path *name,
                         struct pl_error *err)
{
    char suffix[64];
    for (int i = 0; i < TEMPORARY_TRIES; i++) {
        snprintf(suffix, sizeof(suffix), ".podlock-%ld-%d", (long)getpid(), i);
        if (!make_path(path, suffix, name, err))
            return -1;
        int fd =
            open(name->text,
                 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        if (fd >= 0 || errno != EEXIST)
            return fd >= 0 ? fd : (fail(err, "write", path), -1);
    }
    fail(err, "write", path);
    return -1;
}

static bool write_beside(struct pl_str path, const struct path *target,
                         mode_t mode, bool keep_mode, struct pl_str contents,
                         struct pl_error *err)
{
    struct path name;
    int fd PL_CLEANUP(close_fd) = create_beside(path, mode, &name, err);
    if (fd < 0)
        return false;
    bool done = (!keep_mode || fchmod(fd, mode) == 0) &&
                write_all(fd, contents) && fsync(fd) == 0 &&
                rename(name.text, target->text) == 0;
    if (done)
        return true;
    fail(err, "write", path);
    unlink(name.text);
    return false;
}

/* A signal waits until the temporary file is gone, one way or the other. */
static bool replace(struct pl_str path, const struct path *target, mode_t mode,
                    bool keep_mode, struct pl_str contents,
                    struct pl_error *err)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    bool done = write_beside(path, target, mode, keep_mode, contents, err);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return done;
}

bool pl_file_save(struct pl_str path, struct pl_str contents,
                  struct pl_error *err)
{
    struct path target;
    struct stat info;
    if (!make_path(path, "", &target, err))
        return false;
    bool exists = stat(target.text, &info) == 0;
    if (exists && !S_ISREG(info.st_mode))
        return pl_error_plain(err, PL_ERR_FILE,
                              "cannot write %.*s: it is not a regular file",
                              PL_STR_ARG(path));
    if (!exists && lstat(target.text, &info) == 0)
        return pl_error_plain(err, PL_ERR_FILE,
                              "cannot write %.*s: it is a link to nothing",
                              PL_STR_ARG(path));
    if (exists && pl_file_holds(path, contents))
        return true;
    struct path real;
    if (exists && realpath(target.text, real.text))
        return replace(pl_str_from(real.text), &real, info.st_mode & 07777,
                       true, contents, err);
    return replace(path, &target, 0666, false, contents, err);
}

bool pl_file_exists(struct pl_str path)
{
    struct path name;
    struct stat info;
    return make_path(path, "", &name, NULL) && stat(name.text, &info) == 0 &&
           S_ISREG(info.st_mode);
}

bool pl_file_is_same(struct pl_str a, struct pl_str b)
{
    struct path name;
    struct stat x, y;
    if (!make_path(a, "", &name, NULL) || stat(name.text, &x) != 0 ||
        !make_path(b, "", &name, NULL) || stat(name.text, &y) != 0)
        return false;
    return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool pl_dir_exists(struct pl_str path)
{
    struct path name;
    struct stat info;
    return make_path(path, "", &name, NULL) && stat(name.text, &info) == 0 &&
           S_ISDIR(info.st_mode);
}

bool pl_dir_make(struct pl_str path, struct pl_error *err)
{
    struct path name;
    if (!make_path(path, "", &name, err))
        return false;
    for (char *at = name.text + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (mkdir(name.text, 0777) < 0 && errno != EEXIST)
            return fail(err, "make the folder", path);
        *at = '/';
    }
    if (mkdir(name.text, 0777) < 0 && errno != EEXIST)
        return fail(err, "make the folder", path);
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return pl_str_cmp(*(const struct pl_str *)a, *(const struct pl_str *)b);
}

static void close_dir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

bool pl_dir_list(struct pl_arena *arena, struct pl_str path,
                 struct pl_str **names, size_t *count, struct pl_error *err)
{
    struct path name;
    if (!make_path(path, "", &name, err))
        return false;
    DIR *dir PL_CLEANUP(close_dir) = opendir(name.text);
    if (!dir)
        return fail(err, "read the folder", path);
    PL_VEC(struct pl_str) found = {0};
    struct dirent *entry;
    while ((entry = readdir(dir))) {
        struct pl_str text = pl_str_from(entry->d_name);
        if (!pl_str_is(text, ".") && !pl_str_is(text, ".."))
            pl_vec_push(arena, &found, pl_arena_dup(arena, text));
    }
    if (found.len)
        qsort(found.at, found.len, sizeof(found.at[0]), compare_names);
    *names = found.at;
    *count = found.len;
    return true;
}

struct pl_str pl_path_join(struct pl_arena *arena, struct pl_str dir,
                           struct pl_str name)
{
    if (pl_str_starts(name, "/") || !dir.len || pl_str_is(dir, "."))
        return pl_arena_dup(arena, name);
    const char *slash = pl_str_ends(dir, "/") ? "" : "/";
    return pl_arena_printf(arena, "%.*s%s%.*s", PL_STR_ARG(dir), slash,
                           PL_STR_ARG(name));
}

/* The next part that leads somewhere; empty at the end. */
static struct pl_str take_part(struct pl_str *path)
{
    struct pl_str part = {0};
    while (pl_str_cut(path, '/', &part))
        if (part.len && !pl_str_is(part, "."))
            return part;
    return (struct pl_str){0};
}

bool pl_path_eq(struct pl_str a, struct pl_str b)
{
    struct pl_str x, y;
    if (pl_str_starts(a, "/") != pl_str_starts(b, "/"))
        return false;
    do {
        x = take_part(&a);
        y = take_part(&b);
    } while (x.len && pl_str_eq(x, y));
    return !x.len && !y.len;
}

struct pl_str pl_path_dir(struct pl_str path)
{
    size_t slash = pl_str_rfind(path, '/');
    if (slash == path.len)
        return PL_STR(".");
    return pl_str_sub(path, 0, slash ? slash : 1);
}

struct pl_str pl_path_base(struct pl_str path)
{
    size_t slash = pl_str_rfind(path, '/');
    return slash == path.len ? path : pl_str_sub(path, slash + 1, path.len);
}

struct pl_str pl_path_from(struct pl_arena *arena, struct pl_str dir,
                           struct pl_str path)
{
    char here[PL_MAX_PATH_BYTES];
    struct pl_str part, rest = dir;
    bool is_known = !pl_str_starts(dir, "/");
    PL_BUF(out, 3 * PL_MAX_PATH_BYTES);
    if (pl_str_starts(path, "/"))
        return path;
    while (pl_str_cut(&rest, '/', &part)) {
        is_known = is_known && !pl_str_is(part, "..");
        if (part.len && !pl_str_is(part, "."))
            pl_buf_add_cstr(&out, "../");
    }
    if (!is_known && getcwd(here, sizeof(here)))
        return pl_path_join(arena, pl_str_from(here), path);
    pl_buf_add_str(&out, path);
    return pl_arena_dup(arena, pl_buf_view(&out));
}
