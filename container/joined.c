#include "container/joined.h"

static uint32_t offset_in(const struct pl_source *source, struct pl_str view)
{
    return (uint32_t)(view.at - source->text.at);
}

/* The last piece that begins at or before the byte. */
static size_t piece_at(const struct pl_joined *joined, size_t at)
{
    size_t low = 0, high = joined->piece_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (joined->pieces[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static uint32_t place_of(const struct pl_joined *joined, size_t at)
{
    const struct pl_joined_piece *piece = &joined->pieces[piece_at(joined, at)];
    return (uint32_t)(piece->place + (at - piece->at));
}

struct pl_span pl_joined_span(const struct pl_joined *joined, size_t from,
                              size_t to)
{
    if (!joined->piece_count)
        return joined->whole;
    struct pl_span span = {.source = joined->source};
    span.begin = place_of(joined, from);
    /* The end belongs to the last byte: the next one may be lines below. */
    span.end = to > from ? place_of(joined, to - 1) + 1 : span.begin;
    return span;
}

struct pl_joined pl_joined_sub(struct pl_arena *arena,
                               const struct pl_joined *joined, size_t from,
                               size_t to)
{
    struct pl_joined out = *joined;
    out.text = pl_str_sub(joined->text, from, to);
    if (!joined->piece_count || !from)
        return out;
    size_t first = piece_at(joined, from);
    out.piece_count = joined->piece_count - first;
    struct pl_joined_piece *pieces =
        pl_new_array(arena, struct pl_joined_piece, out.piece_count);
    for (size_t i = 1; i < out.piece_count; i++) {
        pieces[i] = joined->pieces[first + i];
        pieces[i].at -= (uint32_t)from;
    }
    pieces[0] = (struct pl_joined_piece){0, place_of(joined, from)};
    out.pieces = pieces;
    return out;
}

struct pl_joined pl_joined_fixed(struct pl_str text, struct pl_span whole)
{
    return (struct pl_joined){
        .source = whole.source, .text = text, .whole = whole};
}

struct pl_joined pl_joined_view(struct pl_arena *arena,
                                const struct pl_source *source,
                                struct pl_str view)
{
    struct pl_joiner joiner = {.source = source};
    pl_joiner_add(arena, &joiner, view);
    return pl_joiner_text(arena, &joiner);
}

void pl_joiner_add(struct pl_arena *arena, struct pl_joiner *joiner,
                   struct pl_str part)
{
    if (part.len)
        pl_vec_push(arena, &joiner->parts, part);
}

struct pl_joined pl_joiner_text(struct pl_arena *arena,
                                const struct pl_joiner *joiner)
{
    size_t count = joiner->parts.len, len = 0;
    struct pl_joined out = {.source = joiner->source, .piece_count = count};
    struct pl_joined_piece *pieces =
        pl_new_array(arena, struct pl_joined_piece, count);
    for (size_t i = 0; i < count; i++) {
        struct pl_str part = joiner->parts.at[i];
        pieces[i] = (struct pl_joined_piece){(uint32_t)len,
                                             offset_in(joiner->source, part)};
        len += part.len;
    }
    out.pieces = pieces;
    if (count == 1)
        out.text = joiner->parts.at[0];
    if (count <= 1)
        return out;
    char *text = pl_new_array(arena, char, len + 1);
    for (size_t i = 0; i < count; i++)
        memcpy(text + pieces[i].at, joiner->parts.at[i].at,
               joiner->parts.at[i].len);
    out.text = (struct pl_str){text, len};
    return out;
}
