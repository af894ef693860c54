/*
 * What block.c and block_write.c share: the layout of a block, and what is
 * known of the metadata of each file.
 *
 * In a block follow one another (core/pack.h):
 *
 *     u8 format, u32 bytes of details, u8 has_page, u64 checked,
 *     number max_age, etag, last_modified, and only with a page:
 *     status, number dropped
 *     table of texts (number 0 is the empty one)
 *     versions: number, a record each; number, texts; number, u32 each; odd
 *     number, that many tags: four texts by number, u8 has_build, number
 *     requirements, metadata: each as slices
 *     number of files, a record for each
 *     details of each file
 *
 * All but the details is kept in memory; details are read one by one.
 *
 * Slices: a number, that many u32 with where each ends, the bytes. Versions: a
 * record is u64 key, u8 flags, u8 length of the text, u8 numbers of the
 * release; its numbers follow in the order release, epoch, pre, post, dev. Odd
 * ones, which have a local label or something large, stand at the end as
 * pep/pack.h has them. A file's record: u32 version, u32 tags + 1, u32
 * Requires-Python, u32 yanked reason, u32 metadata + 1, u32 where its details
 * end, u32 their checksum, u8 flags. Details: u16 length of the URL or path,
 * u16 of the name, u8 of the upload time, number size, the URL or path, whose
 * end is mostly the name, else the name, the upload time, the hashes as bytes.
 * Metadata: u8 flags; the reason, or Requires-Python, extras and the numbers
 * of the requirements.
 */
#ifndef PODLOCK_INDEX_BLOCK_INTERNAL_H
#define PODLOCK_INDEX_BLOCK_INTERNAL_H

#include "index/block.h"

#define BLOCK_FORMAT 1
#define BLOCK_RECORD_BYTES 29
#define BLOCK_METADATA_AT 16 /* in a record */
#define BLOCK_DETAILS_END_AT 20
#define BLOCK_CHECK_AT 24
#define BLOCK_FLAGS_AT 28
#define BLOCK_VERSION_BYTES 11
#define BLOCK_HASH_BYTES 32

enum block_version_flag {
    VERSION_PRE_BITS = 0x3,
    VERSION_HAS_POST = 0x4,
    VERSION_HAS_DEV = 0x8,
    VERSION_HAS_EPOCH = 0x10,
    VERSION_IS_ODD = 0x20,
};

enum block_file_flag {
    FILE_IS_WHEEL = 1,
    FILE_HAS_SIZE = 2,
    FILE_IS_YANKED = 4,
    FILE_HAS_METADATA = 8,
    FILE_IS_PATH = 16,
    FILE_NAME_APART = 32,
    FILE_HAS_SHA256 = 64,
    FILE_HAS_METADATA_SHA256 = 128,
};

enum block_metadata_flag {
    METADATA_FROM_SDIST = 1,
    METADATA_REPAIRED = 2,
    METADATA_UNUSABLE = 4,
};

struct block_slices {
    const char *ends;
    size_t count;
    struct pl_str bytes;
};

/* One as it was decoded. */
struct block_metadata {
    struct pl_metadata metadata;
    struct pl_str reason;
    bool unusable;
};

/* What a payload holds. The lists of what was decoded are made when needed. */
struct block_store {
    struct block_slices requirements, metadata;
    const struct pl_requirement **decoded_requirements;
    const struct block_metadata **decoded_metadata;
};

enum block_known_kind {
    KNOWN_NOTHING,
    KNOWN_PACKED,   /* `number` of `store` */
    KNOWN_METADATA, /* `metadata` */
    KNOWN_REASON,   /* `reason` */
};

struct block_known {
    enum block_known_kind kind;
    uint32_t number;
    struct block_store *store;
    const struct pl_metadata *metadata;
    struct pl_str reason;
};

struct pl_block_parts {
    struct block_store store;
    const char *records;       /* of the payload; NULL: made from a page */
    struct block_known *added; /* by file; NULL: nothing yet */
};

/* Where the details of brief files are. */
struct block_source {
    struct pl_page_source base;
    struct pl_arena *arena;
    const struct pl_page *page;
    const char *records;
    struct pl_str details; /* all of them, once they are in memory */
    /* Of a block that was loaded: */
    struct pl_cache *cache;
    struct pl_str site;
    size_t from, len;             /* of the details in the payload */
    const struct pl_block *newer; /* what another process wrote; or NULL */
};

struct pl_str pl_block_slice(const struct block_slices *slices, size_t number);
/* NULL: damaged. */
const struct block_metadata *pl_block_decode(struct pl_arena *arena,
                                             struct block_store *store,
                                             size_t number);
struct block_known pl_block_known(const struct pl_block *block, size_t file);

/* ---- block_details.c ---- */
void pl_block_source_init(struct block_source *source);
/*
 * The details of all files of a page that was read, as they were written.
 * False: they cannot be had; pl_page_complete may find them.
 */
bool pl_block_has_packed(const struct pl_page *page);
/* Those of one file, after the above. */
struct pl_str pl_block_packed(const struct pl_page *page, size_t file,
                              unsigned *flags);
uint32_t pl_block_check(struct pl_str details);

#endif
