#include "cli/resolve_setup.h"

#include "cli/resolve_index.h"
#include "cli/resolve_keep.h"
#include "cli/snapshot.h"
#include "core/file.h"
#include "core/limits.h"
#include "pep/name.h"

/* ---- files ---- */

static bool read_names(struct pl_arena *arena, const struct pl_strs *from,
                       struct pl_inputs *in, bool are_groups,
                       struct pl_error *err)
{
    for (size_t i = 0; i < from->len; i++) {
        if (!pl_name_valid(from->at[i]))
            return pl_error_plain(err, PL_ERR_USAGE,
                                  "`%.*s` is no name of an extra or group",
                                  PL_STR_ARG(from->at[i]));
        struct pl_str name = pl_name_normalize(arena, from->at[i]);
        if (are_groups)
            pl_vec_push(arena, &in->groups, name);
        else
            pl_vec_push(arena, &in->extras, name);
    }
    return true;
}

static bool read_inputs(struct pl_cli *cli,
                        const struct pl_resolve_options *options,
                        const struct pl_strs *files, struct pl_inputs *in,
                        struct pl_error *err)
{
    pl_inputs_init(in, cli->arena);
    in->all_extras = options->all_extras;
    if (!read_names(cli->arena, &options->extras, in, false, err) ||
        !read_names(cli->arena, &options->groups, in, true, err))
        return false;
    for (size_t i = 0; i < files->len; i++)
        if (!pl_inputs_read(in, files->at[i], err))
            return false;
    for (size_t i = 0; i < options->constraints.len; i++)
        if (!pl_inputs_read_constraints(in, options->constraints.at[i], err))
            return false;
    for (size_t i = 0; i < options->overrides.len; i++)
        if (!pl_inputs_read_overrides(in, options->overrides.at[i], err))
            return false;
    for (size_t i = 0; i < in->warnings.len; i++)
        pl_cli_warn(cli, &in->warnings.at[i]);
    return true;
}

/* ---- the target ---- */

static bool no_template(struct pl_error *err)
{
    PL_BUF(ids, PL_MAX_MESSAGE_BYTES);
    for (size_t i = 0; i < pl_template_shipped_count(); i++) {
        struct pl_str id = pl_template_shipped_id(i);
        pl_buf_addf(&ids, "\n  %.*s", PL_STR_ARG(id));
    }
    pl_error_plain(err, PL_ERR_USAGE, "no template is named");
    pl_error_because(err,
                     "podlock locks what a container lacks, so it must know "
                     "the container; these are known:%.*s",
                     PL_STR_ARG(pl_buf_view(&ids)));
    return pl_error_hint(err, "--template ID, or --template none with "
                              "--python-version for a bare Python; for any "
                              "other container, what `podlock snapshot` "
                              "writes");
}

static bool bare_python(struct pl_arena *arena,
                        const struct pl_resolve_options *options,
                        struct pl_env *env, struct pl_error *err)
{
    struct pl_str arch = PL_STR("x86_64"), glibc = PL_STR("2.28");
    if (!options->python_version.len) {
        pl_error_plain(err, PL_ERR_USAGE,
                       "--template none needs --python-version");
        return pl_error_hint(err, "such as --python-version 3.11");
    }
    if (options->python_platform.len &&
        !pl_env_parse_platform(options->python_platform, &arch, &glibc, err))
        return false;
    return pl_env_make(arena, options->python_version, glibc, arch, env, err);
}

static bool has_target_flags(const struct pl_resolve_options *options)
{
    return options->python_version.len || options->python_platform.len;
}

static bool refuse_target_flags(const struct pl_resolve_options *options,
                                struct pl_error *err)
{
    if (!has_target_flags(options))
        return true;
    pl_error_plain(err, PL_ERR_USAGE,
                   "the template says which Python and platform it has");
    return pl_error_hint(err, "--python-version and --python-platform belong "
                              "to --template none");
}

/* Whose mistake an unknown template is, where no file of its own says so. */
static bool show_template_place(const struct pl_cli *cli,
                                const struct pl_setup *setup,
                                struct pl_error *err)
{
    const struct pl_inputs *in = &setup->inputs;
    if (err->span.source || pl_str_starts(setup->template_from, "--"))
        return false;
    if (in->template_id.len &&
        !pl_parsed_source(cli->arena, &cli->parsed, "template").len)
        err->span = in->template_span;
    else
        pl_error_because(err, "%.*s names it",
                         PL_STR_ARG(setup->template_from));
    return false;
}

/* A project that refuses this Python is not made to fit by a lock. */
static bool check_python(const struct pl_setup *setup, struct pl_error *err)
{
    struct pl_str text = setup->inputs.requires_python;
    const struct pl_env *env = &setup->problem.env;
    struct pl_specifier allowed;
    if (!text.len)
        return true;
    if (!pl_specifier_parse(setup->problem.arena, text, &allowed, err))
        return false;
    if (pl_env_allows_python(env, &allowed))
        return true;
    pl_error_plain(err, PL_ERR_NO,
                   "pyproject.toml has requires-python `%.*s`, and %.*s has "
                   "Python %.*s",
                   PL_STR_ARG(text),
                   PL_STR_ARG(setup->has_template ? setup->template.id
                                                  : PL_STR("--template none")),
                   PL_STR_ARG(env->python_version));
    return pl_error_hint(err, "widen requires-python, or choose a template "
                              "with another Python (podlock templates list)");
}

/* What nothing names may be where podlock itself runs. */
static bool use_machine(struct pl_cli *cli, struct pl_setup *setup)
{
    struct pl_snapshot here;
    if (!pl_snapshot_here(cli, &here))
        return false;
    setup->template = here.template;
    setup->template_from = pl_arena_printf(cli->arena, "the torch in %.*s",
                                           PL_STR_ARG(here.python->prefix));
    return true;
}

static bool choose_target(struct pl_cli *cli,
                          const struct pl_resolve_options *options,
                          struct pl_setup *setup, struct pl_error *err)
{
    struct pl_arena *arena = cli->arena;
    struct pl_str wanted;
    struct pl_problem *problem = &setup->problem;
    if (!pl_setup_find_template(arena, options, &setup->inputs,
                                setup->args.at[0], &wanted,
                                &setup->template_from, err))
        return false;
    if (options->template_wanted.len)
        setup->template_from =
            pl_parsed_source(arena, &cli->parsed, "template");
    if (pl_str_is(wanted, "none"))
        return bare_python(arena, options, &problem->env, err);
    if (!wanted.len && (has_target_flags(options) || !use_machine(cli, setup)))
        return no_template(err);
    if (!refuse_target_flags(options, err))
        return false;
    if (wanted.len &&
        !pl_snapshot_or_template(cli, wanted, &setup->template, err))
        return show_template_place(cli, setup, err);
    setup->has_template = true;
    problem->template = &setup->template;
    problem->env = setup->template.env;
    return true;
}

/* ---- rules ---- */

static bool is_ignored(const struct pl_setup *setup, struct pl_str id)
{
    for (size_t i = 0; i < setup->ignored.len; i++)
        if (pl_str_eq(setup->ignored.at[i], id) ||
            pl_str_is(setup->ignored.at[i], "all"))
            return true;
    return false;
}

static struct pl_span place_of_ignored(const struct pl_resolve_options *options,
                                       size_t i)
{
    const struct pl_ignored_vec *rules = &options->ignored_rules;
    return i < rules->len ? rules->at[i].span : (struct pl_span){0};
}

static bool choose_rules(struct pl_arena *arena,
                         const struct pl_resolve_options *options,
                         struct pl_setup *setup, struct pl_error *err)
{
    if (!pl_abi_load(arena, options->rules_dir, &setup->rules, err))
        return false;
    for (size_t i = 0; i < options->ignore_rules.len; i++) {
        struct pl_str id = options->ignore_rules.at[i];
        if (!pl_str_is(id, "all") && !pl_abi_find(&setup->rules, id)) {
            pl_error_set(err, PL_ERR_USAGE, place_of_ignored(options, i),
                         "there is no rule `%.*s`", PL_STR_ARG(id));
            return pl_error_hint(err, "`podlock rules list` lists the ids");
        }
        pl_vec_push(arena, &setup->ignored, id);
    }
    setup->reasons = options->ignored_rules;
    PL_VEC(const struct pl_abi_rule *) kept = {0};
    for (size_t i = 0; i < setup->rules.count; i++)
        if (!is_ignored(setup, setup->rules.rules[i].id))
            pl_vec_push(arena, &kept, &setup->rules.rules[i]);
    setup->problem.rules = kept.at;
    setup->problem.rule_count = kept.len;
    return true;
}

/* ---- what the files say ---- */

static void take_file_options(struct pl_setup *setup)
{
    struct pl_policy *policy = &setup->problem.policy;
    const struct pl_inputs *in = &setup->inputs;
    struct pl_arena *arena = setup->problem.arena;
    if (in->pre && policy->prerelease == PL_PRERELEASE_IF_NECESSARY_OR_EXPLICIT)
        policy->prerelease = PL_PRERELEASE_ALLOW;
    policy->no_binary.all |= in->no_binary.all;
    policy->only_binary.all |= in->only_binary.all;
    for (size_t i = 0; i < in->no_binary.names.len; i++)
        pl_vec_push(arena, &policy->no_binary.names, in->no_binary.names.at[i]);
    for (size_t i = 0; i < in->only_binary.names.len; i++)
        pl_vec_push(arena, &policy->only_binary.names,
                    in->only_binary.names.at[i]);
}

static void take_inputs(struct pl_setup *setup)
{
    struct pl_problem *problem = &setup->problem;
    const struct pl_inputs *in = &setup->inputs;
    problem->asked = in->requirements.at;
    problem->asked_count = in->requirements.len;
    problem->constraints = in->constraints.at;
    problem->constraint_count = in->constraints.len;
    problem->overrides = in->overrides.at;
    problem->override_count = in->overrides.len;
}

static bool no_file(struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_USAGE, "no requirements file is named");
    return pl_error_hint(err,
                         "name a requirements.in (- reads standard input), "
                         "or list `inputs` in a podlock.toml");
}

bool pl_setup_read(struct pl_cli *cli, const struct pl_resolve_options *options,
                   const struct pl_strs *files, struct pl_setup *out,
                   struct pl_error *err)
{
    struct pl_arena *arena = cli->arena;
    struct pl_problem *problem = &out->problem;
    *out = (struct pl_setup){.args = *files, .problem = {.arena = arena}};
    if (!files->len)
        return no_file(err);
    if (!pl_resolve_policy(arena, options, time(NULL), &problem->policy,
                           &out->max_download, err) ||
        !read_inputs(cli, options, files, &out->inputs, err) ||
        !pl_resolve_upgrades(options, &out->inputs, &problem->policy, err) ||
        !choose_rules(arena, options, out, err) ||
        !pl_torch_family_load(arena, &out->family, err))
        return false;
    problem->family = &out->family;
    take_file_options(out);
    take_inputs(out);
    return true;
}

bool pl_setup_open(struct pl_cli *cli, const struct pl_resolve_options *options,
                   struct pl_setup *setup, struct pl_error *err)
{
    return (setup->index || pl_resolve_index_open(cli, options, setup, err)) &&
           pl_problem_start(&setup->problem, err);
}

bool pl_setup_ask(struct pl_cli *cli, const struct pl_resolve_options *options,
                  const struct pl_strs *files, struct pl_setup *out,
                  struct pl_error *err)
{
    if (!pl_setup_read(cli, options, files, out, err) ||
        !choose_target(cli, options, out, err) || !check_python(out, err))
        return false;
    out->problem.tags = pl_tags_make(cli->arena, &out->problem.env);
    return true;
}

bool pl_setup_make(struct pl_cli *cli, const struct pl_resolve_options *options,
                   struct pl_setup *out, struct pl_error *err)
{
    return pl_setup_ask(cli, options, &cli->parsed.args, out, err) &&
           pl_resolve_pins(options, &out->inputs, &out->problem, err) &&
           pl_setup_open(cli, options, out, err);
}

bool pl_setup_beside(const struct pl_setup *base, struct pl_arena *arena,
                     const struct pl_template *template, struct pl_setup *out,
                     struct pl_error *err)
{
    *out = *base;
    out->template = *template;
    out->has_template = true;
    out->template_from = PL_STR("--template");
    out->index = NULL;
    out->cache = NULL;
    out->progress = (struct pl_progress_line){0};
    out->problem = pl_problem_again(&base->problem, arena);
    out->problem.family = &out->family;
    out->problem.template = &out->template;
    out->problem.env = template->env;
    out->problem.tags = pl_tags_make(arena, &template->env);
    return check_python(out, err);
}

bool pl_setup_restart(struct pl_cli *cli,
                      const struct pl_resolve_options *options,
                      struct pl_setup *setup, struct pl_error *err)
{
    pl_index_close(setup->index);
    setup->index = NULL;
    setup->problem = pl_problem_again(&setup->problem, setup->problem.arena);
    return pl_setup_open(cli, options, setup, err);
}

bool pl_setup_allows(const struct pl_setup *setup, uint64_t download,
                     struct pl_error *err)
{
    if (download <= setup->max_download)
        return true;
    struct pl_arena *arena = setup->problem.arena;
    struct pl_str size = pl_show_bytes(arena, download);
    struct pl_str most = pl_show_bytes(arena, setup->max_download);
    return pl_error_plain(err, PL_ERR_NO,
                          "the answer downloads %.*s, more than "
                          "--max-download %.*s",
                          PL_STR_ARG(size), PL_STR_ARG(most));
}
