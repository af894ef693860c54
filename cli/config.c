#include "cli/config.h"

#include "cli/config_read.h"
#include "core/file.h"
#include "core/mask.h"
#include "core/trace.h"

/* ---- who comes first ---- */

static struct pl_supplied *supplied_of(const struct pl_parsed *parsed,
                                       struct pl_str name)
{
    for (size_t i = 0; i < parsed->supplied_count; i++)
        if (pl_str_is(name, parsed->supplied[i].option->name))
            return &parsed->supplied[i];
    return NULL;
}

/* The command line or PODLOCK_*: not what was set for pip or uv. */
static bool is_said(const struct pl_parsed *parsed, struct pl_str name)
{
    const struct pl_supplied *said = supplied_of(parsed, name);
    return said &&
           (!said->variable.len || pl_str_starts(said->variable, "PODLOCK_"));
}

/* ---- one value ---- */

static void trace(const struct pl_cli *cli, const struct pl_config_value *value)
{
    struct pl_str text = value->text;
    const char *wants = value->option->value;
    if (wants && strstr(wants, "URL"))
        text = pl_mask_url(cli->arena, text);
    PL_TRACE(PL_TRACE_OPTIONS, "--%s=%.*s from %.*s", value->option->name,
             PL_STR_ARG(text), PL_STR_ARG(value->origin));
}

static void remember(struct pl_cli *cli, const struct pl_config_value *value)
{
    struct pl_parsed *parsed = &cli->parsed;
    struct pl_supplied *known =
        supplied_of(parsed, pl_str_from(value->option->name));
    if (!known) {
        if (parsed->supplied_count == parsed->supplied_cap)
            parsed->supplied = pl_vec_grow(
                cli->arena, parsed->supplied, parsed->supplied_count,
                &parsed->supplied_cap, sizeof(*parsed->supplied));
        known = &parsed->supplied[parsed->supplied_count++];
    }
    *known = (struct pl_supplied){value->option, value->origin, value->text};
}

static void take(struct pl_cli *cli, const struct pl_config_lock *lock,
                 const struct pl_config_value *value,
                 struct pl_resolve_options *options)
{
    struct pl_str key = pl_config_key(value->option);
    if (is_said(&cli->parsed, pl_str_from(value->option->name)))
        return;
    trace(cli, value);
    if (pl_str_is(key, "template") && !lock->has_own_template) {
        options->config_template = value->text;
        options->config_origin = value->origin;
        return;
    }
    if (pl_str_is(key, "ignore-rules"))
        options->ignored_rules = lock->ignored;
    pl_config_put(value, options);
    remember(cli, value);
}

/* A format that is asked for now is of another file, or of none. */
static void take_output(const struct pl_cli *cli,
                        const struct pl_config_lock *lock,
                        struct pl_resolve_options *options)
{
    if (lock->output.len && !options->output_file.len &&
        !is_said(&cli->parsed, PL_STR("format")))
        options->output_file = lock->output;
}

void pl_config_apply(struct pl_cli *cli, const struct pl_config *config,
                     const struct pl_config_lock *lock,
                     struct pl_resolve_options *options)
{
    struct pl_parsed *parsed = &cli->parsed;
    const struct pl_supplied *old = parsed->supplied;
    if (!config->source)
        return;
    /* All of it stands in the command that a lock records. */
    options->no_config = true;
    /* Each lock has its own. */
    parsed->supplied_cap = parsed->supplied_count;
    parsed->supplied =
        pl_new_array(cli->arena, struct pl_supplied, parsed->supplied_count);
    for (size_t i = 0; i < parsed->supplied_count; i++)
        parsed->supplied[i] = old[i];
    for (size_t i = 0; i < lock->values.len; i++)
        take(cli, lock, &lock->values.at[i], options);
    take_output(cli, lock, options);
    if (!parsed->args.len)
        parsed->args = lock->inputs;
}

static bool which_one(const struct pl_cli *cli, const struct pl_config *config,
                      struct pl_error *err)
{
    PL_BUF(names, 1 << 16);
    struct pl_str file = config->source->name;
    for (size_t i = 0; i < config->lock_count; i++)
        pl_buf_addf(&names, "%s%.*s", i ? ", " : "",
                    PL_STR_ARG(config->locks[i].name));
    struct pl_str list = pl_arena_dup(cli->arena, pl_buf_view(&names));
    pl_error_plain(err, PL_ERR_USAGE, "%.*s has several locks: %.*s",
                   PL_STR_ARG(file), PL_STR_ARG(list));
    return pl_error_hint(err, "--lock NAME says which");
}

bool pl_config_take_one(struct pl_cli *cli, struct pl_resolve_options *options,
                        struct pl_error *err)
{
    struct pl_config config;
    if (!pl_config_open(cli, options, &config, err))
        return false;
    if (config.lock_count > 1)
        return which_one(cli, &config, err);
    pl_config_apply(cli, &config, &config.locks[0], options);
    return true;
}
