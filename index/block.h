/*
 * A compiled project: its page on one index, how fresh it is, and the core
 * metadata known so far, in one block of bytes.
 *
 * Made once from a page that was parsed; read back without parsing: versions
 * with their packed keys, file names taken apart, requirements with their
 * specifiers and markers. Reading checks every offset, count and length; a
 * block that is off in any way is "not there", never half of one. Requirements
 * and metadata that are equal stand in it once, are decoded when somebody asks
 * for them, and once. Texts of the result point into the payload and into the
 * place, which must live as long as the arena.
 *
 * "Files that can ever matter": source distributions, and wheels that some
 * target of pep/env.h could take (pl_tags_possible); of a version that has
 * only others, the first one, so that the version is known and can be
 * explained: nothing else is ever told of the others. `page` of a block has
 * these files alone, whether it was made or read.
 */
#ifndef PODLOCK_INDEX_BLOCK_H
#define PODLOCK_INDEX_BLOCK_H

#include "core/buf.h"
#include "index/cache.h"
#include "index/index.h"

struct pl_freshness {
    int64_t checked;  /* when the server last said so: seconds since 1970 */
    uint64_t max_age; /* seconds */
    struct pl_str etag, last_modified;
};

struct pl_block {
    struct pl_freshness freshness;
    const struct pl_page *page;   /* NULL: the index does not have it */
    bool changed;                 /* differs from what the cache holds */
    struct pl_block_parts *parts; /* of block.c and block_write.c */
};

/* What a block does not hold because the reader knows it. */
struct pl_block_place {
    struct pl_str project, index_url; /* see struct pl_page */
    bool is_torch;
    uint32_t order;
};

/*
 * False: not a block of this format, or damaged. All files are complete, and
 * the payload must live as long as the arena.
 */
bool pl_block_read(struct pl_arena *arena, struct pl_str payload,
                   const struct pl_block_place *place, struct pl_block *out);
/*
 * The same from the cache, as far as a search needs it: its files are brief
 * (index/index.h), and a few bytes are read again for those that are completed.
 */
bool pl_block_load(struct pl_arena *arena, struct pl_cache *cache,
                   struct pl_str site, const struct pl_block_place *place,
                   struct pl_block *out);
enum pl_block_answer {
    PL_BLOCK_UNKNOWN,
    PL_BLOCK_KNOWN,
    PL_BLOCK_UNUSABLE, /* its metadata were read and cannot be used */
};

/*
 * The metadata of a file of block->page, or of a copy of one (index/twins.h,
 * whose `page` is block->page); or the reason for people, for UNUSABLE.
 */
enum pl_block_answer pl_block_metadata(struct pl_arena *arena,
                                       const struct pl_block *block,
                                       const struct pl_file *file,
                                       struct pl_metadata *out,
                                       struct pl_str *reason);
/*
 * Adds what was read from outside; the block is then `changed`. The metadata
 * are kept as they are and must live as long as the arena.
 */
void pl_block_add_metadata(struct pl_arena *arena, struct pl_block *block,
                           const struct pl_file *file,
                           const struct pl_metadata *metadata);
/* Its metadata cannot be used: kept until the page changes. */
void pl_block_add_reason(struct pl_arena *arena, struct pl_block *block,
                         const struct pl_file *file, struct pl_str reason);
/* A block of a page that has just come; `page` NULL: absent. */
struct pl_block *pl_block_make(struct pl_arena *arena,
                               const struct pl_page *page,
                               const struct pl_freshness *freshness);
/*
 * Takes over the metadata of files that are the same in both (name, URL and
 * hashes; a file without a hash is never known to be the same). Reasons are
 * not taken over. `older` must live as long as the arena.
 */
void pl_block_inherit(struct pl_arena *arena, struct pl_block *block,
                      const struct pl_block *older);
/* Sets out->over when the block does not fit: pl_buf_ok. */
void pl_block_write(const struct pl_block *block, struct pl_buf *out);
/* now - checked < max_age, and the clock has not gone back. */
bool pl_freshness_lasts(const struct pl_freshness *freshness, int64_t now);

#endif
