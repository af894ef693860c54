/*
 * A template out of a document that is open already. Internal to rules/.
 */
#ifndef PODLOCK_RULES_TEMPLATE_READ_H
#define PODLOCK_RULES_TEMPLATE_READ_H

#include "core/toml.h"
#include "rules/template.h"

/*
 * Everything but `digest`, `source` and `match`. Nothing of the document is
 * kept; its source is, as in pl_template_parse. `requirements` are those of
 * struct pl_shipped_file, or empty: then they are parsed.
 */
PL_MUST_CHECK bool
pl_template_read(struct pl_arena *arena, const struct pl_source *source,
                 const struct pl_toml_node *root, struct pl_str requirements,
                 struct pl_template *out, struct pl_error *err);

#endif
