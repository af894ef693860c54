/*
 * What is wrong with a container or a Dockerfile, as values.
 *
 * A finding is of a rule with an id that stays ("PF101", "PD204"), says what
 * is so (message), why that matters (because) and the cure to type (hint).
 * Rules are static tables, one for preflight and one for Dockerfiles, and the
 * pages docs/preflight.md and docs/dockerfile.md are held against them.
 * Printing is cli/findings_show.h's.
 */
#ifndef PODLOCK_CONTAINER_FINDING_H
#define PODLOCK_CONTAINER_FINDING_H

#include "core/error.h"
#include "core/vec.h"

enum pl_level {
    PL_LEVEL_NOTE,    /* good to know */
    PL_LEVEL_WARNING, /* could go wrong; exit 0 */
    PL_LEVEL_ERROR,   /* will go wrong, or has; exit 1 */
};

struct pl_finding_rule {
    const char *id;      /* "PF101" */
    const char *name;    /* "torch-replaced" */
    enum pl_level level; /* unless the finding says otherwise */
    const char *summary; /* one line, for docs and --json */
};

struct pl_finding {
    const struct pl_finding_rule *rule;
    enum pl_level level;
    struct pl_str package; /* may be empty */
    struct pl_error told;  /* code PL_ERR_NO; span: in the Dockerfile, lock */
};

struct pl_findings {
    struct pl_arena *arena;
    PL_VEC(struct pl_finding) list;
};

/*
 * Adds one at its rule's level; because and hint are empty. The pointer is
 * good until the next one is added.
 */
struct pl_finding *pl_finding_add(struct pl_findings *findings,
                                  const struct pl_finding_rule *rule,
                                  struct pl_span span, const char *format, ...)
    PL_PRINTF(4, 5);
size_t pl_findings_count(const struct pl_findings *findings,
                         enum pl_level level);

#endif
