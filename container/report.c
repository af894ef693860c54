#include "container/report.h"

#include "core/json.h"
#include "core/limits.h"
#include "core/map.h"
#include "core/mask.h"
#include "lockfmt/pins_read.h"
#include "pep/name.h"

struct reader {
    struct pl_arena *arena;
    const struct pl_source *source;
    struct pl_error *err;
    struct pl_container container;
    struct pl_python python;
    struct pl_map folders; /* path -> struct pl_site_folder, in order */
};

static bool fail(struct reader *r, const char *what)
{
    pl_error_plain(r->err, PL_ERR_INPUT, "%.*s: %s",
                   PL_STR_ARG(r->source->name), what);
    return pl_error_hint(r->err, "give what `pip inspect > FILE` writes");
}

static bool push(struct reader *r, const struct pl_installed *row)
{
    if (r->python.installed.rows.len >= PL_MAX_INSTALLED)
        return pl_error_plain(r->err, PL_ERR_LIMIT, "more than %d packages",
                              PL_MAX_INSTALLED);
    pl_vec_push(r->arena, &r->python.installed.rows, *row);
    return true;
}

static void set_version(struct reader *r, struct pl_str text,
                        struct pl_installed *row)
{
    row->version_text = text;
    row->has_version =
        text.len && pl_version_parse(r->arena, text, &row->version, NULL);
}

static void finish(struct reader *r, struct pl_container *out)
{
    struct pl_python *python = pl_new(r->arena, struct pl_python);
    *python = r->python;
    r->container.pythons = python;
    r->container.python_count = 1;
    *out = r->container;
}

/* ---- pip inspect: JSON's strings go with it ---- */

static struct pl_str get_str(const struct reader *r, struct pl_json_value value,
                             const char *key)
{
    struct pl_str text = {0};
    return pl_json_get_str(value, key, &text) ? pl_arena_dup(r->arena, text)
                                              : text;
}

/* The system's, by where Debian and its kin put it. */
static bool is_os_folder(struct pl_str folder)
{
    return pl_str_starts(folder, "/usr/lib/python3") &&
           pl_str_ends(folder, "/dist-packages");
}

static void add_folder(struct reader *r, struct pl_str folder)
{
    void **slot = pl_map_slot(&r->folders, folder);
    if (*slot)
        return;
    struct pl_site_folder *site = pl_new(r->arena, struct pl_site_folder);
    *site = (struct pl_site_folder){folder, is_os_folder(folder), true};
    *slot = site;
}

static void set_place(struct reader *r, struct pl_str info,
                      struct pl_installed *row)
{
    size_t slash = pl_str_rfind(info, '/');
    row->info = info;
    row->form = pl_str_ends(info, ".dist-info") ? PL_INSTALLED_DIST_INFO
                                                : PL_INSTALLED_EGG_INFO;
    if (slash == info.len || !pl_str_starts(info, "/"))
        return;
    row->folder = pl_str_sub(info, 0, slash ? slash : 1);
    row->has_record = !is_os_folder(row->folder);
    add_folder(r, row->folder);
}

static void set_origin(struct reader *r, struct pl_json_value entry,
                       struct pl_installed *row)
{
    struct pl_json_value direct, folder, editable;
    if (!pl_json_get(entry, "direct_url", &direct))
        return;
    row->direct_url = pl_mask(r->arena, get_str(r, direct, "url"));
    if (pl_json_get(direct, "dir_info", &folder) &&
        pl_json_get(folder, "editable", &editable))
        (void)!pl_json_bool(editable, &row->is_editable);
}

static void note_bad(struct reader *r, const struct pl_installed *row,
                     struct pl_str line)
{
    const struct pl_damage damage = {
        PL_DAMAGE_METADATA_BAD, row->name, row->info,
        pl_arena_printf(r->arena, "Requires-Dist `%.*s`", PL_STR_ARG(line))};
    pl_vec_push(r->arena, &r->python.installed.damage, damage);
}

static void set_requires(struct reader *r, struct pl_json_value metadata,
                         struct pl_installed *row)
{
    PL_VEC(struct pl_requirement) list = {0};
    struct pl_json_value lines, line;
    row->requires_known = true;
    if (!pl_json_get(metadata, "requires_dist", &lines))
        return;
    struct pl_json_iter it = pl_json_items(lines);
    while (pl_json_next(&it, NULL, &line)) {
        struct pl_requirement wanted;
        struct pl_str text = {0};
        if (!pl_json_str(line, &text) ||
            !pl_requirement_parse_lenient(r->arena, text, &wanted, NULL,
                                          NULL)) {
            row->requires_known = false;
            note_bad(r, row, text);
            return;
        }
        pl_vec_push(r->arena, &list, wanted);
    }
    row->requires = list.at;
    row->require_count = list.len;
}

static bool read_entry(struct reader *r, struct pl_json_value entry)
{
    struct pl_installed row = {0};
    struct pl_json_value metadata;
    if (!pl_json_get(entry, "metadata", &metadata))
        return fail(r, "a package has no `metadata`");
    struct pl_str name = get_str(r, metadata, "name");
    if (!pl_name_valid(name))
        return fail(r, "a package has no name");
    row.name = pl_name_normalize(r->arena, name);
    row.installer = get_str(r, entry, "installer");
    set_version(r, get_str(r, metadata, "version"), &row);
    set_place(r, get_str(r, entry, "metadata_location"), &row);
    set_origin(r, entry, &row);
    set_requires(r, metadata, &row);
    return push(r, &row);
}

/* pip's own first, as on the path. */
static void set_folders(struct reader *r)
{
    size_t kept = 0;
    struct pl_site_folder *folders =
        pl_new_array(r->arena, struct pl_site_folder, r->folders.len);
    for (int os = 0; os < 2; os++)
        for (size_t i = 0; i < r->folders.len; i++) {
            const struct pl_site_folder *site = r->folders.entries[i].value;
            if (site->is_os == os)
                folders[kept++] = *site;
        }
    r->python.folders = folders;
    r->python.folder_count = kept;
}

static bool read_environment(struct reader *r, struct pl_json_value root)
{
    struct pl_json_value env;
    if (!pl_json_get(root, "environment", &env))
        return fail(r, "it has no `environment`");
    struct pl_str system = get_str(r, env, "sys_platform");
    if (system.len && !pl_str_is(system, "linux"))
        return pl_error_plain(r->err, PL_ERR_INPUT,
                              "%.*s is of a Python on %.*s; podlock locks for "
                              "Linux",
                              PL_STR_ARG(r->source->name), PL_STR_ARG(system));
    r->python.version = get_str(r, env, "python_full_version");
    r->container.arch = get_str(r, env, "platform_machine");
    return true;
}

static bool read_report(struct reader *r, struct pl_json_value root)
{
    struct pl_json_value installed, entry;
    if (!pl_json_get(root, "installed", &installed) ||
        pl_json_type(installed) != PL_JSON_ARRAY)
        return fail(r, "it has no `installed`: this is no report of `pip "
                       "inspect`");
    if (!read_environment(r, root))
        return false;
    struct pl_json_iter it = pl_json_items(installed);
    while (pl_json_next(&it, NULL, &entry))
        if (!read_entry(r, entry))
            return false;
    set_folders(r);
    return true;
}

bool pl_report_inspect(struct pl_arena *arena, const struct pl_source *source,
                       struct pl_container *out, struct pl_error *err)
{
    struct reader r = {.arena = arena,
                       .source = source,
                       .err = err,
                       .folders = {.arena = arena}};
    struct pl_json *doc;
    if (!pl_json_parse(source->text, &doc, err)) {
        pl_error_locate(err, source, source->text);
        return pl_error_hint(err, "give what `pip inspect > FILE` writes");
    }
    bool good = read_report(&r, pl_json_root(doc));
    pl_json_destroy(doc);
    if (good)
        finish(&r, out);
    return good;
}

/* ---- pip freeze ---- */

static bool add_pin(struct reader *r, const struct pl_lock_package *pin)
{
    struct pl_installed row = {.name = pin->name, .has_record = true};
    set_version(r, pin->version, &row);
    row.is_editable = pin->tree.editable;
    row.direct_url = pin->tree.url.len ? pin->tree.url : pin->file.url;
    return push(r, &row);
}

bool pl_report_freeze(struct pl_arena *arena, const struct pl_source *source,
                      struct pl_str python_version, struct pl_container *out,
                      struct pl_error *err)
{
    struct reader r = {.arena = arena, .source = source, .err = err};
    struct pl_lock pins;
    if (!pl_pins_read(arena, source, &pins, err))
        return false;
    r.python.version = python_version;
    for (size_t i = 0; i < pins.package_count; i++)
        if (!add_pin(&r, &pins.packages[i]))
            return false;
    finish(&r, out);
    return true;
}
