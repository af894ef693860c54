#include "lockfmt/lock_write.h"

#include <inttypes.h>

#include "core/escape.h"
#include "core/file.h"
#include "lockfmt/lock_header.h"
#include "lockfmt/lock_key.h"
#include "lockfmt/lock_read_tool.h"

/* ---- pieces of TOML ---- */

static void add_key(struct pl_buf *out, const char *key, struct pl_str value)
{
    pl_buf_add_cstr(out, key);
    pl_buf_add_cstr(out, " = ");
    pl_escape_toml(out, value);
    pl_buf_add_char(out, '\n');
}

static void add_optional(struct pl_buf *out, const char *key,
                         struct pl_str value)
{
    if (value.len)
        add_key(out, key, value);
}

static void add_array(struct pl_buf *out, const char *key,
                      const struct pl_str *items, size_t count)
{
    pl_buf_add_cstr(out, key);
    pl_buf_add_cstr(out, " = [");
    for (size_t i = 0; i < count; i++) {
        pl_buf_add_cstr(out, i ? ", " : "");
        pl_escape_toml(out, items[i]);
    }
    pl_buf_add_cstr(out, "]\n");
}

static void add_optional_array(struct pl_buf *out, const char *key,
                               const struct pl_str *items, size_t count)
{
    if (count)
        add_array(out, key, items, count);
}

/* Member of an inline table; the first one is not `next`. */
static void add_member(struct pl_buf *out, const char *key, struct pl_str value,
                       bool next)
{
    pl_buf_add_cstr(out, next ? ", " : "{ ");
    pl_buf_add_cstr(out, key);
    pl_buf_add_cstr(out, " = ");
    pl_escape_toml(out, value);
}

static void add_raw(struct pl_buf *out, struct pl_str key, struct pl_str toml)
{
    pl_lock_add_key(key, out);
    pl_buf_add_cstr(out, " = ");
    pl_buf_add_str(out, toml);
}

static void add_others(struct pl_buf *out, const struct pl_lock_others *others)
{
    for (size_t i = 0; i < others->count; i++) {
        add_raw(out, others->at[i].key, others->at[i].value);
        pl_buf_add_char(out, '\n');
    }
}

/* The same inside an inline table that has members already. */
static void add_more(struct pl_buf *out, const struct pl_lock_others *others)
{
    for (size_t i = 0; i < others->count; i++) {
        pl_buf_add_cstr(out, ", ");
        add_raw(out, others->at[i].key, others->at[i].value);
    }
}

/* Tables of other tools: "tool.NAME = {...}" below `header`. */
static void add_tools(struct pl_buf *out, const char *header,
                      const struct pl_lock_others *tools)
{
    if (!tools->count)
        return;
    pl_buf_addf(out, "\n[%s]\n", header);
    add_others(out, tools);
}

/* An array of tables, one a line, so that a change is one line of a diff. */
static void open_rows(struct pl_buf *out, const char *key, size_t count)
{
    pl_buf_addf(out, count ? "%s = [\n" : "%s = [", key);
}

static void open_row(struct pl_buf *out)
{
    pl_buf_add_cstr(out, "    ");
}

static void close_row(struct pl_buf *out)
{
    pl_buf_add_cstr(out, " },\n");
}

static void close_rows(struct pl_buf *out)
{
    pl_buf_add_cstr(out, "]\n");
}

/* ---- times ---- */

static bool take_number(struct pl_cursor *c, size_t digits, unsigned least,
                        unsigned most, unsigned *out)
{
    unsigned number = 0;
    for (size_t i = 0; i < digits; i++) {
        char digit = pl_cursor_peek(c);
        if (!pl_is_digit(digit) || !pl_cursor_take(c, digit))
            return false;
        number = number * 10 + (unsigned)(digit - '0');
    }
    *out = number;
    return number >= least && number <= most;
}

static unsigned days_of(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30,
                                         31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static bool take_date(struct pl_cursor *c)
{
    unsigned year, month, day;
    return take_number(c, 4, 1, 9999, &year) && pl_cursor_take(c, '-') &&
           take_number(c, 2, 1, 12, &month) && pl_cursor_take(c, '-') &&
           take_number(c, 2, 1, days_of(year, month), &day);
}

static bool take_time(struct pl_cursor *c)
{
    unsigned hour, minute, second;
    if (!take_number(c, 2, 0, 23, &hour) || !pl_cursor_take(c, ':') ||
        !take_number(c, 2, 0, 59, &minute) || !pl_cursor_take(c, ':') ||
        !take_number(c, 2, 0, 59, &second))
        return false;
    return !pl_cursor_take(c, '.') || pl_cursor_span(c, pl_is_digit).len;
}

/* TOML would take more; Python's tomllib, and so pip, takes no more. */
static bool is_utc_time(struct pl_str text)
{
    struct pl_cursor c = pl_cursor_from(text);
    return take_date(&c) && pl_cursor_take(&c, 'T') && take_time(&c) &&
           pl_cursor_take(&c, 'Z') && pl_cursor_done(&c);
}

/* ---- a file ---- */

/* As it stands there: a percent-encoded name is another name. */
static struct pl_str last_part(const struct pl_lock_file *file)
{
    struct pl_str text = file->path;
    if (!text.len) {
        text = pl_str_sub(file->url, 0, pl_str_find(file->url, '#'));
        text = pl_str_sub(text, 0, pl_str_find(text, '?'));
    }
    return pl_path_base(text);
}

static void add_hashes(struct pl_buf *out, const struct pl_lock_file *file)
{
    bool next = file->sha256.len || !file->hash_count;
    pl_buf_add_cstr(out, ", hashes = ");
    if (next)
        add_member(out, "sha256", file->sha256, false);
    for (size_t i = 0; i < file->hash_count; i++) {
        pl_buf_add_cstr(out, next ? ", " : "{ ");
        pl_lock_add_key(file->hashes[i].algorithm, out);
        pl_buf_add_cstr(out, " = ");
        pl_escape_toml(out, file->hashes[i].value);
        next = true;
    }
    pl_buf_add_cstr(out, " }");
}

/* `subdirectory` of an archive, whose files have no `name`. */
static void add_file(struct pl_buf *out, const struct pl_lock_file *file,
                     const struct pl_str *subdirectory)
{
    bool next = !subdirectory && !pl_str_eq(last_part(file), file->name);
    if (next)
        add_member(out, "name", file->name, false);
    if (is_utc_time(file->upload_time)) {
        pl_buf_addf(out, "%supload-time = %.*s", next ? ", " : "{ ",
                    PL_STR_ARG(file->upload_time));
        next = true;
    }
    if (file->url.len)
        add_member(out, "url", file->url, next);
    if (file->path.len || !file->url.len)
        add_member(out, "path", file->path, next || file->url.len);
    if (file->has_size && file->size <= INT64_MAX)
        pl_buf_addf(out, ", size = %" PRIu64, file->size);
    add_hashes(out, file);
    if (subdirectory && subdirectory->len)
        add_member(out, "subdirectory", *subdirectory, true);
    add_more(out, &file->others);
    pl_buf_add_cstr(out, " }");
}

/* ---- a package ---- */

static void add_dependencies(struct pl_buf *out,
                             const struct pl_lock_package *package)
{
    size_t count = package->dependency_count;
    if (!count)
        return;
    if (package->dependencies_text.len) {
        add_raw(out, PL_STR("dependencies"), package->dependencies_text);
        pl_buf_add_char(out, '\n');
        return;
    }
    open_rows(out, "dependencies", count);
    for (size_t i = 0; i < count; i++) {
        open_row(out);
        add_member(out, "name", package->dependencies[i], false);
        close_row(out);
    }
    close_rows(out);
}

static void add_wheels(struct pl_buf *out,
                       const struct pl_lock_package *package)
{
    bool rows = package->more_count && !package->more[0].is_sdist;
    pl_buf_add_cstr(out, rows ? "wheels = [\n    " : "wheels = [");
    add_file(out, &package->file, NULL);
    pl_buf_add_cstr(out, rows ? ",\n" : "");
    for (size_t i = 0; i < package->more_count; i++) {
        if (package->more[i].is_sdist)
            continue;
        open_row(out);
        add_file(out, &package->more[i], NULL);
        pl_buf_add_cstr(out, ",\n");
    }
    pl_buf_add_cstr(out, "]\n");
}

static void add_sdist(struct pl_buf *out, const struct pl_lock_file *file)
{
    if (!file->is_sdist)
        return;
    pl_buf_add_cstr(out, "sdist = ");
    add_file(out, file, NULL);
    pl_buf_add_char(out, '\n');
}

static void add_files(struct pl_buf *out, const struct pl_lock_package *package)
{
    add_sdist(out, &package->file);
    for (size_t i = 0; i < package->more_count; i++)
        add_sdist(out, &package->more[i]);
    if (!package->file.is_sdist)
        add_wheels(out, package);
}

/* Member of a tree's inline table, if it is there. */
static void add_part(struct pl_buf *out, const char *key, struct pl_str value,
                     bool *next)
{
    if (!value.len)
        return;
    add_member(out, key, value, *next);
    *next = true;
}

static void add_tree(struct pl_buf *out, const struct pl_lock_package *package)
{
    const struct pl_lock_tree *tree = &package->tree;
    bool next = false;
    pl_buf_addf(out,
                "%s = ", package->source == PL_LOCK_VCS ? "vcs" : "directory");
    add_part(out, "type", tree->vcs, &next);
    add_part(out, "url", tree->url, &next);
    add_part(out, "path", tree->path, &next);
    add_part(out, "requested-revision", tree->requested_revision, &next);
    add_part(out, "commit-id", tree->commit_id, &next);
    if (tree->has_editable)
        pl_buf_addf(out, ", editable = %s", tree->editable ? "true" : "false");
    add_part(out, "subdirectory", tree->subdirectory, &next);
    add_more(out, &tree->others);
    pl_buf_add_cstr(out, " }\n");
}

static void add_source(struct pl_buf *out,
                       const struct pl_lock_package *package)
{
    switch (package->source) {
    case PL_LOCK_FILES:
        add_files(out, package);
        return;
    case PL_LOCK_ARCHIVE:
        pl_buf_add_cstr(out, "archive = ");
        add_file(out, &package->file, &package->tree.subdirectory);
        pl_buf_add_char(out, '\n');
        return;
    case PL_LOCK_VCS:
    case PL_LOCK_DIRECTORY:
        add_tree(out, package);
        return;
    }
}

static void add_package_tools(struct pl_buf *out, const struct pl_lock *lock,
                              const struct pl_lock_package *package)
{
    size_t via = lock->with_via ? package->via_count : 0;
    add_tools(out, "packages.tool", &package->tools);
    if (!via && !package->rule_count && !package->podlock_keys.count)
        return;
    pl_buf_add_cstr(out, "\n[packages.tool.podlock]\n");
    add_optional_array(out, "via", package->via, via);
    add_optional_array(out, "rules", package->rules, package->rule_count);
    add_others(out, &package->podlock_keys);
}

static void add_package(struct pl_buf *out, const struct pl_lock *lock,
                        const struct pl_lock_package *package)
{
    pl_buf_add_cstr(out, "\n[[packages]]\n");
    add_key(out, "name", package->name);
    add_optional(out, "version", package->version);
    add_optional(out, "marker", package->marker);
    add_optional(out, "requires-python", package->requires_python);
    add_optional(out, "index", package->index);
    add_dependencies(out, package);
    add_source(out, package);
    if (package->identities_text.len) {
        add_raw(out, PL_STR("attestation-identities"),
                package->identities_text);
        pl_buf_add_char(out, '\n');
    }
    add_others(out, &package->others);
    add_package_tools(out, lock, package);
}

/* ---- [tool.podlock] ---- */

static void add_inputs(struct pl_buf *out, const struct pl_lock *lock)
{
    open_rows(out, "inputs", lock->input_count);
    for (size_t i = 0; i < lock->input_count; i++) {
        open_row(out);
        add_member(out, "name", lock->inputs[i].name, false);
        add_member(out, "sha256", lock->inputs[i].sha256, true);
        close_row(out);
    }
    close_rows(out);
}

static void add_row_via(struct pl_buf *out, const struct pl_lock_provided *row)
{
    for (size_t i = 0; i < row->via_count; i++) {
        pl_buf_add_cstr(out, i ? ", " : ", via = [");
        pl_escape_toml(out, row->via[i]);
    }
    pl_buf_add_cstr(out, row->via_count ? "]" : "");
}

static void add_provided(struct pl_buf *out, const struct pl_lock *lock)
{
    open_rows(out, "provided", lock->provided_count);
    for (size_t i = 0; i < lock->provided_count; i++) {
        open_row(out);
        add_member(out, "name", lock->provided[i].name, false);
        add_member(out, "version", lock->provided[i].version, true);
        if (lock->with_via)
            add_row_via(out, &lock->provided[i]);
        close_row(out);
    }
    close_rows(out);
}

static void add_replaced(struct pl_buf *out, const struct pl_lock *lock)
{
    open_rows(out, "replaced", lock->replaced_count);
    for (size_t i = 0; i < lock->replaced_count; i++) {
        const struct pl_lock_replaced *row = &lock->replaced[i];
        open_row(out);
        add_member(out, "name", row->name, false);
        add_member(out, "from", row->from, true);
        add_member(out, "to", row->to, true);
        add_member(out, "because", row->because, true);
        pl_buf_add_cstr(out, row->is_os ? ", os = true" : "");
        close_row(out);
    }
    close_rows(out);
}

static void add_digest(struct pl_buf *out, struct pl_str digest)
{
    PL_ARENA(arena);
    if (digest.len)
        add_key(out, "template-digest",
                pl_arena_printf(&arena, "sha256:%.*s", PL_STR_ARG(digest)));
}

static void add_tool(struct pl_buf *out, const struct pl_lock *lock)
{
    pl_buf_addf(out, "\n[tool.podlock]\nformat = %d\n", PL_LOCK_FORMAT);
    add_optional(out, "template", lock->template_id);
    add_digest(out, lock->template_digest);
    add_optional(out, "rules", lock->rules_edition);
    add_inputs(out, lock);
    add_optional_array(out, "arguments", lock->arguments, lock->argument_count);
    if (lock->download <= INT64_MAX)
        pl_buf_addf(out, "download = %" PRIu64 "\n", lock->download);
    add_provided(out, lock);
    add_replaced(out, lock);
    add_optional_array(out, "broken", lock->broken, lock->broken_count);
    add_optional_array(out, "ignored-rules", lock->ignored_rules,
                       lock->ignored_rule_count);
    add_others(out, &lock->podlock_keys);
}

/* ---- the lock ---- */

static void add_header(struct pl_buf *out, const struct pl_lock *lock,
                       struct pl_str output_name)
{
    if (!lock->with_header)
        return;
    if (lock->comment.len) {
        pl_buf_add_str(out, lock->comment);
        pl_buf_add_char(out, '\n');
    } else {
        pl_lock_header(lock, "Locked by podlock.", out);
        pl_lock_header_install(lock, output_name, out);
    }
    pl_buf_add_char(out, '\n');
}

/* Empty is something else than absent: PEP 751, `extras`. */
static void add_choices(struct pl_buf *out, const struct pl_lock *lock)
{
    if (lock->has_extras)
        add_array(out, "extras", lock->extras, lock->extra_count);
    if (lock->has_groups)
        add_array(out, "dependency-groups", lock->groups, lock->group_count);
    if (lock->has_default_groups)
        add_array(out, "default-groups", lock->default_groups,
                  lock->default_group_count);
}

void pl_lock_write(const struct pl_lock *lock, struct pl_str output_name,
                   struct pl_buf *out)
{
    add_header(out, lock, output_name);
    add_key(out, "lock-version",
            lock->version.len ? lock->version : PL_STR("1.0"));
    add_optional_array(out, "environments", lock->environments,
                       lock->environment_count);
    add_optional(out, "requires-python", lock->requires_python);
    add_choices(out, lock);
    add_key(out, "created-by",
            lock->created_by.len ? lock->created_by : PL_STR("podlock"));
    add_others(out, &lock->others);
    if (!lock->package_count)
        pl_buf_add_cstr(out, "packages = []\n");
    for (size_t i = 0; i < lock->package_count; i++)
        add_package(out, lock, &lock->packages[i]);
    add_tools(out, "tool", &lock->tools);
    if (!lock->is_foreign)
        add_tool(out, lock);
}

bool pl_lock_name_valid(struct pl_str base_name)
{
    if (pl_str_is(base_name, "pylock.toml"))
        return true;
    size_t before = strlen("pylock."), after = strlen(".toml");
    if (!pl_str_starts(base_name, "pylock.") ||
        !pl_str_ends(base_name, ".toml") || base_name.len <= before + after)
        return false;
    struct pl_str name = pl_str_sub(base_name, before, base_name.len - after);
    return !pl_str_has(name, '.') && !pl_str_has(name, '/');
}
