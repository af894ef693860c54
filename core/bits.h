/*
 * Sets of small numbers as bits in words; the words belong to the caller.
 *
 *     uint64_t *set = pl_new_array(arena, uint64_t, PL_BITS_WORDS(count));
 *     pl_bits_add(set, 3);
 *     for (size_t i = pl_bits_next(set, 0, count); i < count;
 *          i = pl_bits_next(set, i + 1, count)) ...
 */
#ifndef PODLOCK_CORE_BITS_H
#define PODLOCK_CORE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* At least one, so that an empty set has a place too. */
#define PL_BITS_WORDS(count) ((count) / 64 + 1)

static inline bool pl_bits_has(const uint64_t *set, size_t i)
{
    return (set[i / 64] >> (i % 64)) & 1;
}

static inline void pl_bits_add(uint64_t *set, size_t i)
{
    set[i / 64] |= (uint64_t)1 << (i % 64);
}

static inline void pl_bits_drop(uint64_t *set, size_t i)
{
    set[i / 64] &= ~((uint64_t)1 << (i % 64));
}

/* The first number that both sets have, from `from` on; `end`: none before. */
static inline size_t pl_bits_next_of_both(const uint64_t *a, const uint64_t *b,
                                          size_t from, size_t end)
{
    if (from >= end)
        return end;
    size_t word = from / 64;
    uint64_t bits = a[word] & b[word] & (UINT64_MAX << (from % 64));
    while (!bits) {
        if (++word * 64 >= end)
            return end;
        bits = a[word] & b[word];
    }
    size_t found = word * 64 + (size_t)__builtin_ctzll(bits);
    return found < end ? found : end;
}

static inline size_t pl_bits_next(const uint64_t *set, size_t from, size_t end)
{
    return pl_bits_next_of_both(set, set, from, end);
}

#endif
