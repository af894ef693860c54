/*
 * Why a package is where it is, for people and as JSON.
 *
 * Both tell the same. The words are those of resolver/why_text.h.
 */
#ifndef PODLOCK_CLI_WHY_SHOW_H
#define PODLOCK_CLI_WHY_SHOW_H

#include "cli/cli.h"
#include "cli/resolve_setup.h"
#include "resolver/why.h"

struct pl_why_answer {
    const struct pl_setup *setup;
    const struct pl_why *why;
    struct pl_str nearest; /* of what is there, when `why` is of nothing known;
                              may be empty */
};

/* Appended to the command's text. */
void pl_why_show(struct pl_cli *cli, const struct pl_why_answer *answer);
void pl_why_json(const struct pl_why_answer *answer, struct pl_buf *out);

#endif
