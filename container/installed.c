#include "container/installed.h"

#include <stdlib.h>

#include "container/installed_internal.h"
#include "core/limits.h"

/* How a name ends, and what that makes of a file and of a folder. */
struct ending {
    const char *text;
    bool of_file, of_folder;
    enum pl_installed_form file, folder;
};

static const struct ending endings[] = {
    {".dist-info", false, true, 0, PL_INSTALLED_DIST_INFO},
    {".egg-info", true, true, PL_INSTALLED_EGG_INFO_FILE,
     PL_INSTALLED_EGG_INFO},
    {".egg", false, true, 0, PL_INSTALLED_EGG_INFO},
    {".egg-link", true, false, PL_INSTALLED_EGG_LINK, 0},
};

const char *pl_damage_name(enum pl_damage_kind kind)
{
    static const char *const names[] = {
        [PL_DAMAGE_TWO_INFOS] = "two-infos",
        [PL_DAMAGE_METADATA_EMPTY] = "metadata-empty",
        [PL_DAMAGE_METADATA_ABSENT] = "metadata-absent",
        [PL_DAMAGE_METADATA_BAD] = "metadata-bad",
        [PL_DAMAGE_NAME_DIFFERS] = "name-differs",
        [PL_DAMAGE_RECORD_ABSENT] = "record-absent",
        [PL_DAMAGE_CODE_ABSENT] = "code-absent",
        [PL_DAMAGE_INFO_ABSENT] = "info-absent",
        [PL_DAMAGE_LINK_TO_NOTHING] = "link-to-nothing",
        [PL_DAMAGE_HALF_REMOVED] = "half-removed",
    };
    return names[kind];
}

void pl_installed_damage(struct pl_installed_reader *reader,
                         enum pl_damage_kind kind, struct pl_str name,
                         struct pl_str path, struct pl_str why)
{
    struct pl_damage damage = {kind, name, path, why};
    pl_vec_push(reader->arena, &reader->list->damage, damage);
}

/* Links are taken for folders, which is what they stand for if for any. */
static const struct ending *ending_of(const struct pl_tree_entry *entry)
{
    bool is_file = entry->type == PL_NODE_FILE;
    for (size_t i = 0; i < PL_COUNT(endings); i++) {
        if (pl_str_ends(entry->name, endings[i].text))
            return (is_file ? endings[i].of_file : endings[i].of_folder)
                       ? &endings[i]
                       : NULL;
    }
    return NULL;
}

static bool add_entry(struct pl_installed_reader *reader,
                      const struct pl_tree_entry *entry,
                      const struct ending *ending, struct pl_error *err)
{
    bool is_file = entry->type == PL_NODE_FILE;
    enum pl_installed_form form = is_file ? ending->file : ending->folder;
    struct pl_str path =
        pl_path_join(reader->arena, reader->folder, entry->name);
    size_t stem = entry->name.len - strlen(ending->text);
    if (pl_str_is(pl_str_from(ending->text), ".egg"))
        path = pl_path_join(reader->arena, path, PL_STR("EGG-INFO"));
    return pl_installed_add(reader, form, path,
                            pl_str_sub(entry->name, 0, stem), err);
}

/* pip moves what it uninstalls to names with '~', and back or away at the end.
 */
static bool is_half_removed(const struct pl_tree_entry *entry)
{
    return pl_str_starts(entry->name, "~") && entry->name.len > 1;
}

static void add_half_removed(struct pl_installed_reader *reader,
                             const struct pl_tree_entry *entry)
{
    const struct ending *ending = ending_of(entry);
    struct pl_str path =
        pl_path_join(reader->arena, reader->folder, entry->name);
    struct pl_str name = pl_path_base(path);
    if (ending)
        name.len -= strlen(ending->text);
    pl_installed_damage(reader, PL_DAMAGE_HALF_REMOVED, name, path, PL_STR(""));
}

static bool check_count(const struct pl_installed_reader *reader,
                        struct pl_error *err)
{
    size_t count = 0;
    for (size_t i = 0; i < reader->entry_count; i++)
        count += is_half_removed(&reader->entries[i]) ||
                 ending_of(&reader->entries[i]);
    return count <= PL_MAX_INSTALLED ||
           pl_error_plain(err, PL_ERR_LIMIT,
                          "%.*s has %zu distributions, more than %d",
                          PL_STR_ARG(reader->folder), count, PL_MAX_INSTALLED);
}

static bool add_all(struct pl_installed_reader *reader, struct pl_error *err)
{
    for (size_t i = 0; i < reader->entry_count; i++) {
        const struct pl_tree_entry *entry = &reader->entries[i];
        const struct ending *ending = ending_of(entry);
        if (is_half_removed(entry))
            add_half_removed(reader, entry);
        else if (ending && !add_entry(reader, entry, ending, err))
            return false;
    }
    return true;
}

static int compare_rows(const void *a, const void *b)
{
    const struct pl_installed *x = a, *y = b;
    int order = pl_str_cmp(x->name, y->name);
    return order ? order : pl_str_cmp(x->info, y->info);
}

static bool same_version(const struct pl_installed *a,
                         const struct pl_installed *b)
{
    if (a->has_version && b->has_version)
        return pl_version_cmp(&a->version, &b->version) == 0;
    return pl_str_eq(a->version_text, b->version_text);
}

/* Distributions ship an egg-info beside the dist-info of the same thing. */
static bool is_shadow(const struct pl_installed *row,
                      const struct pl_installed *of)
{
    return row->form != PL_INSTALLED_DIST_INFO &&
           of->form == PL_INSTALLED_DIST_INFO &&
           (same_version(row, of) || !row->version_text.len);
}

/* Rows of one name stand together; a dist-info comes before an egg-info. */
static void join_equal(struct pl_installed_reader *reader)
{
    struct pl_installed *rows = reader->list->rows.at;
    size_t kept = reader->first;
    for (size_t i = reader->first; i < reader->list->rows.len; i++) {
        const struct pl_installed *last = &rows[kept - 1];
        if (kept > reader->first && pl_str_eq(last->name, rows[i].name)) {
            if (is_shadow(&rows[i], last))
                continue;
            pl_installed_damage(
                reader, PL_DAMAGE_TWO_INFOS, rows[i].name, rows[i].info,
                pl_arena_printf(reader->arena, "%.*s and %.*s",
                                PL_STR_ARG(last->version_text),
                                PL_STR_ARG(rows[i].version_text)));
        }
        rows[kept++] = rows[i];
    }
    reader->list->rows.len = kept;
}

bool pl_installed_read(struct pl_arena *arena, struct pl_tree *tree,
                       struct pl_str folder, bool owners,
                       struct pl_installed_list *list, struct pl_error *err)
{
    PL_ARENA(names);
    struct pl_installed_list all = *list;
    struct pl_tree_entry *entries;
    struct pl_installed_reader reader = {.arena = arena,
                                         .tree = tree,
                                         .list = &all,
                                         .first = all.rows.len,
                                         .parsed = {.arena = &names}};
    reader.folder = pl_tree_path(arena, PL_STR("/"), folder, NULL);
    if (!pl_tree_list(tree, &names, folder, &entries, &reader.entry_count, err))
        return false;
    reader.entries = entries;
    if (!check_count(&reader, err) || !add_all(&reader, err))
        return false;
    size_t added = all.rows.len - reader.first;
    if (added)
        qsort(all.rows.at + reader.first, added, sizeof(all.rows.at[0]),
              compare_rows);
    join_equal(&reader);
    if (owners)
        pl_installed_owners(&reader);
    *list = all;
    return true;
}
