/*
 * What two locks differ in, as values: what a reviewer of an image must know.
 *
 * Both locks are in the order of pl_lock_sort, and may be of any tool (PEP
 * 751). Everything that differs is told, so that what is not told is equal;
 * only comments, places in files and the style of annotations are not looked
 * at. Nothing is printed: sentences about a change are made by lock_diff_text.
 *
 * https://packaging.python.org/en/latest/specifications/pylock-toml/
 *
 *     struct pl_diff_given given = {
 *         .old = {.lock = &before, .facts = template_before},
 *         .new = {.lock = &after, .facts = template_after},
 *         .rules = &rules};
 *     struct pl_diff diff;
 *     pl_lock_diff(arena, &given, &diff);
 *     for (size_t i = 0; i < diff.count; i++) show(&diff.changes[i]);
 *
 * A package is followed by its name through the lock and the template: `from`
 * and `to` are the versions that the finished image holds, as far as the two
 * locks and the facts prove, be it from the lock or from the template. So a
 * preinstalled numpy that begins to be replaced is one change, "2.1.2
 * -> 2.0.2", and `before.where` says that the template gave it. Several
 * packages of one name (with markers) are paired: equal ones first, then those
 * of one marker, of one version, and the others in their order.
 *
 * The diff's strings point into what was given and into the arena; both must
 * outlive it. Time and memory: n log n in the size of both locks. It cannot
 * fail: sizes are those of the locks, which have their limits.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_DIFF_H
#define PODLOCK_LOCKFMT_LOCK_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/source.h"
#include "core/str.h"
#include "lockfmt/lock.h"
#include "rules/abi.h"
#include "rules/template.h"

/* ---- what is given ---- */

struct pl_diff_side {
    const struct pl_lock *lock;
    const struct pl_template *facts; /* of its template; NULL: not known */
    /* Its inputs (requirements.in ...), each named as the lock names it. */
    const struct pl_source *const *inputs;
    size_t input_count; /* 0: the texts are not known */
    bool is_bare;       /* it does not say who asks, as a `pip freeze` */
};

struct pl_diff_given {
    struct pl_diff_side old, new;
    const struct pl_abi_rules *rules; /* NULL: only what the locks say */
};

/* ---- a change ---- */

/* The first that is true of it. */
enum pl_diff_kind {
    PL_DIFF_ADDED,      /* locked now; no version was there before */
    PL_DIFF_REMOVED,    /* was locked; no version is known to be there now */
    PL_DIFF_UPGRADED,   /* both versions are known; `to` is the higher one */
    PL_DIFF_DOWNGRADED, /* `to` is the lower one */
    PL_DIFF_INSTALLED, /* the template's version, which the lock now installs */
    PL_DIFF_KEPT,      /* the same version, which is now the template's */
    PL_DIFF_REBUILT,   /* the version stays, the code may not: a file came or
                          went or has another hash, wheel <-> sdist, another
                          commit or folder. Loud: it may be an attack */
    PL_DIFF_RELOCATED, /* the same hashes from another host or path */
    PL_DIFF_CHANGED,   /* nothing of this: a marker, who asks, a lock's key */
};
#define PL_DIFF_KINDS (PL_DIFF_CHANGED + 1)

/*
 * In the order of what matters to an image; the first that fits. Major, minor
 * and patch: the first release segment that differs (missing ones are 0) is
 * the first, the second, or a later one; another epoch is major; what differs
 * only in pre-release, post-release or local label is patch.
 */
enum pl_diff_group {
    PL_DIFF_TORCH,    /* torch, its companions, triton, nvidia-*, cuda-*; the
                         template, its Python and CUDA */
    PL_DIFF_FILES,    /* PL_DIFF_REBUILT, PL_DIFF_RELOCATED */
    PL_DIFF_REPLACED, /* a template's package begins or ceases to be replaced,
                         or by another version */
    PL_DIFF_ABI,      /* an ABI rule begins or ceases to apply to it */
    PL_DIFF_MAJOR,
    PL_DIFF_MINOR,
    PL_DIFF_PATCH,
    PL_DIFF_NEW,   /* PL_DIFF_ADDED, PL_DIFF_INSTALLED */
    PL_DIFF_GONE,  /* PL_DIFF_REMOVED, PL_DIFF_KEPT */
    PL_DIFF_OTHER, /* PL_DIFF_CHANGED */
};
#define PL_DIFF_GROUPS (PL_DIFF_OTHER + 1)

/* What a change is about, and so what its name is. */
enum pl_diff_subject {
    PL_DIFF_OF_IMAGE,   /* "template", "python", "cuda" */
    PL_DIFF_OF_PACKAGE, /* the package */
    PL_DIFF_OF_LOCK,    /* a key of the lock: "requires-python", "inputs" */
};

/* What one value is; of a package unless it says more. */
enum pl_diff_field {
    PL_DIFF_VERSION,
    PL_DIFF_MARKER,
    PL_DIFF_REQUIRES_PYTHON, /* also of the lock */
    PL_DIFF_INDEX,
    PL_DIFF_DEPENDENCY,        /* a name; one row each */
    PL_DIFF_DEPENDENCIES_TEXT, /* all, as TOML, where names do not say all */
    PL_DIFF_IDENTITIES,        /* TOML */
    PL_DIFF_VIA,               /* who asks; one row each */
    PL_DIFF_RULE,              /* an id; one row each */
    PL_DIFF_REQUESTED_EXTRA,   /* one row each */
    PL_DIFF_SOURCE,            /* "files", "archive", "vcs", "directory" */
    PL_DIFF_VCS,
    PL_DIFF_TREE_URL,
    PL_DIFF_TREE_PATH,
    PL_DIFF_REVISION,
    PL_DIFF_COMMIT,
    PL_DIFF_SUBDIRECTORY,
    PL_DIFF_EDITABLE,     /* "true", "false" */
    PL_DIFF_TREE_OTHER,   /* a key and its TOML */
    PL_DIFF_OTHER_KEY,    /* the same, of [[packages]] or the lock */
    PL_DIFF_TOOL_KEY,     /* of [packages.tool] or [tool] */
    PL_DIFF_PODLOCK_KEY,  /* of [packages.tool.podlock] or [tool.podlock] */
    PL_DIFF_PROVIDED,     /* version of the fact that the answer relies on */
    PL_DIFF_PROVIDED_VIA, /* who asks for that fact; one row each */
    PL_DIFF_REPLACES,     /* version of the fact that is replaced */
    PL_DIFF_REPLACES_TO,
    PL_DIFF_REPLACES_BECAUSE,
    PL_DIFF_REPLACES_OS, /* "true", "false" */
    /* Of the lock, or of the image. */
    PL_DIFF_LOCK_VERSION,
    PL_DIFF_CREATED_BY,
    PL_DIFF_FOREIGN, /* has no [tool.podlock]: "true", "false" */
    PL_DIFF_TEMPLATE,
    PL_DIFF_TEMPLATE_DIGEST,
    PL_DIFF_RULES_EDITION,
    PL_DIFF_DOWNLOAD,     /* the number that the lock states */
    PL_DIFF_PYTHON,       /* of the facts */
    PL_DIFF_CUDA,         /* of the facts */
    PL_DIFF_BROKEN,       /* one row each, as the following ones */
    PL_DIFF_IGNORED_RULE, /* an id */
    PL_DIFF_ENVIRONMENT,
    PL_DIFF_EXTRA,
    PL_DIFF_DEPENDENCY_GROUP,
    PL_DIFF_DEFAULT_GROUP,
    PL_DIFF_INPUT, /* key: its name; values: its sha256 */
    PL_DIFF_ARGUMENT,
    PL_DIFF_HAS_EXTRAS, /* the list is there, empty or not: "true" */
    PL_DIFF_HAS_DEPENDENCY_GROUPS,
    PL_DIFF_HAS_DEFAULT_GROUPS,
};
#define PL_DIFF_FIELDS (PL_DIFF_HAS_DEFAULT_GROUPS + 1)

/*
 * A value that came (not `had`), went (not `has`) or is another one. In lists
 * whose order is the user's (environments, extras, groups, inputs, arguments)
 * `at` is the place: the rows, done one after the other to the old list
 * (put in before `at`, take out, put another there), give the new one.
 */
struct pl_diff_value {
    enum pl_diff_field field;
    struct pl_str key; /* of inputs and keys that podlock does not know */
    bool had, has;
    struct pl_str from, to;
    size_t at;
};

/* What of a file differs: bits. */
enum pl_diff_file_bits {
    PL_DIFF_FILE_KIND = 1, /* wheel <-> sdist */
    PL_DIFF_FILE_URL = 2,
    PL_DIFF_FILE_HOST = 4, /* of the URL; beside PL_DIFF_FILE_URL */
    PL_DIFF_FILE_PATH = 8,
    PL_DIFF_FILE_HASH = 16,   /* no safe hash that both have is equal */
    PL_DIFF_FILE_HASHES = 32, /* the lists of hashes differ */
    PL_DIFF_FILE_SIZE = 64,
    PL_DIFF_FILE_TIME = 128,
    PL_DIFF_FILE_OTHER = 256, /* keys that podlock does not know */
    PL_DIFF_FILE_ORDER = 512, /* stands elsewhere in the list */
    PL_DIFF_FILE_NAME = 1024, /* of the only file on both sides */
};

/* Files of two packages, paired by names; or the only one of each. */
struct pl_diff_file {
    const struct pl_lock_file *from, *to; /* NULL: came, went */
    unsigned differs;                     /* bits, when there are both */
    size_t at; /* of `to` in the new list, 0 being the first file */
};

enum pl_diff_where {
    PL_DIFF_NOWHERE,     /* not known to be in the image */
    PL_DIFF_IN_TEMPLATE, /* preinstalled, and kept */
    PL_DIFF_IN_LOCK,     /* installed from the lock */
};

/* A package of one side. */
struct pl_diff_state {
    enum pl_diff_where where;
    const struct pl_lock_package *package; /* its entry; or NULL */
    const struct pl_lock_provided
        *provided; /* the lock relies on it; or NULL */
    const struct pl_lock_replaced *replaced; /* it replaces that; or NULL */
};

/* An ABI rule and the set of versions of one side. */
enum pl_diff_rule_state {
    PL_DIFF_RULE_IDLE,   /* one of its packages is not there, or its `versions`
                            do not match: it asks nothing */
    PL_DIFF_RULE_KEPT,   /* it asks something, which is so */
    PL_DIFF_RULE_BROKEN, /* ... which is not so (ignored, or the template's) */
};

struct pl_diff_rule {
    const struct pl_abi_rule *rule;
    enum pl_diff_rule_state from, to; /* not equal */
};

/* ---- why ---- */

enum pl_diff_reason_kind {
    PL_DIFF_BY_REPLACEMENT, /* `text`: why it replaces the template's */
    PL_DIFF_BY_LINE,        /* a line that asks for it, or binds its version,
                               came, went or reads otherwise; both texts are
                               empty where they are not known */
    PL_DIFF_BY_TEMPLATE,    /* another template: `from`, `to` are ids; or, where
                               no template is stated, `text`: another Python */
    PL_DIFF_BY_PARENT,      /* `who` asks for it, and moved, came or went, or
                               is as it was and began or ceased to ask */
    PL_DIFF_BY_RULE,        /* an ABI rule came to matter or ceased to */
    PL_DIFF_BY_IGNORED_RULE, /* one about it is ignored now, or no more */
    PL_DIFF_BY_INDEX,        /* another index: `from`, `to` */
    PL_DIFF_BY_INPUT,        /* `who`, which has a line that asks, changed, and
                                how is not known */
    PL_DIFF_BY_ARGUMENTS,    /* the command's words changed */
    PL_DIFF_BY_NOTHING,      /* nothing in either lock explains it */
};

/* Best first. Strings may be empty. */
struct pl_diff_reason {
    enum pl_diff_reason_kind kind;
    bool had, has;          /* it held in the old lock, holds in the new one */
    struct pl_str who;      /* "requirements.in:2", "pandas", a rule's id */
    struct pl_str from, to; /* of a line: its text; of a parent: its version */
    struct pl_str text;
};

struct pl_diff_change {
    struct pl_str name;
    enum pl_diff_subject subject;
    enum pl_diff_kind kind;
    enum pl_diff_group group;
    struct pl_str from, to; /* versions, or a key's values; may be empty */
    bool is_quiet; /* nothing but who asks for it, at which line, or a sum that
                      follows from the rest: may be folded */
    struct pl_diff_state before, after; /* of a package */
    struct pl_diff_value *values; /* of packages and facts on both sides */
    size_t value_count;
    struct pl_diff_file *files; /* the same */
    size_t file_count;
    struct pl_diff_rule *rules; /* by id */
    size_t rule_count;
    struct pl_diff_reason *reasons; /* at least one for a package that
                                       is not just PL_DIFF_CHANGED */
    size_t reason_count;
    int64_t bytes;  /* of download, what the new lock needs more */
    bool has_bytes; /* the sizes are known, or nothing is downloaded */
};

struct pl_diff_total {
    uint64_t bytes;  /* of download: the sum of the known sizes */
    size_t unknown;  /* files whose size is not known */
    size_t packages; /* entries of the lock */
};

struct pl_diff {
    struct pl_diff_change *changes; /* by group, then name */
    size_t count;                   /* 0: the locks say the same */
    size_t by_group[PL_DIFF_GROUPS], by_kind[PL_DIFF_KINDS];
    size_t quiet; /* of all changes */
    struct pl_diff_total before, after;
    /* torch, for the first line: its versions in the image; may be empty */
    struct pl_str torch_from, torch_to;
    enum pl_diff_where torch_before, torch_after;
};

void pl_lock_diff(struct pl_arena *arena, const struct pl_diff_given *given,
                  struct pl_diff *out);

#endif
