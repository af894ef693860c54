/*
 * One question put to another container: do the same requirements fit that
 * template, and at what cost?
 *
 *     struct pl_fit fit;
 *     if (!pl_template_fit(cli, options, &setup, template, &fit, &err))
 *         ...            an index failed, say: nothing is known
 *     else if (fit.fits) ... fit.packages, fit.download
 *     else               ... fit.why
 *
 * Files are not read again, and the search has memory of its own, which is
 * given back. Where `base` has an open index and the template's torch is of
 * the same variant, that index answers, from memory what it has read already;
 * else one is opened for this question, which starts from the trail of an
 * earlier run (cli/resolve_search.h).
 */
#ifndef PODLOCK_CLI_TEMPLATE_FIT_H
#define PODLOCK_CLI_TEMPLATE_FIT_H

#include "cli/resolve_setup.h"
#include "resolver/conflict.h"

struct pl_fit {
    bool fits;
    /* When it does: what there is to install. */
    size_t packages; /* `replaced` are among them */
    size_t replaced;
    uint64_t download; /* bytes, as far as they are known */
    /* When it does not: all of it, and what stands against what in a line. */
    struct pl_error why;
    struct pl_str reason;
};

/*
 * `base` is what pl_setup_read or pl_setup_make has made; its index is begun
 * again, what it has answered stays. Texts are in the arena of `cli`,
 * those of an error in its own. False
 * when there is no answer: PL_ERR_INDEX, PL_ERR_INTEGRITY, PL_ERR_LIMIT; and
 * with PL_ERR_USAGE when the options make no index, for this template or any.
 */
PL_MUST_CHECK bool pl_template_fit(struct pl_cli *cli,
                                   const struct pl_resolve_options *options,
                                   const struct pl_setup *base,
                                   const struct pl_template *template,
                                   struct pl_fit *fit, struct pl_error *err);

/*
 * "torch<2.8 (requirements.in:2) against torch 2.8.0+cu128": the line and the
 * first thing that stands against it.
 */
struct pl_str pl_fit_reason(struct pl_arena *arena,
                            const struct pl_problem *problem,
                            const struct pl_conflict *conflict);

#endif
