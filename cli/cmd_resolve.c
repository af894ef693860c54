#include "cli/commands.h"
#include "cli/config.h"
#include "cli/resolve_one.h"

/* ---- several locks ---- */

static bool is_said(const struct pl_cli *cli, const char *name)
{
    return pl_parsed_source(cli->arena, &cli->parsed, name).len;
}

/* What names one file cannot be meant for all. */
static bool check_several(const struct pl_cli *cli,
                          const struct pl_config *config, struct pl_error *err)
{
    static const char *const of_one[] = {"output-file", "format", "dump"};
    struct pl_str file = config->source->name;
    for (size_t i = 0; i < PL_COUNT(of_one); i++)
        if (is_said(cli, of_one[i])) {
            struct pl_str from =
                pl_parsed_source(cli->arena, &cli->parsed, of_one[i]);
            pl_error_plain(
                err, PL_ERR_USAGE, "%.*s is for one lock, and %.*s has %zu",
                PL_STR_ARG(from), PL_STR_ARG(file), config->lock_count);
            return pl_error_hint(err, "--lock NAME says which");
        }
    return true;
}

static int resolve_lock(const struct pl_cli *cli,
                        const struct pl_config *config,
                        const struct pl_config_lock *lock,
                        const struct pl_resolve_options *given,
                        struct pl_buf *text)
{
    struct pl_cli own = *cli;
    struct pl_resolve_options options = *given;
    own.text = *text;
    pl_config_apply(&own, config, lock, &options);
    int code = pl_resolve_one(&own, &options);
    *text = own.text;
    return code;
}

static void print_title(struct pl_cli *cli, struct pl_str name, bool is_first)
{
    if (cli->common.quiet)
        return;
    pl_cli_print(cli, is_first ? "" : "\n");
    pl_show_text(&cli->out, PL_STYLE_BOLD, name, &cli->text);
    pl_cli_print(cli, ":\n");
}

/* One that fails is no reason to leave the others as they were. */
static int resolve_all(struct pl_cli *cli, const struct pl_config *config,
                       const struct pl_resolve_options *options)
{
    int worst = 0;
    for (size_t i = 0; i < config->lock_count; i++) {
        const struct pl_config_lock *lock = &config->locks[i];
        print_title(cli, lock->name, i == 0);
        int code = resolve_lock(cli, config, lock, options, &cli->text);
        if (code)
            pl_cli_note(cli, "podlock: that was [lock.%.*s]",
                        PL_STR_ARG(lock->name));
        if (code > worst)
            worst = code;
    }
    return worst;
}

/* ---- the command ---- */

static int run(struct pl_cli *cli, const void *values)
{
    struct pl_resolve_options options =
        *(const struct pl_resolve_options *)values;
    struct pl_error err = {.arena = cli->arena};
    struct pl_config config;
    if (!pl_config_open(cli, &options, &config, &err))
        return pl_cli_fail(cli, &err);
    if (config.lock_count == 1)
        return resolve_lock(cli, &config, &config.locks[0], &options,
                            &cli->text);
    if (!check_several(cli, &config, &err))
        return pl_cli_fail(cli, &err);
    return resolve_all(cli, &config, &options);
}

const struct pl_command pl_cmd_resolve = {
    .name = "resolve",
    .args = "[requirements.in ...|pyproject.toml|-]",
    .summary = "lock what a template lacks",
    .text = "Finds the packages that the requirements need and the template "
            "does not have, and writes them with their hashes. What the "
            "template protects (torch, CUDA) is never replaced; what else it "
            "holds is replaced only when no answer keeps it.\n"
            "Without files it makes the locks that podlock.toml or "
            "[tool.podlock] of pyproject.toml describes; their keys are the "
            "names of these options.",
    .examples = "podlock resolve requirements.in --template "
                "runpod-torch240-cu124-py311 -o pylock.toml\tlock for one "
                "template\n"
                "podlock resolve requirements.in --template none "
                "--python-version 3.12 --offline\tfrom the cache alone\n"
                "podlock resolve requirements.in --template ID -o pylock.toml "
                "--check\tfor CI: 1 when it would change",
    .options = pl_resolve_option_table,
    .option_count = PL_RESOLVE_OPTION_COUNT,
    .values_size = sizeof(struct pl_resolve_options),
    .max_args = 1000,
    .run = run,
};
