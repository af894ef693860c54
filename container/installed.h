/*
 * The distributions installed in one package folder.
 *
 * A folder (site-packages, dist-packages) is read as pip and uv left it: by
 * its dist-info folders, bare egg-infos and egg-links. Nothing is imported.
 *
 * https://packaging.python.org/en/latest/specifications/recording-installed-packages/
 * https://packaging.python.org/en/latest/specifications/direct-url/
 *
 * What is damaged is told, never guessed: a distribution whose metadata cannot
 * be read still stands in the list, by the name and version that its folder's
 * name says, with requires_known false, and with a row of damage.
 *
 * Of a URL of a version control system, direct_url is "git+URL@COMMIT". An
 * egg-info of the name and version of a dist-info beside it (Debian ships such
 * pairs) gives no row of its own.
 *
 * Bounds: PL_MAX_INSTALLED distributions of a folder, PL_MAX_INSTALLED_BYTES
 * of one's metadata (what is longer is read so far; headers come first).
 * Views live in the arena. Errors: PL_ERR_FILE, PL_ERR_LIMIT.
 */
#ifndef PODLOCK_CONTAINER_INSTALLED_H
#define PODLOCK_CONTAINER_INSTALLED_H

#include "container/tree.h"
#include "core/vec.h"
#include "pep/requirement.h"
#include "pep/version.h"

enum pl_installed_form {
    PL_INSTALLED_DIST_INFO,
    PL_INSTALLED_EGG_INFO,      /* a folder X.egg-info, or X.egg/EGG-INFO */
    PL_INSTALLED_EGG_INFO_FILE, /* bare, as distutils and apt's do */
    PL_INSTALLED_EGG_LINK,      /* setup.py develop */
};

struct pl_installed {
    struct pl_str name;         /* normalised */
    struct pl_str version_text; /* as stated; may be no version */
    bool has_version;
    struct pl_version version;
    struct pl_str folder; /* the package folder */
    struct pl_str info;   /* path of its dist-info, egg-info or egg-link */
    enum pl_installed_form form;
    struct pl_str installer;  /* "pip", "uv", "conda", "debian"; empty */
    bool has_record;          /* RECORD is there: pip can uninstall it */
    bool is_editable;         /* egg-link, or direct_url.json says so */
    struct pl_str direct_url; /* credentials masked; empty: from an index */
    bool requires_known;      /* false also of a bare egg-info: it never says */
    const struct pl_requirement *requires;
    size_t require_count;
};

enum pl_damage_kind {
    PL_DAMAGE_TWO_INFOS,       /* two of one name in one folder */
    PL_DAMAGE_METADATA_EMPTY,  /* 0 bytes */
    PL_DAMAGE_METADATA_ABSENT, /* a dist-info without METADATA */
    PL_DAMAGE_METADATA_BAD,    /* not readable: `why` says what */
    PL_DAMAGE_NAME_DIFFERS,    /* or its version, from its folder's */
    PL_DAMAGE_RECORD_ABSENT,   /* pip's or uv's own, without RECORD */
    PL_DAMAGE_CODE_ABSENT,     /* its RECORD's modules are gone */
    PL_DAMAGE_INFO_ABSENT,     /* code that no distribution owns */
    PL_DAMAGE_LINK_TO_NOTHING, /* an egg-link or editable whose code is gone */
    PL_DAMAGE_HALF_REMOVED,    /* "~orch": pip was interrupted */
};

struct pl_damage {
    enum pl_damage_kind kind;
    struct pl_str name; /* of the distribution or the module */
    struct pl_str path;
    struct pl_str why; /* a phrase, may hold foreign text; may be empty */
};

/* "metadata-empty" ...: one word, for programs. */
const char *pl_damage_name(enum pl_damage_kind kind);

struct pl_installed_list {
    PL_VEC(struct pl_installed) rows; /* by name, then info, in a folder */
    PL_VEC(struct pl_damage) damage;
};

/*
 * Adds the folder's to the list. With `owners`, RECORDs are read too, for
 * CODE_ABSENT and INFO_ABSENT: some ten times as many bytes.
 */
PL_MUST_CHECK bool pl_installed_read(struct pl_arena *arena,
                                     struct pl_tree *tree, struct pl_str folder,
                                     bool owners,
                                     struct pl_installed_list *list,
                                     struct pl_error *err);

#endif
