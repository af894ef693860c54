#include "container/dockerfile_internal.h"
#include "core/file.h"
#include "core/limits.h"

/* A cache that makes an image this much larger is worth a note. */
#define WORTH_A_NOTE (100u << 20)

static const struct pl_fact *locked_fact(const struct pl_docker_check *check,
                                         struct pl_str name)
{
    const struct pl_fact *fact = check->template && name.len
                                     ? pl_template_fact(check->template, name)
                                     : NULL;
    return fact && fact->protect == PL_PROTECT_LOCKED ? fact : NULL;
}

/* ---- the lock's own installation ---- */

static const struct pl_install_target *
lock_target(struct pl_docker_check *check, const struct pl_install *install)
{
    for (size_t i = 0; i < install->targets.len; i++)
        if ((install->targets.at[i].kind == PL_TARGET_FILE ||
             install->action == PL_INSTALL_SYNC) &&
            pl_docker_is_lock(check, install->targets.at[i].text))
            return &install->targets.at[i];
    return NULL;
}

static bool has_no_deps(const struct pl_docker_check *check,
                        const struct pl_install *install)
{
    return install->no_deps ||
           pl_docker_switch(check, install,
                            install->tool == PL_INSTALLER_UV ? "UV_NO_DEPS"
                                                             : "PIP_NO_DEPS");
}

static void tell_with_deps(struct pl_docker_check *check,
                           const struct pl_install *install)
{
    if (has_no_deps(check, install) || install->action == PL_INSTALL_SYNC)
        return;
    struct pl_finding *f =
        pl_docker_tell(check, PL_PD204_WITH_DEPS, install->span,
                       "the lock is installed without --no-deps");
    if (!f)
        return;
    pl_error_because(&f->told, "the lock has all that is needed but for what "
                               "the image provides, and that is what would be "
                               "downloaded again");
    struct pl_str line = pl_lock_install_line(
        check->arena, check->q->lock, pl_path_base(check->q->lock_name));
    pl_error_hint(&f->told, "%.*s", PL_STR_ARG(line));
    pl_docker_insert(check, install->verb, " --no-deps");
}

static void tell_not_copied(struct pl_docker_check *check,
                            const struct pl_install *install,
                            const struct pl_install_target *target)
{
    struct pl_str base = pl_path_base(target->text);
    if (check->brings_any || !target->word->is_known ||
        pl_str_find_str(target->text, PL_STR("://")) < target->text.len)
        return;
    for (size_t i = 0; i < check->copies.len; i++)
        if (pl_str_eq(check->copies.at[i].to, base))
            return;
    struct pl_finding *f =
        pl_docker_tell(check, PL_PD205_NOT_COPIED, install->span,
                       "nothing copies %.*s into the image", PL_STR_ARG(base));
    if (f)
        pl_error_hint(&f->told, "COPY %.*s ./ before it", PL_STR_ARG(base));
}

static bool has_cache_mount(const struct pl_docker_check *check)
{
    const struct pl_docker_instruction *run = check->instruction;
    for (size_t i = 0; i < run->flag_count; i++)
        if (pl_str_is(run->flags[i].name, "mount") &&
            pl_str_find_str(run->flags[i].value, PL_STR("type=cache")) <
                run->flags[i].value.len)
            return true;
    return false;
}

static void tell_cache(struct pl_docker_check *check,
                       const struct pl_install *install)
{
    uint64_t bytes = check->q->lock->download;
    bool off = pl_docker_switch(
        check, install,
        install->tool == PL_INSTALLER_UV ? "UV_NO_CACHE" : "PIP_NO_CACHE_DIR");
    if (bytes == UINT64_MAX || bytes < WORTH_A_NOTE || install->no_cache ||
        off || has_cache_mount(check))
        return;
    struct pl_finding *f = pl_docker_tell(
        check, PL_PD403_CACHE, install->span,
        "this layer keeps a second copy of the wheels, %u MB, in a cache",
        (unsigned)(bytes / 1000000));
    if (f)
        pl_error_hint(
            &f->told, "RUN --mount=type=cache,target=/root/.cache ..., or %s",
            install->tool == PL_INSTALLER_UV ? "--no-cache" : "--no-cache-dir");
}

static void judge_lock(struct pl_docker_check *check,
                       const struct pl_install *install,
                       const struct pl_install_target *target)
{
    check->lock_installed = true;
    tell_with_deps(check, install);
    tell_not_copied(check, install, target);
    tell_cache(check, install);
}

/* ---- removing ---- */

static struct pl_str version_of(const struct pl_docker_check *check,
                                const struct pl_fact *fact)
{
    return pl_version_text(check->arena, &fact->version);
}

static void judge_removal(struct pl_docker_check *check,
                          const struct pl_install *install)
{
    for (size_t i = 0; i < install->targets.len; i++) {
        const struct pl_install_target *target = &install->targets.at[i];
        const struct pl_fact *fact = locked_fact(check, target->name);
        if (!fact)
            continue;
        struct pl_str version = version_of(check, fact);
        struct pl_finding *f =
            pl_docker_tell(check, PL_PD103_REMOVED, target->word->span,
                           "removes %.*s %.*s, which the image protects",
                           PL_STR_ARG(fact->name), PL_STR_ARG(version));
        if (f)
            f->package = fact->name;
    }
}

/* "uv pip sync FILE" as "uv pip install --no-deps -r FILE". */
static void mend_sync(struct pl_docker_check *check,
                      const struct pl_install *install)
{
    struct pl_span verb = install->verb->span;
    struct pl_str text = verb.source->text;
    if (!pl_str_is(pl_str_sub(text, verb.begin, verb.end), "sync"))
        return;
    pl_docker_edit(check, verb.begin, verb.end, PL_STR("install --no-deps"));
    for (size_t i = 0; i < install->targets.len; i++) {
        const struct pl_install_target *target = &install->targets.at[i];
        if (target->kind == PL_TARGET_REQUIREMENT ||
            target->kind == PL_TARGET_PATH)
            pl_docker_edit(check, target->word->span.begin,
                           target->word->span.begin, PL_STR("-r "));
    }
}

static void judge_sync(struct pl_docker_check *check,
                       const struct pl_install *install,
                       const struct pl_install_target *lock)
{
    const struct pl_fact *torch = locked_fact(check, PL_STR("torch"));
    struct pl_finding *f;
    if (torch) {
        struct pl_str version = version_of(check, torch);
        f = pl_docker_tell(check, PL_PD107_SYNC, install->span,
                           "would remove torch %.*s and whatever else is not "
                           "in the file",
                           PL_STR_ARG(version));
    } else if (lock) {
        f = pl_docker_tell(check, PL_PD107_SYNC, install->span,
                           "would remove what the lock takes from the image");
    } else {
        return;
    }
    if (!f)
        return;
    f->package = PL_STR("torch");
    pl_error_hint(&f->told, "uv pip install --no-deps -r FILE");
    if (lock)
        mend_sync(check, install);
}

/* ---- conda ---- */

/* conda's names of what the image protects. */
static bool is_conda_torch(struct pl_str name)
{
    static const char *const names[] = {
        "cudatoolkit",   "cuda-toolkit", "libtorch",   "pytorch",
        "pytorch-cuda",  "pytorch-gpu",  "torchaudio", "torchvision",
        "pytorch-mutex", "nccl",         "cudnn"};
    for (size_t i = 0; i < PL_COUNT(names); i++)
        if (pl_str_is(name, names[i]))
            return true;
    return false;
}

static void judge_conda(struct pl_docker_check *check,
                        const struct pl_install *install)
{
    const struct pl_fact *torch = locked_fact(check, PL_STR("torch"));
    for (size_t i = 0; torch && i < install->targets.len; i++) {
        const struct pl_install_target *target = &install->targets.at[i];
        struct pl_str name = target->text;
        size_t channel = pl_str_find_str(name, PL_STR("::"));
        if (channel < name.len)
            name = pl_str_sub(name, channel + 2, name.len);
        name = pl_str_sub(name, 0, pl_str_find(name, '='));
        if (!is_conda_torch(name))
            continue;
        struct pl_str version = version_of(check, torch);
        struct pl_finding *f = pl_docker_tell(
            check, PL_PD109_CONDA, target->word->span,
            "conda would install %.*s beside the image's torch %.*s",
            PL_STR_ARG(name), PL_STR_ARG(version));
        if (f)
            f->package = PL_STR("torch");
    }
}

/* ---- all ---- */

static bool judge_pip(struct pl_docker_check *check,
                      const struct pl_install *install)
{
    const struct pl_install_target *lock = lock_target(check, install);
    if (install->action == PL_INSTALL_REMOVE) {
        judge_removal(check, install);
        return true;
    }
    if (lock)
        judge_lock(check, install, lock);
    if (install->action == PL_INSTALL_SYNC) {
        judge_sync(check, install, lock);
        return true;
    }
    return pl_docker_judge_targets(check, install);
}

bool pl_docker_judge(struct pl_docker_check *check,
                     const struct pl_install *install)
{
    const struct pl_install_target *lock = NULL;
    if (install->dry_run)
        return true;
    if (install->tool == PL_INSTALLER_APT || install->tool == PL_INSTALLER_PIPX)
        return true;
    if (!pl_docker_judge_place(check, install)) {
        lock = lock_target(check, install);
        if (lock)
            judge_lock(check, install, lock);
        return true;
    }
    if (install->tool == PL_INSTALLER_CONDA) {
        judge_conda(check, install);
        return true;
    }
    if (install->tool == PL_INSTALLER_PROJECT) {
        if (install->action == PL_INSTALL_SYNC &&
            pl_str_ends(install->program, "uv"))
            judge_sync(check, install, NULL);
        return true;
    }
    return judge_pip(check, install);
}
