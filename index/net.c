#include "index/net.h"

#include <dlfcn.h>

#define LIBRARY "libpodlock-net.so"
#define TABLE "pl_net_table"

/* Beside the program first (RUNPATH), then where it was installed. */
static void *open_library(void)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    return library ? library
                   : dlopen(PL_NET_DIR "/" LIBRARY, RTLD_NOW | RTLD_LOCAL);
}

bool pl_net_load(const struct pl_net **out, struct pl_error *err)
{
    void *library = open_library();
    const struct pl_net *table = library ? dlsym(library, TABLE) : NULL;
    if (!table) {
        const char *why = dlerror();
        pl_error_plain(
            err, PL_ERR_FILE,
            "what podlock needs for the network and archives cannot be loaded");
        return pl_error_because(err, "%s", why ? why : "no reason is known");
    }
    if (table->version != PL_NET_VERSION)
        return pl_error_plain(err, PL_ERR_FILE,
                              LIBRARY " is of another version of podlock");
    *out = table;
    return true;
}

bool pl_archive_open(struct pl_arena *arena, pl_archive_feed feed, void *user,
                     struct pl_archive **out, struct pl_error *err)
{
    const struct pl_net *net = NULL;
    if (!pl_net_load(&net, err))
        return false;
    return net->archive_open(arena, feed, user, out, err);
}
