#include "lockfmt/lock_diff_pair.h"

#include <stdlib.h>

enum round { BY_LOOK, BY_MARKER, BY_VERSION, BY_PLACE, ROUNDS };

/* A package without a partner yet. */
struct item {
    const struct pl_lock_package *package;
    enum round round;
};

struct side {
    const struct pl_lock_package *all;
    struct item *items;
    size_t count;
};

static int cmp_look(const struct pl_lock_package *a,
                    const struct pl_lock_package *b)
{
    int order = pl_str_cmp(a->version, b->version);
    order = order ? order : pl_str_cmp(a->marker, b->marker);
    order = order ? order : (int)a->source - (int)b->source;
    order = order ? order : pl_str_cmp(a->file.name, b->file.name);
    order = order ? order : pl_str_cmp(a->file.sha256, b->file.sha256);
    order = order ? order : pl_str_cmp(a->tree.url, b->tree.url);
    order = order ? order : pl_str_cmp(a->tree.path, b->tree.path);
    return order ? order : pl_str_cmp(a->tree.commit_id, b->tree.commit_id);
}

static int cmp_key(const struct item *a, const struct item *b)
{
    switch (a->round) {
    case BY_LOOK:
        return cmp_look(a->package, b->package);
    case BY_MARKER:
        return pl_str_cmp(a->package->marker, b->package->marker);
    case BY_VERSION:
        return pl_str_cmp(a->package->version, b->package->version);
    case BY_PLACE:
    case ROUNDS:
        break;
    }
    return 0;
}

/* Of one lock: equal ones stay in its order. */
static int cmp_item(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    int order = cmp_key(x, y);
    return order ? order
                 : (x->package > y->package) - (x->package < y->package);
}

static void sort_for(struct side *side, enum round round)
{
    for (size_t i = 0; i < side->count; i++)
        side->items[i].round = round;
    if (side->count > 1)
        qsort(side->items, side->count, sizeof(*side->items), cmp_item);
}

static void fill(struct pl_arena *arena, struct side *side,
                 const struct pl_lock_package *all, size_t count)
{
    side->all = all;
    side->count = count;
    side->items = pl_new_array(arena, struct item, count);
    for (size_t i = 0; i < count; i++)
        side->items[i].package = &all[i];
}

static void run_round(struct side *old, struct side *new, enum round round,
                      const struct pl_lock_package **partners)
{
    size_t i = 0, k = 0, old_left = 0, new_left = 0;
    sort_for(old, round);
    sort_for(new, round);
    while (i < old->count || k < new->count) {
        int order = i == old->count   ? 1
                    : k == new->count ? -1
                                      : cmp_key(&old->items[i], &new->items[k]);
        if (!order)
            partners[old->items[i++].package - old->all] =
                new->items[k++].package;
        else if (order < 0)
            old->items[old_left++] = old->items[i++];
        else
            new->items[new_left++] = new->items[k++];
    }
    old->count = old_left;
    new->count = new_left;
}

size_t pl_diff_pairs(struct pl_arena *arena, const struct pl_lock_package *old,
                     size_t old_count, const struct pl_lock_package *new,
                     size_t new_count, struct pl_diff_pair **out)
{
    const struct pl_lock_package **partners =
        pl_new_array(arena, const struct pl_lock_package *, old_count);
    struct pl_diff_pair *pairs =
        pl_new_array(arena, struct pl_diff_pair, old_count + new_count);
    struct side a = {0}, b = {0};
    size_t count = 0;
    fill(arena, &a, old, old_count);
    fill(arena, &b, new, new_count);
    for (int round = BY_LOOK; round < ROUNDS; round++)
        run_round(&a, &b, (enum round)round, partners);
    for (size_t i = 0; i < old_count; i++)
        pairs[count++] = (struct pl_diff_pair){&old[i], partners[i]};
    sort_for(&b, BY_PLACE);
    for (size_t i = 0; i < b.count; i++)
        pairs[count++] = (struct pl_diff_pair){NULL, b.items[i].package};
    *out = pairs;
    return count;
}
