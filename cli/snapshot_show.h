/*
 * A snapshot for people and programs: what was found, what is damaged.
 *
 * The template itself is TOML (rules/template_write.h); here is what is said
 * beside it.
 */
#ifndef PODLOCK_CLI_SNAPSHOT_SHOW_H
#define PODLOCK_CLI_SNAPSHOT_SHOW_H

#include "cli/snapshot.h"
#include "core/jsonw.h"

/* "Captured ID: torch 2.8.0+cu128, ...; 135 packages, 20 protected; ..." */
struct pl_str pl_snapshot_summary(struct pl_arena *arena,
                                  const struct pl_snapshot *snapshot);
/* On standard error: the summary; with -v all that is damaged, too. */
void pl_snapshot_tell(const struct pl_cli *cli,
                      const struct pl_snapshot *snapshot);
/* Members of an object: the template's, and what was found beside it. */
void pl_snapshot_json(struct pl_arena *arena, struct pl_jsonw *w,
                      const struct pl_snapshot *snapshot);

#endif
