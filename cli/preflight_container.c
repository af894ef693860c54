#include "cli/preflight_container.h"

#include "cli/findings_show.h"
#include "cli/lock_show.h"
#include "cli/progress.h"
#include "container/preflight.h"
#include "container/preflight_script.h"
#include "core/file.h"
#include "core/limits.h"

struct flight {
    struct pl_cli *cli;
    const struct pl_preflight_options *options;
    struct pl_error *err;
    struct pl_str root;
    struct pl_tree *tree;
    struct pl_container container;
    struct pl_lock lock;
    struct pl_template template;
    struct pl_abi_rules rules;
    struct pl_gpu gpu;
    struct pl_torch_family family;
    struct pl_preflight_machine machine;
    struct pl_strs ignored;
    struct pl_progress_line line;
    struct pl_preflight_question q;
    struct pl_preflight_verdict verdict;
};

/* ---- what is asked ---- */

static bool is_lock_needed(const struct pl_preflight_options *o)
{
    return o->before || o->after || o->script;
}

static bool no_lock(const struct pl_preflight_options *o, struct pl_error *err)
{
    const char *name = o->script   ? "--script"
                       : o->before ? "--before"
                                   : "--after";
    pl_error_plain(err, PL_ERR_USAGE,
                   "%s needs a lock, and pylock.toml is not here", name);
    return pl_error_hint(err, "podlock preflight LOCK %s", name);
}

static bool read_lock(struct flight *f)
{
    const struct pl_strs *args = &f->cli->parsed.args;
    struct pl_str path = args->len ? args->at[0] : PL_STR("pylock.toml");
    if (!args->len && !pl_file_exists(path))
        return !is_lock_needed(f->options) || no_lock(f->options, f->err);
    if (!pl_lock_open(f->cli, path, &f->lock, f->err))
        return false;
    f->q.lock = &f->lock;
    f->q.lock_name = path;
    return true;
}

static bool is_shipped(struct pl_str id)
{
    for (size_t i = 0; i < pl_template_shipped_count(); i++)
        if (pl_str_eq(pl_template_shipped_id(i), id))
            return true;
    return false;
}

/* A lock names an id: what it is the name of here is another matter. */
static bool read_template(struct flight *f)
{
    struct pl_str wanted = f->options->template_wanted;
    if (!wanted.len && is_shipped(f->lock.template_id))
        wanted = f->lock.template_id;
    if (!wanted.len || pl_str_is(wanted, "none"))
        return true;
    if (!pl_template_find(f->cli->arena, wanted, &f->template, f->err))
        return false;
    f->q.template = &f->template;
    return true;
}

static bool read_rules(struct flight *f)
{
    struct pl_arena *arena = f->cli->arena;
    f->q.rules = &f->rules;
    f->q.gpu = &f->gpu;
    f->q.family = &f->family;
    return pl_abi_load(arena, PL_STR(""), &f->rules, f->err) &&
           pl_gpu_load(arena, &f->gpu, f->err) &&
           pl_torch_family_load(arena, &f->family, f->err);
}

static bool read_ignored(struct flight *f)
{
    if (!pl_findings_ignored(f->cli->arena, pl_preflight_rules,
                             PL_PREFLIGHT_RULE_COUNT, &f->options->ignore,
                             &f->ignored, f->err))
        return false;
    f->q.ignored = f->ignored.at;
    f->q.ignored_count = f->ignored.len;
    return true;
}

/* ---- what is there ---- */

static struct pl_str site_of(const struct pl_python *python)
{
    for (size_t i = 0; i < python->folder_count; i++)
        if (python->folders[i].is_site && !python->folders[i].is_os)
            return python->folders[i].path;
    return PL_STR("");
}

/* The process's variables say something of the machine alone. */
static bool scan(struct flight *f)
{
    static const char *const no_vars[] = {NULL};
    struct pl_arena *arena = f->cli->arena;
    const struct pl_preflight_options *o = f->options;
    f->root = o->root.len ? o->root : PL_STR("/");
    bool is_here = pl_str_is(f->root, "/");
    struct pl_scan_options options = {.vars = is_here ? f->cli->vars : no_vars,
                                      .python = o->python,
                                      .owners = o->deep};
    if (!pl_tree_open_root(arena, f->root, &f->tree, f->err) ||
        !pl_container_scan(arena, f->tree, &options, &f->container, f->err) ||
        !pl_container_python(&f->container, &f->q.python, f->err))
        return false;
    const char *temp = pl_vars_get(options.vars, PL_STR("TMPDIR"));
    struct pl_preflight_place place = {.root = f->root,
                                       .site = site_of(f->q.python),
                                       .temp = pl_str_from(temp)};
    pl_preflight_machine_read(arena, f->tree, &place, &f->machine);
    f->q.container = &f->container;
    f->q.machine = &f->machine;
    f->q.vars_known = is_here;
    for (size_t i = 0; i < f->container.trouble_count; i++)
        if (&f->container.troubles[i] != f->container.pip_stop)
            pl_cli_warn(f->cli, &f->container.troubles[i]);
    return true;
}

static void report(void *data, size_t done, size_t all, struct pl_str name)
{
    struct flight *f = data;
    struct pl_str text = pl_arena_printf(f->cli->arena,
                                         "Comparing files: %zu of %zu packages "
                                         "%.*s",
                                         done, all, PL_STR_ARG(name));
    pl_progress_say(&f->line, text);
}

static bool check(struct flight *f)
{
    const struct pl_preflight_options *o = f->options;
    f->q.deep = o->deep;
    f->q.when = o->before  ? PL_PREFLIGHT_BEFORE
                : o->after ? PL_PREFLIGHT_AFTER
                           : PL_PREFLIGHT_FIND_OUT;
    f->q.progress.report = report;
    f->q.progress.data = f;
    if (o->deep)
        pl_progress_begin(&f->line, f->cli, o->no_progress);
    bool good = pl_preflight_check(f->cli->arena, &f->q, &f->verdict, f->err);
    if (o->deep)
        pl_progress_end(&f->line);
    return good;
}

/* ---- what is shown ---- */

static const char *when_name(enum pl_preflight_when when)
{
    static const char *const names[] = {[PL_PREFLIGHT_FIND_OUT] = "alone",
                                        [PL_PREFLIGHT_BEFORE] = "before",
                                        [PL_PREFLIGHT_AFTER] = "after"};
    return names[when];
}

static void add_lock_line(struct flight *f, struct pl_buf *out)
{
    const struct pl_preflight_verdict *v = &f->verdict;
    struct pl_str packages =
        pl_show_count(f->cli->arena, v->lock_packages, "package", "packages");
    if (!f->q.lock)
        return;
    pl_buf_addf(out, ", %.*s of %.*s", PL_STR_ARG(packages),
                PL_STR_ARG(pl_path_base(f->q.lock_name)));
    if (v->when == PL_PREFLIGHT_BEFORE)
        pl_buf_addf(out, " to install (%zu are there)", v->lock_installed);
}

/* "ready: torch 2.8.0+cu128, Python 3.12, 81 packages of ..., 12 checks" */
static void show_line(struct flight *f)
{
    const struct pl_preflight_verdict *v = &f->verdict;
    const struct pl_installed *torch =
        pl_python_has(f->q.python, PL_STR("torch"));
    bool is_bad = pl_findings_exit_code(&v->findings);
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_show_text(&f->cli->out, is_bad ? PL_STYLE_RED : PL_STYLE_GREEN,
                 is_bad ? PL_STR("not ready") : PL_STR("ready"), &f->cli->text);
    if (v->findings.list.len)
        pl_buf_addf(
            &text, ": %.*s",
            PL_STR_ARG(pl_findings_summary(f->cli->arena, &v->findings)));
    pl_buf_addf(&text, "%s ", v->findings.list.len ? ";" : ":");
    if (torch)
        pl_buf_addf(&text, "torch %.*s, ", PL_STR_ARG(torch->version_text));
    pl_buf_addf(&text, "Python %.*s", PL_STR_ARG(f->q.python->version));
    add_lock_line(f, &text);
    pl_buf_addf(&text, ", %zu checks", v->checks);
    if (v->hashed_packages)
        pl_buf_addf(&text, ", %.*s of %zu packages compared",
                    PL_STR_ARG(pl_show_bytes(f->cli->arena, v->hashed_bytes)),
                    v->hashed_packages);
    pl_show_text(&f->cli->out, PL_STYLE_PLAIN, pl_buf_view(&text),
                 &f->cli->text);
    pl_cli_print(f->cli, "\n");
}

static void say_when(const struct flight *f)
{
    const struct pl_preflight_options *o = f->options;
    const struct pl_preflight_verdict *v = &f->verdict;
    if (!f->q.lock)
        pl_cli_note(f->cli, "no lock is given and pylock.toml is not here: the "
                            "container alone is checked");
    else if (!o->before && !o->after)
        pl_cli_note(f->cli, "checked as %s the install: %.*s",
                    when_name(v->when), PL_STR_ARG(v->why));
}

static void show_text(struct flight *f)
{
    const char *actions = pl_vars_get(f->cli->vars, PL_STR("GITHUB_ACTIONS"));
    pl_findings_text(f->cli, &f->verdict.findings);
    if (actions && !strcmp(actions, "true"))
        pl_findings_github(f->cli, &f->verdict.findings);
    show_line(f);
    say_when(f);
}

static void add_str(struct pl_jsonw *w, const char *key, struct pl_str text)
{
    if (text.len)
        pl_jsonw_str(w, key, text);
    else
        pl_jsonw_null(w, key);
}

static void show_json(struct flight *f)
{
    const struct pl_preflight_verdict *v = &f->verdict;
    const struct pl_installed *torch =
        pl_python_has(f->q.python, PL_STR("torch"));
    struct pl_jsonw w = pl_jsonw_to(&f->cli->text);
    pl_jsonw_object(&w, NULL);
    pl_jsonw_bool(&w, "ready", !pl_findings_exit_code(&v->findings));
    pl_jsonw_str(&w, "when", pl_str_from(when_name(v->when)));
    add_str(&w, "lock", f->q.lock_name);
    add_str(&w, "template",
            f->q.template ? f->template.id : f->lock.template_id);
    pl_jsonw_object(&w, "python");
    add_str(&w, "version", f->q.python->version);
    add_str(&w, "program", f->q.python->program);
    pl_jsonw_end(&w);
    add_str(&w, "torch", torch ? torch->version_text : PL_STR(""));
    add_str(&w, "driver", f->machine.driver);
    pl_jsonw_u64(&w, "packages", v->lock_packages);
    pl_jsonw_u64(&w, "installed", v->lock_installed);
    pl_jsonw_u64(&w, "checks", v->checks);
    pl_findings_json(&w, &v->findings);
    pl_jsonw_end(&w);
}

/* ---- the two commands ---- */

static bool look(struct flight *f)
{
    bool good = read_ignored(f) && read_lock(f) && read_template(f) &&
                read_rules(f) && scan(f) && check(f);
    pl_tree_close(f->tree);
    return good;
}

static int print_script(struct flight *f)
{
    if (!read_lock(f) || !read_template(f))
        return pl_cli_fail(f->cli, f->err);
    pl_preflight_script(&f->lock, f->q.template, &f->cli->text);
    return 0;
}

int pl_preflight_container(struct pl_cli *cli,
                           const struct pl_preflight_options *options)
{
    struct pl_error err = {.arena = cli->arena};
    struct flight *f = pl_new(cli->arena, struct flight);
    f->cli = cli;
    f->options = options;
    f->err = &err;
    if (options->script)
        return print_script(f);
    if (!look(f))
        return pl_cli_fail(cli, &err);
    if (options->format == PL_FINDINGS_JSON)
        show_json(f);
    else if (options->format == PL_FINDINGS_GITHUB)
        pl_findings_github(cli, &f->verdict.findings);
    else
        show_text(f);
    return pl_findings_exit_code(&f->verdict.findings);
}
