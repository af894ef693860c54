#include "cli/commands.h"
#include "cli/snapshot_show.h"
#include "cli/template_diff_show.h"
#include "core/file.h"
#include "core/limits.h"
#include "lockfmt/lock_write.h"

struct values {
    struct pl_snapshot_options from;
    struct pl_str output_file, compare;
    bool exit_code;
    unsigned format; /* of "text|json" */
};

#define OPT(member) offsetof(struct values, member)
#define VALUE(long_name, member, what, text)                                   \
    {                                                                          \
        .name = (long_name), .kind = PL_OPTION_VALUE, .offset = OPT(member),   \
        .value = (what), .help = (text)                                        \
    }

static const struct pl_option options[] = {
    {.name = "root",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(from.root),
     .value = "DIR",
     .group = "Where to look",
     .help = "a container's files below DIR; default: /"},
    VALUE("archive", from.archive, "FILE",
          "an image, of `docker save` or an OCI layout as tar"),
    VALUE("pip-inspect", from.pip_inspect, "FILE",
          "what `pip inspect` wrote; -: standard input"),
    VALUE("freeze", from.freeze, "FILE",
          "what `pip freeze` wrote; needs --python-version"),
    VALUE("python", from.python, "PATH",
          "which Python, when several have torch: its program or prefix"),
    VALUE("python-version", from.python_version, "X.Y[.Z]",
          "of a --freeze, which does not say it"),
    VALUE("platform", from.platform, "OS/ARCH",
          "of an archive with several: linux/arm64"),
    {.name = "id",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(from.id),
     .value = "ID",
     .group = "What to write",
     .help = "the template's id; default: made of what is found"},
    {.name = "image",
     .kind = PL_OPTION_LIST,
     .offset = OPT(from.images),
     .value = "REF",
     .help = "the image that has these facts, for `images`; of an archive "
             "with several: which one"},
    PL_OPTION_OUTPUT(OPT(output_file)),
    VALUE("compare", compare, "ID|FILE",
          "show how it differs from this template instead"),
    {.name = "exit-code",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(exit_code),
     .help = "with --compare: exit with 1 when it differs"},
    PL_OPTIONS_TEXT_OR_JSON(OPT(format), NULL),
};

/* ---- the file ---- */

static bool to_file(const struct values *values)
{
    return values->output_file.len && !pl_str_is(values->output_file, "-");
}

static bool check_output(const struct values *values, struct pl_error *err)
{
    if (!pl_lock_name_valid(pl_path_base(values->output_file)))
        return true;
    pl_error_plain(err, PL_ERR_USAGE, "`%.*s` is a name for a lock",
                   PL_STR_ARG(values->output_file));
    return pl_error_hint(err, "a template is another file: -o template.toml");
}

static bool check_compare(const struct values *values, struct pl_error *err)
{
    return !values->exit_code || values->compare.len ||
           pl_error_plain(err, PL_ERR_USAGE,
                          "--exit-code belongs to "
                          "--compare");
}

static bool save(const struct values *values,
                 const struct pl_snapshot *snapshot, struct pl_error *err)
{
    return !to_file(values) ||
           pl_file_save(values->output_file, snapshot->template.source->text,
                        err);
}

/* ---- what is shown ---- */

static void show_json(struct pl_cli *cli, const struct pl_snapshot *snapshot)
{
    struct pl_jsonw w = pl_jsonw_to(&cli->text);
    pl_jsonw_object(&w, NULL);
    pl_snapshot_json(cli->arena, &w, snapshot);
    pl_jsonw_end(&w);
}

static void show(struct pl_cli *cli, const struct values *values,
                 const struct pl_snapshot *snapshot)
{
    if (values->format)
        show_json(cli, snapshot);
    else if (!to_file(values))
        pl_buf_add_str(&cli->text, snapshot->template.source->text);
}

static int compare(struct pl_cli *cli, const struct values *values,
                   const struct pl_template *wanted,
                   const struct pl_snapshot *snapshot)
{
    const struct pl_template *found = &snapshot->template;
    struct pl_template_diff diff;
    pl_template_diff(cli->arena, wanted, found, &diff);
    if (values->format) {
        struct pl_jsonw w = pl_jsonw_to(&cli->text);
        pl_jsonw_object(&w, NULL);
        pl_template_diff_json(cli->arena, &w, wanted, found, &diff);
        pl_jsonw_end(&w);
    } else {
        pl_template_diff_show(cli, wanted, found, &diff);
    }
    return values->exit_code && (diff.changes.len || diff.environment.len);
}

/* ---- the command ---- */

static int run(struct pl_cli *cli, const void *given)
{
    const struct values *values = given;
    struct pl_error err = {.arena = cli->arena};
    struct pl_template wanted;
    struct pl_snapshot snapshot;
    if (!check_output(values, &err) || !check_compare(values, &err) ||
        (values->compare.len &&
         !pl_template_find(cli->arena, values->compare, &wanted, &err)) ||
        !pl_snapshot_take(cli, &values->from, &snapshot, &err) ||
        !save(values, &snapshot, &err))
        return pl_cli_fail(cli, &err);
    pl_snapshot_tell(cli, &snapshot);
    if (values->compare.len)
        return compare(cli, values, &wanted, &snapshot);
    show(cli, values, &snapshot);
    return 0;
}

const struct pl_command pl_cmd_snapshot = {
    .name = "snapshot",
    .summary = "a container's facts, as a template to lock for",
    .text = "Looks at the machine's files, or at those below --root, in an "
            "image archive, or at what pip says, and writes the template that "
            "they are: Python, glibc, CUDA, every package, and which of them "
            "are torch's. No Python is started and nothing is executed. With "
            "several Pythons the one that has torch counts.",
    .examples =
        "podlock snapshot -o template.toml\tof this machine\n"
        "podlock resolve requirements.in --template template.toml\t"
        "lock for it\n"
        "docker save IMAGE | podlock snapshot --archive - -o template.toml\t"
        "of an image, without running it\n"
        "podlock snapshot --compare runpod-107-cu1281-torch280-ubuntu2404\t"
        "what has drifted",
    .options = options,
    .option_count = PL_COUNT(options),
    .values_size = sizeof(struct values),
    .run = run,
};
