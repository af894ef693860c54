#include "container/scan_internal.h"

#include "core/limits.h"

/* sys.path is made by site.py: https://docs.python.org/3/library/site.html */

#define DEBIAN "/usr/lib/python3/dist-packages"

struct adding {
    struct pl_scan *scan;
    const struct pl_python_place *place;
    struct pl_site_folders *out;
};

/* True when it was not on the path before. */
static bool add(struct adding *a, struct pl_str path, bool is_os, bool is_site)
{
    struct pl_site_folder folder = {
        .path = path, .is_os = is_os, .is_site = is_site};
    void **seen = pl_map_slot(&a->out->seen, pl_scan_real(a->scan, path));
    if (*seen || a->out->list.len == PL_MAX_SITE_FOLDERS)
        return false;
    *seen = a;
    pl_vec_push(a->scan->arena, &a->out->list, folder);
    return true;
}

/* ---- .pth files ---- */

/* Lines that begin with "import" are code, and code is not run. */
static bool is_path_line(struct pl_str line)
{
    return pl_str_trim(line).len && !pl_str_starts(line, "#") &&
           !pl_str_starts(line, "import ") &&
           !pl_str_starts(line, "import\t") && !memchr(line.at, 0, line.len);
}

static void add_of_pth(struct adding *a, struct pl_str folder,
                       struct pl_str name)
{
    struct pl_scan *scan = a->scan;
    struct pl_str text, line, path = pl_scan_join(scan, folder, name);
    if (!pl_scan_text(scan, path, PL_MAX_SMALL_FILE_BYTES, &text))
        return;
    while (pl_str_cut(&text, '\n', &line) &&
           a->out->list.len < PL_MAX_SITE_FOLDERS) {
        if (!is_path_line(line))
            continue;
        struct pl_str real =
            pl_scan_real(scan, pl_scan_join(scan, folder, pl_str_trim(line)));
        if (real.len && pl_scan_is_folder(scan, real))
            add(a, real, false, false);
    }
}

static void add_of_pths(struct adding *a, struct pl_str folder)
{
    struct pl_tree_entry *entries;
    size_t count, read = 0;
    pl_scan_list(a->scan, folder, &entries, &count);
    for (size_t i = 0; i < count && read < PL_MAX_PTH_FILES; i++) {
        if (!pl_str_ends(entries[i].name, ".pth") ||
            pl_str_starts(entries[i].name, "."))
            continue;
        add_of_pth(a, folder, entries[i].name);
        read++;
    }
}

/* ---- the folders themselves ---- */

static void add_site(struct adding *a, struct pl_str path, bool is_os)
{
    if (add(a, path, is_os, true))
        add_of_pths(a, path);
}

static void add_if_there(struct adding *a, struct pl_str path, bool is_os)
{
    if (pl_scan_is_folder(a->scan, path))
        add_site(a, path, is_os);
}

static struct pl_str versioned(struct adding *a, const char *before,
                               const char *after)
{
    return pl_arena_printf(a->scan->arena, "%s/python%.*s/%s", before,
                           PL_STR_ARG(a->place->minor), after);
}

static bool is_debian(struct adding *a)
{
    struct pl_scan *scan = a->scan;
    return pl_scan_is_folder(scan, PL_STR(DEBIAN)) ||
           pl_scan_is_folder(scan,
                             versioned(a, "/usr/local/lib", "dist-packages")) ||
           pl_scan_is_folder(scan, versioned(a, "/usr/lib", "dist-packages"));
}

/* Debian's and Ubuntu's site.py, and Fedora's. */
static void add_of_system(struct adding *a)
{
    if (is_debian(a)) {
        add_site(a, versioned(a, "/usr/local/lib", "dist-packages"), false);
        add_if_there(a, PL_STR(DEBIAN), true);
        add_if_there(a, versioned(a, "/usr/lib", "dist-packages"), true);
        return;
    }
    static const char *const local[] = {"/usr/local/lib64", "/usr/local/lib"};
    static const char *const usr[] = {"/usr/lib64", "/usr/lib"};
    size_t before = a->out->list.len;
    for (size_t i = 0; i < PL_COUNT(local); i++)
        add_if_there(a, versioned(a, local[i], "site-packages"), false);
    bool is_os = a->out->list.len > before;
    for (size_t i = 0; i < PL_COUNT(usr); i++)
        add_if_there(a, versioned(a, usr[i], "site-packages"), is_os);
    if (a->out->list.len == before)
        add_site(a, versioned(a, usr[1], "site-packages"), false);
}

static void add_of_place(struct adding *a)
{
    struct pl_scan *scan = a->scan;
    struct pl_str site =
        pl_scan_join(scan, a->place->library, PL_STR("site-packages"));
    struct pl_str dist =
        pl_scan_join(scan, a->place->library, PL_STR("dist-packages"));
    if (a->place->kind == PL_PYTHON_SYSTEM)
        add_of_system(a);
    else if (pl_scan_is_folder(scan, site) || !pl_scan_is_folder(scan, dist))
        add_site(a, site, false);
    else
        add_site(a, dist, false);
}

static bool has_distributions(struct pl_scan *scan, struct pl_str folder)
{
    struct pl_tree_entry *entries;
    size_t count;
    pl_scan_list(scan, folder, &entries, &count);
    for (size_t i = 0; i < count; i++)
        if (pl_str_ends(entries[i].name, ".dist-info") ||
            pl_str_ends(entries[i].name, ".egg-info"))
            return true;
    return false;
}

/* Of what the application itself brings there is nothing to say. */
static void add_of_pythonpath(struct adding *a)
{
    struct pl_str part, path = pl_scan_var(a->scan, "PYTHONPATH");
    while (pl_str_cut(&path, ':', &part)) {
        struct pl_str real = pl_scan_real(a->scan, part);
        if (real.len && has_distributions(a->scan, real))
            add(a, real, false, false);
    }
}

static void add_of_user(struct adding *a)
{
    struct pl_scan *scan = a->scan;
    struct pl_str home = pl_scan_home(scan);
    struct pl_str base = pl_scan_var(scan, "PYTHONUSERBASE");
    if (pl_scan_var(scan, "PYTHONNOUSERSITE").len)
        return;
    if (!pl_str_starts(base, "/"))
        base = pl_scan_join(scan, home, PL_STR(".local"));
    struct pl_str folder =
        pl_arena_printf(scan->arena, "%.*s/lib/python%.*s/site-packages",
                        PL_STR_ARG(base), PL_STR_ARG(a->place->minor));
    if (has_distributions(scan, folder))
        add_site(a, folder, false);
}

void pl_python_folders(struct pl_scan *scan,
                       const struct pl_python_place *place,
                       struct pl_site_folders *out)
{
    struct adding a = {.scan = scan, .place = place, .out = out};
    struct pl_python_place base;
    add_of_pythonpath(&a);
    if (place->kind != PL_PYTHON_VENV) {
        add_of_user(&a);
        add_of_place(&a);
        return;
    }
    bool with_system =
        pl_str_is_nocase(pl_python_venv_says(scan, place->prefix,
                                             "include-system-site-packages"),
                         "true");
    if (with_system)
        add_of_user(&a);
    add_of_place(&a);
    if (!with_system || !pl_python_base(scan, place, &base))
        return;
    a.place = &base;
    add_of_place(&a);
}
