#include "cli/check_fresh.h"

/* In the program that has neither a search nor a network. */
bool pl_check_fresh(struct pl_cli *cli, const struct pl_resolve_options *asked,
                    struct pl_check *check, struct pl_error *err)
{
    (void)cli;
    (void)asked;
    (void)check;
    pl_error_plain(err, PL_ERR_USAGE,
                   "this podlock cannot resolve: it has no network");
    return pl_error_hint(err, "run `podlock check --fresh` with the full "
                              "podlock");
}
