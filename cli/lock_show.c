#include "cli/lock_show.h"

#include "cli/resolve_show.h"
#include "core/file.h"
#include "core/jsonw.h"
#include "lockfmt/lock_read.h"
#include "lockfmt/lock_write.h"

static void warn(const struct pl_cli *cli,
                 const struct pl_lock_warnings *warnings)
{
    for (size_t i = 0; i < warnings->count; i++)
        pl_cli_warn(cli, &warnings->at[i]);
    if (warnings->not_kept)
        pl_cli_note(cli, "and %zu more warnings", warnings->not_kept);
}

/* Where there is no pylock.toml, there may be one for each container. */
static bool hint_others(struct pl_cli *cli, struct pl_str path,
                        struct pl_error *err)
{
    struct pl_str *names, all = {0};
    size_t count;
    if (err->code != PL_ERR_FILE || err->hint.len ||
        !pl_str_is(path, "pylock.toml") || pl_file_exists(path) ||
        !pl_dir_list(cli->arena, PL_STR("."), &names, &count, NULL))
        return false;
    for (size_t i = 0; i < count; i++)
        if (pl_lock_name_valid(names[i]))
            all = pl_arena_printf(cli->arena, "%.*s%s%.*s", PL_STR_ARG(all),
                                  all.len ? ", " : "", PL_STR_ARG(names[i]));
    if (!all.len)
        return false;
    return pl_error_hint(err, "name the lock; here is %.*s", PL_STR_ARG(all));
}

bool pl_lock_open(struct pl_cli *cli, struct pl_str path, struct pl_lock *out,
                  struct pl_error *err)
{
    struct pl_lock_warnings warnings = {0};
    if (!pl_lock_load(cli->arena, path, out, &warnings, err))
        return hint_others(cli, path, err);
    warn(cli, &warnings);
    return true;
}

bool pl_lock_open_source(struct pl_cli *cli, const struct pl_source *source,
                         struct pl_lock *out, struct pl_error *err)
{
    struct pl_lock_warnings warnings = {0};
    if (!pl_lock_read(cli->arena, source, out, &warnings, err))
        return false;
    warn(cli, &warnings);
    return true;
}

bool pl_output_is_read(struct pl_str output_file, struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_USAGE,
                   "`--output-file %.*s` would overwrite a file that is read",
                   PL_STR_ARG(output_file));
    return pl_error_hint(err, "write to another file");
}

bool pl_lock_spare_inputs(struct pl_str output_file, struct pl_str path,
                          const struct pl_lock *lock, struct pl_error *err)
{
    bool is_read = pl_file_is_same(output_file, path);
    for (size_t i = 0; i < lock->input_count; i++)
        is_read |= pl_file_is_same(output_file, lock->inputs[i].name);
    return !is_read || pl_output_is_read(output_file, err);
}

bool pl_lock_spare(struct pl_str output_file, struct pl_error *err)
{
    if (!pl_str_ends(output_file, ".toml"))
        return true;
    pl_error_plain(err, PL_ERR_USAGE, "`%.*s` is a name for a lock",
                   PL_STR_ARG(output_file));
    return pl_error_hint(err, "what is written here is none: choose another "
                              "name for it");
}

/* ---- JSON ---- */

static const char *const source_names[] = {
    [PL_LOCK_FILES] = "files",
    [PL_LOCK_ARCHIVE] = "archive",
    [PL_LOCK_VCS] = "vcs",
    [PL_LOCK_DIRECTORY] = "directory",
};

static void write_optional(struct pl_jsonw *w, const char *key,
                           struct pl_str text)
{
    if (text.len)
        pl_jsonw_str(w, key, text);
}

static void write_file(struct pl_jsonw *w, const struct pl_lock_file *file)
{
    struct pl_lock_hash hash = pl_lock_file_hash(file);
    pl_jsonw_object(w, NULL);
    pl_jsonw_str(w, "name", file->name);
    write_optional(w, "url", file->url);
    write_optional(w, "path", file->path);
    if (file->has_size)
        pl_jsonw_u64(w, "size", file->size);
    else
        pl_jsonw_null(w, "size");
    pl_jsonw_object(w, "hashes");
    write_optional(w, "sha256", file->sha256);
    if (!file->sha256.len)
        pl_jsonw_named_str(w, hash.algorithm, hash.value);
    pl_jsonw_end(w);
    pl_jsonw_bool(w, "from-sdist", file->is_sdist);
    pl_jsonw_end(w);
}

static void write_tree(struct pl_jsonw *w, const struct pl_lock_tree *tree)
{
    write_optional(w, "vcs", tree->vcs);
    write_optional(w, "url", tree->url);
    write_optional(w, "path", tree->path);
    write_optional(w, "commit-id", tree->commit_id);
    write_optional(w, "subdirectory", tree->subdirectory);
    if (tree->has_editable)
        pl_jsonw_bool(w, "editable", tree->editable);
}

static void write_package(struct pl_jsonw *w,
                          const struct pl_lock_package *package)
{
    pl_jsonw_object(w, NULL);
    pl_jsonw_str(w, "name", package->name);
    write_optional(w, "version", package->version);
    write_optional(w, "marker", package->marker);
    write_optional(w, "index", package->index);
    pl_jsonw_str(w, "source", pl_str_from(source_names[package->source]));
    write_tree(w, &package->tree);
    pl_jsonw_array(w, "files");
    if (package->file.name.len)
        write_file(w, &package->file);
    for (size_t i = 0; i < package->more_count; i++)
        write_file(w, &package->more[i]);
    pl_jsonw_end(w);
    pl_jsonw_strs(w, "dependencies", package->dependencies,
                  package->dependency_count);
    pl_jsonw_strs(w, "via", package->via, package->via_count);
    pl_jsonw_strs(w, "rules", package->rules, package->rule_count);
    pl_jsonw_end(w);
}

static void write_facts(struct pl_jsonw *w, const struct pl_lock *lock)
{
    pl_jsonw_array(w, "provided");
    for (size_t i = 0; i < lock->provided_count; i++) {
        pl_jsonw_object(w, NULL);
        pl_jsonw_str(w, "name", lock->provided[i].name);
        pl_jsonw_str(w, "version", lock->provided[i].version);
        pl_jsonw_strs(w, "via", lock->provided[i].via,
                      lock->provided[i].via_count);
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
    pl_json_replaced(w, lock);
    pl_jsonw_strs(w, "broken", lock->broken, lock->broken_count);
    pl_jsonw_strs(w, "ignored-rules", lock->ignored_rules,
                  lock->ignored_rule_count);
}

void pl_lock_json(const struct pl_lock *lock, struct pl_buf *out)
{
    struct pl_jsonw w = pl_jsonw_to(out);
    size_t unknown;
    uint64_t bytes = pl_lock_bytes(lock, &unknown);
    pl_jsonw_object(&w, NULL);
    pl_jsonw_str(&w, "lock-version", lock->version);
    pl_jsonw_str(&w, "created-by", lock->created_by);
    write_optional(&w, "template", lock->template_id);
    write_optional(&w, "template-digest", lock->template_digest);
    write_optional(&w, "rules", lock->rules_edition);
    write_optional(&w, "requires-python", lock->requires_python);
    pl_jsonw_strs(&w, "environments", lock->environments,
                  lock->environment_count);
    pl_jsonw_array(&w, "packages");
    for (size_t i = 0; i < lock->package_count; i++)
        write_package(&w, &lock->packages[i]);
    pl_jsonw_end(&w);
    if (!lock->is_foreign)
        write_facts(&w, lock);
    pl_jsonw_u64(&w, "bytes", bytes);
    pl_jsonw_u64(&w, "unknown-sizes", unknown);
    pl_jsonw_end(&w);
}
