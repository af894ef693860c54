/*
 * From options and files to a problem and an index that are ready to search.
 *
 * Which template counts, in this order: --template (or PODLOCK_TEMPLATE), a
 * [lock.NAME] of podlock.toml, a line `# podlock: template = ID` in the
 * requirements, podlock.toml or [tool.podlock] (cli/config.h), the last FROM of
 * a Dockerfile beside them when it names a known image, and last the machine
 * podlock runs on when one of its Pythons has torch. `auto` names that machine
 * in each of these places (cli/snapshot.h).
 */
#ifndef PODLOCK_CLI_RESOLVE_SETUP_H
#define PODLOCK_CLI_RESOLVE_SETUP_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/resolve_options.h"
#include "index/cache.h"
#include "index/index.h"
#include "resolver/problem.h"
#include "resolver/reqfile.h"
#include "rules/abi.h"

struct pl_setup {
    struct pl_strs args; /* the files, as they were named */
    struct pl_inputs inputs;
    struct pl_template template;
    bool has_template;
    struct pl_str template_from; /* "--template", "Dockerfile" ... */
    struct pl_torch_family family;
    struct pl_abi_rules rules;
    PL_VEC(struct pl_str) ignored; /* ids, or "all" */
    struct pl_ignored_vec reasons; /* why, of those that podlock.toml lifts */
    struct pl_problem problem;
    struct pl_index *index;
    struct pl_cache *cache; /* NULL: none */
    /* What stands for the indexes in names of the cache. */
    struct pl_str indexes, first_site;
    struct pl_progress_line progress;
    uint64_t max_download;
    bool is_noted; /* what is odd about the indexes has been said */
};

/* All of it, for the command's arguments; the caller closes out->index. */
PL_MUST_CHECK bool pl_setup_make(struct pl_cli *cli,
                                 const struct pl_resolve_options *options,
                                 struct pl_setup *out, struct pl_error *err);

/* The same for these files, without an index: the problem is not started. */
PL_MUST_CHECK bool pl_setup_ask(struct pl_cli *cli,
                                const struct pl_resolve_options *options,
                                const struct pl_strs *files,
                                struct pl_setup *out, struct pl_error *err);

/*
 * Its parts. What is the same for every container: files, policy, rules. Then
 * the question of one of them, in an arena of its own, which shares what has
 * been read (PL_ERR_NO: a pyproject.toml refuses its Python). Then the index,
 * unless there is one already, and the problem's start.
 */
PL_MUST_CHECK bool pl_setup_read(struct pl_cli *cli,
                                 const struct pl_resolve_options *options,
                                 const struct pl_strs *files,
                                 struct pl_setup *out, struct pl_error *err);
PL_MUST_CHECK bool pl_setup_beside(const struct pl_setup *base,
                                   struct pl_arena *arena,
                                   const struct pl_template *template,
                                   struct pl_setup *out, struct pl_error *err);
PL_MUST_CHECK bool pl_setup_open(struct pl_cli *cli,
                                 const struct pl_resolve_options *options,
                                 struct pl_setup *setup, struct pl_error *err);

/* The same question once more, with nothing read. */
PL_MUST_CHECK bool pl_setup_restart(struct pl_cli *cli,
                                    const struct pl_resolve_options *options,
                                    struct pl_setup *setup,
                                    struct pl_error *err);

/* May an answer be that large? PL_ERR_NO: more than --max-download. */
PL_MUST_CHECK bool pl_setup_allows(const struct pl_setup *setup,
                                   uint64_t download, struct pl_error *err);

/* Where a template is named, if anywhere; *found is empty otherwise. */
PL_MUST_CHECK bool pl_setup_find_template(
    struct pl_arena *arena, const struct pl_resolve_options *options,
    const struct pl_inputs *inputs, struct pl_str first_input,
    struct pl_str *found, struct pl_str *from, struct pl_error *err);

#endif
