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
 * Which pieces there are, in which order and how they overlap changes nothing
 * in the answer. Of a file that is at hand in part, three ranges are asked for
 * at most, when each is given whole: the last PL_WHEEL_TAIL_BYTES (to be given
 * first), what lacks of the directory before them, the member. Zip files are
 * read by index/zip.h and not by libarchive, which goes to every member's
 * local header: a request each.
 *
 * What must hold of the zip stands in index/zip.h. Of the names in it, because
 * installers differ in what they make of an odd one:
 *
 * - one folder at the top ends in ".dist-info", and it is
 *   NAME-VERSION.dist-info of the file's own name and version, compared in
 *   their normal forms ("_" in the version stands for "-" too);
 * - METADATA lies in it once, and no other entry could be taken for it: one of
 *   other case, with "./", "..", "//", a backslash, a NUL or a slash behind, or
 *   whose second name (Info-ZIP's) is another. Elsewhere odd names are nobody's
 *   concern.
 *
 * Whether the METADATA are those that the index states a hash of, and what they
 * say, is the caller's to check.
 *
 * `metadata` lives in the arena. Errors: PL_ERR_INPUT with the reason for
 * people ("its wheel ..."), which may hold foreign text; PL_ERR_LIMIT for a
 * directory of more than PL_MAX_WHEEL_DIRECTORY_BYTES or PL_MAX_WHEEL_MEMBERS
 * entries, and METADATA of more than PL_MAX_METADATA_BYTES.
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
