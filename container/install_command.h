/*
 * What a command installs into which environment.
 *
 *     struct pl_install install;
 *     if (pl_install_read(arena, &command, &install)) ... it is one
 *
 * Known are pip (pip, pip3, pip3.N, python -m pip), uv (pip install, pip sync,
 * sync, add), conda and mamba, apt-get, poetry, pdm, pipenv and pipx. Options
 * that podlock does not know are passed over; of those with a value all that
 * pip 26 and uv 0.13 have are known.
 *
 * https://pip.pypa.io/en/stable/cli/pip_install/
 * https://docs.astral.sh/uv/reference/cli/
 *
 * A word that is not known (it holds $(...) or a variable that nothing set)
 * stays as it was written, with as much of a name as is known. Nothing fails.
 */
#ifndef PODLOCK_CONTAINER_INSTALL_COMMAND_H
#define PODLOCK_CONTAINER_INSTALL_COMMAND_H

#include "container/shell_words.h"
#include "pep/requirement.h"

enum pl_installer {
    PL_INSTALLER_PIP,
    PL_INSTALLER_UV,
    PL_INSTALLER_CONDA,
    PL_INSTALLER_APT,
    PL_INSTALLER_PROJECT, /* poetry, pdm, pipenv, uv sync, uv add */
    PL_INSTALLER_PIPX,    /* pipx, uv tool: an environment each */
};

enum pl_install_action {
    PL_INSTALL_ADD,
    PL_INSTALL_SYNC, /* what is not named is removed */
    PL_INSTALL_REMOVE,
};

enum pl_target_kind {
    PL_TARGET_REQUIREMENT,
    PL_TARGET_FILE,       /* -r */
    PL_TARGET_CONSTRAINT, /* -c */
    PL_TARGET_EDITABLE,   /* -e */
    PL_TARGET_PATH,       /* a folder or a file */
    PL_TARGET_URL,        /* https://, git+https:// */
    PL_TARGET_UNKNOWN,    /* not known at all */
};

struct pl_install_target {
    enum pl_target_kind kind;
    const struct pl_shell_word *word; /* with the option's letter or without */
    struct pl_str text;               /* without "-r" */
    struct pl_str name;               /* normalised; empty: not known */
    bool has_requirement;
    struct pl_requirement requirement; /* when it has */
    bool has_version;                  /* a wheel's file name says it */
    struct pl_version version;
};

struct pl_install {
    enum pl_installer tool;
    enum pl_install_action action;
    const struct pl_shell_command *command;
    struct pl_str program;            /* as it was called */
    struct pl_str python;             /* "3.11" where the command names it */
    struct pl_str inside;             /* another environment, or empty */
    const struct pl_shell_word *verb; /* "install", "sync" */
    bool upgrade, force, ignore_installed, no_deps, eager, require_hashes;
    bool break_system, system, user, pre, dry_run, no_cache, more_words;
    bool elsewhere; /* --target, --prefix, --root, --user */
    bool picks_python;
    const struct pl_shell_word *upgrade_word; /* -U, --reinstall ... */
    const struct pl_shell_word *force_word, *extra_index_word;
    PL_VEC(struct pl_str) upgraded; /* -P NAME, normalised */
    PL_VEC(struct pl_str) indexes;  /* all of them */
    PL_VEC(struct pl_install_target) targets;
    struct pl_span span; /* from the program to the last word */
};

/* False: the command installs nothing. */
bool pl_install_read(struct pl_arena *arena,
                     const struct pl_shell_command *command,
                     struct pl_install *out);

/* `python -m venv X`, uv venv, virtualenv, conda create: where; or empty. */
bool pl_install_makes_environment(const struct pl_shell_command *command,
                                  struct pl_str *path, bool *sees_system);

#endif
