/*
 * What every fuzz entry defines, and the least it must do.
 *
 * libFuzzer calls it with foreign bytes (-Dfuzzing=true); otherwise replay.c
 * calls it with every file of corpus/NAME/. It must return 0, keep nothing
 * and end the program only when podlock has a defect: by a sanitizer, or by
 * PL_FUZZ_WANT when two ways to the same answer differ.
 *
 *     int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
 *     {
 *         PL_ARENA(arena);
 *         struct pl_version v;
 *         (void)!pl_version_parse(&arena, pl_fuzz_text(data, size), &v, NULL);
 *         return 0;
 *     }
 */
#ifndef PODLOCK_TESTS_FUZZ_H
#define PODLOCK_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline struct pl_str pl_fuzz_text(const uint8_t *data, size_t size)
{
    return (struct pl_str){(const char *)data, size};
}

#define PL_FUZZ_WANT(condition)                                                \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

#endif
