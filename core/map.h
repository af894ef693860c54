/*
 * String-keyed table in an arena.
 *
 * Keys are copied views (their bytes must outlive the map). A missing key
 * gives NULL. Order of insertion is kept: entries can be walked with
 * `entries` and `len`, so nothing ever depends on hash order. No deletion.
 *
 *     struct pl_map map = {.arena = &arena};
 *     pl_map_put(&map, name, project);
 *     struct project *p = pl_map_get(&map, name);
 */
#ifndef PODLOCK_CORE_MAP_H
#define PODLOCK_CORE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/str.h"

struct pl_map_entry {
    struct pl_str key;
    void *value;
    uint64_t hash;
};

struct pl_map {
    struct pl_arena *arena;
    struct pl_map_entry *entries; /* in order of insertion */
    size_t len, cap;
    uint32_t *slots; /* entry number + 1; 0: free */
    size_t slot_count;
};

void *pl_map_get(const struct pl_map *map, struct pl_str key);
/* Inserts, or replaces the value of a key that is there. */
void pl_map_put(struct pl_map *map, struct pl_str key, void *value);
/* The place of the key's value; inserted as NULL when it was not there. */
void **pl_map_slot(struct pl_map *map, struct pl_str key);

#endif
