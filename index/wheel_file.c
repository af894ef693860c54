#include "index/wheel_file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* The range of the file, or false with errno; 0: the file ends before. */
static bool read_range(int fd, struct pl_wheel_need range, char *out)
{
    for (size_t len = 0; len < range.length;) {
        ssize_t got = pread(fd, out + len, (size_t)range.length - len,
                            (off_t)(range.offset + len));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got ? errno : 0;
            return false;
        }
        len += (size_t)got;
    }
    return true;
}

bool pl_wheel_read_file(struct pl_arena *arena, const struct pl_net *net,
                        int fd, const struct pl_file *file,
                        struct pl_str *metadata, struct pl_error *err)
{
    PL_ARENA(scratch);
    struct stat info;
    struct pl_wheel_bytes bytes = {0};
    struct pl_str text = {0};
    if (fstat(fd, &info) < 0)
        return pl_error_plain(err, PL_ERR_FILE, "cannot be read: %s",
                              strerror(errno));
    bytes.total = (uint64_t)info.st_size;
    for (;;) {
        struct pl_wheel_need need;
        if (!net->wheel_read(arena, &bytes, file, &need, &text, err))
            return false;
        if (!need.length)
            break;
        char *piece = pl_arena_alloc(&scratch, (size_t)need.length);
        if (!read_range(fd, need, piece))
            return pl_error_plain(err, PL_ERR_FILE, "cannot be read: %s",
                                  errno ? strerror(errno) : "it was cut off");
        struct pl_str view = {piece, (size_t)need.length};
        pl_vec_push(&scratch, &bytes.pieces,
                    (struct pl_wheel_piece){need.offset, view});
    }
    *metadata = text;
    return true;
}
