#include "cli/commands.h"
#include "cli/config.h"
#include "cli/resolve_index.h"
#include "cli/snapshot.h"
#include "cli/template_fit_show.h"

struct values {
    struct pl_resolve_options resolve; /* first: see pl_command.shared */
    struct pl_strs templates;
    unsigned format; /* of "text|json" */
};

#define OPT(member) offsetof(struct values, member)

static const struct pl_option options[] = {
    {.name = "template",
     .kind = PL_OPTION_LIST,
     .offset = OPT(templates),
     .value = "ID|FILE|IMAGE",
     .group = "Which containers",
     .help = "try this one; without, all that are shipped"},
    {.name = "torch-backend",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(resolve.torch_backend),
     .value = "cuNNN|cpu",
     .foreign = "UV_TORCH_BACKEND",
     .help = "the torch index's variant, where a template names none"},
    PL_OPTIONS_TEXT_OR_JSON(OPT(format), "Output"),
    {.name = "no-progress",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(resolve.no_progress),
     .help = "show no progress on a terminal"},
};

struct job {
    struct pl_cli *cli;
    const struct pl_resolve_options *options;
    struct pl_setup base; /* has no index */
    struct pl_gpu gpu;
    struct pl_fit_row *rows;
    size_t count;
    struct pl_strs warnings; /* of the indexes, each once */
    size_t tried;
    struct pl_strs failed_variants; /* since the last answer */
    struct pl_progress_line progress;
};

/* Errors of so many variants in a row are not those of one of them. */
#define HOPELESS 3

/* ---- which templates ---- */

/* PODLOCK_TEMPLATE is for commands that want one container. */
static bool are_named(const struct job *job, const struct pl_strs *names)
{
    struct pl_str from =
        pl_parsed_source(job->cli->arena, &job->cli->parsed, "template");
    return names->len && pl_str_starts(from, "--");
}

static bool load_row(struct job *job, const struct pl_strs *names, size_t i,
                     struct pl_error *err)
{
    struct pl_arena *arena = job->cli->arena;
    struct pl_fit_row *row = &job->rows[i];
    bool good = names ? pl_snapshot_or_template(job->cli, names->at[i],
                                                &row->template, err)
                      : pl_template_shipped(arena, i, &row->template, err);
    if (good)
        pl_fit_row_describe(arena, &job->gpu, &job->base.family, row);
    return good;
}

static bool load_rows(struct job *job, const struct pl_strs *names,
                      struct pl_error *err)
{
    if (!are_named(job, names))
        names = NULL;
    job->count = names ? names->len : pl_template_shipped_count();
    job->rows = pl_new_array(job->cli->arena, struct pl_fit_row, job->count);
    for (size_t i = 0; i < job->count; i++)
        if (!load_row(job, names, i, err))
            return false;
    return true;
}

/* ---- the questions ---- */

static void close_index(struct pl_setup *setup)
{
    pl_index_close(setup->index);
}

/* What is wrong with one template, not with all. */
static bool is_of_one(enum pl_error_code code)
{
    return code == PL_ERR_INDEX || code == PL_ERR_INTEGRITY ||
           code == PL_ERR_LIMIT;
}

static struct pl_str variant_of(const struct job *job,
                                const struct pl_fit_row *row)
{
    struct pl_setup setup = {.has_template = true, .template = row->template};
    return pl_resolve_torch_variant(job->options, &setup);
}

static bool is_of_group(const struct job *job, const struct pl_fit_row *first,
                        const struct pl_fit_row *row)
{
    return pl_str_eq(variant_of(job, first), variant_of(job, row));
}

/* Once in a list. */
static void add_new(struct job *job, struct pl_strs *list, struct pl_str text)
{
    size_t at = 0;
    while (at < list->len && !pl_str_eq(list->at[at], text))
        at++;
    if (at == list->len)
        pl_vec_push(job->cli->arena, list, pl_arena_dup(job->cli->arena, text));
}

static void keep_warnings(struct job *job, const struct pl_index *index)
{
    size_t count;
    const struct pl_str *found = pl_index_warnings(index, &count);
    for (size_t i = 0; i < count; i++)
        add_new(job, &job->warnings, found[i]);
}

static bool ask(struct job *job, struct pl_setup *group, struct pl_fit_row *row,
                struct pl_error *err)
{
    struct pl_error failed = {.arena = job->cli->arena};
    struct pl_str now =
        pl_arena_printf(job->cli->arena, "Trying %zu of %zu templates: %.*s",
                        ++job->tried, job->count, PL_STR_ARG(row->template.id));
    pl_progress_say(&job->progress, now);
    if (pl_template_fit(job->cli, job->options, group, &row->template,
                        &row->fit, &failed)) {
        job->failed_variants.len = 0;
        return true;
    }
    row->failed = failed;
    add_new(job, &job->failed_variants, variant_of(job, row));
    if (is_of_one(failed.code))
        return true;
    *err = failed;
    return false;
}

/* An error leaves an index in no state to go on: the next one gets its own. */
static bool open_group(struct job *job, struct pl_cli *cli,
                       const struct pl_fit_row *row, struct pl_setup *group,
                       struct pl_error *err)
{
    struct pl_error why = {.arena = job->cli->arena};
    if (!pl_setup_beside(&job->base, cli->arena, &row->template, group, &why))
        return true;
    if (!pl_resolve_index_open(cli, job->options, group, err))
        return false;
    job->base.is_noted = group->is_noted;
    return true;
}

/* All with the torch of one variant: what they read is the same. */
static bool ask_group(struct job *job, bool *is_done, size_t first,
                      struct pl_error *err)
{
    PL_ARENA(arena);
    struct pl_cli cli = *job->cli;
    struct pl_setup group PL_CLEANUP(close_index) = {0};
    cli.arena = &arena;
    if (!open_group(job, &cli, &job->rows[first], &group, err))
        return false;
    for (size_t i = first; i < job->count; i++) {
        struct pl_fit_row *row = &job->rows[i];
        if (is_done[i] || !is_of_group(job, &job->rows[first], row))
            continue;
        is_done[i] = true;
        if (!ask(job, &group, row, err))
            return false;
        if (row->failed.code != PL_OK)
            break;
    }
    pl_progress_end(&group.progress);
    if (group.index)
        keep_warnings(job, group.index);
    return true;
}

/* Where no server answers, trying on would only take its time. */
static void give_up(struct job *job, bool *is_done)
{
    for (size_t i = 0; i < job->count; i++) {
        if (is_done[i])
            continue;
        is_done[i] = true;
        job->rows[i].failed.arena = job->cli->arena;
        pl_error_plain(&job->rows[i].failed, PL_ERR_INDEX,
                       "not tried: those before it have failed");
    }
}

static bool ask_all(struct job *job, struct pl_error *err)
{
    bool *is_done = pl_new_array(job->cli->arena, bool, job->count);
    for (size_t i = 0; i < job->count; i++) {
        if (!is_done[i] && !ask_group(job, is_done, i, err))
            return false;
        if (job->failed_variants.len >= HOPELESS)
            give_up(job, is_done);
    }
    return true;
}

/* ---- the command ---- */

/* Nothing is known of one: so nothing is known of all, unless one fits. */
static int exit_code(const struct job *job)
{
    int code = pl_error_exit_code(PL_ERR_NO);
    for (size_t i = 0; i < job->count; i++)
        if (job->rows[i].fit.fits)
            return 0;
    for (size_t i = 0; i < job->count; i++)
        if (job->rows[i].failed.code != PL_OK)
            code = pl_error_exit_code(job->rows[i].failed.code);
    return code;
}

static int run(struct pl_cli *cli, const void *given)
{
    const struct values *values = given;
    struct pl_error err = {.arena = cli->arena};
    struct pl_resolve_options resolve = values->resolve;
    struct job job = {.cli = cli, .options = &resolve};
    bool good =
        pl_config_take_one(cli, &resolve, &err) &&
        pl_setup_read(cli, job.options, &cli->parsed.args, &job.base, &err) &&
        pl_gpu_load(cli->arena, &job.gpu, &err) &&
        load_rows(&job, &values->templates, &err);
    pl_progress_begin(&job.progress, cli, job.options->no_progress);
    good = good && ask_all(&job, &err);
    pl_progress_end(&job.progress);
    if (!good)
        return pl_cli_fail(cli, &err);
    pl_fit_rows_sort(job.rows, job.count);
    if (values->format)
        pl_fit_rows_json(&job.gpu, job.rows, job.count, &cli->text);
    else
        pl_fit_rows_show(cli, job.rows, job.count);
    for (size_t i = 0; i < job.warnings.len; i++)
        pl_cli_note(cli, "podlock: warning: %.*s",
                    PL_STR_ARG(job.warnings.at[i]));
    return exit_code(&job);
}

const struct pl_command pl_cmd_templates_fit = {
    .name = "templates fit",
    .args = "[requirements.in ...|pyproject.toml|-]",
    .summary = "which templates the requirements fit, the best first",
    .text = "Asks of every template what `podlock resolve` would: whether the "
            "requirements fit, how much there is to add and to replace; and "
            "says what the template is: its torch and CUDA, the lowest driver, "
            "the GPUs that its torch has code for. A template that the files "
            "name does not count here.\n"
            "Best first: those that fit, with the fewest packages to replace, "
            "the fewest bytes, the newest torch. The exit code is 0 when one "
            "fits, 1 when none does.",
    .examples = "podlock templates fit requirements.in\twhere these would run",
    .options = options,
    .option_count = PL_COUNT(options),
    .shared = pl_resolve_option_table + PL_RESOLVE_TARGET_COUNT,
    .shared_count = PL_RESOLVE_SHARED_COUNT,
    .values_size = sizeof(struct values),
    .max_args = 1000,
    .run = run,
};
