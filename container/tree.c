#include "container/tree.h"

struct pl_node pl_tree_look(struct pl_tree *tree, struct pl_str path)
{
    return tree->look(tree, path);
}

bool pl_tree_list(struct pl_tree *tree, struct pl_arena *arena,
                  struct pl_str path, struct pl_tree_entry **entries,
                  size_t *count, struct pl_error *err)
{
    return tree->list(tree, arena, path, entries, count, err);
}

bool pl_tree_read(struct pl_tree *tree, struct pl_arena *arena,
                  struct pl_str path, size_t max, struct pl_str *text,
                  struct pl_error *err)
{
    return tree->read(tree, arena, path, max, text, err);
}

bool pl_tree_link(struct pl_tree *tree, struct pl_arena *arena,
                  struct pl_str path, struct pl_str *target)
{
    return tree->link(tree, arena, path, target);
}

bool pl_tree_sha256(struct pl_tree *tree, struct pl_arena *arena,
                    struct pl_str path, struct pl_tree_sum *sum,
                    struct pl_error *err)
{
    if (!tree->sha256)
        return pl_error_plain(err, PL_ERR_FILE,
                              "%.*s: files are not kept whole here",
                              PL_STR_ARG(path));
    return tree->sha256(tree, arena, path, sum, err);
}

void pl_tree_close(struct pl_tree *tree)
{
    if (tree)
        tree->close(tree);
}
