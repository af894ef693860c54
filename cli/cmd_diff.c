#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/diff_show.h"
#include "core/limits.h"

struct values {
    unsigned format; /* enum format */
    bool exit_code;
    struct pl_str rules;
};

enum format { TEXT, MARKDOWN, JSON };

#define OPT(member) offsetof(struct values, member)

static const struct pl_option options[] = {
    {.name = "format",
     .kind = PL_OPTION_CHOICE,
     .offset = OPT(format),
     .value = "text|markdown|json",
     .group = "Options",
     .help = "how to print; markdown is for a pull request"},
    {.name = "json",
     .kind = PL_OPTION_ALIAS,
     .value = "format=json",
     .help = "the same as --format json"},
    {.name = "exit-code",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(exit_code),
     .help = "exit with 1 when there are changes"},
    {.name = "rules",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(rules),
     .value = "DIR",
     .help = "ABI rules of your own, beside those that are shipped"},
};

/* ---- the summary of a step on GitHub ---- */

static bool write_all(int fd, struct pl_str text)
{
    while (text.len) {
        ssize_t n = write(fd, text.at, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text = pl_str_sub(text, (size_t)n, text.len);
    }
    return true;
}

static bool append(const struct pl_cli *cli, struct pl_error *err)
{
    const char *path = pl_vars_get(cli->vars, PL_STR("GITHUB_STEP_SUMMARY"));
    if (!path)
        return true;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK,
                  0666);
    bool good = fd >= 0 && write_all(fd, pl_buf_view(&cli->text)) &&
                write_all(fd, PL_STR("\n"));
    if (fd >= 0)
        good = close(fd) == 0 && good;
    if (!good)
        return pl_error_plain(err, PL_ERR_FILE,
                              "the step's summary %s cannot be written: %s",
                              path, strerror(errno));
    pl_cli_note(cli, "added to the step's summary (GITHUB_STEP_SUMMARY)");
    return true;
}

/* ---- the command ---- */

static bool show(struct pl_cli *cli, const struct values *values,
                 const struct pl_diff_view *view, struct pl_error *err)
{
    switch ((enum format)values->format) {
    case TEXT:
        pl_diff_show(view, &cli->out, &cli->text);
        return true;
    case MARKDOWN:
        pl_diff_markdown(view, &cli->text);
        return append(cli, err);
    case JSON:
        pl_diff_json(view, &cli->text);
        return true;
    }
    return true;
}

/* An unset variable of a script must not pass for a revision. */
static bool check_words(const struct pl_cli *cli, struct pl_error *err)
{
    for (size_t i = 0; i < cli->parsed.args.len; i++)
        if (!cli->parsed.args.at[i].len)
            return pl_error_plain(err, PL_ERR_USAGE,
                                  "an empty word names neither a file nor a "
                                  "revision");
    return true;
}

static int run(struct pl_cli *cli, const void *given_values)
{
    const struct values *values = given_values;
    struct pl_error err = {.arena = cli->arena};
    struct pl_diff_input inputs[2] = {0};
    struct pl_diff_given given = {0};
    struct pl_abi_rules rules;
    struct pl_diff diff;
    if (!check_words(cli, &err) || !pl_diff_read(cli, inputs, &given, &err) ||
        !pl_abi_load(cli->arena, values->rules, &rules, &err))
        return pl_cli_fail(cli, &err);
    given.rules = &rules;
    pl_lock_diff(cli->arena, &given, &diff);
    struct pl_diff_view view = {.arena = cli->arena,
                                .old = &inputs[0],
                                .new = &inputs[1],
                                .diff = &diff,
                                .all = cli->common.verbose > 0};
    if (!show(cli, values, &view, &err))
        return pl_cli_fail(cli, &err);
    return values->exit_code && diff.count;
}

const struct pl_command pl_cmd_diff = {
    .name = "diff",
    .args = "[OLD [NEW]] [-- LOCK]",
    .summary = "what changes between two locks, torch first",
    .text = "OLD and NEW are locks (pylock.toml, of any tool), pins "
            "(requirements.txt with hashes, the output of `pip freeze`, - is "
            "standard input) or revisions of git: HEAD~1, main, v1.2, "
            "REV:PATH. A revision alone is compared with pylock.toml as it is "
            "here; nothing at all compares the last commit with it.\n"
            "The first line is what a reviewer must know. Then come groups: "
            "torch and CUDA, other files at the same version, packages of the "
            "template that are replaced, ABI rules, major, minor and patch "
            "versions, what is added and removed; each with the requirement "
            "or package that moved it. -v shows all of it.\n"
            "The exit code is 0, or with --exit-code 1 when there are changes. "
            "Markdown is also added to the file that GITHUB_STEP_SUMMARY "
            "names.",
    .examples = "podlock diff\tthe last commit against the file\n"
                "podlock diff main\ta branch against the file\n"
                "podlock diff v1 v2 -- pylock.toml\ttwo revisions\n"
                "podlock diff old.toml new.toml\ttwo files\n"
                "pip freeze | podlock diff pylock.toml -\t"
                "a lock against what is installed\n"
                "podlock diff main --format markdown\tfor a pull request",
    .options = options,
    .option_count = PL_COUNT(options),
    .values_size = sizeof(struct values),
    .max_args = 3,
    .run = run,
};
