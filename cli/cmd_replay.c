#include "cli/commands.h"
#include "core/file.h"
#include "core/jsonw.h"
#include "resolver/conflict_text.h"
#include "resolver/problem_text.h"
#include "resolver/refine.h"

static void close_index(struct pl_problem_text *text)
{
    pl_index_close(text->index);
}

static void print_answer(struct pl_cli *cli, const struct pl_solution *solution)
{
    for (size_t i = 0; i < solution->chosen_count; i++) {
        const struct pl_chosen *chosen = &solution->chosen[i];
        pl_show_text(&cli->out, PL_STYLE_PLAIN, chosen->project->name,
                     &cli->text);
        pl_cli_print(cli, " ");
        pl_show_text(&cli->out, PL_STYLE_PLAIN, chosen->version, &cli->text);
        pl_cli_print(cli, "\n");
    }
    struct pl_str packages = pl_show_count(cli->arena, solution->chosen_count,
                                           "package", "packages");
    struct pl_str rounds =
        pl_show_count(cli->arena, solution->stats.rounds, "round", "rounds");
    pl_cli_note(cli, "%.*s, %.*s", PL_STR_ARG(packages), PL_STR_ARG(rounds));
}

/* A folder that --dump wrote, or one problem as a file. */
static struct pl_str problem_path(struct pl_cli *cli)
{
    struct pl_str path = cli->parsed.args.at[0];
    if (!pl_dir_exists(path))
        return path;
    return pl_path_join(cli->arena, path, PL_STR("problem.txt"));
}

static int run(struct pl_cli *cli, const void *values)
{
    (void)values;
    struct pl_error err = {.arena = cli->arena};
    struct pl_problem_text text PL_CLEANUP(close_index) = {0};
    struct pl_solution solution;
    if (!cli->parsed.args.len) {
        pl_error_plain(&err, PL_ERR_USAGE, "no dump is named");
        pl_error_hint(&err, "podlock replay DIR, which `resolve --dump DIR` "
                            "wrote");
        return pl_cli_fail(cli, &err);
    }
    if (!pl_problem_text_load(cli->arena, problem_path(cli), &text, &err) ||
        !pl_problem_start(&text.problem, &err) ||
        !pl_refine(&text.problem, text.index, (struct pl_str){0}, NULL,
                   &solution, &err))
        return pl_cli_fail(cli, &err);
    if (!solution.satisfiable) {
        pl_conflict_error(&text.problem, solution.conflict, &err);
        return pl_cli_fail(cli, &err);
    }
    print_answer(cli, &solution);
    return 0;
}

const struct pl_command pl_cmd_replay = {
    .name = "replay",
    .args = "DIR|FILE",
    .summary = "solve a dumped problem again",
    .text = "Solves what `podlock resolve --dump DIR` wrote, without the "
            "index and without the files it was made from, and prints the "
            "packages of the answer. A dump is all a defect report needs.",
    .max_args = 1,
    .run = run,
};
