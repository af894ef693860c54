/*
 * An index from memory: pages and metadata that the caller adds.
 *
 * For problems written as text (resolver/problem_text.h) and for tests. Asks
 * nobody; answers in the order of the wishes. What is added must live as long
 * as the index does.
 *
 *     struct pl_index *index = pl_memory_open(arena);
 *     pl_memory_add_page(index, page);
 *     pl_memory_add_metadata(index, &page->files[0], &metadata);
 *
 * A project that was not added does not exist, and a file without metadata has
 * none. A strict index says instead that it does not hold what is asked for
 * (PL_ERR_INPUT): the recording of a run cannot know what that run never saw.
 */
#ifndef PODLOCK_INDEX_MEMORY_H
#define PODLOCK_INDEX_MEMORY_H

#include "index/index.h"

struct pl_index *pl_memory_open(struct pl_arena *arena);
void pl_memory_set_strict(struct pl_index *index, bool strict);
void pl_memory_add_page(struct pl_index *index, const struct pl_page *page);
/* No index has the project: an answer, also when strict. */
void pl_memory_add_absent(struct pl_index *index, struct pl_str project);
void pl_memory_add_metadata(struct pl_index *index, const struct pl_file *file,
                            const struct pl_metadata *metadata);
/* There is none to be had, for this reason. */
void pl_memory_add_unusable(struct pl_index *index, const struct pl_file *file,
                            struct pl_str reason);

#endif
