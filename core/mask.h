/*
 * User names and passwords of URLs, left out of what is shown.
 *
 * Of https://user:secret@host/ the part before the '@' becomes three stars.
 *
 * pl_escape_* (core/escape.h) masks what it writes, so no medium shows one. A
 * text that is cut before it is escaped is masked first: half a URL does not
 * say that it held a password.
 *
 * A secret is what stands between "://" and the last '@' of the authority
 * (https://www.rfc-editor.org/rfc/rfc3986 3.2). One that was not encoded as it
 * should be ("p/w@", "p w@") is met by its colon: what follows the colon of a
 * host is a port. A backslash at a line's end does not end a URL: requirements
 * files join such lines. When in doubt more is hidden, never less.
 *
 * It does not know the secrets of queries ("?token=") nor those of a text
 * without "//".
 */
#ifndef PODLOCK_CORE_MASK_H
#define PODLOCK_CORE_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/str.h"

#define PL_MASK "***"

/* The next secret at or after `from`: bytes *begin to *end. */
bool pl_mask_find(struct pl_str text, size_t from, size_t *begin, size_t *end);
/* Appends the text with each secret as PL_MASK. */
void pl_mask_add(struct pl_buf *out, struct pl_str text);
/* What was meant as a URL but may lack "//": all before its last '@' goes. */
struct pl_str pl_mask_url(struct pl_arena *arena, struct pl_str url);
/* Bytes `from` to `to` of the text, which may lie within a joined line. */
void pl_mask_part(struct pl_buf *out, struct pl_str text, size_t from,
                  size_t to);
/* All of it, in the arena; the text itself when it holds no secret. */
struct pl_str pl_mask(struct pl_arena *arena, struct pl_str text);

#endif
