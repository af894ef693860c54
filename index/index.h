/*
 * The package index: project pages and core metadata, by one interface.
 *
 * A caller says what it wants and takes what has come, in any order:
 *
 *     pl_index_want_page(index, name);
 *     pl_index_want_metadata(index, file);
 *     struct pl_index_event event;
 *     bool any;
 *     while (pl_index_next(index, &event, &any, err) && any) ...
 *
 * so that a network back end can keep many requests in flight while the
 * caller asks for more. The recorded folder (index/folder.h) answers in the
 * order of the wishes. Wanting the same thing twice answers once,
 * unless the index is begun again in between. Pages, files
 * and metadata live in the arena the index was opened with.
 *
 * Which index a name is asked of (the torch family first of the template's
 * variant) is decided here; a page says which index it came from.
 *
 * Errors that end the run: PL_ERR_INDEX (a page or metadata that cannot be
 * read or is not what it says), PL_ERR_INTEGRITY (a hash that differs). That a
 * project or a piece of metadata does not exist is an answer, not an error.
 *
 * Standards: PEP 503, 592, 658, 691, 700, 714, 792 and
 * https://packaging.python.org/en/latest/specifications/simple-repository-api/
 */
#ifndef PODLOCK_INDEX_INDEX_H
#define PODLOCK_INDEX_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/str.h"
#include "pep/requirement.h"
#include "pep/specifier.h"
#include "pep/wheelname.h"

enum pl_file_kind { PL_FILE_WHEEL, PL_FILE_SDIST };

/* What is looked at of the few files that a run considers closely. */
struct pl_file_details {
    struct pl_str name;            /* file name, decoded */
    struct pl_str url;             /* absolute, without credentials; or: */
    struct pl_str path;            /* relative; when the folder has no origin */
    struct pl_str sha256;          /* 64 hex digits; empty: not stated */
    struct pl_str upload_time;     /* RFC 3339, UTC; empty: not stated */
    struct pl_str metadata_sha256; /* empty: not stated */
    uint64_t size;                 /* bytes; see has_size */
    bool has_size;
};

/*
 * Files of one version may share `version`, those of equal tags `wheel`: who
 * compares looks at the pointers first.
 *
 * A brief file is without `details`: of thousands that come from the cache few
 * are ever looked at closely. Until pl_file_complete (or pl_page_complete) has
 * returned true, nobody may look at its name, address, hashes, size and time.
 */
struct pl_file {
    const struct pl_page *page;            /* where it stands */
    const struct pl_version *version;      /* from the file name */
    const struct pl_wheeltags *wheel;      /* NULL unless kind is WHEEL */
    const struct pl_file_details *details; /* NULL: see above */
    struct pl_str requires_python;         /* as stated; empty: none */
    struct pl_str yanked_reason;           /* may be empty */
    uint32_t number;                       /* on its page */
    enum pl_file_kind kind;
    bool yanked;
    bool has_metadata; /* the index offers NAME.metadata */
    bool has_sha256;   /* the index states it */
};

struct pl_page {
    struct pl_str project;   /* normalised */
    struct pl_str index_url; /* of the index, ending in '/', no credentials */
    bool is_torch;           /* from the torch index */
    struct pl_str status;    /* PEP 792: "archived" ...; empty: active */
    const struct pl_file *files; /* sorted by version, then file name */
    size_t file_count;
    /* Versions of a page with a lower number are preferred to all others. */
    uint32_t order;
    size_t dropped; /* files whose names are not PEP 440, for explanations */
    struct pl_page_source *source; /* of brief files; NULL: there are none */
};

/* Where the rest of brief files comes from; see index/block.h. */
struct pl_page_source {
    bool (*complete)(struct pl_page_source *source, struct pl_file *file,
                     struct pl_error *err);
    /* Makes ready for completing all of them. */
    void (*prepare)(struct pl_page_source *source);
};

/* A copy that lives as long as the arena. */
const struct pl_file_details *
pl_file_details_keep(struct pl_arena *arena,
                     const struct pl_file_details *details);

/* Errors: PL_ERR_INDEX, when the cache has changed meanwhile. */
PL_MUST_CHECK bool pl_file_complete(const struct pl_file *file,
                                    struct pl_error *err);
PL_MUST_CHECK bool pl_page_complete(const struct pl_page *page,
                                    struct pl_error *err);

/* Core metadata, as far as a resolver needs it. */
struct pl_metadata {
    const struct pl_requirement *requires; /* in the order stated */
    size_t require_count;
    struct pl_specifier requires_python;
    const struct pl_str *extras; /* Provides-Extra, normalised */
    size_t extra_count;
    bool from_sdist;
    bool repaired; /* a line was dirty and repaired; see docs/differences.md */
};

enum pl_event_kind {
    PL_EVENT_PAGE,     /* page is NULL: no index has the project */
    PL_EVENT_METADATA, /* metadata is NULL: none can be had, see reason */
};

struct pl_index_event {
    enum pl_event_kind kind;
    struct pl_str project;      /* of the wish */
    const struct pl_file *file; /* kind METADATA */
    const struct pl_page *page;
    const struct pl_metadata *metadata;
    struct pl_str reason; /* why there is no metadata, for people */
};

struct pl_index_stats {
    uint64_t pages, metadata, requests, bytes;
};

struct pl_index; /* made by a back end; see index/folder.h */

void pl_index_want_page(struct pl_index *index, struct pl_str project);
void pl_index_want_metadata(struct pl_index *index, const struct pl_file *file);
/* *any is false when nothing is left of what was wanted. */
PL_MUST_CHECK bool pl_index_next(struct pl_index *index,
                                 struct pl_index_event *event, bool *any,
                                 struct pl_error *err);
/*
 * For another question: what is wanted again is answered again, from memory
 * when it has been read. Wishes that nobody took an answer to are forgotten.
 */
void pl_index_begin_again(struct pl_index *index);
/*
 * Until when pl_index_next may wait for a network, by core/clock.h; 0: as long
 * as it takes. PL_ERR_LIMIT after it; what is under way goes on, and another
 * question may wait for it.
 */
void pl_index_set_deadline(struct pl_index *index, uint64_t deadline_ns);
struct pl_index_stats pl_index_stats(const struct pl_index *index);
/* What people should know about what was read: a sentence each, so far. */
const struct pl_str *pl_index_warnings(const struct pl_index *index,
                                       size_t *count);
void pl_index_close(struct pl_index *index); /* NULL accepted */

#endif
