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
    struct pl_str requires_from; /* whose they are, when not this build's */
    struct pl_str evidence;      /* "captured", "reconstructed", "inferred" */
    uint64_t size;               /* bytes of its wheel, 0: not known */
    struct pl_span span;         /* its version in the file */
};

/* How a template was found, from the surest to the least sure. */
enum pl_template_match {
    PL_TEMPLATE_BY_ID, /* also: parsed, not looked for */
    PL_TEMPLATE_BY_FILE,
    PL_TEMPLATE_BY_DIGEST, /* the image's digest was recorded */
    PL_TEMPLATE_BY_IMAGE,  /* the image is listed in `images` */
    PL_TEMPLATE_BY_TAG,    /* by what the tag says: the image may differ */
};

struct pl_template {
    struct pl_str id, title;
    const struct pl_str *images;
    size_t image_count;
    struct pl_env env;
    struct pl_str os, cuda;      /* "ubuntu 24.04", "12.8.1"; may be empty */
    struct pl_str torch_variant; /* "cu128" of [index] torch; may be empty */
    bool glibc_assumed;      /* neither glibc nor an os that says it: 2.28 */
    bool externally_managed; /* PEP 668 */
    const struct pl_str *site_packages; /* pip's folder first */
    size_t site_package_count;
    const struct pl_str *pip_settings; /* "NAME=VALUE" */
    size_t pip_setting_count;
    const struct pl_requirement *constraints; /* the image's PIP_CONSTRAINT */
    size_t constraint_count;
    struct pl_str provenance; /* kind: "captured", "reconstructed", or empty */
    struct pl_str released;   /* "2025-10-08", "2025-11"; may be empty */
    struct pl_str how;
    const struct pl_str *sources, *notes;
    size_t source_count, note_count;
    bool complete;                /* false: more is installed than is listed */
    const struct pl_str *unknown; /* names installed at unknown versions */
    size_t unknown_count;
    const struct pl_fact *facts; /* sorted by name, each name once */
    size_t fact_count;
    struct pl_str digest; /* sha256 of the source's text, 64 hex digits */
    const struct pl_source *source;
    enum pl_template_match match;
};

/*
 * Errors: PL_ERR_INPUT with the place; PL_ERR_LIMIT. What no key says is as
 * docs/template-format.md states it.
 */
PL_MUST_CHECK bool pl_template_parse(struct pl_arena *arena,
                                     const struct pl_source *source,
                                     struct pl_template *out,
                                     struct pl_error *err);
/*
 * A template by what the user wrote: the id of a shipped one, the path of a
 * file, or an image reference, with or without registry, repository, digest.
 * A path ends in .toml, begins with '/' or '.', or has a '/' and is that of a
 * file. An image is matched by recorded digests, by `images`, and otherwise by
 * what its tag says (rules/image_ref.h): the newest template of those that fit
 * which is not newer than the tag's own series. Errors: PL_ERR_USAGE, listing
 * near matches and how to see all; and those of reading a file.
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
/* One of them, read: a tenth of the time of parsing its text. */
PL_MUST_CHECK bool pl_template_shipped(struct pl_arena *arena, size_t i,
                                       struct pl_template *out,
                                       struct pl_error *err);
const struct pl_source *pl_template_shipped_source(struct pl_arena *arena,
                                                   size_t i);

#endif
