/*
 * The model of a lock: what the files say, without their syntax.
 *
 * Filled from an answer (cli/) or from a file (lock_read), written by
 * lock_write (pylock.toml, PEP 751) and reqs_write (requirements.txt,
 * constraints.txt). Strings are views; what they point into outlives the lock.
 * Order is made by pl_lock_sort, so that equal contents give equal bytes.
 *
 * podlock itself fills a part of it: one environment, no markers, one wheel or
 * sdist a package. The rest is for the locks of other tools, which lock_write
 * writes too.
 *
 * https://packaging.python.org/en/latest/specifications/pylock-toml/
 */
#ifndef PODLOCK_LOCKFMT_LOCK_H
#define PODLOCK_LOCKFMT_LOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/source.h"
#include "core/str.h"

/* A key that podlock does not know or has no use for, kept as it was. */
struct pl_lock_other {
    struct pl_str key;   /* of any bytes */
    struct pl_str value; /* TOML that may stand behind "key = " */
};

struct pl_lock_others {
    struct pl_lock_other *at; /* by the bytes of the keys */
    size_t count;
};

struct pl_lock_hash {
    struct pl_str algorithm; /* as hashlib calls it */
    struct pl_str value;     /* lower-case hex digits */
};

struct pl_lock_file {
    bool is_sdist;
    struct pl_str name;        /* file name */
    struct pl_str url, path;   /* not both are empty; podlock writes one */
    struct pl_str upload_time; /* RFC 3339 in UTC; another is not written */
    uint64_t size;
    bool has_size;
    struct pl_str sha256;        /* 64 hex digits; empty: only other hashes */
    struct pl_lock_hash *hashes; /* beside sha256, by algorithm */
    size_t hash_count;
    struct pl_lock_others others;
    struct pl_span span; /* what tells its name; none when not read */
};

/* Where the code of a package comes from. */
enum pl_lock_source {
    PL_LOCK_FILES,     /* wheels and at most one sdist */
    PL_LOCK_ARCHIVE,   /* one file by its URL or path, in `file` */
    PL_LOCK_VCS,       /* a commit */
    PL_LOCK_DIRECTORY, /* a folder */
};

/* Of a commit, a folder or an archive: where the project is. */
struct pl_lock_tree {
    struct pl_str vcs; /* "git"; of a commit only */
    struct pl_str url, path;
    struct pl_str requested_revision, commit_id;
    struct pl_str subdirectory; /* inside the source; may be empty */
    bool editable, has_editable;
    struct pl_lock_others others;
};

struct pl_lock_package {
    struct pl_str name;            /* normalised */
    struct pl_str version;         /* normal form; empty: not stated */
    struct pl_str marker;          /* empty: always */
    struct pl_str requires_python; /* may be empty */
    struct pl_str index;           /* URL; may be empty */
    struct pl_str *dependencies;   /* names that have an entry, sorted */
    size_t dependency_count;
    struct pl_str dependencies_text; /* TOML, where names do not say all */
    struct pl_str identities_text;   /* attestation-identities, as TOML */
    struct pl_str *extras;           /* requested, sorted */
    size_t extra_count;
    struct pl_str *via; /* "requirements.in:2", "pandas"; sorted */
    size_t via_count;
    struct pl_str *rules; /* ids that mattered, sorted */
    size_t rule_count;
    enum pl_lock_source source;
    struct pl_lock_file file;  /* the first wheel, or the sdist, or archive */
    struct pl_lock_file *more; /* the other files: wheels, then the sdist */
    size_t more_count;
    struct pl_lock_tree tree;
    struct pl_lock_others others;       /* of [[packages]] */
    struct pl_lock_others tools;        /* of [packages.tool] */
    struct pl_lock_others podlock_keys; /* of [packages.tool.podlock] */
    struct pl_span span; /* its name's value; none when not read */
};

struct pl_lock_provided {
    struct pl_str name, version;
    uint64_t size; /* 0: not known */
    bool locked;
    struct pl_str *via; /* as of a package; may be empty */
    size_t via_count;
};

struct pl_lock_replaced {
    struct pl_str name, from, to, because;
    bool is_os;
};

struct pl_lock_input {
    struct pl_str name, sha256;
};

/* Where values stand; none of what is not there or was not read. */
struct pl_lock_places {
    struct pl_span environments, requires_python;
    struct pl_span tool; /* the head of [tool.podlock] */
    struct pl_span template_id, template_digest, arguments, download, provided,
        replaced;
    struct pl_span *inputs; /* of each; NULL when not read */
};

struct pl_lock {
    struct pl_str version;       /* "1.0"; empty is that too */
    struct pl_str created_by;    /* empty: podlock */
    struct pl_str *environments; /* markers, in the order given */
    size_t environment_count;
    struct pl_str requires_python;                   /* "==3.11.*" */
    struct pl_str *extras, *groups, *default_groups; /* in the order given */
    size_t extra_count, group_count, default_group_count;
    bool has_extras, has_groups, has_default_groups; /* though empty */
    bool is_foreign; /* has no [tool.podlock] of a format that is known */
    struct pl_str template_id;     /* empty: none */
    struct pl_str template_digest; /* 64 hex digits; empty: none */
    struct pl_str rules_edition;
    struct pl_lock_input *inputs; /* in the order given */
    size_t input_count;
    struct pl_str *arguments; /* of the command, as a shell gives them */
    size_t argument_count;    /* 0: not stated */
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
    uint64_t download; /* bytes, sum of the known sizes; UINT64_MAX: unknown */
    struct pl_lock_others others, tools, podlock_keys;
    bool with_header, with_via, via_split;
    bool without_hashes;   /* in requirements.txt */
    struct pl_str made_by; /* a command, for a header; else resolve's */
    struct pl_str comment; /* the header as it was read; instead of one made */
    struct pl_lock_places places;
};

/* Puts everything in its order; of equal via, rules ... one stays. */
void pl_lock_sort(struct pl_lock *lock);

/* The strongest hash of a known algorithm; empty: there is none. */
struct pl_lock_hash pl_lock_file_hash(const struct pl_lock_file *file);
/* Sizes of all packages' first files; how many of them are not known. */
uint64_t pl_lock_bytes(const struct pl_lock *lock, size_t *unknown);

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
