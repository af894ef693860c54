/*
 * PEP 508 environment markers: parsed once, evaluated for one target.
 *
 * Comparisons follow `packaging`: when both sides are PEP 440 the version
 * operators compare versions, otherwise strings; `in` and `not in` look for a
 * substring; `extra` compares normalised names. Comparing what has no order
 * (`os_name < "x"` ...) follows the documented rule in docs/differences.md.
 *
 * A parsed marker is an immutable tree in the arena; NULL is the marker that
 * always holds.
 *
 * https://packaging.python.org/en/latest/specifications/dependency-specifiers/
 */
#ifndef PODLOCK_PEP_MARKER_H
#define PODLOCK_PEP_MARKER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/buf.h"
#include "core/error.h"
#include "core/str.h"
#include "pep/env.h"

struct pl_marker;

/* Errors: PL_ERR_INPUT with the span within `text`. */
PL_MUST_CHECK bool pl_marker_parse(struct pl_arena *arena, struct pl_str text,
                                   const struct pl_marker **out,
                                   struct pl_error *err);
/* `extra` is a normalised name, or empty for none. */
bool pl_marker_eval(const struct pl_marker *marker, const struct pl_env *env,
                    struct pl_str extra);
/* Does the value depend on `extra` at all? */
bool pl_marker_mentions_extra(const struct pl_marker *marker);
/*
 * Collects the normalised names that the marker compares `extra` with, each
 * once, appended to names[0..*count) (at most max). False when there are more.
 */
bool pl_marker_extras(const struct pl_marker *marker, struct pl_str *names,
                      size_t max, size_t *count);
/* packaging's normal form: double quotes, needed parentheses only. */
void pl_marker_print(const struct pl_marker *marker, struct pl_buf *out);

#endif
