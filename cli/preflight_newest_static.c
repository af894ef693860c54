#include "cli/preflight_newest.h"

/* In the program that has neither a search nor a network. */
bool pl_newest_open(struct pl_cli *cli, struct pl_str index_root,
                    struct pl_docker_question *question, struct pl_newest **out,
                    struct pl_error *err)
{
    (void)cli;
    (void)index_root;
    (void)question;
    (void)out;
    pl_error_plain(err, PL_ERR_USAGE,
                   "this podlock cannot ask an index: it has no network");
    return pl_error_hint(err, "run `podlock preflight --index-root` with the "
                              "full podlock, or without the option");
}

bool pl_newest_close(struct pl_newest *newest, struct pl_error *err)
{
    (void)newest;
    (void)err;
    return true;
}
