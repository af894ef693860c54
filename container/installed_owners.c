/*
 * Whose code is it? By the RECORDs of a folder: distributions whose modules
 * are gone, and modules that no distribution has.
 */
#include "container/installed_internal.h"
#include "container/record_file.h"
#include "core/limits.h"
#include "core/map.h"

/* Files that are looked for of one distribution. */
#define MAX_SAMPLES 4

struct owners {
    struct pl_installed_reader *reader;
    struct pl_map owned; /* names in the package folder */
    bool any_record;
};

static void own(struct owners *owners, struct pl_str name)
{
    if (pl_map_get(&owners->owned, name))
        return;
    pl_map_put(&owners->owned, pl_arena_dup(owners->owned.arena, name), owners);
}

static bool is_code(struct pl_str path)
{
    return pl_str_ends(path, ".py") || pl_str_ends(path, ".so");
}

/* Below the package folder; what begins a row's place there. */
static struct pl_str top_of(const struct pl_installed_reader *reader,
                            const struct pl_record_file *file)
{
    struct pl_str below =
        pl_str_sub(file->place, reader->folder.len + 1, file->place.len);
    return pl_str_sub(below, 0, pl_str_find(below, '/'));
}

/*
 * One file of each module stands for it. Where all of these are gone, so is
 * the distribution; single files that are missing are pl_record_verify's.
 */
static void read_record(struct owners *owners, const struct pl_installed *row,
                        struct pl_str text)
{
    struct pl_installed_reader *r = owners->reader;
    struct pl_record_reader reader = pl_record_open(text, r->folder);
    PL_ARENA(kept);
    struct pl_str last = {0};
    size_t samples = 0, found = 0;
    for (;;) {
        PL_ARENA(scratch);
        struct pl_record_file file;
        if (!pl_record_next(&reader, &scratch, &file))
            break;
        if (file.wrong || file.outside)
            continue;
        struct pl_str top = top_of(r, &file);
        if (!is_code(file.path) && pl_str_eq(top, last))
            continue;
        own(owners, top);
        if (!is_code(file.path) || samples == MAX_SAMPLES ||
            pl_str_eq(top, last))
            continue;
        last = pl_arena_dup(&kept, top);
        samples++;
        found += pl_tree_look(r->tree, file.place).type == PL_NODE_FILE;
    }
    if (samples && !found)
        pl_installed_damage(r, PL_DAMAGE_CODE_ABSENT, row->name, row->info,
                            PL_STR(""));
}

/* An egg-info, or apt's dist-info: only its modules' names are told. */
static void read_top_level(struct owners *owners, struct pl_str text)
{
    struct pl_str line;
    while (pl_str_cut(&text, '\n', &line)) {
        PL_ARENA(scratch);
        struct pl_str name = pl_str_trim(line);
        own(owners, name);
        own(owners, pl_arena_printf(&scratch, "%.*s.py", PL_STR_ARG(name)));
    }
}

static void claim(struct owners *owners, const struct pl_installed *row)
{
    PL_ARENA(scratch);
    struct pl_installed_reader *r = owners->reader;
    struct pl_str text;
    struct pl_str path = pl_path_join(
        &scratch, row->info,
        row->has_record ? PL_STR("RECORD") : PL_STR("top_level.txt"));
    size_t max = row->has_record ? PL_MAX_RECORD_BYTES : PL_MAX_INSTALLED_BYTES;
    if (!pl_tree_read(r->tree, &scratch, path, max, &text, NULL))
        return;
    owners->any_record =
        owners->any_record || (row->has_record && row->installer.len);
    if (row->has_record)
        read_record(owners, row, text);
    else
        read_top_level(owners, text);
}

/* What an image or a user puts there by hand, as Python says they may. */
static bool is_nobodys(struct pl_str name)
{
    return pl_str_starts(name, "~") || pl_str_is(name, "sitecustomize.py") ||
           pl_str_is(name, "usercustomize.py") ||
           pl_str_is(name, "__pycache__");
}

static bool holds_code(const struct owners *owners,
                       const struct pl_tree_entry *entry)
{
    PL_ARENA(scratch);
    const struct pl_installed_reader *r = owners->reader;
    if (entry->type != PL_NODE_FOLDER)
        return entry->type == PL_NODE_FILE && is_code(entry->name);
    struct pl_str path = pl_path_join(&scratch, r->folder, entry->name);
    path = pl_path_join(&scratch, path, PL_STR("__init__.py"));
    return pl_tree_look(r->tree, path).type == PL_NODE_FILE;
}

static void tell_orphans(struct owners *owners)
{
    struct pl_installed_reader *r = owners->reader;
    for (size_t i = 0; i < r->entry_count; i++) {
        const struct pl_tree_entry *entry = &r->entries[i];
        if (is_nobodys(entry->name) ||
            pl_map_get(&owners->owned, entry->name) ||
            !holds_code(owners, entry))
            continue;
        struct pl_str name =
            pl_arena_dup(r->arena, pl_str_sub(entry->name, 0,
                                              pl_str_find(entry->name, '.')));
        pl_installed_damage(r, PL_DAMAGE_INFO_ABSENT, name,
                            pl_path_join(r->arena, r->folder, entry->name),
                            PL_STR(""));
    }
}

void pl_installed_owners(struct pl_installed_reader *reader)
{
    PL_ARENA(names);
    struct owners owners = {.reader = reader, .owned = {.arena = &names}};
    for (size_t i = reader->first; i < reader->list->rows.len; i++)
        claim(&owners, &reader->list->rows.at[i]);
    /* Where no installer wrote one, the folder is the distribution's; so is
     * the most of its code. */
    if (owners.any_record)
        tell_orphans(&owners);
}
