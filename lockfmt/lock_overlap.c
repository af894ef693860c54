#include "lockfmt/lock_overlap.h"

#include "core/map.h"
#include "core/vec.h"
#include "pep/env.h"
#include "pep/marker.h"
#include "pep/specifier.h"

#define FIRST_MINOR 8
#define LAST_MINOR 15

struct machine {
    const char *shown, *os_name, *sys_platform, *system, *arch;
};

static const struct machine machines[] = {
    {"Linux x86_64", "posix", "linux", "Linux", "x86_64"},
    {"Linux aarch64", "posix", "linux", "Linux", "aarch64"},
    {"macOS arm64", "posix", "darwin", "Darwin", "arm64"},
    {"macOS x86_64", "posix", "darwin", "Darwin", "x86_64"},
    {"Windows AMD64", "nt", "win32", "Windows", "AMD64"},
    {"Windows ARM64", "nt", "win32", "Windows", "ARM64"},
};

struct target {
    struct pl_env env;
    const struct machine *machine;
};

struct targets {
    struct target *at;
    size_t len, cap;
};

/* Entries of one name, in the order of the file. */
struct same {
    size_t *at;
    size_t len, cap;
};

/* ---- targets ---- */

static bool admits(const struct pl_marker *const *environments, size_t count,
                   const struct pl_specifier *python, const struct pl_env *env)
{
    bool one = !count;
    for (size_t i = 0; i < count; i++)
        one |= pl_marker_eval(environments[i], env, (struct pl_str){0});
    return one && pl_specifier_match(python, &env->full);
}

static bool add_target(struct pl_arena *arena, unsigned minor,
                       const struct machine *machine, struct target *out)
{
    *out = (struct target){.machine = machine};
    if (!pl_env_make(arena, pl_arena_printf(arena, "3.%u", minor),
                     PL_STR("2.28"), PL_STR("x86_64"), &out->env, NULL))
        return false;
    out->env.os_name = pl_str_from(machine->os_name);
    out->env.sys_platform = pl_str_from(machine->sys_platform);
    out->env.platform_system = pl_str_from(machine->system);
    out->env.arch = pl_str_from(machine->arch);
    return true;
}

static bool make_targets(struct pl_arena *arena, const struct pl_lock *lock,
                         struct targets *out)
{
    struct pl_specifier python;
    const struct pl_marker **environments =
        pl_new_array(arena, const struct pl_marker *, lock->environment_count);
    if (!pl_specifier_parse(arena, lock->requires_python, &python, NULL))
        return false;
    for (size_t i = 0; i < lock->environment_count; i++)
        if (!pl_marker_parse(arena, lock->environments[i], &environments[i],
                             NULL))
            return false;
    for (unsigned minor = FIRST_MINOR; minor <= LAST_MINOR; minor++)
        for (size_t i = 0; i < PL_COUNT(machines); i++) {
            struct target target;
            if (add_target(arena, minor, &machines[i], &target) &&
                admits(environments, lock->environment_count, &python,
                       &target.env))
                pl_vec_push(arena, out, target);
        }
    return true;
}

/* ---- entries ---- */

static bool fail_twice(const struct pl_lock_reader *r,
                       const struct pl_lock_package *first,
                       const struct pl_lock_package *second,
                       const struct target *target)
{
    pl_error_set(r->err, PL_ERR_INPUT, second->span,
                 "`%.*s` has two entries that both hold on Python %.*s, %s",
                 PL_STR_ARG(second->name),
                 PL_STR_ARG(target->env.python_version),
                 target->machine->shown);
    if (r->err)
        pl_error_because(r->err, "the other one is in line %u",
                         pl_span_place(first->span).line);
    return false;
}

static bool check_target(const struct pl_lock_reader *r,
                         const struct pl_lock *lock, const struct same *same,
                         const struct pl_marker *const *markers,
                         const struct target *target)
{
    const struct pl_lock_package *first = NULL;
    for (size_t i = 0; i < same->len; i++) {
        const struct pl_lock_package *package = &lock->packages[same->at[i]];
        if (!pl_marker_eval(markers[i], &target->env, (struct pl_str){0}))
            continue;
        if (first)
            return fail_twice(r, first, package, target);
        first = package;
    }
    return true;
}

static bool check_same(const struct pl_lock_reader *r,
                       const struct pl_lock *lock, const struct same *same,
                       const struct targets *targets)
{
    const struct pl_marker **markers =
        pl_new_array(r->arena, const struct pl_marker *, same->len);
    for (size_t i = 0; i < same->len; i++) {
        struct pl_str text = lock->packages[same->at[i]].marker;
        if (text.len && !pl_marker_parse(r->arena, text, &markers[i], r->err))
            return false;
    }
    for (size_t i = 0; i < targets->len; i++)
        if (!check_target(r, lock, same, markers, &targets->at[i]))
            return false;
    return true;
}

static void collect(const struct pl_lock *lock, struct pl_map *names)
{
    for (size_t i = 0; i < lock->package_count; i++) {
        void **slot = pl_map_slot(names, lock->packages[i].name);
        if (!*slot)
            *slot = pl_new(names->arena, struct same);
        struct same *same = *slot;
        pl_vec_push(names->arena, same, i);
    }
}

bool pl_lock_check_overlap(const struct pl_lock_reader *r,
                           const struct pl_lock *lock)
{
    struct pl_map names = {.arena = r->arena};
    struct targets targets = {0};
    collect(lock, &names);
    if (names.len == lock->package_count)
        return true;
    if (!make_targets(r->arena, lock, &targets))
        return true;
    for (size_t i = 0; i < names.len; i++) {
        const struct same *same = names.entries[i].value;
        if (same->len > 1 && !check_same(r, lock, same, &targets))
            return false;
    }
    return true;
}
