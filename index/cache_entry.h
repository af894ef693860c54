/*
 * The bytes of a cache entry: a header of PL_CACHE_HEAD_BYTES, the payload.
 *
 *     8 bytes  "podlock" and the format
 *     u32      kind, u32 zero
 *     u64      length of the payload
 *     u64      checksum of what is above, of `where` and of the payload
 *
 * all little endian. The checksum finds damage, every single changed byte
 * among it; it keeps nobody from making an entry: that the user's own folder
 * does. `where` is the place it was written for, "SITE/NAME.KIND".
 */
#ifndef PODLOCK_INDEX_CACHE_ENTRY_H
#define PODLOCK_INDEX_CACHE_ENTRY_H

#include <stdbool.h>

#include "core/str.h"
#include "index/cache.h"

#define PL_CACHE_FORMAT 1
#define PL_CACHE_HEAD_BYTES 32

void pl_cache_entry_head(enum pl_cache_kind kind, struct pl_str where,
                         struct pl_str payload, char *head);
/* False: this is no such entry, or a damaged one. */
bool pl_cache_entry_open(struct pl_str bytes, enum pl_cache_kind kind,
                         struct pl_str where, struct pl_str *payload);

#endif
