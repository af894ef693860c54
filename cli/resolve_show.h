/*
 * The answer for people: what is replaced, added and kept, and one line that
 * sums it up; and the same content as JSON for programs.
 */
#ifndef PODLOCK_CLI_RESOLVE_SHOW_H
#define PODLOCK_CLI_RESOLVE_SHOW_H

#include "cli/cli.h"
#include "cli/resolve_lock.h"
#include "cli/resolve_repair.h"
#include "resolver/conflicts.h"

struct pl_answer {
    const struct pl_setup *setup;
    const struct pl_solution *solution;
    const struct pl_lock *lock;
    pl_warning_vec warnings;
    struct pl_conflicts conflicts; /* of a "no" */
    struct pl_found_repairs repairs;
    struct pl_index_stats read;
    uint64_t took_ns;
};

/* Grouped tables, appended to the command's text. */
void pl_answer_show(struct pl_cli *cli, const struct pl_answer *answer);
/* "Locked 2 packages (1.0 MB); 31 kept from ID; 3.0 GB not downloaded again" */
struct pl_str pl_answer_summary(struct pl_arena *arena,
                                const struct pl_answer *answer);
void pl_answer_json(const struct pl_answer *answer, struct pl_buf *out);
/* "file", and "replaced", of a lock. */
void pl_json_file(struct pl_jsonw *w, const struct pl_lock_file *file);
void pl_json_replaced(struct pl_jsonw *w, const struct pl_lock *lock);
/* "place" of a file; nothing without one. */
void pl_json_place(struct pl_jsonw *w, struct pl_span span);
/* What begins and what ends it, of a "no" too. */
void pl_answer_json_head(struct pl_jsonw *w, const struct pl_setup *setup,
                         bool satisfiable);
void pl_answer_json_tail(struct pl_jsonw *w, const struct pl_answer *answer);

#endif
