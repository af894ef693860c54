/*
 * How one template differs from another, as text and as JSON.
 *
 * `from` is what was meant to be there, `to` what is. Text is appended to
 * cli->text, a line a difference, by what is protected, kept, of the
 * distribution.
 */
#ifndef PODLOCK_CLI_TEMPLATE_DIFF_SHOW_H
#define PODLOCK_CLI_TEMPLATE_DIFF_SHOW_H

#include "cli/cli.h"
#include "core/jsonw.h"
#include "rules/template_diff.h"

void pl_template_diff_show(struct pl_cli *cli, const struct pl_template *from,
                           const struct pl_template *to,
                           const struct pl_template_diff *diff);
/* Members of an object that is open. */
void pl_template_diff_json(struct pl_arena *arena, struct pl_jsonw *w,
                           const struct pl_template *from,
                           const struct pl_template *to,
                           const struct pl_template_diff *diff);

#endif
