/*
 * METADATA out of a wheel of which only some bytes are at hand.
 *
 * Standard: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (zip)
 * and
 * https://packaging.python.org/en/latest/specifications/binary-distribution-format/
 *
 * The caller has pieces of the file (range requests, or all of it) and asks;
 * the answer is the METADATA, or the next range that is needed, or an error:
 *
 *     for (;;) {
 *         if (!pl_wheel_read(arena, &bytes, file, &need, &text, err)) ...
 *         if (!need.length) break;      the text is there
 *         fetch need.offset .. need.offset + need.length, add the piece
 *     }
 *
 * At most three ranges are ever asked for: the end of the file (given first by
 * the caller, PL_WHEEL_TAIL_BYTES), the central directory when it is not in
 * it, the member. libarchive is not used: going over the directory it reads
 * every member's local header, which is a request each.
 *
 * Strict, because installers differ in what they make of an odd zip: exactly
 * one end record, at the very end; the directory lies directly before it and
 * begins where the record says; zip64 fields agree; exactly one
 * NAME-VERSION.dist-info/METADATA at the top, of the file's own name and
 * version, and no other entry of that name; local header and directory agree
 * in name, method, sizes and CRC; stored or deflated, not encrypted; the
 * decoded size is what was stated and at most PL_MAX_METADATA_BYTES; the CRC
 * is right.
 *
 * Errors: PL_ERR_INPUT with the reason for people ("its wheel ..."),
 * PL_ERR_LIMIT for a directory of more than PL_MAX_WHEEL_DIRECTORY_BYTES.
 */
#ifndef PODLOCK_INDEX_WHEEL_H
#define PODLOCK_INDEX_WHEEL_H

#include "core/vec.h"
#include "index/index.h"

struct pl_wheel_piece {
    uint64_t offset;
    struct pl_str bytes;
};

struct pl_wheel_bytes {
    uint64_t total; /* size of the whole file */
    PL_VEC(struct pl_wheel_piece) pieces;
};

struct pl_wheel_need {
    uint64_t offset, length; /* length 0: nothing more */
};

PL_MUST_CHECK bool pl_wheel_read(struct pl_arena *arena,
                                 const struct pl_wheel_bytes *bytes,
                                 const struct pl_file *file,
                                 struct pl_wheel_need *need,
                                 struct pl_str *metadata, struct pl_error *err);

#endif
