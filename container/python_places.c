#include "container/scan_internal.h"

#include "core/limits.h"
#include "core/file.h"

/* The folders that a search goes through, each once. */
struct search {
    struct pl_scan *scan;
    pl_python_places *places;
    struct pl_map prefixes, libraries; /* without links */
    bool is_full;
};

/* ---- those of one prefix ---- */

/* "3.12" of "python3.12". */
static struct pl_str minor_of(struct pl_str name)
{
    static const char before[] = "python";
    uint64_t number;
    struct pl_str text = pl_str_sub(name, sizeof(before) - 1, name.len);
    if (!pl_str_starts(name, before) || !pl_str_starts(text, "3.") ||
        text.len > sizeof("3.999") - 1 ||
        !pl_str_to_u64(pl_str_sub(text, 2, text.len), &number))
        return PL_STR("");
    return text;
}

static bool has_packages(struct pl_scan *scan, struct pl_str library)
{
    return pl_scan_is_folder(
               scan, pl_scan_join(scan, library, PL_STR("site-packages"))) ||
           pl_scan_is_folder(
               scan, pl_scan_join(scan, library, PL_STR("dist-packages")));
}

static bool has_standard_library(struct pl_scan *scan, struct pl_str library)
{
    return pl_scan_is_file(scan, pl_scan_join(scan, library, PL_STR("os.py")));
}

/*
 * A folder of packages alone is none: pip makes one in a user's .local, and in
 * /usr/local for the distribution's Python.
 */
static bool is_python(struct pl_scan *scan, const struct pl_python_place *place)
{
    bool is_whole =
        has_packages(scan, place->library) &&
        (place->kind == PL_PYTHON_VENV || place->kind == PL_PYTHON_CONDA ||
         has_standard_library(scan, place->library));
    return is_whole || (place->kind == PL_PYTHON_SYSTEM &&
                        pl_python_program(scan, place).len);
}

static enum pl_python_kind kind_of(struct pl_scan *scan, struct pl_str prefix)
{
    if (pl_scan_is_file(scan, pl_scan_join(scan, prefix, PL_STR("pyvenv.cfg"))))
        return PL_PYTHON_VENV;
    if (pl_scan_is_folder(scan,
                          pl_scan_join(scan, prefix, PL_STR("conda-meta"))))
        return PL_PYTHON_CONDA;
    return pl_str_is(prefix, "/usr") ? PL_PYTHON_SYSTEM : PL_PYTHON_OTHER;
}

static void add_of_library(struct pl_scan *scan, struct pl_str prefix,
                           struct pl_str folder, pl_python_places *places)
{
    struct pl_tree_entry *entries;
    size_t count;
    pl_scan_list(scan, folder, &entries, &count);
    for (size_t i = 0; i < count; i++) {
        struct pl_python_place place = {
            .prefix = prefix,
            .library = pl_scan_join(scan, folder, entries[i].name),
            .minor = minor_of(entries[i].name),
        };
        if (!place.minor.len)
            continue;
        place.kind = kind_of(scan, prefix);
        if (is_python(scan, &place))
            pl_vec_push(scan->arena, places, place);
    }
}

void pl_python_places_of(struct pl_scan *scan, struct pl_str prefix,
                         pl_python_places *places)
{
    struct pl_str other, lib64 = pl_scan_join(scan, prefix, PL_STR("lib64"));
    size_t before = places->len;
    add_of_library(scan, prefix, pl_scan_join(scan, prefix, PL_STR("lib")),
                   places);
    /* Fedora's own lies there; elsewhere it is a link to lib, or empty. */
    if (places->len == before &&
        !pl_tree_link(scan->tree, scan->arena, lib64, &other))
        add_of_library(scan, prefix, lib64, places);
    for (size_t i = before; i < places->len; i++)
        places->at[i].is_alone = places->len == before + 1;
}

/* ---- the search ---- */

static void add_prefix(struct search *search, struct pl_str prefix)
{
    struct pl_scan *scan = search->scan;
    void **seen = pl_map_slot(&search->prefixes, prefix);
    pl_python_places found = {0};
    if (*seen || !prefix.len || search->is_full)
        return;
    *seen = search;
    if (search->prefixes.len > PL_MAX_PREFIXES) {
        search->is_full = true;
        pl_scan_trouble(scan, (struct pl_span){0},
                        "only the first %d places are looked at for a Python",
                        PL_MAX_PREFIXES);
        return;
    }
    pl_python_places_of(scan, prefix, &found);
    for (size_t i = 0; i < found.len; i++) {
        struct pl_str real = pl_scan_real(scan, found.at[i].library);
        void **same = pl_map_slot(&search->libraries, real);
        if (!*same)
            pl_vec_push(scan->arena, search->places, found.at[i]);
        *same = search;
    }
}

static bool is_folder_entry(struct pl_scan *scan, struct pl_str path,
                            const struct pl_tree_entry *entry)
{
    return entry->type == PL_NODE_FOLDER ||
           (entry->type == PL_NODE_LINK && pl_scan_is_folder(scan, path));
}

/* Calls `add` for each folder in the folder. */
static void each_folder(struct search *search, struct pl_str folder,
                        void (*add)(struct search *, struct pl_str))
{
    struct pl_scan *scan = search->scan;
    struct pl_tree_entry *entries;
    size_t count;
    pl_scan_list(scan, folder, &entries, &count);
    for (size_t i = 0; i < count && !search->is_full; i++) {
        struct pl_str path = pl_scan_join(scan, folder, entries[i].name);
        if (is_folder_entry(scan, path, &entries[i]))
            add(search, pl_scan_real(scan, path));
    }
}

/* A folder that could be a Python, or hold one. */
static void add_place(struct search *search, struct pl_str folder)
{
    struct pl_scan *scan = search->scan;
    static const char *const inside[] = {"venv", ".venv"};
    add_prefix(search, folder);
    for (size_t i = 0; i < PL_COUNT(inside); i++) {
        struct pl_str path = pl_scan_join(scan, folder, pl_str_from(inside[i]));
        if (pl_scan_is_folder(scan, path))
            add_prefix(search, pl_scan_real(scan, path));
    }
    struct pl_str envs = pl_scan_join(scan, folder, PL_STR("envs"));
    if (pl_scan_is_folder(scan, envs))
        each_folder(search, envs, add_prefix);
}

/* As pyenv, uv and conda keep them below a user's home. */
static void add_home(struct search *search, struct pl_str home)
{
    static const char *const inside[] = {
        ".pyenv/versions", ".local/share/uv/python", ".conda/envs"};
    struct pl_scan *scan = search->scan;
    each_folder(search, home, add_place);
    for (size_t i = 0; i < PL_COUNT(inside); i++) {
        struct pl_str path = pl_scan_join(scan, home, pl_str_from(inside[i]));
        if (pl_scan_is_folder(scan, path))
            each_folder(search, path, add_prefix);
    }
}

/* What the kernel shows is no place for a Python. */
static void add_top(struct search *search, struct pl_str folder)
{
    static const char *const not_here[] = {"/dev", "/proc", "/sys", "/boot"};
    for (size_t i = 0; i < PL_COUNT(not_here); i++)
        if (pl_str_is(folder, not_here[i]))
            return;
    add_place(search, folder);
}

/* The prefix of a bin folder. */
static void add_program_folder(struct search *search, struct pl_str folder)
{
    struct pl_str real = pl_scan_real(search->scan, folder);
    if (pl_str_ends(real, "/bin"))
        add_prefix(search, pl_path_dir(real));
}

static void search_variables(struct search *search)
{
    static const char *const prefixes[] = {"VIRTUAL_ENV", "CONDA_PREFIX"};
    struct pl_scan *scan = search->scan;
    for (size_t i = 0; i < PL_COUNT(prefixes); i++)
        add_prefix(search, pl_scan_real(scan, pl_scan_var(scan, prefixes[i])));
    struct pl_str part, path = pl_scan_var(scan, "PATH");
    while (pl_str_cut(&path, ':', &part))
        add_program_folder(search, part);
    struct pl_str uv = pl_scan_var(scan, "UV_PYTHON_INSTALL_DIR");
    if (pl_str_starts(uv, "/"))
        each_folder(search, uv, add_prefix);
}

static void search_all(struct search *search)
{
    static const char *const folders[] = {"opt", "venv", "workspace"};
    struct pl_scan *scan = search->scan;
    search_variables(search);
    add_prefix(search, PL_STR("/usr"));
    add_prefix(search, PL_STR("/usr/local"));
    for (size_t i = 0; i < PL_COUNT(folders); i++)
        each_folder(search,
                    pl_scan_join(scan, PL_STR("/"), pl_str_from(folders[i])),
                    add_place);
    add_home(search, PL_STR("/root"));
    if (!pl_str_is(pl_scan_home(scan), "/root"))
        add_home(search, pl_scan_home(scan));
    each_folder(search, pl_scan_join(scan, PL_STR("/"), PL_STR("home")),
                add_home);
    each_folder(search, PL_STR("/"), add_top);
}

/* ---- the one that is named ---- */

static void keep_minor(pl_python_places *places, struct pl_str minor)
{
    size_t kept = 0;
    for (size_t i = 0; i < places->len; i++)
        if (!minor.len || pl_str_eq(places->at[i].minor, minor))
            places->at[kept++] = places->at[i];
    places->len = kept;
}

/*
 * The Pythons that a program starts: those beside it, else those beside what
 * it is a link to. A venv's is a link to its base, and is the venv's.
 */
static void places_of_program(struct search *search, struct pl_str program)
{
    struct pl_scan *scan = search->scan;
    struct pl_str minor = minor_of(pl_path_base(pl_scan_real(scan, program)));
    for (int links = 0; links < PL_MAX_TREE_LINKS; links++) {
        struct pl_str bin = pl_scan_real(scan, pl_path_dir(program)), target;
        pl_python_places found = {0};
        if (pl_str_ends(bin, "/bin"))
            pl_python_places_of(scan, pl_path_dir(bin), &found);
        if (!found.len || found.at[0].kind != PL_PYTHON_VENV)
            keep_minor(&found, minor);
        if (found.len) {
            for (size_t i = 0; i < found.len; i++)
                pl_vec_push(scan->arena, search->places, found.at[i]);
            return;
        }
        struct pl_str at = pl_scan_join(scan, bin, pl_path_base(program));
        if (!pl_tree_link(scan->tree, scan->arena, at, &target))
            return;
        program = pl_scan_join(scan, bin, target);
    }
}

static bool none(const struct pl_scan *scan, struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_USAGE, "--python %.*s is no Python",
                   PL_STR_ARG(scan->options->python));
    return pl_error_hint(err,
                         "give the folder of one, such as /usr or /opt/conda, "
                         "its program, or a version, such as 3.12");
}

static void search_named(struct search *search, struct pl_str name)
{
    struct pl_scan *scan = search->scan;
    struct pl_str digits =
        pl_str_starts(name, "3.")
            ? pl_arena_printf(scan->arena, "python%.*s", PL_STR_ARG(name))
            : name;
    if (pl_str_starts(name, "/")) {
        struct pl_str real = pl_scan_real(scan, name);
        if (pl_scan_is_folder(scan, real))
            add_prefix(search, real);
        else if (pl_str_starts(pl_path_base(name), "python") &&
                 pl_scan_is_file(scan, real))
            places_of_program(search, name);
        return;
    }
    struct pl_str minor = minor_of(digits);
    if (!minor.len)
        return;
    search_all(search);
    keep_minor(search->places, minor);
}

bool pl_python_places_find(struct pl_scan *scan, pl_python_places *places,
                           struct pl_error *err)
{
    struct search search = {
        .scan = scan,
        .places = places,
        .prefixes = {.arena = scan->arena},
        .libraries = {.arena = scan->arena},
    };
    if (!scan->options->python.len) {
        search_all(&search);
        return true;
    }
    search_named(&search, scan->options->python);
    return places->len || none(scan, err);
}
