#include "cli/check_config.h"
#include "cli/check_fresh.h"
#include "cli/commands.h"
#include "cli/resolve_show.h"
#include "core/jsonw.h"

struct values {
    struct pl_resolve_options resolve; /* first: see pl_command.shared */
    struct pl_str template;
    bool fresh;
    unsigned format; /* of "text|json" */
};

#define OPT(member) offsetof(struct values, member)

static const struct pl_option options[] = {
    {.name = "template",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(template),
     .value = "ID|FILE|IMAGE",
     .group = "Options",
     .help = "the facts, of another tool's lock or where the lock's template "
             "is not a shipped one"},
    {.name = "fresh",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(fresh),
     .help = "resolve again, too: would the answer be the same?"},
    PL_OPTIONS_TEXT_OR_JSON(OPT(format), NULL),
    {.name = "no-progress",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(resolve.no_progress),
     .help = "show no progress on a terminal"},
};

/* ---- text ---- */

static void show_notes(const struct pl_cli *cli, const struct pl_check *check)
{
    for (size_t i = 0; i < check->notes.len; i++)
        pl_cli_note(cli, "podlock: note: %.*s: %.*s", PL_STR_ARG(check->path),
                    PL_STR_ARG(check->notes.at[i]));
}

static void print_foreign(struct pl_cli *cli, const struct pl_check *check)
{
    struct pl_str count = pl_show_count(cli->arena, check->lock.package_count,
                                        "package", "packages");
    pl_show_text(&cli->out, PL_STYLE_PLAIN, check->path, &cli->text);
    pl_cli_print(cli, " is a valid lock of %.*s by ", PL_STR_ARG(count));
    pl_show_text(&cli->out, PL_STYLE_PLAIN, check->lock.created_by, &cli->text);
    if (check->setup.has_template) {
        pl_cli_print(cli, " that fits ");
        pl_show_text(&cli->out, PL_STYLE_PLAIN, check->setup.template.id,
                     &cli->text);
    }
    pl_cli_print(cli, "; what it was made from is not known\n");
}

static void print_inputs(struct pl_cli *cli, const struct pl_lock *lock)
{
    for (size_t i = 0; i < lock->input_count; i++) {
        pl_cli_print(cli, i ? ", " : "");
        pl_show_text(&cli->out, PL_STYLE_PLAIN, lock->inputs[i].name,
                     &cli->text);
    }
}

static void print_valid(struct pl_cli *cli, const struct pl_check *check)
{
    const struct pl_lock *lock = &check->lock;
    if (lock->is_foreign) {
        print_foreign(cli, check);
        return;
    }
    struct pl_str count =
        pl_show_count(cli->arena, lock->package_count, "package", "packages");
    pl_show_text(&cli->out, PL_STYLE_BOLD, check->path, &cli->text);
    pl_cli_print(cli, " is valid: %.*s for ", PL_STR_ARG(count));
    pl_show_text(&cli->out, PL_STYLE_PLAIN,
                 lock->template_id.len ? lock->template_id
                                       : PL_STR("a bare Python"),
                 &cli->text);
    pl_cli_print(cli, " from ");
    print_inputs(cli, lock);
    pl_cli_print(cli,
                 check->is_fresh ? ", and what resolving still gives\n" : "\n");
}

/* The first reason with the command; the others with -v. */
static void show_findings(const struct pl_cli *cli, struct pl_check *check)
{
    size_t count = check->findings.list.len;
    size_t shown = cli->common.verbose ? count : 1;
    for (size_t i = 0; i < shown; i++) {
        struct pl_error *told = &check->findings.list.at[i].told;
        if (!told->hint.len && check->command.len && i + 1 == shown)
            told->hint = check->command;
        (void)!pl_cli_fail(cli, told);
    }
    if (count > shown)
        pl_cli_note(cli, "and %zu more; -v shows them", count - shown);
}

/* ---- JSON ---- */

static void write_finding(struct pl_jsonw *w, struct pl_str kind,
                          const struct pl_error *told)
{
    pl_jsonw_object(w, NULL);
    pl_jsonw_str(w, "kind", kind);
    pl_jsonw_str(w, "message", told->message);
    if (told->because.len)
        pl_jsonw_str(w, "because", told->because);
    pl_json_place(w, told->span);
    pl_jsonw_end(w);
}

static void write_check(struct pl_jsonw *w, const struct pl_check *check)
{
    pl_jsonw_object(w, NULL);
    pl_jsonw_str(w, "lock", check->path);
    pl_jsonw_bool(w, "valid", !check->findings.list.len);
    pl_jsonw_bool(w, "foreign", check->lock.is_foreign);
    if (check->is_fresh)
        pl_jsonw_bool(w, "fresh", true);
    if (check->lock.template_id.len)
        pl_jsonw_str(w, "template", check->lock.template_id);
    pl_jsonw_u64(w, "packages", check->lock.package_count);
    pl_jsonw_array(w, "findings");
    for (size_t i = 0; i < check->findings.list.len; i++)
        write_finding(w,
                      pl_str_from(pl_lock_trouble_name(
                          check->findings.list.at[i].trouble)),
                      &check->findings.list.at[i].told);
    pl_jsonw_end(w);
    pl_jsonw_strs(w, "notes", check->notes.at, check->notes.len);
    if (check->findings.list.len && check->command.len)
        pl_jsonw_str(w, "fix", check->command);
    pl_jsonw_end(w);
}

/* One that could not be read is no less a part of the answer. */
static int fail_one(struct pl_cli *cli, struct pl_jsonw *w, struct pl_str path,
                    const struct pl_error *err)
{
    if (w) {
        pl_jsonw_object(w, NULL);
        pl_jsonw_str(w, "lock", path);
        pl_jsonw_bool(w, "valid", false);
        pl_jsonw_array(w, "findings");
        write_finding(w, PL_STR("file"), err);
        pl_jsonw_end(w);
        pl_jsonw_end(w);
    }
    return pl_cli_fail(cli, err);
}

/* ---- the command ---- */

struct job {
    struct pl_cli *cli;
    const struct values *values;
    struct pl_resolve_options resolve; /* what podlock.toml adds is in it */
    struct pl_config config;           /* no source: there is none */
    struct pl_jsonw w;
};

/* PODLOCK_TEMPLATE is for commands that want one container. */
static struct pl_str template_of(const struct job *job)
{
    struct pl_str from =
        pl_parsed_source(job->cli->arena, &job->cli->parsed, "template");
    return pl_str_starts(from, "--") ? job->values->template
                                     : (struct pl_str){0};
}

static bool look(struct job *job, struct pl_str path,
                 const struct pl_config_lock *lock, struct pl_check *check,
                 struct pl_error *err)
{
    struct pl_cli *cli = job->cli;
    struct pl_cli own = *cli;
    struct pl_resolve_options asked = job->resolve;
    if (!pl_check_lock(cli, path, template_of(job), check, err))
        return false;
    if (lock) {
        if (!pl_check_config(cli, &job->config, lock, check, err))
            return false;
        pl_config_apply(&own, &job->config, lock, &asked);
    }
    return !job->values->fresh || !check->is_asked ||
           check->findings.list.len || pl_check_fresh(cli, &asked, check, err);
}

/* What is wrong with the file itself ends neither the others nor the JSON. */
static int check_one(struct job *job, struct pl_str path,
                     const struct pl_config_lock *lock)
{
    struct pl_cli *cli = job->cli;
    struct pl_error err = {.arena = cli->arena};
    struct pl_check check;
    if (!look(job, path, lock, &check, &err))
        return fail_one(cli, job->values->format ? &job->w : NULL, path, &err);
    if (job->values->format) {
        write_check(&job->w, &check);
    } else if (check.findings.list.len) {
        show_findings(cli, &check);
        show_notes(cli, &check);
    } else {
        print_valid(cli, &check);
        show_notes(cli, &check);
    }
    return check.findings.list.len ? pl_error_exit_code(PL_ERR_NO) : 0;
}

static int check_all(struct job *job)
{
    struct pl_str usual = PL_STR("pylock.toml");
    struct pl_strs paths = job->cli->parsed.args;
    int worst = 0;
    if (!paths.len)
        paths = (struct pl_strs){.at = &usual, .len = 1};
    for (size_t i = 0; !job->config.source && i < paths.len; i++) {
        int code = check_one(job, paths.at[i], NULL);
        worst = code > worst ? code : worst;
    }
    for (size_t i = 0; job->config.source && i < job->config.lock_count; i++) {
        const struct pl_config_lock *lock = &job->config.locks[i];
        int code = check_one(job, lock->output, lock);
        worst = code > worst ? code : worst;
    }
    return worst;
}

static int run(struct pl_cli *cli, const void *given)
{
    const struct values *values = given;
    struct pl_error err = {.arena = cli->arena};
    struct job job = {.cli = cli,
                      .values = values,
                      .resolve = values->resolve,
                      .w = pl_jsonw_to(&cli->text)};
    if (!cli->parsed.args.len &&
        !pl_check_config_open(cli, &job.resolve, &job.config, &err))
        return pl_cli_fail(cli, &err);
    if (values->format) {
        pl_jsonw_object(&job.w, NULL);
        pl_jsonw_array(&job.w, "locks");
    }
    int worst = check_all(&job);
    if (values->format) {
        pl_jsonw_end(&job.w);
        pl_jsonw_end(&job.w);
    }
    return worst;
}

const struct pl_command pl_cmd_check = {
    .name = "check",
    .args = "[LOCK ...]",
    .summary = "is a lock valid, and still the answer to its inputs?",
    .text =
        "Without a network: the file is a valid pylock.toml; the files it was "
        "made from, its template's facts and the rules are as they were, or "
        "it agrees with them all the same; every requirement is met, nothing "
        "protected would be replaced, what the template keeps has what it "
        "needs, and every file fits. Of another tool's lock: what can be "
        "told. Without LOCK: those of podlock.toml, which must "
        "be made as it says, else pylock.toml.\n"
        "A lock says itself what it was made from. To check it against what "
        "you say, use `podlock resolve --check`.",
    .examples = "podlock check\tone line, and 1 when the answer is no\n"
                "podlock check -v pylock.cu128.toml\tall that is wrong",
    .options = options,
    .option_count = PL_COUNT(options),
    .shared = pl_resolve_option_table + PL_RESOLVE_INDEX_FIRST,
    .shared_count = PL_RESOLVE_INDEX_COUNT,
    .values_size = sizeof(struct values),
    .max_args = 1000,
    .run = run,
};
