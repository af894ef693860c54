/*
 * Which shipped templates look like what the user wrote. Internal to rules/.
 */
#ifndef PODLOCK_RULES_NEAR_H
#define PODLOCK_RULES_NEAR_H

#include "core/buf.h"
#include "core/str.h"
#include "rules/image_ref.h"

/*
 * Appends at most five ids, the nearest first, with ", " between them; none
 * when nothing looks alike. `tag` is what the wanted image's tag says, or
 * NULL.
 */
void pl_near_templates(struct pl_str wanted, const struct pl_image_tag *tag,
                       struct pl_buf *out);

#endif
