/*
 * PEP 508 environment markers: parsed once, evaluated for one target.
 *
 * Comparisons follow `packaging`: when both sides are PEP 440 the version
 * operators compare versions, otherwise strings, which are equal or not but
 * have no order; `in` and `not in` look for a substring; `extra` compares
 * normalised names. A comparison without meaning (`'a' == 'a'`, `os_name ~=
 * 'x'`) does not hold: docs/differences.md. Old spellings (`os.name`,
 * `python_implementation` ...) are read and printed as today's.
 *
 * A parsed marker is an immutable tree in the arena, with copies of its
 * strings; NULL is the marker that always holds. Versions in it were parsed
 * once: evaluating allocates nothing for a target of pl_env_make.
 *
 *     const struct pl_marker *m;
 *     if (!pl_marker_parse(arena, PL_STR("python_version < '3.8'"), &m, err))
 *         return false;
 *     if (pl_marker_eval(m, &env, extra)) ...
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

/*
 * Errors: PL_ERR_INPUT with the span within `text`; PL_ERR_LIMIT above
 * PL_MAX_REQUIREMENT_BYTES or PL_MAX_MARKER_DEPTH.
 */
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
 * once, appended to names[0..*count) (at most max); for `extra in 'a b'` each
 * of the words. False when there are more. The names live as long as the
 * marker.
 */
bool pl_marker_extras(const struct pl_marker *marker, struct pl_str *names,
                      size_t max, size_t *count);
/*
 * packaging's normal form: double quotes, one space between words, parentheses
 * where they were written round more than one comparison. Reads back the same.
 */
void pl_marker_print(const struct pl_marker *marker, struct pl_buf *out);

#endif
