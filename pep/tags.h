/*
 * Wheel tags: which the target accepts, and how well.
 *
 * The order is that of `packaging`: the target's own ABI first, then abi3 of
 * it and of older minors, then pure ones; within each the newest manylinux
 * first, legacy names beside their modern twin, `linux_<arch>` last (the
 * PyTorch index uses it for real wheels). Rank 0 is the best. Letter case does
 * not count. Free-threaded and debug builds of CPython are not targets.
 *
 * Ranking takes time for the parts of the target that the file name has, each
 * counted once, however often the name repeats them.
 *
 *     const struct pl_tags *tags = pl_tags_make(arena, &env);
 *     uint32_t rank = pl_tags_rank(tags, w.python, w.abi, w.platform);
 *     if (rank != PL_TAG_NONE) ...
 *
 * https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
 */
#ifndef PODLOCK_PEP_TAGS_H
#define PODLOCK_PEP_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/str.h"
#include "pep/env.h"

struct pl_tags; /* the target's tags, in an arena */

#define PL_TAG_NONE UINT32_MAX

const struct pl_tags *pl_tags_make(struct pl_arena *arena,
                                   const struct pl_env *env);
/* A list given by the caller, best first ("cp311-cp311-linux_x86_64" ...). */
const struct pl_tags *pl_tags_from_list(struct pl_arena *arena,
                                        const struct pl_str *list,
                                        size_t count);
/*
 * The rank of the best tag in the compressed set of a wheel's file name
 * ("py2.py3", "none", "any"), or PL_TAG_NONE when none fits.
 */
uint32_t pl_tags_rank(const struct pl_tags *tags, struct pl_str python,
                      struct pl_str abi, struct pl_str platform);
/*
 * Could a target of pl_env_make accept a wheel of these sets, whatever its
 * Python and its machine? Errs on the side of yes.
 */
bool pl_tags_possible(struct pl_str python, struct pl_str abi,
                      struct pl_str platform);
size_t pl_tags_count(const struct pl_tags *tags);
/* Tag i in order, as text in the arena of the call. */
struct pl_str pl_tags_at(struct pl_arena *arena, const struct pl_tags *tags,
                         size_t i);

#endif
