/*
 * A whole image archive. However its bytes come, the answer is the same; and
 * the tree that it makes can be walked to its end.
 */
#include "container/image_manifest.h"
#include "container/tree_image.h"
#include "core/limits.h"
#include "tests/fuzz/fuzz.h"

#define FEW 97 /* bytes at once */
#define MAX_SHOWN 2000

struct feed {
    struct pl_str rest;
    size_t most;
};

static bool feed_bytes(void *user, struct pl_str *bytes, struct pl_error *err)
{
    struct feed *feed = user;
    (void)err;
    *bytes = pl_str_sub(feed->rest, 0, feed->most);
    feed->rest = pl_str_sub(feed->rest, bytes->len, feed->rest.len);
    return true;
}

static void walk(struct pl_tree *tree, struct pl_arena *arena,
                 struct pl_str folder, struct pl_buf *out, size_t *shown)
{
    struct pl_tree_entry *entries;
    size_t count;
    PL_FUZZ_WANT(pl_tree_list(tree, arena, folder, &entries, &count, NULL));
    for (size_t i = 0; i < count && ++*shown < MAX_SHOWN; i++) {
        struct pl_str path = pl_tree_path(arena, folder, entries[i].name, NULL);
        struct pl_node node = pl_tree_look(tree, path);
        struct pl_str text = PL_STR("");
        PL_FUZZ_WANT(entries[i].type != PL_NODE_ABSENT);
        PL_FUZZ_WANT(!i || pl_str_cmp(entries[i - 1].name, entries[i].name));
        /* A name with a NUL, or a path that is too long, is nowhere. */
        if (!path.len)
            continue;
        if (entries[i].type == PL_NODE_LINK)
            PL_FUZZ_WANT(pl_tree_link(tree, arena, path, &text));
        else
            PL_FUZZ_WANT(node.type == entries[i].type);
        if (node.type == PL_NODE_FILE)
            (void)!pl_tree_read(tree, arena, path, SIZE_MAX, &text, NULL);
        pl_buf_addf(out, "%.*s %u %.*s\n", PL_STR_ARG(path),
                    (unsigned)node.type, PL_STR_ARG(text));
        if (entries[i].type == PL_NODE_FOLDER)
            walk(tree, arena, path, out, shown);
    }
}

static void look_at(struct pl_arena *arena, struct pl_str archive, size_t most,
                    struct pl_buf *out)
{
    struct feed feed = {archive, most};
    struct pl_error err = {.arena = arena};
    struct pl_image_options options = {0};
    struct pl_image image;
    struct pl_tree *tree;
    size_t shown = 0;
    if (!pl_image_open_feed(arena, feed_bytes, &feed, &options, &image, &tree,
                            &err)) {
        PL_FUZZ_WANT(err.code == PL_ERR_INPUT || err.code == PL_ERR_INTEGRITY ||
                     err.code == PL_ERR_USAGE || err.code == PL_ERR_LIMIT);
        pl_buf_addf(out, "%d", (int)err.code);
        return;
    }
    walk(tree, arena, PL_STR("/"), out, &shown);
    pl_tree_close(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    PL_BUF(whole, PL_MAX_OUTPUT_BYTES);
    PL_BUF(crumbs, PL_MAX_OUTPUT_BYTES);
    struct pl_str archive = pl_fuzz_text(data, size);
    look_at(&arena, archive, SIZE_MAX, &whole);
    look_at(&arena, archive, FEW, &crumbs);
    PL_FUZZ_WANT(pl_str_eq(pl_buf_view(&whole), pl_buf_view(&crumbs)));
    return 0;
}
