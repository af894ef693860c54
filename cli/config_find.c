#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/config.h"
#include "cli/nearest.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/toml.h"
#include "core/trace.h"

struct finder {
    struct pl_cli *cli;
    struct pl_resolve_options *options;
    struct pl_error *err;
    struct pl_str pyproject; /* the first file, where it is one; or empty */
    struct pl_str path;      /* what is found; empty: nothing */
};

/* ---- folders above ---- */

static struct pl_str above(struct pl_arena *arena, struct pl_str dir)
{
    if (pl_str_is(dir, "."))
        return PL_STR("..");
    if (pl_str_is(pl_path_base(dir), ".."))
        return pl_path_join(arena, dir, PL_STR(".."));
    return pl_path_dir(dir);
}

/* git's rule too: another user's repository is not trusted. */
static bool is_own_work_tree(struct pl_arena *arena, struct pl_str dir)
{
    struct stat info;
    struct pl_str path = pl_path_join(arena, dir, PL_STR(".git"));
    return stat(path.at, &info) == 0 && info.st_uid == geteuid();
}

/* How many folders above are in the work tree; 0 outside of one. */
static size_t levels_up(struct pl_arena *arena, struct pl_str dir)
{
    for (size_t n = 0; n < PL_MAX_FOLDERS_UP; n++) {
        if (is_own_work_tree(arena, dir))
            return n;
        dir = above(arena, dir);
    }
    return 0;
}

/* ---- one folder ---- */

static void destroy_toml(struct pl_toml **doc)
{
    pl_toml_destroy(*doc);
}

/* The word is looked for first: most of these files are about other things. */
static bool has_table(struct pl_arena *arena, struct pl_str path, bool *out,
                      struct pl_error *err)
{
    const struct pl_source *source;
    const struct pl_toml_node *node;
    struct pl_toml *doc PL_CLEANUP(destroy_toml) = NULL;
    *out = false;
    if (!pl_file_exists(path))
        return true;
    if (!pl_source_load(arena, path, &source, err))
        return false;
    if (pl_str_find_str(source->text, PL_STR("podlock")) == source->text.len)
        return true;
    if (!pl_toml_parse(source, &doc, err))
        return false;
    node = pl_toml_root(doc);
    *out =
        pl_toml_get(node, "tool", &node) && pl_toml_get(node, "podlock", &node);
    return true;
}

static bool look_in(struct finder *f, struct pl_str dir)
{
    struct pl_arena *arena = f->cli->arena;
    struct pl_str own = pl_path_join(arena, dir, PL_STR("podlock.toml"));
    struct pl_str pyproject =
        f->pyproject.len ? f->pyproject
                         : pl_path_join(arena, dir, PL_STR("pyproject.toml"));
    bool both;
    f->pyproject = (struct pl_str){0};
    if (!has_table(arena, pyproject, &both, f->err))
        return false;
    if (pl_file_exists(own)) {
        f->path = own;
        if (both)
            pl_cli_note(f->cli,
                        "podlock: warning: %.*s counts; [tool.podlock] of "
                        "%.*s does not",
                        PL_STR_ARG(own), PL_STR_ARG(pyproject));
    } else if (both) {
        f->path = pyproject;
    }
    return true;
}

static bool find(struct finder *f, struct pl_str first)
{
    bool is_file = first.len && !pl_str_is(first, "-");
    struct pl_str dir = is_file ? pl_path_dir(first) : PL_STR(".");
    size_t levels = levels_up(f->cli->arena, dir);
    if (is_file && pl_str_ends(first, "pyproject.toml"))
        f->pyproject = first;
    for (size_t n = 0; n <= levels; n++) {
        if (!look_in(f, dir))
            return false;
        if (f->path.len)
            return true;
        dir = above(f->cli->arena, dir);
    }
    return true;
}

/* ---- its folder becomes the working directory ---- */

static bool is_path(const struct pl_option *option, struct pl_str text)
{
    if (!text.len || pl_str_is(text, "-") || pl_str_starts(text, "/") ||
        pl_str_starts(text, "file:") ||
        pl_str_find_str(text, PL_STR("://")) < text.len)
        return false;
    return !pl_str_is(pl_str_from(option->name), "template") ||
           pl_file_exists(text);
}

static void move_path(struct finder *f, const struct pl_option *option,
                      struct pl_str dir, struct pl_str *path)
{
    if (is_path(option, *path))
        *path = pl_path_from(f->cli->arena, dir, *path);
}

static void move_paths(struct finder *f, struct pl_str dir)
{
    for (size_t i = 0; i < PL_RESOLVE_OPTION_COUNT; i++) {
        const struct pl_option *option = &pl_resolve_option_table[i];
        char *value = (char *)f->options + option->offset;
        if (!pl_config_is_path(option))
            continue;
        if (option->kind == PL_OPTION_VALUE)
            move_path(f, option, dir, (struct pl_str *)value);
        if (option->kind != PL_OPTION_LIST)
            continue;
        struct pl_strs *list = (struct pl_strs *)value;
        for (size_t k = 0; k < list->len; k++)
            move_path(f, option, dir, &list->at[k]);
    }
}

static bool enter(struct finder *f)
{
    struct pl_str dir = pl_path_dir(f->path);
    if (pl_str_is(dir, "."))
        return true;
    move_paths(f, dir);
    dir = pl_arena_dup(f->cli->arena, dir);
    if (chdir(dir.at) != 0)
        return pl_error_plain(f->err, PL_ERR_FILE,
                              "cannot change to `%.*s`: %s", PL_STR_ARG(dir),
                              strerror(errno));
    pl_cli_note(f->cli, "podlock: %.*s: paths are relative to its folder",
                PL_STR_ARG(f->path));
    f->path = pl_path_base(f->path);
    return true;
}

/* ---- which of its locks ---- */

static bool no_inputs(const struct pl_config *config,
                      const struct pl_config_lock *lock, struct pl_error *err)
{
    struct pl_str name = config->source->name;
    pl_error_set(err, PL_ERR_USAGE, lock->span,
                 "no requirements file is named, and %.*s has no `inputs`",
                 PL_STR_ARG(name));
    return pl_error_hint(err, "inputs = [\"requirements.in\"]");
}

static bool no_lock(const struct pl_config *config, struct pl_str name,
                    struct pl_error *err)
{
    struct pl_nearest nearest = pl_nearest_to(name);
    for (size_t i = 0; i < config->lock_count; i++)
        pl_nearest_try(&nearest, config->locks[i].name);
    if (!config->source)
        return pl_error_plain(err, PL_ERR_USAGE,
                              "--lock %.*s: there is no podlock.toml and no "
                              "[tool.podlock]",
                              PL_STR_ARG(name));
    struct pl_str file = config->source->name;
    pl_error_plain(err, PL_ERR_USAGE, "%.*s has no [lock.%.*s]",
                   PL_STR_ARG(file), PL_STR_ARG(name));
    return nearest.found.len ? pl_error_hint(err, "did you mean `%.*s`?",
                                             PL_STR_ARG(nearest.found))
                             : false;
}

static bool choose_named(struct pl_config *config, struct pl_str name,
                         struct pl_error *err)
{
    for (size_t i = 0; i < config->lock_count; i++) {
        if (!pl_str_eq(config->locks[i].name, name))
            continue;
        config->locks += i;
        config->lock_count = 1;
        return true;
    }
    return no_lock(config, name, err);
}

/* For the files that are named: neither the file's own nor its output. */
static void choose_base(struct pl_arena *arena, struct pl_config *config)
{
    config->locks = pl_new(arena, struct pl_config_lock);
    config->locks[0] = config->base;
    config->locks[0].has_inputs = false;
    config->locks[0].inputs = (struct pl_strs){0};
    config->locks[0].output = (struct pl_str){0};
    config->lock_count = 1;
}

static bool choose(struct finder *f, struct pl_config *config)
{
    struct pl_str name = f->options->lock;
    bool has_files = f->cli->parsed.args.len > 0;
    if (name.len && has_files) {
        pl_error_plain(f->err, PL_ERR_USAGE,
                       "--lock %.*s has its files in podlock.toml",
                       PL_STR_ARG(name));
        return pl_error_hint(f->err, "leave out the files, or --lock");
    }
    if (name.len && !choose_named(config, name, f->err))
        return false;
    if (has_files || !config->source) {
        choose_base(f->cli->arena, config);
        return true;
    }
    for (size_t i = 0; i < config->lock_count; i++)
        if (!config->locks[i].has_inputs)
            return no_inputs(config, &config->locks[i], f->err);
    return true;
}

/* ---- the whole ---- */

static bool read_config(struct finder *f, bool is_pyproject,
                        struct pl_config *out)
{
    struct pl_arena *arena = f->cli->arena;
    const struct pl_source *source;
    if (!f->path.len)
        return true;
    PL_TRACE(PL_TRACE_OPTIONS, "%.*s says how to lock", PL_STR_ARG(f->path));
    return pl_source_load(arena, f->path, &source, f->err) &&
           pl_config_parse(arena, source, is_pyproject, pl_path_dir(f->path),
                           out, f->err);
}

bool pl_config_open(struct pl_cli *cli, struct pl_resolve_options *options,
                    struct pl_config *out, struct pl_error *err)
{
    struct finder f = {
        .cli = cli, .options = options, .err = err, .path = options->config};
    struct pl_config made = {0};
    struct pl_strs args = cli->parsed.args;
    if (options->no_config)
        f.path = (struct pl_str){0};
    else if (!f.path.len &&
             !find(&f, args.len ? args.at[0] : (struct pl_str){0}))
        return false;
    bool is_pyproject = pl_str_ends(f.path, "pyproject.toml");
    if (f.path.len && !args.len && !enter(&f))
        return false;
    if (!read_config(&f, is_pyproject, &made) || !choose(&f, &made))
        return false;
    *out = made;
    return true;
}
