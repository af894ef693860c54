/*
 * Why a package is in an answer, at this version, or why it is not.
 *
 * Of a package that is there: the shortest way from a line of the user's to
 * it, all who ask for it, what stands in the way of each newer version, and
 * what it costs. Of one that is not: what names it without asking for it.
 *
 * A bar is what keeps some versions out. Each is true by itself: every version
 * it lists breaks what it names. Which of several is told is the one that
 * keeps out most. Where a newer version is kept out by needs of its own, the
 * search is asked the same question with that version added: its "no" comes as
 * a conflict, its "yes" says what would have to change. At most
 * PL_MAX_WHY_QUESTIONS are asked, for PL_MAX_WHY_SECONDS in all.
 *
 *     struct pl_why why;
 *     if (!pl_why_find(problem, index, &solution, PL_STR("numpy"), &why, err))
 *         return false;
 *
 * All lives in the arena of the problem and points into it. The index is begun
 * again; the solution stays as it was. "Newer" means preferred: under
 * --resolution lowest it is the older versions that are asked about. The
 * problem has no pins.
 */
#ifndef PODLOCK_RESOLVER_WHY_H
#define PODLOCK_RESOLVER_WHY_H

#include "resolver/conflict.h"
#include "resolver/solution.h"
#include "resolver/why_graph.h"

enum pl_bar_kind {
    PL_BAR_ASKED,      /* the line `asked` refuses them */
    PL_BAR_CONSTRAINT, /* so does a constraint: `asked`; NULL: a template's */
    PL_BAR_NEEDED,     /* `by` at `by_version` needs `demand` */
    PL_BAR_RULE,       /* `rule`, beside `by` at `by_version` */
    PL_BAR_EXCLUDED,   /* they are no candidates: `why`, `detail` */
    PL_BAR_LATER,      /* they come later in the order of preference */
    PL_BAR_FACT,       /* what is preinstalled of `by` stays */
    PL_BAR_OWN_NEED,   /* each needs another `by` than `by_version`; NULL:
                          nothing of `by` meets it */
    PL_BAR_SEARCH,     /* only a search can tell; `by` is the package */
};

/* What the search said to `tried`, or to all versions of the bar at once. */
enum pl_bar_verdict {
    PL_VERDICT_NONE,    /* it was not asked, or could not tell: `trouble` */
    PL_VERDICT_NO_ALL,  /* there is no answer with any of them: `lines` */
    PL_VERDICT_NO,      /* there is none with `tried`: `lines` */
    PL_VERDICT_REPLACE, /* an answer replaces `instead` as well */
    PL_VERDICT_OTHER,   /* one has `instead_to`, not `instead_from` */
};

struct pl_why_line {
    uint32_t depth;
    struct pl_str text;
};

struct pl_bar {
    enum pl_bar_kind kind;
    const struct pl_version_range *ranges; /* ascending */
    size_t range_count, version_count;
    const struct pl_asked *asked;
    const struct pl_requirement *constraint; /* what the constraint says */
    struct pl_project *by;
    const struct pl_version *by_version;
    bool by_fact;                   /* by_version is preinstalled */
    const struct pl_demand *demand; /* OWN_NEED: that of the newest */
    struct pl_str extra;            /* OWN_NEED: the newest needs it for that */
    bool is_certain; /* OWN_NEED: no answer meets it, whatever else changes */
    const struct pl_abi_rule *rule;
    enum pl_exclusion why;
    struct pl_str detail;
    bool is_prerelease; /* LATER: that is why; else it is the index */
    enum pl_bar_verdict verdict;
    const struct pl_version *tried;
    const struct pl_why_line *lines;
    size_t line_count;
    struct pl_str instead, instead_from, instead_to;
    size_t instead_others; /* REPLACE: how many more it replaces besides */
    struct pl_str trouble;
};

struct pl_why_link {
    struct pl_project *project;
    const struct pl_version *version;
    struct pl_str extra;            /* the way leads through it */
    const struct pl_demand *demand; /* what the one before says */
    bool is_fact;
};

/* A line, or a package at its version. */
struct pl_why_asker {
    const struct pl_asked *asked; /* NULL: a package */
    struct pl_project *project;
    const struct pl_version *version;
    const struct pl_demand *demand;
    bool is_fact;
};

enum pl_absence_kind {
    PL_ABSENCE_EXCLUDED,   /* --exclude */
    PL_ABSENCE_LINE,       /* `asked` names it, its marker does not hold */
    PL_ABSENCE_MARKER,     /* so does `requirement` of `project` */
    PL_ABSENCE_EXTRA,      /* that holds with `extra` */
    PL_ABSENCE_NO_DEPS,    /* that holds, and --no-deps */
    PL_ABSENCE_OVERRIDE,   /* `asked` stands in the place of all others */
    PL_ABSENCE_CONSTRAINT, /* `asked` only bounds it */
};

struct pl_absence {
    enum pl_absence_kind kind;
    const struct pl_asked *asked;
    struct pl_project *project;
    const struct pl_version *version;
    const struct pl_requirement *requirement;
    struct pl_str extra;
    bool is_fact;
};

enum pl_why_state {
    PL_WHY_ADDED,
    PL_WHY_REPLACED, /* in the place of `fact`, `because` */
    PL_WHY_KEPT,     /* `fact` stays */
    PL_WHY_ABSENT,   /* `absences`; none: nobody needs it */
};

struct pl_why {
    enum pl_why_state state;
    struct pl_str name;
    struct pl_project *project; /* NULL when ABSENT */
    const struct pl_version *version;
    const struct pl_fact *fact;
    struct pl_str because;
    const struct pl_file *file;      /* complete; NULL when KEPT or ABSENT */
    const struct pl_why_link *links; /* from what a line names to this */
    size_t link_count;
    const struct pl_asked *line; /* where it begins; NULL: no line leads here */
    const struct pl_why_asker *askers; /* lines first, each package once */
    size_t asker_count;
    bool is_lowest;            /* "newer" is older */
    bool page_known;           /* false: what the index has could not be read */
    const struct pl_bar *bars; /* the newest version first */
    size_t bar_count;
    struct pl_project *const *only; /* chosen, and needed by nothing else */
    size_t only_count;
    uint64_t only_bytes; /* this one and those */
    size_t only_unknown; /* of them, without a stated size */
    const struct pl_absence *absences;
    size_t absence_count;
};

/*
 * `name` is normalised. Errors: those of the index, when a file of the answer
 * cannot be completed.
 */
PL_MUST_CHECK bool pl_why_find(struct pl_problem *problem,
                               struct pl_index *index,
                               const struct pl_solution *solution,
                               struct pl_str name, struct pl_why *out,
                               struct pl_error *err);

#endif
