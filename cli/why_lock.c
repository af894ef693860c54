#include "cli/why_lock.h"

#include "cli/nearest.h"
#include "core/file.h"
#include "core/jsonw.h"
#include "core/limits.h"
#include "core/vec.h"
#include "lockfmt/lock_read.h"
#include "lockfmt/lock_write.h"

#define LABEL_COLUMN 14
#define MAX_NAMES 12
#define NONE SIZE_MAX

/* A package of the lock, by its place there. */
struct node {
    PL_VEC(size_t) needs;         /* packages */
    PL_VEC(struct pl_str) askers; /* lines first, as the lock has them */
    PL_VEC(size_t) asking;        /* those of them that are packages */
    struct pl_str line;           /* the first one; empty: none */
    bool is_root;                 /* a line or a preinstalled one asks */
};

struct why {
    struct pl_arena *arena;
    struct pl_str path, name;
    struct pl_lock lock;
    struct node *nodes;
    bool says_who;       /* somewhere; some tools write no dependencies */
    size_t found;        /* the package; NONE: it has none */
    PL_VEC(size_t) way;  /* from the line on */
    PL_VEC(size_t) only; /* packages that only it needs */
    uint64_t only_bytes;
    size_t only_unknown;
};

bool pl_why_is_lock(struct pl_str path)
{
    return pl_lock_name_valid(pl_path_base(path));
}

/* ---- who asks ---- */

/*
 * The first of that name; a lock has its packages by name. Several stand for
 * one: each is for another environment.
 */
static size_t find_package(const struct why *w, struct pl_str name)
{
    size_t low = 0, high = w->lock.package_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pl_str_cmp(w->lock.packages[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_there = low < w->lock.package_count &&
                    pl_str_eq(w->lock.packages[low].name, name);
    return is_there ? low : NONE;
}

static void link_needs(struct why *w, size_t n)
{
    const struct pl_lock_package *package = &w->lock.packages[n];
    size_t from = find_package(w, package->name);
    for (size_t i = 0; i < package->dependency_count; i++) {
        size_t to = find_package(w, package->dependencies[i]);
        if (to == NONE)
            continue;
        pl_vec_push(w->arena, &w->nodes[from].needs, to);
        pl_vec_push(w->arena, &w->nodes[to].asking, from);
    }
}

/* Only a line has a colon: names have none. */
static void name_askers(struct why *w, size_t n)
{
    const struct pl_lock_package *package = &w->lock.packages[n];
    struct node *node = &w->nodes[n];
    for (int lines = 1; lines >= 0; lines--)
        for (size_t i = 0; i < package->via_count; i++)
            if (pl_str_has(package->via[i], ':') == lines)
                pl_vec_push(w->arena, &node->askers, package->via[i]);
    for (size_t i = 0; i < package->via_count; i++) {
        bool is_line = pl_str_has(package->via[i], ':');
        if (is_line && !node->line.len)
            node->line = package->via[i];
        if (is_line || find_package(w, package->via[i]) == NONE)
            node->is_root = true;
    }
    for (size_t i = 0; !package->via_count && i < node->asking.len; i++)
        pl_vec_push(w->arena, &node->askers,
                    w->lock.packages[node->asking.at[i]].name);
    if (!node->askers.len && find_package(w, package->name) == n)
        node->is_root = true;
}

static void link_all(struct why *w)
{
    size_t count = w->lock.package_count;
    w->nodes = pl_new_array(w->arena, struct node, count + 1);
    for (size_t i = 0; i < count; i++)
        link_needs(w, i);
    for (size_t i = 0; i < count; i++) {
        name_askers(w, i);
        w->says_who |= w->nodes[i].askers.len > 0;
    }
}

/* Breadth first from what is asked for; `without` is passed over. */
static size_t *reach(const struct why *w, size_t without)
{
    size_t count = w->lock.package_count, len = 0;
    size_t *from = pl_new_array(w->arena, size_t, count + 1);
    size_t *queue = pl_new_array(w->arena, size_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        from[i] = NONE;
        if (!w->nodes[i].is_root || i == without)
            continue;
        from[i] = i;
        queue[len++] = i;
    }
    for (size_t at = 0; at < len; at++)
        for (size_t i = 0; i < w->nodes[queue[at]].needs.len; i++) {
            size_t to = w->nodes[queue[at]].needs.at[i];
            if (from[to] != NONE || to == without)
                continue;
            from[to] = queue[at];
            queue[len++] = to;
        }
    return from;
}

static void find_way(struct why *w)
{
    const size_t *from = reach(w, NONE);
    PL_VEC(size_t) back = {0};
    size_t at = w->found;
    if (from[at] == NONE)
        return;
    for (; from[at] != at; at = from[at])
        pl_vec_push(w->arena, &back, at);
    pl_vec_push(w->arena, &w->way, at);
    for (size_t i = back.len; i-- > 0;)
        pl_vec_push(w->arena, &w->way, back.at[i]);
}

/* ---- what it costs ---- */

static void add_size(struct why *w, size_t n)
{
    const struct pl_lock_file *file = &w->lock.packages[n].file;
    if (!file->has_size)
        w->only_unknown++;
    else if (__builtin_add_overflow(w->only_bytes, file->size, &w->only_bytes))
        w->only_bytes = UINT64_MAX;
}

static void find_cost(struct why *w)
{
    const size_t *with = reach(w, NONE), *without = reach(w, w->found);
    add_size(w, w->found);
    for (size_t i = 0; i < w->lock.package_count; i++)
        if (i != w->found && with[i] != NONE && without[i] == NONE) {
            pl_vec_push(w->arena, &w->only, i);
            add_size(w, i);
        }
}

/* ---- what the lock says besides ---- */

static const struct pl_lock_replaced *find_replaced(const struct why *w)
{
    for (size_t i = 0; i < w->lock.replaced_count; i++)
        if (pl_str_eq(w->lock.replaced[i].name, w->name))
            return &w->lock.replaced[i];
    return NULL;
}

static const struct pl_lock_provided *find_provided(const struct why *w)
{
    for (size_t i = 0; i < w->lock.provided_count; i++)
        if (pl_str_eq(w->lock.provided[i].name, w->name))
            return &w->lock.provided[i];
    return NULL;
}

static struct pl_str find_nearest(const struct why *w)
{
    struct pl_nearest nearest = pl_nearest_to(w->name);
    for (size_t i = 0; i < w->lock.package_count; i++)
        pl_nearest_try(&nearest, w->lock.packages[i].name);
    for (size_t i = 0; i < w->lock.provided_count; i++)
        pl_nearest_try(&nearest, w->lock.provided[i].name);
    return nearest.found;
}

static struct pl_str way_text(const struct why *w)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    for (size_t i = 0; i < w->way.len; i++) {
        const struct node *node = &w->nodes[w->way.at[i]];
        if (!i && node->line.len)
            pl_buf_addf(&text, "%.*s ", PL_STR_ARG(node->line));
        pl_buf_addf(&text, "%s%.*s", i ? " -> " : "",
                    PL_STR_ARG(w->lock.packages[w->way.at[i]].name));
    }
    return pl_arena_dup(w->arena, pl_buf_view(&text));
}

/* ---- text ---- */

static void item(struct pl_cli *cli, const char *label, struct pl_str text)
{
    struct pl_str left = pl_arena_printf(cli->arena, "%s", label);
    pl_show_item(&cli->out, left, text, LABEL_COLUMN, &cli->text);
}

static void head(struct pl_cli *cli, const struct why *w, struct pl_str version,
                 struct pl_str rest)
{
    struct pl_str title =
        pl_arena_printf(cli->arena, "%.*s%s%.*s", PL_STR_ARG(w->name),
                        version.len ? " " : "", PL_STR_ARG(version));
    pl_show_text(&cli->out, PL_STYLE_BOLD, title, &cli->text);
    pl_cli_print(cli, " ");
    pl_show_text(&cli->out, PL_STYLE_PLAIN, rest, &cli->text);
    pl_cli_print(cli, "\n");
}

/* "a, b, c and 3 more" of any names. */
static struct pl_str names_text(struct pl_cli *cli, const char *before,
                                const struct pl_str *names, size_t count)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_buf_add_cstr(&text, before);
    for (size_t i = 0; i < count && i < MAX_NAMES; i++)
        pl_buf_addf(&text, "%s%.*s", i ? ", " : "", PL_STR_ARG(names[i]));
    if (count > MAX_NAMES)
        pl_buf_addf(&text, " and %zu more", count - MAX_NAMES);
    return pl_arena_dup(cli->arena, pl_buf_view(&text));
}

static void show_askers(struct pl_cli *cli, const struct why *w)
{
    const struct node *node = &w->nodes[w->found];
    if (w->way.len > 1 || (w->way.len && node->line.len))
        item(cli, "asked for", way_text(w));
    else if (!node->askers.len)
        item(cli, "asked for",
             w->says_who ? PL_STR("by no other package of the lock")
                         : PL_STR("the lock does not say by what"));
    if (w->way.len > 1 ? node->askers.len > 1 : node->askers.len > 0)
        item(cli, w->way.len > 1 || node->line.len ? "" : "asked for",
             names_text(cli, "all who ask: ", node->askers.at,
                        node->askers.len));
}

static void show_cost(struct pl_cli *cli, const struct why *w)
{
    const struct pl_lock_file *file = &w->lock.packages[w->found].file;
    struct pl_str size = file->has_size ? pl_show_bytes(cli->arena, file->size)
                                        : PL_STR("unknown size");
    item(cli, "costs",
         pl_arena_printf(cli->arena, "%.*s: %.*s", PL_STR_ARG(size),
                         PL_STR_ARG(file->name)));
    if (!w->only.len)
        return;
    struct pl_str *names = pl_new_array(cli->arena, struct pl_str, w->only.len);
    for (size_t i = 0; i < w->only.len; i++)
        names[i] = w->lock.packages[w->only.at[i]].name;
    size = pl_show_bytes(cli->arena, w->only_bytes);
    struct pl_str before = pl_arena_printf(
        cli->arena, "%.*s with what only it needs: ", PL_STR_ARG(size));
    item(cli, "", names_text(cli, before.at, names, w->only.len));
}

static void show_package(struct pl_cli *cli, const struct why *w)
{
    const struct pl_lock_package *package = &w->lock.packages[w->found];
    const struct pl_lock_replaced *replaced = find_replaced(w);
    head(cli, w, package->version,
         replaced
             ? pl_arena_printf(cli->arena, "replaces %.*s in %.*s",
                               PL_STR_ARG(replaced->from), PL_STR_ARG(w->path))
             : pl_arena_printf(cli->arena, "is in %.*s", PL_STR_ARG(w->path)));
    if (replaced)
        item(cli, "because", replaced->because);
    if (package->marker.len)
        item(cli, "only where", package->marker);
    show_askers(cli, w);
    show_cost(cli, w);
    if (package->rule_count)
        item(cli, "rules",
             names_text(cli, "keep newer versions out: ", package->rules,
                        package->rule_count));
    item(cli, "not newer",
         PL_STR("a lock does not say; name the requirements in its place"));
}

static void show_absent(struct pl_cli *cli, const struct why *w)
{
    struct pl_str nearest = find_nearest(w);
    head(cli, w, (struct pl_str){0},
         pl_arena_printf(cli->arena, "is not in %.*s", PL_STR_ARG(w->path)));
    if (nearest.len)
        item(cli, "",
             pl_arena_printf(cli->arena, "did you mean %.*s?",
                             PL_STR_ARG(nearest)));
}

static void show_provided_askers(struct pl_cli *cli,
                                 const struct pl_lock_provided *provided)
{
    item(cli, "asked for",
         provided->via_count
             ? names_text(cli, "all who ask: ", provided->via,
                          provided->via_count)
             : PL_STR("by packages of the lock, which does not say by "
                      "which"));
}

static void show(struct pl_cli *cli, const struct why *w)
{
    const struct pl_lock_provided *provided = find_provided(w);
    if (w->found != NONE) {
        show_package(cli, w);
    } else if (provided) {
        head(cli, w, provided->version,
             pl_arena_printf(cli->arena, "is kept from %.*s%s",
                             PL_STR_ARG(w->lock.template_id),
                             provided->locked ? ", which protects it" : ""));
        show_provided_askers(cli, provided);
    } else {
        show_absent(cli, w);
    }
}

/* ---- JSON ---- */

static void write_package(struct pl_jsonw *w, const struct why *why)
{
    const struct pl_lock_package *package = &why->lock.packages[why->found];
    const struct node *node = &why->nodes[why->found];
    const struct pl_lock_replaced *replaced = find_replaced(why);
    pl_jsonw_str(w, "state", replaced ? PL_STR("replaced") : PL_STR("added"));
    pl_jsonw_str(w, "version", package->version);
    if (replaced) {
        pl_jsonw_object(w, "replaces");
        pl_jsonw_str(w, "version", replaced->from);
        pl_jsonw_str(w, "because", replaced->because);
        pl_jsonw_end(w);
    }
    if (package->marker.len)
        pl_jsonw_str(w, "marker", package->marker);
    pl_jsonw_array(w, "way");
    for (size_t i = 0; i < why->way.len; i++)
        pl_jsonw_str(w, NULL, why->lock.packages[why->way.at[i]].name);
    pl_jsonw_end(w);
    pl_jsonw_array(w, "via");
    for (size_t i = 0; i < node->askers.len; i++)
        pl_jsonw_str(w, NULL, node->askers.at[i]);
    pl_jsonw_end(w);
    pl_jsonw_array(w, "rules");
    for (size_t i = 0; i < package->rule_count; i++)
        pl_jsonw_str(w, NULL, package->rules[i]);
    pl_jsonw_end(w);
    pl_jsonw_object(w, "cost");
    pl_jsonw_str(w, "file", package->file.name);
    pl_jsonw_u64(w, "bytes", why->only_bytes);
    pl_jsonw_u64(w, "unknown", why->only_unknown);
    pl_jsonw_array(w, "only-it-needs");
    for (size_t i = 0; i < why->only.len; i++)
        pl_jsonw_str(w, NULL, why->lock.packages[why->only.at[i]].name);
    pl_jsonw_end(w);
    pl_jsonw_end(w);
}

static void write_json(struct pl_cli *cli, const struct why *why)
{
    struct pl_jsonw w = pl_jsonw_to(&cli->text);
    const struct pl_lock_provided *provided = find_provided(why);
    struct pl_str nearest = {0};
    pl_jsonw_object(&w, NULL);
    pl_jsonw_str(&w, "lock", why->path);
    pl_jsonw_str(&w, "name", why->name);
    if (why->found != NONE) {
        write_package(&w, why);
    } else if (provided) {
        pl_jsonw_str(&w, "state", PL_STR("kept"));
        pl_jsonw_str(&w, "version", provided->version);
        pl_jsonw_bool(&w, "locked", provided->locked);
        pl_jsonw_strs(&w, "via", provided->via, provided->via_count);
    } else {
        pl_jsonw_str(&w, "state", PL_STR("absent"));
        nearest = find_nearest(why);
    }
    if (nearest.len)
        pl_jsonw_str(&w, "nearest", nearest);
    pl_jsonw_end(&w);
}

int pl_why_lock(struct pl_cli *cli, struct pl_str path, struct pl_str name,
                bool json)
{
    struct pl_error err = {.arena = cli->arena};
    struct why w = {.arena = cli->arena, .path = path, .name = name};
    if (!pl_lock_load(cli->arena, path, &w.lock, NULL, &err))
        return pl_cli_fail(cli, &err);
    link_all(&w);
    w.found = find_package(&w, name);
    if (w.found != NONE) {
        find_way(&w);
        find_cost(&w);
    }
    if (json)
        write_json(cli, &w);
    else
        show(cli, &w);
    return w.found == NONE && !find_provided(&w);
}
