/*
 * Is a lock still right, as far as that can be told without an index?
 *
 * Three questions, each of which adds what it finds to a list: are the files
 * that it was made from as they were; are the template's facts as they were;
 * does what it holds answer a question (resolver/problem.h): every requirement
 * is met by an entry or a fact, nothing protected has an entry, what stays has
 * what it needs, no rule is broken, each file fits the target.
 *
 *     struct pl_lock_findings found = {.arena = arena};
 *     pl_lock_check_inputs(&lock, &found);
 *     if (!pl_lock_check_answer(&lock, &problem, &found, err)) return false;
 *     if (!found.list.len) ... it is right
 *
 * A finding is an error value: code PL_ERR_NO, the place in the lock or in the
 * requirements, the message, at times what helps. They stand in the order of
 * the questions, and within one in the order of the lock.
 *
 * What an entry needs beyond its `dependencies` is not known without its
 * metadata, so a lock that is right here may still not be what resolving
 * would give. Nothing is fetched; files are read by pl_lock_check_inputs only,
 * relative to the working folder, and only to hash them.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_CHECK_H
#define PODLOCK_LOCKFMT_LOCK_CHECK_H

#include "core/vec.h"
#include "lockfmt/lock.h"
#include "resolver/problem.h"

enum pl_lock_trouble {
    PL_TROUBLE_ARGUMENTS,   /* they do not say what made it */
    PL_TROUBLE_INPUTS,      /* a file has changed, or is not there */
    PL_TROUBLE_TEMPLATE,    /* it is not known, or has changed */
    PL_TROUBLE_ENVIRONMENT, /* the lock is for another Python or platform */
    PL_TROUBLE_PROTECTED,   /* an entry would replace what may not be */
    PL_TROUBLE_ENTRY,       /* an entry that is no candidate */
    PL_TROUBLE_REPLACED,    /* `replaced` and the entries differ */
    PL_TROUBLE_PROVIDED,    /* `provided` and the facts differ */
    PL_TROUBLE_REQUIREMENT, /* one that nothing meets */
    PL_TROUBLE_BROKEN,      /* what stays loses what it needs */
    PL_TROUBLE_RULE,        /* two versions that do not work together */
    PL_TROUBLE_DEPENDENCY,  /* `dependencies` lead to no entry */
    PL_TROUBLE_UNASKED,     /* nothing leads to an entry */
    PL_TROUBLE_DOWNLOAD,    /* sizes and `download` differ, or too large */
    PL_TROUBLE_FRESH,       /* resolving gives something else */
};

struct pl_lock_finding {
    enum pl_lock_trouble trouble;
    struct pl_error told;
};

struct pl_lock_findings {
    struct pl_arena *arena;
    PL_VEC(struct pl_lock_finding) list;
};

/* "inputs", "rule" ...: one word, for programs. */
const char *pl_lock_trouble_name(enum pl_lock_trouble trouble);
/*
 * Adds one; its because and hint are empty. The pointer is good until the next
 * one is added.
 */
struct pl_lock_finding *pl_lock_find(struct pl_lock_findings *findings,
                                     enum pl_lock_trouble trouble,
                                     struct pl_span span, const char *format,
                                     ...) PL_PRINTF(4, 5);

/* Are the inputs there, with the digests that the lock has? */
void pl_lock_check_inputs(const struct pl_lock *lock,
                          struct pl_lock_findings *findings);
/* The same of the template; NULL where the lock is for a bare Python. */
void pl_lock_check_template(const struct pl_lock *lock,
                            const struct pl_template *template,
                            struct pl_lock_findings *findings);
/*
 * `dependencies` lead to entries, and their sizes have the sum that is stated:
 * what can be told of any lock.
 */
void pl_lock_check_entries(const struct pl_lock *lock,
                           struct pl_lock_findings *findings);
/*
 * Does it answer the question? The problem has not been started; it is, and
 * lives on with what the lock holds as its only candidates. Of another tool's
 * lock it is not asked what the template provides, what is replaced and who
 * asks: such a lock does not say. Errors: those of pl_problem_start.
 */
PL_MUST_CHECK bool pl_lock_check_answer(const struct pl_lock *lock,
                                        struct pl_problem *problem,
                                        struct pl_lock_findings *findings,
                                        struct pl_error *err);

#endif
