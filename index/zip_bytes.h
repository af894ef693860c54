/*
 * What the two files that read zip files share: numbers out of bytes, and how
 * errors begin. Private to index/zip.c and index/zip_member.c.
 *
 * Numbers are little-endian. The caller has checked that they lie within the
 * bytes.
 */
#ifndef PODLOCK_INDEX_ZIP_BYTES_H
#define PODLOCK_INDEX_ZIP_BYTES_H

#include "core/error.h"
#include "core/str.h"

#define PL_ZIP_LOCAL_BYTES 30
#define PL_ZIP_DESCRIPTOR64_BYTES 24

#define PL_ZIP_ERROR(err, ...)                                                 \
    pl_error_plain((err), PL_ERR_INPUT, "its wheel " __VA_ARGS__)

static inline uint32_t pl_zip_u16(struct pl_str bytes, size_t at)
{
    const unsigned char *b = (const unsigned char *)bytes.at + at;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8;
}

static inline uint32_t pl_zip_u32(struct pl_str bytes, size_t at)
{
    return pl_zip_u16(bytes, at) | pl_zip_u16(bytes, at + 2) << 16;
}

static inline uint64_t pl_zip_u64(struct pl_str bytes, size_t at)
{
    return pl_zip_u32(bytes, at) | (uint64_t)pl_zip_u32(bytes, at + 4) << 32;
}

static inline bool pl_zip_has_mark(struct pl_str bytes, size_t at,
                                   const char *mark)
{
    return bytes.len >= 4 && at <= bytes.len - 4 &&
           memcmp(bytes.at + at, mark, 4) == 0;
}

/* The field of this id; empty: none. Errors: cut off, or there twice. */
bool pl_zip_extra_find(struct pl_str extra, uint32_t id, struct pl_str *field,
                       struct pl_error *err);

#endif
