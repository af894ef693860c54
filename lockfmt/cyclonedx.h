/*
 * Writes a lock as a CycloneDX 1.5 bill of materials, in JSON.
 *
 * https://cyclonedx.org/docs/1.5/json/ ·
 * https://github.com/package-url/purl-spec
 *
 * A component for every entry of the lock, with its purl (pkg:pypi/...), its
 * files as references of type "distribution" with their hashes, and one for
 * every package of the template that the lock relies on, which the property
 * "podlock:from-template" tells apart; and who needs whom. The same lock gives
 * the same bytes: there is no time in it, and the serial number is made of the
 * contents (UUID of version 8, RFC 9562).
 *
 *     struct pl_cyclonedx_made_by by = {name, version};
 *     if (!pl_cyclonedx_write(arena, &lock, &by, &out, err))
 *
 * User names in URLs must be gone already (lockfmt/lock_public.h). Hashes of
 * algorithms that CycloneDX does not name are left out. It does not tell
 * licences, which no lock states.
 *
 * Errors: PL_ERR_LIMIT (lockfmt/lock_graph.h).
 */
#ifndef PODLOCK_LOCKFMT_CYCLONEDX_H
#define PODLOCK_LOCKFMT_CYCLONEDX_H

#include "core/attr.h"
#include "core/buf.h"
#include "core/error.h"
#include "lockfmt/lock.h"

struct pl_cyclonedx_made_by {
    struct pl_str lock_name; /* what the bill is of: "pylock.toml" */
    struct pl_str version;   /* podlock's own */
};

PL_MUST_CHECK bool pl_cyclonedx_write(struct pl_arena *arena,
                                      const struct pl_lock *lock,
                                      const struct pl_cyclonedx_made_by *by,
                                      struct pl_buf *out, struct pl_error *err);

/* "SHA-256" of "sha256"; NULL: CycloneDX has no name for it. */
const char *pl_cyclonedx_hash_name(struct pl_str algorithm);

#endif
