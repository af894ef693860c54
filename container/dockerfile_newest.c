#include "container/dockerfile_internal.h"

#define TORCH "https://download.pytorch.org/whl/"

/* Then something else than the newest, or than the usual index's, may come. */
static bool is_chosen_by_options(const struct pl_install *install)
{
    static const char *const options[] = {
        "--abi",
        "--config-file",
        "--exclude",
        "--find-links",
        "--index-strat",
        "--no-binary",
        "--no-bu",
        "--no-index",
        "--only-binary",
        "--platform",
        "--pre",
        "--python-",
        "--resolution",
        "--torch-",
        "--uploaded-prior-to",
        "--implementation",
    };
    for (size_t i = 0; i < install->command->count; i++)
        for (size_t k = 0; k < PL_COUNT(options); k++)
            if (pl_str_starts(install->command->words[i].text, options[k]))
                return true;
    return false;
}

static bool is_chosen_by_variables(const struct pl_docker_check *check,
                                   const struct pl_install *install)
{
    static const char *const pip[] = {
        "PIP_INDEX_URL",   "PIP_EXTRA_INDEX_URL",
        "PIP_FIND_LINKS",  "PIP_NO_INDEX",
        "PIP_PRE",         "PIP_NO_BINARY",
        "PIP_ONLY_BINARY", "PIP_CONFIG_FILE",
        "PIP_REQUIREMENT",
    };
    static const char *const uv[] = {
        "UV_INDEX_URL",  "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS",
        "UV_INDEX",      "UV_DEFAULT_INDEX",   "UV_TORCH_BACKEND",
        "UV_PRERELEASE", "UV_RESOLUTION",      "UV_EXCLUDE_NEWER",
        "UV_OVERRIDE",   "UV_NO_INDEX",        "UV_CONFIG_FILE",
    };
    bool is_uv = install->tool == PL_INSTALLER_UV;
    const char *const *names = is_uv ? uv : pip;
    size_t count = is_uv ? PL_COUNT(uv) : PL_COUNT(pip);
    for (size_t i = 0; i < count; i++)
        if (pl_docker_setting(check, install, names[i]).len)
            return true;
    return false;
}

/* "cu128" of torch's index for it; empty: it is another one. */
static struct pl_str torch_variant(struct pl_str url)
{
    if (!pl_str_starts(url, TORCH))
        return (struct pl_str){0};
    struct pl_str variant = pl_str_sub(url, strlen(TORCH), url.len);
    if (pl_str_ends(variant, "/"))
        variant.len--;
    for (size_t i = 0; i < variant.len; i++)
        if (!pl_is_alnum(variant.at[i]) &&
            !(variant.at[i] == '.' && i && variant.at[i - 1] != '.'))
            return (struct pl_str){0};
    return variant;
}

/* Is it one index, and which? */
static bool read_index(const struct pl_docker_check *check,
                       const struct pl_install *install,
                       struct pl_docker_wish *wish)
{
    if (install->extra_index_word || install->indexes.len > 1)
        return false;
    if (!install->indexes.len)
        return !is_chosen_by_variables(check, install);
    wish->torch_variant = torch_variant(install->indexes.at[0]);
    return wish->torch_variant.len > 0 &&
           !is_chosen_by_variables(check, install);
}

const struct pl_file *pl_docker_newest(const struct pl_docker_check *check,
                                       const struct pl_install *install,
                                       const struct pl_requirement *requirement)
{
    struct pl_docker_wish wish = {.template = check->template,
                                  .requirement = requirement};
    bool is_asked = check->q->newest && check->template && requirement &&
                    !requirement->url.len &&
                    (install->tool == PL_INSTALLER_PIP ||
                     install->tool == PL_INSTALLER_UV) &&
                    !is_chosen_by_options(install) &&
                    read_index(check, install, &wish);
    return is_asked ? check->q->newest(check->q->newest_user, &wish) : NULL;
}
