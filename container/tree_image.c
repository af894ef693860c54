#include "container/tree_image.h"

#include "container/image_input.h"
#include "container/image_manifest.h"
#include "core/limits.h"

struct image_tree {
    struct pl_tree tree;
    struct pl_image_files files;
    struct pl_image_spent spent;
};

static const struct pl_image_node *find(struct pl_tree *tree,
                                        struct pl_str path, bool follow)
{
    const struct image_tree *image = (struct image_tree *)tree;
    return pl_image_files_find(&image->files, path, follow);
}

static struct pl_node look(struct pl_tree *tree, struct pl_str path)
{
    const struct pl_image_node *node = find(tree, path, true);
    struct pl_node absent = {PL_NODE_ABSENT, 0, false};
    if (!node)
        return absent;
    return (struct pl_node){node->type,
                            node->type == PL_NODE_FILE ? node->size : 0,
                            node->type == PL_NODE_FILE && node->is_executable};
}

static int by_name(const void *a, const void *b)
{
    const struct pl_tree_entry *x = a, *y = b;
    return pl_str_cmp(x->name, y->name);
}

static bool list(struct pl_tree *tree, struct pl_arena *arena,
                 struct pl_str path, struct pl_tree_entry **entries,
                 size_t *count, struct pl_error *err)
{
    const struct pl_image_node *folder = find(tree, path, true);
    const struct pl_image_node *node;
    size_t len = 0;
    if (folder && folder->type != PL_NODE_FOLDER)
        folder = NULL;
    for (node = folder ? folder->child : NULL; node; node = node->next)
        len += node->type != PL_NODE_ABSENT;
    if (len > PL_MAX_TREE_ENTRIES)
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "%.*s has more than %d entries", PL_STR_ARG(path),
                              PL_MAX_TREE_ENTRIES);
    *entries = pl_new_array(arena, struct pl_tree_entry, len);
    *count = len;
    len = 0;
    for (node = folder ? folder->child : NULL; node; node = node->next)
        if (node->type != PL_NODE_ABSENT)
            (*entries)[len++] = (struct pl_tree_entry){node->name, node->type};
    if (len)
        qsort(*entries, len, sizeof(**entries), by_name);
    return true;
}

static bool read_file(struct pl_tree *tree, struct pl_arena *arena,
                      struct pl_str path, size_t max, struct pl_str *text,
                      struct pl_error *err)
{
    const struct pl_image_node *node = find(tree, path, true);
    if (!node || node->type != PL_NODE_FILE)
        return pl_error_plain(err, PL_ERR_FILE, "%.*s is no file",
                              PL_STR_ARG(path));
    size_t wanted = node->size < max ? (size_t)node->size : max;
    if (node->text.len < wanted)
        return pl_error_plain(err, PL_ERR_FILE,
                              "%.*s: podlock keeps %zu bytes of it while it "
                              "reads an archive",
                              PL_STR_ARG(path), node->text.len);
    *text = pl_arena_dup(arena, pl_str_sub(node->text, 0, wanted));
    return true;
}

static bool read_link(struct pl_tree *tree, struct pl_arena *arena,
                      struct pl_str path, struct pl_str *target)
{
    const struct pl_image_node *node = find(tree, path, false);
    if (!node || node->type != PL_NODE_LINK)
        return false;
    *target = pl_arena_dup(arena, node->text);
    return true;
}

/* Everything is the arena's. */
static void close_tree(struct pl_tree *tree)
{
    (void)tree;
}

static bool merge(struct pl_image_blobs *blobs,
                  const struct pl_image_plan *plan, struct image_tree *out,
                  struct pl_error *err)
{
    out->tree = (struct pl_tree){.look = look,
                                 .list = list,
                                 .read = read_file,
                                 .link = read_link,
                                 .close = close_tree};
    out->spent = blobs->spent;
    out->files = pl_image_files(blobs->arena, &out->spent);
    for (size_t i = 0; i < plan->image.layer_count; i++)
        if (!pl_image_files_merge(&out->files, &plan->layers[i]->files, err))
            return false;
    return true;
}

bool pl_image_open_feed(struct pl_arena *arena, pl_archive_feed feed,
                        void *user, const struct pl_image_options *options,
                        struct pl_image *image, struct pl_tree **tree,
                        struct pl_error *err)
{
    struct pl_image_blobs blobs;
    struct pl_image_plan plan;
    struct image_tree *out = pl_new(arena, struct image_tree);
    if (!pl_image_blobs_feed(arena, feed, user, &blobs, err) ||
        !pl_image_choose(arena, &blobs, options, &plan, err) ||
        !merge(&blobs, &plan, out, err))
        return false;
    *image = plan.image;
    *tree = &out->tree;
    return true;
}

bool pl_image_open(struct pl_arena *arena, struct pl_str path,
                   const struct pl_image_options *options,
                   struct pl_image *image, struct pl_tree **tree,
                   struct pl_error *err)
{
    struct pl_str shown =
        pl_str_is(path, "-") ? PL_STR("standard input") : path;
    struct pl_image_input *input PL_CLEANUP(pl_image_input_close) = NULL;
    if (!pl_image_input_open(arena, path, &input, err) ||
        !pl_image_open_feed(arena, pl_image_input_feed, input, options, image,
                            tree, err))
        return pl_error_wrap(err, "%.*s", PL_STR_ARG(shown));
    return true;
}
