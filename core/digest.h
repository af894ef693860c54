/*
 * SHA-256, computed by libsolv's checksum code.
 *
 * Standard: https://csrc.nist.gov/pubs/fips/180-4/upd1/final
 */
#ifndef PODLOCK_CORE_DIGEST_H
#define PODLOCK_CORE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/str.h"

#define PL_SHA256_HEX 64 /* lower-case hex digits */

/* The digest of the bytes as 64 lower-case hex digits, in the arena. */
struct pl_str pl_sha256_hex(struct pl_arena *arena, struct pl_str bytes);
/* 64 lower-case hex digits and nothing else? */
bool pl_sha256_valid(struct pl_str hex);

#endif
