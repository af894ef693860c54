/*
 * The rules that a Dockerfile is judged by: docs/dockerfile.md, by their ids.
 *
 * An id stays what it is for ever; PD1xx are about what the image protects,
 * PD2xx about the lock, PD3xx about image and Python, PD4xx about settings,
 * PD5xx about what was not understood.
 */
#ifndef PODLOCK_CONTAINER_DOCKERFILE_RULES_H
#define PODLOCK_CONTAINER_DOCKERFILE_RULES_H

#include "container/finding.h"

enum pl_docker_rule {
    PL_PD101_REPLACED,
    PL_PD102_UPGRADED,
    PL_PD103_REMOVED,
    PL_PD104_PULLS_TORCH,
    PL_PD105_UPGRADE,
    PL_PD106_FORCE,
    PL_PD107_SYNC,
    PL_PD108_INDEX,
    PL_PD109_CONDA,
    PL_PD201_NOT_INSTALLED,
    PL_PD202_UNLOCKED,
    PL_PD203_CONTRADICTS,
    PL_PD204_WITH_DEPS,
    PL_PD205_NOT_COPIED,
    PL_PD301_OTHER_TEMPLATE,
    PL_PD302_UNKNOWN_IMAGE,
    PL_PD303_BY_TAG,
    PL_PD304_UNPINNED,
    PL_PD305_OTHER_PYTHON,
    PL_PD306_OWN_ENVIRONMENT,
    PL_PD307_NO_ENVIRONMENT,
    PL_PD308_MANAGED,
    PL_PD401_VARIABLE,
    PL_PD402_CONSTRAINT,
    PL_PD403_CACHE,
    PL_PD501_NOT_UNDERSTOOD,
    PL_DOCKER_RULE_COUNT
};

extern const struct pl_finding_rule pl_docker_rules[PL_DOCKER_RULE_COUNT];

#endif
