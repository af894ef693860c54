#include "cli/template_fit.h"

#include "cli/resolve_index.h"
#include "cli/resolve_search.h"
#include "resolver/conflict_text.h"
#include "resolver/refine.h"

static void close_index(struct pl_setup *setup)
{
    pl_index_close(setup->index);
}

static bool may_share(const struct pl_resolve_options *options,
                      const struct pl_setup *base, const struct pl_setup *setup)
{
    return base->index && pl_str_eq(pl_resolve_torch_variant(options, base),
                                    pl_resolve_torch_variant(options, setup));
}

/*
 * A search that restarts without its trail closes the index, which is not
 * this one's: here there is none.
 */
static bool search_shared(const struct pl_setup *base, struct pl_setup *setup,
                          struct pl_solution *solution, struct pl_error *err)
{
    pl_index_begin_again(base->index);
    return pl_problem_start(&setup->problem, err) &&
           pl_refine(&setup->problem, base->index, (struct pl_str){0}, NULL,
                     solution, err);
}

static bool search_own(struct pl_cli *cli,
                       const struct pl_resolve_options *options,
                       struct pl_setup *setup, struct pl_solution *solution,
                       struct pl_error *err)
{
    bool good = pl_setup_open(cli, options, setup, err) &&
                pl_resolve_search(cli, options, setup, solution, err);
    pl_progress_end(&setup->progress);
    return good;
}

static bool add_up(const struct pl_solution *solution, struct pl_fit *fit,
                   struct pl_error *err)
{
    fit->fits = true;
    fit->packages = solution->chosen_count;
    for (size_t i = 0; i < solution->chosen_count; i++) {
        const struct pl_file *file = solution->chosen[i].candidate->file;
        if (!pl_file_complete(file, err))
            return false;
        fit->replaced += solution->chosen[i].replaces != NULL;
        if (__builtin_add_overflow(fit->download, file->details->size,
                                   &fit->download))
            fit->download = UINT64_MAX;
    }
    return true;
}

static bool answer(struct pl_cli *own, const struct pl_resolve_options *options,
                   const struct pl_setup *base, struct pl_setup *setup,
                   struct pl_fit *fit, struct pl_error *err)
{
    struct pl_solution solution;
    bool good = may_share(options, base, setup)
                    ? search_shared(base, setup, &solution, err)
                    : search_own(own, options, setup, &solution, err);
    if (!good)
        return false;
    if (!solution.satisfiable) {
        pl_conflict_error(&setup->problem, solution.conflict, &fit->why);
        fit->reason =
            pl_fit_reason(fit->why.arena, &setup->problem, solution.conflict);
        return true;
    }
    if (!add_up(&solution, fit, err))
        return false;
    fit->fits = pl_setup_allows(setup, fit->download, &fit->why);
    return true;
}

/*
 * An index hands out errors that it holds itself, which end with it; so does
 * the page that a place is in.
 */
static bool fail_with(struct pl_error *err, const struct pl_error *from)
{
    struct pl_str name = {0};
    unsigned line = 0;
    if (!err)
        return false;
    if (from->span.source) {
        name = from->span.source->name;
        line = pl_span_place(from->span).line;
    }
    if (name.len)
        pl_error_plain(err, from->code, "%.*s:%u: %.*s", PL_STR_ARG(name), line,
                       PL_STR_ARG(from->message));
    else
        pl_error_plain(err, from->code, "%.*s", PL_STR_ARG(from->message));
    if (from->because.len)
        pl_error_because(err, "%.*s", PL_STR_ARG(from->because));
    if (from->hint.len)
        pl_error_hint(err, "%.*s", PL_STR_ARG(from->hint));
    return false;
}

bool pl_template_fit(struct pl_cli *cli,
                     const struct pl_resolve_options *options,
                     const struct pl_setup *base,
                     const struct pl_template *template, struct pl_fit *fit,
                     struct pl_error *err)
{
    PL_ARENA(scratch);
    struct pl_cli own = *cli;
    struct pl_setup setup PL_CLEANUP(close_index) = {0};
    struct pl_fit made = {.why = {.arena = cli->arena}};
    struct pl_error failed = {.arena = cli->arena};
    own.arena = &scratch;
    if (!pl_setup_beside(base, &scratch, template, &setup, &made.why)) {
        if (made.why.code != PL_ERR_NO)
            return fail_with(err, &made.why);
    } else if (!answer(&own, options, base, &setup, &made, &failed)) {
        return fail_with(err, &failed);
    }
    if (!made.fits && !made.reason.len)
        made.reason = made.why.message;
    *fit = made;
    return true;
}
