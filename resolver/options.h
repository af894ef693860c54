/*
 * What stands for a project in the pool: its options, in order of preference.
 *
 * The loaded versions one by one, the others as runs between loaded
 * neighbours, each where it stands in that order. A run ranked anywhere else
 * gives answers older than necessary. While the page is unread, one option
 * comes first that may turn out to be anything.
 */
#ifndef PODLOCK_RESOLVER_OPTIONS_H
#define PODLOCK_RESOLVER_OPTIONS_H

#include "resolver/pool.h"

/* Fills options and fact_option of a project that has none yet. */
void pl_options_make(struct pl_arena *arena, struct pl_pool_project *pp);

#endif
