/*
 * What the checks of preflight share. Internal to container/preflight*.c.
 */
#ifndef PODLOCK_CONTAINER_PREFLIGHT_INTERNAL_H
#define PODLOCK_CONTAINER_PREFLIGHT_INTERNAL_H

#include "container/facts_torch.h"
#include "container/preflight.h"
#include "core/map.h"
#include "pep/env.h"

/* Why a package's version is known beforehand, from the weakest on. */
enum pl_expect_from {
    PL_EXPECT_TEMPLATE,
    PL_EXPECT_PROVIDED, /* the lock relies on it */
    PL_EXPECT_LOCK,     /* the lock installs it */
};

struct pl_expected {
    struct pl_str name;
    enum pl_expect_from from;
    bool locked;
    bool has_version; /* the lock may state none */
    struct pl_version version;
    const struct pl_fact *fact; /* the template's; NULL: none */
};

struct pl_preflight {
    struct pl_arena *arena;
    const struct pl_preflight_question *q;
    const struct pl_container *c;
    const struct pl_python *python;
    bool is_before, is_after;
    bool has_env;
    struct pl_env env;
    struct pl_map expected;           /* name -> struct pl_expected */
    const struct pl_installed *torch; /* NULL: none */
    struct pl_torch_build build;      /* of that torch */
    struct pl_preflight_verdict *out;
};

/* A list of packages that is one finding: its first names, and how many. */
struct pl_preflight_names {
    struct pl_buf text;
    size_t count;
    struct pl_str first;
};

/* Adds one at its rule's level. */
struct pl_finding *pl_preflight_add(struct pl_preflight *p,
                                    enum pl_preflight_rule rule,
                                    struct pl_str package, const char *format,
                                    ...) PL_PRINTF(4, 5);
void pl_preflight_name(struct pl_preflight_names *names, struct pl_str name,
                       struct pl_str rest);
/* "numpy, scipy and 3 more" */
struct pl_str pl_preflight_named(struct pl_preflight *p,
                                 struct pl_preflight_names *names);
const struct pl_expected *pl_preflight_expected(const struct pl_preflight *p,
                                                struct pl_str name);
bool pl_preflight_is(const struct pl_expected *expected,
                     const struct pl_installed *row);
/* Is it what the lock installs, or protected? */
bool pl_preflight_matters(const struct pl_preflight *p, struct pl_str name);
/* "/usr/bin/python3.12 -m pip", quoted. */
struct pl_str pl_preflight_pip(struct pl_preflight *p);
/* How the lock is installed by that pip, were it new enough: one command. */
struct pl_str pl_preflight_install(struct pl_preflight *p);
/* The same by the pip that is there: of an old one, two commands. */
struct pl_str pl_preflight_commands(struct pl_preflight *p);
/* A word of a command, quoted where it must be. */
struct pl_str pl_preflight_word(struct pl_preflight *p, struct pl_str word);
/* Is the lock's package for this environment? */
bool pl_preflight_applies(const struct pl_preflight *p,
                          const struct pl_lock_package *package);

/* ---- by theme; each adds to p->out->checks what it applied ---- */
void pl_preflight_torch(struct pl_preflight *p);
void pl_preflight_packages(struct pl_preflight *p);
void pl_preflight_damage(struct pl_preflight *p);
void pl_preflight_system(struct pl_preflight *p);
void pl_preflight_pip_settings(struct pl_preflight *p);
PL_MUST_CHECK bool pl_preflight_deep(struct pl_preflight *p,
                                     struct pl_error *err);

#endif
