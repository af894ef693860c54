/*
 * The header lines at the top of a core metadata file.
 *
 * Standard:
 * https://packaging.python.org/en/latest/specifications/core-metadata/ (an RFC
 * 822 message; only its headers are looked at).
 *
 * Lines end with LF, CRLF or CR. A line that begins with a space or tab goes
 * on with the header before it; the join becomes one space. The headers end
 * at the first empty line. A UTF-8 byte order mark is dropped. A line without
 * a colon is passed over and those after it still count: metadata that were
 * cut in two must not lose requirements. Values are trimmed, not decoded: they
 * may hold any byte but CR and LF.
 *
 *     struct pl_headers headers = pl_headers_from(text);
 *     struct pl_header header;
 *     while (pl_headers_next(arena, &headers, &header)) ...
 */
#ifndef PODLOCK_INDEX_HEADERS_H
#define PODLOCK_INDEX_HEADERS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/str.h"

struct pl_headers {
    struct pl_str rest;
    uint32_t line; /* of what was taken last, from 1 */
};

struct pl_header {
    struct pl_str name;  /* compare without case */
    struct pl_str value; /* in the text, or in the arena when it was folded */
    uint32_t line;
};

struct pl_headers pl_headers_from(struct pl_str text);
bool pl_headers_next(struct pl_arena *arena, struct pl_headers *headers,
                     struct pl_header *out);

#endif
