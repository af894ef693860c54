/*
 * A folder made for a test, and the tree below it.
 *
 *     struct made made = made_folder();
 *     made_file(&made, "/usr/lib/os-release", "ID=ubuntu\n");
 *     ... made.tree ...
 *     made_remove(&made);
 *
 * Included by one .c file a test; needs cmocka.h before it.
 */
#ifndef PODLOCK_TESTS_TREE_MADE_H
#define PODLOCK_TESTS_TREE_MADE_H

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container/tree_root.h"
#include "core/file.h"
#include "core/limits.h"

struct made {
    char folder[64]; /* of this machine, without links */
    struct pl_tree *tree;
    struct pl_arena arena;
};

static inline struct made *made_folder(void)
{
    struct made *made = calloc(1, sizeof(*made));
    assert_non_null(made);
    snprintf(made->folder, sizeof(made->folder), "%s/podlock-tree-XXXXXX",
             P_tmpdir);
    assert_non_null(mkdtemp(made->folder));
    struct pl_str path = pl_str_from(made->folder);
    assert_true(pl_tree_open_root(&made->arena, path, &made->tree, NULL));
    return made;
}

static inline int made_remove_one(const char *path, const struct stat *info,
                                  int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

static inline void made_remove(struct made *made)
{
    pl_tree_close(made->tree);
    assert_int_equal(
        nftw(made->folder, made_remove_one, 20, FTW_DEPTH | FTW_PHYS), 0);
    pl_arena_finish(&made->arena);
    free(made);
}

/* Where it lies on this machine; the folders above it are made. */
static inline const char *made_path(struct made *made, const char *inside)
{
    struct pl_str path =
        pl_arena_printf(&made->arena, "%s%s", made->folder, inside);
    assert_true(pl_dir_make(pl_path_dir(path), NULL));
    return path.at;
}

static inline void made_bytes(struct made *made, const char *inside,
                              struct pl_str text)
{
    int fd = open(made_path(made, inside), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.at, text.len), text.len);
    close(fd);
}

static inline void made_file(struct made *made, const char *inside,
                             const char *text)
{
    made_bytes(made, inside, pl_str_from(text));
}

/* So many zeros, which take no room. */
static inline void made_sparse(struct made *made, const char *inside,
                               off_t size)
{
    made_file(made, inside, "");
    assert_int_equal(truncate(made_path(made, inside), size), 0);
}

static inline void made_link(struct made *made, const char *inside,
                             const char *target)
{
    assert_int_equal(symlink(target, made_path(made, inside)), 0);
}

static inline void made_fifo(struct made *made, const char *inside)
{
    assert_int_equal(mkfifo(made_path(made, inside), 0644), 0);
}

#endif
