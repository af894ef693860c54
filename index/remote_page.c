#include "index/remote_internal.h"

#include "core/clock.h"
#include "core/limits.h"
#include "index/page_json.h"
#include "index/twins.h"
#include "pep/name.h"

#define ACCEPT_PAGE                                                            \
    "application/vnd.pypi.simple.v1+json, "                                    \
    "application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
#define SHOWN_LINE_BYTES 120
#define SHOWN_DOUBLES 8
/* So long an index is waited for that is asked only to warn. */
#define GRACE_NS 500000000u

static struct pl_str page_url(struct remote *r, const struct holding *h)
{
    return pl_arena_printf(r->arena, "%.*s%.*s/", PL_STR_ARG(h->site->url),
                           PL_STR_ARG(h->wish->project));
}

/* ---- wishes ---- */

static void fail_holding(struct remote *r, struct holding *h,
                         enum pl_error_code code, const char *what)
{
    struct pl_str url = page_url(r, h);
    h->error = (struct pl_error){.arena = r->arena};
    pl_error_plain(&h->error, code, "%.*s %s", PL_STR_ARG(url), what);
    h->is_settled = true;
}

static void settle_with(struct remote *r, struct holding *h,
                        struct pl_block *block)
{
    struct pl_str address;
    h->block = block;
    h->is_settled = true;
    if (!block->page)
        return;
    const struct pl_page **key = pl_new(r->arena, const struct pl_page *);
    *key = block->page;
    address = (struct pl_str){(const char *)key, sizeof(*key)};
    pl_map_put(&r->holdings, address, h);
}

static bool is_refreshed(const struct remote *r, struct pl_str project)
{
    return r->opts.refresh || pl_str_in(project, r->opts.refresh_names,
                                        r->opts.refresh_name_count);
}

/* Or did another process ask, while this one waited for it? */
static bool is_fresh(const struct remote *r, struct pl_str project,
                     const struct pl_freshness *freshness)
{
    int64_t now = pl_remote_clock();
    if (r->has_waited && freshness->checked >= r->opened &&
        freshness->checked <= now)
        return true;
    return !is_refreshed(r, project) && pl_freshness_lasts(freshness, now);
}

bool pl_remote_look_up_page(struct remote *r, struct holding *h)
{
    struct pl_str project = h->wish->project;
    struct pl_block_place place = {.project = project,
                                   .index_url = h->site->url,
                                   .is_torch = h->site->is_torch,
                                   .order = h->site->order};
    struct pl_block *block = pl_new(r->arena, struct pl_block);
    if (r->opts.cache &&
        pl_block_load(r->arena, r->opts.cache, h->site->folder, &place, block))
        h->block = block;
    if (h->block &&
        (r->opts.offline || is_fresh(r, project, &h->block->freshness))) {
        settle_with(r, h, h->block);
        return true;
    }
    if (!r->opts.offline)
        return false;
    fail_holding(r, h, PL_ERR_INDEX, "is not in the cache");
    pl_error_hint(&h->error, "run once without --offline");
    return true;
}

static const struct pl_page *page_of(const struct holding *h)
{
    return h->block ? h->block->page : NULL;
}

/* Where the sites begin among the holdings. */
static size_t first_site(const struct remote *r, const struct page_wish *wish)
{
    return wish->member && r->torch.url.len ? 1 : 0;
}

/* A site before this one has it, and only the first one counts. */
static bool is_for_warnings(const struct remote *r,
                            const struct page_wish *wish, size_t n)
{
    if (r->opts.strategy != PL_STRATEGY_FIRST_INDEX)
        return false;
    for (size_t i = first_site(r, wish); i < n; i++) {
        const struct holding *h = wish->holdings.at[i];
        if (!h->is_settled || h->error.code != PL_OK)
            return false;
        if (page_of(h))
            return true;
    }
    return false;
}

static struct holding *add_holding(struct remote *r, struct page_wish *wish,
                                   struct remote_site *site)
{
    struct holding *h = pl_new(r->arena, struct holding);
    *h = (struct holding){
        .task = {TASK_PAGE},
        .site = site,
        .wish = wish,
    };
    pl_vec_push(r->arena, &wish->holdings, h);
    pl_vec_push(r->arena, &r->blocks, h);
    return h;
}

static void ask_torch(struct remote *r, struct page_wish *wish)
{
    struct holding *h = add_holding(r, wish, &r->torch);
    if (!pl_remote_look_up_page(r, h))
        pl_remote_queue(r, &h->task);
}

/*
 * All at once: what the first lacks costs no second round trip. Where the first
 * has it and nobody need be asked for it, nobody is asked for a warning either.
 */
static void ask_sites(struct remote *r, struct page_wish *wish)
{
    wish->asked_sites = true;
    for (size_t i = 0; i < r->opts.site_count; i++) {
        bool is_asked = !is_for_warnings(r, wish, wish->holdings.len);
        struct holding *h = add_holding(r, wish, &r->sites[i]);
        if (pl_remote_look_up_page(r, h))
            continue;
        if (is_asked)
            pl_remote_queue(r, &h->task);
        h->is_settled = !is_asked;
    }
    if (r->opts.site_count > 1)
        pl_vec_push(r->arena, &r->late, wish);
}

/* PyPI's twin of a companion is looked at whatever the torch index has. */
static bool needs_sites_at_once(const struct remote *r,
                                const struct page_wish *wish)
{
    return !wish->member || (wish->member->pypi &&
                             (wish->member->companion || !r->torch.url.len));
}

void pl_remote_want_page(struct pl_index *index, struct pl_str project)
{
    struct remote *r = (struct remote *)(void *)index;
    struct page_wish *wish = pl_new(r->arena, struct page_wish);
    wish->slot = pl_remote_new_slot(r, project);
    wish->project = project;
    wish->member =
        r->opts.family ? pl_torch_family_find(r->opts.family, project) : NULL;
    if (!pl_name_is_normal(project)) {
        pl_remote_answer(
            r, wish->slot,
            (struct pl_index_event){.kind = PL_EVENT_PAGE, .project = project});
        return;
    }
    if (wish->member && r->torch.url.len)
        ask_torch(r, wish);
    if (needs_sites_at_once(r, wish))
        ask_sites(r, wish);
    if (r->failure.code == PL_OK)
        (void)!pl_remote_settle(r, wish, &r->failure);
}

/* ---- which page counts ---- */

static bool raise_error(const struct holding *h, struct pl_error *err)
{
    if (err)
        *err = h->error;
    return false;
}

static void set_warnings(struct remote *r)
{
    r->index.warnings.len = 0;
    if (r->doubled_text.len)
        pl_vec_push(r->arena, &r->index.warnings, r->doubled_text);
    if (r->unasked_text.len)
        pl_vec_push(r->arena, &r->index.warnings, r->unasked_text);
}

/* One sentence for all such names: a mirror has every one of them. */
static void warn_of_two(struct remote *r, const struct page_wish *wish,
                        const struct holding *taken,
                        const struct holding *other)
{
    size_t shown = ++r->doubled;
    if (shown <= SHOWN_DOUBLES)
        r->doubled_names = pl_arena_printf(
            r->arena, "%.*s%s%.*s", PL_STR_ARG(r->doubled_names),
            shown > 1 ? ", " : "", PL_STR_ARG(wish->project));
    bool first_counts = r->opts.strategy == PL_STRATEGY_FIRST_INDEX;
    r->doubled_text = pl_arena_printf(
        r->arena, "%.*s%s %s on two indexes: %s%.*s%s%.*s%s",
        PL_STR_ARG(r->doubled_names),
        shown > SHOWN_DOUBLES ? " and others" : "",
        shown > 1 ? "stand" : "stands", first_counts ? "taken from " : "",
        PL_STR_ARG(taken->site->url), first_counts ? ", not from " : " and ",
        PL_STR_ARG(other->site->url),
        first_counts ? "" : "; versions of both count");
    set_warnings(r);
}

/* It is asked only to warn, so its failure is no error. */
static void warn_of_unasked(struct remote *r, const struct holding *taken,
                            const struct holding *other)
{
    r->unasked_text = pl_arena_printf(
        r->arena,
        "%.*s does not answer: whether it has names of %.*s too is "
        "not known",
        PL_STR_ARG(other->site->url), PL_STR_ARG(taken->site->url));
    set_warnings(r);
}

/* The first site that has it; a site that fails before it ends the run. */
static bool choose_first(struct remote *r, struct page_wish *wish, size_t from,
                         const struct pl_page **out, struct pl_error *err)
{
    const struct holding *taken = NULL;
    for (size_t i = from; i < wish->holdings.len; i++) {
        const struct holding *h = wish->holdings.at[i];
        if (!taken && h->error.code != PL_OK)
            return raise_error(h, err);
        if (taken && !r->opts.offline &&
            (h->error.code != PL_OK || !h->is_settled))
            warn_of_unasked(r, taken, h);
        else if (taken && page_of(h))
            warn_of_two(r, wish, taken, h);
        else if (page_of(h))
            taken = h;
    }
    *out = taken ? page_of(taken) : NULL;
    return true;
}

static bool choose_all(struct remote *r, struct page_wish *wish, size_t from,
                       const struct pl_page **out, struct pl_error *err)
{
    PL_VEC(const struct pl_page *) pages = {0};
    const struct holding *first = NULL;
    for (size_t i = from; i < wish->holdings.len; i++) {
        const struct holding *h = wish->holdings.at[i];
        if (h->error.code != PL_OK)
            return raise_error(h, err);
        if (!page_of(h))
            continue;
        if (!pl_page_complete(page_of(h), err))
            return false;
        if (first)
            warn_of_two(r, wish, first, h);
        else
            first = h;
        pl_vec_push(r->arena, &pages, page_of(h));
    }
    *out = pages.len ? pl_page_merge(r->arena, pages.at, pages.len) : NULL;
    return true;
}

static bool choose_site(struct remote *r, struct page_wish *wish, size_t from,
                        const struct pl_page **out, struct pl_error *err)
{
    return r->opts.strategy == PL_STRATEGY_FIRST_INDEX
               ? choose_first(r, wish, from, out, err)
               : choose_all(r, wish, from, out, err);
}

/* A name of the family must never be met by a stranger of that name. */
static bool choose(struct remote *r, struct page_wish *wish,
                   const struct pl_page **out, struct pl_error *err)
{
    const struct pl_page *pypi = NULL;
    if (!wish->member || !r->torch.url.len)
        return choose_site(r, wish, 0, out, err);
    const struct holding *torch = wish->holdings.at[0];
    if (torch->error.code != PL_OK)
        return raise_error(torch, err);
    if (wish->asked_sites && !choose_site(r, wish, 1, &pypi, err))
        return false;
    *out = page_of(torch) ? page_of(torch) : pypi;
    if (!page_of(torch) || !pypi)
        return true;
    if (!pl_page_complete(page_of(torch), err) || !pl_page_complete(pypi, err))
        return false;
    *out = pl_page_add_twins(r->arena, page_of(torch), pypi);
    return true;
}

static bool waits(const struct remote *r, struct page_wish *wish)
{
    for (size_t i = 0; i < wish->holdings.len; i++) {
        const struct holding *h = wish->holdings.at[i];
        if (h->is_settled)
            continue;
        if (!is_for_warnings(r, wish, i))
            return true;
        if (!wish->found_ns)
            wish->found_ns = pl_clock_ns();
        if (!h->site->is_down && pl_clock_ns() - wish->found_ns < GRACE_NS)
            return true;
    }
    return false;
}

/* Absent from the torch index, and allowed elsewhere. */
static bool goes_elsewhere(const struct page_wish *wish)
{
    return wish->member && wish->member->pypi && !wish->asked_sites &&
           wish->holdings.at[0]->error.code == PL_OK &&
           !page_of(wish->holdings.at[0]);
}

/* ---- --find-links ---- */

static bool waits_for_flats(const struct remote *r)
{
    for (size_t i = 0; i < r->flat_count; i++)
        if (!r->flats[i].is_read)
            return true;
    return false;
}

static bool read_flat(struct remote *r, const struct flat *flat,
                      struct pl_str project, const struct pl_page **out,
                      struct pl_error *err)
{
    struct pl_page_input input = {.project = project, .is_flat = true};
    return pl_page_from_rows(r->arena, &input, &flat->rows, out, err);
}

/* What --find-links names stands beside what the indexes have. */
static bool add_links(struct remote *r, const struct page_wish *wish,
                      const struct pl_page **page, struct pl_error *err)
{
    PL_VEC(const struct pl_page *) pages = {0};
    const struct pl_page *found = NULL;
    if (*page)
        pl_vec_push(r->arena, &pages, *page);
    if (r->links && !pl_find_links_page(r->links, wish->project, &found, err))
        return false;
    if (found)
        pl_vec_push(r->arena, &pages, found);
    for (size_t i = 0; i < r->flat_count; i++) {
        if (!read_flat(r, &r->flats[i], wish->project, &found, err))
            return false;
        if (found->file_count)
            pl_vec_push(r->arena, &pages, found);
    }
    if (!pages.len)
        return true;
    /* By their names files find their places among those of other pages. */
    if (*page && pages.len > 1 && !pl_page_complete(*page, err))
        return false;
    *page = pl_page_merge(r->arena, pages.at, pages.len);
    return true;
}

bool pl_remote_settle(struct remote *r, struct page_wish *wish,
                      struct pl_error *err)
{
    struct pl_index_event event = {.kind = PL_EVENT_PAGE,
                                   .project = wish->project};
    if (wish->is_answered || waits(r, wish))
        return true;
    if (goes_elsewhere(wish)) {
        ask_sites(r, wish);
        if (waits(r, wish))
            return true;
    }
    if (waits_for_flats(r)) {
        if (!wish->is_waiting)
            pl_vec_push(r->arena, &r->waiting, wish);
        wish->is_waiting = true;
        return true;
    }
    if (!choose(r, wish, &event.page, err) ||
        !add_links(r, wish, &event.page, err))
        return false;
    wish->is_answered = true;
    pl_remote_answer(r, wish->slot, event);
    return true;
}

bool pl_remote_settle_late(struct remote *r, struct pl_error *err)
{
    size_t left = 0;
    for (size_t i = 0; i < r->late.len; i++) {
        if (!pl_remote_settle(r, r->late.at[i], err))
            return false;
        if (!r->late.at[i]->is_answered)
            r->late.at[left++] = r->late.at[i];
    }
    r->late.len = left;
    return true;
}

/* ---- answers of servers ---- */

void pl_remote_send_page(struct remote *r, struct holding *h)
{
    struct pl_request request = {
        .url = page_url(r, h),
        .accept = ACCEPT_PAGE,
        .max_bytes = PL_MAX_PAGE_BYTES,
        .user = h,
    };
    if (h->block) {
        request.etag = h->block->freshness.etag;
        request.last_modified = h->block->freshness.last_modified;
    }
    r->net->fetch_start(r->fetch, &request);
}

struct pl_freshness pl_remote_freshness(struct remote *r,
                                        const struct pl_response *response)
{
    return (struct pl_freshness){
        .checked = pl_remote_clock(),
        .max_age = response->has_max_age ? response->max_age
                                         : PL_CACHE_DEFAULT_FRESH_S,
        .etag = pl_arena_dup(r->arena, response->etag),
        .last_modified = pl_arena_dup(r->arena, response->last_modified),
    };
}

struct pl_freshness pl_remote_renewed(struct remote *r,
                                      const struct pl_response *response,
                                      const struct pl_freshness *older)
{
    struct pl_freshness freshness = pl_remote_freshness(r, response);
    if (!freshness.etag.len)
        freshness.etag = older->etag;
    if (!freshness.last_modified.len)
        freshness.last_modified = older->last_modified;
    return freshness;
}

static bool not_a_page(const struct pl_response *response, struct pl_error *err)
{
    struct pl_str line = pl_str_trim(response->body);
    line = pl_str_sub(line, 0, pl_str_find(line, '\n'));
    pl_error_plain(err, PL_ERR_INDEX, "not an index page (%.*s)",
                   PL_STR_ARG(response->content_type.len
                                  ? response->content_type
                                  : PL_STR("no content type")));
    return pl_error_because(err, "it begins: %.*s",
                            PL_STR_ARG(pl_str_sub(line, 0, SHOWN_LINE_BYTES)));
}

/* A login page of a network has links too, but none to a file. */
static bool says_it_is_an_index(struct pl_str body)
{
    return pl_str_find_str(body, PL_STR("pypi:repository-version")) <
               body.len ||
           pl_str_find_str(body, PL_STR("Links for")) < body.len;
}

static bool parse_page(struct remote *r, const struct holding *h,
                       const struct pl_response *response,
                       const struct pl_page **page, struct pl_error *err)
{
    struct pl_str type = response->content_type;
    struct pl_page_input input = {.body = response->body,
                                  .url = response->url,
                                  .index_url = h->site->url,
                                  .project = h->wish->project,
                                  .is_torch = h->site->is_torch,
                                  .order = h->site->order};
    if (pl_str_is(type, "application/vnd.pypi.simple.v1+json") ||
        pl_str_is(type, "application/json"))
        return pl_page_parse_json(r->arena, &input, page, err);
    if (!pl_str_is(type, "text/html") &&
        !pl_str_is(type, "application/vnd.pypi.simple.v1+html"))
        return not_a_page(response, err);
    return r->net->page_parse_html(r->arena, &input, page, err) &&
           ((*page)->file_count || (*page)->dropped ||
            says_it_is_an_index(response->body) || not_a_page(response, err));
}

static bool take_body(struct remote *r, struct holding *h,
                      const struct pl_response *response, struct pl_error *err)
{
    struct pl_freshness freshness = pl_remote_freshness(r, response);
    struct pl_block *older = h->block;
    const struct pl_page *page;
    if (!parse_page(r, h, response, &page, err))
        return false;
    settle_with(r, h, pl_block_make(r->arena, page, &freshness));
    if (older)
        pl_block_inherit(r->arena, h->block, older);
    return true;
}

static bool take_unchanged(struct remote *r, struct holding *h,
                           const struct pl_response *response,
                           struct pl_error *err)
{
    struct pl_freshness freshness;
    if (!h->block || !(h->block->freshness.etag.len ||
                       h->block->freshness.last_modified.len))
        return pl_error_plain(err, PL_ERR_INDEX,
                              "answers 304 (not changed) to a question that "
                              "names no earlier answer");
    freshness = pl_remote_renewed(r, response, &h->block->freshness);
    if (is_refreshed(r, h->wish->project)) {
        /* What could not be used then may be there by now. */
        const struct pl_block *older = h->block;
        h->block = pl_block_make(r->arena, older->page, &freshness);
        pl_block_inherit(r->arena, h->block, older);
    }
    h->block->freshness = freshness;
    h->block->changed = true;
    settle_with(r, h, h->block);
    return true;
}

void pl_remote_settle_absent(struct remote *r, struct holding *h,
                             const struct pl_freshness *freshness)
{
    settle_with(r, h, pl_block_make(r->arena, NULL, freshness));
    h->block->changed = true;
}

bool pl_remote_refused(const struct remote *r,
                       const struct pl_response *response, struct pl_error *err)
{
    int status = response->status;
    const struct pl_credentials *known = r->opts.fetch.credentials;
    bool is_known = known && pl_credentials_find(known, response->url);
    pl_error_plain(err, PL_ERR_INDEX, "answers %d%s", status,
                   status == 403   ? " (forbidden)"
                   : status != 401 ? ""
                   : is_known      ? " (it refuses the user name and password)"
                                   : " (it asks for a user name and password)");
    if (status == 401 || status == 403)
        pl_error_hint(err, "credentials stand in the URL, in "
                           "PODLOCK_INDEX_<NAME>_USERNAME and _PASSWORD of "
                           "`--index NAME=URL`, or in netrc");
    return false;
}

static bool take_answer(struct remote *r, struct holding *h,
                        struct pl_response *response, struct pl_error *err)
{
    struct pl_freshness freshness;
    h->no_store = response->no_store;
    switch (response->status) {
    case 0:
        return pl_remote_fail(r, response, err);
    case 200:
        return take_body(r, h, response, err);
    case 304:
        return take_unchanged(r, h, response, err);
    case 404:
    case 410:
        freshness = pl_remote_freshness(r, response);
        pl_remote_settle_absent(r, h, &freshness);
        return true;
    case 403:
        if (!h->site->is_torch)
            return pl_remote_refused(r, response, err);
        return pl_remote_judge_forbidden(r, h, response, err);
    default:
        return pl_remote_refused(r, response, err);
    }
}

/* What went wrong is the holding's: another site may have the project. */
void pl_remote_keep_error(struct remote *r, struct holding *h,
                          const struct pl_error *why)
{
    struct pl_str url = page_url(r, h);
    h->is_settled = true;
    h->site->is_down = true;
    h->error = *why;
    if (pl_str_find_str(why->message, url) == why->message.len)
        pl_error_wrap(&h->error, "%.*s", PL_STR_ARG(url));
}

bool pl_remote_take_page(struct remote *r, struct holding *h,
                         struct pl_response *response, struct pl_error *err)
{
    struct pl_error why = {.arena = r->arena};
    if (!take_answer(r, h, response, &why))
        pl_remote_keep_error(r, h, &why);
    return pl_remote_settle(r, h->wish, err);
}

/* ---- pages of --find-links on a server ---- */

void pl_remote_send_flat(struct remote *r, struct flat *flat)
{
    struct pl_request request = {
        .url = flat->url,
        .accept = "text/html",
        .max_bytes = PL_MAX_PAGE_BYTES,
        .user = flat,
    };
    r->net->fetch_start(r->fetch, &request);
}

bool pl_remote_take_flat(struct remote *r, struct flat *flat,
                         struct pl_response *response, struct pl_error *err)
{
    if (response->status == 0)
        return pl_remote_fail(r, response, err);
    if (response->status != 200) {
        pl_remote_refused(r, response, err);
        return pl_error_wrap(err, "%.*s", PL_STR_ARG(flat->url));
    }
    if (!r->net->rows_parse_html(r->arena, response->body, response->url,
                                 &flat->rows, err))
        return pl_error_wrap(err, "%.*s", PL_STR_ARG(flat->url));
    flat->is_read = true;
    for (size_t i = 0; !waits_for_flats(r) && i < r->waiting.len; i++)
        if (!pl_remote_settle(r, r->waiting.at[i], err))
            return false;
    return true;
}
