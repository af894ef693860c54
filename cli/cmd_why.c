#include "cli/commands.h"
#include "cli/config.h"
#include "cli/nearest.h"
#include "cli/resolve_options.h"
#include "cli/resolve_search.h"
#include "cli/resolve_no.h"
#include "cli/why_lock.h"
#include "cli/why_show.h"
#include "pep/name.h"

static void close_index(struct pl_setup *setup)
{
    pl_index_close(setup->index);
}

/* The first argument is the package; what is left are resolve's. */
static bool take_name(struct pl_cli *cli, struct pl_str *name,
                      struct pl_error *err)
{
    struct pl_strs *args = &cli->parsed.args;
    if (!args->len) {
        pl_error_plain(err, PL_ERR_USAGE, "no package is named");
        return pl_error_hint(err, "podlock why NAME requirements.in");
    }
    if (!pl_name_valid(args->at[0])) {
        pl_error_plain(err, PL_ERR_USAGE, "`%.*s` is no name of a package",
                       PL_STR_ARG(args->at[0]));
        return pl_error_hint(err, "the name comes first, then the files: "
                                  "podlock why NAME requirements.in");
    }
    *name = pl_name_normalize(cli->arena, args->at[0]);
    args->at++;
    args->len--;
    return true;
}

static struct pl_str find_nearest(const struct pl_solution *solution,
                                  struct pl_str name)
{
    struct pl_nearest nearest = pl_nearest_to(name);
    for (size_t i = 0; i < solution->chosen_count; i++)
        pl_nearest_try(&nearest, solution->chosen[i].project->name);
    for (size_t i = 0; i < solution->kept_count; i++)
        pl_nearest_try(&nearest, solution->kept[i].fact->name);
    return nearest.found;
}

static bool search(struct pl_cli *cli, struct pl_resolve_options *options,
                   struct pl_setup *setup, struct pl_solution *solution,
                   struct pl_error *err)
{
    return pl_config_take_one(cli, options, err) &&
           pl_setup_make(cli, options, setup, err) &&
           pl_resolve_search(cli, options, setup, solution, err);
}

static int answer_no(struct pl_cli *cli,
                     const struct pl_resolve_options *options,
                     const struct pl_solution *solution, struct pl_setup *setup)
{
    struct pl_error err = {.arena = cli->arena};
    struct pl_answer answer = {.setup = setup,
                               .solution = solution,
                               .read = pl_index_stats(setup->index)};
    if (!pl_answer_no_find(cli, options, setup, &answer, &err))
        return pl_cli_fail(cli, &err);
    return pl_answer_no(cli, &answer, options->format == PL_OUTPUT_JSON);
}

/* Closing writes to the cache what was learnt. */
static void end_reading(const struct pl_cli *cli, struct pl_setup *setup)
{
    pl_index_close(setup->index);
    setup->index = NULL;
    struct pl_str trouble =
        setup->cache ? pl_cache_trouble(setup->cache) : (struct pl_str){0};
    if (trouble.len)
        pl_cli_note(cli, "podlock: warning: %.*s", PL_STR_ARG(trouble));
}

static int tell(struct pl_cli *cli, bool json,
                const struct pl_why_answer *answer)
{
    if (json)
        pl_why_json(answer, &cli->text);
    else
        pl_why_show(cli, answer);
    return answer->why->state == PL_WHY_ABSENT;
}

static int run(struct pl_cli *cli, const void *values)
{
    /* a command line of resolve's may be used as it is: nothing is written */
    struct pl_resolve_options options =
        *(const struct pl_resolve_options *)values;
    struct pl_error err = {.arena = cli->arena};
    struct pl_setup setup PL_CLEANUP(close_index) = {0};
    struct pl_solution solution;
    struct pl_str name;
    struct pl_why why;
    bool json = options.format == PL_OUTPUT_JSON;
    options.dump_dir = (struct pl_str){0};
    if (!take_name(cli, &name, &err))
        return pl_cli_fail(cli, &err);
    if (cli->parsed.args.len == 1 && pl_why_is_lock(cli->parsed.args.at[0]))
        return pl_why_lock(cli, cli->parsed.args.at[0], name, json);
    bool good =
        search(cli, &options, &setup, &solution, &err) &&
        (!solution.satisfiable ||
         pl_why_find(&setup.problem, setup.index, &solution, name, &why, &err));
    pl_progress_end(&setup.progress);
    if (!good)
        return pl_cli_fail(cli, &err);
    if (!solution.satisfiable)
        return answer_no(cli, &options, &solution, &setup);
    struct pl_why_answer answer = {.setup = &setup, .why = &why};
    if (why.state == PL_WHY_ABSENT && !why.absence_count)
        answer.nearest = find_nearest(&solution, name);
    int code = tell(cli, json, &answer);
    end_reading(cli, &setup);
    return code;
}

const struct pl_command pl_cmd_why = {
    .name = "why",
    .args = "NAME [requirements.in ...|pyproject.toml|-|pylock.toml]",
    .summary = "tell why a package is there, at its version, or not",
    .text = "Asks what `podlock resolve` would, with the same options, and "
            "writes nothing. Says who asked for the package, what it costs, "
            "and what stands in the way of each newer version; of one that is "
            "kept, whether a newer one exists; of one that is not there, what "
            "names it all the same. Of a lock it says who asked and what the "
            "package costs, from the lock alone. The exit code is 0 when the "
            "package is in "
            "the answer or preinstalled, and 1 when it is not.",
    .examples = "podlock why numpy requirements.in --template "
                "runpod-torch240-cu124-py311\twho asked, and why not newer\n"
                "podlock why tqdm pylock.toml\twho asked, from a lock alone",
    .options = pl_resolve_option_table,
    .option_count = PL_RESOLVE_OPTION_COUNT,
    .values_size = sizeof(struct pl_resolve_options),
    .max_args = 1001,
    .run = run,
};
