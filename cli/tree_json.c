#include "cli/tree_show.h"
#include "core/bits.h"
#include "core/jsonw.h"

/* Nodes at most `depth` steps from a start. */
static uint64_t *reach(struct pl_arena *arena, const struct pl_tree *tree)
{
    size_t count = tree->graph->count, len = 0;
    uint64_t *reached = pl_new_array(arena, uint64_t, PL_BITS_WORDS(count));
    size_t *queue = pl_new_array(arena, size_t, count + 1);
    for (size_t i = 0; i < tree->starts.count; i++)
        if (!pl_bits_has(reached, tree->starts.at[i])) {
            pl_bits_add(reached, tree->starts.at[i]);
            queue[len++] = tree->starts.at[i];
        }
    /* what the lock relies on, too, though it says not who needs it */
    for (size_t i = 0; tree->is_whole && i < count; i++)
        if (!tree->graph->nodes[i].needs.count &&
            !tree->graph->nodes[i].askers.count)
            pl_bits_add(reached, i);
    size_t level_end = len, depth = 0;
    for (size_t at = 0; at < len && depth < tree->depth; at++) {
        const struct pl_lock_node *node = &tree->graph->nodes[queue[at]];
        struct pl_lock_edges next = tree->inverted ? node->askers : node->needs;
        for (size_t i = 0; i < next.count; i++)
            if (!pl_bits_has(reached, next.at[i])) {
                pl_bits_add(reached, next.at[i]);
                queue[len++] = next.at[i];
            }
        if (at + 1 == level_end) {
            level_end = len;
            depth++;
        }
    }
    return reached;
}

static void write_names(struct pl_jsonw *w, const char *key,
                        const struct pl_lock_graph *graph,
                        struct pl_lock_edges edges)
{
    pl_jsonw_array(w, key);
    for (size_t i = 0; i < edges.count; i++)
        pl_jsonw_str(w, NULL, graph->nodes[edges.at[i]].name);
    pl_jsonw_end(w);
}

static void write_weight(struct pl_jsonw *w, const char *key,
                         const struct pl_lock_weight *weight)
{
    pl_jsonw_object(w, key);
    pl_jsonw_u64(w, "packages", weight->packages);
    pl_jsonw_u64(w, "bytes", weight->bytes);
    pl_jsonw_u64(w, "unknown-sizes", weight->unknown);
    pl_jsonw_end(w);
}

static void write_node(struct pl_jsonw *w, const struct pl_lock_graph *graph,
                       const struct pl_lock_node *node)
{
    pl_jsonw_object(w, NULL);
    pl_jsonw_str(w, "name", node->name);
    if (node->version.len)
        pl_jsonw_str(w, "version", node->version);
    pl_jsonw_bool(w, "from-template", !node->package);
    if (node->package && node->package->file.has_size)
        pl_jsonw_u64(w, "size", node->own.bytes);
    else
        pl_jsonw_null(w, "size");
    pl_jsonw_strs(w, "lines", node->lines, node->line_count);
    write_names(w, "needs", graph, node->needs);
    write_names(w, "needed-by", graph, node->askers);
    write_weight(w, "all", &node->all);
    if (node->is_start)
        write_weight(w, "alone", &node->alone);
    pl_jsonw_end(w);
}

void pl_tree_json(struct pl_cli *cli, const struct pl_tree *tree)
{
    struct pl_jsonw w = pl_jsonw_to(&cli->text);
    const struct pl_lock_graph *graph = tree->graph;
    const uint64_t *reached = reach(cli->arena, tree);
    size_t unknown;
    uint64_t bytes = pl_lock_bytes(tree->lock, &unknown);
    pl_jsonw_object(&w, NULL);
    pl_jsonw_str(&w, "lock", tree->path);
    if (tree->lock->template_id.len)
        pl_jsonw_str(&w, "template", tree->lock->template_id);
    pl_jsonw_bool(&w, "inverted", tree->inverted);
    write_names(&w, "starts", graph, tree->starts);
    pl_jsonw_array(&w, "packages");
    for (size_t i = pl_bits_next(reached, 0, graph->count); i < graph->count;
         i = pl_bits_next(reached, i + 1, graph->count))
        write_node(&w, graph, &graph->nodes[i]);
    pl_jsonw_end(&w);
    pl_jsonw_u64(&w, "bytes", bytes);
    pl_jsonw_u64(&w, "unknown-sizes", unknown);
    pl_jsonw_end(&w);
}
