#include "container/scan_internal.h"

#include <stdarg.h>

#include "core/file.h"
#include "core/limits.h"

#define DPKG_STATUS "/var/lib/dpkg/status"
#define MAX_ARCHITECTURES 8

/* ---- variables ---- */

struct pl_str pl_scan_var(const struct pl_scan *scan, const char *name)
{
    const char *const *vars = scan->options->vars;
    for (size_t i = 0; vars && vars[i]; i++) {
        struct pl_str rest = pl_str_from(vars[i]), key;
        if (pl_str_cut(&rest, '=', &key) && pl_str_is(key, name))
            return rest;
    }
    return PL_STR("");
}

struct pl_str pl_scan_home(const struct pl_scan *scan)
{
    struct pl_str home = pl_scan_var(scan, "HOME");
    return pl_str_starts(home, "/") && home.len > 1 ? home : PL_STR("/root");
}

/* ---- files ---- */

bool pl_scan_is_folder(struct pl_scan *scan, struct pl_str path)
{
    return pl_tree_look(scan->tree, path).type == PL_NODE_FOLDER;
}

bool pl_scan_is_file(struct pl_scan *scan, struct pl_str path)
{
    return pl_tree_look(scan->tree, path).type == PL_NODE_FILE;
}

void pl_scan_stops_pip(struct pl_scan *scan)
{
    if (!scan->pip_stop)
        scan->pip_stop = scan->troubles.len;
}

void pl_scan_add_trouble(struct pl_scan *scan, const struct pl_error *err)
{
    if (scan->troubles.len < PL_MAX_TROUBLES)
        pl_vec_push(scan->arena, &scan->troubles, *err);
    else
        scan->more_troubles++;
}

bool pl_scan_text(struct pl_scan *scan, struct pl_str path, size_t max,
                  struct pl_str *text)
{
    struct pl_error err = {.arena = scan->arena};
    if (!pl_scan_is_file(scan, path))
        return false;
    if (pl_tree_read(scan->tree, scan->arena, path, max, text, &err))
        return true;
    pl_scan_add_trouble(scan, &err);
    return false;
}

void pl_scan_list(struct pl_scan *scan, struct pl_str path,
                  struct pl_tree_entry **entries, size_t *count)
{
    struct pl_error err = {.arena = scan->arena};
    if (pl_tree_list(scan->tree, scan->arena, path, entries, count, &err))
        return;
    *entries = NULL;
    *count = 0;
    pl_scan_add_trouble(scan, &err);
}

/* ---- paths ---- */

struct pl_str pl_scan_join(struct pl_scan *scan, struct pl_str folder,
                           struct pl_str name)
{
    return pl_path_join(scan->arena, folder, name);
}

/* A path while its links are taken out of it. */
struct walk {
    struct pl_str done; /* "" is the root */
    struct pl_str left;
    int links;
};

static void walk_to(struct pl_scan *scan, struct walk *walk, struct pl_str name)
{
    if (pl_str_is(name, "..")) {
        walk->done.len = pl_str_rfind(walk->done, '/');
        return;
    }
    struct pl_str target,
        path = pl_arena_printf(scan->arena, "%.*s/%.*s", PL_STR_ARG(walk->done),
                               PL_STR_ARG(name));
    if (!pl_tree_link(scan->tree, scan->arena, path, &target)) {
        walk->done = path;
        return;
    }
    walk->links++;
    if (pl_str_starts(target, "/"))
        walk->done.len = 0;
    walk->left = pl_arena_printf(scan->arena, "%.*s/%.*s", PL_STR_ARG(target),
                                 PL_STR_ARG(walk->left));
}

struct pl_str pl_scan_real(struct pl_scan *scan, struct pl_str path)
{
    struct walk walk = {.left = path};
    struct pl_str name;
    if (!pl_str_starts(path, "/"))
        return PL_STR("");
    while (pl_str_cut(&walk.left, '/', &name)) {
        if (walk.links > PL_MAX_TREE_LINKS ||
            walk.done.len + walk.left.len > PL_MAX_PATH_BYTES)
            return PL_STR("");
        if (name.len && !pl_str_is(name, "."))
            walk_to(scan, &walk, name);
    }
    return walk.done.len ? walk.done : PL_STR("/");
}

/* ---- dpkg ---- */

/* The value of a field of a paragraph; empty when it has none. */
static struct pl_str field(struct pl_str paragraph, const char *name)
{
    struct pl_str line;
    while (pl_str_cut(&paragraph, '\n', &line)) {
        struct pl_str rest = line, key;
        if (pl_str_cut(&rest, ':', &key) && pl_str_is(key, name))
            return pl_str_trim(rest);
    }
    return PL_STR("");
}

static struct pl_str dpkg_status(struct pl_scan *scan)
{
    if (!scan->dpkg_read) {
        scan->dpkg_read = true;
        pl_scan_text(scan, PL_STR(DPKG_STATUS), PL_MAX_DPKG_BYTES, &scan->dpkg);
    }
    return scan->dpkg;
}

struct pl_str pl_scan_dpkg(struct pl_scan *scan, const char *package)
{
    struct pl_str status = dpkg_status(scan), rest = status;
    struct pl_str head = pl_arena_printf(scan->arena, "Package: %s\n", package);
    /* One for each architecture; more would be read over and over. */
    for (int tried = 0; tried < MAX_ARCHITECTURES; tried++) {
        rest = pl_str_sub(rest, pl_str_find_str(rest, head), rest.len);
        if (!rest.len)
            break;
        bool begins = rest.at == status.at || rest.at[-1] == '\n';
        struct pl_str paragraph =
            pl_str_sub(rest, 0, pl_str_find_str(rest, PL_STR("\n\n")));
        if (begins && pl_str_ends(field(paragraph, "Status"), " installed"))
            return field(paragraph, "Version");
        rest = pl_str_sub(rest, head.len, rest.len);
    }
    return PL_STR("");
}

/* ---- troubles ---- */

struct pl_error *pl_scan_trouble(struct pl_scan *scan, struct pl_span span,
                                 const char *format, ...)
{
    PL_BUF(message, PL_MAX_MESSAGE_BYTES);
    struct pl_error *err = pl_new(scan->arena, struct pl_error);
    va_list args;
    err->arena = scan->arena;
    if (scan->troubles.len == PL_MAX_TROUBLES) {
        scan->more_troubles++;
        return err;
    }
    va_start(args, format);
    pl_buf_addv(&message, format, args);
    va_end(args);
    pl_error_set(err, PL_ERR_INPUT, span, "%.*s",
                 PL_STR_ARG(pl_buf_view(&message)));
    pl_vec_push(scan->arena, &scan->troubles, *err);
    return &scan->troubles.at[scan->troubles.len - 1];
}
