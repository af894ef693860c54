#include "container/tree_root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/digest.h"
#include "core/limits.h"
#include "core/vec.h"

/* Of a name that a file or a link stands for; devices must not be woken. */
#define FOR_READING (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define UNKNOWN_BYTES 4095
#define FOR_LOOKING (O_PATH | O_CLOEXEC)

struct root {
    struct pl_tree tree;
    int fd;
    bool is_machine;   /* the root is "/" itself: the kernel resolves */
    bool asks_kernel;  /* openat2 can be had */
    int folder_fd;     /* the folder that was asked for last; -1: none */
    size_t folder_len; /* of its path, as it was asked for */
    char folder[PL_MAX_PATH_BYTES];
};

/* A path as it is resolved: text[0, done) is folders, none of them a link. */
struct walk {
    const struct root *root;
    char text[PL_MAX_PATH_BYTES];
    size_t len, done;
    int fd; /* of the folder text[0, done) */
    unsigned links, steps;
};

static struct root *root_of(struct pl_tree *tree)
{
    return (struct root *)tree;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static bool too_far(int why)
{
    errno = why;
    return false;
}

/* ---- links, followed below the root ---- */

static bool back_to_root(struct walk *walk)
{
    close_fd(&walk->fd);
    walk->done = 0;
    walk->fd = openat(walk->root->fd, ".", FOR_LOOKING | O_DIRECTORY);
    return walk->fd >= 0;
}

/* Puts `text` in place of text[from, to). */
static bool replace(struct walk *walk, size_t from, size_t to,
                    struct pl_str text)
{
    size_t rest = walk->len - to;
    if (from + text.len + rest >= sizeof(walk->text))
        return too_far(ENAMETOOLONG);
    memmove(walk->text + from + text.len, walk->text + to, rest);
    if (text.len)
        memcpy(walk->text + from, text.at, text.len);
    walk->len = from + text.len + rest;
    return true;
}

/* ".." of folders that are no links is what their text says. */
static bool climb(struct walk *walk, size_t end)
{
    struct pl_str above = {walk->text, walk->done};
    return replace(walk, pl_str_rfind(above, '/'), end, PL_STR("")) &&
           back_to_root(walk);
}

static bool follow(struct walk *walk, const char *name, size_t end)
{
    char target[PL_MAX_PATH_BYTES];
    if (++walk->links > PL_MAX_TREE_LINKS)
        return too_far(ELOOP);
    ssize_t len = readlinkat(walk->fd, name, target, sizeof(target));
    if (len <= 0 || (size_t)len == sizeof(target))
        return len < 0 ? false : too_far(ENAMETOOLONG);
    struct pl_str to = {target, (size_t)len};
    if (pl_str_starts(to, "/"))
        return replace(walk, 0, end, to) && back_to_root(walk);
    return replace(walk, walk->done + 1, end, to);
}

/* The component after `done`, without its slashes; false at the end. */
static bool next_name(const struct walk *walk, char *name, size_t *end)
{
    size_t from = walk->done;
    while (from < walk->len && walk->text[from] == '/')
        from++;
    for (*end = from; *end < walk->len && walk->text[*end] != '/';)
        (*end)++;
    size_t len = *end - from;
    if (len > NAME_MAX)
        len = NAME_MAX + 1; /* which the kernel refuses */
    memcpy(name, walk->text + from, len);
    name[len] = '\0';
    return len > 0;
}

/* One component further; *opened is the end of the way, once it is there. */
static bool step(struct walk *walk, const char *name, size_t end, int flags,
                 int *opened)
{
    struct stat info;
    if (++walk->steps > PL_MAX_TREE_STEPS)
        return too_far(ELOOP);
    if (strcmp(name, ".") == 0)
        return replace(walk, walk->done, end, PL_STR(""));
    if (strcmp(name, "..") == 0)
        return climb(walk, end);
    if (fstatat(walk->fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
        return false;
    if (S_ISLNK(info.st_mode))
        return follow(walk, name, end);
    if (end == walk->len) {
        *opened = openat(walk->fd, name, flags | O_NOFOLLOW);
        return *opened >= 0;
    }
    int fd = openat(walk->fd, name, FOR_LOOKING | O_DIRECTORY | O_NOFOLLOW);
    close_fd(&walk->fd);
    walk->fd = fd;
    walk->done = end;
    return fd >= 0;
}

static int walk_to(const struct root *root, struct pl_str path, int flags)
{
    struct walk walk = {.root = root, .fd = -1};
    char name[NAME_MAX + 2];
    size_t end;
    int opened = -1;
    bool ok = replace(&walk, 0, 0, path) && back_to_root(&walk);
    while (ok && opened < 0 && next_name(&walk, name, &end))
        ok = step(&walk, name, end, flags, &opened);
    if (ok && opened < 0)
        opened = openat(walk.fd, ".", flags);
    int why = errno;
    close_fd(&walk.fd);
    errno = why;
    return opened;
}

static int ask_kernel(int fd, const char *path, int flags)
{
    struct open_how how = {.flags = (unsigned)flags,
                           .resolve = RESOLVE_IN_ROOT};
    return (int)syscall(SYS_openat2, fd, path, &how, sizeof(how));
}

/* Opens what is at the path, links followed; -1 and errno when it cannot. */
static int open_path(struct root *root, struct pl_str path, int flags)
{
    char text[PL_MAX_PATH_BYTES];
    memcpy(text, path.at, path.len);
    text[path.len] = '\0';
    if (root->is_machine)
        return open(text, flags);
    if (root->asks_kernel) {
        int fd = ask_kernel(root->fd, text, flags);
        if (fd >= 0 || (errno != ENOSYS && errno != EPERM && errno != EAGAIN))
            return fd;
        root->asks_kernel = errno == EAGAIN; /* something was moved */
    }
    return walk_to(root, path, flags);
}

/* ---- names in the folder that was asked for last ---- */

/* A name, below the fd of its folder. */
struct spot {
    int fd; /* the root's; -1: no such folder, errno says why */
    char name[NAME_MAX + 1];
};

static int folder_fd(struct root *root, struct pl_str folder)
{
    struct pl_str last = {root->folder, root->folder_len};
    if (root->folder_fd >= 0 && pl_str_eq(last, folder))
        return root->folder_fd;
    int fd = open_path(root, folder, FOR_LOOKING | O_DIRECTORY);
    if (fd < 0)
        return -1;
    close_fd(&root->folder_fd);
    root->folder_fd = fd;
    memcpy(root->folder, folder.at, folder.len);
    root->folder_len = folder.len;
    return fd;
}

static bool find_spot(struct root *root, struct pl_str path, struct spot *out)
{
    size_t slash = pl_str_rfind(path, '/');
    struct pl_str name = pl_str_sub(path, slash + 1, path.len);
    if (name.len > NAME_MAX)
        return too_far(ENAMETOOLONG);
    if (!name.len)
        name = PL_STR(".");
    memcpy(out->name, name.at, name.len);
    out->name[name.len] = '\0';
    out->fd = folder_fd(root, pl_str_sub(path, 0, slash ? slash : 1));
    return out->fd >= 0;
}

/* What stands there; *is_link when it does so by a link. */
static bool inspect(struct root *root, struct pl_str path, struct spot *spot,
                    struct stat *info, bool *is_link)
{
    if (!find_spot(root, path, spot) ||
        fstatat(spot->fd, spot->name, info, AT_SYMLINK_NOFOLLOW) < 0)
        return false;
    *is_link = S_ISLNK(info->st_mode);
    if (!*is_link)
        return true;
    int fd PL_CLEANUP(close_fd) = open_path(root, path, FOR_LOOKING);
    return fd >= 0 && fstat(fd, info) == 0;
}

/* A regular file, open; other things are looked at but never opened. */
static int open_file(struct root *root, struct pl_str path, struct stat *info)
{
    struct spot spot;
    bool is_link;
    if (!inspect(root, path, &spot, info, &is_link))
        return -1;
    errno = S_ISDIR(info->st_mode) ? EISDIR : EINVAL;
    if (!S_ISREG(info->st_mode))
        return -1;
    int fd = is_link ? open_path(root, path, FOR_READING)
                     : openat(spot.fd, spot.name, FOR_READING | O_NOFOLLOW);
    if (fd >= 0 && fstat(fd, info) == 0 && S_ISREG(info->st_mode))
        return fd;
    close_fd(&fd);
    return -1;
}

static bool is_nothing(int why)
{
    return why == ENOENT || why == ENOTDIR || why == ELOOP ||
           why == ENAMETOOLONG;
}

static bool fail(struct pl_error *err, struct pl_str path)
{
    const char *why =
        errno == EINVAL ? "it is not a regular file" : strerror(errno);
    return pl_error_plain(err, PL_ERR_FILE, "cannot read %.*s: %s",
                          PL_STR_ARG(path), why);
}

/* ---- what a tree answers ---- */

static enum pl_node_type type_of(mode_t mode)
{
    if (S_ISREG(mode))
        return PL_NODE_FILE;
    if (S_ISDIR(mode))
        return PL_NODE_FOLDER;
    return S_ISLNK(mode) ? PL_NODE_LINK : PL_NODE_OTHER;
}

static struct pl_node look(struct pl_tree *tree, struct pl_str path)
{
    struct pl_node node = {.type = PL_NODE_ABSENT};
    struct stat info;
    struct spot spot;
    bool is_link;
    if (!inspect(root_of(tree), path, &spot, &info, &is_link))
        return node;
    node.type = type_of(info.st_mode);
    if (node.type == PL_NODE_FILE) {
        node.size = info.st_size > 0 ? (uint64_t)info.st_size : 0;
        node.is_executable = info.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH);
    }
    return node;
}

static enum pl_node_type entry_type(int fd, const struct dirent *entry)
{
    struct stat info;
    switch (entry->d_type) {
    case DT_REG:
        return PL_NODE_FILE;
    case DT_DIR:
        return PL_NODE_FOLDER;
    case DT_LNK:
        return PL_NODE_LINK;
    case DT_UNKNOWN: /* some file systems do not say */
        if (fstatat(fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0)
            return PL_NODE_ABSENT;
        return type_of(info.st_mode);
    default:
        return PL_NODE_OTHER;
    }
}

static int compare_entries(const void *a, const void *b)
{
    return pl_str_cmp(((const struct pl_tree_entry *)a)->name,
                      ((const struct pl_tree_entry *)b)->name);
}

static void close_folder(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

static bool list(struct pl_tree *tree, struct pl_arena *arena,
                 struct pl_str path, struct pl_tree_entry **entries,
                 size_t *count, struct pl_error *err)
{
    PL_VEC(struct pl_tree_entry) all = {0};
    int fd = open_path(root_of(tree), path, FOR_READING | O_DIRECTORY);
    DIR *dir PL_CLEANUP(close_folder) = fd < 0 ? NULL : fdopendir(fd);
    if (!dir && !is_nothing(errno)) {
        fail(err, path);
        close_fd(&fd);
        return false;
    }
    errno = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir)); errno = 0) {
        struct pl_str name = pl_str_from(entry->d_name);
        if (pl_str_is(name, ".") || pl_str_is(name, ".."))
            continue;
        if (all.len == PL_MAX_TREE_ENTRIES)
            return pl_error_plain(err, PL_ERR_LIMIT,
                                  "%.*s has more than %d names",
                                  PL_STR_ARG(path), PL_MAX_TREE_ENTRIES);
        struct pl_tree_entry row = {pl_arena_dup(arena, name),
                                    entry_type(fd, entry)};
        pl_vec_push(arena, &all, row);
    }
    if (dir && errno)
        return fail(err, path);
    if (all.len)
        qsort(all.at, all.len, sizeof(all.at[0]), compare_entries);
    *entries = all.at;
    *count = all.len;
    return true;
}

/* Reads to its size or `max`; a file of /proc does not say its size: 0. */
static bool read_to(struct pl_arena *arena, int fd, size_t size, size_t max,
                    struct pl_str *text)
{
    size_t guess = size ? size : UNKNOWN_BYTES, len = 0;
    size_t cap = (guess < max ? guess : max) + 1;
    char *bytes = pl_arena_alloc(arena, cap);
    while (len < max && (len < size || !size)) {
        if (len + 1 == cap)
            bytes = pl_vec_grow(arena, bytes, len, &cap, 1);
        size_t room = cap - 1 - len;
        ssize_t got =
            read(fd, bytes + len, room < max - len ? room : max - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        len += (size_t)got;
    }
    bytes[len] = '\0';
    *text = (struct pl_str){bytes, len};
    return true;
}

static bool read_file(struct pl_tree *tree, struct pl_arena *arena,
                      struct pl_str path, size_t max, struct pl_str *text,
                      struct pl_error *err)
{
    struct stat info;
    int fd PL_CLEANUP(close_fd) = open_file(root_of(tree), path, &info);
    size_t size = fd >= 0 && info.st_size > 0 ? (size_t)info.st_size : 0;
    return (fd >= 0 && read_to(arena, fd, size, max, text)) || fail(err, path);
}

static bool sha256(struct pl_tree *tree, struct pl_arena *arena,
                   struct pl_str path, struct pl_tree_sum *sum,
                   struct pl_error *err)
{
    struct stat info;
    struct pl_str hex;
    int fd PL_CLEANUP(close_fd) = open_file(root_of(tree), path, &info);
    if (fd < 0)
        return fail(err, path);
    if (!pl_sha256_file(arena, fd, &hex, err))
        return pl_error_wrap(err, "%.*s", PL_STR_ARG(path));
    *sum = (struct pl_tree_sum){hex, (uint64_t)info.st_size};
    return true;
}

static bool read_link(struct pl_tree *tree, struct pl_arena *arena,
                      struct pl_str path, struct pl_str *target)
{
    char text[PL_MAX_PATH_BYTES];
    struct spot spot;
    if (!find_spot(root_of(tree), path, &spot))
        return false;
    ssize_t len = readlinkat(spot.fd, spot.name, text, sizeof(text));
    if (len <= 0 || (size_t)len == sizeof(text))
        return false;
    *target = pl_arena_dup(arena, (struct pl_str){text, (size_t)len});
    return true;
}

static void close_root(struct pl_tree *tree)
{
    close_fd(&root_of(tree)->fd);
    close_fd(&root_of(tree)->folder_fd);
}

void pl_tree_root_walk(struct pl_tree *tree)
{
    root_of(tree)->asks_kernel = false;
}

static bool is_machine(int fd)
{
    struct stat here, top;
    return fstat(fd, &here) == 0 && stat("/", &top) == 0 &&
           here.st_dev == top.st_dev && here.st_ino == top.st_ino;
}

bool pl_tree_open_root(struct pl_arena *arena, struct pl_str folder,
                       struct pl_tree **out, struct pl_error *err)
{
    struct pl_str path = pl_arena_dup(arena, folder);
    if (!path.len || strlen(path.at) != path.len)
        return pl_error_plain(err, PL_ERR_FILE,
                              "the root's path is empty or holds NUL");
    int fd = open(path.at, FOR_LOOKING | O_DIRECTORY);
    if (fd < 0)
        return fail(err, folder);
    struct root *root = pl_new(arena, struct root);
    *root = (struct root){
        .tree = {look, list, read_file, read_link, sha256, close_root},
        .fd = fd,
        .is_machine = is_machine(fd),
        .asks_kernel = true,
        .folder_fd = -1,
    };
    *out = &root->tree;
    return true;
}
