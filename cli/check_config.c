#include "cli/check_config.h"

#include "cli/resolve_lock.h"
#include "core/escape.h"
#include "core/limits.h"

bool pl_check_config_open(struct pl_cli *cli,
                          struct pl_resolve_options *options,
                          struct pl_config *out, struct pl_error *err)
{
    bool is_asked_for = options->lock.len || options->config.len;
    if (pl_config_open(cli, options, out, err))
        return true;
    if (is_asked_for || err->code != PL_ERR_USAGE)
        return false;
    *out = (struct pl_config){0}; /* it has no inputs: they were named */
    return true;
}

/* Indexes may come from variables, and change nothing in what is checked. */
static struct pl_strs words_of(const struct pl_setup *setup,
                               const struct pl_resolve_options *options)
{
    const struct pl_resolve_options none = {0};
    struct pl_resolve_options plain = *options;
    plain.index_url = none.index_url;
    plain.extra_index_urls = none.extra_index_urls;
    plain.torch_index_url = none.torch_index_url;
    plain.find_links = none.find_links;
    plain.no_index = none.no_index;
    plain.index_strategy = none.index_strategy;
    return pl_resolve_arguments(setup, &plain);
}

static struct pl_str command_of(struct pl_arena *arena,
                                const struct pl_config_lock *lock)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    pl_buf_add_cstr(&text, "podlock resolve");
    if (lock->name.len) {
        pl_buf_add_cstr(&text, " --lock ");
        pl_escape_shell(&text, lock->name);
    }
    return pl_arena_dup(arena, pl_buf_view(&text));
}

bool pl_check_config(const struct pl_cli *cli, const struct pl_config *config,
                     const struct pl_config_lock *lock, struct pl_check *check,
                     struct pl_error *err)
{
    struct pl_cli own = *cli;
    struct pl_resolve_options options = {0};
    struct pl_setup setup;
    own.parsed = (struct pl_parsed){0};
    own.common.quiet = true; /* its warnings have been shown */
    pl_config_apply(&own, config, lock, &options);
    if (!check->is_asked)
        return true;
    if (!pl_setup_ask(&own, &options, &own.parsed.args, &setup, err))
        return false;
    struct pl_strs now = words_of(&setup, &options);
    struct pl_strs was = words_of(&check->setup, &check->options);
    check->command = command_of(cli->arena, lock);
    if (pl_strs_eq(&now, &was))
        return true;
    struct pl_lock_finding *finding = pl_lock_find(
        &check->findings, PL_TROUBLE_ARGUMENTS, check->lock.places.arguments,
        "it was made with other arguments than %.*s has now",
        PL_STR_ARG(config->source->name));
    PL_BUF(words, PL_MAX_MESSAGE_BYTES);
    for (size_t i = 0; i < now.len; i++) {
        pl_buf_add_cstr(&words, i ? " " : "now: ");
        pl_escape_shell(&words, now.at[i]);
    }
    finding->told.because = pl_arena_dup(cli->arena, pl_buf_view(&words));
    return true;
}
