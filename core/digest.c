#include "core/digest.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nettle/sha2.h>

#define PART_BYTES 65536

_Static_assert(sizeof(struct pl_sha256) >= sizeof(struct sha256_ctx) &&
                   _Alignof(struct pl_sha256) >= _Alignof(struct sha256_ctx),
               "core/digest.h makes no room for nettle's state");

static struct sha256_ctx *context_of(struct pl_sha256 *sum)
{
    return (struct sha256_ctx *)(void *)sum->state;
}

void pl_sha256_begin(struct pl_sha256 *sum)
{
    sha256_init(context_of(sum));
}

void pl_sha256_add(struct pl_sha256 *sum, struct pl_str bytes)
{
    sha256_update(context_of(sum), bytes.len, (const uint8_t *)bytes.at);
}

struct pl_str pl_sha256_finish(struct pl_sha256 *sum, struct pl_arena *arena)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t raw[SHA256_DIGEST_SIZE];
    char hex[PL_SHA256_HEX];
    sha256_digest(context_of(sum), sizeof(raw), raw);
    for (size_t i = 0; i < PL_SHA256_HEX; i += 2) {
        hex[i] = digits[raw[i / 2] >> 4];
        hex[i + 1] = digits[raw[i / 2] & 15];
    }
    return pl_arena_dup(arena, (struct pl_str){hex, PL_SHA256_HEX});
}

struct pl_str pl_sha256_hex(struct pl_arena *arena, struct pl_str bytes)
{
    struct pl_sha256 sum;
    pl_sha256_begin(&sum);
    pl_sha256_add(&sum, bytes);
    return pl_sha256_finish(&sum, arena);
}

/* Up to `most` bytes; fewer only at the end of the file, -1: errno says. */
static ssize_t read_part(int fd, char *part, size_t most, off_t from)
{
    size_t len = 0;
    while (len < most) {
        ssize_t got = pread(fd, part + len, most - len, from + (off_t)len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        len += (size_t)got;
    }
    return (ssize_t)len;
}

bool pl_sha256_file(struct pl_arena *arena, int fd, struct pl_str *hex,
                    struct pl_error *err)
{
    struct pl_sha256 sum;
    char part[PART_BYTES];
    struct stat info;
    off_t at = 0;
    ssize_t got = fstat(fd, &info) < 0 ? -1 : 1;
    pl_sha256_begin(&sum);
    /* A file that grows all the time must not be followed for ever. */
    while (got > 0 && at <= info.st_size) {
        got = read_part(fd, part, sizeof(part), at);
        pl_sha256_add(&sum, (struct pl_str){part, got > 0 ? (size_t)got : 0});
        at += got > 0 ? got : 0;
    }
    if (got < 0)
        return pl_error_plain(err, PL_ERR_FILE, "cannot be read: %s",
                              strerror(errno));
    if (at != info.st_size)
        return pl_error_plain(err, PL_ERR_FILE, "changed while it was read");
    *hex = pl_sha256_finish(&sum, arena);
    return true;
}

bool pl_sha256_valid(struct pl_str hex)
{
    if (hex.len != PL_SHA256_HEX)
        return false;
    for (size_t i = 0; i < hex.len; i++) {
        char c = hex.at[i];
        if (!pl_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
    }
    return true;
}
