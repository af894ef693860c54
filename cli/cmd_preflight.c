#include "cli/commands.h"
#include "cli/preflight_dockerfile.h"

#define OPT(member) offsetof(struct pl_preflight_options, member)

static const struct pl_option options[] = {
    {.name = "dockerfile",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(dockerfile),
     .value = "FILE",
     .group = "A Dockerfile",
     .help = "judge its RUN lines; -: standard input"},
    {.name = "fix",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(fix),
     .help = "print what is surely right as a diff; no file is changed"},
    {.name = "template",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(template_wanted),
     .value = "ID|FILE|IMAGE",
     .group = "Options",
     .help = "whose facts count, in place of the image's own"},
    {.name = "ignore",
     .kind = PL_OPTION_LIST,
     .offset = OPT(ignore),
     .value = "ID",
     .help = "a rule that is not applied; may be given again"},
    {.name = "format",
     .kind = PL_OPTION_CHOICE,
     .offset = OPT(format),
     .value = "text|json|github",
     .help = "how to print"},
    {.name = "json",
     .kind = PL_OPTION_ALIAS,
     .value = "format=json",
     .help = "the same as --format json"},
};

static int run(struct pl_cli *cli, const void *given)
{
    const struct pl_preflight_options *values = given;
    struct pl_error err = {.arena = cli->arena};
    if (values->dockerfile.len)
        return pl_preflight_dockerfile(cli, values);
    (void)pl_error_plain(&err, PL_ERR_USAGE,
                         "which Dockerfile is to be judged?");
    (void)pl_error_hint(&err, "podlock preflight --dockerfile Dockerfile");
    return pl_cli_fail(cli, &err);
}

const struct pl_command pl_cmd_preflight = {
    .name = "preflight",
    .args = "[LOCK]",
    .summary = "will the image be as the lock expects",
    .text = "Judges a Dockerfile without building it: which of its commands "
            "replace, upgrade or remove the image's torch, contradict the "
            "lock, or install into another Python. LOCK is pylock.toml where "
            "it is there. Rules and how to ignore one: docs/dockerfile.md. "
            "Exit code 1 when there is an error.",
    .examples = "podlock preflight --dockerfile Dockerfile\twhat is wrong\n"
                "podlock preflight --dockerfile Dockerfile --fix | patch\t"
                "and mend what is surely wrong",
    .options = options,
    .option_count = PL_COUNT(options),
    .values_size = sizeof(struct pl_preflight_options),
    .max_args = 1,
    .run = run,
};
