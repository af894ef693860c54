/*
 * What the user asks for: requirements files, pyproject.toml, constraints.
 *
 * pip's grammar (comments, continuations, ${VAR}, -r, -c, --hash, options),
 * PEP 621 dependencies and extras, PEP 735 groups. Every requirement keeps its
 * place. A malformed line is an error with its place, never skipped. What
 * cannot be locked without running code (VCS, editable, source trees) is an
 * error that says what to do. Texts are UTF-8. docs/requirements-format.md
 * lists what is read and where podlock differs from pip.
 *
 * Everything lives in the arena given to pl_inputs_init. After a failure the
 * inputs hold part of what was read and are of no further use.
 *
 *     struct pl_inputs in;
 *     pl_inputs_init(&in, arena);
 *     if (!pl_inputs_read(&in, PL_STR("requirements.in"), err)) ...
 *     if (!pl_inputs_read_constraints(&in, PL_STR("c.txt"), err)) ...
 *
 * https://pip.pypa.io/en/stable/reference/requirements-file-format/
 * https://packaging.python.org/en/latest/specifications/pyproject-toml/
 * https://packaging.python.org/en/latest/specifications/dependency-groups/
 */
#ifndef PODLOCK_RESOLVER_REQFILE_H
#define PODLOCK_RESOLVER_REQFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/source.h"
#include "core/str.h"
#include "core/vec.h"
#include "pep/requirement.h"

/*
 * A wheel's URL or path stands in req.url, without its fragment; the path of
 * a local wheel is relative to the working folder, as for pip. A wheel given
 * by itself has its name and `==version` from its file name.
 */
struct pl_asked {
    struct pl_requirement req;
    struct pl_span span;         /* the requirement's text in its file */
    struct pl_str where;         /* "requirements.in:2" */
    const struct pl_str *hashes; /* "sha256:...", of --hash or a fragment */
    size_t hash_count;
};

/* A --no-binary or --only-binary list: ":all:", ":none:" and names. */
struct pl_format_control {
    bool all;
    PL_VEC(struct pl_str) names; /* normalised */
};

struct pl_input_file {
    struct pl_str name;   /* as the user wrote it; of -r with its folder */
    struct pl_str sha256; /* of its bytes */
};

/* A file that was read, so that each is read once for each of the kinds. */
struct pl_input_seen {
    struct pl_str path; /* real path */
    int kind;
};

struct pl_inputs {
    struct pl_arena *arena;
    PL_VEC(struct pl_asked) requirements;
    PL_VEC(struct pl_asked) constraints;
    PL_VEC(struct pl_asked) overrides;
    PL_VEC(struct pl_input_file) files; /* in order of reading, each once */
    /* What a file itself says; the command line comes before it. */
    struct pl_str template_id; /* "# podlock: template = ID" */
    struct pl_span template_span;
    struct pl_str index_url;
    PL_VEC(struct pl_str) extra_index_urls;
    PL_VEC(struct pl_str) find_links; /* a folder beside the file, or as is */
    PL_VEC(struct pl_str) trusted_hosts;
    bool no_index, pre, prefer_binary, require_hashes;
    struct pl_format_control no_binary, only_binary;
    struct pl_str requires_python;    /* of [project]; may be empty */
    PL_VEC(struct pl_error) warnings; /* options without effect ... */
    /* Set before reading: which parts of a pyproject.toml. */
    PL_VEC(struct pl_str) extras; /* --extra, normalised */
    PL_VEC(struct pl_str) groups; /* --group, normalised */
    bool all_extras;
    PL_VEC(struct pl_str) reading; /* files being read, against cycles */
    PL_VEC(struct pl_input_seen) seen;
};

void pl_inputs_init(struct pl_inputs *in, struct pl_arena *arena);

/*
 * Reads requirements.in, "-", or a pyproject.toml (by its name's end).
 * Errors: PL_ERR_INPUT with the place, PL_ERR_FILE, PL_ERR_LIMIT.
 */
PL_MUST_CHECK bool pl_inputs_read(struct pl_inputs *in, struct pl_str path,
                                  struct pl_error *err);
PL_MUST_CHECK bool pl_inputs_read_constraints(struct pl_inputs *in,
                                              struct pl_str path,
                                              struct pl_error *err);
PL_MUST_CHECK bool pl_inputs_read_overrides(struct pl_inputs *in,
                                            struct pl_str path,
                                            struct pl_error *err);
/* Has this file been read, under whatever name? */
bool pl_inputs_have(const struct pl_inputs *in, struct pl_str path);
/* A list of names as --no-binary takes it, added to a control. */
PL_MUST_CHECK bool pl_format_control_add(struct pl_arena *arena,
                                         struct pl_format_control *control,
                                         struct pl_str list,
                                         struct pl_error *err);
bool pl_format_control_has(const struct pl_format_control *control,
                           struct pl_str name);

#endif
