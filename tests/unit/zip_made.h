/*
 * Zip files made by hand, right or wrong in one chosen way.
 *
 *     struct zip_made zip = zip_begin(arena);
 *     struct zip_member *m = zip_add(&zip, "a-1.dist-info/METADATA", TEXT);
 *     m->local_crc++;
 *     struct pl_str bytes = zip_end(&zip);
 *
 * zip_add fills in what a right zip states; a test changes what it is about
 * before zip_end writes everything out. Included by one .c file a test; needs
 * cmocka.h before it.
 */
#ifndef PODLOCK_TESTS_ZIP_MADE_H
#define PODLOCK_TESTS_ZIP_MADE_H

#include <zlib.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/str.h"

#define ZIP_MOST_BYTES (64u << 20)
#define ZIP_MOST_MEMBERS 16
#define ZIP_SAME UINT64_MAX /* of an end record: what is right */

struct zip_member {
    struct pl_str name, local_name;
    struct pl_str before; /* bytes that belong to nobody, before the member */
    struct pl_str data;   /* as it lies in the file */
    struct pl_str extra, local_extra;
    struct pl_str descriptor; /* bytes behind the data */
    uint32_t made_by, flags, local_flags, method, local_method;
    uint32_t crc, local_crc;
    uint32_t packed, local_packed, size, local_size;
    uint32_t disk, mode;
    uint32_t offset;      /* written by zip_end unless has_offset */
    bool has_offset;      /* the test set it */
    bool only_in_listing; /* no bytes of its own */
};

struct zip_made {
    struct pl_arena *arena;
    struct zip_member members[ZIP_MOST_MEMBERS];
    size_t count;
    struct pl_str prefix, behind_directory, comment, suffix;
    /* Of the end record. */
    uint64_t disk, here, entries, bytes, directory, comment_bytes;
    bool zip64;
    uint64_t locator_place, wide_entries, wide_bytes, wide_directory;
};

static inline struct zip_made zip_begin(struct pl_arena *arena)
{
    return (struct zip_made){
        .arena = arena,
        .disk = ZIP_SAME,
        .here = ZIP_SAME,
        .entries = ZIP_SAME,
        .bytes = ZIP_SAME,
        .directory = ZIP_SAME,
        .comment_bytes = ZIP_SAME,
        .locator_place = ZIP_SAME,
        .wide_entries = ZIP_SAME,
        .wide_bytes = ZIP_SAME,
        .wide_directory = ZIP_SAME,
    };
}

static inline struct pl_str zip_deflate(struct pl_arena *arena,
                                        struct pl_str text)
{
    z_stream stream = {0};
    assert_int_equal(
        deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
        Z_OK);
    size_t most = deflateBound(&stream, text.len);
    char *out = pl_arena_alloc(arena, most);
    stream.next_in = (unsigned char *)(uintptr_t)text.at;
    stream.avail_in = (unsigned)text.len;
    stream.next_out = (unsigned char *)out;
    stream.avail_out = (unsigned)most;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t len = most - stream.avail_out;
    deflateEnd(&stream);
    return (struct pl_str){out, len};
}

static inline struct zip_member *zip_add_bytes(struct zip_made *zip,
                                               const char *name,
                                               struct pl_str text, bool packed)
{
    assert_true(zip->count < ZIP_MOST_MEMBERS);
    struct zip_member *m = &zip->members[zip->count++];
    m->name = m->local_name = pl_str_from(name);
    m->data = packed ? zip_deflate(zip->arena, text) : text;
    m->made_by = 3 << 8 | 20;
    m->mode = 0100644;
    m->method = m->local_method = packed ? 8 : 0;
    m->crc = m->local_crc = (uint32_t)crc32_z(
        0, (const unsigned char *)(text.len ? text.at : ""), text.len);
    m->packed = m->local_packed = (uint32_t)m->data.len;
    m->size = m->local_size = (uint32_t)text.len;
    return m;
}

static inline struct zip_member *zip_add(struct zip_made *zip, const char *name,
                                         const char *text)
{
    return zip_add_bytes(zip, name, pl_str_from(text), true);
}

static inline void zip_put(struct pl_buf *out, unsigned bytes, uint64_t number)
{
    for (unsigned i = 0; i < bytes; i++)
        pl_buf_add_char(out, (char)(number >> (8 * i) & 0xff));
}

static inline void zip_put_local(struct pl_buf *out, struct zip_member *m)
{
    pl_buf_add_str(out, m->before);
    if (!m->has_offset)
        m->offset = (uint32_t)out->len;
    if (m->only_in_listing)
        return;
    pl_buf_add(out, "PK\3\4\24\0", 6);
    zip_put(out, 2, m->local_flags);
    zip_put(out, 2, m->local_method);
    zip_put(out, 4, 0); /* time, date */
    zip_put(out, 4, m->local_crc);
    zip_put(out, 4, m->local_packed);
    zip_put(out, 4, m->local_size);
    zip_put(out, 2, m->local_name.len);
    zip_put(out, 2, m->local_extra.len);
    pl_buf_add_str(out, m->local_name);
    pl_buf_add_str(out, m->local_extra);
    pl_buf_add_str(out, m->data);
    pl_buf_add_str(out, m->descriptor);
}

static inline void zip_put_entry(struct pl_buf *out, const struct zip_member *m)
{
    pl_buf_add(out, "PK\1\2", 4);
    zip_put(out, 2, m->made_by);
    zip_put(out, 2, 20);
    zip_put(out, 2, m->flags);
    zip_put(out, 2, m->method);
    zip_put(out, 4, 0);
    zip_put(out, 4, m->crc);
    zip_put(out, 4, m->packed);
    zip_put(out, 4, m->size);
    zip_put(out, 2, m->name.len);
    zip_put(out, 2, m->extra.len);
    zip_put(out, 2, 0); /* comment */
    zip_put(out, 2, m->disk);
    zip_put(out, 2, 0);
    zip_put(out, 4, (uint64_t)m->mode << 16);
    zip_put(out, 4, m->offset);
    pl_buf_add_str(out, m->name);
    pl_buf_add_str(out, m->extra);
}

static inline uint64_t zip_or(uint64_t set, uint64_t right)
{
    return set == ZIP_SAME ? right : set;
}

static inline void zip_put_end64(struct pl_buf *out, const struct zip_made *zip,
                                 uint64_t directory, uint64_t bytes)
{
    size_t at = out->len;
    pl_buf_add(out, "PK\6\6", 4);
    zip_put(out, 8, 44);
    zip_put(out, 4, 45 | 45 << 16);
    zip_put(out, 8, 0); /* disks */
    zip_put(out, 8, zip_or(zip->wide_entries, zip->count));
    zip_put(out, 8, zip_or(zip->wide_entries, zip->count));
    zip_put(out, 8, zip_or(zip->wide_bytes, bytes));
    zip_put(out, 8, zip_or(zip->wide_directory, directory));
    pl_buf_add(out, "PK\6\7", 4);
    zip_put(out, 4, 0);
    zip_put(out, 8, zip_or(zip->locator_place, at));
    zip_put(out, 4, 1);
}

static inline void zip_put_end(struct pl_buf *out, const struct zip_made *zip,
                               uint64_t directory, uint64_t bytes)
{
    uint64_t entries = zip_or(zip->entries, zip->count);
    if (zip->zip64)
        zip_put_end64(out, zip, directory, bytes);
    pl_buf_add(out, "PK\5\6", 4);
    zip_put(out, 4, zip_or(zip->disk, 0));
    zip_put(out, 2, zip_or(zip->here, entries));
    zip_put(out, 2, entries);
    zip_put(out, 4, zip_or(zip->bytes, bytes));
    zip_put(out, 4, zip_or(zip->directory, directory));
    zip_put(out, 2, zip_or(zip->comment_bytes, zip->comment.len));
    pl_buf_add_str(out, zip->comment);
}

static inline struct pl_str zip_end(struct zip_made *zip)
{
    PL_BUF(out, ZIP_MOST_BYTES);
    pl_buf_add_str(&out, zip->prefix);
    for (size_t i = 0; i < zip->count; i++)
        zip_put_local(&out, &zip->members[i]);
    size_t directory = out.len;
    for (size_t i = 0; i < zip->count; i++)
        zip_put_entry(&out, &zip->members[i]);
    size_t bytes = out.len - directory;
    pl_buf_add_str(&out, zip->behind_directory);
    zip_put_end(&out, zip, directory, bytes);
    pl_buf_add_str(&out, zip->suffix);
    assert_true(pl_buf_ok(&out));
    return pl_arena_dup(zip->arena, pl_buf_view(&out));
}

#endif
