/*
 * What two templates differ in: of a container, what has drifted.
 *
 * `from` is what was meant to be there (a shipped template), `to` what was
 * found. Only what both say is compared: an operating system, CUDA, glibc,
 * index or folder that one of them leaves out is no difference, nor a patch
 * level. A template that knows neither glibc nor its system was not made from
 * files: its folders, and whether pip may install in them, are not compared,
 * nor, when it names no folder, what is the distribution's. Of a package its
 * version, its protection and, where both know it, what it requires are
 * compared; evidence, sizes and words for people are not.
 *
 * A template that is not complete lists less than is installed. Packages that
 * it may have unlisted are counted, not told: in `unlisted` when `from` is
 * not, in `unseen` when `to` is not.
 *
 *     struct pl_template_diff diff;
 *     pl_template_diff(arena, &shipped, &found, &diff);
 *
 * Everything points into the templates and the arena. Time: n log n.
 */
#ifndef PODLOCK_RULES_TEMPLATE_DIFF_H
#define PODLOCK_RULES_TEMPLATE_DIFF_H

#include "core/vec.h"
#include "rules/template.h"

enum pl_template_change_kind {
    PL_TEMPLATE_ADDED, /* `from` is NULL */
    PL_TEMPLATE_GONE,  /* `to` is NULL */
    PL_TEMPLATE_UPGRADED,
    PL_TEMPLATE_DOWNGRADED,
    PL_TEMPLATE_CHANGED, /* the same version; protection or requirements */
};

struct pl_template_change {
    enum pl_template_change_kind kind;
    const struct pl_fact *from, *to;
    enum pl_protect group; /* of `from`, or of what was added */
    bool protect_differs, requires_differ;
};

struct pl_template_value {
    const char *key;        /* as in the format: "glibc", "site-packages" */
    struct pl_str from, to; /* lists joined by ", "; may be empty */
};

struct pl_template_diff {
    PL_VEC(struct pl_template_change) changes; /* by group, then name */
    PL_VEC(struct pl_template_value) environment;
    size_t unlisted, unseen;
};

void pl_template_diff(struct pl_arena *arena, const struct pl_template *from,
                      const struct pl_template *to,
                      struct pl_template_diff *out);
/* "added", "gone", "upgraded", "downgraded", "changed". */
const char *pl_template_change_name(enum pl_template_change_kind kind);

#endif
