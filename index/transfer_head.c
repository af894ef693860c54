#include "index/transfer.h"

static bool stop(struct pl_transfer *transfer, enum pl_stop why)
{
    transfer->stop = why;
    return false;
}

bool pl_transfer_is_redirect(const struct pl_transfer *transfer)
{
    long status = transfer->head.status;
    return status == 301 || status == 302 || status == 303 || status == 307 ||
           status == 308;
}

bool pl_transfer_has_body(const struct pl_transfer *transfer)
{
    long status = transfer->head.status;
    return status == 206 || (status == 200 && !transfer->wish.has_range);
}

static bool check_encoding(struct pl_transfer *transfer)
{
    struct pl_str encoding = transfer->head.content_encoding;
    if (transfer->wish.raw || !encoding.len ||
        pl_str_is_nocase(encoding, "identity"))
        return true;
    bool gzip = pl_str_is_nocase(encoding, "gzip") ||
                pl_str_is_nocase(encoding, "x-gzip");
    if (!gzip || transfer->head.status == 206)
        return stop(transfer, PL_STOP_ENCODING);
    transfer->gunzip = pl_gunzip_open();
    return true;
}

/* Is it exactly the part that was asked for? */
static bool check_range(struct pl_transfer *transfer)
{
    const struct pl_head *head = &transfer->head;
    const struct pl_request *wish = &transfer->wish;
    if (!wish->has_range)
        return stop(transfer, PL_STOP_UNASKED);
    if (!head->has_range)
        return stop(transfer, PL_STOP_RANGE);
    uint64_t last = head->range.total - 1;
    uint64_t from = wish->range_from;
    uint64_t to = wish->range_to < last ? wish->range_to : last;
    if (wish->suffix) {
        from = wish->range_to <= last ? last - wish->range_to + 1 : 0;
        to = last;
    }
    bool exact = head->range.from == from && head->range.to == to;
    if (!exact ||
        (head->has_content_length && head->content_length != to - from + 1))
        return stop(transfer, PL_STOP_RANGE);
    if (wish->if_range.len && head->etag.len &&
        !pl_str_eq(wish->if_range, head->etag))
        return stop(transfer, PL_STOP_CHANGED);
    return true;
}

static bool finish_head(struct pl_transfer *transfer)
{
    struct pl_head *head = &transfer->head;
    long version = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &head->status);
    curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_VERSION, &version);
    if (head->status < 200)
        return true;
    head->done = true;
    transfer->site->multiplexes = version >= CURL_HTTP_VERSION_2_0;
    const struct pl_request *wish = &transfer->wish;
    if (head->status == 408 || head->status == 429 || head->status >= 500)
        return stop(transfer, PL_STOP_STATUS);
    if (head->status == 304 && !wish->etag.len && !wish->last_modified.len)
        return stop(transfer, PL_STOP_UNASKED);
    if (head->status == 206 && !check_range(transfer))
        return false;
    if (!pl_transfer_has_body(transfer))
        return true;
    if (head->has_content_length &&
        head->content_length > transfer->wish.max_bytes)
        return stop(transfer, PL_STOP_LARGE);
    return check_encoding(transfer);
}

static void keep_number(struct pl_str value, uint64_t *to, bool *known)
{
    if (pl_str_to_u64(value, to))
        *known = true;
}

static void keep_field(struct pl_transfer *transfer, struct pl_str name,
                       struct pl_str value)
{
    struct pl_head *head = &transfer->head;
    const struct {
        const char *name;
        struct pl_str *to;
    } texts[] = {
        {"content-type", &head->content_type},
        {"content-encoding", &head->content_encoding},
        {"etag", &head->etag},
        {"last-modified", &head->last_modified},
        {"location", &head->location},
        {"retry-after", &head->retry_after},
    };
    for (size_t i = 0; i < PL_COUNT(texts); i++)
        if (pl_str_is_nocase(name, texts[i].name))
            *texts[i].to = pl_arena_dup(&transfer->arena, value);
    bool has_age = false;
    if (pl_str_is_nocase(name, "cache-control"))
        pl_http_read_cache_control(value, &head->freshness);
    else if (pl_str_is_nocase(name, "age"))
        keep_number(value, &head->age, &has_age);
    else if (pl_str_is_nocase(name, "content-length"))
        keep_number(value, &head->content_length, &head->has_content_length);
    else if (pl_str_is_nocase(name, "content-range"))
        head->has_range = pl_http_read_content_range(value, &head->range);
}

bool pl_transfer_read_field(struct pl_transfer *transfer, struct pl_str line)
{
    struct pl_head *head = &transfer->head;
    const struct pl_fetch_limits *limits = &transfer->fetch->limits;
    head->bytes += line.len;
    if (head->bytes > limits->header_bytes ||
        ++head->lines > limits->header_lines)
        return stop(transfer, PL_STOP_HEADERS);
    if (head->done)
        return true;
    line = pl_str_trim(line);
    if (!line.len)
        return finish_head(transfer);
    size_t colon = pl_str_find(line, ':');
    if (pl_str_starts(line, "HTTP/"))
        *head = (struct pl_head){.bytes = head->bytes, .lines = head->lines};
    else
        keep_field(transfer, pl_str_trim(pl_str_sub(line, 0, colon)),
                   pl_str_trim(pl_str_sub(line, colon + 1, line.len)));
    return true;
}
