/*
 * Which of the installed packages are torch's.
 *
 * Locked are torch, the companions and Tritons that are installed, and what
 * the installed torch requires of CUDA (nvidia-*, cuda-*) for its own Python,
 * extras and all that these require in turn. So nvidia-ml-py, which has such a
 * name, is not, nor an nvidia-nccl-cu13 that another package brought beside
 * torch's -cu12.
 *
 * In a vendor's image, whose torch is on no index (2.8.0a0+...nv25.3), all that
 * carries a local label was built by the vendor and is locked too: nothing
 * could give it back.
 *
 * Where what torch requires is not known (METADATA is damaged, or `pip freeze`
 * does not say), names decide: nvidia-* and cuda-*, but neither nvidia-ml-py
 * nor those of another CUDA than torch's label says.
 */
#ifndef PODLOCK_CONTAINER_FACTS_PROTECT_H
#define PODLOCK_CONTAINER_FACTS_PROTECT_H

#include "core/map.h"
#include "pep/env.h"
#include "rules/template.h"
#include "rules/torch_family.h"

/*
 * Sets `protect` of the facts, which are sorted and whose `protect` is
 * PL_PROTECT_OS or PL_PROTECT_KEEP, and `treat_as` of vendors' builds. A
 * package of the distribution stays `os`. *by_name tells that names decided.
 */
void pl_facts_protect(struct pl_arena *arena, const struct pl_env *env,
                      const struct pl_torch_family *family,
                      struct pl_fact *facts, size_t count, bool *by_name);
/* Is it a vendor's own build, "2.8.0a0+5228986c39.nv25.6"? */
bool pl_version_is_vendors(const struct pl_version *version);

#endif
