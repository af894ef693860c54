/*
 * The few parts of a zip file that reading one member takes, from bytes.
 *
 * Standard: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 *
 * For wheels (index/wheel.h), so that errors speak of "its wheel". Three steps,
 * each given exactly the bytes it is about, none of which need the whole file:
 *
 *     pl_zip_end_parse(tail, total, &end, err)    the last bytes of the file
 *     pl_zip_directory_parse(arena, directory, &end, &entries, err)
 *     pl_zip_member_read(arena, entry, member, &text, err)
 *
 * What must hold, beyond what a reader needs, because readers differ:
 *
 * - one end record, whose comment ends with the file; no other one among the
 *   tail's bytes that would end with the file or lies right behind the
 *   directory that it states;
 * - a zip64 end record of 56 bytes and its locator stand right before it, or
 *   none; where both records state a number, it is the same;
 * - one disk; the directory ends where the end records begin, starts where
 *   they say, has as many entries as they say and nothing else;
 * - the first member begins with the file, members do not overlap, and between
 *   them lies no more than a local extra field and a data descriptor take;
 * - extra fields can be read; zip64 numbers are there when they are needed;
 * - of the member that is read: local header and directory agree in name,
 *   method, flags, sizes and CRC; a data descriptor is there when announced,
 *   and agrees; nothing else lies behind it; stored or deflated and not
 *   encrypted; size and CRC are those of the text.
 *
 * Of other members only the directory is looked at: their local headers would
 * be a request each.
 *
 * Entries view the directory's bytes. Bounds: PL_MAX_WHEEL_DIRECTORY_BYTES,
 * PL_MAX_WHEEL_MEMBERS, and PL_MAX_METADATA_BYTES for the member, packed and
 * not. Errors: PL_ERR_INPUT with a reason for people; PL_ERR_LIMIT.
 */
#ifndef PODLOCK_INDEX_ZIP_H
#define PODLOCK_INDEX_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/str.h"

struct pl_zip_end {
    uint64_t directory; /* where it begins in the file */
    uint64_t directory_bytes;
    uint64_t count; /* of entries */
};

struct pl_zip_entry {
    struct pl_str name;    /* as written: any bytes */
    struct pl_str unicode; /* the name in Info-ZIP's field; empty: none */
    uint32_t flags, method, crc;
    uint64_t packed, size; /* bytes */
    uint64_t offset;       /* of the local header in the file */
    uint64_t room;         /* bytes from there to what comes next */
    bool is_plain;         /* no symbolic link, device ... */
};

struct pl_zip_entries {
    const struct pl_zip_entry *at; /* in the order of the directory */
    size_t count;
};

/* `tail`: the last PL_WHEEL_TAIL_BYTES of `total`, or all when it has less. */
PL_MUST_CHECK bool pl_zip_end_parse(struct pl_str tail, uint64_t total,
                                    struct pl_zip_end *out,
                                    struct pl_error *err);
PL_MUST_CHECK bool pl_zip_directory_parse(struct pl_arena *arena,
                                          struct pl_str bytes,
                                          const struct pl_zip_end *end,
                                          struct pl_zip_entries *out,
                                          struct pl_error *err);
/* Fit to be read at all? To be asked before its bytes are fetched. */
PL_MUST_CHECK bool pl_zip_entry_check(const struct pl_zip_entry *entry,
                                      struct pl_error *err);
/* `bytes`: entry->room of them, from entry->offset on. */
PL_MUST_CHECK bool pl_zip_member_read(struct pl_arena *arena,
                                      const struct pl_zip_entry *entry,
                                      struct pl_str bytes, struct pl_str *out,
                                      struct pl_error *err);

#endif
