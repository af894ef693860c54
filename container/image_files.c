#include "container/image_files.h"

#include "core/limits.h"

#define FIRST_SLOTS 64

bool pl_image_spend_member(struct pl_image_spent *spent, uint64_t bytes,
                           struct pl_error *err)
{
    if (++spent->members > PL_MAX_IMAGE_MEMBERS)
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "the archive has more than %d members",
                              PL_MAX_IMAGE_MEMBERS);
    if (bytes > PL_MAX_IMAGE_BYTES - spent->bytes)
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "the archive unpacks to more than %llu GiB",
                              PL_MAX_IMAGE_BYTES >> 30);
    spent->bytes += bytes;
    return true;
}

bool pl_image_spend_kept(struct pl_image_spent *spent, size_t bytes,
                         struct pl_error *err)
{
    if (bytes > PL_MAX_IMAGE_KEPT_BYTES - spent->kept)
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "the archive's metadata files have more than "
                              "%u MiB",
                              PL_MAX_IMAGE_KEPT_BYTES >> 20);
    spent->kept += bytes;
    return true;
}

struct pl_image_files pl_image_files(struct pl_arena *arena,
                                     struct pl_image_spent *spent)
{
    struct pl_image_files files = {.arena = arena, .spent = spent};
    files.root = pl_new(arena, struct pl_image_node);
    files.root->type = PL_NODE_FOLDER;
    files.slot_count = FIRST_SLOTS;
    files.slots = pl_new_array(arena, struct pl_image_node *, FIRST_SLOTS);
    return files;
}

static size_t slot_of(const struct pl_image_files *files,
                      const struct pl_image_node *parent, struct pl_str name)
{
    uint64_t hash = pl_str_hash(name) ^ (uintptr_t)parent;
    hash *= 0x9e3779b97f4a7c15u;
    size_t slot = (size_t)(hash >> 32) & (files->slot_count - 1);
    /* Names made to collide are paid for like others. */
    files->spent->steps++;
    while (files->slots[slot] && (files->slots[slot]->parent != parent ||
                                  !pl_str_eq(files->slots[slot]->name, name))) {
        slot = (slot + 1) & (files->slot_count - 1);
        files->spent->steps++;
    }
    return slot;
}

static void grow(struct pl_image_files *files)
{
    struct pl_image_node **old = files->slots;
    size_t count = files->slot_count;
    files->slot_count *= 2;
    files->slots =
        pl_new_array(files->arena, struct pl_image_node *, files->slot_count);
    for (size_t i = 0; i < count; i++)
        if (old[i])
            files->slots[slot_of(files, old[i]->parent, old[i]->name)] = old[i];
}

void pl_image_node_empty(struct pl_image_node *node)
{
    node->child = NULL;
    node->age++;
}

/* NULL also for one that went with what its folder had. */
static struct pl_image_node *child_of(const struct pl_image_files *files,
                                      const struct pl_image_node *parent,
                                      struct pl_str name)
{
    struct pl_image_node *node = files->slots[slot_of(files, parent, name)];
    return node && node->folder_age == parent->age ? node : NULL;
}

static bool too_many(struct pl_error *err, const char *what, size_t most)
{
    return pl_error_plain(err, PL_ERR_LIMIT, "the image has more than %zu %s",
                          most, what);
}

static void attach(struct pl_image_node *node, struct pl_image_node *parent)
{
    node->folder_age = parent->age;
    node->next = parent->child;
    parent->child = node;
}

static void revive(struct pl_image_node *old, struct pl_image_node *parent)
{
    struct pl_image_node fresh = {
        .parent = parent, .name = old->name, .age = old->age + 1};
    *old = fresh;
    attach(old, parent);
}

static bool make_child(struct pl_image_files *files,
                       struct pl_image_node *parent, struct pl_str name,
                       struct pl_image_node **out, struct pl_error *err)
{
    if (files->spent->steps > PL_MAX_IMAGE_STEPS)
        return too_many(err, "steps to merge", PL_MAX_IMAGE_STEPS);
    if (files->len * 2 >= files->slot_count)
        grow(files);
    size_t slot = slot_of(files, parent, name);
    struct pl_image_node *node = files->slots[slot];
    if (node && node->folder_age != parent->age) {
        revive(node, parent);
    } else if (!node) {
        if (++files->spent->nodes > PL_MAX_IMAGE_NODES)
            return too_many(err, "paths", PL_MAX_IMAGE_NODES);
        node = pl_new(files->arena, struct pl_image_node);
        node->parent = parent;
        node->name = name;
        attach(node, parent);
        files->slots[slot] = node;
        files->len++;
    }
    *out = node;
    return true;
}

static struct pl_image_node *walk(const struct pl_image_files *files,
                                  struct pl_image_node *at, struct pl_str path,
                                  bool follow, unsigned *links);

static struct pl_image_node *follow_link(const struct pl_image_files *files,
                                         struct pl_image_node *link,
                                         unsigned *links)
{
    if (++*links > PL_MAX_TREE_LINKS)
        return NULL;
    bool is_absolute = pl_str_starts(link->text, "/");
    return walk(files, is_absolute ? files->root : link->parent, link->text,
                true, links);
}

static struct pl_image_node *walk(const struct pl_image_files *files,
                                  struct pl_image_node *at, struct pl_str path,
                                  bool follow, unsigned *links)
{
    struct pl_str part;
    while (at && pl_str_cut(&path, '/', &part)) {
        if (!part.len || pl_str_is(part, "."))
            continue;
        if (at->type != PL_NODE_FOLDER)
            return NULL;
        if (pl_str_is(part, "..")) {
            at = at->parent ? at->parent : at;
            continue;
        }
        at = child_of(files, at, part);
        if (at && at->type == PL_NODE_LINK && (follow || path.len))
            at = follow_link(files, at, links);
    }
    return at && at->type != PL_NODE_ABSENT ? at : NULL;
}

struct pl_image_node *pl_image_files_find(const struct pl_image_files *files,
                                          struct pl_str path, bool follow)
{
    unsigned links = 0;
    return walk(files, files->root, path, follow, &links);
}

static struct pl_image_node *folder_behind(const struct pl_image_files *files,
                                           struct pl_image_node *link)
{
    unsigned links = 0;
    struct pl_image_node *node = follow_link(files, link, &links);
    return node && node->type == PL_NODE_FOLDER ? node : NULL;
}

/* Makes the node a folder to go on in, or gives the one behind it. */
static struct pl_image_node *enter(const struct pl_image_files *files,
                                   struct pl_image_node *node)
{
    struct pl_image_node *behind;
    if (node->type == PL_NODE_FOLDER)
        return node;
    if (node->type == PL_NODE_LINK) {
        behind = folder_behind(files, node);
        return behind ? behind : node;
    }
    node->type = PL_NODE_FOLDER;
    node->is_hard_link = false;
    node->text = PL_STR("");
    return node;
}

bool pl_image_files_put(struct pl_image_files *files, struct pl_str path,
                        struct pl_image_node **out, struct pl_error *err)
{
    struct pl_image_node *node = files->root;
    struct pl_str part;
    while (pl_str_cut(&path, '/', &part)) {
        struct pl_image_node *folder = enter(files, node);
        if (!part.len)
            continue;
        if (!child_of(files, folder, part)) {
            if (!pl_image_spend_kept(files->spent, part.len, err))
                return false;
            part = pl_arena_dup(files->arena, part);
        }
        if (!make_child(files, folder, part, &node, err))
            return false;
    }
    *out = node;
    return true;
}

/* ---- merging ---- */

static void set_hard_link(const struct pl_image_files *files,
                          struct pl_image_node *to)
{
    const struct pl_image_node *of = pl_image_files_find(files, to->text, true);
    bool is_file = of && of != to && of->type == PL_NODE_FILE;
    to->is_hard_link = false;
    to->text = is_file ? of->text : PL_STR("");
    to->size = is_file ? of->size : 0;
    to->is_executable = is_file && of->is_executable;
}

/* `to` becomes what `from` says; its folder's children come later. */
static void replace(const struct pl_image_files *files,
                    struct pl_image_node *to, const struct pl_image_node *from)
{
    bool was_folder = to->type == PL_NODE_FOLDER;
    if (!was_folder || from->type != PL_NODE_FOLDER)
        pl_image_node_empty(to);
    to->type = from->type;
    to->text = from->text;
    to->size = from->size;
    to->is_executable = from->is_executable;
    to->is_hard_link = from->is_hard_link;
    if (to->is_hard_link)
        set_hard_link(files, to);
}

static bool merge_node(struct pl_image_files *files, struct pl_image_node *from,
                       struct pl_error *err)
{
    struct pl_image_node *folder = from->parent->onto, *to, *behind;
    from->onto = NULL;
    if (!folder)
        return true;
    to = child_of(files, folder, from->name);
    if (to && from->hides) {
        pl_image_node_empty(to);
        to->type = PL_NODE_ABSENT;
    }
    if (from->type == PL_NODE_ABSENT)
        return true;
    if (!make_child(files, folder, from->name, &to, err))
        return false;
    behind = to->type == PL_NODE_LINK && from->type == PL_NODE_FOLDER &&
                     !from->is_stated
                 ? folder_behind(files, to)
                 : NULL;
    if (!behind)
        replace(files, to, from);
    from->onto = behind                         ? behind
                 : from->type == PL_NODE_FOLDER ? to
                 : from->type == PL_NODE_LINK && from->child
                     ? folder_behind(files, to)
                     : NULL;
    if (from->onto && from->is_opaque)
        pl_image_node_empty(from->onto);
    return true;
}

static struct pl_image_node *next_of(struct pl_image_node *node)
{
    if (node->child)
        return node->child;
    while (node && !node->next)
        node = node->parent;
    return node ? node->next : NULL;
}

bool pl_image_files_merge(struct pl_image_files *files,
                          struct pl_image_files *layer, struct pl_error *err)
{
    layer->root->onto = files->root;
    if (layer->root->is_opaque)
        pl_image_node_empty(files->root);
    for (struct pl_image_node *node = layer->root->child; node;
         node = next_of(node))
        if (!merge_node(files, node, err))
            return false;
    return true;
}
