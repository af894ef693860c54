#include "core/limits.h"
#include "core/pack.h"
#include "index/remote_internal.h"

/* Beside the blocks of the index, which have names of projects. */
#define ENTRY_NAME PL_STR("index.listing")

/* ---- the cache ---- */

static bool unpack(struct remote *r, struct pl_str payload,
                   struct listing *listing)
{
    struct pl_unpacker u = pl_unpacker_from(payload);
    struct pl_freshness freshness = {
        .checked = (int64_t)pl_unpack_u64(&u),
        .max_age = pl_unpack_number(&u),
    };
    freshness.etag = pl_unpack_text(&u);
    freshness.last_modified = pl_unpack_text(&u);
    size_t count = pl_unpack_count(&u, 1);
    struct pl_str *names = pl_new_array(r->arena, struct pl_str, count);
    for (size_t i = 0; i < count; i++)
        names[i] = pl_unpack_text(&u);
    for (size_t i = 1; i < count; i++)
        u.bad = u.bad || pl_str_cmp(names[i - 1], names[i]) >= 0;
    if (u.bad || u.at != u.end)
        return false;
    listing->freshness = freshness;
    listing->names = names;
    listing->count = count;
    return true;
}

static void load(struct remote *r, struct listing *listing)
{
    struct pl_str payload;
    if (!r->opts.cache ||
        !pl_cache_load(r->opts.cache, r->arena, PL_CACHE_LISTING,
                       listing->site->folder, ENTRY_NAME, &payload) ||
        !unpack(r, payload, listing))
        return;
    listing->is_known = true;
    listing->is_settled =
        !r->opts.refresh &&
        pl_freshness_lasts(&listing->freshness, pl_remote_clock());
}

void pl_remote_save_listing(struct remote *r)
{
    struct listing *listing = r->torch.listing;
    PL_BUF(payload, PL_MAX_CACHE_ENTRY_BYTES);
    struct pl_packer p = {.out = &payload};
    if (!listing || !listing->is_changed)
        return;
    listing->is_changed = false;
    pl_pack_u64(&p, (uint64_t)listing->freshness.checked);
    pl_pack_number(&p, listing->freshness.max_age);
    pl_pack_text(&p, listing->freshness.etag);
    pl_pack_text(&p, listing->freshness.last_modified);
    pl_pack_number(&p, listing->count);
    for (size_t i = 0; i < listing->count; i++)
        pl_pack_text(&p, listing->names[i]);
    if (pl_buf_ok(&payload))
        pl_cache_save(r->opts.cache, PL_CACHE_LISTING, listing->site->folder,
                      ENTRY_NAME, pl_buf_view(&payload));
}

/* ---- what a 403 means ---- */

static bool names(const struct listing *listing, struct pl_str project)
{
    size_t low = 0, high = listing->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = pl_str_cmp(listing->names[middle], project);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* The conclusion is as fresh as the listing is. */
static bool judge(struct remote *r, struct holding *h, struct pl_error *err)
{
    const struct pl_response forbidden = {.status = 403, .url = h->site->url};
    const struct listing *listing = h->site->listing;
    struct pl_freshness freshness = {
        .checked = listing->freshness.checked,
        .max_age = listing->freshness.max_age,
    };
    if (names(listing, h->wish->project))
        return pl_remote_refused(r, &forbidden, err);
    pl_remote_settle_absent(r, h, &freshness);
    return true;
}

bool pl_remote_judge_forbidden(struct remote *r, struct holding *h,
                               const struct pl_response *response,
                               struct pl_error *err)
{
    struct remote_site *site = h->site;
    if (!site->is_torch)
        return pl_remote_refused(r, response, err);
    if (!site->listing) {
        site->listing = pl_new(r->arena, struct listing);
        site->listing->task.kind = TASK_LISTING;
        site->listing->site = site;
        load(r, site->listing);
        if (!site->listing->is_settled)
            pl_remote_queue(r, &site->listing->task);
    }
    if (site->listing->is_settled)
        return judge(r, h, err);
    pl_vec_push(r->arena, &site->listing->waiting, h);
    return true;
}

/* ---- asking for it ---- */

void pl_remote_send_listing(struct remote *r, struct listing *listing)
{
    struct pl_request request = {
        .url = listing->site->url,
        .accept = "text/html",
        .max_bytes = PL_MAX_PAGE_BYTES,
        .user = listing,
    };
    if (listing->is_known) {
        request.etag = listing->freshness.etag;
        request.last_modified = listing->freshness.last_modified;
    }
    r->net->fetch_start(r->fetch, &request);
}

static bool read_names(struct remote *r, struct listing *listing,
                       const struct pl_response *response, struct pl_error *err)
{
    struct pl_str *names;
    if (!r->net->listing_parse_html(r->arena, response->body, &names,
                                    &listing->count, err))
        return false;
    listing->names = names;
    return true;
}

static bool read_answer(struct remote *r, struct listing *listing,
                        const struct pl_response *response,
                        struct pl_error *err)
{
    bool is_unchanged = response->status == 304 && listing->is_known;
    if (response->status == 0)
        return pl_remote_fail(r, response, err);
    if (response->status != 200 && !is_unchanged)
        return pl_remote_refused(r, response, err);
    if (!is_unchanged && !read_names(r, listing, response, err))
        return false;
    listing->freshness =
        is_unchanged ? pl_remote_renewed(r, response, &listing->freshness)
                     : pl_remote_freshness(r, response);
    listing->is_settled = true;
    listing->is_changed = !response->no_store;
    return true;
}

bool pl_remote_take_listing(struct remote *r, struct listing *listing,
                            struct pl_response *response, struct pl_error *err)
{
    struct pl_error why = {.arena = r->arena};
    if (!read_answer(r, listing, response, &why))
        pl_error_wrap(&why, "%.*s", PL_STR_ARG(listing->site->url));
    for (size_t i = 0; i < listing->waiting.len; i++) {
        struct holding *h = listing->waiting.at[i];
        struct pl_error own = why;
        if (!listing->is_settled || !judge(r, h, &own))
            pl_remote_keep_error(r, h, &own);
        if (!pl_remote_settle(r, h->wish, err))
            return false;
    }
    listing->waiting.len = 0;
    return true;
}
