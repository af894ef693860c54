/*
 * A project page in JSON.
 *
 * Standards: PEP 691, 700, 714, 792 and
 * https://packaging.python.org/en/latest/specifications/simple-repository-api/
 *
 * API versions 1.x are read. Of the keys that say whether there is core
 * metadata, `core-metadata` counts before the older `dist-info-metadata`.
 * A page without `meta` is taken for version 1.0. What becomes of single files
 * stands in index/page.h.
 *
 * Errors: PL_ERR_INDEX for what is not such a page (no JSON, another API
 * version, about another project, a file without name or URL, a value of the
 * wrong type where a wrong guess would change the answer); PL_ERR_LIMIT.
 */
#ifndef PODLOCK_INDEX_PAGE_JSON_H
#define PODLOCK_INDEX_PAGE_JSON_H

#include "index/page.h"

PL_MUST_CHECK bool pl_page_parse_json(struct pl_arena *arena,
                                      const struct pl_page_input *input,
                                      const struct pl_page **out,
                                      struct pl_error *err);

#endif
