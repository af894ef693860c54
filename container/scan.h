/*
 * What a container is: its system, its Pythons, what is installed in them.
 *
 *     struct pl_container c;
 *     if (!pl_container_scan(arena, tree, &options, &c, err)) return false;
 *     const struct pl_python *python;
 *     if (!pl_container_python(&c, &python, err)) return false;
 *
 * No Python is started and nothing is imported or executed: versions come from
 * files (docs/snapshot.md lists which, in their order). What no file tells is
 * left empty, never guessed from an image's name.
 *
 * A Python is looked for where images have one: /usr, /usr/local, /opt/X,
 * /root/X, X of a user's home, /venv/X, /workspace/X and /X; in the `venv` and
 * `.venv` of those, in conda's envs/Y and in pyenv's and uv's own folders;
 * beside the folders of PATH, VIRTUAL_ENV and CONDA_PREFIX among `vars`; and in
 * `python`. At most PL_MAX_PREFIXES places are looked at and PL_MAX_PYTHONS
 * told of.
 *
 * What is wrong but leaves an answer is a trouble: a pip.conf that cannot be
 * read, a constraint file that is not there, a line in it that is none.
 *
 * Views live in the arena. Errors: PL_ERR_FILE, PL_ERR_LIMIT, PL_ERR_USAGE
 * (`python` is none).
 */
#ifndef PODLOCK_CONTAINER_SCAN_H
#define PODLOCK_CONTAINER_SCAN_H

#include "container/installed.h"
#include "core/map.h"

enum pl_python_kind {
    PL_PYTHON_SYSTEM, /* the distribution's, and what pip put in /usr/local */
    PL_PYTHON_VENV,   /* pyvenv.cfg */
    PL_PYTHON_CONDA,  /* conda-meta */
    PL_PYTHON_OTHER,  /* built into a prefix of its own */
};

struct pl_site_folder {
    struct pl_str path;
    bool is_os;   /* the distribution's: pip does not write there */
    bool is_site; /* one of Python's own; else of a .pth or PYTHONPATH */
};

struct pl_python {
    enum pl_python_kind kind;
    struct pl_str prefix;    /* "/usr", "/opt/conda", "/venv/main" */
    struct pl_str program;   /* "/usr/bin/python3.12"; empty: none was found */
    struct pl_str version;   /* "3.12.3", or "3.12" */
    bool is_active;          /* VIRTUAL_ENV or CONDA_PREFIX names it */
    bool externally_managed; /* PEP 668 */
    /*
     * As on sys.path: pip's first, which may not be there yet; a user's own
     * (/root/.local) and those of PYTHONPATH come before it where they exist.
     */
    const struct pl_site_folder *folders;
    size_t folder_count;
    struct pl_installed_list installed; /* of all folders, in their order */
    struct pl_map by_name;              /* of `installed`; for pl_python_has */
};

/* What is installed under the name: of the first folder that has it. */
const struct pl_installed *pl_python_has(const struct pl_python *python,
                                         struct pl_str name);

struct pl_pip_setting {
    struct pl_str name;  /* "PIP_CONSTRAINT", also for pip.conf's constraint */
    struct pl_str value; /* credentials masked */
    struct pl_str from;  /* "environment", "/etc/pip.conf" */
};

struct pl_container {
    struct pl_tree *tree;
    struct pl_str arch;  /* "x86_64", "aarch64"; empty: not known */
    struct pl_str glibc; /* "2.39"; empty: not known, or musl */
    bool is_musl;
    struct pl_str os;                /* "ubuntu 24.04"; empty: not known */
    struct pl_str cuda;              /* "12.8.1", of the image; may be empty */
    struct pl_str cuda_from;         /* the file or variable that says so */
    const struct pl_python *pythons; /* those with torch first, then by path */
    size_t python_count;
    const struct pl_pip_setting *settings; /* that change what pip installs */
    size_t setting_count;
    const struct pl_requirement *constraints; /* of PIP_CONSTRAINT, pip.conf */
    size_t constraint_count;
    const struct pl_error *troubles; /* warnings, in the order of finding */
    size_t trouble_count;
    const struct pl_error *pip_stop; /* that of them at which pip stops; NULL */
};

struct pl_scan_options {
    const char *const *vars; /* "NAME=VALUE", NULL at the end; may be NULL */
    /*
     * A Python's path or prefix ("/venv/main", "/usr/bin/python3.12"), or
     * "3.12" or "python3.12" for one of those that are found; empty: look.
     */
    struct pl_str python;
    bool owners; /* see pl_installed_read */
};

PL_MUST_CHECK bool pl_container_scan(struct pl_arena *arena,
                                     struct pl_tree *tree,
                                     const struct pl_scan_options *options,
                                     struct pl_container *out,
                                     struct pl_error *err);
/*
 * The Python that counts: the only one with torch; without any torch, the only
 * one; of two, the active one. Errors: PL_ERR_USAGE when there are two, naming
 * them and --python; PL_ERR_INPUT when there is none.
 */
PL_MUST_CHECK bool pl_container_python(const struct pl_container *container,
                                       const struct pl_python **out,
                                       struct pl_error *err);

#endif
