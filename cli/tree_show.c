#include "cli/tree_show.h"

#include "core/bits.h"
#include "core/limits.h"

#define WIDE 100

struct frame {
    struct pl_lock_edges next;
    size_t at;
};

struct drawer {
    struct pl_cli *cli;
    const struct pl_tree *tree;
    struct pl_table table;
    struct pl_str file; /* left out of lines; empty: nothing is */
    uint64_t *shown;    /* nodes whose needs stand above */
    struct frame frames[PL_MAX_TREE_DEPTH + 1];
    size_t depth, rows;
    bool has_all, has_alone;            /* columns */
    bool repeats, cuts, unknown, facts; /* what there is to explain */
};

static const struct pl_lock_node *node_at(const struct pl_tree *tree, size_t n)
{
    return &tree->graph->nodes[n];
}

/* The template's own needs are met already; who names it wants to see them. */
static struct pl_lock_edges below(const struct pl_tree *tree, size_t n)
{
    const struct pl_lock_node *node = node_at(tree, n);
    if (tree->inverted)
        return node->askers;
    if (tree->is_whole && !node->all.packages)
        return (struct pl_lock_edges){0};
    return node->needs;
}

/* ---- cells ---- */

static struct pl_str title_of(const struct drawer *d,
                              const struct pl_lock_node *node)
{
    static const char *const drawn[] = {"│   ", "    ", "├── ", "└── "};
    static const char *const plain[] = {"|   ", "    ", "|-- ", "`-- "};
    const char *const *parts = d->tree->draws_lines ? drawn : plain;
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    for (size_t i = 1; i <= d->depth; i++) {
        bool is_last = d->frames[i].at == d->frames[i].next.count;
        pl_buf_add_cstr(&text, parts[(i == d->depth ? 2 : 0) + is_last]);
    }
    pl_buf_add_str(&text, node->name);
    pl_buf_addf(&text, "%s%.*s", node->version.len ? " " : "",
                PL_STR_ARG(node->version));
    return pl_arena_dup(d->cli->arena, pl_buf_view(&text));
}

/* "+": there is more, of unknown size. */
static struct pl_str weight_text(struct drawer *d,
                                 const struct pl_lock_weight *weight)
{
    struct pl_str bytes = pl_show_bytes(d->cli->arena, weight->bytes);
    if (!weight->packages)
        return (struct pl_str){0};
    if (!weight->unknown)
        return bytes;
    d->unknown = true;
    if (weight->unknown == weight->packages)
        return PL_STR("?");
    return pl_arena_printf(d->cli->arena, "%.*s+", PL_STR_ARG(bytes));
}

static struct pl_str alone_text(struct drawer *d,
                                const struct pl_lock_node *node)
{
    if (node->all.packages && !node->alone.packages)
        return PL_STR("-");
    return weight_text(d, &node->alone);
}

static void add_note(struct pl_buf *notes, struct pl_str note)
{
    pl_buf_addf(notes, "%s%.*s", notes->len ? ", " : "", PL_STR_ARG(note));
}

static struct pl_str notes_of(const struct drawer *d,
                              const struct pl_lock_node *node, bool repeats,
                              bool cuts)
{
    PL_BUF(notes, PL_MAX_MESSAGE_BYTES);
    for (size_t i = 0; i < node->line_count; i++)
        add_note(&notes,
                 pl_str_sub(node->lines[i], d->file.len, node->lines[i].len));
    if (node->entry_count > 1)
        add_note(&notes, pl_arena_printf(d->cli->arena, "1 of %zu entries",
                                         node->entry_count));
    if (repeats)
        add_note(&notes, PL_STR("(*)"));
    if (cuts)
        add_note(&notes, PL_STR("..."));
    return pl_arena_dup(d->cli->arena, pl_buf_view(&notes));
}

static void add_row(struct drawer *d, size_t n, bool repeats, bool cuts)
{
    const struct pl_lock_node *node = node_at(d->tree, n);
    enum pl_style style = repeats || !node->package ? PL_STYLE_DIM
                          : d->depth                ? PL_STYLE_PLAIN
                                                    : PL_STYLE_BOLD;
    struct pl_str empty = {0};
    bool is_start = !d->depth && node->is_start;
    bool leads_on = node->all.packages > node->own.packages;
    pl_table_row(&d->table);
    pl_table_cell(&d->table, title_of(d, node), style);
    if (node->package)
        pl_table_cell(&d->table, weight_text(d, &node->own), PL_STYLE_PLAIN);
    else
        pl_table_cell(&d->table, PL_STR("template"), PL_STYLE_DIM);
    d->facts |= !node->package;

    if (d->has_all)
        pl_table_cell(&d->table, leads_on ? weight_text(d, &node->all) : empty,
                      PL_STYLE_PLAIN);
    if (d->has_alone)
        pl_table_cell(&d->table, is_start ? alone_text(d, node) : empty,
                      PL_STYLE_PLAIN);
    pl_table_cell(&d->table, notes_of(d, node, repeats, cuts), PL_STYLE_DIM);
    d->rows++;
}

/* ---- the walk ---- */

/* Gives whether what stands below it is to be shown. */
static bool visit(struct drawer *d, size_t n)
{
    struct pl_lock_edges next = below(d->tree, n);
    bool repeats = next.count && pl_bits_has(d->shown, n);
    bool cuts = next.count && !repeats && d->depth == PL_MAX_TREE_DEPTH;
    add_row(d, n, repeats, cuts);
    d->repeats |= repeats;
    d->cuts |= cuts;
    if (!next.count || repeats || d->depth == d->tree->depth)
        return false;
    pl_bits_add(d->shown, n);
    return true;
}

static bool walk(struct drawer *d, struct pl_error *err)
{
    d->frames[0] = (struct frame){.next = d->tree->starts};
    for (;;) {
        struct frame *frame = &d->frames[d->depth];
        if (frame->at == frame->next.count) {
            if (!d->depth)
                return true;
            d->depth--;
            continue;
        }
        if (d->rows == PL_MAX_TREE_LINES) {
            pl_error_plain(err, PL_ERR_LIMIT, "the tree has more than %d lines",
                           PL_MAX_TREE_LINES);
            return pl_error_hint(err, "begin at a NAME, or with --depth, or "
                                      "take --json");
        }
        size_t n = frame->next.at[frame->at++];
        if (visit(d, n))
            d->frames[++d->depth] = (struct frame){.next = below(d->tree, n)};
    }
}

/* ---- what stands around it ---- */

/* As uv and pip leave `dependencies` out. */
static bool says_who(const struct pl_lock_graph *graph)
{
    for (size_t i = 0; i < graph->count; i++)
        if (graph->nodes[i].needs.count || graph->nodes[i].line_count)
            return true;
    return graph->count < 2;
}

static void legend(const struct drawer *d, const char *text)
{
    pl_show_wrapped(&d->cli->out, 0, pl_str_from(text), &d->cli->text);
}

static void legend_file(const struct drawer *d)
{
    pl_cli_print(d->cli, ":N: line N of ");
    pl_show_text(&d->cli->out, PL_STYLE_PLAIN, d->file, &d->cli->text);
    pl_cli_print(d->cli, "\n");
}

static void show_foot(struct drawer *d)
{
    const struct pl_lock *lock = d->tree->lock;
    struct pl_arena *arena = d->cli->arena;
    size_t unknown;
    uint64_t bytes = pl_lock_bytes(lock, &unknown);
    struct pl_str packages =
        pl_show_count(arena, lock->package_count, "package", "packages");
    struct pl_str size = pl_show_bytes(arena, bytes);
    if (d->rows)
        pl_cli_print(d->cli, "\n");
    PL_BUF(sum, PL_MAX_MESSAGE_BYTES);
    pl_buf_addf(&sum, "%.*s, %.*s", PL_STR_ARG(packages), PL_STR_ARG(size));
    if (unknown)
        pl_buf_addf(&sum, ", %zu of unknown size", unknown);
    if (lock->provided_count)
        pl_buf_addf(&sum, "; relies on %zu of the template",
                    lock->provided_count);
    pl_show_wrapped(&d->cli->out, 0, pl_buf_view(&sum), &d->cli->text);
    if (!says_who(d->tree->graph)) {
        legend(d, "this lock does not say who needs whom");
        return;
    }
    if (d->has_all)
        legend(d, "all: with what it needs; what several need is counted in "
                  "each");
    if (d->has_alone)
        legend(d, "alone: what no other one at the left edge needs");
    if (d->file.len)
        legend_file(d);
    if (d->facts)
        legend(d, "template: it is there already, and is not downloaded");
    if (d->repeats)
        legend(d, "(*) what stands below it is shown above");
    if (d->cuts)
        legend(d, "... more stands below it: begin there");
    if (d->unknown)
        legend(d, "? the lock does not state the size");
}

/* Locks of podlock's that were made without comments do not say who asks. */
static void show_unasked(struct drawer *d)
{
    const struct pl_lock *lock = d->tree->lock;
    PL_BUF(names, PL_MAX_MESSAGE_BYTES);
    for (size_t i = 0; i < lock->provided_count; i++)
        if (!lock->provided[i].via_count && d->tree->is_whole)
            pl_buf_addf(&names, "%s%.*s %.*s", names.len ? ", " : "",
                        PL_STR_ARG(lock->provided[i].name),
                        PL_STR_ARG(lock->provided[i].version));
    if (!names.len)
        return;
    pl_cli_print(d->cli, "\n");
    pl_show_item(&d->cli->out, PL_STR("of the template, needed by some"),
                 pl_buf_view(&names), 8, &d->cli->text);
}

/* Nested names leave no room for every column. */
static bool is_wide(const struct drawer *d)
{
    unsigned width = d->cli->out.width;
    return !width || width >= WIDE;
}

/* The file that all lines are of; empty: there are several. */
static struct pl_str only_file(const struct pl_lock_graph *graph)
{
    struct pl_str file = {0};
    for (size_t i = 0; i < graph->count; i++)
        for (size_t k = 0; k < graph->nodes[i].line_count; k++) {
            struct pl_str line = graph->nodes[i].lines[k];
            struct pl_str its = pl_str_sub(line, 0, pl_str_rfind(line, ':'));
            if (!its.len || its.len == line.len ||
                (file.len && !pl_str_eq(file, its)))
                return (struct pl_str){0};
            file = its;
        }
    return file;
}

static void begin_table(struct drawer *d)
{
    static const struct pl_column name = {.title = "package"};
    static const struct pl_column note = {.title = "", .cut = true};
    struct pl_column columns[5] = {name, {.title = "size", .right = true}};
    size_t count = 2;
    if (d->has_all)
        columns[count++] = (struct pl_column){.title = "all", .right = true};
    if (d->has_alone)
        columns[count++] = (struct pl_column){.title = "alone", .right = true};
    columns[count++] = note;
    pl_table_init(&d->table, columns, count);
}

bool pl_tree_show(struct pl_cli *cli, const struct pl_tree *tree,
                  struct pl_error *err)
{
    struct drawer *d = pl_new(cli->arena, struct drawer);
    *d = (struct drawer){.cli = cli,
                         .tree = tree,
                         .has_all = !tree->inverted,
                         .has_alone = !tree->inverted && tree->is_whole};
    d->shown =
        pl_new_array(cli->arena, uint64_t, PL_BITS_WORDS(tree->graph->count));
    d->has_all &= says_who(tree->graph);
    d->has_alone &= d->has_all && (is_wide(d) || !tree->depth);
    d->file = is_wide(d) ? (struct pl_str){0} : only_file(tree->graph);
    begin_table(d);
    bool good = walk(d, err);
    if (good)
        pl_table_print(&d->table, 0, &cli->out, &cli->text);
    pl_table_finish(&d->table);
    if (!good)
        return false;
    show_unasked(d);
    show_foot(d);
    return true;
}
