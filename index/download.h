/*
 * Files of known contents into a folder: verified, resumed, several at once.
 *
 * A file comes as `.NAME.part` and gets its name when its SHA-256 is right and
 * it is on the disk; what has the name is whole. A part that is left (cut,
 * killed) is gone on with by a range request; where the server gives no ranges
 * or the file has changed, it begins anew. A file that is there with the right
 * contents stays; with others, it is an error and stays too.
 *
 *     struct pl_download files[] = {{.name = name, .url = url, ...}};
 *     if (!pl_download_run(arena, &options, files, 1, err)) return false;
 *     if (files[0].outcome == PL_DOWNLOAD_FAILED) ... files[0].error
 *
 * Nothing is written through a link, hard or symbolic, and nothing outside of
 * the folder. One process at a time works in a folder (flock; a file system
 * without locks has none: then hashes alone tell what went wrong).
 *
 * Range requests: https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
 *
 * Errors of the run: PL_ERR_FILE (the folder, its space), what opening the
 * network gives. Errors of a file stand in it, the others go on:
 * PL_ERR_INTEGRITY (hash or size), PL_ERR_INDEX, PL_ERR_FILE, PL_ERR_INPUT (its
 * name).
 */
#ifndef PODLOCK_INDEX_DOWNLOAD_H
#define PODLOCK_INDEX_DOWNLOAD_H

#include "index/fetch.h"

enum pl_download_outcome {
    PL_DOWNLOAD_FAILED,
    PL_DOWNLOAD_THERE, /* it was there already */
    PL_DOWNLOAD_CAME,
};

struct pl_download {
    struct pl_str name;   /* see pl_download_is_name */
    struct pl_str url;    /* http or https; or empty, and: */
    struct pl_str path;   /* of this machine, copied */
    struct pl_str sha256; /* 64 hex digits */
    uint64_t size;        /* bytes */
    bool has_size;
    enum pl_download_outcome outcome;
    uint64_t came;         /* bytes of it that came over the network */
    struct pl_error error; /* of one that failed */
};

struct pl_download_progress {
    size_t done, count;
    uint64_t bytes;  /* that have come */
    bool is_waiting; /* for another process in the folder */
};

struct pl_download_options {
    struct pl_str folder; /* made when it is not there */
    struct pl_fetch_options fetch;
    bool offline; /* ask nothing: what is not there has failed */
    void (*report)(void *user, const struct pl_download_progress *progress);
    void *user;
};

/*
 * The name of a wheel or a source distribution: one part of a path, without
 * controls, not hidden, at most PL_MAX_DOWNLOAD_NAME bytes.
 */
bool pl_download_is_name(struct pl_str name);
/* Of the part of such a file? */
bool pl_download_is_part(struct pl_str name);

PL_MUST_CHECK bool pl_download_run(struct pl_arena *arena,
                                   const struct pl_download_options *options,
                                   struct pl_download *files, size_t count,
                                   struct pl_error *err);

/*
 * Removes the files and parts of the folder whose names are not among `keep`;
 * with `dry` only tells them. What is no regular file, or has another kind of
 * name, stays. Errors: PL_ERR_FILE.
 */
struct pl_removed {
    struct pl_str *names; /* sorted */
    size_t count;
    uint64_t bytes;
};
PL_MUST_CHECK bool
pl_download_prune(struct pl_arena *arena, struct pl_str folder,
                  const struct pl_str *keep, size_t keep_count, bool dry,
                  struct pl_removed *out, struct pl_error *err);

#endif
