/*
 * The search again, by trying everything, on a world so small that it can.
 *
 * Shares nothing with the library: names, versions and extras are numbers, a
 * version is a final or a release candidate, and the answer promised by
 * docs/search.md is computed by exhaustive search: the first set of replaced
 * facts in the promised order with which an environment exists, then for each
 * name in the order of discovery the first version with which one exists.
 */
#ifndef PODLOCK_TESTS_RANDOM_BRUTE_H
#define PODLOCK_TESTS_RANDOM_BRUTE_H

#include <stdbool.h>
#include <stdint.h>

#define BRUTE_NAMES 6
#define BRUTE_VERSIONS 12 /* in the index, of one name */
#define BRUTE_CANDIDATES (BRUTE_VERSIONS + 1)
#define BRUTE_CLAUSES 2
#define BRUTE_REQUIRES 4
#define BRUTE_INPUTS 6
#define BRUTE_RULES 4
#define BRUTE_EXTRAS 2 /* numbered from 1; bit 1 << (x - 1) in sets */

enum brute_op {
    BRUTE_GE,
    BRUTE_LE,
    BRUTE_GT,
    BRUTE_LT,
    BRUTE_EQ,
    BRUTE_NE,
    BRUTE_OP_COUNT
};

struct brute_version {
    int number;
    bool pre; /* release candidate 1 of it */
};

struct brute_spec {
    int count; /* 0: everything matches */
    enum brute_op op[BRUTE_CLAUSES];
    struct brute_version operand[BRUTE_CLAUSES];
};

struct brute_req {
    int name;
    unsigned extras; /* set of those asked for */
    struct brute_spec spec;
    int when;    /* 0: always; x: only with extra x of who asks */
    bool never;  /* a marker that does not hold */
    bool lifted; /* an input that does not bind: see brute_can_be_met */
};

struct brute_needs {
    int count;
    struct brute_req at[BRUTE_REQUIRES];
};

struct brute_release {
    struct brute_version version;
    bool yanked, unusable;
    struct brute_needs needs;
};

enum brute_protect { BRUTE_LOCKED, BRUTE_KEEP, BRUTE_OS };

struct brute_fact {
    bool there;
    struct brute_version version;
    enum brute_protect protect;
    bool has_treat_as;
    struct brute_version treat_as;
    bool allow_replace, allow_break;
    bool lifted;
    struct brute_needs needs;
};

struct brute_name {
    bool on_index;
    bool excluded; /* --exclude */
    /* What keeps releases out does not: they need nothing then. */
    bool lift_yanked, lift_unusable, lift_pre;
    int release_count;
    struct brute_release releases[BRUTE_VERSIONS]; /* ascending */
    struct brute_fact fact;
    bool pinned; /* an earlier answer had this version */
    struct brute_version pin;
    bool upgraded; /* comes before all pins */
};

struct brute_rule {
    int package, other;
    struct brute_spec versions, other_versions;
    bool is_requires;
    bool lifted;
};

enum brute_prerelease {
    BRUTE_PRE_DEFAULT, /* if-necessary-or-explicit */
    BRUTE_PRE_IF_NECESSARY,
    BRUTE_PRE_EXPLICIT,
    BRUTE_PRE_ALLOW,
    BRUTE_PRE_DISALLOW
};
enum brute_resolution { BRUTE_HIGHEST, BRUTE_LOWEST, BRUTE_LOWEST_DIRECT };
enum brute_replace { BRUTE_IF_NEEDED, BRUTE_FREELY, BRUTE_NEVER };

struct brute_inputs {
    int count;
    struct brute_req at[BRUTE_INPUTS];
};

struct brute_world {
    int name_count;
    struct brute_name names[BRUTE_NAMES];
    struct brute_inputs roots, constraints, overrides, template_constraints;
    int rule_count;
    struct brute_rule rules[BRUTE_RULES];
    enum brute_prerelease prerelease;
    enum brute_resolution resolution;
    enum brute_replace replace;
    bool no_deps;
};

struct brute_chosen {
    bool there;   /* in the environment */
    bool is_fact; /* as it was */
    struct brute_version version;
    unsigned extras; /* asked for */
};

struct brute_answer {
    bool satisfiable;
    struct brute_chosen chosen[BRUTE_NAMES];
    int os_replaced, others_replaced;
    long tried; /* environments looked at */
};

void brute_solve(const struct brute_world *world, struct brute_answer *out);
/*
 * Is there an environment at all, when what is lifted does not bind? A lifted
 * root or constraint still says what may be a candidate, a lifted fact is one
 * but need not be there.
 */
bool brute_can_be_met(const struct brute_world *world);

#endif
