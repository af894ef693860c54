#include "index/transfer.h"

#include <errno.h>
#include <unistd.h>

#include "core/limits.h"

/* Of a body that nobody wants: so much is read to keep the connection. */
#define UNWANTED_BYTES ((uint64_t)64 << 10)
/* gzip of bytes that do not shrink is a little longer than they are. */
#define GZIP_SLACK(bytes) ((bytes) / 1000 + 1024)

static bool stop(struct pl_transfer *transfer, enum pl_stop why)
{
    transfer->stop = why;
    return false;
}

static bool write_sink(struct pl_transfer *transfer, struct pl_str bytes)
{
    while (bytes.len) {
        ssize_t written = write(transfer->wish.sink, bytes.at, bytes.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            transfer->sink_errno = errno;
            return stop(transfer, PL_STOP_SINK);
        }
        bytes = pl_str_sub(bytes, (size_t)written, bytes.len);
    }
    return true;
}

/* Decoded bytes. */
static bool take(void *user, struct pl_str bytes)
{
    struct pl_transfer *transfer = user;
    transfer->decoded += bytes.len;
    if (transfer->decoded > transfer->wish.max_bytes)
        return stop(transfer, PL_STOP_LARGE);
    if (transfer->wish.sink)
        return write_sink(transfer, bytes);
    pl_buf_add_str(&transfer->body, bytes);
    return true;
}

static bool take_body(struct pl_transfer *transfer, struct pl_str bytes)
{
    size_t max = transfer->wish.max_bytes;
    if (!pl_transfer_has_body(transfer))
        return transfer->came <= UNWANTED_BYTES ||
               stop(transfer, PL_STOP_ENOUGH);
    if (!transfer->gunzip)
        return take(transfer, bytes);
    if (transfer->came > max + GZIP_SLACK(max))
        return stop(transfer, PL_STOP_LARGE);
    if (pl_gunzip_push(transfer->gunzip, bytes, take, transfer) ==
        PL_GUNZIP_WRONG)
        return stop(transfer, PL_STOP_GZIP);
    return !transfer->stop;
}

static size_t on_body(char *bytes, size_t one, size_t count, void *user)
{
    struct pl_transfer *transfer = user;
    size_t len = one * count;
    pl_transfer_note_bytes(transfer, len, pl_fetch_clock());
    transfer->came += len;
    transfer->fetch->stats.bytes += len;
    bool go_on = take_body(transfer, (struct pl_str){bytes, len});
    return go_on ? len : CURL_WRITEFUNC_ERROR;
}

static size_t on_field(char *bytes, size_t one, size_t count, void *user)
{
    struct pl_transfer *transfer = user;
    size_t len = one * count;
    pl_transfer_note_bytes(transfer, len, pl_fetch_clock());
    bool go_on = pl_transfer_read_field(transfer, (struct pl_str){bytes, len});
    return go_on ? len : CURL_WRITEFUNC_ERROR;
}

/* The request is about to be written to a connection. */
static int on_send(void *user, char *to, char *from, int to_port, int from_port)
{
    struct pl_transfer *transfer = user;
    (void)to, (void)from, (void)to_port, (void)from_port;
    transfer->fetch->stats.requests++;
    pl_transfer_mark_sent(transfer, pl_fetch_clock());
    return CURL_PREREQFUNC_OK;
}

/*
 * libcurl drops what comes after Content-Length bytes and says so nowhere but
 * here; such a body was cut by a wrong length.
 */
static int on_debug(CURL *easy, curl_infotype type, char *text, size_t len,
                    void *user)
{
    struct pl_transfer *transfer = user;
    (void)easy;
    if (type == CURLINFO_TEXT &&
        pl_str_starts((struct pl_str){text, len}, "Excess found") &&
        pl_transfer_has_body(transfer) && !transfer->stop)
        stop(transfer, PL_STOP_LONG);
    return 0;
}

/* No byte that could end the field or begin another one. */
static bool is_field_text(struct pl_str value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.at[i] < ' ' || value.at[i] == 0x7f)
            return false;
    return value.len && value.len < 4096;
}

static void add_field(struct pl_transfer *transfer, const char *name,
                      struct pl_str value)
{
    if (!is_field_text(value))
        return;
    struct pl_str line =
        pl_arena_printf(&transfer->arena, "%s: %.*s", name, PL_STR_ARG(value));
    struct curl_slist *longer = curl_slist_append(transfer->fields, line.at);
    if (!longer)
        pl_out_of_memory();
    transfer->fields = longer;
}

static void add_range(struct pl_transfer *transfer)
{
    const struct pl_request *wish = &transfer->wish;
    if (!wish->has_range)
        return;
    struct pl_str range =
        wish->suffix ? pl_arena_printf(&transfer->arena, "bytes=-%ju",
                                       (uintmax_t)wish->range_to)
                     : pl_arena_printf(&transfer->arena, "bytes=%ju-%ju",
                                       (uintmax_t)wish->range_from,
                                       (uintmax_t)wish->range_to);
    add_field(transfer, "Range", range);
    /* RFC 9110, 13.1.5: not with a weak one. */
    if (!pl_str_starts(wish->if_range, "W/"))
        add_field(transfer, "If-Range", wish->if_range);
}

static void make_fields(struct pl_transfer *transfer)
{
    const struct pl_request *wish = &transfer->wish;
    bool plain = wish->has_range || wish->raw;
    add_field(transfer, "Accept",
              wish->accept ? pl_str_from(wish->accept) : PL_STR("*/*"));
    add_field(transfer, "Accept-Encoding",
              plain ? PL_STR("identity") : PL_STR("gzip"));
    add_field(transfer, "If-None-Match", wish->etag);
    add_field(transfer, "If-Modified-Since", wish->last_modified);
    add_range(transfer);
}

/*
 * Bits that only another system's TLS looks at, but which libcurl compares
 * before it lets two requests share a connection: a new generation shares
 * none with an older one, even while that is in use.
 */
static long generation_bits(unsigned generation)
{
    static const long bits[] = {CURLSSLOPT_NO_REVOKE,
                                CURLSSLOPT_REVOKE_BEST_EFFORT,
                                CURLSSLOPT_AUTO_CLIENT_CERT};
    long set = 0;
    for (size_t i = 0; i < PL_COUNT(bits); i++)
        set |= generation >> i & 1 ? bits[i] : 0;
    return set;
}

static void set_credentials(struct pl_transfer *transfer)
{
    const struct pl_credentials *known = transfer->fetch->options.credentials;
    const struct pl_credential *found =
        known ? pl_credentials_find(known, transfer->url) : NULL;
    if (!found)
        return;
    CURL *easy = transfer->easy;
    struct pl_str user = pl_arena_dup(&transfer->arena, found->username);
    struct pl_str word = pl_arena_dup(&transfer->arena, found->password);
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_USERNAME, user.at);
    curl_easy_setopt(easy, CURLOPT_PASSWORD, word.at);
}

/* Every option of libcurl that podlock sets. */
static void set_options(struct pl_transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct pl_fetch *fetch = transfer->fetch;
    const struct pl_origin *origin = &transfer->site->origin;
    bool insecure = pl_origin_is_listed(origin, fetch->options.insecure_hosts,
                                        fetch->options.insecure_host_count);
    bool again = transfer->tries > 1;
    curl_easy_setopt(easy, CURLOPT_URL, transfer->url.at);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->why);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, transfer);

    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, origin->https ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT,
                     again && !origin->https ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)fetch->limits.connect);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 65536L);

    curl_easy_setopt(easy, CURLOPT_USERAGENT, PL_USER_AGENT);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->fields);
    curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_field);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    set_credentials(transfer);

    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (fetch->http_proxy && !origin->https)
        curl_easy_setopt(easy, CURLOPT_PROXY, fetch->http_proxy);
    curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, fetch->ca_file);
    curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, fetch->ca_dir);
    curl_easy_setopt(easy, CURLOPT_CAINFO, transfer->ca_file);
    curl_easy_setopt(easy, CURLOPT_CAPATH, fetch->ca_dir);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, insecure ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, insecure ? 0L : 2L);
    curl_easy_setopt(easy, CURLOPT_SSL_OPTIONS,
                     generation_bits(transfer->generation));
}

/* What an earlier attempt wrote is taken back. */
static void rewind_sink(struct pl_transfer *transfer)
{
    int sink = transfer->wish.sink;
    if (!sink || !transfer->decoded)
        return;
    if (ftruncate(sink, transfer->sink_start) ||
        lseek(sink, transfer->sink_start, SEEK_SET) < 0) {
        transfer->sink_errno = errno;
        stop(transfer, PL_STOP_SINK);
    }
}

bool pl_transfer_prepare(struct pl_transfer *transfer)
{
    transfer->stop = PL_STOP_NOT;
    rewind_sink(transfer);
    if (transfer->stop)
        return false;
    transfer->generation = transfer->site->generation;
    transfer->head = (struct pl_head){0};
    transfer->ca_file = transfer->fetch->ca_file;
    transfer->sent = false;
    transfer->came = transfer->decoded = 0;
    transfer->tries++;
    transfer->body.max = transfer->wish.max_bytes;
    pl_buf_clear(&transfer->body);
    transfer->easy = curl_easy_init();
    if (!transfer->easy)
        pl_out_of_memory();
    make_fields(transfer);
    set_options(transfer);
    return true;
}

void pl_transfer_drop_attempt(struct pl_transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->fields);
    pl_gunzip_close(transfer->gunzip);
    transfer->easy = NULL;
    transfer->fields = NULL;
    transfer->gunzip = NULL;
}
