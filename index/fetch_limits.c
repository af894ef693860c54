#include "core/limits.h"
#include "index/fetch.h"

struct pl_fetch_limits pl_fetch_usual_limits(void)
{
    return (struct pl_fetch_limits){
        .connect = PL_FETCH_CONNECT_MS,
        .silence = PL_FETCH_SILENCE_MS,
        .crawl = PL_FETCH_CRAWL_SECONDS * 1000,
        .crawl_bytes_per_s = PL_FETCH_CRAWL_BYTES_PER_S,
        .resource = PL_FETCH_RESOURCE_MS,
        .run = PL_FETCH_RUN_SECONDS * 1000,
        .retry_after = PL_FETCH_RETRY_AFTER_MAX_S * 1000,
        .backoff = PL_FETCH_BACKOFF_MS,
        .retries = PL_FETCH_RETRIES,
        .redirects = PL_FETCH_REDIRECTS,
        .header_bytes = PL_FETCH_HEADER_BYTES,
        .header_lines = PL_FETCH_HEADER_LINES,
    };
}
