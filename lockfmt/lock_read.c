#include "lockfmt/lock_read.h"

#include "core/limits.h"
#include "core/map.h"
#include "lockfmt/lock_node.h"
#include "lockfmt/lock_overlap.h"
#include "lockfmt/lock_read_package.h"
#include "lockfmt/lock_read_tool.h"
#include "pep/marker.h"
#include "pep/name.h"
#include "pep/specifier.h"

static const char *const root_keys[] = {"lock-version",
                                        "environments",
                                        "requires-python",
                                        "extras",
                                        "created-by",
                                        "dependency-groups",
                                        "default-groups",
                                        "packages",
                                        "tool",
                                        NULL};
static const char what[] = "the lock";

/* ---- what kind of file it is ---- */

/* uv.lock, poetry.lock and pdm.lock are TOML with [[package]] tables. */
static bool not_a_lock(const struct pl_lock_reader *r,
                       const struct pl_toml_node *root)
{
    const struct pl_toml_node *package;
    pl_lock_fail(r, root, "this is not a pylock.toml");
    pl_error_because(r->err, "it has no `lock-version`");
    if (pl_toml_get(root, "package", &package))
        pl_error_hint(r->err, "`uv export --format pylock.toml` and `pdm "
                              "export -f pylock` write one");
    return false;
}

/* "1.0": decimal numbers without a sign, a point between them. */
static bool take_numbers(struct pl_str text, uint64_t *major, uint64_t *minor)
{
    size_t point = pl_str_find(text, '.');
    return point < text.len &&
           pl_str_to_u64(pl_str_sub(text, 0, point), major) &&
           pl_str_to_u64(pl_str_sub(text, point + 1, text.len), minor);
}

static bool read_version(const struct pl_lock_reader *r,
                         const struct pl_toml_node *root, struct pl_lock *out)
{
    const struct pl_toml_node *node;
    uint64_t major, minor;
    if (!pl_lock_get(r, root, "lock-version", PL_TOML_STRING, &node))
        return false;
    if (!node)
        return not_a_lock(r, root);
    out->version = pl_lock_text(r, node);
    if (!take_numbers(out->version, &major, &minor))
        return pl_lock_fail(r, node, "this is not a version such as 1.0");
    if (major != 1) {
        pl_lock_fail(r, node,
                     "the lock is of version %.*s; this podlock "
                     "reads 1.0",
                     PL_STR_ARG(out->version));
        return pl_error_hint(r->err, "a newer podlock may read it");
    }
    if (minor)
        pl_lock_warn(r, pl_toml_span(node),
                     "the lock is of version %.*s; this podlock knows 1.0 and "
                     "may overlook something",
                     PL_STR_ARG(out->version));
    return true;
}

/* ---- the other keys ---- */

static bool read_environments(const struct pl_lock_reader *r,
                              const struct pl_toml_node *root,
                              struct pl_lock *out)
{
    const struct pl_toml_node *array;
    const struct pl_marker *marker;
    if (!pl_lock_strs(r, root, "environments", &array, &out->environments,
                      &out->environment_count))
        return false;
    if (array)
        out->places.environments = pl_toml_span(array);
    for (size_t i = 0; i < out->environment_count; i++)
        if (!pl_marker_parse(r->arena, out->environments[i], &marker, r->err))
            return pl_lock_locate(r, pl_toml_at(array, i),
                                  out->environments[i]);
    return true;
}

static bool read_requires_python(const struct pl_lock_reader *r,
                                 const struct pl_toml_node *root,
                                 struct pl_lock *out)
{
    const struct pl_toml_node *node;
    struct pl_specifier specifier;
    if (!pl_lock_get(r, root, "requires-python", PL_TOML_STRING, &node))
        return false;
    if (!node)
        return true;
    out->requires_python = pl_lock_text(r, node);
    out->places.requires_python = pl_toml_span(node);
    return pl_specifier_parse(r->arena, out->requires_python, &specifier,
                              r->err) ||
           pl_lock_locate(r, node, out->requires_python);
}

/* Names of extras or groups, each once. */
static bool read_names(const struct pl_lock_reader *r,
                       const struct pl_toml_node *root, const char *key,
                       bool normal, struct pl_str **out, size_t *count,
                       bool *has)
{
    const struct pl_toml_node *array;
    if (!pl_lock_strs(r, root, key, &array, out, count))
        return false;
    struct pl_map seen = {.arena = r->arena};
    *has = array;
    for (size_t i = 0; i < *count; i++) {
        const struct pl_toml_node *node = pl_toml_at(array, i);
        struct pl_str name = (*out)[i];
        if (!pl_name_valid(name) || (normal && !pl_name_is_normal(name)))
            return pl_lock_fail(r, node, "`%.*s` is no %sname",
                                PL_STR_ARG(name), normal ? "normalised " : "");
        void **slot = pl_map_slot(&seen, name);
        if (*slot)
            return pl_lock_fail(r, node, "`%.*s` stands here twice",
                                PL_STR_ARG(name));
        *slot = &(*out)[i];
    }
    return true;
}

static bool read_choices(const struct pl_lock_reader *r,
                         const struct pl_toml_node *root, struct pl_lock *out)
{
    return read_names(r, root, "extras", true, &out->extras, &out->extra_count,
                      &out->has_extras) &&
           read_names(r, root, "dependency-groups", false, &out->groups,
                      &out->group_count, &out->has_groups) &&
           read_names(r, root, "default-groups", false, &out->default_groups,
                      &out->default_group_count, &out->has_default_groups);
}

static bool read_packages(const struct pl_lock_reader *r,
                          const struct pl_toml_node *root, struct pl_lock *out)
{
    const struct pl_toml_node *array;
    if (!pl_lock_tables(r, root, "packages", PL_MAX_LOCK_PACKAGES, &array))
        return false;
    if (!array)
        return pl_lock_fail(r, root, "%s has no `packages`", what);
    out->package_count = pl_toml_count(array);
    out->packages =
        pl_new_array(r->arena, struct pl_lock_package, out->package_count);
    for (size_t i = 0; i < out->package_count; i++) {
        if (!pl_lock_read_package(r, pl_toml_at(array, i), &out->packages[i]))
            return false;
        out->with_via |= out->packages[i].via_count > 0;
    }
    return pl_lock_check_overlap(r, out);
}

/* ---- the comment at the top ---- */

/* Lines that are comments or empty, up to the first that is neither. */
static struct pl_str take_comment(struct pl_str text)
{
    struct pl_str rest = text, line;
    size_t end = 0;
    while (pl_str_cut(&rest, '\n', &line)) {
        struct pl_str trimmed = pl_str_trim(line);
        if (trimmed.len && trimmed.at[0] != '#')
            break;
        if (trimmed.len)
            end = (size_t)(line.at - text.at) + line.len;
    }
    return pl_str_sub(text, 0, end);
}

/* ---- the whole ---- */

static bool read_root(const struct pl_lock_reader *r,
                      const struct pl_toml_node *root, struct pl_lock *out)
{
    *out = (struct pl_lock){0};
    if (!read_version(r, root, out) || !read_environments(r, root, out) ||
        !read_requires_python(r, root, out) || !read_choices(r, root, out) ||
        !pl_lock_req_str(r, root, what, "created-by", &out->created_by) ||
        !read_packages(r, root, out) || !pl_lock_read_tool(r, root, out))
        return false;
    out->others = pl_lock_rest(r, root, root_keys, what);
    out->comment = take_comment(r->source->text);
    out->with_header = out->comment.len;
    pl_lock_sort(out);
    return true;
}

bool pl_lock_read(struct pl_arena *arena, const struct pl_source *source,
                  struct pl_lock *out, struct pl_lock_warnings *warnings,
                  struct pl_error *err)
{
    const struct pl_lock_reader r = {arena, source, warnings, err};
    struct pl_lock lock;
    struct pl_toml *doc;
    if (!pl_toml_parse(source, &doc, err))
        return false;
    bool good = read_root(&r, pl_toml_root(doc), &lock);
    pl_toml_destroy(doc);
    if (good)
        *out = lock;
    return good;
}

bool pl_lock_load(struct pl_arena *arena, struct pl_str path,
                  struct pl_lock *out, struct pl_lock_warnings *warnings,
                  struct pl_error *err)
{
    const struct pl_source *source;
    return pl_source_load(arena, path, &source, err) &&
           pl_lock_read(arena, source, out, warnings, err);
}
