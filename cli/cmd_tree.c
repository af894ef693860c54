#include <unistd.h>

#include "cli/commands.h"
#include "cli/lock_show.h"
#include "cli/nearest.h"
#include "cli/tree_show.h"
#include "cli/why_lock.h"
#include "core/limits.h"
#include "pep/name.h"

struct values {
    unsigned format; /* of "text|json" */
    bool invert;
    struct pl_str depth;
};

#define OPT(member) offsetof(struct values, member)

static const struct pl_option options[] = {
    {.name = "invert",
     .letter = 'i',
     .kind = PL_OPTION_FLAG,
     .offset = OPT(invert),
     .group = "Options",
     .help = "who needs it, in place of what it needs"},
    {.name = "depth",
     .letter = 'd',
     .kind = PL_OPTION_VALUE,
     .offset = OPT(depth),
     .value = "N",
     .help = "levels below the first; 0: only the first"},
    PL_OPTIONS_TEXT_OR_JSON(OPT(format), NULL),
};

static bool is_path(struct pl_str arg)
{
    return pl_why_is_lock(arg) || pl_str_is(arg, "-") || pl_str_has(arg, '/') ||
           pl_str_ends(arg, ".toml");
}

/* The first argument may be the lock; what is left are names. */
static struct pl_str take_lock(struct pl_strs *args)
{
    if (!args->len || !is_path(args->at[0]))
        return PL_STR("pylock.toml");
    args->len--;
    return *args->at++;
}

static bool read_depth(const struct values *values, size_t *depth,
                       struct pl_error *err)
{
    uint64_t number;
    *depth = PL_MAX_TREE_DEPTH;
    if (!values->depth.len)
        return true;
    if (!pl_str_to_u64(values->depth, &number))
        return pl_error_plain(err, PL_ERR_USAGE,
                              "--depth takes a number, not `%.*s`",
                              PL_STR_ARG(values->depth));
    if (number < *depth)
        *depth = number;
    return true;
}

static bool fail_absent(const struct pl_tree *tree, struct pl_str name,
                        struct pl_error *err)
{
    struct pl_nearest nearest = pl_nearest_to(name);
    for (size_t i = 0; i < tree->graph->count; i++)
        pl_nearest_try(&nearest, tree->graph->nodes[i].name);
    pl_error_plain(err, PL_ERR_NO, "%.*s is not in %.*s", PL_STR_ARG(name),
                   PL_STR_ARG(tree->path));
    return nearest.found.len ? pl_error_hint(err, "did you mean %.*s?",
                                             PL_STR_ARG(nearest.found))
                             : false;
}

static bool find_starts(struct pl_cli *cli, struct pl_tree *tree,
                        const struct pl_strs *names, struct pl_error *err)
{
    size_t *starts = pl_new_array(cli->arena, size_t, names->len + 1);
    tree->is_whole = !names->len;
    tree->starts = (struct pl_lock_edges){starts, names->len};
    if (tree->is_whole)
        tree->starts =
            pl_lock_graph_starts(cli->arena, tree->graph, tree->inverted);
    for (size_t i = 0; i < names->len; i++) {
        struct pl_str name = names->at[i];
        if (!pl_name_valid(name))
            return pl_error_plain(err, PL_ERR_USAGE,
                                  "`%.*s` is no name of a package",
                                  PL_STR_ARG(name));
        name = pl_name_normalize(cli->arena, name);
        const struct pl_lock_node *node = pl_lock_graph_find(tree->graph, name);
        if (!node)
            return fail_absent(tree, name, err);
        starts[i] = (size_t)(node - tree->graph->nodes);
    }
    return true;
}

/* A pipe gets the same bytes whatever the locale is. */
static bool draws_lines(const struct pl_cli *cli)
{
    const char *locale = pl_vars_get(cli->vars, PL_STR("LC_ALL"));
    if (!locale)
        locale = pl_vars_get(cli->vars, PL_STR("LC_CTYPE"));
    if (!locale)
        locale = pl_vars_get(cli->vars, PL_STR("LANG"));
    struct pl_str text = pl_str_from(locale);
    size_t dot = pl_str_find(text, '.');
    struct pl_str codeset = pl_str_sub(text, dot + 1, text.len);
    codeset = pl_str_sub(codeset, 0, pl_str_find(codeset, '@'));
    return (pl_str_is_nocase(codeset, "utf-8") ||
            pl_str_is_nocase(codeset, "utf8")) &&
           isatty(STDOUT_FILENO);
}

static int run(struct pl_cli *cli, const void *given)
{
    const struct values *values = given;
    struct pl_error err = {.arena = cli->arena};
    struct pl_strs names = cli->parsed.args;
    struct pl_lock lock;
    struct pl_lock_graph graph;
    struct pl_tree tree = {
        .lock = &lock,
        .graph = &graph,
        .path = take_lock(&names),
        .inverted = values->invert,
        .draws_lines = draws_lines(cli),
    };
    if (!read_depth(values, &tree.depth, &err) ||
        !pl_lock_open(cli, tree.path, &lock, &err) ||
        !pl_lock_graph_make(cli->arena, &lock, &graph, &err) ||
        !find_starts(cli, &tree, &names, &err) ||
        (!values->format && !pl_tree_show(cli, &tree, &err)))
        return pl_cli_fail(cli, &err);
    if (values->format)
        pl_tree_json(cli, &tree);
    return 0;
}

const struct pl_command pl_cmd_tree = {
    .name = "tree",
    .args = "[LOCK] [NAME ...]",
    .summary = "who brings in whom, and what it weighs",
    .text =
        "Shows a lock as a tree: what a line of the requirements asks for "
        "stands at the left edge, with the line, and what it needs below it. "
        "What a package needs is shown once; (*) stands for it elsewhere. "
        "With a NAME it begins there; --invert shows who needs it. LOCK is "
        "any pylock.toml, and pylock.toml when it is not given.",
    .examples = "podlock tree\twhat each line brings in\n"
                "podlock tree --depth 0\twhat each line costs\n"
                "podlock tree --invert numpy\twho needs numpy",
    .options = options,
    .option_count = PL_COUNT(options),
    .values_size = sizeof(struct values),
    .max_args = 100,
    .run = run,
};
