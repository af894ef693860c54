#include "index/zip.h"

#include <stdlib.h>

#include "core/limits.h"
#include "index/zip_bytes.h"

#define END_BYTES 22
#define LOCATOR_BYTES 20
#define END64_BYTES 56
#define ENTRY_BYTES 46

#define END_MARK "PK\5\6"
#define LOCATOR_MARK "PK\6\7"
#define END64_MARK "PK\6\6"
#define ENTRY_MARK "PK\1\2"

#define EXTRA_ZIP64 0x0001
#define EXTRA_UNICODE_NAME 0x7075

#define MADE_ON_UNIX 3
#define MODE_KIND 0170000u
#define MODE_FILE 0100000u

/* ---- the end ---- */

/* What both kinds of end record state. */
struct end_fields {
    uint64_t disk, directory_disk, count_here, count, bytes, directory;
};

static struct end_fields end_at(struct pl_str tail, size_t at)
{
    return (struct end_fields){
        .disk = pl_zip_u16(tail, at + 4),
        .directory_disk = pl_zip_u16(tail, at + 6),
        .count_here = pl_zip_u16(tail, at + 8),
        .count = pl_zip_u16(tail, at + 10),
        .bytes = pl_zip_u32(tail, at + 12),
        .directory = pl_zip_u32(tail, at + 16),
    };
}

static struct end_fields end64_at(struct pl_str tail, size_t at)
{
    return (struct end_fields){
        .disk = pl_zip_u32(tail, at + 16),
        .directory_disk = pl_zip_u32(tail, at + 20),
        .count_here = pl_zip_u64(tail, at + 24),
        .count = pl_zip_u64(tail, at + 32),
        .bytes = pl_zip_u64(tail, at + 40),
        .directory = pl_zip_u64(tail, at + 48),
    };
}

/* The last mark before `before`; false when there is none. */
static bool find_mark_before(struct pl_str tail, size_t before, size_t *at)
{
    for (size_t i = before; i-- > 0;)
        if (pl_zip_has_mark(tail, i, END_MARK)) {
            *at = i;
            return true;
        }
    return false;
}

static size_t end_of_comment(struct pl_str tail, size_t at)
{
    return at + END_BYTES + pl_zip_u16(tail, at + 20);
}

static bool find_end(struct pl_str tail, size_t *at, struct pl_error *err)
{
    if (!find_mark_before(tail, tail.len, at))
        return PL_ZIP_ERROR(err, "has no end record: it is cut off or no zip");
    if (tail.len - *at < END_BYTES || end_of_comment(tail, *at) > tail.len)
        return PL_ZIP_ERROR(err, "is cut off within its end record");
    if (end_of_comment(tail, *at) < tail.len)
        return PL_ZIP_ERROR(err, "has bytes after its end record");
    return true;
}

/*
 * A mark alone is no record: a zip that is stored in a wheel has one too, but
 * states places of its own.
 */
static bool check_only_end(struct pl_str tail, uint64_t start, size_t end,
                           struct pl_error *err)
{
    for (size_t at = end; find_mark_before(tail, at, &at);) {
        struct end_fields fields = end_at(tail, at);
        if (end_of_comment(tail, at) == tail.len ||
            fields.directory + fields.bytes == start + at)
            return PL_ZIP_ERROR(err, "has two end records");
    }
    return true;
}

static bool agrees(uint64_t stated, uint64_t most, uint64_t in_zip64)
{
    return stated == in_zip64 || stated == most;
}

static bool agree(const struct end_fields *a, const struct end_fields *b)
{
    return agrees(a->disk, UINT16_MAX, b->disk) &&
           agrees(a->directory_disk, UINT16_MAX, b->directory_disk) &&
           agrees(a->count_here, UINT16_MAX, b->count_here) &&
           agrees(a->count, UINT16_MAX, b->count) &&
           agrees(a->bytes, UINT32_MAX, b->bytes) &&
           agrees(a->directory, UINT32_MAX, b->directory);
}

/* Moves *at to the zip64 end record when there is one. */
static bool read_zip64(struct pl_str tail, uint64_t start, size_t *at,
                       struct end_fields *fields, struct pl_error *err)
{
    if (*at < LOCATOR_BYTES ||
        !pl_zip_has_mark(tail, *at - LOCATOR_BYTES, LOCATOR_MARK))
        return true;
    size_t locator = *at - LOCATOR_BYTES;
    size_t end64 = locator - END64_BYTES;
    if (locator < END64_BYTES || !pl_zip_has_mark(tail, end64, END64_MARK) ||
        pl_zip_u64(tail, end64 + 4) != END64_BYTES - 12 ||
        pl_zip_u64(tail, locator + 8) != start + end64 ||
        pl_zip_u32(tail, locator + 4) != 0 ||
        pl_zip_u32(tail, locator + 16) > 1)
        return PL_ZIP_ERROR(err, "has no zip64 end record where it says");
    struct end_fields wide = end64_at(tail, end64);
    if (!agree(fields, &wide))
        return PL_ZIP_ERROR(err, "has two end records, of zip and of zip64, "
                                 "that differ");
    *fields = wide;
    *at = end64;
    return true;
}

static bool check_end(const struct end_fields *fields, uint64_t at,
                      struct pl_error *err)
{
    if (fields->disk || fields->directory_disk ||
        fields->count != fields->count_here)
        return PL_ZIP_ERROR(err, "is a part of a zip that was split");
    if (fields->bytes > at || fields->directory != at - fields->bytes)
        return PL_ZIP_ERROR(err, "has no directory where its end record says");
    if (fields->count > fields->bytes / ENTRY_BYTES)
        return PL_ZIP_ERROR(err, "has fewer entries than its end record says");
    if (fields->bytes > PL_MAX_WHEEL_DIRECTORY_BYTES ||
        fields->count > PL_MAX_WHEEL_MEMBERS)
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "its wheel has a directory of more than %u "
                              "bytes or %d entries",
                              PL_MAX_WHEEL_DIRECTORY_BYTES,
                              PL_MAX_WHEEL_MEMBERS);
    return true;
}

bool pl_zip_end_parse(struct pl_str tail, uint64_t total,
                      struct pl_zip_end *out, struct pl_error *err)
{
    size_t at = 0;
    uint64_t start = total - tail.len;
    if (!find_end(tail, &at, err) || !check_only_end(tail, start, at, err))
        return false;
    /* Whether a locator stands before it could not be told. */
    if (start && at < LOCATOR_BYTES + END64_BYTES)
        return PL_ZIP_ERROR(err, "has a comment that is too long");
    struct end_fields fields = end_at(tail, at);
    if (!read_zip64(tail, start, &at, &fields, err) ||
        !check_end(&fields, start + at, err))
        return false;
    *out = (struct pl_zip_end){fields.directory, fields.bytes, fields.count};
    return true;
}

/* ---- the directory ---- */

/* The next extra field off *rest; bytes that are too few for one are left. */
static bool next_extra(struct pl_str *rest, uint32_t *id, struct pl_str *field)
{
    if (rest->len < 4)
        return false;
    *id = pl_zip_u16(*rest, 0);
    *field = pl_str_sub(*rest, 4, 4 + pl_zip_u16(*rest, 2));
    *rest = pl_str_sub(*rest, 4 + pl_zip_u16(*rest, 2), rest->len);
    return true;
}

bool pl_zip_extra_find(struct pl_str extra, uint32_t wanted,
                       struct pl_str *field, struct pl_error *err)
{
    struct pl_str rest = extra, one, found = PL_STR("");
    uint32_t id, times = 0;
    while (rest.len >= 4) {
        size_t stated = pl_zip_u16(rest, 2);
        if (!next_extra(&rest, &id, &one) || one.len != stated)
            return PL_ZIP_ERROR(err, "has an extra field that is cut off");
        if (id != wanted)
            continue;
        found = one;
        times++;
    }
    if (times > 1)
        return PL_ZIP_ERROR(err, "has an extra field twice");
    *field = found;
    return true;
}

/* Replaces a number that stands for "see zip64" by the next of the field. */
static bool widen(uint64_t *number, struct pl_str *field)
{
    if (*number != UINT32_MAX)
        return true;
    if (field->len < 8)
        return false;
    *number = pl_zip_u64(*field, 0);
    *field = pl_str_sub(*field, 8, field->len);
    return true;
}

static bool read_extra(struct pl_str extra, uint32_t disk,
                       struct pl_zip_entry *entry, struct pl_error *err)
{
    struct pl_str wide, name;
    if (!pl_zip_extra_find(extra, EXTRA_ZIP64, &wide, err) ||
        !pl_zip_extra_find(extra, EXTRA_UNICODE_NAME, &name, err))
        return false;
    if (!widen(&entry->size, &wide) || !widen(&entry->packed, &wide) ||
        !widen(&entry->offset, &wide))
        return PL_ZIP_ERROR(err, "lacks zip64 numbers that it points to");
    if (disk == UINT16_MAX && wide.len >= 4)
        disk = pl_zip_u32(wide, 0);
    if (disk)
        return PL_ZIP_ERROR(err, "is a part of a zip that was split");
    entry->unicode = pl_str_sub(name, 5, name.len);
    return true;
}

static bool is_plain_file(struct pl_str bytes)
{
    uint32_t kind = (pl_zip_u32(bytes, 38) >> 16) & MODE_KIND;
    bool on_unix = pl_zip_u16(bytes, 4) >> 8 == MADE_ON_UNIX;
    return !on_unix || !kind || kind == MODE_FILE;
}

/* Takes one entry off *rest. */
static bool read_entry(struct pl_str *rest, struct pl_zip_entry *entry,
                       struct pl_error *err)
{
    struct pl_str at = *rest;
    if (at.len < ENTRY_BYTES || !pl_zip_has_mark(at, 0, ENTRY_MARK))
        return PL_ZIP_ERROR(err, "has a directory that cannot be read");
    size_t name = ENTRY_BYTES, extra = name + pl_zip_u16(at, 28);
    size_t comment = extra + pl_zip_u16(at, 30);
    size_t end = comment + pl_zip_u16(at, 32);
    if (end > at.len)
        return PL_ZIP_ERROR(err, "has a directory that is cut off");
    *entry = (struct pl_zip_entry){
        .name = pl_str_sub(at, name, extra),
        .flags = pl_zip_u16(at, 8),
        .method = pl_zip_u16(at, 10),
        .crc = pl_zip_u32(at, 16),
        .packed = pl_zip_u32(at, 20),
        .size = pl_zip_u32(at, 24),
        .offset = pl_zip_u32(at, 42),
        .is_plain = is_plain_file(at),
    };
    *rest = pl_str_sub(at, end, at.len);
    return read_extra(pl_str_sub(at, extra, comment), pl_zip_u16(at, 34), entry,
                      err);
}

/* ---- where members lie ---- */

static int cmp_offsets(const void *a, const void *b)
{
    const struct pl_zip_entry *const *x = a, *const *y = b;
    return ((*x)->offset > (*y)->offset) - ((*x)->offset < (*y)->offset);
}

/* `next` is where the next member begins, or the directory. */
static bool measure(struct pl_zip_entry *entry, uint64_t next,
                    struct pl_error *err)
{
    uint64_t least = PL_ZIP_LOCAL_BYTES + entry->name.len;
    uint64_t room = next > entry->offset ? next - entry->offset : 0;
    if (least > room || entry->packed > room - least)
        return PL_ZIP_ERROR(err, "has members that overlap");
    if (room - least - entry->packed > UINT16_MAX + PL_ZIP_DESCRIPTOR64_BYTES)
        return PL_ZIP_ERROR(err, "has bytes that belong to no member");
    entry->room = room;
    return true;
}

static bool measure_all(struct pl_arena *arena, struct pl_zip_entry *entries,
                        size_t count, uint64_t directory, struct pl_error *err)
{
    struct pl_zip_entry **order =
        pl_new_array(arena, struct pl_zip_entry *, count);
    for (size_t i = 0; i < count; i++)
        order[i] = &entries[i];
    qsort(order, count, sizeof(order[0]), cmp_offsets);
    if ((count ? order[0]->offset : directory) != 0)
        return PL_ZIP_ERROR(err, "has bytes before its first member");
    for (size_t i = 0; i < count; i++)
        if (!measure(order[i], i + 1 < count ? order[i + 1]->offset : directory,
                     err))
            return false;
    return true;
}

bool pl_zip_directory_parse(struct pl_arena *arena, struct pl_str bytes,
                            const struct pl_zip_end *end,
                            struct pl_zip_entries *out, struct pl_error *err)
{
    size_t count = (size_t)end->count;
    struct pl_zip_entry *entries =
        pl_new_array(arena, struct pl_zip_entry, count);
    for (size_t i = 0; i < count; i++)
        if (!read_entry(&bytes, &entries[i], err))
            return false;
    if (bytes.len)
        return PL_ZIP_ERROR(err, "has more in its directory than its end "
                                 "record says");
    if (!measure_all(arena, entries, count, end->directory, err))
        return false;
    *out = (struct pl_zip_entries){entries, count};
    return true;
}
