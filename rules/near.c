#include "rules/near.h"

#include "core/limits.h"
#include "rules/shipped.h"

#define MOST 5
#define ENOUGH 45 /* points; two unrelated names share about 20 to 40 */

/* ---- points for the spelling ---- */

/* How many pairs of neighbouring characters of a stand in b too. */
static unsigned shared_pairs(struct pl_str a, struct pl_str b)
{
    unsigned shared = 0;
    for (size_t i = 0; i + 2 <= a.len; i++)
        shared += pl_str_find_str(b, pl_str_sub(a, i, i + 2)) < b.len;
    return shared;
}

/* 0 to 100. */
static unsigned likeness(struct pl_str a, struct pl_str b)
{
    if (a.len < 2 || b.len < 2)
        return 0;
    size_t pairs = a.len - 1 + b.len - 1;
    return (unsigned)(100 * (shared_pairs(a, b) + shared_pairs(b, a)) / pairs);
}

/* ---- points for what the tag says ---- */

/* The number of leading parts that are equal: 2 for "2.8.0" and "2.8.1". */
static unsigned equal_parts(struct pl_str a, struct pl_str b)
{
    struct pl_str part_a, part_b;
    unsigned count = 0;
    while (pl_str_cut(&a, '.', &part_a) && pl_str_cut(&b, '.', &part_b) &&
           pl_str_eq(part_a, part_b))
        count++;
    return count;
}

static unsigned agreement(const struct pl_image_tag *tag,
                          const struct pl_shipped_template *t)
{
    static const unsigned torch[] = {0, 0, 40, 60};
    static const unsigned cuda[] = {0, 10, 20, 30};
    struct pl_str version = pl_str_sub(t->torch, 0, pl_str_find(t->torch, '+'));
    unsigned python = equal_parts(tag->python, t->python) >= 2 ? 20 : 0;
    unsigned same_torch = equal_parts(tag->torch, version);
    unsigned same_cuda = equal_parts(tag->cuda, t->cuda);
    return python + torch[same_torch < 3 ? same_torch : 3] +
           cuda[same_cuda < 3 ? same_cuda : 3];
}

static unsigned points_of(struct pl_str wanted, const struct pl_image_tag *tag,
                          const struct pl_shipped_template *t)
{
    if (tag)
        return agreement(tag, t);
    unsigned best = likeness(wanted, t->id);
    for (size_t i = 0; i < t->image_count; i++) {
        struct pl_image_ref ref = pl_image_ref_parse(t->images[i]);
        unsigned points = likeness(wanted, ref.tag);
        best = points > best ? points : best;
    }
    return best;
}

/* ---- the nearest ---- */

struct near {
    unsigned points;
    const struct pl_shipped_template *template;
};

/* Puts it in its place among the best; of equals the earlier id stays. */
static void insert(struct near *best, size_t *count, struct near next)
{
    size_t at = *count;
    while (at > 0 && best[at - 1].points < next.points)
        at--;
    if (at == MOST)
        return;
    size_t end = *count < MOST ? *count : MOST - 1;
    memmove(&best[at + 1], &best[at], (end - at) * sizeof(*best));
    best[at] = next;
    *count = end + 1;
}

void pl_near_templates(struct pl_str wanted, const struct pl_image_tag *tag,
                       struct pl_buf *out)
{
    struct near best[MOST];
    size_t count = 0;
    wanted = pl_str_sub(wanted, 0, PL_MAX_NAME_BYTES);
    for (size_t i = 0; i < pl_shipped_template_count; i++) {
        struct near next = {0, &pl_shipped_templates[i]};
        next.points = points_of(wanted, tag, next.template);
        if (next.points >= ENOUGH)
            insert(best, &count, next);
    }
    for (size_t i = 0; i < count; i++) {
        pl_buf_add_cstr(out, i ? ", " : "");
        pl_buf_add_str(out, best[i].template->id);
    }
}
