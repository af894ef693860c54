#include "cli/resolve_lock.h"

#include "core/file.h"

static struct pl_str *copy_strs(struct pl_arena *arena,
                                const struct pl_str *from, size_t count)
{
    struct pl_str *copy = pl_new_array(arena, struct pl_str, count);
    for (size_t i = 0; i < count; i++)
        copy[i] = from[i];
    return copy;
}

struct pl_lock_file pl_resolve_file(const struct pl_file *file)
{
    return (struct pl_lock_file){
        .is_sdist = file->kind == PL_FILE_SDIST,
        .name = file->details->name,
        .url = file->details->url,
        .path = file->details->path,
        .upload_time = file->details->upload_time,
        .size = file->details->size,
        .has_size = file->details->has_size,
        .sha256 = file->details->sha256,
    };
}

static struct pl_lock_package lock_package(struct pl_arena *arena,
                                           const struct pl_chosen *chosen)
{
    const struct pl_file *file = chosen->candidate->file;
    return (struct pl_lock_package){
        .name = chosen->project->name,
        .version = chosen->version,
        .requires_python = file->requires_python,
        .index = file->page->index_url,
        .dependencies =
            copy_strs(arena, chosen->dependencies, chosen->dependency_count),
        .dependency_count = chosen->dependency_count,
        .extras = copy_strs(arena, chosen->extras, chosen->extra_count),
        .extra_count = chosen->extra_count,
        .via = copy_strs(arena, chosen->via, chosen->via_count),
        .via_count = chosen->via_count,
        .rules = copy_strs(arena, chosen->rules, chosen->rule_count),
        .rule_count = chosen->rule_count,
        .file = pl_resolve_file(file),
    };
}

static bool add_packages(struct pl_arena *arena,
                         const struct pl_solution *solution,
                         struct pl_lock *out, struct pl_error *err)
{
    out->packages =
        pl_new_array(arena, struct pl_lock_package, solution->chosen_count);
    out->replaced =
        pl_new_array(arena, struct pl_lock_replaced, solution->chosen_count);
    for (size_t i = 0; i < solution->chosen_count; i++) {
        const struct pl_chosen *chosen = &solution->chosen[i];
        const struct pl_fact *fact = chosen->replaces;
        if (!pl_file_complete(chosen->candidate->file, err))
            return false;
        out->packages[out->package_count++] = lock_package(arena, chosen);
        /* an index may state any size: a sum that wraps would pass as small */
        if (__builtin_add_overflow(out->download,
                                   chosen->candidate->file->details->size,
                                   &out->download))
            out->download = UINT64_MAX;
        if (fact)
            out->replaced[out->replaced_count++] = (struct pl_lock_replaced){
                .name = fact->name,
                .from = pl_version_text(arena, &fact->version),
                .to = chosen->version,
                .because = chosen->because,
                .is_os = fact->protect == PL_PROTECT_OS,
            };
    }
    return true;
}

/*
 * PEP 751 has paths relative to the lock; --find-links had them relative to
 * the working directory, which is where pip looks for those of a
 * requirements.txt. A recorded folder without a URL gives its own.
 */
static void place_paths(const struct pl_setup *setup,
                        const struct pl_resolve_options *options,
                        struct pl_lock *out)
{
    enum pl_output_format format;
    struct pl_str dir = pl_path_dir(options->output_file);
    if (!setup->indexes.len || !pl_resolve_format(options, &format, NULL) ||
        format != PL_OUTPUT_PYLOCK || !pl_str_has(options->output_file, '/'))
        return;
    for (size_t i = 0; i < out->package_count; i++) {
        struct pl_lock_file *file = &out->packages[i].file;
        if (file->path.len)
            file->path = pl_path_from(setup->problem.arena, dir, file->path);
    }
}

static void add_provided(struct pl_arena *arena,
                         const struct pl_solution *solution,
                         struct pl_lock *out)
{
    out->provided =
        pl_new_array(arena, struct pl_lock_provided, solution->kept_count);
    for (size_t i = 0; i < solution->kept_count; i++) {
        const struct pl_kept *kept = &solution->kept[i];
        const struct pl_fact *fact = kept->fact;
        if (kept->relied_on)
            out->provided[out->provided_count++] = (struct pl_lock_provided){
                .name = fact->name,
                .version = pl_version_text(arena, &fact->version),
                .size = fact->size,
                .locked = fact->protect == PL_PROTECT_LOCKED,
                .via = copy_strs(arena, kept->via, kept->via_count),
                .via_count = kept->via_count,
            };
    }
}

/* What an absolute file includes is named as seen from that file's folder. */
static struct pl_str input_name(const struct pl_setup *setup,
                                struct pl_str path)
{
    for (size_t i = 0; i < setup->args.len; i++) {
        struct pl_str dir = pl_path_dir(setup->args.at[i]);
        if (pl_str_starts(dir, "/") && path.len > dir.len + 1 &&
            pl_str_eq(pl_str_sub(path, 0, dir.len), dir) &&
            path.at[dir.len] == '/')
            return pl_str_sub(path, dir.len + 1, path.len);
    }
    return pl_resolve_input_name(setup->problem.arena, path);
}

static void add_inputs(const struct pl_setup *setup, struct pl_lock *out)
{
    const struct pl_inputs *in = &setup->inputs;
    struct pl_arena *arena = setup->problem.arena;
    out->inputs = pl_new_array(arena, struct pl_lock_input, in->files.len);
    for (size_t i = 0; i < in->files.len; i++)
        out->inputs[out->input_count++] = (struct pl_lock_input){
            input_name(setup, in->files.at[i].name), in->files.at[i].sha256};
}

static void add_broken(const struct pl_setup *setup,
                       const struct pl_solution *solution, struct pl_lock *out)
{
    struct pl_arena *arena = setup->problem.arena;
    out->broken =
        copy_strs(arena, solution->newly_broken, solution->newly_broken_count);
    out->broken_count = solution->newly_broken_count;
    out->ignored_rules =
        copy_strs(arena, setup->ignored.at, setup->ignored.len);
    out->ignored_rule_count = setup->ignored.len;
}

bool pl_resolve_lock(const struct pl_setup *setup,
                     const struct pl_resolve_options *options,
                     const struct pl_solution *solution, struct pl_lock *out,
                     struct pl_error *err)
{
    struct pl_arena *arena = setup->problem.arena;
    const struct pl_env *env = &setup->problem.env;
    struct pl_str *environment = pl_new(arena, struct pl_str);
    struct pl_strs arguments = pl_resolve_arguments(setup, options);
    *environment = pl_arena_printf(
        arena,
        "sys_platform == 'linux' and platform_machine == '%.*s' and "
        "python_version == '%.*s' and implementation_name == 'cpython'",
        PL_STR_ARG(env->arch), PL_STR_ARG(env->python_version));
    *out = (struct pl_lock){
        .environments = environment,
        .environment_count = 1,
        .requires_python =
            pl_arena_printf(arena, "==%.*s.*", PL_STR_ARG(env->python_version)),
        .rules_edition = setup->rules.edition,
        .with_header = !options->no_header,
        .with_via = !options->no_annotate,
        .via_split = options->annotation_style == PL_ANNOTATION_SPLIT,
        .arguments = arguments.at,
        .argument_count = arguments.len,
    };
    if (setup->has_template) {
        out->template_id = setup->template.id;
        out->template_digest = setup->template.digest;
    }
    if (!add_packages(arena, solution, out, err))
        return false;
    place_paths(setup, options, out);
    add_provided(arena, solution, out);
    add_inputs(setup, out);
    add_broken(setup, solution, out);
    pl_lock_sort(out);
    return true;
}

/* ---- warnings ---- */

static bool defines_extra(const struct pl_chosen *chosen, struct pl_str extra)
{
    const struct pl_metadata *metadata = chosen->candidate->metadata;
    for (size_t i = 0; i < metadata->extra_count; i++)
        if (pl_str_eq(metadata->extras[i], extra))
            return true;
    for (struct pl_needs *n = chosen->candidate->needs; n; n = n->next)
        if (pl_str_eq(n->extra, extra) && n->count)
            return true;
    return false;
}

static void warn_of_package(const struct pl_setup *setup,
                            const struct pl_chosen *chosen, pl_warning_vec *out)
{
    struct pl_arena *arena = setup->problem.arena;
    struct pl_str name = chosen->project->name;
    struct pl_str version = chosen->version;
    const struct pl_file *file = chosen->candidate->file;
    if (file->kind == PL_FILE_SDIST)
        pl_vec_push(arena, out,
                    pl_arena_printf(arena,
                                    "%.*s %.*s exists only as source: "
                                    "installing it builds it (from-sdist)",
                                    PL_STR_ARG(name), PL_STR_ARG(version)));
    for (size_t i = 0; i < chosen->extra_count; i++)
        if (!defines_extra(chosen, chosen->extras[i]))
            pl_vec_push(arena, out,
                        pl_arena_printf(arena, "%.*s %.*s has no extra `%.*s`",
                                        PL_STR_ARG(name), PL_STR_ARG(version),
                                        PL_STR_ARG(chosen->extras[i])));
    if (file->page->is_torch && !file->details->upload_time.len &&
        setup->problem.policy.exclude_newer.len)
        pl_vec_push(arena, out,
                    pl_arena_printf(arena,
                                    "the torch index does not say when "
                                    "%.*s %.*s was uploaded; --exclude-newer "
                                    "could not judge it",
                                    PL_STR_ARG(name), PL_STR_ARG(version)));
}

static bool is_chosen(const struct pl_solution *solution, struct pl_str name)
{
    for (size_t i = 0; i < solution->chosen_count; i++)
        if (pl_str_eq(solution->chosen[i].project->name, name))
            return true;
    return false;
}

/* Who asks for an upgrade and gets none wants to know why. */
static void warn_of_upgrade(const struct pl_setup *setup,
                            const struct pl_solution *solution,
                            struct pl_str name, pl_warning_vec *out)
{
    struct pl_arena *arena = setup->problem.arena;
    const char *why = "no requirement leads to it";
    if (is_chosen(solution, name))
        return;
    if (setup->has_template && pl_template_fact(&setup->template, name))
        why = "it is preinstalled, and nothing asks for another";
    pl_vec_push(arena, out,
                pl_arena_printf(arena,
                                "--upgrade-package %.*s changes nothing: %s",
                                PL_STR_ARG(name), why));
}

void pl_resolve_warnings(const struct pl_setup *setup,
                         const struct pl_solution *solution,
                         pl_warning_vec *out)
{
    struct pl_arena *arena = setup->problem.arena;
    for (size_t i = 0; i < solution->chosen_count; i++)
        warn_of_package(setup, &solution->chosen[i], out);
    for (size_t i = 0; i < setup->problem.policy.upgrades.len; i++)
        warn_of_upgrade(setup, solution, setup->problem.policy.upgrades.at[i],
                        out);
    for (size_t i = 0; i < solution->broken_count; i++)
        pl_vec_push(arena, out,
                    pl_arena_printf(arena,
                                    "broken in the template already, and so "
                                    "not enforced: %.*s",
                                    PL_STR_ARG(solution->broken[i])));
}

uint64_t pl_resolve_saved(const struct pl_solution *solution, size_t *unknown)
{
    uint64_t bytes = 0;
    *unknown = 0;
    for (size_t i = 0; i < solution->kept_count; i++) {
        const struct pl_kept *kept = &solution->kept[i];
        if (!kept->relied_on || kept->fact->protect != PL_PROTECT_LOCKED)
            continue;
        bytes += kept->fact->size;
        *unknown += kept->fact->size == 0;
    }
    return bytes;
}
