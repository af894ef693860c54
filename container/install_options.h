/*
 * Options of the installers, one table each. Internal to container/.
 */
#ifndef PODLOCK_CONTAINER_INSTALL_OPTIONS_H
#define PODLOCK_CONTAINER_INSTALL_OPTIONS_H

#include <stddef.h>

enum pl_install_option_kind {
    PL_INSTALL_OPTION_VALUE, /* takes a word, of no matter here */
    PL_INSTALL_OPTION_FILE,
    PL_INSTALL_OPTION_CONSTRAINT,
    PL_INSTALL_OPTION_EDITABLE,
    PL_INSTALL_OPTION_UPGRADE,
    PL_INSTALL_OPTION_UPGRADE_ONE,
    PL_INSTALL_OPTION_STRATEGY,
    PL_INSTALL_OPTION_FORCE,
    PL_INSTALL_OPTION_IGNORE_INSTALLED,
    PL_INSTALL_OPTION_NO_DEPS,
    PL_INSTALL_OPTION_HASHES,
    PL_INSTALL_OPTION_BREAK_SYSTEM,
    PL_INSTALL_OPTION_SYSTEM,
    PL_INSTALL_OPTION_PYTHON,
    PL_INSTALL_OPTION_USER,
    PL_INSTALL_OPTION_ELSEWHERE,
    PL_INSTALL_OPTION_PRE,
    PL_INSTALL_OPTION_DRY_RUN,
    PL_INSTALL_OPTION_NO_CACHE,
    PL_INSTALL_OPTION_INDEX,
    PL_INSTALL_OPTION_EXTRA_INDEX,
    PL_INSTALL_OPTION_ENVIRONMENT, /* conda -n, -p */
};

struct pl_install_option {
    const char *name; /* without "--" */
    char letter;      /* 0: none */
    enum pl_install_option_kind kind;
};

extern const struct pl_install_option pl_pip_options[];
extern const size_t pl_pip_option_count;
extern const struct pl_install_option pl_uv_options[];
extern const size_t pl_uv_option_count;
extern const struct pl_install_option pl_conda_options[];
extern const size_t pl_conda_option_count;
extern const struct pl_install_option pl_apt_options[];
extern const size_t pl_apt_option_count;

#endif
