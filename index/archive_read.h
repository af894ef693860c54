/*
 * Tar archives, plain, gzip or zstd, read in one pass.
 *
 * The bytes come from a feed, so that an archive may be a pipe, or a member of
 * another archive. libarchive does the work, behind index/net.h.
 *
 *     struct pl_archive *archive;
 *     if (!pl_archive_open(arena, feed, user, &archive, err)) return false;
 *     while (pl_archive_next(archive, &member, &any, err) && any)
 *         ... pl_archive_read(archive, &bytes, err) ...
 *     pl_archive_close(archive);
 *
 * Names are as written: any bytes, absolute, with "..": nothing is unpacked.
 * A member that is not read is skipped. What is packed twice is refused, and
 * no other program is started to unpack. How much comes out is for the caller
 * to bound: a sparse member may be larger than any disk.
 *
 * Errors: PL_ERR_INPUT (no archive, damaged, cut off), and the feed's.
 */
#ifndef PODLOCK_INDEX_ARCHIVE_READ_H
#define PODLOCK_INDEX_ARCHIVE_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/str.h"

enum pl_member_type {
    PL_MEMBER_FILE,
    PL_MEMBER_FOLDER,
    PL_MEMBER_LINK,
    PL_MEMBER_HARD_LINK, /* to a member before it, whose name `target` is */
    PL_MEMBER_OTHER,     /* fifo, device */
};

/* Views are good until the next member is asked for. */
struct pl_member {
    struct pl_str name, target; /* target: of links */
    enum pl_member_type type;
    uint64_t size;   /* of a file, holes included */
    uint64_t stored; /* without the holes */
    bool is_executable;
};

/* The next bytes, good until the next call; empty at the end. */
typedef bool (*pl_archive_feed)(void *user, struct pl_str *bytes,
                                struct pl_error *err);

struct pl_archive {
    bool (*next)(struct pl_archive *archive, struct pl_member *member,
                 bool *any, struct pl_error *err);
    bool (*read)(struct pl_archive *archive, struct pl_str *bytes,
                 struct pl_error *err);
    void (*close)(struct pl_archive *archive);
};

/* Errors: also PL_ERR_FILE, when libarchive cannot be loaded. */
PL_MUST_CHECK bool pl_archive_open(struct pl_arena *arena, pl_archive_feed feed,
                                   void *user, struct pl_archive **out,
                                   struct pl_error *err);
/* *any: false at the end. */
PL_MUST_CHECK bool pl_archive_next(struct pl_archive *archive,
                                   struct pl_member *member, bool *any,
                                   struct pl_error *err);
/*
 * The next bytes of the member, holes as zeros; good until the next call of
 * this archive; empty at its end.
 */
PL_MUST_CHECK bool pl_archive_read(struct pl_archive *archive,
                                   struct pl_str *bytes, struct pl_error *err);
void pl_archive_close(struct pl_archive *archive); /* NULL is accepted */

#endif
