/*
 * PEP 508 requirements: `name[extra] (>=1.0) ; marker` or `name @ url`.
 *
 * Errors carry the byte range of what is wrong within the text, so that a
 * caller who knows file and line can show a caret (pl_error_locate). A
 * requirement is one line: control characters but tabs are refused. All parts
 * are copies in the arena. Bounds: PL_MAX_REQUIREMENT_BYTES, PL_MAX_EXTRAS.
 *
 *     struct pl_requirement r;
 *     if (!pl_requirement_parse(arena, PL_STR("a[b]>=1,<2"), &r, err))
 *         return pl_error_locate(err, source, line);
 *
 * Does not look at the URL, which may be a path or anything without a space,
 * and knows nothing of what pip adds in files (comments, options).
 *
 * https://packaging.python.org/en/latest/specifications/dependency-specifiers/
 */
#ifndef PODLOCK_PEP_REQUIREMENT_H
#define PODLOCK_PEP_REQUIREMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/buf.h"
#include "core/error.h"
#include "core/str.h"
#include "pep/marker.h"
#include "pep/specifier.h"

struct pl_requirement {
    struct pl_str text;          /* as written, trimmed */
    struct pl_str written_name;  /* as written */
    struct pl_str name;          /* normalised */
    const struct pl_str *extras; /* normalised, sorted, each once */
    uint32_t extra_count;
    struct pl_specifier specifier;
    struct pl_str url;              /* empty: none */
    const struct pl_marker *marker; /* NULL: always */
};

/* Strict, for what users write. */
PL_MUST_CHECK bool pl_requirement_parse(struct pl_arena *arena,
                                        struct pl_str text,
                                        struct pl_requirement *out,
                                        struct pl_error *err);
/*
 * For Requires-Dist in the wild: white space and line ends around it are
 * dropped, the version specifier goes through pl_specifier_parse_lenient, all
 * else is strict. *repaired tells whether something was mended; may be NULL.
 */
PL_MUST_CHECK bool pl_requirement_parse_lenient(struct pl_arena *arena,
                                                struct pl_str text,
                                                struct pl_requirement *out,
                                                bool *repaired,
                                                struct pl_error *err);
/* "name[a,b]<2.1,>=1.26; marker" in normal form, which reads back the same. */
void pl_requirement_print(const struct pl_requirement *r, struct pl_buf *out);

#endif
