/*
 * A key of TOML: bare where it may be, else quoted.
 *
 * https://toml.io/en/v1.0.0#keys. Internal to lockfmt/.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_KEY_H
#define PODLOCK_LOCKFMT_LOCK_KEY_H

#include "core/buf.h"
#include "core/str.h"

void pl_lock_add_key(struct pl_str key, struct pl_buf *out);

#endif
