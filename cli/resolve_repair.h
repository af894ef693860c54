/*
 * The repairs of a "no" for people and for programs (resolver/repair.h).
 *
 *     fix: one of these, each was tried:
 *       requirements.in:7: typing-extensions>=4.7.1  81 packages, 412.5 MB
 *       --allow-replace typing-extensions            80 packages, 410.0 MB;
 *                                                    replaces 1
 *
 * They are looked for as long as --repair-time says, and where that was too
 * short, it is said.
 */
#ifndef PODLOCK_CLI_RESOLVE_REPAIR_H
#define PODLOCK_CLI_RESOLVE_REPAIR_H

#include "cli/resolve_setup.h"
#include "core/jsonw.h"
#include "resolver/repair.h"

/* What was found, and how long it was looked for. */
struct pl_found_repairs {
    struct pl_repairs repairs;
    bool looked;        /* else --no-repairs */
    struct pl_str time; /* "2 s" */
};

/* What --repair-time says. Errors: PL_ERR_USAGE. */
PL_MUST_CHECK bool pl_repairs_time(const struct pl_resolve_options *options,
                                   uint64_t *seconds, struct pl_error *err);
/*
 * Looks for repairs; the setup's index must be open. Errors: PL_ERR_USAGE for
 * --repair-time.
 */
PL_MUST_CHECK bool
pl_repairs_look(struct pl_cli *cli, const struct pl_resolve_options *options,
                struct pl_setup *setup, const struct pl_conflict *conflict,
                struct pl_found_repairs *out, struct pl_error *err);

/* Appends the lines above; nothing when they were not looked for. */
void pl_repairs_show(struct pl_arena *arena, const struct pl_show *show,
                     const struct pl_found_repairs *found, struct pl_buf *out);
/* The key `repairs` of an open object, and whether they are all. */
void pl_repairs_json(const struct pl_found_repairs *found, struct pl_jsonw *w);

#endif
