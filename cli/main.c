#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/nearest.h"
#include "core/limits.h"
#include "core/mask.h"
#include "core/trace.h"

/*
 * A file opened later must not get the number of a closed standard stream:
 * its contents would be mixed with messages. Opened the wrong way round, so
 * that using the stream fails as it did before.
 */
static void occupy_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
            (void)!open("/dev/null", fd ? O_RDONLY : O_WRONLY);
}

/*
 * A few packages that exclude one another's versions can keep the solver busy
 * for years, and it cannot be asked to stop.
 */
static void on_time_over(int number)
{
    static const char text[] =
        "error: the search takes too much processor time\n"
        "fix: pin some of the packages, or allow more with `ulimit -t "
        "SECONDS`\n";
    (void)number;
    (void)!write(STDERR_FILENO, text, sizeof(text) - 1);
    _exit(pl_error_exit_code(PL_ERR_LIMIT));
}

static void limit_time(void)
{
    struct rlimit limit;
    signal(SIGXCPU, on_time_over);
    if (getrlimit(RLIMIT_CPU, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY)
        return;
    limit.rlim_cur = PL_MAX_CPU_SECONDS;
    (void)setrlimit(RLIMIT_CPU, &limit);
}

static bool write_stdout(const struct pl_buf *text, struct pl_error *err)
{
    size_t done = 0;
    if (!pl_buf_ok(text))
        return pl_error_plain(err, PL_ERR_LIMIT, "the output is too large");
    while (done < text->len) {
        ssize_t n = write(STDOUT_FILENO, text->data + done, text->len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return pl_error_plain(err, PL_ERR_FILE,
                                  "cannot write to standard output: %s",
                                  strerror(errno));
        done += (size_t)n;
    }
    return true;
}

static bool is_elsewhere(struct pl_str name)
{
    for (const char *const *at = pl_commands_elsewhere; *at; at++)
        if (pl_str_is(name, *at))
            return true;
    return false;
}

static bool unknown_command(struct pl_str name, struct pl_error *err)
{
    if (is_elsewhere(name)) {
        pl_error_plain(err, PL_ERR_USAGE,
                       "this podlock starts in any container and has no `%.*s`",
                       PL_STR_ARG(name));
        return pl_error_hint(err, "run it where the full podlock is "
                                  "installed");
    }
    struct pl_nearest nearest = pl_nearest_to(name);
    for (size_t i = 0; i < pl_command_count; i++)
        if (pl_commands[i]->summary)
            pl_nearest_try(&nearest, pl_str_from(pl_commands[i]->name));
    pl_error_plain(err, PL_ERR_USAGE, "there is no command `%.*s`",
                   PL_STR_ARG(name));
    if (nearest.found.len)
        return pl_error_hint(err, "did you mean `podlock %.*s`?",
                             PL_STR_ARG(nearest.found));
    return pl_error_hint(err, "`podlock --help` lists the commands");
}

/* --help and --version count even when another option is wrong. */
static bool asks(const char *const *words, const char *name, const char *letter)
{
    for (; *words && strcmp(*words, "--") != 0; words++)
        if (strcmp(*words, name) == 0 || strcmp(*words, letter) == 0)
            return true;
    return false;
}

static bool set_traces(const struct pl_cli *cli, struct pl_error *err)
{
    if (cli->common.verbose)
        (void)!pl_trace_set(cli->common.verbose > 1 ? PL_STR("all")
                                                    : PL_STR("options,solve"));
    if (cli->common.trace.len && !pl_trace_set(cli->common.trace)) {
        pl_error_plain(err, PL_ERR_USAGE, "there is no trace topic `%.*s`",
                       PL_STR_ARG(cli->common.trace));
        return pl_error_hint(err, "topics are options, index, solve, choice "
                                  "and all; a leading - removes one");
    }
    return true;
}

static void trace_options(const struct pl_cli *cli)
{
    const struct pl_parsed *parsed = &cli->parsed;
    for (size_t i = 0; i < parsed->supplied_count; i++) {
        const struct pl_supplied *s = &parsed->supplied[i];
        struct pl_str from =
            s->variable.len ? s->variable : PL_STR("the command line");
        const char *wants = s->option->value;
        struct pl_str value = s->value;
        if (wants && strstr(wants, "URL"))
            value = pl_mask_url(cli->arena, value);
        PL_TRACE(PL_TRACE_OPTIONS, "--%s%s%.*s from %.*s", s->option->name,
                 value.len ? "=" : "", PL_STR_ARG(value), PL_STR_ARG(from));
    }
}

static bool enter_directory(const struct pl_cli *cli, struct pl_error *err)
{
    struct pl_str dir = cli->common.directory;
    if (!dir.len || chdir(dir.at) == 0)
        return true;
    return pl_error_plain(err, PL_ERR_FILE, "cannot change to `%.*s`: %s",
                          PL_STR_ARG(dir), strerror(errno));
}

static bool check_args(const struct pl_cli *cli, struct pl_error *err)
{
    if (cli->parsed.args.len <= cli->command->max_args)
        return true;
    struct pl_str extra = cli->parsed.args.at[cli->command->max_args];
    pl_error_plain(err, PL_ERR_USAGE, "`%.*s` is one argument too many",
                   PL_STR_ARG(extra));
    return pl_error_hint(err, "`podlock %s --help` says what it takes",
                         cli->command->name);
}

static bool parse(struct pl_cli *cli, const char *const *words, void *values,
                  struct pl_error *err)
{
    const struct pl_command *command = cli->command;
    const struct pl_option_table tables[] = {
        {command->options, command->option_count, values},
        {command->shared, command->shared_count, values},
        {pl_common_options, pl_common_option_count, &cli->common},
    };
    struct pl_str name =
        pl_arena_printf(cli->arena, "podlock %s", command->name);
    return pl_options_parse(cli->arena, tables, PL_COUNT(tables), words,
                            cli->vars, name.at, &cli->parsed, err);
}

static int run_command(struct pl_cli *cli, const char *const *words)
{
    struct pl_error err = {.arena = cli->arena};
    void *values = pl_arena_alloc(cli->arena, cli->command->values_size + 1);
    bool good = parse(cli, words, values, &err);
    cli->out = pl_show_of(cli->common.colour, STDOUT_FILENO, cli->vars);
    cli->err = pl_show_of(cli->common.colour, STDERR_FILENO, cli->vars);
    if (!good || !set_traces(cli, &err) || !check_args(cli, &err))
        return pl_cli_fail(cli, &err);
    trace_options(cli);
    if (!enter_directory(cli, &err))
        return pl_cli_fail(cli, &err);
    return cli->command->run(cli, values);
}

/* What stands before any command: --help, --version, or nothing at all. */
static int run_without_command(struct pl_cli *cli, const char *const *words)
{
    if (asks(words, "--version", "-V"))
        return pl_cmd_version.run(cli, NULL);
    if (asks(words, "--help", "-h")) {
        pl_help_podlock(&cli->out, &cli->text);
        return 0;
    }
    struct pl_error err = {.arena = cli->arena};
    if (*words)
        pl_error_plain(&err, PL_ERR_USAGE,
                       "`%s` stands before the command; options follow it",
                       *words);
    else
        pl_error_plain(&err, PL_ERR_USAGE, "there is no command");
    pl_error_hint(&err, "`podlock --help` lists the commands");
    return pl_cli_fail(cli, &err);
}

/* Two words where there is a command of that name, else one; 0: none. */
static size_t find_command(struct pl_cli *cli, const char *const *words)
{
    struct pl_str two = pl_arena_printf(cli->arena, "%s %s", words[0],
                                        words[1] ? words[1] : "");
    cli->command = pl_command_find(two);
    if (cli->command)
        return 2;
    cli->command = pl_command_find(pl_str_from(words[0]));
    return cli->command != NULL;
}

static int run_words(struct pl_cli *cli, const char *const *words)
{
    cli->out = pl_show_of(PL_WHEN_AUTO, STDOUT_FILENO, cli->vars);
    cli->err = pl_show_of(PL_WHEN_AUTO, STDERR_FILENO, cli->vars);
    if (!words[0] || words[0][0] == '-')
        return run_without_command(cli, words);
    size_t name_words = find_command(cli, words);
    if (!name_words) {
        struct pl_error err = {.arena = cli->arena};
        unknown_command(pl_str_from(words[0]), &err);
        return pl_cli_fail(cli, &err);
    }
    if (asks(words + name_words, "--help", "-h")) {
        pl_help_command(cli->arena, cli->command, &cli->out, &cli->text);
        return 0;
    }
    if (asks(words + name_words, "--version", "-V"))
        return pl_cmd_version.run(cli, NULL);
    return run_command(cli, words + name_words);
}

int main(int argc, char **argv)
{
    PL_ARENA(arena);
    struct pl_cli cli = {.arena = &arena,
                         .vars = (const char *const *)environ,
                         .text = {.max = PL_MAX_OUTPUT_BYTES}};
    struct pl_error err = {.arena = &arena};
    occupy_standard_streams();
    /* A file that grows too large is an error to tell, not an end. */
    signal(SIGXFSZ, SIG_IGN);
    limit_time();
    int code = run_words(&cli, (const char *const *)argv + (argc > 0));
    if (!write_stdout(&cli.text, &err))
        code = pl_cli_fail(&cli, &err);
    pl_buf_finish(&cli.text);
    return code;
}
