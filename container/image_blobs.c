#include "container/image_blobs.h"

#include "container/image_layer.h"
#include "core/digest.h"
#include "core/file.h"
#include "core/limits.h"

#define HEAD_BYTES 512 /* one tar header */
#define MAGIC_AT 257

/* ---- one member's, with its first ones at hand ---- */

struct stream {
    struct pl_archive *outer;
    struct pl_sha256 sum;
    char head[HEAD_BYTES];
    size_t head_len;
    bool head_given;
    struct pl_str rest; /* read with the head */
    bool failed;        /* the archive itself is at fault */
};

static bool pull(struct stream *stream, struct pl_str *bytes,
                 struct pl_error *err)
{
    stream->failed = !pl_archive_read(stream->outer, bytes, err);
    if (!stream->failed)
        pl_sha256_add(&stream->sum, *bytes);
    return !stream->failed;
}

static bool read_head(struct stream *stream, struct pl_error *err)
{
    do {
        if (!pull(stream, &stream->rest, err))
            return false;
        size_t room = HEAD_BYTES - stream->head_len;
        struct pl_str part = pl_str_sub(stream->rest, 0, room);
        if (part.len)
            memcpy(stream->head + stream->head_len, part.at, part.len);
        stream->head_len += part.len;
        stream->rest = pl_str_sub(stream->rest, part.len, stream->rest.len);
        if (!part.len)
            break;
    } while (stream->head_len < HEAD_BYTES);
    return true;
}

static bool feed_stream(void *user, struct pl_str *bytes, struct pl_error *err)
{
    struct stream *stream = user;
    if (!stream->head_given && stream->head_len) {
        stream->head_given = true;
        *bytes = (struct pl_str){stream->head, stream->head_len};
        return true;
    }
    if (stream->rest.len) {
        *bytes = stream->rest;
        stream->rest = PL_STR("");
        return true;
    }
    return pull(stream, bytes, err);
}

static bool drain(struct stream *stream, struct pl_error *err)
{
    struct pl_str bytes;
    do {
        if (!feed_stream(stream, &bytes, err))
            return false;
    } while (bytes.len);
    return true;
}

static bool is_packed(const struct stream *stream)
{
    struct pl_str head = {stream->head, stream->head_len};
    return pl_str_starts(head, "\x1f\x8b") ||
           pl_str_starts(head, "\x28\xb5\x2f\xfd");
}

static bool is_tar(const struct stream *stream)
{
    struct pl_str head = {stream->head, stream->head_len};
    bool is_empty = head.len == HEAD_BYTES;
    for (size_t i = 0; i < head.len; i++)
        is_empty = is_empty && !head.at[i];
    return is_empty ||
           pl_str_starts(pl_str_sub(head, MAGIC_AT, head.len), "ustar");
}

static bool is_json(const struct stream *stream)
{
    struct pl_str head =
        pl_str_trim((struct pl_str){stream->head, stream->head_len});
    return pl_str_starts(head, "{") || pl_str_starts(head, "[");
}

/* ---- members ---- */

static void close_archive(struct pl_archive **archive)
{
    pl_archive_close(*archive);
}

static bool read_layer_paths(struct stream *stream, struct pl_image_blob *blob,
                             struct pl_error *err)
{
    struct pl_archive *inner PL_CLEANUP(close_archive) = NULL;
    return pl_archive_open(blob->files.arena, feed_stream, stream, &inner,
                           err) &&
           pl_image_layer_read(inner, &blob->files, err);
}

static bool read_layer(struct pl_image_blobs *blobs, struct stream *stream,
                       struct pl_image_blob *blob, struct pl_error *err)
{
    blob->kind = PL_BLOB_LAYER;
    blob->is_packed = is_packed(stream);
    blob->files = pl_image_files(blobs->arena, &blobs->spent);
    blob->bad.arena = blobs->arena;
    if (read_layer_paths(stream, blob, &blob->bad))
        return true;
    blob->is_bad = true;
    if (!stream->failed && blob->bad.code != PL_ERR_LIMIT &&
        blob->bad.code != PL_ERR_FILE)
        return true;
    if (err)
        *err = blob->bad;
    return false;
}

static bool read_text(struct pl_image_blobs *blobs, struct stream *stream,
                      struct pl_image_blob *blob, struct pl_error *err)
{
    PL_BUF(text, PL_MAX_IMAGE_TEXT_BYTES);
    struct pl_str bytes;
    do {
        if (!feed_stream(stream, &bytes, err))
            return false;
        pl_buf_add_str(&text, bytes);
    } while (bytes.len);
    blob->is_bad = !pl_buf_ok(&text);
    blob->bad.arena = blobs->arena;
    if (blob->is_bad) {
        (void)!pl_error_plain(&blob->bad, PL_ERR_LIMIT,
                              "it has more than %u bytes",
                              PL_MAX_IMAGE_TEXT_BYTES);
        return true;
    }
    blob->kind = PL_BLOB_TEXT;
    if (!pl_image_spend_kept(&blobs->spent, text.len, err))
        return false;
    blob->text = pl_arena_dup(blobs->arena, pl_buf_view(&text));
    return true;
}

static bool read_blob(struct pl_image_blobs *blobs, struct pl_archive *outer,
                      struct pl_image_blob *blob, struct pl_error *err)
{
    struct stream stream = {.outer = outer};
    bool ok = true;
    pl_sha256_begin(&stream.sum);
    if (!read_head(&stream, err))
        return false;
    if (is_packed(&stream) || is_tar(&stream))
        ok = read_layer(blobs, &stream, blob, err);
    else if (is_json(&stream))
        ok = read_text(blobs, &stream, blob, err);
    if (!ok || !drain(&stream, err))
        return false;
    blob->sha256 = pl_sha256_finish(&stream.sum, blobs->arena);
    return true;
}

/* "../ID/layer.tar" of "ID/layer.tar" is a name from the top. */
static bool read_link(struct pl_image_blobs *blobs,
                      const struct pl_member *member,
                      struct pl_image_blob *blob, struct pl_error *err)
{
    char buffer[PL_MAX_PATH_BYTES];
    PL_BUF(whole, 2 * PL_MAX_PATH_BYTES);
    struct pl_str path;
    if (member->type == PL_MEMBER_LINK) {
        pl_buf_add_str(&whole, pl_path_dir(blob->name));
        pl_buf_add_char(&whole, '/');
    }
    pl_buf_add_str(&whole, member->target);
    if (!pl_image_path(pl_buf_view(&whole), buffer, &path, err) ||
        !pl_image_spend_kept(&blobs->spent, path.len, err))
        return false;
    blob->kind = PL_BLOB_LINK;
    blob->text = pl_arena_dup(blobs->arena, path);
    return true;
}

static bool read_member(struct pl_image_blobs *blobs, struct pl_archive *outer,
                        const struct pl_member *member, struct pl_error *err)
{
    char buffer[PL_MAX_PATH_BYTES];
    struct pl_str path;
    struct pl_image_blob *blob;
    if (!pl_image_spend_member(&blobs->spent, member->size, err))
        return false;
    if (member->type == PL_MEMBER_FOLDER || member->type == PL_MEMBER_OTHER)
        return true;
    if (!pl_image_path(member->name, buffer, &path, err) ||
        !pl_image_spend_kept(&blobs->spent, path.len + sizeof(*blob), err))
        return false;
    blob = pl_new(blobs->arena, struct pl_image_blob);
    blob->name = pl_arena_dup(blobs->arena, path);
    pl_map_put(&blobs->by_name, blob->name, blob);
    return member->type == PL_MEMBER_FILE ? read_blob(blobs, outer, blob, err)
                                          : read_link(blobs, member, blob, err);
}

bool pl_image_blobs_feed(struct pl_arena *arena, pl_archive_feed feed,
                         void *user, struct pl_image_blobs *out,
                         struct pl_error *err)
{
    struct pl_archive *outer PL_CLEANUP(close_archive) = NULL;
    struct pl_member member;
    bool any = true;
    *out = (struct pl_image_blobs){.arena = arena, .by_name.arena = arena};
    if (!pl_archive_open(arena, feed, user, &outer, err))
        return false;
    while (any)
        if (!pl_archive_next(outer, &member, &any, err) ||
            (any && !read_member(out, outer, &member, err)))
            return false;
    return true;
}

struct pl_image_blob *pl_image_blobs_find(const struct pl_image_blobs *blobs,
                                          struct pl_str name)
{
    struct pl_image_blob *blob = pl_map_get(&blobs->by_name, name);
    for (int links = 0; blob && blob->kind == PL_BLOB_LINK; links++)
        blob = links < PL_MAX_TREE_LINKS
                   ? pl_map_get(&blobs->by_name, blob->text)
                   : NULL;
    return blob;
}
