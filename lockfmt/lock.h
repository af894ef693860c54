/*
 * The model of a lock: what the files say, without their syntax.
 *
 * Filled from an answer (cli/), written by lock_write (pylock.toml, PEP 751)
 * and reqs_write (requirements.txt, constraints.txt). Strings are views; what
 * they point into outlives the lock. Order is made by pl_lock_sort, so that
 * equal contents give equal bytes.
 *
 * https://packaging.python.org/en/latest/specifications/pylock-toml/
 */
#ifndef PODLOCK_LOCKFMT_LOCK_H
#define PODLOCK_LOCKFMT_LOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/str.h"

struct pl_lock_file {
    bool is_sdist;
    struct pl_str name;        /* file name */
    struct pl_str url, path;   /* exactly one is not empty */
    struct pl_str upload_time; /* RFC 3339 in UTC; another is not written */
    uint64_t size;
    bool has_size;
    struct pl_str sha256; /* 64 hex digits */
};

struct pl_lock_package {
    struct pl_str name;            /* normalised */
    struct pl_str version;         /* normal form */
    struct pl_str requires_python; /* may be empty */
    struct pl_str index;           /* URL; may be empty */
    struct pl_str *dependencies;   /* names that have an entry, sorted */
    size_t dependency_count;
    struct pl_str *extras; /* requested, sorted */
    size_t extra_count;
    struct pl_str *via; /* "requirements.in:2", "pandas"; sorted */
    size_t via_count;
    struct pl_str *rules; /* ids that mattered, sorted */
    size_t rule_count;
    struct pl_lock_file file;
};

struct pl_lock_provided {
    struct pl_str name, version;
    uint64_t size; /* 0: not known */
    bool locked;
};

struct pl_lock_replaced {
    struct pl_str name, from, to, because;
    bool is_os;
};

struct pl_lock_input {
    struct pl_str name, sha256;
};

struct pl_lock {
    struct pl_str environment;     /* the marker */
    struct pl_str requires_python; /* "==3.11.*" */
    struct pl_str template_id;     /* empty: none */
    struct pl_str template_digest; /* 64 hex digits; empty: none */
    struct pl_str rules_edition;
    struct pl_lock_input *inputs; /* in the order given */
    size_t input_count;
    struct pl_lock_package *packages; /* by name */
    size_t package_count;
    struct pl_lock_provided *provided; /* by name */
    size_t provided_count;
    struct pl_lock_replaced *replaced; /* by name */
    size_t replaced_count;
    struct pl_str *broken; /* "name: requirement", with --allow-break */
    size_t broken_count;
    struct pl_str *ignored_rules; /* ids, sorted */
    size_t ignored_rule_count;
    uint64_t download; /* bytes, sum of the known sizes */
    bool with_header, with_via, via_split;
    struct pl_str command; /* for the header, without paths of the machine */
};

/* Puts everything in its order; of equal via, rules ... one stays. */
void pl_lock_sort(struct pl_lock *lock);

/* What the name of the written file says: it ends with ".txt". */
bool pl_lock_is_text(struct pl_str output_name);
/* Does it shadow a package of the distribution, which pip cannot remove? */
bool pl_lock_shadows_os(const struct pl_lock *lock);
/*
 * "pip install --no-deps -r NAME" and its kin, for the header and for people:
 * a shell command without a newline. Of the name its last part is shown, and
 * "pylock.toml" for "-" or nothing.
 */
struct pl_str pl_lock_install_line(struct pl_arena *arena,
                                   const struct pl_lock *lock,
                                   struct pl_str output_name);

#endif
