#include "cli/commands.h"
#include "cli/findings_show.h"
#include "cli/preflight_container.h"
#include "cli/preflight_dockerfile.h"

#define OPT(member) offsetof(struct pl_preflight_options, member)

static const struct pl_option options[] = {
    {.name = "before",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(before),
     .group = "A container",
     .help = "will the install be right? default: find out"},
    {.name = "after",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(after),
     .help = "is it right, now that it is done?"},
    {.name = "deep",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(deep),
     .help = "compare the files of torch and of the lock with RECORD"},
    {.name = "root",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(root),
     .value = "DIR",
     .help = "a container's files below DIR; default: /"},
    {.name = "python",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(python),
     .value = "PATH",
     .help = "which Python, when several have torch: its program or prefix"},
    {.name = "script",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(script),
     .help = "print a Python script that imports the lock's packages"},
    {.name = "no-progress",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(no_progress),
     .help = "no line on the terminal while files are compared"},
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
    {.name = "index-root",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(index_root),
     .value = "DIR|URL",
     .help = "ask this index which version would come, as resolve does"},
    {.name = "template",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(template_wanted),
     .value = "ID|FILE|IMAGE",
     .group = "Options",
     .help = "whose facts count; default: the lock's, or the Dockerfile's"},
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

/* ---- what cannot be together ---- */

struct given {
    bool is_given;
    const char *name;
};

static bool refuse(const struct given *list, size_t count, const char *why,
                   struct pl_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].is_given)
            return pl_error_plain(err, PL_ERR_USAGE, "%s %s", list[i].name,
                                  why);
    return true;
}

static bool check_options(const struct pl_preflight_options *o,
                          struct pl_error *err)
{
    const struct given container[] = {
        {o->before, "--before"},     {o->after, "--after"},
        {o->deep, "--deep"},         {o->root.len, "--root"},
        {o->python.len, "--python"}, {o->script, "--script"},
    };
    const struct given dockerfile[] = {
        {o->fix, "--fix"},
        {o->index_root.len, "--index-root"},
    };
    const struct given format[] = {{o->format != PL_FINDINGS_TEXT, "--format"}};
    if (o->before && o->after)
        return pl_error_plain(err, PL_ERR_USAGE,
                              "--before and --after: only one of them");
    if (o->fix &&
        !refuse(format, 1, "does not go with --fix, which prints a diff", err))
        return false;
    if (o->dockerfile.len)
        return refuse(container, PL_COUNT(container),
                      "is of a container, not of a --dockerfile", err);
    if (o->script &&
        !(refuse(container, PL_COUNT(container) - 1,
                 "does not go with --script, which looks at nothing", err) &&
          refuse(format, 1, "does not go with --script, which prints Python",
                 err)))
        return false;
    return refuse(dockerfile, PL_COUNT(dockerfile),
                  "is of a Dockerfile: --dockerfile FILE", err);
}

static int run(struct pl_cli *cli, const void *given)
{
    const struct pl_preflight_options *values = given;
    struct pl_error err = {.arena = cli->arena};
    if (!check_options(values, &err))
        return pl_cli_fail(cli, &err);
    if (values->dockerfile.len)
        return pl_preflight_dockerfile(cli, values);
    return pl_preflight_container(cli, values);
}

const struct pl_command pl_cmd_preflight = {
    .name = "preflight",
    .args = "[LOCK]",
    .summary = "is the container, or its Dockerfile, as the lock expects",
    .text = "In a container, before or after the lock is installed: is torch "
            "still the image's, is there one CUDA, does the driver fit, is "
            "everything of the lock there, does nothing break a rule, is "
            "nothing damaged, is there space? Each finding comes with its "
            "cure. No Python is started. LOCK is pylock.toml where it is "
            "there; without one the container alone is looked at. Rules: "
            "docs/preflight.md.\n"
            "With --dockerfile, a Dockerfile is judged without building it: "
            "which of its commands replace, upgrade or remove the image's "
            "torch, contradict the lock, or install into another Python. "
            "Rules: docs/dockerfile.md.\n"
            "Exit code 1 when there is an error.",
    .examples = "podlock preflight\tat a pod's start, or at a build's end\n"
                "podlock preflight --deep\tand no file has been changed\n"
                "podlock preflight --script | python3 -\timport it all\n"
                "podlock preflight --dockerfile Dockerfile\twhat is wrong\n"
                "podlock preflight --dockerfile Dockerfile --fix | patch\t"
                "and mend what is surely wrong",
    .options = options,
    .option_count = PL_COUNT(options),
    .values_size = sizeof(struct pl_preflight_options),
    .max_args = 1,
    .run = run,
};
