#include "container/preflight_machine.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/file.h"
#include "core/limits.h"

static bool read_text(struct pl_arena *arena, struct pl_tree *tree,
                      struct pl_str path, struct pl_str *out)
{
    return pl_tree_look(tree, path).type == PL_NODE_FILE &&
           pl_tree_read(tree, arena, path, PL_MAX_SMALL_FILE_BYTES, out, NULL);
}

static bool is_driver_char(char c)
{
    return pl_is_digit(c) || c == '.';
}

/* "570.124.06": digits, and at least one dot between them. */
static bool is_driver(struct pl_str word)
{
    struct pl_cursor c = pl_cursor_from(word);
    pl_cursor_span(&c, is_driver_char);
    return pl_cursor_done(&c) && word.len > 2 && pl_str_has(word, '.') &&
           pl_is_digit(word.at[0]) && pl_is_digit(word.at[word.len - 1]);
}

/* The first word of a line that looks like a version. */
static struct pl_str driver_in(struct pl_str text)
{
    struct pl_str line = pl_str_sub(text, 0, pl_str_find(text, '\n')), word;
    while (pl_str_cut(&line, ' ', &word))
        if (is_driver(pl_str_trim(word)))
            return pl_str_trim(word);
    return PL_STR("");
}

static void read_driver(struct pl_arena *arena, struct pl_tree *tree,
                        struct pl_preflight_machine *out)
{
    static const char *const paths[] = {"/sys/module/nvidia/version",
                                        "/proc/driver/nvidia/version"};
    struct pl_str text;
    for (size_t i = 0; !out->driver.len && i < PL_COUNT(paths); i++) {
        out->driver_from = pl_str_from(paths[i]);
        if (read_text(arena, tree, out->driver_from, &text))
            out->driver = driver_in(text);
    }
}

/* A folder that pip will make has the space of the one above it. */
static struct pl_preflight_space
space_of(struct pl_arena *arena, struct pl_str root, struct pl_str path)
{
    struct pl_preflight_space space = {0};
    struct statvfs fs;
    struct stat st;
    while (pl_str_ends(root, "/"))
        root.len--;
    for (;; path = pl_path_dir(path)) {
        struct pl_str full = pl_arena_printf(
            arena, "%.*s%.*s", PL_STR_ARG(root), PL_STR_ARG(path));
        if (statvfs(full.at, &fs) == 0 && stat(full.at, &st) == 0) {
            space.path = path;
            space.free = (uint64_t)fs.f_bavail * fs.f_frsize;
            space.device = (uint64_t)st.st_dev;
            return space;
        }
        if (path.len < 2 || path.at[0] != '/')
            return space;
    }
}

static struct pl_str because_of_errno(struct pl_arena *arena)
{
    return pl_arena_dup(arena, pl_str_from(strerror(errno)));
}

/* A fifo of that name must not be waited for. */
static struct pl_str read_random(struct pl_arena *arena, struct pl_str root)
{
    char bytes[16];
    struct stat st;
    bool is_here = pl_str_is(root, "/");
    struct pl_str path = pl_path_join(arena, root, PL_STR("dev/urandom"));
    int fd = open(path.at, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0)
        return is_here || errno == EACCES ? because_of_errno(arena)
                                          : PL_STR("");
    struct pl_str wrong = {0};
    if (fstat(fd, &st) != 0 || !S_ISCHR(st.st_mode))
        wrong = PL_STR("it is not a device");
    else if (read(fd, bytes, sizeof(bytes)) != (ssize_t)sizeof(bytes))
        wrong = because_of_errno(arena);
    close(fd);
    return wrong;
}

void pl_preflight_machine_read(struct pl_arena *arena, struct pl_tree *tree,
                               const struct pl_preflight_place *place,
                               struct pl_preflight_machine *out)
{
    struct pl_preflight_machine m = {0};
    read_driver(arena, tree, &m);
    if (place->root.len) {
        struct pl_str temp = place->temp.len ? place->temp : PL_STR("/tmp");
        if (pl_str_starts(place->site, "/"))
            m.site = space_of(arena, place->root, place->site);
        if (pl_str_starts(temp, "/"))
            m.temp = space_of(arena, place->root, temp);
        m.random_wrong = read_random(arena, place->root);
    }
    *out = m;
}
