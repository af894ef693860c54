/*
 * RECORD: the files of an installed distribution, with hash and size.
 *
 * https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file
 *
 *     struct pl_record_reader reader = pl_record_open(text, folder);
 *     struct pl_record_file file;
 *     while (pl_record_next(&reader, arena, &file)) ...
 *
 * CSV of path, hash, size. A path is relative to the package folder and may
 * climb out of it, as scripts' do ("../../../bin/torchrun"): `outside` tells.
 * One that climbs above "/" has no place at all. Nothing is looked for while
 * reading; pl_record_verify looks only through the tree, which no path leaves.
 *
 * Any text can be read: a row that is none has `wrong` set and its line.
 */
#ifndef PODLOCK_CONTAINER_RECORD_FILE_H
#define PODLOCK_CONTAINER_RECORD_FILE_H

#include "container/installed.h"

struct pl_record_file {
    struct pl_str path;   /* as written, unquoted */
    struct pl_str place;  /* absolute in the tree; empty: above "/", wrong */
    bool outside;         /* not below the package folder */
    struct pl_str sha256; /* 64 hex digits; empty: none is stated */
    bool other_hash;      /* one is stated, but not a sha256 */
    bool has_size;
    uint64_t size;
    uint32_t line;
    const char *wrong; /* why this row is none: a phrase; NULL: it is one */
};

struct pl_record_reader {
    struct pl_str rest;
    struct pl_str folder;
    uint32_t line;
};

/* Both must outlive the reader. */
struct pl_record_reader pl_record_open(struct pl_str text,
                                       struct pl_str folder);
/* The next row; blank lines are none. False at the end. */
bool pl_record_next(struct pl_record_reader *reader, struct pl_arena *arena,
                    struct pl_record_file *out);

/* ---- are the files what the installer wrote? ---- */

enum pl_record_wrong {
    PL_RECORD_MISSING,    /* not there, or no file; a lost .pyc is nothing */
    PL_RECORD_OTHER_SIZE, /* and so another content: it is not read */
    PL_RECORD_OTHER_HASH,
    PL_RECORD_UNREADABLE, /* `why` says what */
    PL_RECORD_NO_PLACE,   /* its path climbs above "/" */
    PL_RECORD_BAD_ROW,    /* `why` says what */
};
#define PL_RECORD_WRONGS (PL_RECORD_BAD_ROW + 1)

/* "missing", "other-size" ...: one word, for programs. */
const char *pl_record_wrong_name(enum pl_record_wrong wrong);

struct pl_record_finding {
    enum pl_record_wrong wrong;
    struct pl_str path; /* as written */
    struct pl_str why;  /* may be empty; may hold foreign text */
};

struct pl_record_report {
    size_t files;    /* rows */
    size_t hashed;   /* whose content was compared */
    uint64_t bytes;  /* that were read for that */
    size_t unhashed; /* there, but RECORD has no sha256 of it (.pyc, RECORD) */
    size_t counts[PL_RECORD_WRONGS];
    /* The first PL_MAX_RECORD_FINDINGS, in RECORD's order. */
    PL_VEC(struct pl_record_finding) wrong;
};

/* How many are wrong; 0: the distribution is as it was installed. */
size_t pl_record_report_wrong(const struct pl_record_report *report);

/*
 * Reads every file that RECORD has a hash of. Memory: RECORD, at most
 * PL_MAX_RECORD_BYTES, until it returns; and the report. Errors: PL_ERR_FILE
 * when there is no RECORD to read (see `has_record`), PL_ERR_LIMIT when it is
 * longer.
 */
PL_MUST_CHECK bool pl_record_verify(struct pl_arena *arena,
                                    struct pl_tree *tree,
                                    const struct pl_installed *installed,
                                    struct pl_record_report *report,
                                    struct pl_error *err);

#endif
