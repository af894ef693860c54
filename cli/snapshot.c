#include "cli/snapshot.h"

#include "container/facts.h"
#include "container/report.h"
#include "container/tree_image.h"
#include "core/file.h"

struct taker {
    struct pl_cli *cli;
    const struct pl_snapshot_options *options;
    struct pl_error *err;
    struct pl_facts_options facts;
    struct pl_snapshot snapshot;
};

static bool make_facts(struct taker *t)
{
    struct pl_snapshot *snapshot = &t->snapshot;
    return pl_facts_make(t->cli->arena, &snapshot->container, snapshot->python,
                         &t->facts, &snapshot->template, t->err);
}

/* ---- files: a root, an archive ---- */

static bool take_tree(struct taker *t, struct pl_tree *tree,
                      const char *const *vars)
{
    struct pl_snapshot *snapshot = &t->snapshot;
    struct pl_scan_options scan = {
        .vars = vars, .python = t->options->python, .owners = true};
    bool good =
        pl_container_scan(t->cli->arena, tree, &scan, &snapshot->container,
                          t->err) &&
        pl_container_python(&snapshot->container, &snapshot->python, t->err) &&
        make_facts(t);
    pl_tree_close(tree);
    snapshot->container.tree = NULL;
    return good;
}

static bool take_root(struct taker *t)
{
    static const char *const no_vars[] = {NULL};
    struct pl_str root = t->options->root.len ? t->options->root : PL_STR("/");
    struct pl_tree *tree;
    if (!pl_tree_open_root(t->cli->arena, root, &tree, t->err))
        return false;
    t->facts.how = PL_STR("podlock snapshot of a container's files");
    return take_tree(t, tree, pl_str_is(root, "/") ? t->cli->vars : no_vars);
}

static bool take_archive(struct taker *t)
{
    const struct pl_strs *named = &t->options->images;
    struct pl_image_options options = {.platform = t->options->platform};
    if (named->len)
        options.name = named->at[0];
    struct pl_image image;
    struct pl_tree *tree;
    if (!pl_image_open(t->cli->arena, t->options->archive, &options, &image,
                       &tree, t->err))
        return false;
    if (image.reference_count) {
        t->facts.images = image.references;
        t->facts.image_count = image.reference_count;
    }
    struct pl_str digest = image.digest.len ? image.digest : image.id;
    t->facts.source =
        pl_arena_printf(t->cli->arena, "image %.*s", PL_STR_ARG(digest));
    t->facts.how = PL_STR("podlock snapshot of an image archive");
    return take_tree(t, tree, image.vars);
}

/* ---- what pip says ---- */

static bool take_inspect(struct taker *t)
{
    const struct pl_source *source;
    t->facts.how = PL_STR("podlock snapshot of what `pip inspect` says");
    if (!pl_source_load(t->cli->arena, t->options->pip_inspect, &source,
                        t->err) ||
        !pl_report_inspect(t->cli->arena, source, &t->snapshot.container,
                           t->err))
        return false;
    t->snapshot.python = t->snapshot.container.pythons;
    return make_facts(t);
}

static bool take_freeze(struct taker *t)
{
    const struct pl_source *source;
    struct pl_str version = t->options->python_version;
    if (!version.len) {
        pl_error_plain(t->err, PL_ERR_USAGE, "--freeze needs --python-version");
        return pl_error_hint(t->err, "such as --python-version 3.12; `pip "
                                     "freeze` does not say it");
    }
    t->facts.how = PL_STR("podlock snapshot of what `pip freeze` says");
    t->facts.is_partial = true;
    if (!pl_source_load(t->cli->arena, t->options->freeze, &source, t->err) ||
        !pl_report_freeze(t->cli->arena, source, version,
                          &t->snapshot.container, t->err))
        return false;
    t->snapshot.python = t->snapshot.container.pythons;
    return make_facts(t);
}

/* ---- which of them ---- */

/* A variable may be there for other commands. */
static bool is_on_line(const struct pl_cli *cli, const char *name)
{
    return pl_str_starts(pl_parsed_source(cli->arena, &cli->parsed, name),
                         "--");
}

static bool check_options(const struct pl_cli *cli,
                          const struct pl_snapshot_options *o,
                          struct pl_error *err)
{
    bool is_report = o->pip_inspect.len || o->freeze.len;
    size_t sources = !!o->root.len + !!o->archive.len + !!o->pip_inspect.len +
                     !!o->freeze.len;
    if (sources > 1)
        return pl_error_plain(err, PL_ERR_USAGE,
                              "--root, --archive, --pip-inspect and --freeze: "
                              "only one of them");
    if (is_report && o->python.len)
        return pl_error_plain(err, PL_ERR_USAGE,
                              "--python belongs to --root and --archive: pip "
                              "speaks of one Python");
    if (!o->freeze.len && o->python_version.len &&
        is_on_line(cli, "python-version"))
        return pl_error_plain(err, PL_ERR_USAGE,
                              "--python-version belongs to --freeze");
    if (o->platform.len && !o->archive.len)
        return pl_error_plain(err, PL_ERR_USAGE,
                              "--platform belongs to --archive");
    return true;
}

static bool take(struct taker *t)
{
    if (t->options->archive.len)
        return take_archive(t);
    if (t->options->pip_inspect.len)
        return take_inspect(t);
    return t->options->freeze.len ? take_freeze(t) : take_root(t);
}

bool pl_snapshot_take(struct pl_cli *cli,
                      const struct pl_snapshot_options *options,
                      struct pl_snapshot *out, struct pl_error *err)
{
    struct taker t = {.cli = cli, .options = options, .err = err};
    t.facts = (struct pl_facts_options){.id = options->id,
                                        .images = options->images.at,
                                        .image_count = options->images.len};
    if (!check_options(cli, options, err) || !take(&t))
        return false;
    *out = t.snapshot;
    return true;
}

/* ---- --template auto ---- */

bool pl_snapshot_is_meant(struct pl_str template)
{
    return pl_str_is(template, "auto") || pl_str_starts(template, "auto:/") ||
           pl_str_starts(template, "auto:.");
}

bool pl_snapshot_or_template(struct pl_cli *cli, struct pl_str wanted,
                             struct pl_template *out, struct pl_error *err)
{
    if (!pl_snapshot_is_meant(wanted))
        return pl_template_find(cli->arena, wanted, out, err);
    struct pl_snapshot_options options = {
        .root = pl_str_sub(wanted, sizeof("auto:") - 1, wanted.len)};
    struct pl_snapshot snapshot;
    if (!pl_snapshot_take(cli, &options, &snapshot, err))
        return false;
    *out = snapshot.template;
    return true;
}

bool pl_snapshot_here(struct pl_cli *cli, struct pl_snapshot *out)
{
    static const struct pl_snapshot_options machine;
    struct pl_snapshot found;
    if (!pl_snapshot_take(cli, &machine, &found, NULL) ||
        !pl_template_fact(&found.template, PL_STR("torch")))
        return false;
    *out = found;
    return true;
}
