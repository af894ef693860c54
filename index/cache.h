/*
 * The cache folder: entries that are never trusted.
 *
 * An entry is one file: a header (kind, format, length, checksum) and the
 * payload. It is read whole with one read, never mapped, and counts as absent
 * when anything about it is off: cut, flipped, of another format, not a
 * regular file, owned by another user than root, too large, or of another name
 * or site than it was written for. It is written to a temporary name beside it
 * and renamed, so readers see old or new bytes, never a part. No locks, no
 * links, no sync: a network volume is enough, and a crash costs at most a
 * request.
 *
 * Layout: DIR/v1/SITE/NAME.KIND, where SITE is sixteen hex digits of the
 * SHA-256 of the index URL (and of the user name, where one is sent), with a
 * file `site` saying the URL without credentials; or any word of a-z, 0-9 and
 * '-' for what belongs to no site. Folders 0700, files 0600. A file
 * CACHEDIR.TAG in v1 tells backups, and pl_cache_clean, what the folder is.
 *
 * A folder that cannot be made or written is no error of a run: saving does
 * nothing then, and pl_cache_trouble says why, for one warning. So it is with
 * a folder that belongs to another user than root: it is not even read.
 *
 *     cache = pl_cache_open(arena, dir);
 *     site = pl_cache_site(cache, url, user);
 *     if (!pl_cache_load(cache, arena, PL_CACHE_BLOCK, site, name, &bytes))
 *         ... pl_cache_save(cache, PL_CACHE_BLOCK, site, name, made);
 */
#ifndef PODLOCK_INDEX_CACHE_H
#define PODLOCK_INDEX_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/str.h"

enum pl_cache_kind {
    PL_CACHE_BLOCK = 1, /* a project on one index: index/block.h */
    PL_CACHE_LISTING,   /* the names an index lists */
    PL_CACHE_TRAIL,     /* what an earlier run read: resolver/trail.h */
};

/* "block", "listing", "trail": the end of an entry's file name. */
struct pl_str pl_cache_kind_name(enum pl_cache_kind kind);

struct pl_cache;

/* $XDG_CACHE_HOME/podlock, else ~/.cache/podlock; empty when neither is. */
struct pl_str pl_cache_default_dir(struct pl_arena *arena);
/* Opens without touching the disk. An empty `dir` gives no cache at all. */
struct pl_cache *pl_cache_open(struct pl_arena *arena, struct pl_str dir);

/* The site's folder name; `username` empty when none is sent. */
struct pl_str pl_cache_site(struct pl_cache *cache, struct pl_str index_url,
                            struct pl_str username);

/* False: absent, or as good as. `name` is one safe part of a path. */
bool pl_cache_load(struct pl_cache *cache, struct pl_arena *arena,
                   enum pl_cache_kind kind, struct pl_str site,
                   struct pl_str name, struct pl_str *payload);
/*
 * The same into memory of the cache, until the next peek: for payloads of which
 * little is kept.
 */
bool pl_cache_peek(struct pl_cache *cache, enum pl_cache_kind kind,
                   struct pl_str site, struct pl_str name,
                   struct pl_str *payload);
/*
 * A part of a payload that was peeked at before, into the arena. Nothing is
 * checked: it may be damaged or another payload's by now.
 */
bool pl_cache_read_part(struct pl_cache *cache, struct pl_arena *arena,
                        enum pl_cache_kind kind, struct pl_str site,
                        struct pl_str name, size_t from, size_t len,
                        struct pl_str *out);
void pl_cache_save(struct pl_cache *cache, enum pl_cache_kind kind,
                   struct pl_str site, struct pl_str name,
                   struct pl_str payload);
/* Why nothing is written, once something could not be; else empty. */
struct pl_str pl_cache_trouble(const struct pl_cache *cache);

/*
 * Many processes with the same question: one asks the network, the others
 * wait for it. True: this process asks, and must release when it is done.
 * False: another one does, and is alive (its claim moves, as seen by this
 * process's own monotonic clock: clocks of hosts are not compared); call again
 * after a while. A claim that does not move for PL_CACHE_CLAIM_SECONDS is
 * taken over, and at once when its process ran on this host and is gone.
 * Always true without a cache that can be written. One claim at a time.
 *
 * Nothing rests on a claim: should two processes ever hold one, both ask.
 */
bool pl_cache_claim(struct pl_cache *cache, struct pl_str key);
/* Call it often: it does something once a second. */
void pl_cache_claim_refresh(struct pl_cache *cache);
void pl_cache_claim_release(struct pl_cache *cache);

#endif
