/*
 * Changes that turn a "no" into a "yes", each of them solved.
 *
 * From the reasons of a conflict come changes that a user can make: another
 * line, another option. Each is put to the search as a question of its own
 * (pl_problem_again), and only what the search answered with yes is told.
 * Where no change is enough alone, changes of one kind are put together, a few
 * at most: torch and torchvision are pinned in two lines. The next one is
 * looked for among the reasons that stand against the ones before, so each is
 * needed.
 *
 *     struct pl_repair_search search = {&problem, index, conflict, ...};
 *     struct pl_repairs repairs;
 *     pl_repairs_find(&search, arena, &repairs);
 *
 * The order of the kinds below is that of telling, the least invasive first:
 * a line of the user's own says too much; a constraint or override, which
 * stands for others as well; a date, pre-releases or source distributions,
 * which let in more of the index; then what changes the container: the policy
 * of replacing, another template, a rule that warns of a crash, a package that
 * the template protects, one that it breaks. Last, a line is left out, which
 * changes what was wanted. Within a kind they stand as the conflict tells
 * them. Of the changes to one line, only the first that works is told: those
 * that keep more of it come first, and it is left out only when nothing else
 * helps.
 *
 * Texts live in the arena given; what they cost is copied. The index must be
 * open; what it reads stays in its own arena. Errors of a question (a page that
 * cannot be had, offline or not) make it no repair. Without an index for the
 * ones behind it, the search ends (`is_cut`).
 *
 * Templates are not tried here (cli/resolve_repair.h): the index of another
 * template is another one.
 */
#ifndef PODLOCK_RESOLVER_REPAIR_H
#define PODLOCK_RESOLVER_REPAIR_H

#include "resolver/conflict.h"

enum pl_repair_kind {
    PL_REPAIR_REQUIREMENT,   /* `text` in the place of the line, or beside */
    PL_REPAIR_CONSTRAINT,    /* the same of a constraint */
    PL_REPAIR_OVERRIDE,      /* the same of an override */
    PL_REPAIR_DATE,          /* a later --exclude-newer; `value`: the day */
    PL_REPAIR_PRERELEASE,    /* --prerelease */
    PL_REPAIR_SOURCE,        /* --no-binary or --only-binary of a package */
    PL_REPAIR_REPLACE,       /* --replace if-needed */
    PL_REPAIR_TEMPLATE,      /* --template; `value`: its id */
    PL_REPAIR_IGNORE_RULE,   /* `value`: the rule's id */
    PL_REPAIR_ALLOW_REPLACE, /* `value`: the package */
    PL_REPAIR_ALLOW_BREAK,   /* `value`: the package */
    PL_REPAIR_DROP,          /* the line is left out; there is no text */
};

struct pl_repair {
    enum pl_repair_kind kind;
    struct pl_str text;           /* to copy: the new line, or options to add */
    struct pl_str value;          /* see above; of lines, the package */
    const struct pl_asked *asked; /* the line that changes; NULL: none */
    const struct pl_repair *also; /* to be made with it; without costs */
    size_t also_count;
    /* What the answer then costs. */
    size_t packages; /* to install; `replaced` are among them */
    size_t replaced;
    uint64_t download; /* bytes, as far as they are known */
};

struct pl_repairs {
    PL_VEC(struct pl_repair) list;
    size_t questions; /* solved */
    bool out_of_time; /* some were not tried, or not to the end */
    bool is_cut;      /* the same, because no index was left */
};

struct pl_repair_search {
    const struct pl_problem *problem;
    struct pl_index *index;
    const struct pl_conflict *conflict;
    uint64_t max_download; /* an answer above it is none */
    uint64_t deadline_ns;  /* of core/clock.h; 0: none */
    /* For one question, so that a hard one leaves time for others; 0: all. */
    uint64_t question_ns;
    /* Called before each question; may be NULL. */
    void (*report)(void *user, const struct pl_repair *trying);
    /*
     * Another index for the one that has failed, or NULL; may be NULL. An
     * index that could not answer one question answers no other.
     */
    struct pl_index *(*reopen)(void *user);
    void *user;
};

/* Until when a question that is put now may take. */
uint64_t pl_repair_deadline(const struct pl_repair_search *search);
/* Strings of FORMATS: "requirement", "allow-replace" ... */
const char *pl_repair_kind_text(enum pl_repair_kind kind);
void pl_repairs_find(const struct pl_repair_search *search,
                     struct pl_arena *arena, struct pl_repairs *out);
/* Adds one at its place in the order of telling. */
void pl_repairs_add(struct pl_arena *arena, struct pl_repairs *repairs,
                    struct pl_repair repair);

#endif
