#include "index/archive_read.h"

#include "index/net.h"

bool pl_archive_open(struct pl_arena *arena, pl_archive_feed feed, void *user,
                     struct pl_archive **out, struct pl_error *err)
{
    const struct pl_net *net;
    return pl_net_load(&net, err) &&
           net->archive_open(arena, feed, user, out, err);
}

bool pl_archive_next(struct pl_archive *archive, struct pl_member *member,
                     bool *any, struct pl_error *err)
{
    return archive->next(archive, member, any, err);
}

bool pl_archive_read(struct pl_archive *archive, struct pl_str *bytes,
                     struct pl_error *err)
{
    return archive->read(archive, bytes, err);
}

void pl_archive_close(struct pl_archive *archive)
{
    if (archive)
        archive->close(archive);
}
