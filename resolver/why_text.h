/*
 * Why a package is where it is, in words: the parts of a struct pl_why.
 *
 * Each is a phrase on one line, with no full stop and no colour. Foreign
 * strings are escaped for a terminal.
 */
#ifndef PODLOCK_RESOLVER_WHY_TEXT_H
#define PODLOCK_RESOLVER_WHY_TEXT_H

#include "core/buf.h"
#include "resolver/why.h"

/* "0.20.0 to 0.22.1, 0.23.0 (9 versions)" */
void pl_bar_print_versions(const struct pl_bar *bar, struct pl_buf *out);
/* "transformers 4.44.2 needs tokenizers<0.20" */
void pl_bar_print(const struct pl_problem *problem, const struct pl_bar *bar,
                  struct pl_buf *out);
/* What the search said, without its lines; nothing when it was not asked. */
void pl_bar_print_verdict(const struct pl_bar *bar, struct pl_buf *out);
/* "requirements.in:3 accelerate -> huggingface-hub -> tqdm>=4.42.1" */
void pl_why_print_way(const struct pl_why *why, struct pl_buf *out);
/* "datasets 2.21.0 (tqdm>=4.66.3)", or a line */
void pl_asker_print(const struct pl_why_asker *asker, struct pl_buf *out);
void pl_absence_print(const struct pl_absence *absence, struct pl_buf *out);

#endif
