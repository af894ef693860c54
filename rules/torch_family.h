/*
 * The torch family: which names belong to the PyTorch index, and how.
 *
 * A name of the family is asked of the template's variant first and goes to
 * the default index only when its entry says so (rules/torch-family.toml):
 * that is how `torchtriton` was hijacked in December 2022. A companion's
 * local label must be that of the protected torch.
 */
#ifndef PODLOCK_RULES_TORCH_FAMILY_H
#define PODLOCK_RULES_TORCH_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/source.h"
#include "core/str.h"
#include "pep/version.h"

struct pl_torch_project {
    struct pl_str name; /* normalised */
    bool pypi;          /* may be taken from the default index */
    bool companion;     /* its local label follows torch's */
};

/* The CUDA that PyPI's own torch wheels of a release are built for. */
struct pl_torch_cuda {
    struct pl_str torch; /* "2.8" */
    struct pl_str cuda;  /* "cu128" */
};

struct pl_torch_family {
    const struct pl_torch_project *projects; /* sorted by name */
    size_t count;
    const struct pl_torch_cuda *pypi_cuda; /* as written */
    size_t pypi_cuda_count;
};

/*
 * Format: docs/rule-format.md. Errors: PL_ERR_INPUT with the place. What is
 * read lives in the arena and in the source's text.
 */
PL_MUST_CHECK bool pl_torch_family_parse(struct pl_arena *arena,
                                         const struct pl_source *source,
                                         struct pl_torch_family *out,
                                         struct pl_error *err);
/* The shipped one. */
PL_MUST_CHECK bool pl_torch_family_load(struct pl_arena *arena,
                                        struct pl_torch_family *out,
                                        struct pl_error *err);
/* NULL when the name is not of the family. */
const struct pl_torch_project *
pl_torch_family_find(const struct pl_torch_family *family, struct pl_str name);
/* "cu128" for torch 2.8.x from PyPI; empty when not known. */
struct pl_str pl_torch_family_pypi_cuda(const struct pl_torch_family *family,
                                        const struct pl_version *torch);

#endif
