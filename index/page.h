/*
 * A project page being read: what the JSON and the HTML form have in common.
 *
 * A reader begins with what is asked for, adds a row for each file the page
 * lists, and finishes. Rules, the same for both forms:
 *
 * - wheels, .tar.gz and .zip files count; other kinds (.egg, .exe, .rpm ...)
 *   are ignored;
 * - a file whose name is not one of its kind, is not that of the project, or
 *   cannot be a file name at all, and a file whose URL is not an http(s) URL,
 *   is dropped and counted in `dropped`;
 * - a hash is kept when it is a SHA-256, an upload time when it is RFC 3339:
 *   otherwise they are as if not stated;
 * - a file listed twice stays twice.
 *
 * A flat page lists files of many projects, as --find-links has them: those of
 * other projects are passed over and not counted. Such a page may be large, so
 * its rows are read once (pl_page_rows) and pages are made from them.
 *
 * Files of one project from several pages (of several indexes, of folders)
 * become one page by pl_page_merge.
 *
 * Nothing of the result points into the input: all is copied to the arena.
 * Errors: PL_ERR_LIMIT for more than PL_MAX_FILES_PER_PAGE files.
 */
#ifndef PODLOCK_INDEX_PAGE_H
#define PODLOCK_INDEX_PAGE_H

#include "core/vec.h"
#include "index/index.h"

struct pl_page_input {
    struct pl_str body;
    struct pl_str url; /* of the page, absolute: file URLs are beside it */
    struct pl_str index_url; /* see struct pl_page */
    struct pl_str project;   /* normalised */
    bool is_torch;
    uint32_t order; /* see struct pl_page */
    bool is_flat;   /* of many projects */
    /* Files whose URL lies below it get `path` instead; empty: none do. */
    struct pl_str path_root;
    /* All get the `path` FOLDER/NAME, and no URL is looked at; empty: none. */
    struct pl_str folder;
};

/* One file as the page states it. */
struct pl_page_row {
    struct pl_str name; /* decoded */
    struct pl_str url;  /* as written, perhaps relative */
    struct pl_str sha256, upload_time, requires_python, yanked_reason;
    struct pl_str metadata_sha256;
    uint64_t size;
    bool has_size, yanked, has_metadata;
};

/* What a page of many projects lists, read once for all of them. */
struct pl_page_rows {
    struct pl_str base; /* what relative URLs are joined to */
    PL_VEC(struct pl_page_row) list;
};

struct pl_page_build {
    struct pl_arena *arena;
    struct pl_page *page;
    struct pl_str base;               /* what relative URLs are joined to */
    struct pl_str path_root, folder;  /* as in the input */
    bool is_flat;                     /* the same */
    struct pl_str requires_python;    /* of the row before: mostly the same */
    struct pl_str dir, dir_url;       /* the same: its URL's folder, joined */
    const struct pl_version *version; /* the same */
    size_t rows;
    PL_VEC(struct pl_file) files;
};

struct pl_page_build pl_page_begin(struct pl_arena *arena,
                                   const struct pl_page_input *input);
PL_MUST_CHECK bool pl_page_add(struct pl_page_build *build,
                               const struct pl_page_row *row,
                               struct pl_error *err);
/*
 * The page of input->project out of these rows, as a reader would make it:
 * input->body and input->url are not looked at.
 */
PL_MUST_CHECK bool pl_page_from_rows(struct pl_arena *arena,
                                     const struct pl_page_input *input,
                                     const struct pl_page_rows *rows,
                                     const struct pl_page **out,
                                     struct pl_error *err);
/* Sets the PEP 792 status; "active" is the same as none. */
void pl_page_set_status(struct pl_page_build *build, struct pl_str status);
const struct pl_page *pl_page_finish(struct pl_page_build *build);

/*
 * One page of what `count` pages, at least one, have: sorted as every page is;
 * of one version and file name first those of the page that stands first.
 * Project, index and status are those of the first page, dropped files those of
 * all; each file keeps its own `page`. The first page itself when no other has
 * anything.
 */
const struct pl_page *pl_page_merge(struct pl_arena *arena,
                                    const struct pl_page *const *pages,
                                    size_t count);

/* "1.4": the major version must be 1. Errors: PL_ERR_INDEX. */
PL_MUST_CHECK bool pl_page_check_api(struct pl_str api_version,
                                     struct pl_error *err);

#endif
