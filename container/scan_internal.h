/*
 * Inside of a scan: shared by container/scan*.c, python*.c, machine.c, cuda.c,
 * pip_settings.c and constraints.c only.
 *
 * What cannot be read does not end a scan: it becomes a trouble, and the file
 * counts as absent. Everything lives in the arena of the scan.
 */
#ifndef PODLOCK_CONTAINER_SCAN_INTERNAL_H
#define PODLOCK_CONTAINER_SCAN_INTERNAL_H

#include "container/scan.h"

/* Where a Python lies, before more is known of it. */
struct pl_python_place {
    enum pl_python_kind kind;
    struct pl_str prefix;  /* without links */
    struct pl_str library; /* "/usr/lib/python3.12" */
    struct pl_str minor;   /* "3.12" */
    bool is_alone;         /* the prefix has no other version */
};

typedef PL_VEC(struct pl_python_place) pl_python_places;

struct pl_scan {
    struct pl_arena *arena;
    struct pl_tree *tree;
    const struct pl_scan_options *options;
    struct pl_str dpkg; /* its status file, once it was asked for */
    bool dpkg_read;
    PL_VEC(struct pl_error) troubles;
    size_t more_troubles; /* beyond PL_MAX_TROUBLES */
    size_t pip_stop; /* the first one at which pip stops, from 1; 0: none */
};

/* ---- scan_look.c: of variables, files and paths ---- */

/* Of `vars`; empty when it is not set. */
struct pl_str pl_scan_var(const struct pl_scan *scan, const char *name);
/* /root where HOME says nothing. */
struct pl_str pl_scan_home(const struct pl_scan *scan);
bool pl_scan_is_folder(struct pl_scan *scan, struct pl_str path);
bool pl_scan_is_file(struct pl_scan *scan, struct pl_str path);
/* The first `max` bytes; false when there is no file. */
bool pl_scan_text(struct pl_scan *scan, struct pl_str path, size_t max,
                  struct pl_str *text);
/* What is in the folder; nothing when it cannot be read. */
void pl_scan_list(struct pl_scan *scan, struct pl_str path,
                  struct pl_tree_entry **entries, size_t *count);
/* "/a/b" of "/a" and "b"; an absolute b stays b. */
struct pl_str pl_scan_join(struct pl_scan *scan, struct pl_str folder,
                           struct pl_str name);
/*
 * The path without links, "." and ".."; of what is not there, so far as it is.
 * Empty: in a circle, too long, or not absolute.
 */
struct pl_str pl_scan_real(struct pl_scan *scan, struct pl_str path);
/* The version of an installed Debian package; empty when there is none. */
struct pl_str pl_scan_dpkg(struct pl_scan *scan, const char *package);
void pl_scan_add_trouble(struct pl_scan *scan, const struct pl_error *err);
/* The last one is what pip stops at. */
void pl_scan_stops_pip(struct pl_scan *scan);
/* Adds a warning; the pointer, never NULL, is good until the next one. */
struct pl_error *pl_scan_trouble(struct pl_scan *scan, struct pl_span span,
                                 const char *format, ...) PL_PRINTF(3, 4);

/* ---- python_places.c: where Pythons are ---- */

/* Those of a prefix; adds to the list. */
void pl_python_places_of(struct pl_scan *scan, struct pl_str prefix,
                         pl_python_places *places);
/* All of the tree, or the one that the options name. */
PL_MUST_CHECK bool pl_python_places_find(struct pl_scan *scan,
                                         pl_python_places *places,
                                         struct pl_error *err);

/* ---- python.c, python_folders.c, python_version.c: what one is ---- */

void pl_python_describe(struct pl_scan *scan,
                        const struct pl_python_place *place,
                        struct pl_python *out);
/* bin/python3.12, bin/python3 or bin/python that is there; else empty. */
struct pl_str pl_python_program(struct pl_scan *scan,
                                const struct pl_python_place *place);
/* The value of a key of a venv's pyvenv.cfg; empty when it says nothing. */
struct pl_str pl_python_venv_says(struct pl_scan *scan, struct pl_str prefix,
                                  const char *key);
/* The Python that a venv was made with; false when it is not in the tree. */
bool pl_python_base(struct pl_scan *scan, const struct pl_python_place *venv,
                    struct pl_python_place *base);
/* "3.12.3"; the place's "3.12" where no file says more. */
struct pl_str pl_python_version(struct pl_scan *scan,
                                const struct pl_python_place *place);

struct pl_site_folders {
    PL_VEC(struct pl_site_folder) list;
    struct pl_map seen; /* by paths without links */
};
void pl_python_folders(struct pl_scan *scan,
                       const struct pl_python_place *place,
                       struct pl_site_folders *out);

/* ---- the system ---- */

/* These need out->pythons. */
void pl_machine_read(struct pl_scan *scan, struct pl_container *out);
void pl_cuda_read(struct pl_scan *scan, struct pl_container *out);
void pl_pip_settings_read(struct pl_scan *scan, struct pl_container *out);

typedef PL_VEC(struct pl_requirement) pl_requirement_list;

/*
 * The files that a PIP_CONSTRAINT names, and those that these name. What pip
 * would stop at is a trouble, and not among the constraints.
 */
void pl_constraints_read(struct pl_scan *scan,
                         const struct pl_pip_setting *setting,
                         pl_requirement_list *list);

#endif
