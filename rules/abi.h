/*
 * ABI rules: what the wheels' metadata do not say.
 *
 * "pandas <2.1.2 conflicts numpy>=2": versions of the package that match
 * `versions` do not work beside versions of `other` that match (conflicts) or
 * do not match (requires) `other_versions`. A rule needs no metadata and
 * applies to facts and candidates alike. Format: docs/rule-format.md.
 */
#ifndef PODLOCK_RULES_ABI_H
#define PODLOCK_RULES_ABI_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/source.h"
#include "core/str.h"
#include "pep/specifier.h"

struct pl_abi_rule {
    struct pl_str id;
    struct pl_str package; /* normalised */
    struct pl_specifier versions;
    struct pl_str other; /* normalised */
    struct pl_specifier other_versions;
    bool is_requires; /* `requires`: broken when other is there but differs */
    struct pl_str severity, reason, evidence, status;
    bool in_metadata;    /* the wheels' metadata says it too */
    struct pl_span span; /* its id in the file */
};

struct pl_abi_rules {
    const struct pl_abi_rule *rules; /* sorted by id */
    size_t count;
    struct pl_str edition; /* "2026.11", of the shipped ones; or empty */
};

/*
 * One file. Errors: PL_ERR_INPUT with the place; PL_ERR_LIMIT. What is read
 * lives in the arena and in the source's text.
 */
PL_MUST_CHECK bool pl_abi_parse(struct pl_arena *arena,
                                const struct pl_source *source,
                                struct pl_abi_rules *out, struct pl_error *err);
/*
 * The shipped rules and, when `dir` is not empty, those of its *.toml files;
 * a rule of the user's replaces a shipped one of the same id. A folder without
 * such files is an error. Errors: those of pl_abi_parse, and PL_ERR_FILE.
 */
PL_MUST_CHECK bool pl_abi_load(struct pl_arena *arena, struct pl_str dir,
                               struct pl_abi_rules *out, struct pl_error *err);
const struct pl_abi_rule *pl_abi_find(const struct pl_abi_rules *rules,
                                      struct pl_str id);

#endif
