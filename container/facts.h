/*
 * From what is installed to a template's facts.
 *
 * Which packages are protected is derived, not looked up by how a name looks:
 * torch, its companions (rules/torch_family.h) and what the installed torch
 * requires of CUDA and Triton are `locked`; what lies in a folder of the
 * distribution is `os`; all else is to `keep`.
 *
 * The template is what `podlock snapshot` writes (rules/template_write.h) and
 * what `--template auto` resolves against.
 */
#ifndef PODLOCK_CONTAINER_FACTS_H
#define PODLOCK_CONTAINER_FACTS_H

#include "container/scan.h"
#include "rules/template.h"

struct pl_facts_options {
    struct pl_str id;    /* empty: made of what is found */
    struct pl_str image; /* what was looked at, for `images`; may be empty */
    struct pl_str how;   /* for provenance */
};

/*
 * Views of the container's and the arena. Errors: PL_ERR_INPUT when a fact
 * that a template must have is not known (the Python's version), with how to
 * say it.
 */
PL_MUST_CHECK bool pl_facts_make(struct pl_arena *arena,
                                 const struct pl_container *container,
                                 const struct pl_python *python,
                                 const struct pl_facts_options *options,
                                 struct pl_template *out, struct pl_error *err);

#endif
