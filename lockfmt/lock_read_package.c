#include "lockfmt/lock_read_package.h"

#include "core/limits.h"
#include "core/vec.h"
#include "lockfmt/lock_read_file.h"
#include "lockfmt/lock_read_tool.h"
#include "pep/marker.h"
#include "pep/name.h"
#include "pep/specifier.h"

static const char *const package_keys[] = {"name",
                                           "version",
                                           "marker",
                                           "requires-python",
                                           "index",
                                           "dependencies",
                                           "wheels",
                                           "sdist",
                                           "archive",
                                           "vcs",
                                           "directory",
                                           "tool",
                                           "attestation-identities",
                                           NULL};
static const char what[] = "[[packages]]";

static bool read_name(const struct pl_lock_reader *r,
                      const struct pl_toml_node *table,
                      struct pl_lock_package *out)
{
    const struct pl_toml_node *node;
    if (!pl_lock_req(r, table, what, "name", PL_TOML_STRING, &node))
        return false;
    struct pl_str name = pl_lock_text(r, node);
    if (!pl_name_is_normal(name)) {
        if (!pl_name_valid(name))
            return pl_lock_fail(r, node, "`%.*s` is not a package name",
                                PL_STR_ARG(name));
        struct pl_str normal = pl_name_normalize(r->arena, name);
        pl_lock_fail(r, node, "`%.*s` is not normalised", PL_STR_ARG(name));
        return pl_error_hint(r->err, "write `%.*s`", PL_STR_ARG(normal));
    }
    out->name = name;
    out->span = pl_toml_span(node);
    return true;
}

/* *version is NULL when the table states none. */
static bool read_version(const struct pl_lock_reader *r,
                         const struct pl_toml_node *table,
                         struct pl_version *parsed,
                         const struct pl_version **version,
                         struct pl_lock_package *out)
{
    const struct pl_toml_node *node;
    *version = NULL;
    if (!pl_lock_get(r, table, "version", PL_TOML_STRING, &node))
        return false;
    if (!node)
        return true;
    struct pl_str text = pl_lock_text(r, node);
    if (!pl_version_parse_view(r->arena, text, parsed, r->err))
        return pl_lock_locate(r, node, text);
    out->version = pl_version_text(r->arena, parsed);
    *version = parsed;
    return true;
}

static bool read_marker(const struct pl_lock_reader *r,
                        const struct pl_toml_node *table,
                        struct pl_lock_package *out)
{
    const struct pl_toml_node *node;
    const struct pl_marker *marker;
    if (!pl_lock_get(r, table, "marker", PL_TOML_STRING, &node))
        return false;
    if (!node)
        return true;
    out->marker = pl_lock_text(r, node);
    return pl_marker_parse(r->arena, out->marker, &marker, r->err) ||
           pl_lock_locate(r, node, out->marker);
}

/* As metadata has it: lockers copy what an index says, mistakes and all. */
static bool read_requires_python(const struct pl_lock_reader *r,
                                 const struct pl_toml_node *table,
                                 struct pl_lock_package *out)
{
    const struct pl_toml_node *node;
    struct pl_specifier specifier;
    if (!pl_lock_get(r, table, "requires-python", PL_TOML_STRING, &node))
        return false;
    if (!node)
        return true;
    out->requires_python = pl_lock_text(r, node);
    return pl_specifier_parse_lenient(r->arena, out->requires_python,
                                      &specifier, NULL, r->err) ||
           pl_lock_locate(r, node, out->requires_python);
}

static bool read_dependencies(const struct pl_lock_reader *r,
                              const struct pl_toml_node *table,
                              struct pl_lock_package *out)
{
    const struct pl_toml_node *rows, *node;
    if (!pl_lock_tables(r, table, "dependencies", PL_MAX_LOCK_PACKAGES, &rows))
        return false;
    out->dependency_count = rows ? pl_toml_count(rows) : 0;
    out->dependencies =
        pl_new_array(r->arena, struct pl_str, out->dependency_count);
    bool names_only = true;
    for (size_t i = 0; i < out->dependency_count; i++) {
        const struct pl_toml_node *row = pl_toml_at(rows, i);
        if (!pl_lock_req(r, row, "a dependency", "name", PL_TOML_STRING, &node))
            return false;
        struct pl_str name = pl_lock_text(r, node);
        if (!pl_name_is_normal(name))
            return pl_lock_fail(r, node, "`%.*s` is no normalised package name",
                                PL_STR_ARG(name));
        out->dependencies[i] = name;
        names_only &= pl_toml_count(row) == 1;
    }
    if (!names_only)
        out->dependencies_text = pl_lock_toml(r, rows);
    return true;
}

/* podlock has no use for them: they are kept as TOML. */
static bool read_identities(const struct pl_lock_reader *r,
                            const struct pl_toml_node *table,
                            struct pl_lock_package *out)
{
    const struct pl_toml_node *rows;
    struct pl_str kind;
    if (!pl_lock_tables(r, table, "attestation-identities", PL_MAX_LOCK_FILES,
                        &rows))
        return false;
    for (size_t i = 0; rows && i < pl_toml_count(rows); i++)
        if (!pl_lock_req_str(r, pl_toml_at(rows, i), "an identity", "kind",
                             &kind))
            return false;
    if (rows)
        out->identities_text = pl_lock_toml(r, rows);
    return true;
}

static bool check_index(const struct pl_lock_reader *r,
                        const struct pl_toml_node *table,
                        struct pl_lock_package *out)
{
    const struct pl_toml_node *node;
    if (!pl_lock_str(r, table, "index", &out->index))
        return false;
    if (out->index.len > PL_MAX_URL_BYTES && pl_toml_get(table, "index", &node))
        return pl_lock_fail(r, node, "the URL is longer than %d bytes",
                            PL_MAX_URL_BYTES);
    return true;
}

bool pl_lock_read_package(const struct pl_lock_reader *r,
                          const struct pl_toml_node *table,
                          struct pl_lock_package *out)
{
    struct pl_version parsed;
    const struct pl_version *version;
    if (!read_name(r, table, out) ||
        !read_version(r, table, &parsed, &version, out) ||
        !read_marker(r, table, out) || !read_requires_python(r, table, out) ||
        !check_index(r, table, out) || !read_dependencies(r, table, out) ||
        !pl_lock_read_source(r, table, version, out) ||
        !read_identities(r, table, out) ||
        !pl_lock_read_package_tool(r, table, out))
        return false;
    out->others = pl_lock_rest(r, table, package_keys, what);
    return true;
}
