#include "core/vec.h"

void *pl_vec_grow(struct pl_arena *arena, void *at, size_t len, size_t *cap,
                  size_t size)
{
    size_t wanted = *cap ? *cap * 2 : 8;
    void *grown = pl_arena_alloc_array(arena, wanted, size);
    if (len)
        memcpy(grown, at, len * size);
    *cap = wanted;
    return grown;
}
