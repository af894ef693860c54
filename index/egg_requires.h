/*
 * requires.txt of an egg-info folder: what setuptools computed at release.
 *
 * There is no standard. A line is a requirement; `[extra]`, `[:marker]` or
 * `[extra:marker]` begins a section whose requirements hold for that extra and
 * under that marker:
 *
 *     six
 *
 *     [:python_version < "3.4"]
 *     enum34
 *
 *     [test]
 *     pytest
 *
 * Lines that begin with '#' and what follows " #" are comments. Errors: as in
 * index/metadata.h; PL_ERR_INPUT means that nothing of it can be used.
 */
#ifndef PODLOCK_INDEX_EGG_REQUIRES_H
#define PODLOCK_INDEX_EGG_REQUIRES_H

#include "index/index.h"

/*
 * Sets the requirements of *out; adds to its extras; `repaired` becomes true
 * when a line was. The rest of *out stays.
 */
PL_MUST_CHECK bool pl_egg_requires_parse(struct pl_arena *arena,
                                         struct pl_str text,
                                         struct pl_metadata *out,
                                         struct pl_error *err);

#endif
