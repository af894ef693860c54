#include "index/fetch.h"

#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "core/file.h"
#include "core/limits.h"
#include "index/transfer.h"
#include "index/url.h"

/* The loop wakes so often to look at its clocks, while something goes on. */
#define TICK_MS 100

/* ---- opening ---- */

static const char *text_or_null(struct pl_arena *arena, struct pl_str text)
{
    return text.len ? pl_arena_dup(arena, text).at : NULL;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* Names by which OpenSSL finds a certificate in a folder: "0a1b2c3d.0". */
static bool is_hashed(struct pl_arena *arena, const char *dir)
{
    struct pl_str *names;
    size_t count = 0;
    if (!dir || !pl_dir_list(arena, pl_str_from(dir), &names, &count, NULL))
        return false;
    for (size_t i = 0; i < count; i++)
        if (names[i].len == 10 && pl_str_ends(names[i], ".0"))
            return true;
    return false;
}

/*
 * The system's own places. To read all certificates of the file takes as long
 * as dozens of requests, so the folder comes first, and the file when the
 * folder does not know an authority.
 */
static void find_system_ca(struct pl_fetch *fetch)
{
    CURL *easy = curl_easy_init();
    char *file = NULL, *dir = NULL;
    if (!easy)
        pl_out_of_memory();
    curl_easy_getinfo(easy, CURLINFO_CAINFO, &file);
    curl_easy_getinfo(easy, CURLINFO_CAPATH, &dir);
    if (file)
        fetch->ca_file = pl_arena_dup(fetch->arena, pl_str_from(file)).at;
    if (dir)
        fetch->ca_dir = pl_arena_dup(fetch->arena, pl_str_from(dir)).at;
    curl_easy_cleanup(easy);
    bool has_file = fetch->ca_file && !access(fetch->ca_file, R_OK);
    if (is_hashed(fetch->arena, fetch->ca_dir)) {
        fetch->spare_ca_file = has_file ? fetch->ca_file : NULL;
        fetch->ca_file = NULL;
    } else if (has_file) {
        fetch->ca_dir = NULL;
    }
}

static void find_ca(struct pl_fetch *fetch)
{
    fetch->ca_file = text_or_null(fetch->arena, fetch->options.ca_file);
    fetch->ca_dir = text_or_null(fetch->arena, fetch->options.ca_dir);
    if (!fetch->ca_file && !fetch->ca_dir) {
        fetch->ca_file = environment("SSL_CERT_FILE");
        fetch->ca_dir = environment("SSL_CERT_DIR");
    }
    fetch->own_ca = fetch->ca_file || fetch->ca_dir;
    if (!fetch->own_ca)
        find_system_ca(fetch);
}

/*
 * libcurl reads http_proxy only in lower case, because a web server hands the
 * field "Proxy" of a request to a CGI program as HTTP_PROXY.
 */
static const char *find_http_proxy(void)
{
    if (environment("http_proxy") || getenv("REQUEST_METHOD"))
        return NULL;
    return environment("HTTP_PROXY");
}

bool pl_fetch_open(struct pl_arena *arena,
                   const struct pl_fetch_options *options,
                   struct pl_fetch **out, struct pl_error *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return pl_error_plain(err, PL_ERR_FILE, "libcurl cannot be started");
    struct pl_fetch *fetch = pl_new(arena, struct pl_fetch);
    *fetch = (struct pl_fetch){
        .arena = arena,
        .options = *options,
        .limits = options->limits ? *options->limits : pl_fetch_usual_limits(),
        .opened_at = pl_fetch_clock(),
        .http_proxy = find_http_proxy(),
    };
    fetch->queue_end = &fetch->queue;
    fetch->done_end = &fetch->done;
    if (getrandom(&fetch->dice, sizeof(fetch->dice), GRND_NONBLOCK) < 0)
        fetch->dice = (uint64_t)fetch->opened_at;
    find_ca(fetch);
    fetch->multi = curl_multi_init();
    if (!fetch->multi)
        pl_out_of_memory();
    curl_multi_setopt(fetch->multi, CURLMOPT_PIPELINING,
                      (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(fetch->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                      (long)PL_FETCH_CONNECTIONS);
    curl_multi_setopt(fetch->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                      (long)PL_FETCH_CONNECTIONS_PER_HOST);
    *out = fetch;
    return true;
}

/* ---- lists ---- */

static void append(struct pl_transfer ***end, struct pl_transfer *transfer)
{
    transfer->next = NULL;
    **end = transfer;
    *end = &transfer->next;
}

static struct pl_transfer *take_first(struct pl_transfer **list,
                                      struct pl_transfer ***end)
{
    struct pl_transfer *first = *list;
    if (first) {
        *list = first->next;
        if (!*list)
            *end = list;
    }
    return first;
}

static void push(struct pl_transfer **list, struct pl_transfer *transfer)
{
    transfer->next = *list;
    *list = transfer;
}

static void unlink_from(struct pl_transfer **list,
                        const struct pl_transfer *transfer)
{
    while (*list && *list != transfer)
        list = &(*list)->next;
    if (*list)
        *list = transfer->next;
}

static void free_transfer(struct pl_transfer *transfer)
{
    if (!transfer)
        return;
    pl_transfer_drop_attempt(transfer);
    pl_buf_finish(&transfer->body);
    pl_arena_finish(&transfer->arena);
    free(transfer);
}

static void free_list(struct pl_transfer *list)
{
    while (list) {
        struct pl_transfer *next = list->next;
        free_transfer(list);
        list = next;
    }
}

void pl_fetch_close(struct pl_fetch *fetch)
{
    if (!fetch)
        return;
    for (struct pl_transfer *t = fetch->active; t; t = t->next)
        curl_multi_remove_handle(fetch->multi, t->easy);
    free_list(fetch->active);
    free_list(fetch->queue);
    free_list(fetch->waiting);
    free_list(fetch->done);
    free_transfer(fetch->given);
    curl_multi_cleanup(fetch->multi);
    curl_global_cleanup();
}

/* ---- one resource, from attempt to attempt ---- */

static void finish(struct pl_transfer *transfer)
{
    transfer->answer.user = transfer->wish.user;
    transfer->answer.url = transfer->url;
    transfer->answer.bytes = transfer->came;
    append(&transfer->fetch->done_end, transfer);
}

static struct pl_site *site_of(struct pl_fetch *fetch, struct pl_str url)
{
    struct pl_origin origin;
    if (!pl_origin_parse(url, &origin))
        return NULL;
    for (struct pl_site *site = fetch->sites; site; site = site->next)
        if (pl_origin_same(&site->origin, &origin))
            return site;
    struct pl_site *site = pl_new(fetch->arena, struct pl_site);
    origin.host = pl_arena_dup(fetch->arena, origin.host);
    *site = (struct pl_site){.next = fetch->sites, .origin = origin};
    fetch->sites = site;
    return site;
}

/* The next attempt, or its failure. */
static void begin(struct pl_transfer *transfer)
{
    struct pl_fetch *fetch = transfer->fetch;
    int64_t now = pl_fetch_clock();
    if (!transfer->started) {
        transfer->started = true;
        transfer->started_at = transfer->last_event = now;
    }
    if (!pl_transfer_prepare(transfer)) {
        pl_transfer_explain(transfer, CURLE_OK);
        finish(transfer);
        return;
    }
    if (curl_multi_add_handle(fetch->multi, transfer->easy))
        pl_out_of_memory();
    push(&fetch->active, transfer);
    fetch->active_count++;
}

/* May go to its URL: a first one, or that of a redirect. */
static bool set_url(struct pl_transfer *transfer, struct pl_str url)
{
    if (!pl_transfer_may_ask(transfer, url))
        return false;
    transfer->url = url;
    transfer->site = site_of(transfer->fetch, url);
    return true;
}

static void begin_first(struct pl_transfer *transfer)
{
    struct pl_str url;
    struct pl_error err = {.arena = &transfer->arena};
    if (!pl_url_clean(&transfer->arena, transfer->wish.url, &url, &err)) {
        transfer->answer.error = err;
        finish(transfer);
        return;
    }
    transfer->wish.url = transfer->url = url;
    if (set_url(transfer, url))
        begin(transfer);
    else
        finish(transfer);
}

/* A number below `end`; it only spreads retries, no answer depends on it. */
static int64_t throw_dice(struct pl_fetch *fetch, int64_t end)
{
    fetch->dice = fetch->dice * 6364136223846793005u + 1442695040888963407u;
    return end > 0 ? (int64_t)(fetch->dice >> 33) % end : 0;
}

static int64_t wait_before_retry(struct pl_transfer *transfer)
{
    struct pl_fetch *fetch = transfer->fetch;
    long status = transfer->head.status;
    int64_t base = (int64_t)fetch->limits.backoff << (transfer->tries - 1);
    uint64_t asked = 0;
    if ((status == 429 || status == 503) &&
        pl_http_read_retry_after(transfer->head.retry_after, time(NULL),
                                 (uint64_t)fetch->limits.retry_after, &asked))
        return (int64_t)asked + throw_dice(fetch, fetch->limits.backoff);
    return base / 2 + throw_dice(fetch, base);
}

/* May other certificates than those of the last attempt be of use? */
static bool has_other_ca(struct pl_transfer *transfer, CURLcode code)
{
    struct pl_fetch *fetch = transfer->fetch;
    if (code != CURLE_PEER_FAILED_VERIFICATION)
        return false;
    if (fetch->spare_ca_file)
        fetch->ca_file = fetch->spare_ca_file;
    fetch->spare_ca_file = NULL;
    return transfer->ca_file != fetch->ca_file;
}

static void retry_or_fail(struct pl_transfer *transfer, CURLcode code)
{
    struct pl_fetch *fetch = transfer->fetch;
    int64_t now = pl_fetch_clock();
    if (has_other_ca(transfer, code)) {
        pl_transfer_drop_attempt(transfer);
        transfer->tries--;
        begin(transfer);
        return;
    }
    if (transfer->generation == transfer->site->generation)
        transfer->site->generation++;
    bool is_part = transfer->wish.keeps_part && transfer->decoded;
    bool again = transfer->tries <= fetch->limits.retries && !is_part &&
                 pl_transfer_is_passing(transfer, code);
    int64_t wait = again ? wait_before_retry(transfer) : 0;
    if (!again ||
        pl_transfer_spent(transfer, now) + wait >= fetch->limits.resource) {
        pl_transfer_explain(transfer, code);
        pl_transfer_drop_attempt(transfer);
        finish(transfer);
        return;
    }
    pl_transfer_drop_attempt(transfer);
    transfer->retry_at = now + wait;
    push(&fetch->waiting, transfer);
}

static void redirect(struct pl_transfer *transfer)
{
    struct pl_str place = transfer->head.location, url;
    struct pl_error err = {.arena = &transfer->arena};
    pl_transfer_drop_attempt(transfer);
    transfer->tries = 0;
    if (!place.len ||
        ++transfer->redirects > transfer->fetch->limits.redirects) {
        transfer->stop = PL_STOP_REDIRECTS;
        pl_transfer_explain(transfer, CURLE_OK);
    } else if (!pl_url_join(&transfer->arena, transfer->url, place, &url,
                            &err)) {
        pl_error_wrap(&err, "cannot read %.*s: it is redirected",
                      PL_STR_ARG(transfer->wish.url));
        transfer->answer.error = err;
    } else if (set_url(transfer, url)) {
        begin(transfer);
        return;
    }
    finish(transfer);
}

static void accept_answer(struct pl_transfer *transfer)
{
    const struct pl_head *head = &transfer->head;
    const struct pl_http_freshness *freshness = &head->freshness;
    struct pl_response *answer = &transfer->answer;
    answer->status = (int)head->status;
    answer->content_type =
        pl_http_media_type(&transfer->arena, head->content_type);
    answer->etag = head->etag;
    answer->last_modified = head->last_modified;
    answer->no_store = freshness->no_store;
    answer->has_max_age = freshness->has_max_age;
    answer->max_age =
        freshness->max_age > head->age ? freshness->max_age - head->age : 0;
    if (head->status == 206) {
        answer->range_from = head->range.from;
        answer->range_to = head->range.to;
        answer->total = head->range.total;
    }
    if (pl_transfer_has_body(transfer))
        answer->body = pl_buf_view(&transfer->body);
    pl_transfer_drop_attempt(transfer);
    finish(transfer);
}

/* What the whole answer shows that its pieces did not. */
static enum pl_stop judge_whole(const struct pl_transfer *transfer)
{
    if (!transfer->head.done)
        return PL_STOP_CUT;
    const struct pl_http_range *range = &transfer->head.range;
    if (transfer->gunzip &&
        pl_gunzip_state(transfer->gunzip) != PL_GUNZIP_WHOLE)
        return PL_STOP_GZIP;
    if (transfer->head.status == 206 &&
        transfer->came != range->to - range->from + 1)
        return PL_STOP_RANGE;
    return PL_STOP_NOT;
}

/* libcurl calls one field of more than its bound a lack of memory. */
static enum pl_stop judge_shortage(const struct pl_transfer *transfer)
{
    if (!transfer->sent || transfer->head.done)
        pl_out_of_memory();
    return PL_STOP_HEADERS;
}

static void finish_attempt(struct pl_transfer *transfer, CURLcode code)
{
    struct pl_fetch *fetch = transfer->fetch;
    curl_multi_remove_handle(fetch->multi, transfer->easy);
    unlink_from(&fetch->active, transfer);
    fetch->active_count--;
    if (transfer->stop == PL_STOP_ENOUGH) {
        transfer->stop = PL_STOP_NOT;
        code = CURLE_OK;
    }
    if (code == CURLE_OK && !transfer->stop)
        transfer->stop = judge_whole(transfer);
    if (code == CURLE_OUT_OF_MEMORY && !transfer->stop)
        transfer->stop = judge_shortage(transfer);
    bool is_answer = code == CURLE_OK && !transfer->stop;
    if (is_answer && pl_transfer_is_redirect(transfer))
        redirect(transfer);
    else if (is_answer && transfer->head.status != 407)
        accept_answer(transfer);
    else
        retry_or_fail(transfer, code);
}

/* ---- the loop ---- */

void pl_fetch_start(struct pl_fetch *fetch, const struct pl_request *request)
{
    struct pl_transfer *transfer = calloc(1, sizeof(*transfer));
    if (!transfer)
        pl_out_of_memory();
    struct pl_arena *arena = &transfer->arena;
    transfer->fetch = fetch;
    transfer->wish = *request;
    struct pl_request *wish = &transfer->wish;
    wish->url = pl_arena_dup(arena, request->url);
    if (request->accept)
        wish->accept = pl_arena_dup(arena, pl_str_from(request->accept)).at;
    wish->etag = pl_arena_dup(arena, request->etag);
    wish->last_modified = pl_arena_dup(arena, request->last_modified);
    wish->if_range = pl_arena_dup(arena, request->if_range);
    if (wish->sink)
        transfer->sink_start = lseek(wish->sink, 0, SEEK_CUR);
    fetch->stats.in_flight++;
    append(&fetch->queue_end, transfer);
}

static void begin_due(struct pl_fetch *fetch, int64_t now)
{
    struct pl_transfer **at = &fetch->waiting;
    while (*at) {
        struct pl_transfer *transfer = *at;
        if (transfer->retry_at > now) {
            at = &transfer->next;
            continue;
        }
        *at = transfer->next;
        begin(transfer);
    }
    while (fetch->queue && fetch->active_count < PL_FETCH_ACTIVE)
        begin_first(take_first(&fetch->queue, &fetch->queue_end));
}

static void collect(struct pl_fetch *fetch)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(fetch->multi, &left))) {
        char *transfer = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        finish_attempt((struct pl_transfer *)(void *)transfer, code);
    }
}

static void end_overdue(struct pl_fetch *fetch, int64_t now)
{
    struct pl_transfer *next;
    for (struct pl_transfer *t = fetch->active; t; t = next) {
        next = t->next;
        enum pl_stop why = pl_transfer_overdue(t, now);
        if (!why)
            continue;
        t->stop = why;
        finish_attempt(t, CURLE_OPERATION_TIMEDOUT);
    }
}

/* The caller was away: that is not the servers' fault. */
static void forgive_absence(struct pl_fetch *fetch, int64_t now)
{
    int64_t away = fetch->left_at ? now - fetch->left_at : 0;
    for (struct pl_transfer *t = fetch->active; t; t = t->next) {
        t->started_at += away;
        t->last_event += away;
        t->window_from += away;
    }
    for (struct pl_transfer *t = fetch->waiting; t; t = t->next)
        t->started_at += away;
}

static bool pump(struct pl_fetch *fetch, struct pl_error *err)
{
    int running;
    begin_due(fetch, pl_fetch_clock());
    CURLMcode code = curl_multi_perform(fetch->multi, &running);
    if (code != CURLM_OK)
        return pl_error_plain(err, PL_ERR_INDEX, "the network failed: %s",
                              curl_multi_strerror(code));
    collect(fetch);
    end_overdue(fetch, pl_fetch_clock());
    return true;
}

static int poll_time(const struct pl_fetch *fetch, int64_t now, int64_t end)
{
    int64_t until = end < now + TICK_MS ? end : now + TICK_MS;
    for (const struct pl_transfer *t = fetch->waiting; t; t = t->next)
        if (t->retry_at < until)
            until = t->retry_at;
    return until > now ? (int)(until - now) : 0;
}

static bool give(struct pl_fetch *fetch, struct pl_response *out, bool *any)
{
    struct pl_transfer *transfer = take_first(&fetch->done, &fetch->done_end);
    *any = transfer;
    fetch->given = transfer;
    fetch->left_at = pl_fetch_clock();
    if (!transfer)
        return true;
    fetch->stats.in_flight--;
    *out = transfer->answer;
    return true;
}

bool pl_fetch_next(struct pl_fetch *fetch, int wait_ms, struct pl_response *out,
                   bool *any, struct pl_error *err)
{
    int64_t now = pl_fetch_clock(), end = now + wait_ms;
    free_transfer(fetch->given);
    fetch->given = NULL;
    forgive_absence(fetch, now);
    for (;;) {
        if (!pump(fetch, err))
            return false;
        now = pl_fetch_clock();
        if (fetch->done || !fetch->stats.in_flight || now >= end)
            return give(fetch, out, any);
        curl_multi_poll(fetch->multi, NULL, 0, poll_time(fetch, now, end),
                        NULL);
    }
}

struct pl_fetch_stats pl_fetch_stats(const struct pl_fetch *fetch)
{
    return fetch->stats;
}
