/*
 * Text that is joined of pieces of a source, with the place of every byte.
 *
 * A Dockerfile's instruction goes over several lines; without continuations
 * and comments it is one text. What is found in it is shown where it stands in
 * the file:
 *
 *     struct pl_span span = pl_joined_span(&text, from, to);
 *
 * A text that stands nowhere as it is (a word after its quotes and variables
 * were taken out) has one place for all of it.
 *
 * Views point into the source or into the arena. Nothing here fails.
 */
#ifndef PODLOCK_CONTAINER_JOINED_H
#define PODLOCK_CONTAINER_JOINED_H

#include "core/source.h"
#include "core/vec.h"

struct pl_joined_piece {
    uint32_t at;    /* in the text */
    uint32_t place; /* in the source */
};

struct pl_joined {
    const struct pl_source *source;
    struct pl_str text;
    const struct pl_joined_piece *pieces; /* by `at`; none: `whole` */
    size_t piece_count;
    struct pl_span whole;
};

/* The part [from, to) of the text as a span of the source. */
struct pl_span pl_joined_span(const struct pl_joined *joined, size_t from,
                              size_t to);
/* The text without its first bytes and without its last ones. */
struct pl_joined pl_joined_sub(struct pl_arena *arena,
                               const struct pl_joined *joined, size_t from,
                               size_t to);
struct pl_joined pl_joined_fixed(struct pl_str text, struct pl_span whole);
/* One piece: a view of the source's text. */
struct pl_joined pl_joined_view(struct pl_arena *arena,
                                const struct pl_source *source,
                                struct pl_str view);

/* Pieces that are being joined; views of the source's text. */
struct pl_joiner {
    const struct pl_source *source;
    PL_VEC(struct pl_str) parts;
};

void pl_joiner_add(struct pl_arena *arena, struct pl_joiner *joiner,
                   struct pl_str part);
struct pl_joined pl_joiner_text(struct pl_arena *arena,
                                const struct pl_joiner *joiner);

#endif
