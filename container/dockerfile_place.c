#include "container/dockerfile_internal.h"
#include "core/file.h"

/* The environment that the command's program lies in: "/x" of "/x/bin/pip". */
static struct pl_str prefix_of(struct pl_str program)
{
    struct pl_str folder = pl_path_dir(program);
    if (!pl_str_has(program, '/') || !pl_str_ends(folder, "bin"))
        return (struct pl_str){0};
    return pl_path_dir(folder);
}

static bool is_below(struct pl_str path, struct pl_str folder)
{
    return folder.len && path.len >= folder.len &&
           pl_str_eq(pl_str_sub(path, 0, folder.len), folder);
}

/* Is it where the image has its packages? */
static bool is_image_prefix(const struct pl_template *template,
                            struct pl_str prefix)
{
    for (size_t i = 0; template && i < template->site_package_count; i++)
        if (is_below(template->site_packages[i], prefix))
            return true;
    return pl_str_is(prefix, "/usr") || pl_str_is(prefix, "/usr/local");
}

static bool is_made_here(const struct pl_docker_check *check,
                         struct pl_str prefix)
{
    for (size_t i = 0; prefix.len && i < check->own.len; i++)
        if (pl_str_eq(pl_path_base(check->own.at[i]), pl_path_base(prefix)))
            return true;
    return false;
}

/* Does poetry, pdm or `uv sync` make an environment for the project? */
static bool makes_project(const struct pl_docker_check *check,
                          const struct pl_install *install)
{
    if (install->tool != PL_INSTALLER_PROJECT)
        return false;
    if (pl_str_ends(install->program, "uv"))
        return !pl_docker_setting(check, install, "UV_PROJECT_ENVIRONMENT").len;
    struct pl_str make =
        pl_docker_setting(check, install, "POETRY_VIRTUALENVS_CREATE");
    return pl_str_ends(install->program, "poetry") &&
           !pl_str_is_nocase(make, "false") && !pl_str_is(make, "0");
}

/* The environment, when it is one that does not see the image's packages. */
static struct pl_str own_environment(const struct pl_docker_check *check,
                                     const struct pl_install *install)
{
    struct pl_str prefix = prefix_of(install->program);
    if (makes_project(check, install))
        return PL_STR("the project's environment");
    if (install->inside.len)
        return is_image_prefix(check->template, install->inside)
                   ? (struct pl_str){0}
                   : install->inside;
    if (is_made_here(check, prefix))
        return prefix;
    if (check->own_is_default && !prefix.len && !install->system &&
        !install->picks_python && check->own.len)
        return check->own.at[check->own.len - 1];
    return (struct pl_str){0};
}

static bool needs_torch(struct pl_docker_check *check,
                        const struct pl_install *install)
{
    for (size_t i = 0; i < install->targets.len; i++) {
        const struct pl_install_target *target = &install->targets.at[i];
        if (target->name.len &&
            pl_torch_family_find(&check->family, target->name))
            return true;
        if (target->kind == PL_TARGET_FILE &&
            pl_docker_is_lock(check, target->text))
            return true;
    }
    return install->tool == PL_INSTALLER_PROJECT;
}

static void tell_own(struct pl_docker_check *check,
                     const struct pl_install *install, struct pl_str own)
{
    const struct pl_fact *torch =
        check->template ? pl_template_fact(check->template, PL_STR("torch"))
                        : NULL;
    if (!torch || check->own_is_told || !needs_torch(check, install))
        return;
    struct pl_str version = pl_version_text(check->arena, &torch->version);
    struct pl_finding *f =
        pl_docker_tell(check, PL_PD306_OWN_ENVIRONMENT, install->span,
                       "%.*s does not see the image's torch %.*s",
                       PL_STR_ARG(own), PL_STR_ARG(version));
    check->own_is_told = true;
    if (!f)
        return;
    f->package = PL_STR("torch");
    pl_error_because(&f->told, "whatever needs torch there downloads it again");
    pl_error_hint(&f->told,
                  install->tool == PL_INSTALLER_PROJECT
                      ? "lock the project with podlock resolve "
                        "pyproject.toml, and install that"
                      : "make it with --system-site-packages, or install into "
                        "the image's Python");
}

/* ---- the image's own Python ---- */

static void tell_python(struct pl_docker_check *check,
                        const struct pl_install *install)
{
    struct pl_str wanted = check->template->env.python_version;
    if (!install->python.len || pl_str_eq(install->python, wanted))
        return;
    struct pl_finding *f = pl_docker_tell(
        check, PL_PD305_OTHER_PYTHON, install->span,
        "this is for Python %.*s, and the image's torch is in Python %.*s",
        PL_STR_ARG(install->python), PL_STR_ARG(wanted));
    if (f)
        pl_error_hint(&f->told, "python%.*s -m pip install ...",
                      PL_STR_ARG(wanted));
}

/* Only a Python of the distribution: a venv or conda is found by uv. */
static void tell_no_environment(struct pl_docker_check *check,
                                const struct pl_install *install)
{
    const struct pl_template *t = check->template;
    if (install->tool != PL_INSTALLER_UV || install->system ||
        install->picks_python || install->elsewhere || check->has_own ||
        !t->site_package_count ||
        !pl_str_starts(t->site_packages[0], "/usr/") ||
        pl_docker_switch(check, install, "UV_SYSTEM_PYTHON") ||
        pl_docker_setting(check, install, "UV_PYTHON").len ||
        pl_docker_setting(check, install, "CONDA_PREFIX").len ||
        pl_docker_setting(check, install, "VIRTUAL_ENV").len)
        return;
    struct pl_finding *f = pl_docker_tell(
        check, PL_PD307_NO_ENVIRONMENT, install->span,
        "uv installs into a virtual environment, and this image has none");
    if (!f)
        return;
    pl_error_hint(&f->told, "uv pip %.*s --system",
                  PL_STR_ARG(install->verb->text));
    pl_docker_insert(check, install->verb, " --system");
}

static void tell_managed(struct pl_docker_check *check,
                         const struct pl_install *install)
{
    bool is_uv = install->tool == PL_INSTALLER_UV;
    const char *variable =
        is_uv ? "UV_BREAK_SYSTEM_PACKAGES" : "PIP_BREAK_SYSTEM_PACKAGES";
    if (!check->template->externally_managed || check->marker_removed ||
        install->break_system || install->elsewhere ||
        pl_docker_switch(check, install, variable))
        return;
    struct pl_finding *f =
        pl_docker_tell(check, PL_PD308_MANAGED, install->span,
                       "this image's Python is marked externally managed: %s "
                       "refuses to install",
                       is_uv ? "uv" : "pip");
    if (!f)
        return;
    if (is_uv)
        pl_error_because(&f->told, "uv does not look at PIP_* variables");
    pl_error_hint(&f->told, "--break-system-packages, or ENV %s=1", variable);
    pl_docker_insert(check, install->verb, " --break-system-packages");
}

bool pl_docker_judge_place(struct pl_docker_check *check,
                           const struct pl_install *install)
{
    struct pl_str own = own_environment(check, install);
    bool is_pip =
        install->tool == PL_INSTALLER_PIP || install->tool == PL_INSTALLER_UV;
    if (own.len) {
        tell_own(check, install, own);
        return false;
    }
    if (check->base == PL_BASE_TEMPLATE && is_pip) {
        tell_python(check, install);
        /* What keeps `uv pip sync` from its work is no trouble: see PD107. */
        if (install->action != PL_INSTALL_SYNC) {
            tell_no_environment(check, install);
            tell_managed(check, install);
        }
    }
    return !install->elsewhere &&
           (!check->template || !install->python.len ||
            pl_str_eq(install->python, check->template->env.python_version));
}
