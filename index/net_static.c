#include "index/archive_tar.h"
#include "index/net.h"

/* In the program that is one static file: nothing can be loaded. */
bool pl_net_load(const struct pl_net **out, struct pl_error *err)
{
    (void)out;
    pl_error_plain(err, PL_ERR_USAGE, "this podlock has no network");
    return pl_error_hint(err, "use the full podlock for it");
}

bool pl_archive_open(struct pl_arena *arena, pl_archive_feed feed, void *user,
                     struct pl_archive **out, struct pl_error *err)
{
    return pl_archive_open_tar(arena, feed, user, out, err);
}
