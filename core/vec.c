#include "core/vec.h"

void *pl_vec_grow(struct pl_arena *arena, void *at, size_t len, size_t *cap,
                  size_t size)
{
    size_t wanted = *cap ? *cap * 2 : 8;
    size_t bytes;
    if (__builtin_mul_overflow(wanted, size, &bytes))
        pl_out_of_memory();
    if (*cap && pl_arena_extend(arena, at, *cap * size, bytes)) {
        *cap = wanted;
        return at;
    }
    void *grown = pl_arena_alloc(arena, bytes);
    if (len)
        memcpy(grown, at, len * size);
    *cap = wanted;
    return grown;
}
