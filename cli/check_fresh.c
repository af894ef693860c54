#include "cli/check_fresh.h"

#include "cli/lock_changes.h"
#include "cli/resolve_keep.h"
#include "cli/resolve_lock.h"
#include "cli/resolve_search.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/limits.h"
#include "resolver/conflict_text.h"

/* Packages that the one line names. */
#define MAX_TOLD 3
#define MAX_TOLD_VERBOSE 10000

/* A stranger's lock must not choose who is asked. */
static bool check_indexes(struct pl_cli *cli,
                          const struct pl_resolve_options *asked,
                          const struct pl_resolve_options *of_lock,
                          struct pl_error *err)
{
    struct pl_strs ours = pl_resolve_index_words(cli->arena, asked);
    struct pl_strs its = pl_resolve_index_words(cli->arena, of_lock);
    PL_BUF(words, PL_MAX_MESSAGE_BYTES);
    if (asked->index_root.len || !its.len || pl_strs_eq(&ours, &its))
        return true;
    for (size_t i = 0; i < its.len; i++) {
        pl_buf_add_cstr(&words, i ? " " : "");
        pl_escape_shell(&words, its.at[i]);
    }
    pl_error_plain(err, PL_ERR_USAGE,
                   "the lock was made with `%.*s`; whom to ask is not taken "
                   "from a lock",
                   PL_STR_ARG(pl_buf_view(&words)));
    return pl_error_hint(err, "if you trust it, say it yourself: podlock "
                              "check --fresh with these options");
}

/* What is of the answer from the lock, what is of this machine from here. */
static struct pl_resolve_options
combine(const struct pl_resolve_options *of_lock,
        const struct pl_resolve_options *asked, struct pl_str output)
{
    struct pl_resolve_options made = *of_lock;
    made.index_url = asked->index_url;
    made.extra_index_urls = asked->extra_index_urls;
    made.torch_index_url = asked->torch_index_url;
    made.find_links = asked->find_links;
    made.no_index = asked->no_index;
    made.index_strategy = asked->index_strategy;
    made.index_root = asked->index_root;
    made.offline = asked->offline;
    made.cert = asked->cert;
    made.insecure_hosts = asked->insecure_hosts;
    made.cache_dir = asked->cache_dir;
    made.no_cache = asked->no_cache;
    made.refresh = asked->refresh;
    made.refresh_packages = asked->refresh_packages;
    made.no_progress = asked->no_progress;
    made.output_file = output;
    made.format = PL_OUTPUT_PYLOCK;
    made.no_repairs = true;
    return made;
}

static void find_no(struct pl_check *check, const struct pl_solution *solution)
{
    struct pl_error why = {.arena = check->findings.arena};
    struct pl_lock_finding *finding =
        pl_lock_find(&check->findings, PL_TROUBLE_FRESH,
                     check->lock.places.tool, "there is no answer any more");
    pl_conflict_error(&check->setup.problem, solution->conflict, &why);
    finding->told.because = why.message;
}

static void find_changes(struct pl_cli *cli, struct pl_check *check,
                         const struct pl_lock *now)
{
    struct pl_span where;
    size_t max = cli->common.verbose ? MAX_TOLD_VERBOSE : MAX_TOLD;
    check->is_fresh = pl_lock_same(&check->lock, now);
    if (check->is_fresh)
        return;
    struct pl_str text =
        pl_lock_changes(cli->arena, &check->lock, now, max, &where);
    struct pl_lock_finding *finding =
        pl_lock_find(&check->findings, PL_TROUBLE_FRESH, where,
                     "resolving again gives something else");
    finding->told.because = text;
}

static bool resolve(struct pl_cli *cli,
                    const struct pl_resolve_options *options,
                    struct pl_check *check, struct pl_error *err)
{
    struct pl_setup *setup = &check->setup;
    struct pl_solution solution;
    struct pl_lock now;
    bool good =
        pl_resolve_pins(options, &setup->inputs, &setup->problem, err) &&
        pl_setup_restart(cli, options, setup, err) &&
        pl_resolve_search(cli, options, setup, &solution, err);
    pl_progress_end(&setup->progress);
    if (!good)
        return false;
    if (!solution.satisfiable) {
        find_no(check, &solution);
        return true;
    }
    if (!pl_resolve_lock(setup, options, &solution, &now, err))
        return false;
    find_changes(cli, check, &now);
    return true;
}

bool pl_check_fresh(struct pl_cli *cli, const struct pl_resolve_options *asked,
                    struct pl_check *check, struct pl_error *err)
{
    bool is_beside = !pl_str_is(check->folder, ".");
    struct pl_resolve_options options =
        combine(&check->options, asked,
                is_beside ? pl_path_base(check->path) : check->path);
    if (!check_indexes(cli, asked, &check->options, err))
        return false;
    int back;
    if (!pl_check_enter(check->folder, &back, err))
        return false;
    bool good = resolve(cli, &options, check, err);
    pl_index_close(check->setup.index);
    check->setup.index = NULL;
    pl_check_leave(back);
    return good;
}
