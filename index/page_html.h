/*
 * A project page in HTML, and the listing of all projects.
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
 * A flat page of many projects, as --find-links has them, is read once, by
 * pl_rows_parse_html; pl_page_from_rows makes of its rows the page of each
 * project that is asked for.
 *
 * Of a listing (".../simple/") each `<a href>` whose path ends in a project's
 * name, with or without a slash, names that project, whatever its text says.
 * Other links are passed over; a listing that names nothing is none. `<base>`
 * has no meaning for names.
 *
 * The page goes through libxml2's push parser in small pieces and no tree is
 * built. Bounds: PL_MAX_PAGE_BYTES, PL_MAX_HTML_DEPTH elements inside one
 * another, PL_MAX_HTML_TAG_BYTES for one tag, comment or the like,
 * PL_MAX_HTML_ATTRIBUTES attributes of an element. The page is taken for
 * UTF-8. Text without any tag is not a page.
 *
 * Errors: PL_ERR_INDEX (another API version, a NUL byte, no tags at all, a
 * listing of nothing); PL_ERR_LIMIT.
 */
#ifndef PODLOCK_INDEX_PAGE_HTML_H
#define PODLOCK_INDEX_PAGE_HTML_H

#include "index/page.h"

PL_MUST_CHECK bool pl_page_parse_html(struct pl_arena *arena,
                                      const struct pl_page_input *input,
                                      const struct pl_page **out,
                                      struct pl_error *err);
/* The rows in the arena, at most PL_MAX_FILES_PER_PAGE of them. */
PL_MUST_CHECK bool pl_rows_parse_html(struct pl_arena *arena,
                                      struct pl_str body, struct pl_str url,
                                      struct pl_page_rows *out,
                                      struct pl_error *err);
/*
 * The names, normalised, sorted by bytes and each once, in the arena. At most
 * PL_MAX_LISTED_NAMES links that name something.
 */
PL_MUST_CHECK bool pl_listing_parse_html(struct pl_arena *arena,
                                         struct pl_str body,
                                         struct pl_str **names, size_t *count,
                                         struct pl_error *err);

#endif
