/*
 * Traces to standard error, by topic, for -v and for people who debug.
 *
 *     PL_TRACE(PL_TRACE_SOLVE, "round %u: %zu solvables", round, n);
 *
 * The mask is podlock's only global state. It is set once, from -v or from
 * PODLOCK_TRACE ("solve,index", "all", a leading '-' removes). Each line is
 * "podlock: topic: text"; the text is escaped by the function.
 */
#ifndef PODLOCK_CORE_TRACE_H
#define PODLOCK_CORE_TRACE_H

#include <stdbool.h>

#include "core/attr.h"
#include "core/str.h"

enum pl_trace_topic {
    PL_TRACE_OPTIONS = 1u << 0, /* which flag or variable supplied what */
    PL_TRACE_INDEX = 1u << 1,   /* pages and metadata read */
    PL_TRACE_SOLVE = 1u << 2,   /* rounds, sizes, times */
    PL_TRACE_CHOICE = 1u << 3,  /* each version that was decided, and why */
    PL_TRACE_ALL = (1u << 4) - 1,
};

bool pl_trace_enabled(enum pl_trace_topic topic);
/*
 * Adds the topics of the list, or removes those with a leading '-'. False, and
 * nothing changed, when a word is not known. Not while other threads trace.
 */
bool pl_trace_set(struct pl_str list);
void pl_trace_print(enum pl_trace_topic topic, const char *format, ...)
    PL_PRINTF(2, 3);

#define PL_TRACE(topic, ...)                                                   \
    do {                                                                       \
        if (pl_trace_enabled(topic))                                           \
            pl_trace_print((topic), __VA_ARGS__);                              \
    } while (0)

#endif
