#include "container/scan_internal.h"

#include "core/file.h"
#include "core/limits.h"

/* docs/snapshot.md has the order of these. */

/* "3.12.3" at the beginning of a text, of the Python that is asked about. */
static struct pl_str version_at(struct pl_str text,
                                const struct pl_python_place *place)
{
    size_t minor = place->minor.len, end = minor + 1;
    if (text.len <= end || text.at[minor] != '.' ||
        !pl_str_eq(pl_str_sub(text, 0, minor), place->minor))
        return PL_STR("");
    while (end < text.len && end < minor + 4 && pl_is_digit(text.at[end]))
        end++;
    return end > minor + 1 ? pl_str_sub(text, 0, end) : PL_STR("");
}

/* After `before`, wherever that stands in the text. */
static struct pl_str version_after(struct pl_str text, const char *before,
                                   const struct pl_python_place *place)
{
    struct pl_str what = pl_str_from(before);
    size_t at = pl_str_find_str(text, what);
    return version_at(pl_str_sub(text, at + what.len, text.len), place);
}

static struct pl_str of_conda(struct pl_scan *scan,
                              const struct pl_python_place *place)
{
    struct pl_tree_entry *entries;
    size_t count;
    if (place->kind != PL_PYTHON_CONDA)
        return PL_STR("");
    pl_scan_list(scan, pl_scan_join(scan, place->prefix, PL_STR("conda-meta")),
                 &entries, &count);
    for (size_t i = 0; i < count; i++) {
        if (!pl_str_starts(entries[i].name, "python-3."))
            continue;
        struct pl_str version =
            version_after(entries[i].name, "python-", place);
        if (version.len)
            return version;
    }
    return PL_STR("");
}

static struct pl_str of_header(struct pl_scan *scan,
                               const struct pl_python_place *place)
{
    struct pl_str text,
        path = pl_arena_printf(
            scan->arena, "%.*s/include/python%.*s/patchlevel.h",
            PL_STR_ARG(place->prefix), PL_STR_ARG(place->minor));
    if (!pl_scan_text(scan, path, PL_MAX_SMALL_FILE_BYTES, &text))
        return PL_STR("");
    size_t at = pl_str_find_str(text, PL_STR("PY_VERSION "));
    return version_after(pl_str_sub(text, at, text.len), "\"", place);
}

static struct pl_str of_dpkg(struct pl_scan *scan,
                             const struct pl_python_place *place)
{
    static const struct {
        const char *before, *after;
    } packages[] = {{"python", "-minimal"},
                    {"libpython", "-minimal"},
                    {"libpython", "-stdlib"},
                    {"python", ""}};
    if (place->kind != PL_PYTHON_SYSTEM)
        return PL_STR("");
    for (size_t i = 0; i < PL_COUNT(packages); i++) {
        struct pl_str name =
            pl_arena_printf(scan->arena, "%s%.*s%s", packages[i].before,
                            PL_STR_ARG(place->minor), packages[i].after);
        struct pl_str version = version_at(pl_scan_dpkg(scan, name.at), place);
        if (version.len)
            return version;
    }
    return PL_STR("");
}

/* uv's "cpython-3.12.3-linux-x86_64-gnu", pyenv's "versions/3.12.3". */
static struct pl_str of_folder(struct pl_scan *scan,
                               const struct pl_python_place *place)
{
    struct pl_str name = pl_path_base(place->prefix);
    (void)scan;
    return pl_str_starts(name, "cpython-")
               ? version_after(name, "cpython-", place)
               : version_at(name, place);
}

/* What Docker's own images of Python set. */
static struct pl_str of_variable(struct pl_scan *scan,
                                 const struct pl_python_place *place)
{
    if (!pl_str_is(place->prefix, "/usr/local"))
        return PL_STR("");
    return version_at(pl_scan_var(scan, "PYTHON_VERSION"), place);
}

/* A venv runs its base, which may be newer than what the venv was told. */
static struct pl_str of_venv(struct pl_scan *scan,
                             const struct pl_python_place *place)
{
    static const char *const keys[] = {"version_info", "version"};
    struct pl_python_place base;
    struct pl_str version = PL_STR("");
    if (place->kind != PL_PYTHON_VENV)
        return version;
    if (pl_python_base(scan, place, &base))
        version = pl_python_version(scan, &base);
    for (size_t i = 0; i < PL_COUNT(keys); i++) {
        if (version.len > place->minor.len)
            break;
        version = version_at(pl_python_venv_says(scan, place->prefix, keys[i]),
                             place);
    }
    return version;
}

struct pl_str pl_python_version(struct pl_scan *scan,
                                const struct pl_python_place *place)
{
    static struct pl_str (*const sources[])(struct pl_scan *,
                                            const struct pl_python_place *) = {
        of_venv, of_conda, of_header, of_dpkg, of_folder, of_variable};
    for (size_t i = 0; i < PL_COUNT(sources); i++) {
        struct pl_str version = sources[i](scan, place);
        if (version.len > place->minor.len)
            return version;
    }
    return place->minor;
}
