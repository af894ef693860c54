/*
 * Versions, specifiers, markers and requirements as bytes, for the cache.
 *
 * What is read back is what was written, field by field, and nothing is parsed
 * for it: packed keys and the intervals of clauses are kept. Texts are views
 * of the bytes or of the base (core/pack.h); lists are in the arena.
 *
 * The bytes may be damaged: whatever they are, reading is safe, `bad` tells,
 * and what was read may be handed to every function of pep/. Whether it still
 * means the same is for a checksum to say.
 *
 *     pl_pack_requirement(&packer, &requirement);
 *     pl_unpack_requirement(&unpacker, arena, &requirement);
 *     if (unpacker.bad) ...
 */
#ifndef PODLOCK_PEP_PACK_H
#define PODLOCK_PEP_PACK_H

#include "core/pack.h"
#include "pep/requirement.h"

/* The least a version takes: see pl_unpack_count. */
#define PL_PACKED_VERSION_BYTES 11

void pl_pack_version(struct pl_packer *p, const struct pl_version *v);
void pl_unpack_version(struct pl_unpacker *u, struct pl_arena *arena,
                       struct pl_version *out);
void pl_pack_specifier(struct pl_packer *p, const struct pl_specifier *s);
void pl_unpack_specifier(struct pl_unpacker *u, struct pl_arena *arena,
                         struct pl_specifier *out);
void pl_pack_marker(struct pl_packer *p, const struct pl_marker *marker);
const struct pl_marker *pl_unpack_marker(struct pl_unpacker *u,
                                         struct pl_arena *arena);
/* Sets the base: the requirement's own text. */
void pl_pack_requirement(struct pl_packer *p, const struct pl_requirement *r);
void pl_unpack_requirement(struct pl_unpacker *u, struct pl_arena *arena,
                           struct pl_requirement *out);

#endif
