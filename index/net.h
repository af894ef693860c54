/*
 * What needs libcurl, zlib, libxml2 or libarchive, behind one door.
 *
 * These libraries take longer to load than a warm run takes (docs/search.md
 * has figures), so they stand in libpodlock-net.so, which is opened when the
 * first byte from outside is really needed. Everything else of index/ reaches
 * them through this table.
 */
#ifndef PODLOCK_INDEX_NET_H
#define PODLOCK_INDEX_NET_H

#include "index/archive_read.h"
#include "index/fetch.h"
#include "index/index.h"
#include "index/page.h"
#include "index/wheel.h"

/* Grows with each change of a structure that both sides know. */
#define PL_NET_VERSION 6

struct pl_net {
    uint32_t version;
    /* index/page_html.h */
    bool (*page_parse_html)(struct pl_arena *, const struct pl_page_input *,
                            const struct pl_page **, struct pl_error *);
    bool (*rows_parse_html)(struct pl_arena *, struct pl_str body,
                            struct pl_str url, struct pl_page_rows *,
                            struct pl_error *);
    bool (*listing_parse_html)(struct pl_arena *, struct pl_str body,
                               struct pl_str **names, size_t *count,
                               struct pl_error *);
    /* index/sdist.h */
    bool (*sdist_parse)(struct pl_arena *, struct pl_str bytes,
                        const struct pl_file *, struct pl_metadata *,
                        struct pl_error *);
    /* index/wheel.h */
    bool (*wheel_read)(struct pl_arena *, const struct pl_wheel_bytes *,
                       const struct pl_file *, struct pl_wheel_need *need,
                       struct pl_str *metadata, struct pl_error *);
    /* index/fetch.h */
    bool (*fetch_open)(struct pl_arena *, const struct pl_fetch_options *,
                       struct pl_fetch **, struct pl_error *);
    void (*fetch_start)(struct pl_fetch *, const struct pl_request *);
    bool (*fetch_next)(struct pl_fetch *, int wait_ms, struct pl_response *,
                       bool *any, struct pl_error *);
    struct pl_fetch_stats (*fetch_stats)(const struct pl_fetch *);
    void (*fetch_close)(struct pl_fetch *);
    /* index/archive_read.h */
    bool (*archive_open)(struct pl_arena *, pl_archive_feed, void *user,
                         struct pl_archive **, struct pl_error *);
};

/*
 * The table, loaded at the first call. Errors: PL_ERR_FILE when the library is
 * not where podlock was installed, or of another version.
 */
PL_MUST_CHECK bool pl_net_load(const struct pl_net **out, struct pl_error *err);

#endif
