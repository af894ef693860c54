/*
 * What the files of the cache share: cache.c reads and writes entries,
 * cache_claim.c claims, cache_admin.c looks after the folder.
 */
#ifndef PODLOCK_INDEX_CACHE_INTERNAL_H
#define PODLOCK_INDEX_CACHE_INTERNAL_H

#include <sys/stat.h>

#include "core/limits.h"
#include "core/vec.h"
#include "index/cache.h"

#define CACHE_VERSION "v1"
#define CACHE_CLAIMS "claims"
#define CACHE_SITE_FILE "site"
#define CACHE_TAG "CACHEDIR.TAG"
#define CACHE_TEMPORARY ".new-" /* and a name nobody else has */
#define CACHE_TEMPORARY_S 600   /* a temporary file may be in use so long */

/* https://bford.info/cachedir/ */
#define CACHE_TAG_TEXT                                                         \
    "Signature: 8a477f597d28d172789f06886806bc55\n"                            \
    "# This folder is podlock's cache; `podlock cache clean` empties it.\n"

struct cache_path {
    char text[PL_MAX_PATH_BYTES];
    size_t len;
    bool over;
};

struct cache_site {
    struct pl_str folder, url;
    bool has_user;
    bool is_made; /* known to be there, and ours */
};

enum cache_root_state { ROOT_UNKNOWN, ROOT_ABSENT, ROOT_THERE, ROOT_REFUSED };

/* A claim of another process, as it was last seen. */
struct cache_rival {
    char text[256];
    size_t len;
    uint64_t since_ns;
};

struct pl_cache {
    struct pl_arena *arena;
    struct pl_str dir, root; /* DIR and DIR/v1 */
    enum cache_root_state state;
    struct pl_str trouble; /* once set, nothing is written any more */
    PL_VEC(struct cache_site) sites;
    char *scratch; /* of pl_cache_peek */
    size_t scratch_size;
    struct cache_path claim; /* len 0: none */
    char claim_token[17];
    uint64_t claim_moves, claim_moved_ns;
    struct cache_rival rival;
};

/* ROOT/folder/name.suffix; each but the first may be empty. */
struct cache_path pl_cache_path(struct pl_str root, struct pl_str folder,
                                struct pl_str name, struct pl_str suffix);
/* A word of a-z, 0-9, '-', '_' and '.', which does not begin with '.'. */
bool pl_cache_name_safe(struct pl_str name);
/* Ours, or root's. */
bool pl_cache_owner_ok(const struct stat *info);
/* Looks at the folder once; makes it when asked to. */
bool pl_cache_root(struct pl_cache *cache, bool make);
/* Makes ROOT/name, or finds that it is a folder of ours. */
bool pl_cache_make_folder(struct pl_cache *cache, struct pl_str name);
void pl_cache_set_trouble(struct pl_cache *cache, const char *what);
/* Reads a regular file that is ours; false when it is anything else. */
bool pl_cache_read(struct pl_arena *arena, const char *path, size_t max,
                   struct pl_str *out);
uint64_t pl_cache_random(void);

#endif
