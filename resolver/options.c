#include "resolver/options.h"

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

/* The unloaded versions from `from` up to before `end`, if any can be used. */
static void push_run(struct pl_arena *arena, struct pl_pool_project *pp,
                     size_t from, size_t end)
{
    const uint64_t *usable = pp->project->usable;
    size_t first = pl_bits_next(usable, from, end);
    if (first == end)
        return;
    size_t last = end - 1;
    while (!pl_bits_has(usable, last))
        last--;
    push_option(arena, pp, PL_OPTION_RUN, first, last);
}

void pl_options_make(struct pl_arena *arena, struct pl_pool_project *pp)
{
    const struct pl_project *project = pp->project;
    size_t count = project->candidate_count, from = 0;
    pp->fact_option = SIZE_MAX;
    if (!page_is_known(project))
        push_option(arena, pp, PL_OPTION_UNREAD_PAGE, 0, 0);
    while (from < count) {
        size_t loaded =
            pl_bits_next_of_both(project->loaded, project->usable, from, count);
        push_run(arena, pp, from, loaded);
        if (loaded < count) {
            if (project->candidates[loaded].fact)
                pp->fact_option = pp->options.len;
            push_option(arena, pp, PL_OPTION_VERSION, loaded, loaded);
        }
        from = loaded + 1;
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
    size_t end = option->last + 1;
    return pl_bits_next_of_both(demand->matches, option->project->usable,
                                option->first, end) < end;
}
