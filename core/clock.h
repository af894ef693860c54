/*
 * A clock that only goes forward, for durations: nanoseconds since some moment
 * of this machine. What an answer says never depends on it.
 */
#ifndef PODLOCK_CORE_CLOCK_H
#define PODLOCK_CORE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define PL_SECOND_NS 1000000000u

static inline uint64_t pl_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * PL_SECOND_NS + (uint64_t)now.tv_nsec;
}

#endif
