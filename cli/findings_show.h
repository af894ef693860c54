/*
 * How findings (container/finding.h) are shown: `--format text|json|github`.
 *
 *     for text    each as an error is, with its id: "Dockerfile:9:17: error
 *                 PD101: ...", the line, because, fix
 *     for GitHub  "::error file=...,line=...,col=...,title=PD101 ...::..."
 *     for JSON    rows of the array `findings`, see docs/json-format.md
 *
 * All go to standard output: findings are what was asked for. Foreign text is
 * escaped for its medium.
 */
#ifndef PODLOCK_CLI_FINDINGS_SHOW_H
#define PODLOCK_CLI_FINDINGS_SHOW_H

#include "cli/cli.h"
#include "container/finding.h"
#include "core/jsonw.h"

enum pl_findings_format {
    PL_FINDINGS_TEXT,
    PL_FINDINGS_JSON,
    PL_FINDINGS_GITHUB,
};

/* "error", "warning", "note" */
const char *pl_level_name(enum pl_level level);

void pl_findings_text(struct pl_cli *cli, const struct pl_findings *findings);
void pl_findings_github(struct pl_cli *cli, const struct pl_findings *findings);
/* The array `findings`, and `errors`, `warnings`, `notes` with their counts. */
void pl_findings_json(struct pl_jsonw *w, const struct pl_findings *findings);
/* "1 error, 2 warnings, 1 note", or "nothing found". */
struct pl_str pl_findings_summary(struct pl_arena *arena,
                                  const struct pl_findings *findings);
/* 1 when one of them is an error. */
int pl_findings_exit_code(const struct pl_findings *findings);

/*
 * The ids of `--ignore PD101,PD102`, given any number of times. Errors:
 * PL_ERR_USAGE for one that is none of the rules', with the nearest one.
 */
PL_MUST_CHECK bool
pl_findings_ignored(struct pl_arena *arena, const struct pl_finding_rule *rules,
                    size_t count, const struct pl_strs *given,
                    struct pl_strs *ids, struct pl_error *err);

#endif
