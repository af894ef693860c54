/*
 * Growable array of any type, in an arena.
 *
 *     PL_VEC(struct thing) things = {0};
 *     pl_vec_push(arena, &things, (struct thing){1});
 *     for (size_t i = 0; i < things.len; i++) use(&things.at[i]);
 *
 * Growing copies to a new place: keep indices, not pointers, while pushing.
 */
#ifndef PODLOCK_CORE_VEC_H
#define PODLOCK_CORE_VEC_H

#include <stddef.h>

#include "core/arena.h"

#define PL_VEC(type)                                                           \
    struct {                                                                   \
        type *at;                                                              \
        size_t len, cap;                                                       \
    }

void *pl_vec_grow(struct pl_arena *arena, void *at, size_t len, size_t *cap,
                  size_t size);

#define pl_vec_push(arena, vec, ...)                                           \
    do {                                                                       \
        if ((vec)->len == (vec)->cap)                                          \
            (vec)->at = pl_vec_grow((arena), (vec)->at, (vec)->len,            \
                                    &(vec)->cap, sizeof((vec)->at[0]));        \
        (vec)->at[(vec)->len++] = (__VA_ARGS__);                               \
    } while (0)

#endif
