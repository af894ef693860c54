#include "lockfmt/lock_read_tool.h"

#include "core/digest.h"
#include "core/limits.h"
#include "pep/name.h"
#include "pep/version.h"

#define DIGEST_PREFIX "sha256:"

static const char *const none[] = {NULL};
static const char *const podlock_only[] = {"podlock", NULL};
static const char *const tool_keys[] = {
    "format",   "template",  "template-digest", "rules",
    "inputs",   "arguments", "download",        "provided",
    "replaced", "broken",    "ignored-rules",   NULL};
static const char *const package_keys[] = {"via", "rules", NULL};
static const char what[] = "[tool.podlock]";

/* PEP 751 has a table for each tool here. */
static bool get_tool(const struct pl_lock_reader *r,
                     const struct pl_toml_node *table,
                     const struct pl_toml_node **tool,
                     const struct pl_toml_node **podlock)
{
    *podlock = NULL;
    if (!pl_lock_get(r, table, "tool", PL_TOML_TABLE, tool))
        return false;
    for (size_t i = 0; *tool && i < pl_toml_count(*tool); i++) {
        const struct pl_toml_node *member = pl_toml_at(*tool, i);
        if (pl_toml_type(member) != PL_TOML_TABLE)
            return pl_lock_fail(r, member, "`tool.%.*s` must be a table",
                                PL_STR_ARG(pl_toml_key(member)));
    }
    return !*tool || pl_lock_get(r, *tool, "podlock", PL_TOML_TABLE, podlock);
}

/* ---- members ---- */

static bool check_name(const struct pl_lock_reader *r,
                       const struct pl_toml_node *row, struct pl_str name)
{
    const struct pl_toml_node *node;
    if (pl_name_is_normal(name))
        return true;
    return pl_toml_get(row, "name", &node) &&
           pl_lock_fail(r, node, "`%.*s` is no normalised package name",
                        PL_STR_ARG(name));
}

static bool check_version(const struct pl_lock_reader *r,
                          const struct pl_toml_node *row, const char *key,
                          struct pl_str text)
{
    const struct pl_toml_node *node;
    struct pl_version version;
    if (pl_version_parse_view(r->arena, text, &version, r->err))
        return true;
    return pl_toml_get(row, key, &node) && pl_lock_locate(r, node, text);
}

static bool read_digest(const struct pl_lock_reader *r,
                        const struct pl_toml_node *table, struct pl_str *out)
{
    const struct pl_toml_node *node;
    if (!pl_lock_get(r, table, "template-digest", PL_TOML_STRING, &node))
        return false;
    *out = (struct pl_str){0};
    if (!node)
        return true;
    struct pl_str text = pl_lock_text(r, node);
    *out = pl_str_sub(text, sizeof(DIGEST_PREFIX) - 1, text.len);
    if (pl_str_starts(text, DIGEST_PREFIX) && pl_sha256_valid(*out))
        return true;
    return pl_lock_fail(r, node, "this is not `sha256:` and 64 hex digits");
}

static bool read_input(const struct pl_lock_reader *r,
                       const struct pl_toml_node *row,
                       struct pl_lock_input *out)
{
    const struct pl_toml_node *node;
    if (!pl_lock_req_str(r, row, "an input", "name", &out->name) ||
        !pl_lock_req_str(r, row, "an input", "sha256", &out->sha256))
        return false;
    if (pl_sha256_valid(out->sha256))
        return true;
    return pl_toml_get(row, "sha256", &node) &&
           pl_lock_fail(r, node, "this is no sha256 hash");
}

static bool read_inputs(const struct pl_lock_reader *r,
                        const struct pl_toml_node *table, struct pl_lock *out)
{
    const struct pl_toml_node *rows;
    if (!pl_lock_tables(r, table, "inputs", PL_MAX_LOCK_FACTS, &rows))
        return false;
    out->input_count = rows ? pl_toml_count(rows) : 0;
    out->inputs =
        pl_new_array(r->arena, struct pl_lock_input, out->input_count);
    out->places.inputs =
        pl_new_array(r->arena, struct pl_span, out->input_count);
    for (size_t i = 0; i < out->input_count; i++) {
        out->places.inputs[i] = pl_toml_span(pl_toml_at(rows, i));
        if (!read_input(r, pl_toml_at(rows, i), &out->inputs[i]))
            return false;
    }
    return true;
}

static bool read_arguments(const struct pl_lock_reader *r,
                           const struct pl_toml_node *table,
                           struct pl_lock *out)
{
    const struct pl_toml_node *words;
    if (!pl_lock_strs(r, table, "arguments", &words, &out->arguments,
                      &out->argument_count))
        return false;
    if (out->argument_count <= PL_MAX_LOCK_ARGUMENTS)
        return true;
    return pl_error_set(r->err, PL_ERR_LIMIT,
                        pl_toml_span(pl_toml_at(words, PL_MAX_LOCK_ARGUMENTS)),
                        "`arguments` has more than %d words",
                        PL_MAX_LOCK_ARGUMENTS);
}

static bool read_provided(const struct pl_lock_reader *r,
                          const struct pl_toml_node *table, struct pl_lock *out)
{
    static const char row_name[] = "a provided package";
    const struct pl_toml_node *rows, *via;
    if (!pl_lock_tables(r, table, "provided", PL_MAX_LOCK_FACTS, &rows))
        return false;
    out->provided_count = rows ? pl_toml_count(rows) : 0;
    out->provided =
        pl_new_array(r->arena, struct pl_lock_provided, out->provided_count);
    for (size_t i = 0; i < out->provided_count; i++) {
        const struct pl_toml_node *row = pl_toml_at(rows, i);
        struct pl_lock_provided *fact = &out->provided[i];
        if (!pl_lock_req_str(r, row, row_name, "name", &fact->name) ||
            !pl_lock_req_str(r, row, row_name, "version", &fact->version) ||
            !check_name(r, row, fact->name) ||
            !check_version(r, row, "version", fact->version) ||
            !pl_lock_strs(r, row, "via", &via, &fact->via, &fact->via_count))
            return false;
        out->with_via |= fact->via_count > 0;
    }
    return true;
}

static bool read_replacement(const struct pl_lock_reader *r,
                             const struct pl_toml_node *row,
                             struct pl_lock_replaced *out)
{
    static const char row_name[] = "a replaced package";
    const struct pl_toml_node *os;
    if (!pl_lock_req_str(r, row, row_name, "name", &out->name) ||
        !pl_lock_req_str(r, row, row_name, "from", &out->from) ||
        !pl_lock_req_str(r, row, row_name, "to", &out->to) ||
        !pl_lock_req_str(r, row, row_name, "because", &out->because) ||
        !pl_lock_get(r, row, "os", PL_TOML_BOOL, &os) ||
        !check_name(r, row, out->name) ||
        !check_version(r, row, "from", out->from) ||
        !check_version(r, row, "to", out->to))
        return false;
    if (os)
        pl_toml_bool(os, &out->is_os);
    return true;
}

static bool read_replaced(const struct pl_lock_reader *r,
                          const struct pl_toml_node *table, struct pl_lock *out)
{
    const struct pl_toml_node *rows;
    if (!pl_lock_tables(r, table, "replaced", PL_MAX_LOCK_FACTS, &rows))
        return false;
    out->replaced_count = rows ? pl_toml_count(rows) : 0;
    out->replaced =
        pl_new_array(r->arena, struct pl_lock_replaced, out->replaced_count);
    for (size_t i = 0; i < out->replaced_count; i++)
        if (!read_replacement(r, pl_toml_at(rows, i), &out->replaced[i]))
            return false;
    return true;
}

/* ---- the tables ---- */

static bool is_known_format(const struct pl_lock_reader *r,
                            const struct pl_toml_node *podlock)
{
    const struct pl_toml_node *node = NULL;
    int64_t format = 0;
    if (pl_toml_get(podlock, "format", &node) && pl_toml_int(node, &format) &&
        format == PL_LOCK_FORMAT)
        return true;
    pl_lock_warn(r, pl_toml_span(node ? node : podlock),
                 "[tool.podlock] is not of format %d: its contents are not "
                 "read",
                 PL_LOCK_FORMAT);
    return false;
}

static void take_span(const struct pl_toml_node *table, const char *key,
                      struct pl_span *out)
{
    const struct pl_toml_node *node;
    if (pl_toml_get(table, key, &node))
        *out = pl_toml_span(node);
}

static void take_places(const struct pl_toml_node *table,
                        struct pl_lock_places *out)
{
    out->tool = pl_toml_span(table);
    take_span(table, "template", &out->template_id);
    take_span(table, "template-digest", &out->template_digest);
    take_span(table, "arguments", &out->arguments);
    take_span(table, "download", &out->download);
    take_span(table, "provided", &out->provided);
    take_span(table, "replaced", &out->replaced);
}

static bool read_podlock(const struct pl_lock_reader *r,
                         const struct pl_toml_node *table, struct pl_lock *out)
{
    const struct pl_toml_node *array;
    bool has_download;
    if (!pl_lock_str(r, table, "template", &out->template_id) ||
        !read_digest(r, table, &out->template_digest) ||
        !pl_lock_str(r, table, "rules", &out->rules_edition) ||
        !read_inputs(r, table, out) || !read_arguments(r, table, out) ||
        !pl_lock_size(r, table, "download", &out->download, &has_download) ||
        !read_provided(r, table, out) || !read_replaced(r, table, out) ||
        !pl_lock_strs(r, table, "broken", &array, &out->broken,
                      &out->broken_count) ||
        !pl_lock_strs(r, table, "ignored-rules", &array, &out->ignored_rules,
                      &out->ignored_rule_count))
        return false;
    take_places(table, &out->places);
    if (!has_download)
        out->download = UINT64_MAX;
    out->podlock_keys = pl_lock_rest(r, table, tool_keys, what);
    return true;
}

bool pl_lock_read_tool(const struct pl_lock_reader *r,
                       const struct pl_toml_node *root, struct pl_lock *out)
{
    const struct pl_toml_node *tool, *podlock;
    if (!get_tool(r, root, &tool, &podlock))
        return false;
    out->is_foreign = !podlock || !is_known_format(r, podlock);
    if (tool)
        out->tools =
            pl_lock_rest(r, tool, out->is_foreign ? none : podlock_only, NULL);
    return out->is_foreign || read_podlock(r, podlock, out);
}

bool pl_lock_read_package_tool(const struct pl_lock_reader *r,
                               const struct pl_toml_node *table,
                               struct pl_lock_package *out)
{
    const struct pl_toml_node *tool, *podlock, *array;
    if (!get_tool(r, table, &tool, &podlock))
        return false;
    if (tool)
        out->tools = pl_lock_rest(r, tool, podlock_only, NULL);
    if (!podlock)
        return true;
    if (!pl_lock_strs(r, podlock, "via", &array, &out->via, &out->via_count) ||
        !pl_lock_strs(r, podlock, "rules", &array, &out->rules,
                      &out->rule_count))
        return false;
    out->podlock_keys =
        pl_lock_rest(r, podlock, package_keys, "[packages.tool.podlock]");
    return true;
}
