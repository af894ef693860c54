/*
 * The recorded index: a folder that holds what the two built-in indexes
 * answer, for tests, benchmarks and work without network.
 *
 *     ROOT/pypi/simple/NAME/index.json     PEP 691 (or index.html, PEP 503)
 *     ROOT/pypi/files/FILE.metadata        core metadata
 *     ROOT/pypi/files/FILE                 source distributions, some
 *     ROOT/pytorch/whl/VARIANT/NAME/index.html, .../FILE.metadata
 *     ROOT/origin                          URL that relative URLs stand for
 *
 * or, for one index alone, ROOT/simple/ and ROOT/files/. Without `origin` the
 * files have `path`, relative to the folder's root, instead of a URL.
 * Nothing outside ROOT is opened, whatever a page says.
 */
#ifndef PODLOCK_INDEX_FOLDER_H
#define PODLOCK_INDEX_FOLDER_H

#include "index/index.h"
#include "rules/torch_family.h"

struct pl_folder_options {
    struct pl_str root;
    struct pl_str torch_variant; /* "cu124"; empty: no torch index */
    const struct pl_torch_family *family;
};

/* Errors: PL_ERR_USAGE when there is no such folder or no index in it. */
PL_MUST_CHECK bool pl_index_open_folder(struct pl_arena *arena,
                                        const struct pl_folder_options *opts,
                                        struct pl_index **out,
                                        struct pl_error *err);

#endif
