/*
 * Small random worlds for the search, and how they read as problem text.
 *
 * A world is a function of its seed alone. Names are "a" to "f", extras "x"
 * and "y"; version n is "n" or "nrc1".
 */
#ifndef PODLOCK_TESTS_RANDOM_WORLD_H
#define PODLOCK_TESTS_RANDOM_WORLD_H

#include <stdint.h>

#include "core/buf.h"
#include "tests/random/brute.h"

void random_world_make(uint64_t seed, struct brute_world *out);
void random_world_print(const struct brute_world *world, struct pl_buf *out);
/* The lines of tests/answer.h. */
void random_world_print_answer(const struct brute_world *world,
                               const struct brute_answer *answer,
                               struct pl_buf *out);

#endif
