#include "resolver/options.h"

static bool is_usable(const struct pl_candidate *candidate)
{
    return candidate->state != PL_CANDIDATE_UNUSABLE;
}

static bool page_is_known(const struct pl_project *project)
{
    return project->page_state == PL_PAGE_READ ||
           project->page_state == PL_PAGE_ABSENT;
}

static void push_option(struct pl_arena *arena, struct pl_pool_project *pp,
                        enum pl_option_kind kind, size_t first, size_t last)
{
    pl_vec_push(arena, &pp->options,
                (struct pl_option){
                    .project = pp->project,
                    .kind = kind,
                    .first = first,
                    .last = last,
                });
}

void pl_options_make(struct pl_arena *arena, struct pl_pool_project *pp)
{
    const struct pl_project *project = pp->project;
    pp->fact_option = SIZE_MAX;
    if (!page_is_known(project))
        push_option(arena, pp, PL_OPTION_UNREAD_PAGE, 0, 0);
    size_t run = SIZE_MAX;
    for (size_t i = 0; i < project->candidate_count; i++) {
        const struct pl_candidate *candidate = &project->candidates[i];
        /* a version that fell away must not join the runs it stood between:
         * what was refuted of one is not refuted of the other */
        if (candidate->loaded)
            run = SIZE_MAX;
        if (!is_usable(candidate))
            continue;
        if (!candidate->loaded) {
            if (run == SIZE_MAX)
                push_option(arena, pp, PL_OPTION_RUN, i, i);
            run = i;
            pp->options.at[pp->options.len - 1].last = i;
            continue;
        }
        if (candidate->fact)
            pp->fact_option = pp->options.len;
        push_option(arena, pp, PL_OPTION_VERSION, i, i);
    }
}

struct pl_candidate *pl_option_candidate(const struct pl_option *option)
{
    if (option->kind != PL_OPTION_VERSION)
        return NULL;
    return &option->project->candidates[option->first];
}

bool pl_option_provides(const struct pl_option *option,
                        const struct pl_demand *demand)
{
    if (option->kind == PL_OPTION_UNREAD_PAGE)
        return true;
    const struct pl_project *project = option->project;
    for (size_t i = option->first; i <= option->last; i++)
        if (is_usable(&project->candidates[i]) && pl_demand_matches(demand, i))
            return true;
    return false;
}
