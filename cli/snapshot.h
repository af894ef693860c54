/*
 * Taking a snapshot: a container's facts from wherever they can be read.
 *
 * Of a root below a folder ("/" is the machine itself), an image archive, the
 * report of `pip inspect`, or the list of `pip freeze`. The process's variables
 * say something of the machine alone, so they count for "/" only; an image
 * has its own.
 *
 *     struct pl_snapshot_options options = {.root = PL_STR("/mnt")};
 *     struct pl_snapshot snapshot;
 *     if (!pl_snapshot_take(cli, &options, &snapshot, err)) return false;
 *     ... snapshot.template ...
 *
 * Nothing is executed and nothing is written. Everything is in cli->arena.
 * Errors: those of container/scan.h, tree_image.h, report.h and facts.h;
 * PL_ERR_USAGE.
 */
#ifndef PODLOCK_CLI_SNAPSHOT_H
#define PODLOCK_CLI_SNAPSHOT_H

#include "cli/cli.h"
#include "container/scan.h"
#include "rules/template.h"

struct pl_snapshot_options {
    /* At most one; none is the machine. */
    struct pl_str root, archive, pip_inspect, freeze;
    struct pl_str python;         /* which one; empty: the one with torch */
    struct pl_str python_version; /* of a freeze */
    struct pl_str platform;       /* of an archive: "linux/arm64" */
    struct pl_str id;             /* empty: made of what is found */
    /* For the template; the first is which one of an archive. */
    struct pl_strs images;
};

struct pl_snapshot {
    struct pl_template template; /* its source is the text of its file */
    struct pl_container container;
    const struct pl_python *python;
};

PL_MUST_CHECK bool pl_snapshot_take(struct pl_cli *cli,
                                    const struct pl_snapshot_options *options,
                                    struct pl_snapshot *out,
                                    struct pl_error *err);

/* `auto` or `auto:DIR`, of --template. */
bool pl_snapshot_is_meant(struct pl_str template);
/*
 * The template that `wanted` means: a snapshot for `auto` (the machine) and
 * `auto:DIR` (a root), else as pl_template_find. Errors: of both.
 */
PL_MUST_CHECK bool pl_snapshot_or_template(struct pl_cli *cli,
                                           struct pl_str wanted,
                                           struct pl_template *out,
                                           struct pl_error *err);
/*
 * The machine's own when one of its Pythons has torch; false without an error
 * when none has, or when there are two and none counts.
 */
bool pl_snapshot_here(struct pl_cli *cli, struct pl_snapshot *out);

#endif
