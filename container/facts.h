/*
 * From what is installed to a template's facts.
 *
 * Which packages are protected is derived, not looked up by how a name looks:
 * torch, its companions (rules/torch_family.h) and what the installed torch
 * requires of CUDA and Triton are `locked`; what lies in a folder of the
 * distribution is `os`; all else is to `keep`. container/facts_protect.h says
 * it exactly.
 *
 * The template is what `podlock snapshot` writes (rules/template_write.h) and
 * what `--template auto` resolves against: written and read again, so that it
 * has a digest and its glibc is what docs/template-format.md says of an unknown
 * one.
 *
 *     struct pl_facts_options options = {.how = PL_STR("podlock snapshot")};
 *     struct pl_template t;
 *     if (!pl_facts_make(arena, &container, python, &options, &t, err)) ...
 */
#ifndef PODLOCK_CONTAINER_FACTS_H
#define PODLOCK_CONTAINER_FACTS_H

#include "container/scan.h"
#include "rules/template.h"

struct pl_facts_options {
    struct pl_str id;            /* empty: made of what is found */
    const struct pl_str *images; /* what was looked at; others are left out */
    size_t image_count;
    struct pl_str how;    /* for provenance */
    struct pl_str source; /* the same; may be empty */
    bool is_partial;      /* more may be installed than is known */
};

/*
 * Views of the container's and the arena. What is damaged is said in the
 * template's notes. Errors: PL_ERR_INPUT when a fact that a template must have
 * is not known (the Python's version), or is none that podlock can resolve for
 * (musl, another architecture), with how to say it; PL_ERR_USAGE for an id
 * that is none.
 */
PL_MUST_CHECK bool pl_facts_make(struct pl_arena *arena,
                                 const struct pl_container *container,
                                 const struct pl_python *python,
                                 const struct pl_facts_options *options,
                                 struct pl_template *out, struct pl_error *err);

#endif
