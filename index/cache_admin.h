/*
 * Looking after the cache folder: what is in it, whether it is whole, and
 * removing what is of no use.
 *
 * Only what podlock itself makes is ever touched: files of its names in the
 * folders of DIR/v1, by folders that were opened and never through a link. A
 * folder that is no podlock cache is an error (PL_ERR_FILE); one that is not
 * there, or empty, is an empty cache. Other processes may use it meanwhile:
 * what they lose they ask for again.
 *
 *     struct pl_cache_survey survey;
 *     if (!pl_cache_look(cache, arena, &survey, err)) ...
 *     for (size_t i = 0; i < survey.entries.len; i++)
 *         if (!pl_cache_is_whole(cache, &survey.entries.at[i])) ...
 */
#ifndef PODLOCK_INDEX_CACHE_ADMIN_H
#define PODLOCK_INDEX_CACHE_ADMIN_H

#include "core/vec.h"
#include "index/cache.h"

struct pl_cache_entry {
    struct pl_str site; /* its folder */
    struct pl_str name; /* as it was saved */
    enum pl_cache_kind kind;
    uint64_t size;   /* bytes of the file */
    int64_t changed; /* seconds since 1970, by the clock of the volume */
};

struct pl_cache_place {
    struct pl_str site; /* its folder */
    struct pl_str url;  /* empty: not known */
    bool has_user;      /* of an index that is asked with a user name */
};

struct pl_cache_survey {
    PL_VEC(struct pl_cache_place) places;  /* sorted by folder */
    PL_VEC(struct pl_cache_entry) entries; /* by folder, then name */
    size_t others;  /* temporary files, claims, files that name a site */
    size_t foreign; /* of other names: not podlock's */
    uint64_t bytes; /* of all but the foreign ones */
};

PL_MUST_CHECK bool pl_cache_look(struct pl_cache *cache, struct pl_arena *arena,
                                 struct pl_cache_survey *out,
                                 struct pl_error *err);
/* Is it as it was written, and a block one that can be read? */
bool pl_cache_is_whole(struct pl_cache *cache,
                       const struct pl_cache_entry *entry);

struct pl_cache_removed {
    size_t entries, damaged; /* damaged ones are among the entries */
    size_t others;
    size_t foreign; /* left where they are */
    uint64_t bytes;
};

/*
 * Removes damaged entries, those that were written longer than `older_than`
 * seconds ago, what dead processes left, and folders without entries.
 */
PL_MUST_CHECK bool pl_cache_prune(struct pl_cache *cache,
                                  struct pl_arena *arena, uint64_t older_than,
                                  struct pl_cache_removed *out,
                                  struct pl_error *err);
/* Removes everything. */
PL_MUST_CHECK bool pl_cache_clean(struct pl_cache *cache,
                                  struct pl_arena *arena,
                                  struct pl_cache_removed *out,
                                  struct pl_error *err);

#endif
