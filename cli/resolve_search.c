#include "cli/resolve_search.h"

#include "core/limits.h"
#include "resolver/refine.h"

static bool refine(const struct pl_resolve_options *options,
                   struct pl_setup *setup, struct pl_trail *trail,
                   struct pl_solution *solution, struct pl_error *err)
{
    return pl_refine(&setup->problem, setup->index, options->dump_dir, trail,
                     solution, err);
}

bool pl_resolve_search(struct pl_cli *cli,
                       const struct pl_resolve_options *options,
                       struct pl_setup *setup, struct pl_solution *solution,
                       struct pl_error *err)
{
    PL_BUF(next, PL_MAX_TRAIL_BYTES);
    struct pl_trail trail = {.next = &next};
    /* a dump holds what a replay will ask for, which knows no trail */
    if (!setup->cache || options->dump_dir.len)
        return refine(options, setup, NULL, solution, err);
    struct pl_str site =
        pl_cache_site(setup->cache, setup->first_site, (struct pl_str){0});
    struct pl_str name = pl_trail_name(&setup->problem, setup->indexes);
    (void)!pl_cache_load(setup->cache, cli->arena, PL_CACHE_TRAIL, site, name,
                         &trail.earlier);
    bool is_done = refine(options, setup, &trail, solution, err);
    if (!is_done && trail.to_blame) {
        trail.earlier = (struct pl_str){0};
        is_done = pl_setup_restart(cli, options, setup, err) &&
                  refine(options, setup, &trail, solution, err);
    }
    struct pl_str left = pl_buf_view(&next);
    if (is_done && pl_buf_ok(&next) && left.len &&
        !pl_str_eq(left, trail.earlier))
        pl_cache_save(setup->cache, PL_CACHE_TRAIL, site, name, left);
    return is_done;
}
