/*
 * The index over the network, with the cache before it.
 *
 * Where a name is asked:
 *
 * - the torch family first of the torch index; elsewhere only as
 *   rules/torch-family.toml says. On the torch index 403 means absent only
 *   when its listing, read in this run or fresh in the cache, does not name
 *   the project;
 * - every other name of the sites in their order, the user's before the
 *   default one: the first that has it (first-index), or all of them (the
 *   unsafe strategies, as uv's). All sites are asked at once; a site that
 *   fails is an error unless one before it has the name. 404 and 410 mean
 *   absent; 401, 403 and 5xx never do;
 * - files of --find-links stand beside what the sites have.
 *
 * Metadata, in this order: NAME.metadata where the page offers it; METADATA
 * out of the wheel by ranges; out of the whole wheel when the server ignores
 * ranges; a source distribution whole. What the page states a hash of is
 * checked against it: a difference ends the run (PL_ERR_INTEGRITY). A file
 * that is gone (404, 410) makes its version unusable, with the reason.
 *
 * Fresh blocks of the cache are used without a request, stale ones are asked
 * about with their ETag. Offline, blocks of any age are used, and what is not
 * in the cache is an error (PL_ERR_INDEX) with the name; pages of --find-links
 * never are.
 */
#ifndef PODLOCK_INDEX_REMOTE_H
#define PODLOCK_INDEX_REMOTE_H

#include "index/cache.h"
#include "index/fetch.h"
#include "index/index.h"
#include "rules/torch_family.h"

enum pl_index_strategy {
    PL_STRATEGY_FIRST_INDEX,
    PL_STRATEGY_UNSAFE_FIRST_MATCH,
    PL_STRATEGY_UNSAFE_BEST_MATCH,
};

struct pl_progress {
    uint64_t asked, answered; /* pages and metadata */
    uint64_t bytes;
    struct pl_str now; /* a name that is waited for */
    bool waiting;      /* for another process that asks the same */
};

struct pl_remote_options {
    const struct pl_str *sites;      /* URLs ending in '/', no credentials */
    size_t site_count;               /* the default index last */
    struct pl_str torch_site;        /* ".../whl/cu124/"; empty: none */
    const struct pl_str *find_links; /* folders, or URLs of pages */
    size_t find_link_count;
    enum pl_index_strategy strategy;
    const struct pl_torch_family *family;
    struct pl_fetch_options fetch;
    struct pl_cache *cache; /* NULL: none */
    bool offline;
    bool refresh;                       /* ask about everything again */
    const struct pl_str *refresh_names; /* ask about these; normalised */
    size_t refresh_name_count;
    struct pl_str claim; /* the same for processes with the same question */
    /* Called now and then while waiting; may be NULL. */
    void (*report)(void *user, const struct pl_progress *progress);
    void *user;
};

/* What was learnt is written to the cache now and then, and by closing. */
PL_MUST_CHECK bool pl_index_open_remote(struct pl_arena *arena,
                                        const struct pl_remote_options *opts,
                                        struct pl_index **out,
                                        struct pl_error *err);

#endif
