#include "container/dockerfile_internal.h"
#include "core/file.h"

/* Variables by which every later pip does something else than it was told. */
static const struct {
    const char *name, *what;
} risky[] = {
    {"PIP_EXTRA_INDEX_URL",
     "every later pip asks another index, for torch too"},
    {"PIP_FORCE_REINSTALL", "every later pip installs torch again"},
    {"PIP_IGNORE_INSTALLED", "every later pip installs torch again"},
    {"PIP_PREFIX", "every later pip installs where the image's torch is not"},
    {"PIP_PRE", "every later pip takes pre-releases, of torch too"},
    {"PIP_TARGET", "every later pip installs where the image's torch is not"},
    {"PIP_UPGRADE", "every later pip upgrades what it names"},
    {"PIP_UPGRADE_STRATEGY", "every later -U reaches torch"},
    {"UV_TORCH_BACKEND", "every later uv takes torch for another CUDA"},
};

/* Does the value say what the image is anyway? */
static bool is_harmless(const struct pl_docker_check *check, const char *name,
                        struct pl_str value)
{
    struct pl_str variant = pl_path_base(check->template->torch_variant);
    struct pl_str url = value;
    while (url.len && url.at[url.len - 1] == '/')
        url.len--;
    if (!strcmp(name, "UV_TORCH_BACKEND"))
        return pl_str_is(value, "auto") || pl_str_eq(value, variant);
    if (!strcmp(name, "PIP_EXTRA_INDEX_URL"))
        return variant.len && pl_str_eq(pl_path_base(url), variant);
    if (!strcmp(name, "PIP_UPGRADE_STRATEGY"))
        return !pl_str_is(value, "eager");
    return pl_str_is(value, "0") || pl_str_is_nocase(value, "false") ||
           pl_str_is_nocase(value, "no") || pl_str_is_nocase(value, "off");
}

static bool set_here(const struct pl_docker_check *check,
                     const struct pl_docker_value *value)
{
    const struct pl_joined *rest = &check->instruction->rest;
    struct pl_span here = pl_joined_span(rest, 0, rest->text.len);
    return value && value->is_env && value->span.begin >= here.begin &&
           value->span.end <= here.end;
}

/* PATH or VIRTUAL_ENV that leads to an environment made in this file. */
void pl_docker_note_default(struct pl_docker_check *check)
{
    static const char *const names[] = {"VIRTUAL_ENV", "PATH"};
    for (size_t i = 0; i < PL_COUNT(names); i++) {
        struct pl_str value = pl_docker_setting(check, NULL, names[i]);
        for (size_t k = 0; k < check->own.len; k++) {
            struct pl_str path = check->own.at[k];
            struct pl_str first = pl_str_sub(value, 0, path.len);
            check->own_is_default |= path.len && pl_str_eq(first, path);
        }
    }
}

static bool has_constraints(const struct pl_template *template)
{
    for (size_t i = 0; i < template->pip_setting_count; i++)
        if (pl_str_starts(template->pip_settings[i], "PIP_CONSTRAINT="))
            return true;
    return template->constraint_count > 0;
}

static void judge_constraint(struct pl_docker_check *check)
{
    const struct pl_docker_value *value =
        pl_docker_vars_get(&check->vars, PL_STR("PIP_CONSTRAINT"));
    if (!set_here(check, value) || !has_constraints(check->template))
        return;
    struct pl_finding *f =
        pl_docker_tell(check, PL_PD402_CONSTRAINT, value->span,
                       "the image's own constraints, which hold its torch, "
                       "are dropped");
    if (f)
        pl_error_hint(&f->told, "podlock guard writes a file that has them "
                                "and the lock's");
}

void pl_docker_judge_env(struct pl_docker_check *check)
{
    pl_docker_note_default(check);
    if (!check->template)
        return;
    for (size_t i = 0; i < PL_COUNT(risky); i++) {
        const struct pl_docker_value *value =
            pl_docker_vars_get(&check->vars, pl_str_from(risky[i].name));
        if (!set_here(check, value) || !value->is_known || !value->text.len ||
            is_harmless(check, risky[i].name, value->text))
            continue;
        struct pl_finding *f =
            pl_docker_tell(check, PL_PD401_VARIABLE, value->span, "with %s %s",
                           risky[i].name, risky[i].what);
        if (f)
            pl_error_hint(&f->told, "say it in the one command that needs it");
    }
    judge_constraint(check);
}
