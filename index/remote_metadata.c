#include "index/remote_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/digest.h"
#include "core/limits.h"
#include "index/metadata.h"
#include "index/wheel_file.h"

/* ---- answers ---- */

static bool answer(struct remote *r, struct metadata_wish *wish,
                   const struct pl_metadata *metadata, struct pl_str reason)
{
    pl_remote_answer(r, wish->slot,
                     (struct pl_index_event){
                         .kind = PL_EVENT_METADATA,
                         .project = wish->file->page->project,
                         .file = wish->file,
                         .metadata = metadata,
                         .reason = reason,
                     });
    return true;
}

static bool answer_none(struct remote *r, struct metadata_wish *wish,
                        struct pl_str reason)
{
    if (wish->holding)
        pl_block_add_reason(r->arena, wish->holding->block, wish->file, reason);
    return answer(r, wish, NULL, reason);
}

static bool answer_metadata(struct remote *r, struct metadata_wish *wish,
                            const struct pl_metadata *metadata)
{
    if (wish->holding)
        pl_block_add_metadata(r->arena, wish->holding->block, wish->file,
                              metadata);
    return answer(r, wish, metadata, PL_STR(""));
}

static bool answer_too_large(struct remote *r, struct metadata_wish *wish)
{
    return answer_none(r, wish,
                       pl_arena_printf(r->arena,
                                       "its source distribution is larger "
                                       "than %u bytes",
                                       PL_MAX_SDIST_BYTES));
}

/* What is wrong with one version does not end the run; the rest does. */
static bool answer_error(struct remote *r, struct metadata_wish *wish,
                         const struct pl_error *why, struct pl_error *err)
{
    if (why->code == PL_ERR_INPUT)
        return answer_none(r, wish, why->message);
    if (err)
        *err = *why;
    pl_error_wrap(err, "%.*s", PL_STR_ARG(wish->file->details->name));
    return false;
}

static bool answer_text(struct remote *r, struct metadata_wish *wish,
                        struct pl_str text, struct pl_error *err)
{
    struct pl_error why = {.arena = r->arena};
    struct pl_metadata *metadata = pl_new(r->arena, struct pl_metadata);
    text = pl_arena_dup(r->arena, text);
    if (!pl_metadata_parse(r->arena, text, wish->file, metadata, &why))
        return answer_error(r, wish, &why, err);
    return answer_metadata(r, wish, metadata);
}

static bool check_hash(struct pl_str found, struct pl_str stated,
                       struct pl_str what, struct pl_error *err)
{
    if (!stated.len || pl_str_eq(found, stated))
        return true;
    pl_error_plain(err, PL_ERR_INTEGRITY,
                   "%.*s is not the file that the index states",
                   PL_STR_ARG(what));
    return pl_error_because(err, "its SHA-256 is %.*s, the index says %.*s",
                            PL_STR_ARG(found), PL_STR_ARG(stated));
}

/* ---- wishes ---- */

static struct holding *holding_of(struct remote *r, const struct pl_file *file)
{
    struct pl_str address = {(const char *)&file->page, sizeof(file->page)};
    return pl_map_get(&r->holdings, address);
}

bool pl_remote_look_up_metadata(struct remote *r, struct metadata_wish *wish)
{
    struct pl_metadata *metadata = pl_new(r->arena, struct pl_metadata);
    struct pl_str reason;
    if (!wish->holding)
        return false;
    switch (pl_block_metadata(r->arena, wish->holding->block, wish->file,
                              metadata, &reason)) {
    case PL_BLOCK_KNOWN:
        return answer(r, wish, metadata, PL_STR(""));
    case PL_BLOCK_UNUSABLE:
        return answer(r, wish, NULL, reason);
    case PL_BLOCK_UNKNOWN:
        return false;
    }
    return false;
}

static bool is_offline(struct remote *r, const struct metadata_wish *wish)
{
    if (!r->opts.offline)
        return false;
    pl_error_plain(&r->failure, PL_ERR_INDEX,
                   "the metadata of %.*s are not in the cache",
                   PL_STR_ARG(wish->file->details->name));
    pl_error_hint(&r->failure, "run once without --offline");
    return true;
}

/* A file on this machine. */
static bool read_local(struct remote *r, struct metadata_wish *wish)
{
    struct pl_error why = {.arena = r->arena};
    struct pl_metadata *metadata = pl_new(r->arena, struct pl_metadata);
    return pl_find_links_metadata(r->links, wish->file, metadata, &why)
               ? answer_metadata(r, wish, metadata)
               : answer_error(r, wish, &why, &r->failure);
}

void pl_remote_want_metadata(struct pl_index *index, const struct pl_file *file)
{
    struct remote *r = (struct remote *)(void *)index;
    struct metadata_wish *wish = pl_new(r->arena, struct metadata_wish);
    *wish = (struct metadata_wish){
        .task = {TASK_METADATA},
        .slot = pl_remote_new_slot(r, file->page->project),
        .file = file,
        .holding = holding_of(r, file),
        .stage = file->kind == PL_FILE_SDIST ? STAGE_SDIST
                 : file->has_metadata        ? STAGE_METADATA_FILE
                                             : STAGE_RANGES,
    };
    bool is_local = file->details && file->details->path.len;
    if (r->failure.code == PL_OK && is_local) {
        (void)!read_local(r, wish);
        return;
    }
    if (r->failure.code != PL_OK || pl_remote_look_up_metadata(r, wish) ||
        !pl_file_complete(file, &r->failure) || is_offline(r, wish))
        return;
    if (wish->stage == STAGE_SDIST && file->details->has_size &&
        file->details->size > PL_MAX_SDIST_BYTES)
        (void)!answer_too_large(r, wish);
    else
        pl_remote_queue(r, &wish->task);
}

/* ---- asking ---- */

/* FILE.metadata stands beside the file, whatever its URL ends in. */
static struct pl_str metadata_url(struct remote *r, struct pl_str url)
{
    size_t query = pl_str_find(url, '?');
    return pl_arena_printf(r->arena, "%.*s.metadata%.*s",
                           PL_STR_ARG(pl_str_sub(url, 0, query)),
                           PL_STR_ARG(pl_str_sub(url, query, url.len)));
}

static void set_range(const struct metadata_wish *wish,
                      struct pl_request *request)
{
    const struct pl_file *file = wish->file;
    const struct pl_wheel_need *need = &wish->need;
    request->has_range = true;
    request->if_range = wish->etag;
    request->max_bytes = PL_MAX_WHEEL_DIRECTORY_BYTES + PL_WHEEL_TAIL_BYTES;
    if (need->length) {
        request->range_from = need->offset;
        request->range_to = need->offset + need->length - 1;
    } else if (file->details->has_size &&
               file->details->size > PL_WHEEL_TAIL_BYTES) {
        request->range_from = file->details->size - PL_WHEEL_TAIL_BYTES;
        request->range_to = file->details->size - 1;
    } else {
        request->suffix = true;
        request->range_to = PL_WHEEL_TAIL_BYTES;
    }
}

/* Nobody else ever sees it: it has no name. */
static bool open_temporary(struct remote *r, struct metadata_wish *wish,
                           struct pl_error *err)
{
    const char *folder = getenv("TMPDIR");
    char name[PL_MAX_PATH_BYTES];
    snprintf(name, sizeof(name), "%s/podlock-XXXXXX",
             folder && *folder ? folder : "/tmp");
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0)
        return pl_error_plain(err, PL_ERR_FILE,
                              "cannot make a temporary file %s: %s", name,
                              strerror(errno));
    unlink(name);
    wish->sink = fd;
    pl_vec_push(r->arena, &r->downloads, wish);
    return true;
}

void pl_remote_close_sink(struct metadata_wish *wish)
{
    if (wish->sink > 0)
        close(wish->sink);
    wish->sink = 0;
}

bool pl_remote_send_metadata(struct remote *r, struct metadata_wish *wish,
                             struct pl_error *err)
{
    struct pl_request request = {
        .url = wish->file->details->url,
        .max_bytes = PL_MAX_METADATA_BYTES,
        .user = wish,
    };
    switch (wish->stage) {
    case STAGE_METADATA_FILE:
        request.url = metadata_url(r, wish->file->details->url);
        break;
    case STAGE_RANGES:
        set_range(wish, &request);
        break;
    case STAGE_WHOLE_WHEEL:
        if (!open_temporary(r, wish, err))
            return false;
        request.sink = wish->sink;
        request.raw = true;
        request.max_bytes = PL_MAX_WHEEL_BYTES;
        break;
    case STAGE_SDIST:
        request.raw = true;
        request.max_bytes = PL_MAX_SDIST_BYTES;
        break;
    }
    r->net->fetch_start(r->fetch, &request);
    return true;
}

static bool go_to(struct remote *r, struct metadata_wish *wish,
                  enum metadata_stage stage)
{
    wish->stage = stage;
    pl_remote_queue(r, &wish->task);
    return true;
}

/* ---- wheels ---- */

/* METADATA that a page states a hash of must be that one, wherever it is. */
static bool take_wheel_text(struct remote *r, struct metadata_wish *wish,
                            struct pl_str text, struct pl_error *err)
{
    struct pl_str what = pl_arena_printf(r->arena, "the METADATA in %.*s",
                                         PL_STR_ARG(wish->file->details->name));
    return check_hash(pl_sha256_hex(r->arena, text),
                      wish->file->details->metadata_sha256, what, err) &&
           answer_text(r, wish, text, err);
}

static bool changed_midway(const struct metadata_wish *wish,
                           struct pl_error *err)
{
    return pl_error_plain(err, PL_ERR_INDEX, "%.*s changed while it was read",
                          PL_STR_ARG(wish->file->details->name));
}

static bool add_piece(struct remote *r, struct metadata_wish *wish,
                      const struct pl_response *response, struct pl_error *err)
{
    const struct pl_file *file = wish->file;
    struct pl_wheel_piece piece = {response->range_from,
                                   pl_arena_dup(r->arena, response->body)};
    if (file->details->has_size && response->total != file->details->size) {
        pl_error_plain(err, PL_ERR_INTEGRITY,
                       "%.*s is not the file that the index states",
                       PL_STR_ARG(file->details->name));
        return pl_error_because(err, "it has %llu bytes, the index says %llu",
                                (unsigned long long)response->total,
                                (unsigned long long)file->details->size);
    }
    if (wish->wheel.pieces.len && (wish->wheel.total != response->total ||
                                   !pl_str_eq(wish->etag, response->etag)))
        return changed_midway(wish, err);
    wish->wheel.total = response->total;
    wish->etag = pl_arena_dup(r->arena, response->etag);
    pl_vec_push(r->arena, &wish->wheel.pieces, piece);
    return true;
}

static bool take_range(struct remote *r, struct metadata_wish *wish,
                       const struct pl_response *response, struct pl_error *err)
{
    struct pl_str text;
    struct pl_error why = {.arena = r->arena};
    if (!add_piece(r, wish, response, err))
        return false;
    if (!r->net->wheel_read(r->arena, &wish->wheel, wish->file, &wish->need,
                            &text, &why))
        return answer_error(r, wish, &why, err);
    if (wish->need.length)
        return go_to(r, wish, STAGE_RANGES);
    return take_wheel_text(r, wish, text, err);
}

/* The server gives no part of the file: all of it then, unless it is huge. */
static bool take_ignored_range(struct remote *r, struct metadata_wish *wish,
                               struct pl_error *err)
{
    if (wish->wheel.pieces.len)
        return changed_midway(wish, err);
    return go_to(r, wish, STAGE_WHOLE_WHEEL);
}

static bool take_whole_wheel(struct remote *r, struct metadata_wish *wish,
                             struct pl_error *err)
{
    struct pl_str text, found;
    struct pl_error why = {.arena = r->arena};
    bool is_read = pl_sha256_file(r->arena, wish->sink, &found, &why) &&
                   check_hash(found, wish->file->details->sha256,
                              wish->file->details->name, &why) &&
                   pl_wheel_read_file(r->arena, r->net, wish->sink, wish->file,
                                      &text, &why);
    return is_read ? take_wheel_text(r, wish, text, err)
                   : answer_error(r, wish, &why, err);
}

/* ---- source distributions ---- */

static bool take_sdist(struct remote *r, struct metadata_wish *wish,
                       const struct pl_response *response, struct pl_error *err)
{
    struct pl_error why = {.arena = r->arena};
    struct pl_metadata *metadata = pl_new(r->arena, struct pl_metadata);
    if (!check_hash(pl_sha256_hex(r->arena, response->body),
                    wish->file->details->sha256, wish->file->details->name,
                    err))
        return false;
    if (!r->net->sdist_parse(r->arena, response->body, wish->file, metadata,
                             &why))
        return answer_error(r, wish, &why, err);
    return answer_metadata(r, wish, metadata);
}

/* ---- answers of servers ---- */

static bool take_body(struct remote *r, struct metadata_wish *wish,
                      const struct pl_response *response, struct pl_error *err)
{
    struct pl_str hash;
    switch (wish->stage) {
    case STAGE_METADATA_FILE:
        hash = pl_sha256_hex(r->arena, response->body);
        return check_hash(hash, wish->file->details->metadata_sha256,
                          response->url, err) &&
               answer_text(r, wish, response->body, err);
    case STAGE_RANGES:
        return take_ignored_range(r, wish, err);
    case STAGE_WHOLE_WHEEL:
        return take_whole_wheel(r, wish, err);
    case STAGE_SDIST:
        return take_sdist(r, wish, response, err);
    }
    return false;
}

static bool take_absence(struct remote *r, struct metadata_wish *wish,
                         int status)
{
    if (wish->stage == STAGE_METADATA_FILE)
        return go_to(r, wish, STAGE_RANGES);
    return answer_none(
        r, wish,
        pl_arena_printf(r->arena, "the index lists it, but it is gone (%d)",
                        status));
}

static bool take_answer(struct remote *r, struct metadata_wish *wish,
                        const struct pl_response *response,
                        struct pl_error *err)
{
    switch (response->status) {
    case 0:
        if (wish->stage == STAGE_SDIST && response->error.code == PL_ERR_LIMIT)
            return answer_too_large(r, wish);
        return pl_remote_fail(r, response, err);
    case 200:
        return take_body(r, wish, response, err);
    case 206:
        if (wish->stage == STAGE_RANGES)
            return take_range(r, wish, response, err);
        break;
    case 404:
    case 410:
        return take_absence(r, wish, response->status);
    case 416:
        if (wish->stage == STAGE_RANGES)
            return take_ignored_range(r, wish, err);
        break;
    default:
        break;
    }
    pl_remote_refused(r, response, err);
    return pl_error_wrap(err, "%.*s", PL_STR_ARG(response->url));
}

bool pl_remote_take_metadata(struct remote *r, struct metadata_wish *wish,
                             struct pl_response *response, struct pl_error *err)
{
    bool is_good = take_answer(r, wish, response, err);
    pl_remote_close_sink(wish);
    return is_good;
}
