/*
 * Arena: memory that lives as long as a run.
 *
 * Everything parsed or computed for one run is allocated here and freed at
 * once by pl_arena_finish; nothing in it is freed singly. Memory comes zeroed
 * and aligned for every type. Running out of memory ends the program with a
 * message: no caller checks for NULL. Sizes are bounded by their callers (see
 * core/limits.h); a product that overflows size_t ends the program too.
 *
 *     PL_ARENA(arena);                       declares and cleans up
 *     struct thing *t = pl_new(&arena, struct thing);
 *     int *n = pl_new_array(&arena, int, 10);
 *
 * Not thread-safe: an arena belongs to one thread.
 */
#ifndef PODLOCK_CORE_ARENA_H
#define PODLOCK_CORE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/str.h"

struct pl_arena_block;

struct pl_arena {
    struct pl_arena_block *blocks; /* newest first */
    char *at;                      /* free space of the newest block */
    size_t left;
    size_t total; /* bytes taken from the system, for -v */
};

void pl_arena_init(struct pl_arena *arena);
void pl_arena_finish(struct pl_arena *arena);

#define PL_ARENA(name) struct pl_arena name PL_CLEANUP(pl_arena_finish) = {0}

void *pl_arena_alloc(struct pl_arena *arena, size_t size) PL_MALLOC;
void *pl_arena_alloc_array(struct pl_arena *arena, size_t count,
                           size_t size) PL_MALLOC;

/*
 * Makes the newest allocation larger where it stands, if there is room; false
 * otherwise, and nothing has changed. What is new is zero.
 */
bool pl_arena_extend(struct pl_arena *arena, void *at, size_t size,
                     size_t larger);

#define pl_new(arena, type) ((type *)pl_arena_alloc((arena), sizeof(type)))
#define pl_new_array(arena, type, count)                                       \
    ((type *)pl_arena_alloc_array((arena), (count), sizeof(type)))

/* A copy of the text; a NUL follows it, which is not counted. */
struct pl_str pl_arena_dup(struct pl_arena *arena, struct pl_str text);

/* The formatted text, NUL-terminated. */
struct pl_str pl_arena_printf(struct pl_arena *arena, const char *format, ...)
    PL_PRINTF(2, 3) __attribute__((nonnull));

/* Prints "podlock: out of memory" and ends the program with exit code 6. */
void pl_out_of_memory(void) PL_NORETURN;

#endif
