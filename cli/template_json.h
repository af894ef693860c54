/*
 * A template as JSON: `podlock templates show`, `podlock snapshot`.
 *
 * Members of an object that the caller has opened; docs/json-format.md lists
 * them.
 */
#ifndef PODLOCK_CLI_TEMPLATE_JSON_H
#define PODLOCK_CLI_TEMPLATE_JSON_H

#include "core/jsonw.h"
#include "rules/template.h"

/* What a list has of each: "id" to "digest". */
void pl_template_json_head(struct pl_arena *arena, struct pl_jsonw *w,
                           const struct pl_template *t);
/* All else: "how" to "packages". */
void pl_template_json_body(struct pl_arena *arena, struct pl_jsonw *w,
                           const struct pl_template *t);

/* "3.12.3", or "3.12" when the patch level is not known. */
struct pl_str pl_template_python(const struct pl_template *t);
/* "2.8.0+cu128"; empty without torch. */
struct pl_str pl_template_torch(struct pl_arena *arena,
                                const struct pl_template *t);

#endif
