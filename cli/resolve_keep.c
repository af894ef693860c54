#include "cli/resolve_keep.h"

#include "cli/lock_show.h"
#include "core/file.h"
#include "lockfmt/lock_read.h"
#include "lockfmt/pins_read.h"
#include "pep/name.h"

/* ---- --upgrade-package ---- */

static bool read_upgrade(struct pl_arena *arena, struct pl_str text,
                         struct pl_requirement *out, struct pl_error *err)
{
    if (pl_requirement_parse(arena, text, out, NULL) && !out->url.len &&
        !out->extra_count && !out->marker)
        return true;
    return pl_error_plain(err, PL_ERR_USAGE,
                          "`--upgrade-package` takes NAME, NAME==V or another "
                          "range of versions, not `%.*s`",
                          PL_STR_ARG(text));
}

static bool is_open(const struct pl_specifier *specifier)
{
    return specifier->count == 0;
}

bool pl_resolve_upgrades(const struct pl_resolve_options *options,
                         struct pl_inputs *inputs, struct pl_policy *policy,
                         struct pl_error *err)
{
    struct pl_arena *arena = inputs->arena;
    for (size_t i = 0; i < options->upgrade_packages.len; i++) {
        struct pl_str text = options->upgrade_packages.at[i];
        struct pl_asked asked = {.where = PL_STR("--upgrade-package")};
        if (!read_upgrade(arena, text, &asked.req, err))
            return false;
        pl_vec_push(arena, &policy->upgrades, asked.req.name);
        if (is_open(&asked.req.specifier))
            continue;
        asked.span = pl_span_of(pl_source_from_text(arena, asked.where, text),
                                asked.req.text);
        pl_vec_push(arena, &inputs->constraints, asked);
    }
    return true;
}

/* ---- the file that is there ---- */

/* A lock for several environments has entries that are not for this one. */
static bool is_for(const struct pl_env *env, struct pl_arena *arena,
                   struct pl_str marker, struct pl_error *err, bool *out)
{
    const struct pl_marker *parsed;
    *out = true;
    if (!marker.len)
        return true;
    if (!pl_marker_parse(arena, marker, &parsed, err))
        return false;
    *out = pl_marker_eval(parsed, env, (struct pl_str){0});
    return true;
}

static bool is_upgraded(const struct pl_policy *policy, struct pl_str name)
{
    return pl_str_in(name, policy->upgrades.at, policy->upgrades.len);
}

static bool pin(struct pl_problem *problem, struct pl_str name,
                struct pl_str version, struct pl_error *err)
{
    struct pl_version *parsed = pl_new(problem->arena, struct pl_version);
    if (is_upgraded(&problem->policy, name))
        return true;
    if (!pl_version_parse(problem->arena, version, parsed, err))
        return false;
    pl_map_put(&problem->policy.pins, name, parsed);
    return true;
}

/*
 * Where preinstalled packages may be replaced by newer ones, what the earlier
 * answer left as it was stays so.
 */
static bool pin_facts(const struct pl_lock *lock, struct pl_problem *problem,
                      struct pl_error *err)
{
    if (problem->policy.replace != PL_REPLACE_FREELY)
        return true;
    for (size_t i = 0; i < lock->provided_count; i++)
        if (!pin(problem, lock->provided[i].name, lock->provided[i].version,
                 err))
            return false;
    return true;
}

static bool pin_packages(const struct pl_lock *lock, struct pl_problem *problem,
                         struct pl_error *err)
{
    for (size_t i = 0; i < lock->package_count; i++) {
        const struct pl_lock_package *package = &lock->packages[i];
        bool is_here;
        if (!is_for(&problem->env, problem->arena, package->marker, err,
                    &is_here))
            return false;
        if (is_here && package->version.len &&
            !pin(problem, package->name, package->version, err))
            return false;
    }
    return true;
}

/* With the marks that git leaves where both sides changed a line. */
static bool is_merged_by_half(struct pl_str text)
{
    struct pl_str mark = PL_STR("<<<<<<< ");
    return pl_str_find_str(text, mark) < text.len;
}

/* An empty file has nothing to keep, nor to lose: mktemp leaves such. */
static bool load(struct pl_arena *arena, struct pl_str path,
                 enum pl_output_format format, struct pl_lock *out,
                 struct pl_error *err)
{
    const struct pl_source *source;
    *out = (struct pl_lock){0};
    if (!pl_source_load(arena, path, &source, err))
        return false;
    if (!source->text.len)
        return true;
    if (format == PL_OUTPUT_PYLOCK ? pl_lock_read(arena, source, out, NULL, err)
                                   : pl_pins_read(arena, source, out, err))
        return true;
    if (err && err->code == PL_ERR_INPUT)
        pl_error_hint(err, "its versions would be kept; %s",
                      is_merged_by_half(source->text)
                          ? "take one side of the merge (git checkout --ours, "
                            "or --theirs), then lock again"
                          : "mend it, or make it anew with --upgrade");
    return false;
}

bool pl_resolve_pins(const struct pl_resolve_options *options,
                     const struct pl_inputs *inputs, struct pl_problem *problem,
                     struct pl_error *err)
{
    struct pl_str path = options->output_file;
    enum pl_output_format format;
    struct pl_lock lock;
    if (!path.len || pl_str_is(path, "-") || !pl_file_exists(path))
        return true;
    if (pl_inputs_have(inputs, path))
        return pl_output_is_read(path, err);
    if (!pl_resolve_format(options, &format, err))
        return false;
    if (options->upgrade || format == PL_OUTPUT_JSON)
        return true;
    problem->policy.pins.arena = problem->arena;
    return load(problem->arena, path, format, &lock, err) &&
           pin_facts(&lock, problem, err) && pin_packages(&lock, problem, err);
}
