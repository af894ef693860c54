/*
 * `podlock resolve --check`: would the output file change?
 */
#ifndef PODLOCK_CLI_RESOLVE_CHECK_H
#define PODLOCK_CLI_RESOLVE_CHECK_H

#include "cli/resolve_show.h"

/*
 * Says in one line that the file holds `contents`, what the answer is written
 * as; nothing is written. Errors: PL_ERR_NO when it does not, with what would
 * change and the command that writes it.
 */
PL_MUST_CHECK bool pl_resolve_check(struct pl_cli *cli,
                                    const struct pl_answer *answer,
                                    const struct pl_resolve_options *options,
                                    struct pl_str contents,
                                    struct pl_error *err);

#endif
