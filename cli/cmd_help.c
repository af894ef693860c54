#include "cli/commands.h"
#include "cli/help.h"
#include "core/limits.h"

static int run_help(struct pl_cli *cli, const void *values)
{
    (void)values;
    if (!cli->parsed.args.len) {
        pl_help_podlock(&cli->out, &cli->text);
        return 0;
    }
    struct pl_str name = cli->parsed.args.at[0];
    if (cli->parsed.args.len > 1)
        name = pl_arena_printf(cli->arena, "%.*s %.*s", PL_STR_ARG(name),
                               PL_STR_ARG(cli->parsed.args.at[1]));
    const struct pl_command *command = pl_command_find(name);
    if (!command) {
        struct pl_error err = {.arena = cli->arena};
        pl_error_plain(&err, PL_ERR_USAGE, "there is no command `%.*s`",
                       PL_STR_ARG(name));
        return pl_cli_fail(cli, &err);
    }
    pl_help_command(cli->arena, command, &cli->out, &cli->text);
    return 0;
}

const struct pl_command pl_cmd_help = {
    .name = "help",
    .args = "[COMMAND]",
    .summary = "show help, for all or for one command",
    .max_args = 2, /* "templates fit" */
    .run = run_help,
};

static int run_version(struct pl_cli *cli, const void *values)
{
    (void)values;
    pl_cli_print(cli, "podlock %s\n", PODLOCK_VERSION);
    return 0;
}

const struct pl_command pl_cmd_version = {
    .name = "version",
    .summary = "show podlock's version",
    .run = run_version,
};

static int run_man(struct pl_cli *cli, const void *values)
{
    (void)values;
    pl_help_man(&cli->text);
    return 0;
}

/* For those who build and package podlock; not in the lists. */
const struct pl_command pl_cmd_man = {
    .name = "man",
    .text = "Prints the man page, podlock.1.",
    .run = run_man,
};

static int run_completion(struct pl_cli *cli, const void *values)
{
    (void)values;
    pl_help_bash(&cli->text);
    return 0;
}

const struct pl_command pl_cmd_completion = {
    .name = "completion",
    .summary = "print a completion for bash",
    .examples = "podlock completion > "
                "~/.local/share/bash-completion/completions/podlock\t"
                "complete podlock's commands and options",
    .run = run_completion,
};
