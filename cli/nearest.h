/*
 * The nearest of several words, for "did you mean".
 *
 *     struct pl_nearest n = pl_nearest_to(word);
 *     for each known word: pl_nearest_try(&n, known);
 *     if (n.found.len) ...
 *
 * Words over 40 bytes and those that differ in more than a third of their
 * letters are never near. Of two equally near the first is kept.
 */
#ifndef PODLOCK_CLI_NEAREST_H
#define PODLOCK_CLI_NEAREST_H

#include <stddef.h>

#include "core/str.h"

struct pl_nearest {
    struct pl_str word;
    struct pl_str found; /* empty: none */
    size_t distance;
};

struct pl_nearest pl_nearest_to(struct pl_str word);
void pl_nearest_try(struct pl_nearest *nearest, struct pl_str known);

#endif
