#include "index/archive_read.h"

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
