/*
 * Which torch an installation has: the folder of the torch index that it is
 * from, and a short word for ids.
 *
 * A label says it: 2.8.0+cu128 is from whl/cu128, and 2.8.0.dev20250319+cu128
 * from whl/nightly/cu128. A torch of PyPI has no label; its torch/version.py
 * tells its CUDA, and without that file the list of rules/torch-family.toml.
 * A vendor's own build is on no index.
 */
#ifndef PODLOCK_CONTAINER_FACTS_TORCH_H
#define PODLOCK_CONTAINER_FACTS_TORCH_H

#include "container/scan.h"
#include "rules/torch_family.h"

struct pl_torch_build {
    struct pl_str backend; /* "cu128", "cpu", "rocm6.4"; may be empty */
    struct pl_str variant; /* "nightly/cu128"; empty: on no index */
};

/* `tree` may be NULL: then no file is looked at. */
struct pl_torch_build pl_torch_build_of(struct pl_arena *arena,
                                        struct pl_tree *tree,
                                        const struct pl_torch_family *family,
                                        const struct pl_installed *torch);

#endif
