#include "container/preflight_internal.h"

/* Since this version pip reads pylock.toml. */
#define FIRST_PIP_WITH_LOCKS "26.1"

/* ---- constraints ---- */

static const struct pl_pip_setting *setting(const struct pl_preflight *p,
                                            const char *name)
{
    for (size_t i = 0; i < p->c->setting_count; i++)
        if (pl_str_is(p->c->settings[i].name, name))
            return &p->c->settings[i];
    return NULL;
}

static void check_constraint(struct pl_preflight *p,
                             const struct pl_requirement *c)
{
    const struct pl_expected *e = pl_preflight_expected(p, c->name);
    const struct pl_pip_setting *by = setting(p, "PIP_CONSTRAINT");
    if (!e || e->from != PL_EXPECT_LOCK || !e->has_version ||
        (c->marker &&
         !(p->has_env && pl_marker_eval(c->marker, &p->env, PL_STR("")))) ||
        pl_specifier_match(&c->specifier, &e->version))
        return;
    struct pl_finding *f = pl_preflight_add(
        p, PL_PF601_CONSTRAINT, c->name,
        "the lock installs %.*s %.*s; pip's constraints say %.*s",
        PL_STR_ARG(c->name), PL_STR_ARG(e->version.text), PL_STR_ARG(c->text));
    if (by)
        pl_error_because(&f->told, "PIP_CONSTRAINT=%.*s (%.*s)",
                         PL_STR_ARG(by->value), PL_STR_ARG(by->from));
    if (by && pl_str_is(by->from, "environment"))
        pl_error_hint(&f->told, "env -u PIP_CONSTRAINT %.*s",
                      PL_STR_ARG(pl_preflight_install(p)));
    else
        pl_error_hint(&f->told, "PIP_CONFIG_FILE=/dev/null %.*s",
                      PL_STR_ARG(pl_preflight_install(p)));
}

/* ---- settings ---- */

struct meaning {
    const char *name;
    enum pl_level level;
    const char *because;
};

/* What an install of a lock with --no-deps is changed by, and how. */
static const struct meaning meanings[] = {
    {"PIP_ABI", PL_LEVEL_ERROR, "wheels of another ABI are asked for"},
    {"PIP_DRY_RUN", PL_LEVEL_ERROR, "pip installs nothing"},
    {"PIP_FORCE_REINSTALL", PL_LEVEL_WARNING,
     "what is there already is downloaded again"},
    {"PIP_IGNORE_INSTALLED", PL_LEVEL_WARNING,
     "replaced packages are not removed: two versions of one package stay"},
    {"PIP_IMPLEMENTATION", PL_LEVEL_ERROR,
     "wheels of another Python are asked for"},
    {"PIP_NO_BINARY", PL_LEVEL_ERROR,
     "the lock's wheels are refused and built from source"},
    {"PIP_NO_INDEX", PL_LEVEL_WARNING, "pip asks no index"},
    {"PIP_PLATFORM", PL_LEVEL_ERROR,
     "wheels of another platform are asked for"},
    {"PIP_PREFIX", PL_LEVEL_ERROR, "pip installs somewhere else"},
    {"PIP_PYTHON", PL_LEVEL_ERROR, "pip installs for another Python"},
    {"PIP_PYTHON_VERSION", PL_LEVEL_ERROR,
     "wheels of another Python are asked for"},
    {"PIP_REQUIREMENT", PL_LEVEL_ERROR,
     "every pip install also installs that file, unlocked"},
    {"PIP_ROOT", PL_LEVEL_ERROR, "pip installs somewhere else"},
    {"PIP_TARGET", PL_LEVEL_ERROR,
     "pip installs into a folder that Python does not look at"},
    {"PIP_UPGRADE", PL_LEVEL_WARNING,
     "what is there already may be replaced by every pip install"},
    {"PIP_USER", PL_LEVEL_WARNING,
     "pip installs below the home folder, which hides the image's packages"},
};

/* Also of PIP_CONSTRAINT and pip.conf: how to be without it once. */
static struct pl_str without(struct pl_preflight *p,
                             const struct pl_pip_setting *s)
{
    struct pl_str install = pl_preflight_install(p);
    if (pl_str_is(s->from, "environment"))
        return pl_arena_printf(p->arena, "env -u %.*s %.*s",
                               PL_STR_ARG(s->name), PL_STR_ARG(install));
    return pl_arena_printf(p->arena, "PIP_CONFIG_FILE=/dev/null %.*s",
                           PL_STR_ARG(install));
}

static bool came_so(const struct pl_preflight *p,
                    const struct pl_pip_setting *s)
{
    const struct pl_template *t = p->q->template;
    struct pl_str line = pl_arena_printf(
        p->arena, "%.*s=%.*s", PL_STR_ARG(s->name), PL_STR_ARG(s->value));
    return t && pl_str_in(line, t->pip_settings, t->pip_setting_count);
}

static void tell_setting(struct pl_preflight *p, const struct pl_pip_setting *s,
                         enum pl_level level, const char *because)
{
    struct pl_finding *f = pl_preflight_add(
        p, PL_PF602_SETTING, PL_STR(""), "%.*s=%.*s (%.*s)",
        PL_STR_ARG(s->name), PL_STR_ARG(s->value), PL_STR_ARG(s->from));
    f->level = level;
    f->told.because = pl_str_from(because);
    f->told.hint = without(p, s);
}

static bool has_sdist(const struct pl_lock *lock)
{
    for (size_t i = 0; i < lock->package_count; i++)
        if (lock->packages[i].source == PL_LOCK_FILES &&
            lock->packages[i].file.is_sdist)
            return true;
    return false;
}

static void check_setting(struct pl_preflight *p,
                          const struct pl_pip_setting *s)
{
    bool shadows = pl_lock_shadows_os(p->q->lock);
    for (size_t i = 0; i < PL_COUNT(meanings); i++)
        if (pl_str_is(s->name, meanings[i].name) &&
            !(shadows && pl_str_is(s->name, "PIP_IGNORE_INSTALLED")))
            tell_setting(p, s, meanings[i].level, meanings[i].because);
    if (pl_str_is(s->name, "PIP_REQUIRE_VIRTUALENV") &&
        p->python->kind != PL_PYTHON_VENV)
        tell_setting(p, s, PL_LEVEL_ERROR,
                     "pip refuses to install outside a virtual environment");
    if (pl_str_is(s->name, "PIP_ONLY_BINARY") && has_sdist(p->q->lock))
        tell_setting(p, s, PL_LEVEL_ERROR,
                     "the lock has packages that exist only as source");
    if (pl_str_is(s->name, "PIP_REQUIRE_HASHES") && p->q->lock->without_hashes)
        tell_setting(p, s, PL_LEVEL_ERROR, "the lock has no hashes");
}

/* ---- pip itself ---- */

/* A root that is not running has the variables that its image says. */
static bool may_break(const struct pl_preflight *p)
{
    const struct pl_template *t = p->q->template;
    if (setting(p, "PIP_BREAK_SYSTEM_PACKAGES"))
        return true;
    return !p->q->vars_known && t &&
           pl_str_in(PL_STR("PIP_BREAK_SYSTEM_PACKAGES=1"), t->pip_settings,
                     t->pip_setting_count);
}

static bool is_pip_old(const struct pl_preflight *p)
{
    const struct pl_installed *pip = pl_python_has(p->python, PL_STR("pip"));
    struct pl_version first;
    return pip && pip->has_version && !pl_lock_is_text(p->q->lock_name) &&
           pl_version_parse(p->arena, PL_STR(FIRST_PIP_WITH_LOCKS), &first,
                            NULL) &&
           pl_version_cmp(&pip->version, &first) < 0;
}

struct pl_str pl_preflight_commands(struct pl_preflight *p)
{
    struct pl_str lock = pl_preflight_word(p, p->q->lock_name);
    if (!is_pip_old(p))
        return pl_preflight_install(p);
    const char *ignore =
        pl_lock_shadows_os(p->q->lock) ? "--ignore-installed " : "";
    if (pl_python_has(p->python, PL_STR("uv")))
        return pl_arena_printf(p->arena,
                               "uv pip install --system --no-deps -r %.*s",
                               PL_STR_ARG(lock));
    return pl_arena_printf(p->arena,
                           "podlock export %.*s --format requirements.txt -o "
                           "locked.txt && %.*s install %s--no-deps "
                           "--require-hashes -r locked.txt",
                           PL_STR_ARG(lock), PL_STR_ARG(pl_preflight_pip(p)),
                           ignore);
}

static void check_managed(struct pl_preflight *p)
{
    if (!p->python->externally_managed || may_break(p))
        return;
    struct pl_finding *f =
        pl_preflight_add(p, PL_PF603_MANAGED, PL_STR(""),
                         "Python %.*s is externally managed: pip will refuse",
                         PL_STR_ARG(p->python->version));
    pl_error_because(&f->told, "EXTERNALLY-MANAGED is there and "
                               "PIP_BREAK_SYSTEM_PACKAGES is not set (an ssh "
                               "shell does not have the image's variables)");
    pl_error_hint(&f->told, "%.*s --break-system-packages",
                  PL_STR_ARG(pl_preflight_commands(p)));
}

static void check_pip(struct pl_preflight *p)
{
    const struct pl_installed *pip = pl_python_has(p->python, PL_STR("pip"));
    if (!is_pip_old(p))
        return;
    struct pl_finding *f = pl_preflight_add(
        p, PL_PF604_PIP, PL_STR("pip"), "pip is %.*s; it reads %.*s from %s on",
        PL_STR_ARG(pip->version_text),
        PL_STR_ARG(p->q->lock_name.len ? p->q->lock_name
                                       : PL_STR("pylock.toml")),
        FIRST_PIP_WITH_LOCKS);
    f->told.hint = pl_preflight_commands(p);
    if (pl_python_has(p->python, PL_STR("uv")))
        f->level = PL_LEVEL_NOTE;
}

static void check_stop(struct pl_preflight *p)
{
    const struct pl_error *stop = p->c->pip_stop;
    if (!stop)
        return;
    struct pl_finding *f =
        pl_preflight_add(p, PL_PF605_PIP_STOPS, PL_STR(""),
                         "pip will stop: %.*s", PL_STR_ARG(stop->message));
    if (!p->is_before)
        f->level = PL_LEVEL_WARNING;
    f->told.span = stop->span;
    f->told.because = stop->because;
    f->told.hint = stop->hint;
    if (!stop->hint.len)
        f->told.hint = PL_STR("put it back, or unset PIP_CONSTRAINT, or take "
                              "it out of pip.conf");
}

void pl_preflight_pip_settings(struct pl_preflight *p)
{
    check_stop(p);
    if (!p->is_before)
        return;
    for (size_t i = 0; i < p->c->constraint_count; i++)
        check_constraint(p, &p->c->constraints[i]);
    for (size_t i = 0; i < p->c->setting_count; i++)
        if (!came_so(p, &p->c->settings[i]))
            check_setting(p, &p->c->settings[i]);
    check_managed(p);
    check_pip(p);
    p->out->checks += 5;
}
