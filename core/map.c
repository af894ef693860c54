#include "core/map.h"

#include "core/vec.h"

/* The slot of the key, or the free one where it belongs. */
static size_t find_slot(const struct pl_map *map, struct pl_str key,
                        uint64_t hash)
{
    size_t i = hash & (map->slot_count - 1);
    while (map->slots[i]) {
        const struct pl_map_entry *entry = &map->entries[map->slots[i] - 1];
        if (entry->hash == hash && pl_str_eq(entry->key, key))
            break;
        i = (i + 1) & (map->slot_count - 1);
    }
    return i;
}

static void grow_slots(struct pl_map *map)
{
    map->slot_count = map->slot_count ? map->slot_count * 2 : 16;
    map->slots = pl_new_array(map->arena, uint32_t, map->slot_count);
    for (size_t n = 0; n < map->len; n++) {
        const struct pl_map_entry *entry = &map->entries[n];
        map->slots[find_slot(map, entry->key, entry->hash)] = (uint32_t)(n + 1);
    }
}

void *pl_map_get(const struct pl_map *map, struct pl_str key)
{
    if (!map->len)
        return NULL;
    uint32_t entry = map->slots[find_slot(map, key, pl_str_hash(key))];
    return entry ? map->entries[entry - 1].value : NULL;
}

void **pl_map_slot(struct pl_map *map, struct pl_str key)
{
    if ((map->len + 1) * 2 > map->slot_count)
        grow_slots(map);
    uint64_t hash = pl_str_hash(key);
    size_t slot = find_slot(map, key, hash);
    if (!map->slots[slot]) {
        if (map->len == map->cap)
            map->entries = pl_vec_grow(map->arena, map->entries, map->len,
                                       &map->cap, sizeof(*map->entries));
        map->entries[map->len++] = (struct pl_map_entry){key, NULL, hash};
        map->slots[slot] = (uint32_t)map->len;
    }
    return &map->entries[map->slots[slot] - 1].value;
}

void pl_map_put(struct pl_map *map, struct pl_str key, void *value)
{
    *pl_map_slot(map, key) = value;
}
