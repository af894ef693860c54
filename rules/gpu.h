/*
 * GPUs: what CUDA asks of a driver, and which GPUs a torch wheel has code for.
 *
 * Facts from public lists (rules/gpu.toml), each with its source; what is not
 * among them is not known, and nothing is concluded from its neighbours.
 *
 *     const struct pl_gpu_build *build = pl_gpu_build_of(&gpu, &torch, cu);
 *     if (build) ... pl_gpu_generations(arena, &gpu, build)
 *
 * Compute capabilities: https://developer.nvidia.com/cuda-gpus; which code
 * runs on which: CUDA C++ Programming Guide, "Binary Compatibility".
 */
#ifndef PODLOCK_RULES_GPU_H
#define PODLOCK_RULES_GPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/source.h"
#include "core/str.h"
#include "pep/version.h"

struct pl_gpu_driver {
    uint64_t cuda; /* major version */
    struct pl_version linux_driver;
    struct pl_str source;
};

struct pl_gpu_build {
    struct pl_str torch, variant; /* "2.8", "cu128" */
    const struct pl_str *capabilities;
    size_t capability_count;
    struct pl_str status, source; /* "tested" or "reported" */
};

struct pl_gpu_generation {
    struct pl_str name;
    const struct pl_str *capabilities;
    size_t capability_count;
};

/* As written. */
struct pl_gpu {
    const struct pl_gpu_driver *drivers;
    size_t driver_count;
    const struct pl_gpu_build *builds;
    size_t build_count;
    const struct pl_gpu_generation *generations; /* oldest first */
    size_t generation_count;
};

/*
 * Format: docs/rule-format.md. Errors: PL_ERR_INPUT with the place. What is
 * read lives in the arena and in the source's text.
 */
PL_MUST_CHECK bool pl_gpu_parse(struct pl_arena *arena,
                                const struct pl_source *source,
                                struct pl_gpu *out, struct pl_error *err);
/* The shipped one. */
PL_MUST_CHECK bool pl_gpu_load(struct pl_arena *arena, struct pl_gpu *out,
                               struct pl_error *err);

/*
 * The lowest driver for a CUDA as "12.8.1", "12" or the label "cu128"; NULL
 * when it is not known.
 */
const struct pl_gpu_driver *pl_gpu_driver_of(const struct pl_gpu *gpu,
                                             struct pl_str cuda);
/* NULL: not known, as of every pre-release and nightly. */
const struct pl_gpu_build *pl_gpu_build_of(const struct pl_gpu *gpu,
                                           const struct pl_version *torch,
                                           struct pl_str variant);
/* Has the build code for every GPU of the generation? */
bool pl_gpu_runs(const struct pl_gpu_build *build,
                 const struct pl_gpu_generation *generation);
/* "Volta to Blackwell"; with gaps, "Volta, Ampere to Hopper". */
struct pl_str pl_gpu_generations(struct pl_arena *arena,
                                 const struct pl_gpu *gpu,
                                 const struct pl_gpu_build *build);

#endif
