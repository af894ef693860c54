/*
 * File names of wheels and source distributions.
 *
 * Only A-Z a-z 0-9 . - _ + ! may stand in one, so that a name that was read
 * is safe as a part of a path and of a line. At most PL_MAX_WHEEL_NAME_BYTES.
 * The parts are views of `filename`, which must outlive them, but for those
 * that had to be normalised, which are in the arena.
 *
 * https://packaging.python.org/en/latest/specifications/binary-distribution-format/
 * https://packaging.python.org/en/latest/specifications/source-distribution-format/
 */
#ifndef PODLOCK_PEP_WHEELNAME_H
#define PODLOCK_PEP_WHEELNAME_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/str.h"
#include "pep/version.h"

/* What tells wheels of one version apart. */
struct pl_wheeltags {
    struct pl_str python, abi, platform; /* compressed sets, as written */
    struct pl_str build_rest;            /* "_x" of "2_x" */
    uint64_t build_number;
    bool has_build;
};

struct pl_wheelname {
    struct pl_str name; /* normalised */
    struct pl_version version;
    struct pl_wheeltags tags;
};

/* Errors: PL_ERR_INPUT. The file name is one path part, not encoded. */
PL_MUST_CHECK bool pl_wheelname_parse(struct pl_arena *arena,
                                      struct pl_str filename,
                                      struct pl_wheelname *out,
                                      struct pl_error *err);
/* Higher build tags are preferred among wheels of equal rank. */
int pl_wheelname_cmp_build(const struct pl_wheeltags *a,
                           const struct pl_wheeltags *b);

/*
 * `name-version.tar.gz` or `.zip`. Old file names are ambiguous
 * (`a-b-1.0.tar.gz`); `project`, the normalised name of the page it stands
 * on, may be empty, and decides when it is given.
 */
PL_MUST_CHECK bool pl_sdistname_parse(struct pl_arena *arena,
                                      struct pl_str filename,
                                      struct pl_str project,
                                      struct pl_version *version,
                                      struct pl_error *err);

#endif
