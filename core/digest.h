/*
 * SHA-256, computed by nettle, which uses the processor's own instructions.
 *
 * Standard: https://csrc.nist.gov/pubs/fips/180-4/upd1/final
 *
 * Of bytes at hand, of bytes that come in parts, or of an open file:
 *
 *     struct pl_sha256 sum;
 *     pl_sha256_begin(&sum);
 *     pl_sha256_add(&sum, part);
 *     struct pl_str hex = pl_sha256_finish(&sum, arena);
 *
 * A sum is the caller's storage and holds nothing that must be freed.
 */
#ifndef PODLOCK_CORE_DIGEST_H
#define PODLOCK_CORE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/str.h"

#define PL_SHA256_HEX 64 /* lower-case hex digits */

/* The digest of the bytes as 64 lower-case hex digits, in the arena. */
struct pl_str pl_sha256_hex(struct pl_arena *arena, struct pl_str bytes);
/* 64 lower-case hex digits and nothing else? */
bool pl_sha256_valid(struct pl_str hex);

/* Opaque words: the library's own state. */
struct pl_sha256 {
    uint64_t state[14];
};

void pl_sha256_begin(struct pl_sha256 *sum);
void pl_sha256_add(struct pl_sha256 *sum, struct pl_str bytes);
/* The digest of what was added; then it may begin again. */
struct pl_str pl_sha256_finish(struct pl_sha256 *sum, struct pl_arena *arena);

/*
 * Of a whole regular file, read from its beginning in parts; where the file
 * stood stays. Errors: PL_ERR_FILE when it cannot be read or changes its
 * length meanwhile; the caller knows its name.
 */
PL_MUST_CHECK bool pl_sha256_file(struct pl_arena *arena, int fd,
                                  struct pl_str *hex, struct pl_error *err);

#endif
