#include "container/scan_internal.h"

#include "core/file.h"
#include "core/limits.h"

static struct pl_str in_bin(struct pl_scan *scan,
                            const struct pl_python_place *place,
                            struct pl_str name)
{
    struct pl_str path =
        pl_arena_printf(scan->arena, "%.*s/bin/%.*s", PL_STR_ARG(place->prefix),
                        PL_STR_ARG(name));
    return pl_scan_is_file(scan, path) ? path : PL_STR("");
}

struct pl_str pl_python_program(struct pl_scan *scan,
                                const struct pl_python_place *place)
{
    struct pl_str full = in_bin(scan, place, pl_path_base(place->library));
    if (full.len || !place->is_alone)
        return full;
    struct pl_str three = in_bin(scan, place, PL_STR("python3"));
    return three.len ? three : in_bin(scan, place, PL_STR("python"));
}

struct pl_str pl_python_venv_says(struct pl_scan *scan, struct pl_str prefix,
                                  const char *key)
{
    struct pl_str text, line,
        path = pl_scan_join(scan, prefix, PL_STR("pyvenv.cfg"));
    if (!pl_scan_text(scan, path, PL_MAX_SMALL_FILE_BYTES, &text))
        return PL_STR("");
    while (pl_str_cut(&text, '\n', &line)) {
        struct pl_str value = line, name;
        if (pl_str_cut(&value, '=', &name) &&
            pl_str_is_nocase(pl_str_trim(name), key))
            return pl_str_trim(value);
    }
    return PL_STR("");
}

bool pl_python_base(struct pl_scan *scan, const struct pl_python_place *venv,
                    struct pl_python_place *base)
{
    struct pl_str home = pl_python_venv_says(scan, venv->prefix, "home");
    struct pl_str bin = pl_scan_real(scan, home);
    pl_python_places found = {0};
    if (!pl_str_ends(bin, "/bin"))
        return false;
    pl_python_places_of(scan, pl_path_dir(bin), &found);
    for (size_t i = 0; i < found.len; i++) {
        if (found.at[i].kind == PL_PYTHON_VENV ||
            !pl_str_eq(found.at[i].minor, venv->minor))
            continue;
        *base = found.at[i];
        return true;
    }
    return false;
}

static bool is_active(struct pl_scan *scan, struct pl_str prefix)
{
    static const char *const vars[] = {"VIRTUAL_ENV", "CONDA_PREFIX"};
    for (size_t i = 0; i < PL_COUNT(vars); i++) {
        struct pl_str path = pl_scan_var(scan, vars[i]);
        /* A venv within an active conda is what the shell starts. */
        if (path.len)
            return pl_str_eq(pl_scan_real(scan, path), prefix);
    }
    return false;
}

void pl_python_describe(struct pl_scan *scan,
                        const struct pl_python_place *place,
                        struct pl_python *out)
{
    struct pl_site_folders folders = {.seen = {.arena = scan->arena}};
    memset(out, 0, sizeof(*out));
    out->kind = place->kind;
    out->prefix = place->prefix;
    out->program = pl_python_program(scan, place);
    out->version = pl_python_version(scan, place);
    out->is_active = is_active(scan, place->prefix);
    out->externally_managed =
        place->kind != PL_PYTHON_VENV &&
        pl_scan_is_file(scan, pl_scan_join(scan, place->library,
                                           PL_STR("EXTERNALLY-MANAGED")));
    pl_python_folders(scan, place, &folders);
    out->folders = folders.list.at;
    out->folder_count = folders.list.len;
    if (out->program.len || place->kind != PL_PYTHON_VENV)
        return;
    struct pl_error *err = pl_scan_trouble(
        scan, (struct pl_span){0}, "the virtual environment %.*s has no Python",
        PL_STR_ARG(place->prefix));
    pl_error_because(
        err, "the Python that it was made with (%.*s) is not there",
        PL_STR_ARG(pl_python_venv_says(scan, place->prefix, "home")));
    pl_error_hint(err, "make it again: python%.*s -m venv --clear %.*s",
                  PL_STR_ARG(place->minor), PL_STR_ARG(place->prefix));
}
