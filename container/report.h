/*
 * A container by what pip says of it, where its files are not at hand.
 *
 * `pip inspect` gives JSON with each package's metadata, the Python and the
 * machine; `pip freeze` and `pip list --format=freeze` give names and versions
 * alone. Both become the container of a scan (container/scan.h) with one
 * Python and without a tree, so that the facts are derived in the same way.
 *
 * https://pip.pypa.io/en/stable/reference/inspect-report/
 * https://pip.pypa.io/en/stable/cli/pip_freeze/
 *
 *     struct pl_container c;
 *     if (!pl_report_inspect(arena, source, &c, err)) ...
 *     pl_facts_make(arena, &c, c.pythons, &options, &t, err)
 *
 * Of neither are glibc, the distribution and CUDA known; of a freeze nor are
 * what is required, who installed it and which packages are the
 * distribution's. Everything is copied into the arena, or a view of the source.
 *
 * Errors: PL_ERR_INPUT for what is no such report, or one of another system
 * than Linux; PL_ERR_LIMIT above PL_MAX_INSTALLED packages.
 */
#ifndef PODLOCK_CONTAINER_REPORT_H
#define PODLOCK_CONTAINER_REPORT_H

#include "container/scan.h"

PL_MUST_CHECK bool pl_report_inspect(struct pl_arena *arena,
                                     const struct pl_source *source,
                                     struct pl_container *out,
                                     struct pl_error *err);
/* `python_version` is "3.12" or "3.12.3". */
PL_MUST_CHECK bool pl_report_freeze(struct pl_arena *arena,
                                    const struct pl_source *source,
                                    struct pl_str python_version,
                                    struct pl_container *out,
                                    struct pl_error *err);

#endif
