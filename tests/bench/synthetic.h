/*
 * A made-up index of any size, whose pages and metadata exist when asked for.
 *
 * Name i has the versions 0 to N-1, written as "12.3.4". Each requires a few
 * later names, within ranges that move with the version, as they do when
 * projects grow side by side. Most newest versions fit one another. Some
 * ranges end below the newest version of what they name, and now and then two
 * of these quarrel, so that the search must go back. One version of each name
 * is planted: together the planted ones are an answer, so there always is one.
 *
 * The same numbers and seed make the same index everywhere. What is made is
 * in the arena; `making_ns` is the processor time that went into making it.
 */
#ifndef PODLOCK_TESTS_BENCH_SYNTHETIC_H
#define PODLOCK_TESTS_BENCH_SYNTHETIC_H

#include "index/backend.h"
#include "resolver/problem.h"

struct bench_index {
    struct pl_index index; /* first: it is the back end */
    uint32_t names, versions, seed;
    struct pl_str *version_texts;
    struct pl_version *version_values;
    PL_VEC(struct pl_index_event) answers;
    size_t answered;
    uint64_t making_ns;
};

struct bench_index *bench_index_make(struct pl_arena *arena, uint32_t names,
                                     uint32_t versions, uint32_t seed,
                                     struct pl_error *err);
/* Asks for every tenth of the names. */
PL_MUST_CHECK bool bench_index_problem(struct pl_arena *arena,
                                       const struct bench_index *from,
                                       struct pl_problem *out,
                                       struct pl_error *err);
/* Names, versions and seeds: so many at most. */
#define BENCH_MOST 9999

uint64_t bench_cpu_ns(void);

#endif
