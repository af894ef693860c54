#include "container/image_layer.h"

#include "container/image_keep.h"
#include "core/buf.h"
#include "core/file.h"
#include "core/limits.h"

#define WHITEOUT ".wh."
#define WHITEOUT_OWN ".wh..wh." /* what a storage driver keeps for itself */
#define OPAQUE ".wh..wh..opq"

static size_t last_slash(const char *buffer, size_t len)
{
    while (len && buffer[len - 1] != '/')
        len--;
    return len ? len - 1 : 0;
}

bool pl_image_path(struct pl_str name, char *buffer, struct pl_str *out,
                   struct pl_error *err)
{
    struct pl_str rest = name, part;
    size_t len = 0;
    while (pl_str_cut(&rest, '/', &part)) {
        bool is_up = pl_str_is(part, "..");
        if (!part.len || pl_str_is(part, "."))
            continue;
        if (is_up && !len)
            return pl_error_plain(err, PL_ERR_INTEGRITY,
                                  "a member's name leaves the archive: %.*s",
                                  PL_STR_ARG(name));
        if (is_up) {
            len = last_slash(buffer, len);
            continue;
        }
        if (len + 1 + part.len > PL_MAX_PATH_BYTES)
            return pl_error_plain(err, PL_ERR_LIMIT,
                                  "a member's name has more than %d bytes",
                                  PL_MAX_PATH_BYTES);
        if (len)
            buffer[len++] = '/';
        memcpy(buffer + len, part.at, part.len);
        len += part.len;
    }
    *out = (struct pl_str){buffer, len};
    return true;
}

struct layer {
    struct pl_archive *archive;
    struct pl_image_files *files;
    struct pl_error *err;
    struct pl_buf text; /* used for one file after another */
    char path[PL_MAX_PATH_BYTES];
    char target[PL_MAX_PATH_BYTES];
};

/* Of a name that begins with ".wh.". */
static bool read_whiteout(struct layer *layer, struct pl_str path)
{
    struct pl_image_node *node;
    struct pl_str base = pl_path_base(path);
    struct pl_str folder = pl_str_sub(path, 0, path.len - base.len);
    struct pl_str name = pl_str_sub(base, strlen(WHITEOUT), base.len);
    PL_BUF(hidden, PL_MAX_PATH_BYTES);
    folder.len -= folder.len > 0;
    if (pl_str_is(base, OPAQUE)) {
        if (!pl_image_files_put(layer->files, folder, &node, layer->err))
            return false;
        if (node->type == PL_NODE_ABSENT)
            node->type = PL_NODE_FOLDER;
        node->is_opaque = true;
        return true;
    }
    if (pl_str_starts(base, WHITEOUT_OWN))
        return true;
    if (!name.len || pl_str_is(name, ".") || pl_str_is(name, ".."))
        return pl_error_plain(layer->err, PL_ERR_INTEGRITY,
                              "a whiteout hides no name: %.*s",
                              PL_STR_ARG(path));
    pl_buf_add_str(&hidden, folder);
    if (folder.len)
        pl_buf_add_char(&hidden, '/');
    pl_buf_add_str(&hidden, name);
    if (!pl_image_files_put(layer->files, pl_buf_view(&hidden), &node,
                            layer->err))
        return false;
    node->hides = true;
    return true;
}

static bool read_text(struct layer *layer, size_t most, struct pl_str *out)
{
    struct pl_buf *text = &layer->text;
    struct pl_str bytes;
    pl_buf_clear(text);
    do {
        if (!pl_archive_read(layer->archive, &bytes, layer->err))
            return false;
        pl_buf_add_str(text, pl_str_sub(bytes, 0, most - text->len));
    } while (bytes.len && text->len < most);
    if (!pl_image_spend_kept(layer->files->spent, text->len, layer->err))
        return false;
    *out = pl_arena_dup(layer->files->arena, pl_buf_view(text));
    return true;
}

static bool read_target(struct layer *layer, struct pl_str target,
                        struct pl_str *out)
{
    if (target.len > PL_MAX_PATH_BYTES)
        return pl_error_plain(layer->err, PL_ERR_LIMIT,
                              "a link's target has more than %d bytes",
                              PL_MAX_PATH_BYTES);
    if (!pl_image_spend_kept(layer->files->spent, target.len, layer->err))
        return false;
    *out = pl_arena_dup(layer->files->arena, target);
    return true;
}

/* A name for what an earlier member of the layer is, or for a lower one's. */
static bool read_hard_link(struct layer *layer, struct pl_image_node *node,
                           struct pl_str target)
{
    struct pl_str path;
    struct pl_image_node *of;
    if (!pl_image_path(target, layer->target, &path, layer->err))
        return false;
    of = pl_image_files_find(layer->files, path, false);
    if (of == node)
        return true;
    if (of && of->type == PL_NODE_FOLDER)
        return pl_error_plain(layer->err, PL_ERR_INPUT,
                              "a hard link names a folder: %.*s",
                              PL_STR_ARG(target));
    node->type = of ? of->type : PL_NODE_FILE;
    node->is_hard_link = of ? of->is_hard_link : true;
    node->text = of ? of->text : pl_arena_dup(layer->files->arena, path);
    node->size = of ? of->size : 0;
    node->is_executable = of && of->is_executable;
    return true;
}

static enum pl_node_type node_type(enum pl_member_type type)
{
    switch (type) {
    case PL_MEMBER_FILE:
    case PL_MEMBER_HARD_LINK:
        return PL_NODE_FILE;
    case PL_MEMBER_FOLDER:
        return PL_NODE_FOLDER;
    case PL_MEMBER_LINK:
        return PL_NODE_LINK;
    case PL_MEMBER_OTHER:
        break;
    }
    return PL_NODE_OTHER;
}

static bool read_node(struct layer *layer, struct pl_image_node *node,
                      const struct pl_member *member, struct pl_str path)
{
    size_t keep = member->type == PL_MEMBER_FILE ? pl_image_keep(path) : 0;
    if (member->type != PL_MEMBER_FOLDER)
        pl_image_node_empty(node);
    if (member->type == PL_MEMBER_HARD_LINK)
        return read_hard_link(layer, node, member->target);
    node->type = node_type(member->type);
    node->is_stated = member->type == PL_MEMBER_FOLDER;
    node->is_hard_link = false;
    node->size = member->size;
    node->is_executable = member->is_executable;
    node->text = PL_STR("");
    return member->type == PL_MEMBER_LINK
               ? read_target(layer, member->target, &node->text)
               : !keep || read_text(layer, keep, &node->text);
}

static bool read_member(struct layer *layer, const struct pl_member *member)
{
    struct pl_str path;
    struct pl_image_node *node;
    if (!pl_image_spend_member(layer->files->spent, member->stored,
                               layer->err) ||
        !pl_image_path(member->name, layer->path, &path, layer->err))
        return false;
    if (!path.len)
        return true;
    if (pl_str_starts(pl_path_base(path), WHITEOUT))
        return read_whiteout(layer, path);
    return pl_image_files_put(layer->files, path, &node, layer->err) &&
           read_node(layer, node, member, path);
}

static void finish(struct layer *layer)
{
    pl_buf_finish(&layer->text);
}

bool pl_image_layer_read(struct pl_archive *archive,
                         struct pl_image_files *files, struct pl_error *err)
{
    struct layer layer PL_CLEANUP(finish) = {
        .archive = archive,
        .files = files,
        .err = err,
        .text.max = PL_MAX_RECORD_BYTES,
    };
    struct pl_member member;
    bool any = true;
    while (any) {
        if (!pl_archive_next(archive, &member, &any, err) ||
            (any && !read_member(&layer, &member)))
            return false;
    }
    return true;
}
