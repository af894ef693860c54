#include "cli/preflight_newest.h"

#include "cli/resolve_index.h"
#include "core/limits.h"
#include "resolver/candidates.h"

/* The indexes as one command asks them. */
struct world {
    struct pl_str torch_variant; /* empty: the usual index */
    struct pl_setup setup;
};

struct pl_newest {
    struct pl_cli *cli;
    struct pl_resolve_options options;
    struct world *worlds[PL_MAX_DOCKER_INDEXES]; /* an index stays in place */
    size_t count, asked;
    bool failed; /* then nothing more is asked */
    struct pl_error err;
};

static bool open_world(struct pl_newest *newest, struct world *world)
{
    struct pl_setup *setup = &world->setup;
    struct pl_arena *arena = newest->cli->arena;
    struct pl_resolve_options options = newest->options;
    options.torch_backend = world->torch_variant;
    setup->problem.arena = arena;
    pl_inputs_init(&setup->inputs, arena);
    return pl_torch_family_load(arena, &setup->family, &newest->err) &&
           pl_resolve_index_open(newest->cli, &options, setup, &newest->err);
}

/* NULL: there are too many, or it cannot be opened. */
static struct pl_setup *find_world(struct pl_newest *newest,
                                   struct pl_str torch_variant)
{
    for (size_t i = 0; i < newest->count; i++)
        if (pl_str_eq(newest->worlds[i]->torch_variant, torch_variant))
            return &newest->worlds[i]->setup;
    if (newest->count == PL_COUNT(newest->worlds))
        return NULL;
    struct world *world = pl_new(newest->cli->arena, struct world);
    world->torch_variant = torch_variant;
    newest->failed = !open_world(newest, world);
    newest->worlds[newest->count++] = world;
    return newest->failed ? NULL : &world->setup;
}

static const struct pl_page *
read_page(struct pl_newest *newest, struct pl_index *index, struct pl_str name)
{
    struct pl_index_event event;
    bool any;
    pl_index_begin_again(index);
    pl_index_want_page(index, name);
    newest->failed = !pl_index_next(index, &event, &any, &newest->err);
    return !newest->failed && any ? event.page : NULL;
}

/* The first candidate that meets what is asked; the newest stands first. */
static const struct pl_file *choose(struct pl_newest *newest,
                                    const struct pl_docker_wish *wish,
                                    const struct pl_torch_family *family,
                                    const struct pl_page *page)
{
    PL_ARENA(scratch);
    struct pl_asked asked = {.req = *wish->requirement};
    struct pl_problem problem = {
        .arena = &scratch,
        .env = wish->template->env,
        .tags = pl_tags_make(&scratch, &wish->template->env),
        .family = family,
        .asked = &asked,
        .asked_count = 1,
    };
    newest->failed = !pl_problem_start(&problem, &newest->err);
    if (newest->failed || !problem.roots.len)
        return NULL;
    struct pl_demand *demand = problem.roots.at[0].demand;
    pl_candidates_fill(&problem, demand->project, page);
    for (size_t i = 0; i < demand->project->candidate_count; i++)
        if (pl_demand_matches(demand, i))
            return demand->project->candidates[i].file;
    return NULL;
}

static const struct pl_file *ask(void *user, const struct pl_docker_wish *wish)
{
    struct pl_newest *newest = user;
    if (newest->failed || newest->asked++ >= PL_MAX_DOCKER_QUESTIONS)
        return NULL;
    struct pl_setup *setup = find_world(newest, wish->torch_variant);
    const struct pl_page *page =
        setup ? read_page(newest, setup->index, wish->requirement->name) : NULL;
    const struct pl_file *file =
        page ? choose(newest, wish, &setup->family, page) : NULL;
    /* With --index-url pip does not go on to the usual index. */
    if (!file || file->page->is_torch != (wish->torch_variant.len > 0))
        return NULL;
    newest->failed = !pl_file_complete(file, &newest->err);
    return newest->failed ? NULL : file;
}

bool pl_newest_open(struct pl_cli *cli, struct pl_str index_root,
                    struct pl_docker_question *question, struct pl_newest **out,
                    struct pl_error *err)
{
    (void)err;
    struct pl_newest *newest = pl_new(cli->arena, struct pl_newest);
    newest->cli = cli;
    newest->err.arena = cli->arena;
    newest->options = (struct pl_resolve_options){
        .index_root = index_root, .no_cache = true, .no_progress = true};
    question->newest = ask;
    question->newest_user = newest;
    *out = newest;
    return true;
}

bool pl_newest_close(struct pl_newest *newest, struct pl_error *err)
{
    for (size_t i = 0; newest && i < newest->count; i++) {
        pl_progress_end(&newest->worlds[i]->setup.progress);
        pl_index_close(newest->worlds[i]->setup.index);
    }
    if (!newest || !newest->failed)
        return true;
    if (err)
        *err = newest->err;
    return false;
}
