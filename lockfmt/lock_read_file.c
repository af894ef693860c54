#include "lockfmt/lock_read_file.h"

#include "core/limits.h"
#include "core/map.h"
#include "lockfmt/lock_hash.h"
#include "lockfmt/lock_path.h"
#include "pep/wheelname.h"

static const char *const file_keys[] = {"name", "upload-time", "url", "path",
                                        "size", "hashes",      NULL};
static const char *const archive_keys[] = {
    "url", "path", "size", "upload-time", "hashes", "subdirectory", NULL};
static const char *const vcs_keys[] = {
    "type",      "url",          "path", "requested-revision",
    "commit-id", "subdirectory", NULL};
static const char *const directory_keys[] = {"path", "editable", "subdirectory",
                                             NULL};

/* ---- times ---- */

/* The place behind seconds and their parts; the length when there is none. */
static size_t zone_at(struct pl_str text)
{
    size_t at = 19;
    if (at < text.len && text.at[at] == '.')
        for (at++; at < text.len && pl_is_digit(text.at[at]);)
            at++;
    return at < text.len ? at : text.len;
}

/* TOML's spellings of UTC as one: "2025-10-17 12:00:00.5+00:00". */
static bool read_time(const struct pl_lock_reader *r,
                      const struct pl_toml_node *table, struct pl_str *out)
{
    const struct pl_toml_node *node;
    if (!pl_lock_get(r, table, "upload-time", PL_TOML_DATETIME, &node))
        return false;
    *out = (struct pl_str){0};
    if (!node)
        return true;
    struct pl_str text = pl_toml_text(node);
    struct pl_str zone = pl_str_sub(text, zone_at(text), text.len);
    if (text.len < 19)
        return pl_lock_fail(r, node,
                            "`upload-time` must be a date with a "
                            "time");
    if (zone.len && !pl_str_is_nocase(zone, "z") &&
        !pl_str_is(zone, "+00:00") && !pl_str_is(zone, "-00:00"))
        return pl_lock_fail(r, node, "`upload-time` must be in UTC");
    char *copy = pl_arena_alloc(r->arena, text.len - zone.len + 2);
    memcpy(copy, text.at, text.len - zone.len);
    copy[10] = 'T';
    copy[text.len - zone.len] = 'Z';
    *out = (struct pl_str){copy, text.len - zone.len + 1};
    return true;
}

/* ---- files ---- */

static bool check_fits(const struct pl_lock_reader *r,
                       const struct pl_toml_node *node,
                       const struct pl_lock_file *file, struct pl_str name,
                       const struct pl_version *stated,
                       const struct pl_lock_package *package,
                       const struct pl_version *version)
{
    if (!pl_str_eq(name, package->name))
        return pl_lock_fail(r, node, "the file `%.*s` is not one of `%.*s`",
                            PL_STR_ARG(file->name), PL_STR_ARG(package->name));
    if (version && pl_version_cmp(stated, version) != 0)
        return pl_lock_fail(r, node,
                            "the file `%.*s` is not one of `%.*s` %.*s",
                            PL_STR_ARG(file->name), PL_STR_ARG(package->name),
                            PL_STR_ARG(package->version));
    return true;
}

static bool check_file_name(const struct pl_lock_reader *r,
                            const struct pl_toml_node *node,
                            const struct pl_lock_file *file,
                            const struct pl_lock_package *package,
                            const struct pl_version *version)
{
    struct pl_wheelname wheel = {.name = package->name};
    bool good = file->is_sdist
                    ? pl_sdistname_parse(r->arena, file->name, package->name,
                                         &wheel.version, r->err)
                    : pl_wheelname_parse(r->arena, file->name, &wheel, r->err);
    if (!good) {
        /* A place within the name means nothing in a URL that was decoded. */
        if (r->err)
            r->err->span = pl_toml_span(node);
        return false;
    }
    return check_fits(r, node, file, wheel.name, &wheel.version, package,
                      version);
}

static bool read_file(const struct pl_lock_reader *r,
                      const struct pl_toml_node *table, const char *what,
                      struct pl_lock_file *out,
                      const struct pl_toml_node **told_by)
{
    if (!pl_lock_location(r, table, what, false, &out->url, &out->path) ||
        !pl_lock_file_name(r, table, what, out, told_by) ||
        !pl_lock_size(r, table, "size", &out->size, &out->has_size) ||
        !read_time(r, table, &out->upload_time) ||
        !pl_lock_hashes(r, table, what, out))
        return false;
    out->span = pl_toml_span(*told_by);
    return true;
}

static bool read_distribution(const struct pl_lock_reader *r,
                              const struct pl_toml_node *table,
                              const struct pl_version *version,
                              const struct pl_lock_package *package,
                              struct pl_lock_file *out)
{
    const struct pl_toml_node *told_by;
    const char *what = out->is_sdist ? "the sdist" : "a wheel";
    if (!read_file(r, table, what, out, &told_by) ||
        !check_file_name(r, told_by, out, package, version))
        return false;
    out->others = pl_lock_rest(r, table, file_keys, what);
    return true;
}

static bool read_wheels(const struct pl_lock_reader *r,
                        const struct pl_toml_node *wheels,
                        const struct pl_version *version,
                        const struct pl_lock_package *package,
                        struct pl_lock_file *files)
{
    struct pl_map seen = {.arena = r->arena};
    for (size_t i = 0; i < pl_toml_count(wheels); i++) {
        struct pl_lock_file *file = &files[i];
        if (!read_distribution(r, pl_toml_at(wheels, i), version, package,
                               file))
            return false;
        if (pl_map_get(&seen, file->name))
            return pl_error_set(r->err, PL_ERR_INPUT, file->span,
                                "the wheel `%.*s` stands here twice",
                                PL_STR_ARG(file->name));
        pl_map_put(&seen, file->name, file);
    }
    return true;
}

static bool read_files(const struct pl_lock_reader *r,
                       const struct pl_toml_node *wheels,
                       const struct pl_toml_node *sdist,
                       const struct pl_version *version,
                       struct pl_lock_package *out)
{
    size_t wheel_count = wheels ? pl_toml_count(wheels) : 0;
    size_t count = wheel_count + (sdist != NULL);
    struct pl_lock_file *files =
        pl_new_array(r->arena, struct pl_lock_file, count);
    if (wheels && !read_wheels(r, wheels, version, out, files))
        return false;
    if (sdist) {
        files[wheel_count].is_sdist = true;
        if (!read_distribution(r, sdist, version, out, &files[wheel_count]))
            return false;
    }
    out->file = files[0];
    out->more = files + 1;
    out->more_count = count - 1;
    return true;
}

/* ---- sources that are not distributions ---- */

static bool read_archive(const struct pl_lock_reader *r,
                         const struct pl_toml_node *table,
                         struct pl_lock_package *out)
{
    const struct pl_toml_node *told_by;
    if (!read_file(r, table, "the archive", &out->file, &told_by) ||
        !pl_lock_subdirectory(r, table, &out->tree.subdirectory))
        return false;
    out->file.others = pl_lock_rest(r, table, archive_keys, "the archive");
    return true;
}

static bool is_hex_id(struct pl_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!pl_is_digit(text.at[i]) &&
            (pl_lower(text.at[i]) < 'a' || pl_lower(text.at[i]) > 'f'))
            return false;
    return text.len == 40 || text.len == 64;
}

/* A branch moves: git and hg have names for commits that do not. */
static bool check_commit(const struct pl_lock_reader *r,
                         const struct pl_toml_node *table,
                         const struct pl_lock_tree *tree)
{
    const struct pl_toml_node *node = NULL;
    bool hashed = pl_str_is(tree->vcs, "git") || pl_str_is(tree->vcs, "hg");
    if (!pl_toml_get(table, "commit-id", &node))
        return false;
    if (hashed && !is_hex_id(tree->commit_id))
        return pl_lock_fail(r, node, "this is no commit of %.*s",
                            PL_STR_ARG(tree->vcs));
    if (tree->commit_id.at[0] == '-')
        return pl_lock_fail(r, node, "this is no commit");
    return true;
}

static bool read_vcs(const struct pl_lock_reader *r,
                     const struct pl_toml_node *table,
                     struct pl_lock_package *out)
{
    static const char what[] = "[packages.vcs]";
    struct pl_lock_tree *tree = &out->tree;
    if (!pl_lock_req_str(r, table, what, "type", &tree->vcs) ||
        !pl_lock_location(r, table, what, true, &tree->url, &tree->path) ||
        !pl_lock_str(r, table, "requested-revision",
                     &tree->requested_revision) ||
        !pl_lock_req_str(r, table, what, "commit-id", &tree->commit_id) ||
        !pl_lock_subdirectory(r, table, &tree->subdirectory) ||
        !check_commit(r, table, tree))
        return false;
    tree->others = pl_lock_rest(r, table, vcs_keys, what);
    return true;
}

static bool read_directory(const struct pl_lock_reader *r,
                           const struct pl_toml_node *table,
                           struct pl_lock_package *out)
{
    static const char what[] = "[packages.directory]";
    struct pl_lock_tree *tree = &out->tree;
    const struct pl_toml_node *editable;
    if (!pl_lock_req_str(r, table, what, "path", &tree->path) ||
        !pl_lock_location(r, table, what, false, &tree->url, &tree->path) ||
        !pl_lock_get(r, table, "editable", PL_TOML_BOOL, &editable) ||
        !pl_lock_subdirectory(r, table, &tree->subdirectory))
        return false;
    tree->url = (struct pl_str){0};
    tree->has_editable = editable;
    if (editable)
        pl_toml_bool(editable, &tree->editable);
    tree->others = pl_lock_rest(r, table, directory_keys, what);
    return true;
}

/* ---- which one ---- */

struct sources {
    const struct pl_toml_node *wheels, *sdist, *archive, *vcs, *directory;
};

static bool get_sources(const struct pl_lock_reader *r,
                        const struct pl_toml_node *table,
                        struct sources *sources)
{
    return pl_lock_tables(r, table, "wheels", PL_MAX_LOCK_FILES,
                          &sources->wheels) &&
           pl_lock_get(r, table, "sdist", PL_TOML_TABLE, &sources->sdist) &&
           pl_lock_get(r, table, "archive", PL_TOML_TABLE, &sources->archive) &&
           pl_lock_get(r, table, "vcs", PL_TOML_TABLE, &sources->vcs) &&
           pl_lock_get(r, table, "directory", PL_TOML_TABLE,
                       &sources->directory);
}

/* An empty list of wheels beside another source says nothing. */
static bool check_one(const struct pl_lock_reader *r,
                      const struct pl_toml_node *table, const struct sources *s,
                      const struct pl_lock_package *package)
{
    bool files = s->sdist || (s->wheels && pl_toml_count(s->wheels));
    const struct pl_toml_node *trees[] = {s->archive, s->vcs, s->directory};
    const struct pl_toml_node *second = NULL;
    unsigned count = files;
    for (size_t i = 0; i < PL_COUNT(trees); i++) {
        if (trees[i] && count++)
            second = trees[i];
    }
    if (!count)
        return pl_lock_fail(r, table,
                            "`%.*s` has no source: no wheels, sdist, "
                            "archive, vcs or directory",
                            PL_STR_ARG(package->name));
    if (second)
        return pl_lock_fail_key(r, second, "`%.*s` has more than one source",
                                PL_STR_ARG(package->name));
    return true;
}

bool pl_lock_read_source(const struct pl_lock_reader *r,
                         const struct pl_toml_node *table,
                         const struct pl_version *version,
                         struct pl_lock_package *out)
{
    struct sources s;
    if (!get_sources(r, table, &s) || !check_one(r, table, &s, out))
        return false;
    if (s.archive) {
        out->source = PL_LOCK_ARCHIVE;
        return read_archive(r, s.archive, out);
    }
    if (s.vcs) {
        out->source = PL_LOCK_VCS;
        return read_vcs(r, s.vcs, out);
    }
    if (s.directory) {
        out->source = PL_LOCK_DIRECTORY;
        return read_directory(r, s.directory, out);
    }
    return read_files(r, s.wheels, s.sdist, version, out);
}
