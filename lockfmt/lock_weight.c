#include "lockfmt/lock_weight.h"

#include "core/bits.h"
#include "core/vec.h"

#define NONE SIZE_MAX

/* Tarjan's strong components, which come after all that they lead to. */
struct frame {
    size_t node, next;
};

struct weigher {
    struct pl_arena *arena;
    struct pl_lock_graph *graph;
    size_t *packages; /* nodes that weigh something, by their bit */
    size_t *bit_of;
    size_t bits;
    size_t *seen, *low; /* by node; NONE: not yet */
    size_t seen_count;
    uint64_t **led; /* bits that the node's component leads to; NULL: open */
    PL_VEC(struct frame) frames;
    PL_VEC(size_t) open;
};

static void number_packages(struct weigher *w)
{
    size_t count = w->graph->count;
    w->packages = pl_new_array(w->arena, size_t, count + 1);
    w->bit_of = pl_new_array(w->arena, size_t, count + 1);
    w->seen = pl_new_array(w->arena, size_t, count + 1);
    w->low = pl_new_array(w->arena, size_t, count + 1);
    w->led = pl_new_array(w->arena, uint64_t *, count + 1);
    for (size_t i = 0; i < count; i++) {
        w->seen[i] = w->bit_of[i] = NONE;
        if (!w->graph->nodes[i].package)
            continue;
        w->bit_of[i] = w->bits;
        w->packages[w->bits++] = i;
    }
}

/* ---- what a component leads to ---- */

static void add_weight(struct pl_lock_weight *sum,
                       const struct pl_lock_weight *part)
{
    sum->packages += part->packages;
    sum->unknown += part->unknown;
    if (__builtin_add_overflow(sum->bytes, part->bytes, &sum->bytes))
        sum->bytes = UINT64_MAX;
}

static struct pl_lock_weight sum_of_both(const struct weigher *w,
                                         const uint64_t *a, const uint64_t *b)
{
    struct pl_lock_weight sum = {0};
    for (size_t i = pl_bits_next_of_both(a, b, 0, w->bits); i < w->bits;
         i = pl_bits_next_of_both(a, b, i + 1, w->bits))
        add_weight(&sum, &w->graph->nodes[w->packages[i]].own);
    return sum;
}

/* What needs nothing has no set of its own: it is itself. */
static void add_led(const struct weigher *w, uint64_t *set, size_t n)
{
    if (w->bit_of[n] != NONE)
        pl_bits_add(set, w->bit_of[n]);
    if (!w->led[n])
        return;
    for (size_t i = 0; i < PL_BITS_WORDS(w->bits); i++)
        set[i] |= w->led[n][i];
}

static void close_component(struct weigher *w, size_t first)
{
    const struct pl_lock_node *nodes = w->graph->nodes;
    size_t from = w->open.len;
    while (w->open.at[--from] != first)
        ;
    if (from + 1 == w->open.len && !nodes[first].needs.count) {
        w->graph->nodes[first].all = nodes[first].own;
        w->low[first] = NONE;
        w->open.len = from;
        return;
    }
    uint64_t *set = pl_new_array(w->arena, uint64_t, PL_BITS_WORDS(w->bits));
    for (size_t i = from; i < w->open.len; i++) {
        size_t n = w->open.at[i];
        add_led(w, set, n);
        for (size_t e = 0; e < nodes[n].needs.count; e++)
            add_led(w, set, nodes[n].needs.at[e]);
    }
    struct pl_lock_weight sum = sum_of_both(w, set, set);
    for (size_t i = from; i < w->open.len; i++) {
        size_t n = w->open.at[i];
        w->graph->nodes[n].all = sum;
        w->led[n] = set;
        w->low[n] = NONE;
    }
    w->open.len = from;
}

/* ---- the walk ---- */

static void enter(struct weigher *w, size_t n)
{
    w->seen[n] = w->low[n] = w->seen_count++;
    pl_vec_push(w->arena, &w->open, n);
    pl_vec_push(w->arena, &w->frames, (struct frame){n, 0});
}

static void lower(struct weigher *w, size_t n, size_t to)
{
    if (to < w->low[n])
        w->low[n] = to;
}

static void leave(struct weigher *w)
{
    size_t n = w->frames.at[--w->frames.len].node;
    size_t low = w->low[n];
    if (low == w->seen[n])
        close_component(w, n);
    else
        lower(w, w->frames.at[w->frames.len - 1].node, low);
}

static void walk(struct weigher *w, size_t start)
{
    enter(w, start);
    while (w->frames.len) {
        struct frame *frame = &w->frames.at[w->frames.len - 1];
        const struct pl_lock_edges needs = w->graph->nodes[frame->node].needs;
        if (frame->next == needs.count) {
            leave(w);
            continue;
        }
        size_t to = needs.at[frame->next++];
        if (w->seen[to] == NONE)
            enter(w, to);
        else if (w->low[to] != NONE) /* its component is open */
            lower(w, frame->node, w->seen[to]);
    }
}

/* ---- what one start alone leads to ---- */

static const uint64_t *led_by(const struct weigher *w, size_t n,
                              uint64_t *itself)
{
    if (w->led[n])
        return w->led[n];
    for (size_t i = 0; i < PL_BITS_WORDS(w->bits); i++)
        itself[i] = 0;
    add_led(w, itself, n);
    return itself;
}

/* Bits that one start has, and bits that more than one has. */
static void weigh_alone(struct weigher *w)
{
    size_t words = PL_BITS_WORDS(w->bits);
    uint64_t *once = pl_new_array(w->arena, uint64_t, words);
    uint64_t *more = pl_new_array(w->arena, uint64_t, words);
    uint64_t *itself = pl_new_array(w->arena, uint64_t, words);
    for (size_t n = 0; n < w->graph->count; n++) {
        if (!w->graph->nodes[n].is_start)
            continue;
        const uint64_t *set = led_by(w, n, itself);
        for (size_t i = 0; i < words; i++) {
            more[i] |= once[i] & set[i];
            once[i] |= set[i];
        }
    }
    for (size_t i = 0; i < words; i++)
        once[i] &= ~more[i];
    for (size_t n = 0; n < w->graph->count; n++)
        if (w->graph->nodes[n].is_start)
            w->graph->nodes[n].alone =
                sum_of_both(w, led_by(w, n, itself), once);
}

void pl_lock_weigh(struct pl_arena *arena, struct pl_lock_graph *graph)
{
    struct weigher w = {.arena = arena, .graph = graph};
    number_packages(&w);
    for (size_t i = 0; i < graph->count; i++)
        if (w.seen[i] == NONE)
            walk(&w, i);
    weigh_alone(&w);
}
