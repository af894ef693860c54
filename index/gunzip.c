#include "index/gunzip.h"

#include <zlib.h>

#include "core/arena.h"

#define OUT_BYTES ((size_t)64 << 10)
#define IN_BYTES ((size_t)1 << 20) /* a z_stream counts in unsigned int */
#define GZIP_ONLY (15 + 16)
#define FIRST_BYTE 0x1f /* of each member */

struct pl_gunzip {
    z_stream stream;
    enum pl_gunzip_state state;
    unsigned char out[OUT_BYTES];
};

struct pl_gunzip *pl_gunzip_open(void)
{
    struct pl_gunzip *gunzip = calloc(1, sizeof(*gunzip));
    if (!gunzip || inflateInit2(&gunzip->stream, GZIP_ONLY) != Z_OK)
        pl_out_of_memory();
    return gunzip;
}

void pl_gunzip_close(struct pl_gunzip *gunzip)
{
    if (!gunzip)
        return;
    inflateEnd(&gunzip->stream);
    free(gunzip);
}

enum pl_gunzip_state pl_gunzip_state(const struct pl_gunzip *gunzip)
{
    return gunzip->state;
}

/* One call of zlib, and what came of it. */
static enum pl_gunzip_state step(struct pl_gunzip *gunzip, pl_gunzip_emit emit,
                                 void *user)
{
    z_stream *stream = &gunzip->stream;
    if (gunzip->state == PL_GUNZIP_WHOLE &&
        (*stream->next_in != FIRST_BYTE || inflateReset(stream) != Z_OK))
        return PL_GUNZIP_WRONG;
    stream->next_out = gunzip->out;
    stream->avail_out = OUT_BYTES;
    int result = inflate(stream, Z_NO_FLUSH);
    if (result == Z_MEM_ERROR)
        pl_out_of_memory();
    struct pl_str text = {(const char *)gunzip->out,
                          OUT_BYTES - stream->avail_out};
    if (text.len && !emit(user, text))
        return PL_GUNZIP_STOPPED;
    if (result == Z_STREAM_END)
        return PL_GUNZIP_WHOLE;
    return result == Z_OK || result == Z_BUF_ERROR ? PL_GUNZIP_MORE
                                                   : PL_GUNZIP_WRONG;
}

static bool is_open(enum pl_gunzip_state state)
{
    return state == PL_GUNZIP_MORE || state == PL_GUNZIP_WHOLE;
}

enum pl_gunzip_state pl_gunzip_push(struct pl_gunzip *gunzip,
                                    struct pl_str bytes, pl_gunzip_emit emit,
                                    void *user)
{
    while (bytes.len && is_open(gunzip->state)) {
        struct pl_str part = pl_str_sub(bytes, 0, IN_BYTES);
        bytes = pl_str_sub(bytes, part.len, bytes.len);
        gunzip->stream.next_in = (z_const Bytef *)part.at;
        gunzip->stream.avail_in = (uInt)part.len;
        /* A full output may leave more to come without any more input. */
        do
            gunzip->state = step(gunzip, emit, user);
        while (is_open(gunzip->state) &&
               (gunzip->stream.avail_in || (gunzip->state == PL_GUNZIP_MORE &&
                                            !gunzip->stream.avail_out)));
    }
    return gunzip->state;
}
