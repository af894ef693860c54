#include "cli/nearest.h"

#define LONGEST_WORD 40

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/*
 * Letters to insert, drop, change or swap with a neighbour. The rows are
 * those of the last three letters of `a`; swaps need the one before last.
 */
static size_t edit_distance(struct pl_str a, struct pl_str b)
{
    size_t rows[3][LONGEST_WORD + 1];
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3], *up = rows[(i + 2) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = a.at[i - 1] == b.at[j - 1];
            row[j] = least(up[j - 1] + !same, least(up[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] &&
                a.at[i - 2] == b.at[j - 1])
                row[j] = least(row[j], rows[(i + 1) % 3][j - 2] + 1);
        }
    }
    return rows[a.len % 3][b.len];
}

struct pl_nearest pl_nearest_to(struct pl_str word)
{
    return (struct pl_nearest){.word = word, .distance = word.len / 3 + 1};
}

void pl_nearest_try(struct pl_nearest *nearest, struct pl_str known)
{
    if (nearest->word.len > LONGEST_WORD || known.len > LONGEST_WORD)
        return;
    size_t distance = edit_distance(nearest->word, known);
    if (distance < nearest->distance) {
        nearest->distance = distance;
        nearest->found = known;
    }
}
