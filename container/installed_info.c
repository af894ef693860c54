#include "container/installed_internal.h"

#include "core/limits.h"
#include "core/utf8.h"
#include "index/egg_requires.h"
#include "index/metadata.h"
#include "pep/name.h"

/* Most headers end within it; what follows is a description. */
#define FIRST_BYTES (8u << 10)
#define SHOWN_BYTES 200
#define MAX_INSTALLER_BYTES 64

/* One distribution while it is read. */
struct info {
    struct pl_installed_reader *reader;
    struct pl_arena *scratch;
    struct pl_installed row;
    struct pl_str stem;        /* of its file's name */
    struct pl_str folder_name; /* normalised; empty: it says none */
    struct pl_str folder_version;
};

static void damage(struct info *info, enum pl_damage_kind kind,
                   struct pl_str why)
{
    struct pl_arena *arena = info->reader->arena;
    struct pl_str name =
        info->row.name.len ? info->row.name : info->folder_name;
    if (!name.len)
        name = pl_arena_dup(arena, info->stem);
    pl_installed_damage(info->reader, kind, name, info->row.info,
                        why.len ? pl_arena_dup(arena, why) : PL_STR(""));
}

/* ---- what its name says ---- */

/* "-py3.10" at the end of an egg's name. */
static struct pl_str without_python(struct pl_str stem)
{
    size_t dash = pl_str_rfind(stem, '-');
    struct pl_str last = pl_str_sub(stem, dash + 1, stem.len);
    return dash < stem.len && pl_str_starts(last, "py") && last.len > 2 &&
                   pl_is_digit(last.at[2])
               ? pl_str_sub(stem, 0, dash)
               : stem;
}

static void read_stem(struct info *info, struct pl_str stem)
{
    struct pl_arena *arena = info->reader->arena;
    if (info->row.form != PL_INSTALLED_DIST_INFO)
        stem = without_python(stem);
    /* An egg-link's has no version. */
    bool has_version = info->row.form != PL_INSTALLED_EGG_LINK;
    size_t dash = has_version ? pl_str_rfind(stem, '-') : stem.len;
    struct pl_str name = pl_str_sub(stem, 0, dash);
    if (pl_name_valid(name))
        info->folder_name =
            pl_arena_dup(arena, pl_name_normalize(info->scratch, name));
    info->folder_version =
        pl_arena_dup(arena, pl_str_sub(stem, dash + 1, stem.len));
}

static void set_version(struct info *info, struct pl_str text)
{
    struct pl_installed *row = &info->row;
    row->version_text = pl_arena_dup(info->reader->arena, text);
    row->has_version = pl_version_parse_view(
        info->reader->arena, row->version_text, &row->version, NULL);
}

/* ---- what its metadata say ---- */

static bool has_headers_end(struct pl_str text)
{
    static const char *const ends[] = {"\n\n", "\n\r\n", "\r\r"};
    for (size_t i = 0; i < PL_COUNT(ends); i++) {
        if (pl_str_find_str(text, pl_str_from(ends[i])) < text.len)
            return true;
    }
    return false;
}

static bool read_headers(struct info *info, struct pl_str path,
                         struct pl_str *text, struct pl_error *err)
{
    struct pl_tree *tree = info->reader->tree;
    if (!pl_tree_read(tree, info->scratch, path, FIRST_BYTES, text, err))
        return false;
    /* Zeros are no text, however many of them there are. */
    return text->len < FIRST_BYTES || has_headers_end(*text) ||
           pl_str_has(*text, '\0') ||
           pl_tree_read(tree, info->scratch, path, PL_MAX_INSTALLED_BYTES, text,
                        err);
}

static bool parse_require(struct info *info, struct pl_str text,
                          struct pl_requirement *out, struct pl_error *err)
{
    struct pl_arena *arena = info->reader->arena;
    const struct pl_requirement *known =
        pl_map_get(&info->reader->parsed, text);
    if (known) {
        *out = *known;
        return true;
    }
    if (pl_utf8_invalid_at(text) < text.len)
        return pl_error_plain(err, PL_ERR_INPUT, "not UTF-8");
    if (!pl_requirement_parse_lenient(arena, text, out, NULL, err))
        return false;
    /* Its own copy of the text is the key, when that is the same. */
    if (pl_str_eq(out->text, text))
        pl_map_put(&info->reader->parsed, out->text, out);
    return true;
}

static bool parse_requires(struct info *info,
                           const struct pl_metadata_text *text,
                           struct pl_error *err)
{
    struct pl_arena *arena = info->reader->arena;
    size_t count = text->requires.len;
    if (count > PL_MAX_REQUIRES_PER_VERSION)
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "it has more than %d requirements",
                              PL_MAX_REQUIRES_PER_VERSION);
    struct pl_requirement *requires =
        pl_new_array(arena, struct pl_requirement, count);
    for (size_t i = 0; i < count; i++) {
        const struct pl_header *line = &text->requires.at[i];
        if (!parse_require(info, line->value, &requires[i], err))
            return pl_error_wrap(
                err, "line %u: `%.*s`", line->line,
                PL_STR_ARG(pl_str_sub(line->value, 0, SHOWN_BYTES)));
        info->reader->require_bytes += line->value.len;
    }
    info->row.requires = requires;
    info->row.require_count = count;
    return true;
}

/* setuptools writes that file only when there is something to say. */
static bool parse_egg_requires(struct info *info, struct pl_error *err)
{
    struct pl_metadata metadata = {0};
    struct pl_str text, path = pl_path_join(info->scratch, info->row.info,
                                            PL_STR("requires.txt"));
    if (!pl_tree_read(info->reader->tree, info->scratch, path,
                      PL_MAX_INSTALLED_BYTES, &text, NULL))
        return true;
    if (!pl_egg_requires_parse(info->reader->arena, text, &metadata, err))
        return false;
    info->row.requires = metadata.requires;
    info->row.require_count = metadata.require_count;
    return true;
}

static void read_requires(struct info *info,
                          const struct pl_metadata_text *text)
{
    struct pl_error err = {.arena = info->scratch};
    enum pl_installed_form form = info->row.form;
    bool ok = form == PL_INSTALLED_EGG_INFO && !text->requires.len
                  ? parse_egg_requires(info, &err)
                  : parse_requires(info, text, &err);
    if (!ok)
        damage(info, PL_DAMAGE_METADATA_BAD, err.message);
    /* What distutils wrote never held requirements. */
    info->row.requires_known =
        ok && (form != PL_INSTALLED_EGG_INFO_FILE || text->requires.len);
}

static void check_version(struct info *info)
{
    struct pl_version version;
    if (!info->row.has_version || !info->folder_version.len ||
        !pl_version_parse_view(info->scratch, info->folder_version, &version,
                               NULL) ||
        pl_version_cmp(&version, &info->row.version) == 0)
        return;
    damage(info, PL_DAMAGE_NAME_DIFFERS,
           pl_arena_printf(
               info->scratch, "it says version %.*s",
               PL_STR_ARG(pl_str_sub(info->row.version_text, 0, SHOWN_BYTES))));
}

static void take_headers(struct info *info, struct pl_str body)
{
    struct pl_metadata_text text = pl_metadata_scan(info->scratch, body);
    struct pl_arena *arena = info->reader->arena;
    if (!pl_name_valid(text.name) || !text.version.len) {
        damage(info, PL_DAMAGE_METADATA_BAD,
               text.version.len ? PL_STR("it states no name")
                                : PL_STR("it states no version"));
        return;
    }
    info->row.name =
        pl_arena_dup(arena, pl_name_normalize(info->scratch, text.name));
    set_version(info, text.version);
    if (info->folder_name.len && !pl_str_eq(info->folder_name, info->row.name))
        damage(info, PL_DAMAGE_NAME_DIFFERS,
               pl_arena_printf(info->scratch, "it says %.*s",
                               PL_STR_ARG(info->row.name)));
    check_version(info);
    read_requires(info, &text);
}

/* Where it lies; empty: it is the file itself. */
static struct pl_str metadata_path(const struct info *info)
{
    if (info->row.form == PL_INSTALLED_EGG_INFO_FILE)
        return info->row.info;
    return pl_path_join(info->scratch, info->row.info,
                        info->row.form == PL_INSTALLED_DIST_INFO
                            ? PL_STR("METADATA")
                            : PL_STR("PKG-INFO"));
}

/* What is kept of many is more than of any one. */
static bool check_amount(struct pl_installed_reader *reader, size_t read,
                         struct pl_error *err)
{
    reader->read_bytes += read;
    return (reader->read_bytes <= PL_MAX_INSTALLED_READ_BYTES &&
            reader->require_bytes <= PL_MAX_INSTALLED_REQUIRE_BYTES) ||
           pl_error_plain(err, PL_ERR_LIMIT,
                          "the metadata in %.*s are larger than podlock reads",
                          PL_STR_ARG(reader->folder));
}

static bool take_metadata(struct info *info, struct pl_error *err)
{
    struct pl_error told = {.arena = info->scratch};
    struct pl_str text, path = metadata_path(info);
    if (!read_headers(info, path, &text, &told)) {
        bool absent =
            pl_tree_look(info->reader->tree, path).type == PL_NODE_ABSENT;
        damage(info,
               absent ? PL_DAMAGE_METADATA_ABSENT : PL_DAMAGE_METADATA_BAD,
               absent ? PL_STR("") : told.message);
        return true;
    }
    if (!text.len)
        damage(info, PL_DAMAGE_METADATA_EMPTY, PL_STR(""));
    else
        take_headers(info, text);
    return check_amount(info->reader, text.len, err);
}

/* ---- what lies beside ---- */

static struct pl_str first_line(struct info *info, struct pl_str path,
                                size_t max)
{
    struct pl_str text = {0}, line = {0};
    if (pl_tree_read(info->reader->tree, info->scratch, path, max, &text, NULL))
        (void)pl_str_cut(&text, '\n', &line);
    return pl_str_trim(line);
}

static void take_neighbours(struct info *info)
{
    struct pl_installed *row = &info->row;
    struct pl_arena *arena = info->reader->arena;
    struct pl_str path =
        pl_path_join(info->scratch, row->info, PL_STR("INSTALLER"));
    row->installer =
        pl_arena_dup(arena, first_line(info, path, MAX_INSTALLER_BYTES));
    path = pl_path_join(info->scratch, row->info, PL_STR("RECORD"));
    row->has_record =
        pl_tree_look(info->reader->tree, path).type == PL_NODE_FILE;
    if (!row->has_record &&
        (pl_str_is(row->installer, "pip") || pl_str_is(row->installer, "uv")))
        damage(info, PL_DAMAGE_RECORD_ABSENT, PL_STR(""));
    pl_installed_direct_url(info->reader, row);
}

/* ---- setup.py develop ---- */

/* The egg-info of the project's name in the folder it is developed in. */
static bool find_developed(struct info *info, struct pl_str source,
                           struct pl_str *found)
{
    struct pl_tree_entry *entries;
    size_t count;
    if (!pl_tree_list(info->reader->tree, info->scratch, source, &entries,
                      &count, NULL))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct pl_str name = entries[i].name;
        size_t len = name.len - strlen(".egg-info");
        if (!pl_str_ends(name, ".egg-info") ||
            !pl_str_eq(
                pl_name_normalize(info->scratch, pl_str_sub(name, 0, len)),
                info->folder_name))
            continue;
        *found = pl_path_join(info->scratch, source, name);
        return true;
    }
    return false;
}

static bool take_link(struct info *info, struct pl_error *err)
{
    struct pl_str link = info->row.info, egg;
    struct pl_str line = first_line(info, link, PL_MAX_PATH_BYTES);
    struct pl_str source =
        pl_tree_path(info->scratch, info->reader->folder, line, NULL);
    info->row.is_editable = true;
    if (!line.len || !find_developed(info, source, &egg)) {
        damage(info, PL_DAMAGE_LINK_TO_NOTHING, line);
        return true;
    }
    /* Read as the egg-info that it is; it stays where the link is. */
    info->row.info = pl_arena_dup(info->reader->arena, egg);
    info->row.form = PL_INSTALLED_EGG_INFO;
    bool ok = take_metadata(info, err);
    info->row.info = link;
    info->row.form = PL_INSTALLED_EGG_LINK;
    return ok;
}

bool pl_installed_add(struct pl_installed_reader *reader,
                      enum pl_installed_form form, struct pl_str path,
                      struct pl_str stem, struct pl_error *err)
{
    PL_ARENA(scratch);
    struct info info = {.reader = reader, .scratch = &scratch, .stem = stem};
    info.row = (struct pl_installed){
        .folder = reader->folder, .info = path, .form = form};
    read_stem(&info, stem);
    bool ok = form == PL_INSTALLED_EGG_LINK ? take_link(&info, err)
                                            : take_metadata(&info, err);
    if (!ok)
        return false;
    if (!info.row.name.len) {
        info.row.name = info.folder_name;
        set_version(&info, info.folder_version);
    }
    if (form == PL_INSTALLED_DIST_INFO)
        take_neighbours(&info);
    /* Without a name there is nothing that could be asked for. */
    if (info.row.name.len)
        pl_vec_push(reader->arena, &reader->list->rows, info.row);
    return true;
}
