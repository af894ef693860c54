/*
 * How a marker stands in memory, for marker*.c and pack.c only.
 */
#ifndef PODLOCK_PEP_MARKER_TREE_H
#define PODLOCK_PEP_MARKER_TREE_H

#include "pep/marker.h"
#include "pep/specifier.h"

enum pl_marker_variable {
    PL_VAR_LITERAL, /* a quoted string, no variable */
    PL_VAR_IMPLEMENTATION_NAME,
    PL_VAR_IMPLEMENTATION_VERSION,
    PL_VAR_OS_NAME,
    PL_VAR_PLATFORM_MACHINE,
    PL_VAR_PLATFORM_PYTHON_IMPLEMENTATION,
    PL_VAR_PLATFORM_RELEASE,
    PL_VAR_PLATFORM_SYSTEM,
    PL_VAR_PLATFORM_VERSION,
    PL_VAR_PYTHON_FULL_VERSION,
    PL_VAR_PYTHON_VERSION,
    PL_VAR_SYS_PLATFORM,
    PL_VAR_EXTRA,
    PL_VAR_EXTRAS,
    PL_VAR_DEPENDENCY_GROUPS,
};

enum pl_marker_op {
    PL_CMP_LT,
    PL_CMP_LE,
    PL_CMP_EQ,
    PL_CMP_NE,
    PL_CMP_GE,
    PL_CMP_GT,
    PL_CMP_COMPATIBLE,
    PL_CMP_IDENTICAL,
    PL_CMP_IN,
    PL_CMP_NOT_IN
};

struct pl_operand {
    enum pl_marker_variable variable;
    struct pl_str text; /* of a literal */
};

/* Decided once, when the marker is parsed. */
enum pl_marker_method {
    PL_HOLDS_NEVER,        /* what has no meaning does not hold */
    PL_HOLDS_ALWAYS,       /* absence from a set that is empty */
    PL_HOLDS_BY_TEXT,      /* strings */
    PL_HOLDS_BY_SPECIFIER, /* variable OP literal: OP literal is `specifier` */
    PL_HOLDS_BY_VERSION,   /* literal OP variable: the literal is `version` */
    PL_HOLDS_BY_SAME_TEXT, /* === on a version */
};

struct pl_comparison {
    struct pl_operand left, right;
    enum pl_marker_op op;
    enum pl_marker_method method;
    struct pl_specifier specifier;
    struct pl_version version;
    bool version_valid;
};

enum pl_marker_kind { PL_MARKER_COMPARISON, PL_MARKER_AND, PL_MARKER_OR };

struct pl_marker {
    enum pl_marker_kind kind;
    bool parenthesised;
    const struct pl_comparison *comparison;
    const struct pl_marker *const *parts; /* of AND and OR, at least two */
    size_t count;
};

#endif
