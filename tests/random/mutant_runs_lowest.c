/*
 * A fault put in on purpose: every run is ranked below all loaded versions,
 * as the first prototype did. Linked with --wrap=pl_options_make.
 */
#include "resolver/options.h"

void __real_pl_options_make(struct pl_arena *arena, struct pl_pool_project *pp);
void __wrap_pl_options_make(struct pl_arena *arena, struct pl_pool_project *pp);

static void push_kind(struct pl_arena *arena, struct pl_pool_project *pp,
                      const struct pl_option *options, size_t count, bool runs)
{
    for (size_t i = 0; i < count; i++) {
        if ((options[i].kind == PL_OPTION_RUN) != runs)
            continue;
        if (options[i].kind == PL_OPTION_VERSION &&
            options[i].project->candidates[options[i].first].fact)
            pp->fact_option = pp->options.len;
        pl_vec_push(arena, &pp->options, options[i]);
    }
}

void __wrap_pl_options_make(struct pl_arena *arena, struct pl_pool_project *pp)
{
    __real_pl_options_make(arena, pp);
    struct pl_option *options = pp->options.at;
    size_t count = pp->options.len;
    pp->options.at = NULL;
    pp->options.len = pp->options.cap = 0;
    push_kind(arena, pp, options, count, false);
    push_kind(arena, pp, options, count, true);
}
