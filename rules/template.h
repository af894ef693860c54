/*
 * A template's facts: what an image already holds.
 *
 * Read from TOML (rules/templates/ID.toml, or a file of the user's); the
 * format stands in docs/template-format.md. Facts are given, never computed:
 * a package that is `locked` is never replaced, one to `keep` only when no
 * answer keeps it, one of the `os` last of all, because pip cannot uninstall
 * it. Everything lives in the arena of the load.
 *
 * A name may stand twice, once from pip and once from the distribution: pip's
 * shadows the other, which is dropped while reading.
 */
#ifndef PODLOCK_RULES_TEMPLATE_H
#define PODLOCK_RULES_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/source.h"
#include "core/str.h"
#include "pep/env.h"
#include "pep/requirement.h"
#include "pep/version.h"

enum pl_protect { PL_PROTECT_LOCKED, PL_PROTECT_KEEP, PL_PROTECT_OS };

struct pl_fact {
    struct pl_str name; /* normalised */
    struct pl_version version;
    enum pl_protect protect;
    bool has_treat_as;
    struct pl_version treat_as;
    bool requires_known; /* false: the template does not say */
    const struct pl_requirement *requires;
    size_t require_count;
    struct pl_str evidence; /* "captured", "reconstructed", "inferred" */
    uint64_t size;          /* bytes, 0: not known */
    struct pl_span span;    /* its version in the file */
};

struct pl_template {
    struct pl_str id, title;
    const struct pl_str *images;
    size_t image_count;
    struct pl_env env;
    struct pl_str os, cuda;      /* "ubuntu 24.04", "12.8.1"; may be empty */
    struct pl_str torch_variant; /* "cu128" of [index] torch; may be empty */
    const struct pl_requirement *constraints; /* the image's PIP_CONSTRAINT */
    size_t constraint_count;
    struct pl_str provenance; /* kind: "captured", "reconstructed" */
    struct pl_str how;
    bool complete;
    const struct pl_fact *facts; /* sorted by name, each name once */
    size_t fact_count;
    struct pl_str digest; /* sha256 of the file, 64 hex digits */
    const struct pl_source *source;
};

/* Errors: PL_ERR_INPUT with the place. */
PL_MUST_CHECK bool pl_template_parse(struct pl_arena *arena,
                                     const struct pl_source *source,
                                     struct pl_template *out,
                                     struct pl_error *err);
/*
 * A template by what the user wrote: an id of a shipped one, a path to a file
 * (with a '/' or ending in .toml), or an image reference, which is matched by
 * a template's `images` and otherwise by the Python, torch and CUDA its tag
 * names. Errors: PL_ERR_USAGE, listing near matches and how to see all.
 */
PL_MUST_CHECK bool pl_template_find(struct pl_arena *arena,
                                    struct pl_str wanted,
                                    struct pl_template *out,
                                    struct pl_error *err);
const struct pl_fact *pl_template_fact(const struct pl_template *t,
                                       struct pl_str name);

/* The shipped templates' ids, sorted; and one's text. */
size_t pl_template_shipped_count(void);
struct pl_str pl_template_shipped_id(size_t i);
const struct pl_source *pl_template_shipped_source(struct pl_arena *arena,
                                                   size_t i);

#endif
