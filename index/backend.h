/*
 * What a back end of the index implements, and the part all of them share.
 *
 * A back end's own structure begins with a struct pl_index. index.c drops
 * wishes that were made before, so a back end sees each project and each file
 * once. `next` answers in any order; see index/index.h for the rest.
 */
#ifndef PODLOCK_INDEX_BACKEND_H
#define PODLOCK_INDEX_BACKEND_H

#include "core/map.h"
#include "core/vec.h"
#include "index/index.h"

struct pl_index_ops {
    /* `project` lives in the index's arena. */
    void (*want_page)(struct pl_index *index, struct pl_str project);
    void (*want_metadata)(struct pl_index *index, const struct pl_file *file);
    bool (*next)(struct pl_index *index, struct pl_index_event *event,
                 bool *any, struct pl_error *err);
    void (*close)(struct pl_index *index); /* NULL: nothing to close */
};

struct pl_index {
    const struct pl_index_ops *ops;
    struct pl_arena *arena;
    struct pl_map pages, metadata; /* wishes, by project or file's address */
    unsigned question;             /* how often it was begun again */
    PL_VEC(const struct pl_index_event *) known; /* answers to give again */
    size_t next_known;
    uint64_t deadline_ns;        /* see pl_index_set_deadline */
    struct pl_index_stats stats; /* kept by the back end */
    PL_VEC(struct pl_str) warnings;
};

void pl_index_init(struct pl_index *index, struct pl_arena *arena,
                   const struct pl_index_ops *ops);

#endif
