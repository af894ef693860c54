/*
 * Between the files of the repairs: what might help, before it is tried.
 */
#ifndef PODLOCK_RESOLVER_REPAIR_INTERNAL_H
#define PODLOCK_RESOLVER_REPAIR_INTERNAL_H

#include "resolver/repair.h"

struct pl_change {
    struct pl_repair repair;           /* without its cost */
    enum pl_repair_kind list;          /* of a line: REQUIREMENT ... OVERRIDE */
    struct pl_requirement requirement; /* the new one, of a line */
    const struct pl_abi_rule *rule;    /* of IGNORE_RULE */
    struct pl_str moment; /* of DATE: the bound; of "" there is none */
    bool wheels;          /* of SOURCE: wheels are let in */
};

typedef PL_VEC(struct pl_change) pl_change_vec;
typedef PL_VEC(struct pl_requirement) pl_requirement_vec;

/* One of the three lists of a problem's lines. */
struct pl_line_list {
    const struct pl_asked **at;
    size_t *count;
};

struct pl_line_list pl_line_list(struct pl_problem *problem,
                                 enum pl_repair_kind kind);
/*
 * Where the line stands, or the count. A question beside another has lines of
 * its own: those are the same that stand at one place of a file.
 */
size_t pl_line_list_find(const struct pl_line_list *list,
                         const struct pl_asked *line);

/* Ways to ask for less in the line's place; what keeps most of it first. */
void pl_repair_widen(struct pl_arena *arena, const struct pl_asked *asked,
                     pl_requirement_vec *out);
/* The line's text with another specifier, which may be empty. */
PL_MUST_CHECK bool pl_repair_respecify(struct pl_arena *arena,
                                       const struct pl_requirement *requirement,
                                       struct pl_str specifier,
                                       struct pl_requirement *out);

/* What the reasons suggest to change in the problem, in the order of trying. */
void pl_repair_suggest(const struct pl_problem *problem,
                       const struct pl_conflict *conflict,
                       struct pl_arena *arena, pl_change_vec *out);

/* Makes the change in a problem that has not started. */
void pl_change_apply(const struct pl_change *change,
                     struct pl_problem *problem);

/* ---- questions ---- */

struct pl_attempt {
    const struct pl_repair_search *search;
    struct pl_arena *arena;
    struct pl_repairs *out;
    struct pl_index *index; /* NULL: it has failed, and there is no other */
};

/* Of a "yes": what it costs, and the last upload it rests on. */
struct pl_verdict {
    size_t packages, replaced;
    uint64_t download;
    struct pl_str newest; /* in the attempt's arena; "": none is dated */
};

bool pl_attempt_is_late(const struct pl_attempt *a);
/* Late, or without an index. */
bool pl_attempt_is_over(const struct pl_attempt *a);
/* Do the changes help, all of them made? */
bool pl_attempt_ask(struct pl_attempt *a, const struct pl_change *changes,
                    size_t count, struct pl_verdict *out);
/* They do not: adds what the reasons then suggest. */
void pl_attempt_ask_why(struct pl_attempt *a, const struct pl_change *changes,
                        size_t count, pl_change_vec *more);
void pl_attempt_take(struct pl_attempt *a, struct pl_repair repair,
                     const struct pl_verdict *verdict);

/*
 * The first day with which it works: between the bound there is, which is too
 * early, and the last upload of the answer without one.
 */
bool pl_attempt_day(struct pl_attempt *a, struct pl_change *change,
                    struct pl_verdict *out);
/* Adds to a change that is not enough others of its kind until they are. */
void pl_attempt_together(struct pl_attempt *a, const struct pl_change *first);

#endif
