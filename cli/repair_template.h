/*
 * Another template as the repair of a "no" (resolver/repair.h).
 *
 * Of the shipped templates those are tried first that are most like the one
 * that was asked for: of the same maker (the first word of the id), with a
 * torch that is near, the same CUDA and Python, all their packages known. The
 * first few that fit are told. None is tried where no reason has to do with
 * what a container holds, nor one that holds just the same of it.
 */
#ifndef PODLOCK_CLI_REPAIR_TEMPLATE_H
#define PODLOCK_CLI_REPAIR_TEMPLATE_H

#include "cli/resolve_setup.h"
#include "resolver/repair.h"

/* Adds to `repairs`. The setup's index is begun again, or closed. */
void pl_repairs_add_templates(struct pl_cli *cli,
                              const struct pl_resolve_options *options,
                              struct pl_setup *setup,
                              const struct pl_repair_search *search,
                              struct pl_repairs *repairs);

#endif
