#include "container/tree.h"

#include "core/limits.h"

struct normal {
    char bytes[PL_MAX_PATH_BYTES];
    size_t len;
};

/* Adds a path's components; false when they do not fit. */
static bool add(struct normal *out, struct pl_str path, bool *above)
{
    struct pl_str rest = path, part;
    while (pl_str_cut(&rest, '/', &part)) {
        if (!part.len || pl_str_is(part, "."))
            continue;
        if (pl_str_is(part, "..")) {
            *above = *above || !out->len;
            out->len = pl_str_rfind((struct pl_str){out->bytes, out->len}, '/');
            continue;
        }
        if (part.len + 1 >= sizeof(out->bytes) - out->len)
            return false;
        out->bytes[out->len++] = '/';
        memcpy(out->bytes + out->len, part.at, part.len);
        out->len += part.len;
    }
    return true;
}

static bool normalize(struct pl_str folder, struct pl_str path,
                      struct normal *out, bool *above)
{
    out->len = 0;
    *above = false;
    if (pl_str_has(folder, '\0') || pl_str_has(path, '\0') ||
        (!pl_str_starts(path, "/") && !add(out, folder, above)) ||
        !add(out, path, above))
        return false;
    if (!out->len)
        out->bytes[out->len++] = '/';
    return true;
}

struct pl_str pl_tree_path(struct pl_arena *arena, struct pl_str folder,
                           struct pl_str path, bool *above)
{
    struct normal normal;
    bool climbs;
    if (!normalize(folder, path, &normal, &climbs))
        return PL_STR("");
    if (above)
        *above = climbs;
    return pl_arena_dup(arena, (struct pl_str){normal.bytes, normal.len});
}

/* Back ends are given normal paths; nearly all are so already. */
static bool check(struct pl_str *path, struct normal *room)
{
    bool above;
    if (!path->len || !normalize(PL_STR(""), *path, room, &above))
        return false;
    if (!pl_str_eq(*path, (struct pl_str){room->bytes, room->len}))
        *path = (struct pl_str){room->bytes, room->len};
    return true;
}

static bool refuse(struct pl_error *err)
{
    return pl_error_plain(err, PL_ERR_FILE,
                          "a path is empty, too long or holds NUL");
}

struct pl_node pl_tree_look(struct pl_tree *tree, struct pl_str path)
{
    struct normal room;
    if (!check(&path, &room))
        return (struct pl_node){0};
    return tree->look(tree, path);
}

bool pl_tree_list(struct pl_tree *tree, struct pl_arena *arena,
                  struct pl_str path, struct pl_tree_entry **entries,
                  size_t *count, struct pl_error *err)
{
    struct normal room;
    return check(&path, &room)
               ? tree->list(tree, arena, path, entries, count, err)
               : refuse(err);
}

bool pl_tree_read(struct pl_tree *tree, struct pl_arena *arena,
                  struct pl_str path, size_t max, struct pl_str *text,
                  struct pl_error *err)
{
    struct normal room;
    return check(&path, &room) ? tree->read(tree, arena, path, max, text, err)
                               : refuse(err);
}

bool pl_tree_link(struct pl_tree *tree, struct pl_arena *arena,
                  struct pl_str path, struct pl_str *target)
{
    struct normal room;
    return check(&path, &room) && tree->link(tree, arena, path, target);
}

bool pl_tree_sha256(struct pl_tree *tree, struct pl_arena *arena,
                    struct pl_str path, struct pl_tree_sum *sum,
                    struct pl_error *err)
{
    struct normal room;
    if (!check(&path, &room))
        return refuse(err);
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
