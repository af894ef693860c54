#include "cli/preflight_dockerfile.h"

#include "cli/findings_show.h"
#include "cli/lock_show.h"
#include "cli/preflight_newest.h"
#include "container/dockerfile_check.h"
#include "core/file.h"

struct asking {
    struct pl_docker_question question;
    struct pl_lock lock;
    struct pl_template template;
    struct pl_strs ignored;
};

/* The lock that was named, else the usual one where it is there. */
static bool read_lock(struct pl_cli *cli, struct asking *a,
                      struct pl_error *err)
{
    bool is_named = cli->parsed.args.len > 0;
    struct pl_str path =
        is_named ? cli->parsed.args.at[0] : PL_STR("pylock.toml");
    if (!is_named && !pl_file_exists(path))
        return true;
    if (!pl_lock_open(cli, path, &a->lock, err))
        return false;
    a->question.lock = &a->lock;
    a->question.lock_name = path;
    return true;
}

static bool read_ignored(struct pl_cli *cli,
                         const struct pl_preflight_options *options,
                         struct asking *a, struct pl_error *err)
{
    if (!pl_findings_ignored(cli->arena, pl_docker_rules, PL_DOCKER_RULE_COUNT,
                             &options->ignore, &a->ignored, err))
        return false;
    a->question.ignored = a->ignored.at;
    a->question.ignored_count = a->ignored.len;
    return true;
}

static bool read_all(struct pl_cli *cli,
                     const struct pl_preflight_options *options,
                     struct asking *a, struct pl_error *err)
{
    struct pl_str wanted = options->template_wanted;
    if (!read_ignored(cli, options, a, err) ||
        !pl_source_load(cli->arena, options->dockerfile, &a->question.source,
                        err) ||
        !read_lock(cli, a, err))
        return false;
    a->question.folder = pl_str_is(options->dockerfile, "-")
                             ? PL_STR(".")
                             : pl_path_dir(options->dockerfile);
    if (!wanted.len)
        return true;
    if (!pl_template_find(cli->arena, wanted, &a->template, err))
        return false;
    a->question.template = &a->template;
    return true;
}

/* ---- showing ---- */

static void show_json(struct pl_cli *cli,
                      const struct pl_docker_verdict *verdict)
{
    struct pl_jsonw w = pl_jsonw_to(&cli->text);
    pl_jsonw_object(&w, NULL);
    if (verdict->image.len)
        pl_jsonw_str(&w, "image", verdict->image);
    else
        pl_jsonw_null(&w, "image");
    if (verdict->template)
        pl_jsonw_str(&w, "template", verdict->template->id);
    else
        pl_jsonw_null(&w, "template");
    pl_findings_json(&w, &verdict->findings);
    pl_jsonw_end(&w);
}

/* What it was judged against, in a line. */
static void note(struct pl_cli *cli, const struct asking *a,
                 const struct pl_docker_verdict *verdict)
{
    struct pl_str summary = pl_findings_summary(cli->arena, &verdict->findings);
    struct pl_str name = a->question.source->name;
    if (verdict->template)
        pl_cli_note(cli, "%.*s: %.*s, against %.*s%s%.*s", PL_STR_ARG(name),
                    PL_STR_ARG(summary), PL_STR_ARG(verdict->template->id),
                    a->question.lock ? " and " : "",
                    PL_STR_ARG(a->question.lock_name));
    else if (a->question.lock)
        pl_cli_note(cli, "%.*s: %.*s, against %.*s", PL_STR_ARG(name),
                    PL_STR_ARG(summary), PL_STR_ARG(a->question.lock_name));
    else
        pl_cli_note(cli,
                    "%.*s: %.*s; its image is none that podlock knows and "
                    "there is no lock, so little can be said (--template)",
                    PL_STR_ARG(name), PL_STR_ARG(summary));
}

static void show(struct pl_cli *cli, const struct pl_preflight_options *options,
                 const struct asking *a,
                 const struct pl_docker_verdict *verdict)
{
    if (options->fix)
        pl_docker_edits_diff(a->question.source, verdict, &cli->text);
    else if (options->format == PL_FINDINGS_JSON)
        show_json(cli, verdict);
    else if (options->format == PL_FINDINGS_GITHUB)
        pl_findings_github(cli, &verdict->findings);
    else
        pl_findings_text(cli, &verdict->findings);
    if (options->format != PL_FINDINGS_JSON)
        note(cli, a, verdict);
}

static bool judge(struct pl_cli *cli,
                  const struct pl_preflight_options *options, struct asking *a,
                  struct pl_docker_verdict *verdict, struct pl_error *err)
{
    struct pl_newest *newest = NULL;
    if (options->index_root.len &&
        !pl_newest_open(cli, options->index_root, &a->question, &newest, err))
        return false;
    bool is_judged =
        pl_dockerfile_check(cli->arena, &a->question, verdict, err);
    return pl_newest_close(newest, is_judged ? err : NULL) && is_judged;
}

int pl_preflight_dockerfile(struct pl_cli *cli,
                            const struct pl_preflight_options *options)
{
    struct pl_error err = {.arena = cli->arena};
    struct asking asking = {0};
    struct pl_docker_verdict verdict;
    if (!read_all(cli, options, &asking, &err) ||
        !judge(cli, options, &asking, &verdict, &err))
        return pl_cli_fail(cli, &err);
    show(cli, options, &asking, &verdict);
    return pl_findings_exit_code(&verdict.findings);
}
