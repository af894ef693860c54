#include "pep/env.h"

#include "core/limits.h"
#include "pep/specifier.h"

/* ---- making ---- */

/* "3.11.10" into numbers; 0 when it is anything else. */
static size_t split_numbers(struct pl_str text, uint64_t *numbers, size_t max)
{
    size_t count = 0;
    struct pl_str part;
    while (pl_str_cut(&text, '.', &part)) {
        bool padded = part.len > 1 && part.at[0] == '0';
        if (count == max || padded || !pl_str_to_u64(part, &numbers[count]) ||
            numbers[count] > PL_MAX_ENV_NUMBER)
            return 0;
        count++;
    }
    return count;
}

static bool set_python(struct pl_arena *arena, struct pl_str python,
                       struct pl_env *env, struct pl_error *err)
{
    uint64_t numbers[3] = {0};
    size_t count = split_numbers(python, numbers, PL_COUNT(numbers));
    if (count < 2 || numbers[0] != 3)
        return pl_error_plain(err, PL_ERR_INPUT,
                              "`%.*s` is not a Python version such as 3.11 "
                              "or 3.11.10",
                              PL_STR_ARG(python));
    env->python_major = (uint32_t)numbers[0];
    env->python_minor = (uint32_t)numbers[1];
    env->patch_known = count == 3;
    env->python_version =
        pl_arena_printf(arena, "%u.%u", env->python_major, env->python_minor);
    env->python_full = pl_arena_printf(arena, "%u.%u.%u", env->python_major,
                                       env->python_minor, (unsigned)numbers[2]);
    return pl_version_parse_view(arena, env->python_full, &env->full, err);
}

static bool set_glibc(struct pl_str glibc, struct pl_env *env,
                      struct pl_error *err)
{
    uint64_t numbers[2] = {0};
    size_t count = split_numbers(glibc, numbers, PL_COUNT(numbers));
    if (count != 2 || numbers[0] != 2)
        return pl_error_plain(err, PL_ERR_INPUT,
                              "`%.*s` is not a glibc version such as 2.35",
                              PL_STR_ARG(glibc));
    env->glibc_major = (uint32_t)numbers[0];
    env->glibc_minor = (uint32_t)numbers[1];
    return true;
}

static const char *const arches[] = {"x86_64", "aarch64"};

static bool set_arch(struct pl_str arch, struct pl_env *env,
                     struct pl_error *err)
{
    for (size_t i = 0; i < PL_COUNT(arches); i++)
        if (pl_str_is(arch, arches[i])) {
            env->arch = pl_str_from(arches[i]);
            return true;
        }
    return pl_error_plain(err, PL_ERR_INPUT,
                          "`%.*s` is not an architecture podlock knows; it "
                          "knows x86_64 and aarch64",
                          PL_STR_ARG(arch));
}

bool pl_env_make(struct pl_arena *arena, struct pl_str python,
                 struct pl_str glibc, struct pl_str arch, struct pl_env *out,
                 struct pl_error *err)
{
    struct pl_env env = {0};
    if (!set_python(arena, python, &env, err) || !set_glibc(glibc, &env, err) ||
        !set_arch(arch, &env, err))
        return false;
    *out = env;
    return true;
}

/* ---- --python-platform ---- */

/* What uv knows as manylinux, with the glibc it stands for. */
static const struct libc {
    const char *name, *glibc;
} libcs[] = {
    {"unknown-linux-gnu", "2.28"}, {"manylinux2014", "2.17"},
    {"manylinux_2_17", "2.17"},    {"manylinux_2_28", "2.28"},
    {"manylinux_2_31", "2.31"},    {"manylinux_2_32", "2.32"},
    {"manylinux_2_33", "2.33"},    {"manylinux_2_34", "2.34"},
    {"manylinux_2_35", "2.35"},    {"manylinux_2_36", "2.36"},
    {"manylinux_2_37", "2.37"},    {"manylinux_2_38", "2.38"},
    {"manylinux_2_39", "2.39"},    {"manylinux_2_40", "2.40"},
};

static const struct libc *find_libc(struct pl_str name)
{
    for (size_t i = 0; i < PL_COUNT(libcs); i++)
        if (pl_str_is(name, libcs[i].name))
            return &libcs[i];
    return NULL;
}

/* "x86_64-manylinux_2_28", or as wheels have it "manylinux_2_28_x86_64". */
static const struct libc *split_platform(struct pl_str text, const char *arch)
{
    size_t len = strlen(arch);
    if (text.len <= len)
        return NULL;
    if (pl_str_starts(text, arch) && text.at[len] == '-')
        return find_libc(pl_str_sub(text, len + 1, text.len));
    size_t at = text.len - len - 1;
    if (pl_str_ends(text, arch) && text.at[at] == '_' &&
        pl_str_starts(text, "manylinux"))
        return find_libc(pl_str_sub(text, 0, at));
    return NULL;
}

bool pl_env_parse_platform(struct pl_str text, struct pl_str *arch,
                           struct pl_str *glibc, struct pl_error *err)
{
    struct pl_str full = text;
    if (pl_str_is(text, "linux"))
        full = PL_STR("x86_64-unknown-linux-gnu");
    for (size_t i = 0; i < PL_COUNT(arches); i++) {
        const struct libc *found = split_platform(full, arches[i]);
        if (found) {
            *arch = pl_str_from(arches[i]);
            *glibc = pl_str_from(found->glibc);
            return true;
        }
    }
    pl_error_plain(err, PL_ERR_USAGE, "unknown platform `%.*s`",
                   PL_STR_ARG(text));
    return pl_error_hint(err,
                         "use linux, x86_64-unknown-linux-gnu, "
                         "x86_64-manylinux2014, or x86_64-manylinux_2_N with "
                         "N one of 17, 28, 31 to 40; or aarch64 in their "
                         "place");
}

/* ---- Requires-Python ---- */

static bool allows_patch(const struct pl_env *env,
                         const struct pl_specifier *requires_python,
                         uint64_t patch)
{
    char text[64];
    int len = snprintf(text, sizeof(text), "%u.%u.%llu", env->python_major,
                       env->python_minor, (unsigned long long)patch);
    uint64_t release[] = {env->python_major, env->python_minor, patch};
    struct pl_version v = {.text = {text, (size_t)len},
                           .release = release,
                           .release_count = PL_COUNT(release)};
    v.key = pl_version_key(&v);
    return pl_specifier_match(requires_python, &v);
}

static uint64_t segment(const struct pl_version *v, uint32_t i)
{
    return i < v->release_count ? v->release[i] : 0;
}

/*
 * Going up the patch levels, a clause changes its answer only at the level it
 * names or at the next one, so one of those or 0 is allowed when any is.
 */
static bool allows_some_patch(const struct pl_env *env,
                              const struct pl_specifier *requires_python)
{
    if (allows_patch(env, requires_python, 0))
        return true;
    for (uint32_t i = 0; i < requires_python->count; i++) {
        const struct pl_version *v = &requires_python->clauses[i].version;
        if (v->epoch || segment(v, 0) != env->python_major ||
            segment(v, 1) != env->python_minor)
            continue;
        if (allows_patch(env, requires_python, segment(v, 2)) ||
            allows_patch(env, requires_python, segment(v, 2) + 1))
            return true;
    }
    return false;
}

bool pl_env_allows_python(const struct pl_env *env,
                          const struct pl_specifier *requires_python)
{
    if (env->patch_known)
        return pl_specifier_match(requires_python, &env->full);
    return allows_some_patch(env, requires_python);
}
