/*
 * A project page in HTML.
 *
 * Standards: PEP 503, 592, 629, 658, 714, 792 and
 * https://packaging.python.org/en/latest/specifications/simple-repository-api/
 *
 * Each `<a href>` is a file; its name is the last part of the URL's path,
 * decoded once, whatever the text says. `#sha256=...` is its hash. Read are
 * `data-requires-python`, `data-yanked`, `data-core-metadata` (before the
 * older `data-dist-info-metadata`), `data-upload-time`, the first
 * `<base href>`, and the `<meta>` names pypi:repository-version and
 * pypi:project-status. What becomes of single files stands in index/page.h.
 *
 * The page goes through libxml2's push parser in small pieces and no tree is
 * built. Bounds: PL_MAX_PAGE_BYTES, PL_MAX_HTML_DEPTH elements inside one
 * another, PL_MAX_HTML_TAG_BYTES for one tag, comment or the like,
 * PL_MAX_HTML_ATTRIBUTES attributes of an element. The page is taken for
 * UTF-8. Text without any tag is not a page.
 *
 * Errors: PL_ERR_INDEX (another API version, a NUL byte, no tags at all);
 * PL_ERR_LIMIT.
 */
#ifndef PODLOCK_INDEX_PAGE_HTML_H
#define PODLOCK_INDEX_PAGE_HTML_H

#include "index/page.h"

PL_MUST_CHECK bool pl_page_parse_html(struct pl_arena *arena,
                                      const struct pl_page_input *input,
                                      const struct pl_page **out,
                                      struct pl_error *err);

#endif
