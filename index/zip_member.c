#define ZLIB_CONST

#include "index/zip.h"

#include <zlib.h>

#include "core/limits.h"
#include "index/zip_bytes.h"

#define LOCAL_MARK "PK\3\4"
#define DESCRIPTOR_MARK "PK\7\10"

#define EXTRA_ZIP64 0x0001
#define EXTRA_UNICODE_NAME 0x7075

#define FLAG_HAS_DESCRIPTOR (1u << 3)
#define FLAGS_ENCRYPTED (1u << 0 | 1u << 6 | 1u << 13)
/* How well it was packed, a descriptor, a name in UTF-8. */
#define FLAGS_KNOWN (1u << 1 | 1u << 2 | FLAG_HAS_DESCRIPTOR | 1u << 11)

#define METHOD_STORED 0
#define METHOD_DEFLATED 8

#define CHUNK_BYTES 16384

bool pl_zip_entry_check(const struct pl_zip_entry *entry, struct pl_error *err)
{
    if (entry->flags & FLAGS_ENCRYPTED)
        return PL_ZIP_ERROR(err, "has METADATA that are encrypted");
    if ((entry->flags & ~FLAGS_KNOWN) ||
        (entry->method != METHOD_STORED && entry->method != METHOD_DEFLATED))
        return PL_ZIP_ERROR(err, "has METADATA packed in an unknown way");
    if (!entry->is_plain)
        return PL_ZIP_ERROR(err, "has METADATA that are no plain file");
    if (entry->size > PL_MAX_METADATA_BYTES ||
        entry->packed > PL_MAX_METADATA_BYTES)
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "its wheel has METADATA of more than %u bytes",
                              PL_MAX_METADATA_BYTES);
    if (entry->method == METHOD_STORED && entry->packed != entry->size)
        return PL_ZIP_ERROR(err, "states two sizes of its METADATA");
    return true;
}

/* ---- the local header ---- */

static bool differs(struct pl_error *err, const char *what)
{
    return PL_ZIP_ERROR(err,
                        "has METADATA whose %s differs between the "
                        "directory and the member",
                        what);
}

/* With a descriptor the header's own may be 0. */
static bool is_same(const struct pl_zip_entry *entry, uint64_t here,
                    uint64_t in_directory)
{
    return here == in_directory ||
           (!here && (entry->flags & FLAG_HAS_DESCRIPTOR));
}

static bool check_sizes(const struct pl_zip_entry *entry, struct pl_str bytes,
                        struct pl_str extra, struct pl_error *err)
{
    struct pl_str wide, name;
    uint64_t packed = pl_zip_u32(bytes, 18), size = pl_zip_u32(bytes, 22);
    if (!pl_zip_extra_find(extra, EXTRA_ZIP64, &wide, err) ||
        !pl_zip_extra_find(extra, EXTRA_UNICODE_NAME, &name, err))
        return false;
    if (name.len && !pl_str_eq(pl_str_sub(name, 5, name.len), entry->name))
        return differs(err, "name");
    if (size == UINT32_MAX && packed == UINT32_MAX && wide.len >= 16) {
        size = pl_zip_u64(wide, 0);
        packed = pl_zip_u64(wide, 8);
    }
    return (is_same(entry, size, entry->size) &&
            is_same(entry, packed, entry->packed)) ||
           differs(err, "size");
}

/* *data is where the packed bytes begin. */
static bool check_local(const struct pl_zip_entry *entry, struct pl_str bytes,
                        size_t *data, struct pl_error *err)
{
    if (bytes.len < PL_ZIP_LOCAL_BYTES ||
        !pl_zip_has_mark(bytes, 0, LOCAL_MARK))
        return PL_ZIP_ERROR(err, "has no METADATA where its directory says");
    size_t extra = PL_ZIP_LOCAL_BYTES + pl_zip_u16(bytes, 26);
    size_t end = extra + pl_zip_u16(bytes, 28);
    if (end > bytes.len || entry->packed > bytes.len - end)
        return PL_ZIP_ERROR(err, "has members that overlap");
    if (!pl_str_eq(pl_str_sub(bytes, PL_ZIP_LOCAL_BYTES, extra), entry->name))
        return differs(err, "name");
    if (pl_zip_u16(bytes, 6) != entry->flags)
        return differs(err, "kind");
    if (pl_zip_u16(bytes, 8) != entry->method)
        return differs(err, "packing");
    if (!is_same(entry, pl_zip_u32(bytes, 14), entry->crc))
        return differs(err, "checksum");
    *data = end;
    return check_sizes(entry, bytes, pl_str_sub(bytes, extra, end), err);
}

/* ---- what follows the data ---- */

/* Its mark may be left out and its sizes be wide: four lengths, all told. */
static bool is_descriptor(const struct pl_zip_entry *entry, struct pl_str rest)
{
    bool wide = rest.len == 20 || rest.len == PL_ZIP_DESCRIPTOR64_BYTES;
    bool marked = rest.len == 16 || rest.len == PL_ZIP_DESCRIPTOR64_BYTES;
    size_t at = marked ? 4 : 0;
    if (!wide && !marked && rest.len != 12)
        return false;
    if (marked && !pl_zip_has_mark(rest, 0, DESCRIPTOR_MARK))
        return false;
    uint64_t packed =
        wide ? pl_zip_u64(rest, at + 4) : pl_zip_u32(rest, at + 4);
    uint64_t size = wide ? pl_zip_u64(rest, at + 12) : pl_zip_u32(rest, at + 8);
    return pl_zip_u32(rest, at) == entry->crc && packed == entry->packed &&
           size == entry->size;
}

static bool check_rest(const struct pl_zip_entry *entry, struct pl_str rest,
                       struct pl_error *err)
{
    if (entry->flags & FLAG_HAS_DESCRIPTOR)
        return is_descriptor(entry, rest) ||
               PL_ZIP_ERROR(err, "has METADATA whose data descriptor is not "
                                 "what its directory says");
    return !rest.len ||
           PL_ZIP_ERROR(err, "has bytes behind its METADATA that belong to "
                             "no member");
}

/* ---- the data ---- */

static void finish_inflate(z_stream *stream)
{
    inflateEnd(stream);
}

static bool inflate_into(struct pl_str packed, struct pl_buf *out,
                         struct pl_error *err)
{
    unsigned char chunk[CHUNK_BYTES];
    z_stream stream PL_CLEANUP(finish_inflate) = {
        .next_in = (const unsigned char *)packed.at,
        .avail_in = (unsigned)packed.len,
    };
    int status = inflateInit2(&stream, -MAX_WBITS);
    if (status != Z_OK)
        pl_out_of_memory();
    while (status == Z_OK) {
        stream.next_out = chunk;
        stream.avail_out = sizeof(chunk);
        status = inflate(&stream, Z_NO_FLUSH);
        pl_buf_add(out, chunk, sizeof(chunk) - stream.avail_out);
        if (out->over)
            return PL_ZIP_ERROR(err, "has more METADATA than it says");
    }
    if (status == Z_STREAM_END && !stream.avail_in)
        return true;
    return PL_ZIP_ERROR(err, "has METADATA that cannot be unpacked");
}

bool pl_zip_member_read(struct pl_arena *arena,
                        const struct pl_zip_entry *entry, struct pl_str bytes,
                        struct pl_str *out, struct pl_error *err)
{
    size_t data = 0;
    if (!pl_zip_entry_check(entry, err) ||
        !check_local(entry, bytes, &data, err))
        return false;
    size_t end = data + (size_t)entry->packed;
    if (!check_rest(entry, pl_str_sub(bytes, end, bytes.len), err))
        return false;
    struct pl_str text = pl_str_sub(bytes, data, end);
    PL_BUF(unpacked, (size_t)entry->size);
    if (entry->method == METHOD_DEFLATED) {
        if (!inflate_into(text, &unpacked, err))
            return false;
        text = pl_buf_view(&unpacked);
    }
    if (text.len != entry->size)
        return PL_ZIP_ERROR(err, "has less METADATA than it says");
    if (crc32_z(0, (const unsigned char *)text.at, text.len) != entry->crc)
        return PL_ZIP_ERROR(err, "has METADATA whose checksum is wrong");
    *out = pl_arena_dup(arena, text);
    return true;
}
