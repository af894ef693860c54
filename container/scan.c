#include "container/scan_internal.h"

#include <stdlib.h>

#include "core/limits.h"

static const struct pl_str torch = {"torch", 5};

const struct pl_installed *pl_python_has(const struct pl_python *python,
                                         struct pl_str name)
{
    const struct pl_installed_list *all = &python->installed;
    if (python->by_name.len)
        return pl_map_get(&python->by_name, name);
    for (size_t i = 0; i < all->rows.len; i++)
        if (pl_str_eq(all->rows.at[i].name, name))
            return &all->rows.at[i];
    return NULL;
}

/* ---- what is installed ---- */

/* A folder is read once, however many Pythons have it on their path. */
struct folders {
    struct pl_scan *scan;
    struct pl_map lists; /* path without links -> struct pl_installed_list */
    size_t distributions;
};

static bool read_folder(struct folders *folders,
                        const struct pl_site_folder *folder,
                        const struct pl_installed_list **out,
                        struct pl_error *err)
{
    struct pl_scan *scan = folders->scan;
    void **slot =
        pl_map_slot(&folders->lists, pl_scan_real(scan, folder->path));
    /* In what a .pth adds there is code that no distribution owns. */
    bool owners = scan->options->owners && folder->is_site;
    if (!*slot) {
        struct pl_installed_list *list =
            pl_new(scan->arena, struct pl_installed_list);
        *slot = list;
        if (!pl_installed_read(scan->arena, scan->tree, folder->path, owners,
                               list, err))
            return false;
        folders->distributions += list->rows.len;
    }
    *out = *slot;
    if (folders->distributions <= PL_MAX_CONTAINER_INSTALLED)
        return true;
    return pl_error_plain(err, PL_ERR_LIMIT,
                          "more than %d distributions are installed",
                          PL_MAX_CONTAINER_INSTALLED);
}

static void add_list(struct pl_arena *arena, struct pl_installed_list *all,
                     const struct pl_installed_list *one)
{
    for (size_t i = 0; i < one->rows.len; i++)
        pl_vec_push(arena, &all->rows, one->rows.at[i]);
    for (size_t i = 0; i < one->damage.len; i++)
        pl_vec_push(arena, &all->damage, one->damage.at[i]);
}

static bool read_installed(struct folders *folders, struct pl_python *python,
                           struct pl_error *err)
{
    struct pl_arena *arena = folders->scan->arena;
    struct pl_installed_list *all = &python->installed;
    for (size_t i = 0; i < python->folder_count; i++) {
        const struct pl_installed_list *one;
        if (!read_folder(folders, &python->folders[i], &one, err))
            return false;
        add_list(arena, all, one);
    }
    python->by_name.arena = arena;
    for (size_t i = 0; i < all->rows.len; i++) {
        void **first = pl_map_slot(&python->by_name, all->rows.at[i].name);
        if (!*first)
            *first = &all->rows.at[i];
    }
    return true;
}

/* ---- the Pythons ---- */

static uint64_t minor_number(const struct pl_python *python)
{
    uint64_t number = 0;
    struct pl_str rest = python->version, part = {0};
    pl_str_cut(&rest, '.', &part);
    pl_str_cut(&rest, '.', &part);
    return pl_str_to_u64(part, &number) ? number : 0;
}

static int compare(const void *left, const void *right)
{
    const struct pl_python *a = left, *b = right;
    bool a_has = pl_python_has(a, torch), b_has = pl_python_has(b, torch);
    if (a_has != b_has)
        return a_has ? -1 : 1;
    int order = pl_str_cmp(a->prefix, b->prefix);
    if (order)
        return order;
    uint64_t a_minor = minor_number(a), b_minor = minor_number(b);
    return (a_minor > b_minor) - (a_minor < b_minor);
}

static bool read_pythons(struct pl_scan *scan, struct pl_container *out,
                         struct pl_error *err)
{
    pl_python_places places = {0};
    struct folders folders = {.scan = scan, .lists = {.arena = scan->arena}};
    if (!pl_python_places_find(scan, &places, err))
        return false;
    if (places.len > PL_MAX_PYTHONS) {
        pl_scan_trouble(scan, (struct pl_span){0},
                        "only the first %d of %zu Pythons are looked at",
                        PL_MAX_PYTHONS, places.len);
        places.len = PL_MAX_PYTHONS;
    }
    struct pl_python *pythons =
        pl_new_array(scan->arena, struct pl_python, places.len);
    for (size_t i = 0; i < places.len; i++) {
        pl_python_describe(scan, &places.at[i], &pythons[i]);
        if (!read_installed(&folders, &pythons[i], err))
            return false;
    }
    if (places.len)
        qsort(pythons, places.len, sizeof(*pythons), compare);
    out->pythons = pythons;
    out->python_count = places.len;
    return true;
}

static void end_troubles(struct pl_scan *scan, struct pl_container *out)
{
    if (scan->more_troubles) {
        struct pl_error *last = &scan->troubles.at[scan->troubles.len - 1];
        pl_error_plain(last, PL_ERR_INPUT, "and %zu more like these",
                       scan->more_troubles + 1);
    }
    out->troubles = scan->troubles.at;
    out->trouble_count = scan->troubles.len;
    if (scan->pip_stop)
        out->pip_stop = &scan->troubles.at[scan->pip_stop - 1];
}

bool pl_container_scan(struct pl_arena *arena, struct pl_tree *tree,
                       const struct pl_scan_options *options,
                       struct pl_container *out, struct pl_error *err)
{
    struct pl_scan scan = {.arena = arena, .tree = tree, .options = options};
    struct pl_container found = {.tree = tree};
    if (!read_pythons(&scan, &found, err))
        return false;
    pl_machine_read(&scan, &found);
    pl_cuda_read(&scan, &found);
    pl_pip_settings_read(&scan, &found);
    end_troubles(&scan, &found);
    *out = found;
    return true;
}

/* ---- the one that counts ---- */

struct choice {
    const struct pl_python *last, *active; /* of them; NULL: none */
    size_t count, active_count;
};

static struct choice choose(const struct pl_container *c, bool with_torch)
{
    struct choice choice = {0};
    for (size_t i = 0; i < c->python_count; i++) {
        const struct pl_python *python = &c->pythons[i];
        if (with_torch && !pl_python_has(python, torch))
            continue;
        choice.last = python;
        choice.count++;
        if (!python->is_active)
            continue;
        choice.active = python;
        choice.active_count++;
    }
    return choice;
}

static struct pl_str name_of(const struct pl_python *python)
{
    return python->program.len ? python->program : python->prefix;
}

static bool several(const struct pl_container *c, const struct choice *choice,
                    bool with_torch, struct pl_error *err)
{
    PL_BUF(lines, PL_MAX_MESSAGE_BYTES);
    struct pl_str first = {0};
    for (size_t i = 0; i < c->python_count; i++) {
        const struct pl_python *python = &c->pythons[i];
        const struct pl_installed *has = pl_python_has(python, torch);
        if (with_torch && !has)
            continue;
        if (lines.len)
            pl_buf_add_char(&lines, '\n');
        else
            first = name_of(python);
        pl_buf_addf(&lines, "%.*s is Python %.*s", PL_STR_ARG(name_of(python)),
                    PL_STR_ARG(python->version));
        if (has)
            pl_buf_addf(&lines, " with torch %.*s",
                        PL_STR_ARG(has->version_text));
    }
    pl_error_plain(err, PL_ERR_USAGE,
                   with_torch ? "%zu Pythons have torch"
                              : "there are %zu Pythons, and none has torch",
                   choice->count);
    pl_error_because(err, "%.*s", PL_STR_ARG(pl_buf_view(&lines)));
    return pl_error_hint(err, "say which one, as in --python %.*s",
                         PL_STR_ARG(first));
}

static bool no_python(struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_INPUT, "there is no Python here");
    return pl_error_hint(err, "where one lies elsewhere than images have it, "
                              "name its folder: --python FOLDER");
}

bool pl_container_python(const struct pl_container *container,
                         const struct pl_python **out, struct pl_error *err)
{
    struct choice choice = choose(container, true);
    bool with_torch = choice.count > 0;
    if (!with_torch)
        choice = choose(container, false);
    if (!choice.count)
        return no_python(err);
    if (choice.count > 1 && choice.active_count != 1)
        return several(container, &choice, with_torch, err);
    *out = choice.count == 1 ? choice.last : choice.active;
    return true;
}
