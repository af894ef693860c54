/*
 * A conflict in words.
 *
 * Versions are told as ranges ("fastapi 0.94.0 to 0.165.0 (71 versions)"), a
 * line of the user's by file and number, a rule with its reason and evidence.
 * The requirement that heads the message is not told again below it. Foreign
 * strings are escaped for a terminal; there is no colour.
 */
#ifndef PODLOCK_RESOLVER_CONFLICT_TEXT_H
#define PODLOCK_RESOLVER_CONFLICT_TEXT_H

#include "resolver/conflict.h"

/* One reason, without its depth and without what follows from it. */
void pl_reason_print(const struct pl_problem *problem,
                     const struct pl_reason *reason, struct pl_buf *out);
/* "numpy 1.26.0 to 1.26.4 (5 versions)": the project and its versions. */
void pl_reason_print_versions(const struct pl_reason *reason,
                              struct pl_buf *out);
/* "numpy[x]<2": the requirement, as it is told. */
void pl_demand_print(const struct pl_demand *demand, struct pl_buf *out);
/* The whole as an error (PL_ERR_NO): place, message, because. */
void pl_conflict_error(const struct pl_problem *problem,
                       const struct pl_conflict *conflict,
                       struct pl_error *why);

#endif
