/*
 * Why the answer is no, as a value: what explain.c finds, what repair.h tries
 * to lift, and what conflict_text.h tells.
 *
 * A conflict is a set of reasons that cannot all hold, and from which none can
 * be left out: without any one of them the others can be met, as far as the
 * index was read. They stand as a tree in the order of telling, each followed
 * by those one deeper that continue it:
 *
 *     0  requirements.in:3 asks for runpod==1.6.2
 *     1    runpod 1.6.2 needs fastapi[all]>=0.94.0
 *     2      fastapi 0.94.0 to 0.165.0 need typing-extensions>=4.8.0
 *     0  requirements.in:7 asks for typing-extensions==4.7.1
 *
 * NEEDS is the only kind that nobody but a package's author can change; all
 * others are leaves that a user can do something about.
 *
 * Lives in the arena of the problem, and points into it.
 */
#ifndef PODLOCK_RESOLVER_CONFLICT_H
#define PODLOCK_RESOLVER_CONFLICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "resolver/problem.h"

enum pl_reason_kind {
    PL_REASON_ASKED,    /* a line of the user's: `asked` */
    PL_REASON_FACT,     /* `fact` stays as it is; see `holds` */
    PL_REASON_RULE,     /* `rule` */
    PL_REASON_NEEDS,    /* versions of `project` need `demands` */
    PL_REASON_EXCLUDED, /* versions of `project` are no candidates: `why` */
    PL_REASON_ABSENT,   /* no index has `project` */
    PL_REASON_NO_MATCH, /* nothing meets `demands`; the range: all there is */
};

/* Why a fact is not replaced. */
enum pl_holds {
    PL_HOLDS_LOCKED,  /* protected: --allow-replace lifts it */
    PL_HOLDS_NEVER,   /* --replace never */
    PL_HOLDS_PRESENT, /* it may be replaced, not taken away */
};

/* Neighbours among the project's versions, as an index lists them. */
struct pl_version_range {
    const struct pl_version *first, *last; /* ascending; the same: one */
    size_t count;
};

struct pl_reason {
    enum pl_reason_kind kind;
    uint32_t depth;
    const struct pl_asked *asked; /* ASKED; EXCLUDED by a constraint: that one,
                                     NULL when it is the template's */
    const struct pl_fact *fact;
    enum pl_holds holds;
    const struct pl_abi_rule *rule;
    struct pl_project *project; /* of FACT and ASKED, too */
    struct pl_str extra;        /* NEEDS: they come with this extra */
    const struct pl_version_range *ranges;
    size_t range_count;
    size_t version_count;
    bool is_fact; /* NEEDS: the version is what the template holds */
    struct pl_demand *const *demands;
    size_t demand_count;
    enum pl_exclusion why;
    struct pl_str detail; /* of EXCLUDED: what its metadata lack; may be "" */
};

struct pl_conflict {
    const struct pl_reason *reasons;
    size_t count;
    const struct pl_asked *blamed; /* NULL: no line of the user's is in it */
};

#endif
