#include "cli/resolve_index.h"

#include "cli/index_plan.h"
#include "cli/resolve_lock.h"
#include "core/digest.h"
#include "core/limits.h"
#include "core/trace.h"
#include "index/folder.h"

/* The template's torch decides; --torch-backend where it has none. */
struct pl_str pl_resolve_torch_variant(const struct pl_resolve_options *options,
                                       const struct pl_setup *setup)
{
    struct pl_str of_template = setup->template.torch_variant;
    return setup->has_template && of_template.len ? of_template
                                                  : options->torch_backend;
}

static bool open_folder(struct pl_arena *arena,
                        const struct pl_index_plan *plan,
                        struct pl_setup *setup, struct pl_error *err)
{
    struct pl_folder_options folder = {
        .root = plan->folder,
        .torch_variant = plan->torch_variant,
        .family = &setup->family,
    };
    return pl_index_open_folder(arena, &folder, &setup->index, err);
}

static void add_lines(struct pl_buf *out, const char *label,
                      const struct pl_strs *list)
{
    for (size_t i = 0; i < list->len; i++)
        pl_buf_addf(out, "%s %.*s\n", label, PL_STR_ARG(list->at[i]));
}

static struct pl_str describe_indexes(struct pl_arena *arena,
                                      const struct pl_index_plan *plan)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    pl_buf_addf(&text, "torch %.*s\n", PL_STR_ARG(plan->torch_site));
    add_lines(&text, "index", &plan->sites);
    add_lines(&text, "find-links", &plan->find_links);
    return pl_arena_dup(arena, pl_buf_view(&text));
}

/*
 * Two runs ask the same when their command, files, template and indexes are
 * the same. One key too many costs nothing but requests.
 */
static struct pl_str claim_key(const struct pl_resolve_options *options,
                               const struct pl_setup *setup)
{
    struct pl_arena *arena = setup->problem.arena;
    const struct pl_inputs *in = &setup->inputs;
    struct pl_strs arguments = pl_resolve_arguments(setup, options);
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    add_lines(&text, "argument", &arguments);
    pl_buf_addf(&text, "template %.*s\n%.*s",
                PL_STR_ARG(setup->template.digest), PL_STR_ARG(setup->indexes));
    for (size_t i = 0; i < in->files.len; i++)
        pl_buf_addf(&text, "file %.*s\n", PL_STR_ARG(in->files.at[i].sha256));
    return pl_sha256_hex(arena, pl_buf_view(&text));
}

static struct pl_cache *open_cache(struct pl_cli *cli,
                                   const struct pl_resolve_options *options)
{
    struct pl_str dir = options->cache_dir;
    if (!dir.len)
        dir = pl_cache_default_dir(cli->arena);
    if (options->no_cache || !dir.len)
        return NULL;
    PL_TRACE(PL_TRACE_OPTIONS, "the cache is %.*s", PL_STR_ARG(dir));
    return pl_cache_open(cli->arena, dir);
}

static void trace_plan(const struct pl_index_plan *plan)
{
    for (size_t i = 0; i < plan->sites.len; i++)
        PL_TRACE(PL_TRACE_OPTIONS, "index %zu is %.*s", i + 1,
                 PL_STR_ARG(plan->sites.at[i]));
    if (plan->torch_site.len)
        PL_TRACE(PL_TRACE_OPTIONS, "torch's index is %.*s",
                 PL_STR_ARG(plan->torch_site));
}

/* SSL_CERT_FILE is read where SSL_CERT_DIR is: they go together. */
static struct pl_str cert_file(const struct pl_cli *cli,
                               const struct pl_resolve_options *options)
{
    struct pl_str from = pl_parsed_source(cli->arena, &cli->parsed, "cert");
    return pl_str_is(from, "SSL_CERT_FILE") ? (struct pl_str){0}
                                            : options->cert;
}

static bool no_cache(struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_USAGE,
                   "--offline reads the cache alone, and there is none");
    return pl_error_hint(err, "--cache-dir DIR or PODLOCK_CACHE_DIR, where "
                              "neither XDG_CACHE_HOME nor HOME is set");
}

static bool open_remote(struct pl_cli *cli,
                        const struct pl_resolve_options *options,
                        struct pl_index_plan *plan, struct pl_setup *setup,
                        struct pl_error *err)
{
    /* Lives as long as the index: its fetch keeps a pointer. */
    struct pl_credentials *credentials =
        pl_new(cli->arena, struct pl_credentials);
    *credentials = plan->credentials;
    pl_credentials_take_netrc_file(credentials);
    trace_plan(plan);
    setup->cache = open_cache(cli, options);
    if (options->offline && !setup->cache)
        return no_cache(err);
    setup->indexes = describe_indexes(cli->arena, plan);
    setup->first_site = plan->sites.len ? plan->sites.at[0] : PL_STR("");
    pl_progress_end(&setup->progress);
    pl_progress_begin(&setup->progress, cli, options->no_progress);
    struct pl_remote_options remote = {
        .sites = plan->sites.at,
        .site_count = plan->sites.len,
        .torch_site = plan->torch_site,
        .find_links = plan->find_links.at,
        .find_link_count = plan->find_links.len,
        .strategy = (enum pl_index_strategy)options->index_strategy,
        .family = &setup->family,
        .fetch = {.ca_file = cert_file(cli, options),
                  .insecure_hosts = plan->insecure_hosts.at,
                  .insecure_host_count = plan->insecure_hosts.len,
                  .credentials = credentials},
        .cache = setup->cache,
        .offline = options->offline,
        .refresh = options->refresh,
        .refresh_names = plan->refresh_names.at,
        .refresh_name_count = plan->refresh_names.len,
        .claim = claim_key(options, setup),
        .report = pl_progress_report,
        .user = &setup->progress,
    };
    return pl_index_open_remote(cli->arena, &remote, &setup->index, err);
}

bool pl_resolve_index_open(struct pl_cli *cli,
                           const struct pl_resolve_options *options,
                           struct pl_setup *setup, struct pl_error *err)
{
    struct pl_index_plan plan;
    struct pl_plan_input input = {
        .options = options,
        .parsed = &cli->parsed,
        .inputs = &setup->inputs,
        .torch_variant = pl_resolve_torch_variant(options, setup),
    };
    if (!pl_index_plan_make(cli->arena, &input, &plan, err))
        return false;
    /* They are said once, also when the search starts again. */
    for (size_t i = 0; i < plan.notes.len && !setup->is_noted; i++)
        pl_cli_note(cli, "podlock: %.*s", PL_STR_ARG(plan.notes.at[i]));
    setup->is_noted = true;
    if (plan.folder.len)
        return open_folder(cli->arena, &plan, setup, err);
    return open_remote(cli, options, &plan, setup, err);
}
