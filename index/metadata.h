/*
 * Core metadata: what a distribution requires.
 *
 * Standard:
 * https://packaging.python.org/en/latest/specifications/core-metadata/
 *
 * Two steps, because a source distribution may answer from another file:
 * pl_metadata_scan collects the headers that matter, pl_metadata_build parses
 * them. pl_metadata_parse does both and checks that the metadata are those of
 * the file they were fetched for.
 *
 * Dirty lines are repaired as pl_requirement_parse_lenient does. What cannot
 * be repaired makes the metadata unusable, never a requirement less:
 *
 * - a Requires-Dist or Requires-Python that cannot be read, or is not UTF-8;
 * - `name @ URL` without a marker: podlock locks nothing that an index does
 *   not list. With a marker it stays among the requirements, with its `url`:
 *   whether it applies (an extra that nobody asks for, another system) is
 *   known only to the resolver, for whom one that applies cannot be met;
 * - a Name or Version that is not that of the file.
 *
 * An unreadable Provides-Extra is left out. Errors: PL_ERR_INPUT, whose
 * message is the reason shown to people ("line 12 of its metadata: ...") and
 * may hold foreign text; PL_ERR_LIMIT for more than
 * PL_MAX_REQUIRES_PER_VERSION lines.
 */
#ifndef PODLOCK_INDEX_METADATA_H
#define PODLOCK_INDEX_METADATA_H

#include "core/vec.h"
#include "index/headers.h"
#include "index/index.h"

struct pl_metadata_text {
    struct pl_str name, version; /* empty: not stated */
    uint32_t major, minor;       /* Metadata-Version; 0.0: none, or no number */
    bool dynamic_requires;       /* Dynamic: Requires-Dist */
    struct pl_header requires_python;  /* the last one; line 0: none */
    PL_VEC(struct pl_header) requires; /* Requires-Dist */
    PL_VEC(struct pl_str) extras;      /* Provides-Extra, as written */
};

/* Views into `text`, which must outlive the result. Any text has a scan. */
struct pl_metadata_text pl_metadata_scan(struct pl_arena *arena,
                                         struct pl_str text);
PL_MUST_CHECK bool pl_metadata_build(struct pl_arena *arena,
                                     const struct pl_metadata_text *text,
                                     struct pl_metadata *out,
                                     struct pl_error *err);
/* Do name and version, where they are stated, belong to the file? */
PL_MUST_CHECK bool pl_metadata_check(struct pl_arena *arena,
                                     const struct pl_metadata_text *text,
                                     const struct pl_file *file,
                                     struct pl_error *err);
/* One requirement as it is stated. */
struct pl_metadata_line {
    const char *of; /* what it is a line of, for the reason: "metadata" */
    uint32_t number;
    struct pl_str text;
    struct pl_str marker; /* must hold too; empty: none */
};

/* *repaired becomes true when the line was; it is never made false. */
PL_MUST_CHECK bool pl_metadata_require(struct pl_arena *arena,
                                       struct pl_metadata_line line,
                                       struct pl_requirement *out,
                                       bool *repaired, struct pl_error *err);
/* Normalised, each once; what is no name is left out. */
void pl_metadata_set_extras(struct pl_arena *arena,
                            const struct pl_str *written, size_t count,
                            struct pl_metadata *out);

PL_MUST_CHECK bool pl_metadata_parse(struct pl_arena *arena, struct pl_str text,
                                     const struct pl_file *file,
                                     struct pl_metadata *out,
                                     struct pl_error *err);

#endif
