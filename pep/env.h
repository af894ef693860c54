/*
 * The target: one Python on one Linux machine.
 *
 * podlock resolves for exactly one environment; it is given by a template or
 * by --python-version and --python-platform, never by the machine podlock
 * runs on. Marker variables follow from it.
 *
 * https://packaging.python.org/en/latest/specifications/dependency-specifiers/
 */
#ifndef PODLOCK_PEP_ENV_H
#define PODLOCK_PEP_ENV_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/str.h"
#include "pep/version.h"

struct pl_env {
    uint32_t python_major, python_minor;
    bool patch_known;             /* false: "3.11" was given */
    struct pl_str python_version; /* "3.11" */
    struct pl_str python_full;    /* "3.11.10"; "3.11.0" when not known */
    struct pl_version full;
    struct pl_str arch;                /* "x86_64" or "aarch64" */
    uint32_t glibc_major, glibc_minor; /* newest manylinux it takes */
    /* Marker variables that differ from a plain Linux CPython; else empty. */
    struct pl_str os_name, sys_platform, platform_system, platform_release,
        platform_version, implementation_name, implementation_version,
        platform_python_implementation;
};

/*
 * python: "3.11" or "3.11.10"; glibc: "2.35"; arch: "x86_64" or "aarch64".
 * Errors: PL_ERR_INPUT.
 */
PL_MUST_CHECK bool pl_env_make(struct pl_arena *arena, struct pl_str python,
                               struct pl_str glibc, struct pl_str arch,
                               struct pl_env *out, struct pl_error *err);
/*
 * --python-platform as uv spells it: "linux", "x86_64-unknown-linux-gnu",
 * "aarch64-unknown-linux-gnu", "x86_64-manylinux_2_28", "aarch64-manylinux…".
 * Gives arch and glibc. Errors: PL_ERR_USAGE, with the known spellings.
 */
PL_MUST_CHECK bool pl_env_parse_platform(struct pl_str text,
                                         struct pl_str *arch,
                                         struct pl_str *glibc,
                                         struct pl_error *err);
/*
 * Does Requires-Python allow the target? An unknown patch level counts as
 * allowed when any patch level is.
 */
struct pl_specifier;
bool pl_env_allows_python(const struct pl_env *env,
                          const struct pl_specifier *requires_python);

#endif
