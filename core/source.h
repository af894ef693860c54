/*
 * A loaded user file, and places in it.
 *
 * The text lives in the arena of the load. A span is a byte range of a
 * source; its line and column are computed only when it is shown. Columns
 * count characters (UTF-8 code points) from 1, lines from 1. A span without
 * source is relative to whatever text was parsed; the caller that knows the
 * file moves it there with pl_span_within.
 */
#ifndef PODLOCK_CORE_SOURCE_H
#define PODLOCK_CORE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/str.h"

struct pl_error;

struct pl_source {
    struct pl_str name; /* as the user wrote it; "-" is standard input */
    struct pl_str text;
};

struct pl_span {
    const struct pl_source *source; /* NULL: none */
    uint32_t begin, end;            /* bytes; begin <= end */
};

struct pl_place {
    uint32_t line, column; /* from 1 */
    struct pl_str text;    /* the whole line, without its end */
    uint32_t offset;       /* of the span within the line, bytes */
};

/*
 * Reads a file, or standard input for "-", into the arena. A UTF-8 byte order
 * mark is dropped. Errors: PL_ERR_FILE (cannot be read), PL_ERR_INPUT (too
 * large, or a NUL byte in it).
 */
PL_MUST_CHECK bool pl_source_load(struct pl_arena *arena, struct pl_str path,
                                  const struct pl_source **out,
                                  struct pl_error *err);
/* A source of text that is not a file; both views must outlive it. */
const struct pl_source *pl_source_from_text(struct pl_arena *arena,
                                            struct pl_str name,
                                            struct pl_str text);

struct pl_place pl_span_place(struct pl_span span);
/* The span that covers the view, which must point into the source's text. */
struct pl_span pl_span_of(const struct pl_source *source, struct pl_str view);
/* A span relative to `view` (a view of the source's text), made absolute. */
struct pl_span pl_span_within(const struct pl_source *source,
                              struct pl_str view, struct pl_span relative);

#endif
