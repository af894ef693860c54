#include "index/remote_internal.h"

#include <time.h>

#include "core/clock.h"
#include "core/limits.h"
#include "core/trace.h"
#include "index/url.h"

#define POLL_MS 100
#define CLAIM_POLL_NS 10000000
/* A run that is killed leaves what it had learnt until then. */
#define FLUSH_NS 2000000000u

static struct remote *remote_of(struct pl_index *index)
{
    return (struct remote *)(void *)index;
}

int64_t pl_remote_clock(void)
{
    return (int64_t)time(NULL);
}

void pl_remote_queue(struct remote *r, struct task *task)
{
    pl_vec_push(r->arena, &r->queue, task);
    r->open++;
}

size_t pl_remote_new_slot(struct remote *r, struct pl_str project)
{
    struct slot slot = {.event = {.project = project}};
    pl_vec_push(r->arena, &r->slots, slot);
    return r->slots.len - 1;
}

void pl_remote_answer(struct remote *r, size_t slot,
                      struct pl_index_event event)
{
    if (event.kind == PL_EVENT_PAGE)
        r->index.stats.pages += event.page != NULL;
    else
        r->index.stats.metadata += event.metadata != NULL;
    r->slots.at[slot] = (struct slot){event, true};
}

static struct pl_str keep(struct remote *r, struct pl_str text)
{
    return text.len ? pl_arena_dup(r->arena, text) : text;
}

bool pl_remote_fail(struct remote *r, const struct pl_response *response,
                    struct pl_error *err)
{
    const struct pl_error *why = &response->error;
    if (err)
        *err = (struct pl_error){
            .arena = r->arena,
            .code = why->code,
            .message = keep(r, why->message),
            .because = keep(r, why->because),
            .hint = keep(r, why->hint),
        };
    return false;
}

/* ---- progress ---- */

static void report(struct remote *r, bool waiting)
{
    struct pl_progress progress = {
        .asked = r->slots.len,
        .answered = r->slots.len > r->open ? r->slots.len - r->open : 0,
        .bytes = r->index.stats.bytes,
        .waiting = waiting,
    };
    if (r->given < r->slots.len)
        progress.now = r->slots.at[r->given].event.project;
    if (r->opts.report)
        r->opts.report(r->opts.user, &progress);
}

static void take_stats(struct remote *r)
{
    struct pl_fetch_stats stats = r->net->fetch_stats(r->fetch);
    r->index.stats.requests = stats.requests;
    r->index.stats.bytes = stats.bytes;
}

/* ---- sending ---- */

static bool look_up(struct remote *r, struct task *task)
{
    switch (task->kind) {
    case TASK_PAGE:
        return pl_remote_look_up_page(r, (struct holding *)(void *)task);
    case TASK_METADATA:
        return pl_remote_look_up_metadata(r,
                                          (struct metadata_wish *)(void *)task);
    case TASK_LISTING:
    case TASK_FLAT:
        return false;
    }
    return false;
}

/* Another process has answered some of these meanwhile. */
static bool look_up_again(struct remote *r, struct pl_error *err)
{
    size_t left = 0;
    for (size_t i = 0; i < r->queue.len; i++) {
        struct task *task = r->queue.at[i];
        if (!look_up(r, task)) {
            r->queue.at[left++] = task;
            continue;
        }
        r->open--;
        if (task->kind == TASK_PAGE &&
            !pl_remote_settle(r, ((struct holding *)(void *)task)->wish, err))
            return false;
    }
    r->queue.len = left;
    return true;
}

static void release_claim(struct remote *r)
{
    if (r->has_claim)
        pl_cache_claim_release(r->opts.cache);
    r->has_claim = false;
}

/*
 * Many processes with one question: the first asks the network, the others
 * find its answers in the cache.
 */
static bool claim(struct remote *r, struct pl_error *err)
{
    const struct timespec pause = {.tv_nsec = CLAIM_POLL_NS};
    bool waited = false;
    if (r->has_claim || !r->opts.cache || !r->opts.claim.len)
        return true;
    while (!pl_cache_claim(r->opts.cache, r->opts.claim)) {
        waited = r->has_waited = true;
        report(r, true);
        nanosleep(&pause, NULL);
    }
    r->has_claim = true;
    if (waited && !look_up_again(r, err))
        return false;
    if (!r->queue.len)
        release_claim(r);
    return true;
}

static bool send_task(struct remote *r, struct task *task, struct pl_error *err)
{
    switch (task->kind) {
    case TASK_PAGE:
        pl_remote_send_page(r, (struct holding *)(void *)task);
        return true;
    case TASK_LISTING:
        pl_remote_send_listing(r, (struct listing *)(void *)task);
        return true;
    case TASK_FLAT:
        pl_remote_send_flat(r, (struct flat *)(void *)task);
        return true;
    case TASK_METADATA:
        return pl_remote_send_metadata(r, (struct metadata_wish *)(void *)task,
                                       err);
    }
    return true;
}

static bool open_fetch(struct remote *r, struct pl_error *err)
{
    return r->fetch ||
           ((r->net || pl_net_load(&r->net, err)) &&
            r->net->fetch_open(r->arena, &r->opts.fetch, &r->fetch, err));
}

static bool send_queue(struct remote *r, struct pl_error *err)
{
    if (!claim(r, err))
        return false;
    if (r->queue.len && !open_fetch(r, err))
        return false;
    for (size_t i = 0; i < r->queue.len; i++)
        if (!send_task(r, r->queue.at[i], err))
            return false;
    r->queue.len = 0;
    return true;
}

/* ---- the cache ---- */

static void save_block(struct remote *r, struct holding *h)
{
    PL_BUF(payload, PL_MAX_CACHE_ENTRY_BYTES);
    if (!h->block || !h->block->changed || h->no_store)
        return;
    pl_block_write(h->block, &payload);
    h->block->changed = false;
    if (pl_buf_ok(&payload))
        pl_cache_save(r->opts.cache, PL_CACHE_BLOCK, h->site->folder,
                      h->wish->project, pl_buf_view(&payload));
}

static void save_blocks(struct remote *r)
{
    for (size_t i = 0; r->opts.cache && i < r->blocks.len; i++)
        save_block(r, r->blocks.at[i]);
    if (r->opts.cache)
        pl_remote_save_listing(r);
    r->flushed_ns = pl_clock_ns();
}

/* ---- receiving ---- */

static bool take(struct remote *r, struct pl_response *response,
                 struct pl_error *err)
{
    struct task *task = response->user;
    PL_TRACE(PL_TRACE_INDEX, "%d %.*s, %llu bytes", response->status,
             PL_STR_ARG(response->url), (unsigned long long)response->bytes);
    r->open--;
    take_stats(r);
    switch (task->kind) {
    case TASK_PAGE:
        return pl_remote_take_page(r, (struct holding *)(void *)task, response,
                                   err);
    case TASK_LISTING:
        return pl_remote_take_listing(r, (struct listing *)(void *)task,
                                      response, err);
    case TASK_FLAT:
        return pl_remote_take_flat(r, (struct flat *)(void *)task, response,
                                   err);
    case TASK_METADATA:
        return pl_remote_take_metadata(r, (struct metadata_wish *)(void *)task,
                                       response, err);
    }
    return true;
}

static bool receive(struct remote *r, struct pl_error *err)
{
    struct pl_response response;
    bool any;
    if (r->has_claim)
        pl_cache_claim_refresh(r->opts.cache);
    if (pl_clock_ns() - r->flushed_ns > FLUSH_NS)
        save_blocks(r);
    report(r, false);
    return r->net->fetch_next(r->fetch, POLL_MS, &response, &any, err) &&
           (!any || take(r, &response, err)) && pl_remote_settle_late(r, err);
}

static bool is_late(const struct pl_index *index)
{
    return index->deadline_ns && pl_clock_ns() >= index->deadline_ns;
}

static bool next(struct pl_index *index, struct pl_index_event *event,
                 bool *any, struct pl_error *err)
{
    struct remote *r = remote_of(index);
    if (r->failure.code != PL_OK) {
        if (err)
            *err = r->failure;
        return false;
    }
    while (r->given < r->slots.len && !r->slots.at[r->given].is_ready)
        if (is_late(index))
            return pl_error_plain(err, PL_ERR_LIMIT,
                                  "no answer in the time given");
        else if (r->queue.len ? !send_queue(r, err) : !receive(r, err))
            return false;
    *any = r->given < r->slots.len;
    if (*any)
        *event = r->slots.at[r->given++].event;
    return true;
}

static void close_remote(struct pl_index *index)
{
    struct remote *r = remote_of(index);
    save_blocks(r);
    release_claim(r);
    if (r->fetch)
        r->net->fetch_close(r->fetch);
    for (size_t i = 0; i < r->downloads.len; i++)
        pl_remote_close_sink(r->downloads.at[i]);
}

/* ---- opening ---- */

static void open_site(struct remote *r, struct pl_str url, bool is_torch,
                      struct remote_site *site)
{
    const struct pl_credentials *known = r->opts.fetch.credentials;
    const struct pl_credential *credential =
        known ? pl_credentials_find(known, url) : NULL;
    site->url = url;
    site->is_torch = is_torch;
    if (r->opts.cache)
        site->folder = pl_cache_site(r->opts.cache, url,
                                     credential ? credential->username
                                                : (struct pl_str){0});
}

static bool check_site(struct pl_str url, struct pl_error *err)
{
    return pl_str_ends(url, "/") ||
           pl_error_plain(err, PL_ERR_USAGE,
                          "the URL of an index ends in `/`, unlike %.*s",
                          PL_STR_ARG(url));
}

static bool is_page_on_a_server(struct pl_str place)
{
    return pl_str_starts(place, "http://") || pl_str_starts(place, "https://");
}

static bool refuse_flat(const struct flat *flat, struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_INDEX,
                   "%.*s is not in the cache, which keeps no pages of "
                   "--find-links",
                   PL_STR_ARG(flat->url));
    return pl_error_hint(err, "leave out --offline, or name a folder that has "
                              "its files");
}

static bool open_find_links(struct remote *r, struct pl_error *err)
{
    size_t count = r->opts.find_link_count, local = 0;
    if (!count)
        return true;
    struct pl_str *places = pl_new_array(r->arena, struct pl_str, count);
    r->flats = pl_new_array(r->arena, struct flat, count);
    for (size_t i = 0; i < count; i++) {
        struct pl_str place = r->opts.find_links[i];
        if (is_page_on_a_server(place))
            r->flats[r->flat_count++] =
                (struct flat){.task = {TASK_FLAT}, .url = place};
        else
            places[local++] = place;
    }
    if (r->flat_count && r->opts.offline)
        return refuse_flat(&r->flats[0], err);
    for (size_t i = 0; i < r->flat_count; i++)
        pl_remote_queue(r, &r->flats[i].task);
    return !local ||
           pl_find_links_open(r->arena, places, local, &r->links, err);
}

bool pl_index_open_remote(struct pl_arena *arena,
                          const struct pl_remote_options *opts,
                          struct pl_index **out, struct pl_error *err)
{
    static const struct pl_index_ops ops = {
        pl_remote_want_page, pl_remote_want_metadata, next, close_remote};
    struct remote *r = pl_new(arena, struct remote);
    pl_index_init(&r->index, arena, &ops);
    r->arena = arena;
    r->failure.arena = arena;
    r->flushed_ns = pl_clock_ns();
    r->opened = pl_remote_clock();
    r->opts = *opts;
    r->holdings.arena = arena;
    r->sites = pl_new_array(arena, struct remote_site, opts->site_count);
    for (size_t i = 0; i < opts->site_count; i++) {
        if (!check_site(opts->sites[i], err))
            return false;
        open_site(r, opts->sites[i], false, &r->sites[i]);
        if (opts->strategy == PL_STRATEGY_UNSAFE_FIRST_MATCH)
            r->sites[i].order = (uint32_t)i;
    }
    if (opts->torch_site.len) {
        if (!check_site(opts->torch_site, err))
            return false;
        open_site(r, opts->torch_site, true, &r->torch);
    }
    if (!open_find_links(r, err))
        return false;
    *out = &r->index;
    return true;
}
