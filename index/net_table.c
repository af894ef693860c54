/* The one symbol of libpodlock-net.so. */
#include "index/archive_tar.h"
#include "index/net.h"
#include "index/page_html.h"
#include "index/sdist.h"

extern const struct pl_net pl_net_table;

__attribute__((visibility("default"))) const struct pl_net pl_net_table = {
    .version = PL_NET_VERSION,
    .page_parse_html = pl_page_parse_html,
    .rows_parse_html = pl_rows_parse_html,
    .listing_parse_html = pl_listing_parse_html,
    .sdist_parse = pl_sdist_parse,
    .wheel_read = pl_wheel_read,
    .fetch_open = pl_fetch_open,
    .fetch_start = pl_fetch_start,
    .fetch_next = pl_fetch_next,
    .fetch_stats = pl_fetch_stats,
    .fetch_close = pl_fetch_close,
    .archive_open = pl_archive_open_tar,
};
