#include "container/image_input.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FEED_BYTES (256u << 10)
#define DRAINED_PARTS 64

struct pl_image_input {
    int fd;
    bool is_pipe;
    char bytes[FEED_BYTES];
};

bool pl_image_input_feed(void *user, struct pl_str *bytes, struct pl_error *err)
{
    struct pl_image_input *input = user;
    ssize_t len;
    do
        len = read(input->fd, input->bytes, FEED_BYTES);
    while (len < 0 && errno == EINTR);
    if (len < 0)
        return pl_error_plain(err, PL_ERR_FILE, "cannot read it: %s",
                              strerror(errno));
    *bytes = (struct pl_str){input->bytes, (size_t)len};
    return true;
}

static bool is_folder(struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_FILE, "it is a folder, not an archive");
    return pl_error_hint(err, "give the folder to --root, if it is a "
                              "container's files");
}

bool pl_image_input_open(struct pl_arena *arena, struct pl_str path,
                         struct pl_image_input **out, struct pl_error *err)
{
    struct pl_image_input *input = pl_new(arena, struct pl_image_input);
    struct stat info = {0};
    input->fd = STDIN_FILENO;
    if (!pl_str_is(path, "-"))
        input->fd = open(pl_arena_dup(arena, path).at, O_RDONLY | O_CLOEXEC);
    if (input->fd < 0 || fstat(input->fd, &info) != 0)
        pl_error_plain(err, PL_ERR_FILE, "cannot open it: %s", strerror(errno));
    else if (S_ISDIR(info.st_mode))
        is_folder(err);
    else
        *out = input;
    input->is_pipe = !S_ISREG(info.st_mode);
    if (*out != input && input->fd > STDERR_FILENO)
        close(input->fd);
    return *out == input;
}

static void drain(struct pl_image_input *input)
{
    struct pl_str bytes;
    for (size_t i = 0; i < DRAINED_PARTS; i++)
        if (!pl_image_input_feed(input, &bytes, NULL) || !bytes.len)
            return;
}

void pl_image_input_close(struct pl_image_input **input)
{
    if (!*input)
        return;
    if ((*input)->is_pipe)
        drain(*input);
    if ((*input)->fd > STDERR_FILENO)
        close((*input)->fd);
    *input = NULL;
}
