/*
 * What is built into the program: the files of rules/, and what is asked of
 * the templates before one is chosen.
 *
 * Made by rules/embed.c at build time; a test compares it with the folder.
 * Everything is constant and lives forever. Internal to rules/.
 */
#ifndef PODLOCK_RULES_SHIPPED_H
#define PODLOCK_RULES_SHIPPED_H

#include <stddef.h>

#include "core/arena.h"
#include "core/source.h"
#include "core/str.h"
#include "core/toml.h"

struct pl_shipped_file {
    struct pl_str name; /* "templates/ID.toml", "abi/numba.toml" ... */
    struct pl_str text;
    /* Both are empty in the static program, which parses the text. */
    struct pl_str packed; /* see core/toml_packed.h */
    /* Of a template, in the order they are read: see pep/pack.h. */
    struct pl_str requirements;
    struct pl_str sha256; /* of the text, hex */
};

struct pl_shipped_template {
    struct pl_str id;
    const struct pl_shipped_file *file;
    struct pl_str python, os, cuda, released; /* as in the file, or empty */
    struct pl_str torch; /* version of torch, or what it is treated as */
    const struct pl_str *images, *digests;
    size_t image_count, digest_count;
};

extern const struct pl_shipped_file pl_shipped_files[]; /* by name */
extern const size_t pl_shipped_file_count;
extern const struct pl_shipped_template pl_shipped_templates[]; /* by id */
extern const size_t pl_shipped_template_count;

/* The file as a source named "rules/NAME", with its document. */
const struct pl_source *pl_shipped_source(struct pl_arena *arena,
                                          const struct pl_shipped_file *file);
struct pl_toml *pl_shipped_open(const struct pl_source *source,
                                const struct pl_shipped_file *file);

#endif
