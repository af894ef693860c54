/*
 * Which indexes are asked: from the options, the files and the template.
 *
 * - --index-root DIR: the recorded index in that folder, and nothing else.
 * - Without it, the default index: --index-url, else that of a requirements
 *   file, else https://pypi.org/simple/. The extra indexes come before it: the
 *   command line's, then the files'.
 * - torch's index: --torch-index-url, else https://download.pytorch.org/whl/,
 *   with the variant. An URL that ends in whl/VARIANT/ is torch's index too
 *   where it is named as another one: it is asked for torch's family alone,
 *   and not at all when the template wants another variant.
 * - --index-root URL: URL/pypi/simple/ and URL/pytorch/whl/VARIANT/ in place
 *   of the two built-in ones. Beside it count the command line and PODLOCK_*,
 *   not the files nor variables of pip and uv.
 * - --no-index, wherever it stands: no index at all.
 *
 * URLs of a plan end in '/' and hold no user name or password: these are in
 * its credentials. Plain http is for this machine and for the hosts of
 * --allow-insecure-host. Errors: PL_ERR_USAGE; no message shows a password.
 */
#ifndef PODLOCK_CLI_INDEX_PLAN_H
#define PODLOCK_CLI_INDEX_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"
#include "cli/resolve_options.h"
#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "index/credentials.h"
#include "resolver/reqfile.h"

struct pl_plan_input {
    const struct pl_resolve_options *options;
    const struct pl_parsed *parsed; /* who supplied which option */
    const struct pl_inputs *inputs;
    struct pl_str torch_variant; /* "cu128"; may be empty */
};

struct pl_index_plan {
    struct pl_str folder;        /* a recorded index; or empty, and: */
    struct pl_strs sites;        /* in the order to ask, the default one last */
    struct pl_str torch_site;    /* may be empty */
    struct pl_str torch_variant; /* may be empty */
    struct pl_strs find_links;   /* folders, and URLs of pages */
    struct pl_strs insecure_hosts;
    struct pl_credentials credentials; /* of URLs and named indexes */
    struct pl_strs refresh_names;      /* normalised */
    struct pl_strs notes;              /* what people should know */
};

PL_MUST_CHECK bool pl_index_plan_make(struct pl_arena *arena,
                                      const struct pl_plan_input *in,
                                      struct pl_index_plan *out,
                                      struct pl_error *err);

#endif
