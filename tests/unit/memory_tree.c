#include "tests/unit/memory_tree.h"

#include <stdlib.h>

#include "core/limits.h"
#include "core/vec.h"

struct memory_node {
    enum pl_node_type type;
    bool is_executable, is_locked;
    struct pl_str text; /* of a file; of a link, where it goes */
    PL_VEC(struct pl_str) names;
};

static struct memory_tree *of(struct pl_tree *tree)
{
    return (struct memory_tree *)tree;
}

/* ---- building ---- */

static struct memory_node *node_at(struct memory_tree *t, struct pl_str path)
{
    struct memory_node *node = pl_map_get(&t->nodes, path);
    if (node)
        return node;
    node = pl_new(t->arena, struct memory_node);
    node->type = PL_NODE_FOLDER;
    pl_map_put(&t->nodes, pl_arena_dup(t->arena, path), node);
    size_t slash = pl_str_rfind(path, '/');
    struct pl_str name = pl_str_sub(path, slash + 1, path.len);
    if (!name.len)
        return node;
    struct memory_node *above =
        node_at(t, slash ? pl_str_sub(path, 0, slash) : PL_STR("/"));
    pl_vec_push(t->arena, &above->names, pl_arena_dup(t->arena, name));
    return node;
}

static struct memory_node *put(struct memory_tree *t, const char *path,
                               enum pl_node_type type, struct pl_str text)
{
    struct memory_node *node = node_at(t, pl_str_from(path));
    node->type = type;
    node->text = pl_arena_dup(t->arena, text);
    return node;
}

void memory_folder(struct memory_tree *t, const char *path)
{
    put(t, path, PL_NODE_FOLDER, PL_STR(""));
}

void memory_file(struct memory_tree *t, const char *path, const char *text)
{
    put(t, path, PL_NODE_FILE, pl_str_from(text));
}

void memory_bytes(struct memory_tree *t, const char *path, struct pl_str bytes)
{
    put(t, path, PL_NODE_FILE, bytes);
}

void memory_program(struct memory_tree *t, const char *path)
{
    static const char elf[] = "\x7f"
                              "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0\1";
    struct pl_str head = {elf, sizeof(elf) - 1};
    put(t, path, PL_NODE_FILE, head)->is_executable = true;
}

void memory_link(struct memory_tree *t, const char *path, const char *target)
{
    put(t, path, PL_NODE_LINK, pl_str_from(target));
}

void memory_fifo(struct memory_tree *t, const char *path)
{
    put(t, path, PL_NODE_OTHER, PL_STR(""));
}

void memory_locked(struct memory_tree *t, const char *path)
{
    node_at(t, pl_str_from(path))->is_locked = true;
}

/* ---- following ---- */

/* Where a path leads: the part before, one name, and what is left. */
struct walk {
    struct memory_tree *t;
    struct pl_str done, left;
    int links;
};

static void step(struct walk *w, struct pl_str name)
{
    if (pl_str_is(name, "..")) {
        size_t slash = pl_str_rfind(w->done, '/');
        w->done.len = slash < w->done.len ? slash : 0;
        return;
    }
    struct pl_str path = pl_arena_printf(w->t->arena, "%.*s/%.*s",
                                         PL_STR_ARG(w->done), PL_STR_ARG(name));
    struct memory_node *node = pl_map_get(&w->t->nodes, path);
    if (!node || node->type != PL_NODE_LINK) {
        w->done = path;
        return;
    }
    w->links++;
    if (pl_str_starts(node->text, "/"))
        w->done.len = 0;
    w->left = pl_arena_printf(w->t->arena, "%.*s/%.*s", PL_STR_ARG(node->text),
                              PL_STR_ARG(w->left));
}

/* Without links; "" is the root. Of a circle: where nothing is. */
static struct pl_str follow(struct memory_tree *t, struct pl_str path)
{
    struct walk w = {.t = t, .left = path};
    struct pl_str name;
    while (pl_str_cut(&w.left, '/', &name) && w.links <= PL_MAX_TREE_LINKS)
        if (name.len && !pl_str_is(name, "."))
            step(&w, name);
    return w.links > PL_MAX_TREE_LINKS ? PL_STR("/circle//") : w.done;
}

static struct memory_node *find(struct memory_tree *t, struct pl_str path)
{
    struct pl_str real = follow(t, path);
    return pl_map_get(&t->nodes, real.len ? real : PL_STR("/"));
}

/* ---- the tree ---- */

static struct pl_node look(struct pl_tree *tree, struct pl_str path)
{
    of(tree)->looks++;
    const struct memory_node *node = find(of(tree), path);
    struct pl_node seen = {0};
    if (!node)
        return seen;
    seen.type = node->type;
    seen.size = node->text.len;
    seen.is_executable = node->is_executable;
    return seen;
}

static int compare(const void *a, const void *b)
{
    return pl_str_cmp(((const struct pl_tree_entry *)a)->name,
                      ((const struct pl_tree_entry *)b)->name);
}

static bool list(struct pl_tree *tree, struct pl_arena *arena,
                 struct pl_str path, struct pl_tree_entry **entries,
                 size_t *count, struct pl_error *err)
{
    struct memory_tree *t = of(tree);
    t->lists++;
    const struct memory_node *node = find(t, path);
    size_t len = node && node->type == PL_NODE_FOLDER ? node->names.len : 0;
    if (node && node->is_locked)
        return pl_error_plain(err, PL_ERR_FILE, "%.*s may not be read",
                              PL_STR_ARG(path));
    if (len > PL_MAX_TREE_ENTRIES)
        return pl_error_plain(err, PL_ERR_LIMIT, "too much in %.*s",
                              PL_STR_ARG(path));
    path = follow(t, path);
    *entries = pl_new_array(arena, struct pl_tree_entry, len);
    *count = len;
    for (size_t i = 0; i < len; i++) {
        struct pl_str full =
            pl_arena_printf(arena, "%.*s/%.*s", PL_STR_ARG(path),
                            PL_STR_ARG(node->names.at[i]));
        const struct memory_node *one = pl_map_get(&t->nodes, full);
        (*entries)[i].name = node->names.at[i];
        (*entries)[i].type = one->type;
    }
    if (len)
        qsort(*entries, len, sizeof(**entries), compare);
    return true;
}

static bool read(struct pl_tree *tree, struct pl_arena *arena,
                 struct pl_str path, size_t max, struct pl_str *text,
                 struct pl_error *err)
{
    const struct memory_node *node = find(of(tree), path);
    of(tree)->reads++;
    if (!node || node->type != PL_NODE_FILE || node->is_locked)
        return pl_error_plain(err, PL_ERR_FILE, "%.*s cannot be read",
                              PL_STR_ARG(path));
    *text = pl_arena_dup(arena, pl_str_sub(node->text, 0, max));
    of(tree)->read_bytes += text->len;
    return true;
}

static bool read_link(struct pl_tree *tree, struct pl_arena *arena,
                      struct pl_str path, struct pl_str *target)
{
    size_t slash = pl_str_rfind(path, '/');
    struct pl_str above = follow(of(tree), pl_str_sub(path, 0, slash));
    struct pl_str full =
        pl_arena_printf(arena, "%.*s/%.*s", PL_STR_ARG(above),
                        PL_STR_ARG(pl_str_sub(path, slash + 1, path.len)));
    const struct memory_node *node = pl_map_get(&of(tree)->nodes, full);
    if (!node || node->type != PL_NODE_LINK)
        return false;
    *target = node->text;
    return true;
}

static void no_close(struct pl_tree *tree)
{
    (void)tree;
}

void memory_tree_init(struct memory_tree *t, struct pl_arena *arena)
{
    memset(t, 0, sizeof(*t));
    t->tree.look = look;
    t->tree.list = list;
    t->tree.read = read;
    t->tree.link = read_link;
    t->tree.close = no_close;
    t->arena = arena;
    t->nodes.arena = arena;
    node_at(t, PL_STR("/"));
}
