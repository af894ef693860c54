/*
 * Will a lock's install be right in this container, or is it?
 *
 * Pure checks over values: what was found in the container
 * (container/scan.h), the lock, the template that the lock names, ABI rules,
 * drivers' facts and what the machine has (container/preflight_machine.h).
 * Nothing is read here but files of the tree that a deep check hashes; nothing
 * is executed.
 *
 *     struct pl_preflight_question q = {.container = &c, .python = python,
 *                                       .lock = &lock, ...};
 *     struct pl_preflight_verdict verdict;
 *     if (!pl_preflight_check(arena, &q, &verdict, err)) return false;
 *
 * Without a lock the container alone is judged: torch and its companions, one
 * CUDA, ABI rules, damage, driver. The rules and their ids, which stay, are
 * pl_preflight_rules; docs/preflight.md explains each.
 *
 * Before the install, versions are those that will be: the lock's, else what
 * is installed. Findings that concern many packages are one finding, which
 * names the first PL_PREFLIGHT_NAMES. What is found lives in the arena.
 * Errors: those of pl_facts_make, only when a deep check needs it.
 */
#ifndef PODLOCK_CONTAINER_PREFLIGHT_H
#define PODLOCK_CONTAINER_PREFLIGHT_H

#include "container/finding.h"
#include "container/preflight_machine.h"
#include "container/scan.h"
#include "lockfmt/lock.h"
#include "rules/abi.h"
#include "rules/gpu.h"
#include "rules/template.h"
#include "rules/torch_family.h"

#define PL_PREFLIGHT_NAMES 8

enum pl_preflight_rule {
    PL_PF101_REPLACED,
    PL_PF102_GONE,
    PL_PF103_CPU,
    PL_PF104_COMPANION,
    PL_PF105_TWO_CUDAS,
    PL_PF106_DRIVER,
    PL_PF201_ABI,
    PL_PF202_NOT_INSTALLED,
    PL_PF203_OTHER_VERSION,
    PL_PF204_RELIED_ON,
    PL_PF205_TEMPLATE_GONE,
    PL_PF206_TEMPLATE_CHANGED,
    PL_PF301_TWO_VERSIONS,
    PL_PF302_SHADOWED,
    PL_PF303_METADATA,
    PL_PF304_HALF_REMOVED,
    PL_PF305_CODE_GONE,
    PL_PF306_CHANGED_FILES,
    PL_PF307_NO_RECORD,
    PL_PF401_PYTHON,
    PL_PF402_GLIBC,
    PL_PF403_ARCH,
    PL_PF501_SPACE,
    PL_PF502_RANDOM,
    PL_PF601_CONSTRAINT,
    PL_PF602_SETTING,
    PL_PF603_MANAGED,
    PL_PF604_PIP,
    PL_PF605_PIP_STOPS,
    PL_PF701_FACTS,
    PL_PREFLIGHT_RULE_COUNT,
};

extern const struct pl_finding_rule pl_preflight_rules[PL_PREFLIGHT_RULE_COUNT];

enum pl_preflight_when {
    PL_PREFLIGHT_FIND_OUT,
    PL_PREFLIGHT_BEFORE,
    PL_PREFLIGHT_AFTER,
};

/* While files are hashed: packages done, and bytes; may be NULL. */
struct pl_preflight_progress {
    void (*report)(void *data, size_t done, size_t all, struct pl_str name);
    void *data;
};

struct pl_preflight_question {
    const struct pl_container *container;
    const struct pl_python *python;
    const struct pl_lock *lock; /* NULL: none */
    struct pl_str lock_name;
    const struct pl_template *template; /* NULL: not known */
    const struct pl_abi_rules *rules;
    const struct pl_gpu *gpu;
    const struct pl_torch_family *family;
    const struct pl_preflight_machine *machine;
    enum pl_preflight_when when;
    const struct pl_str *ignored; /* ids of rules */
    size_t ignored_count;
    bool vars_known; /* false: a root whose variables nobody can tell */
    bool deep;
    struct pl_preflight_progress progress;
};

struct pl_preflight_verdict {
    enum pl_preflight_when when; /* FIND_OUT: there is no lock */
    struct pl_str why;           /* "80 of 81 packages are installed" */
    struct pl_findings findings; /* errors first, then by id */
    size_t checks;               /* rules that were applied */
    size_t lock_packages;        /* that are for this environment */
    size_t lock_installed;       /* at the lock's version */
    size_t hashed_packages;      /* of a deep check */
    uint64_t hashed_bytes;
};

PL_MUST_CHECK bool pl_preflight_check(struct pl_arena *arena,
                                      const struct pl_preflight_question *q,
                                      struct pl_preflight_verdict *out,
                                      struct pl_error *err);

#endif
