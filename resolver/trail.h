/*
 * The trail of a run: what it read and decided, for the next run with the same
 * question.
 *
 * A run without one finds out round by round what it needs. With the trail of
 * an earlier run it asks for all pages and metadata at once, and starts from
 * the versions decided then; where nothing has changed, one round confirms
 * the answer.
 *
 * A trail is a hint and never trusted. It says only what is read first and
 * where the search starts, and the answer depends on neither (docs/search.md).
 * One that is wrong, old, cut or hostile costs time: at most PL_MAX_TRAIL_BYTES
 * of names that are asked for in vain.
 *
 * Format: lines of text. The first is PL_TRAIL_HEAD; then a project, a name in
 * normal form, on a line of its own, and below it, after a space, its versions
 * that were read or stood alone in the pool. `*` stands before the one that was
 * decided, `-` before those that were not read. Of what does not look like
 * that, nothing is taken.
 *
 *     podlock-trail 1
 *     numpy
 *      *2.0.2
 *      2.1.0
 *      -2.1.1
 */
#ifndef PODLOCK_RESOLVER_TRAIL_H
#define PODLOCK_RESOLVER_TRAIL_H

#include "core/buf.h"
#include "resolver/problem.h"

#define PL_TRAIL_HEAD "podlock-trail 1"

struct pl_pool;
struct pl_decision;

struct pl_trail_version {
    struct pl_str text; /* of the version, as it stands in the file's name */
    bool decided;
    bool unread; /* it need not be read, but stands alone in the pool */
};

struct pl_trail_project {
    struct pl_str name;
    PL_VEC(struct pl_trail_version) versions;
    size_t decided; /* candidate; SIZE_MAX until its page is read */
};

/* Both of a run: what an earlier one left, and what this one leaves. */
struct pl_trail {
    struct pl_str earlier; /* empty: none */
    struct pl_buf *next;   /* filled when there is an answer; NULL: none */
    /*
     * After an error: it came while the trail's names were read, which the
     * search might never have asked for. Ask again without it, with a problem
     * and an index that are new.
     */
    bool to_blame;
};

/*
 * Fills a map from names to struct pl_trail_project; texts are views of
 * `payload`. False: this is no trail, and nothing was taken.
 */
bool pl_trail_read(struct pl_str payload, struct pl_map *out);
/* What the answer's last round rested on. */
void pl_trail_write(const struct pl_problem *problem,
                    const struct pl_pool *pool,
                    const struct pl_decision *decision, struct pl_buf *out);

/*
 * A name for the trail of this question, of 16 hex digits: the same for the
 * same lines, template, rules, environment and policy, whatever the time.
 * `indexes` tells which indexes are asked. Two questions with one name would
 * only share a trail.
 */
struct pl_str pl_trail_name(const struct pl_problem *problem,
                            struct pl_str indexes);

#endif
