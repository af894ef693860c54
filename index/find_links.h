/*
 * --find-links to places on this machine: folders of wheels and source
 * distributions, and HTML pages that name them.
 *
 * Standard: none; what is taken for a file of a project stands in
 * index/page.h.
 *
 *     struct pl_find_links *links;
 *     if (!pl_find_links_open(arena, places, count, &links, err)) ...
 *     if (!pl_find_links_page(links, PL_STR("torch"), &page, err)) ...
 *     if (page) for each file: pl_find_links_metadata(links, file, &m, err)
 *
 * A place is a path, or a file: URL, of a folder or of a page whose name ends
 * in .html or .htm. It is listed or loaded once, when it is opened; folders
 * within it are not looked into. Files are opened when their project is asked
 * for, and read whole for their SHA-256; other projects' files never are.
 * Links to regular files are followed. What is no regular file, or a link to
 * nothing, is passed over.
 *
 * A file on this machine has a `path`, no `url` and no upload time. Of a folder
 * it is FOLDER/NAME, with the folder spelt as it was given; of a page it is
 * absolute. A page may name files elsewhere, too: those have a `url`, and
 * their metadata are not to be had here. Links of a page to file: URLs are
 * passed over. Pages have no `index_url`.
 *
 * All lives in the arena. Errors: PL_ERR_FILE (a place that is not there, a
 * file that cannot be read or changes meanwhile); PL_ERR_INTEGRITY (a file
 * that is not the one that its page states); those of pl_page_parse_html.
 */
#ifndef PODLOCK_INDEX_FIND_LINKS_H
#define PODLOCK_INDEX_FIND_LINKS_H

#include "index/index.h"

struct pl_find_links;

PL_MUST_CHECK bool pl_find_links_open(struct pl_arena *arena,
                                      const struct pl_str *places, size_t count,
                                      struct pl_find_links **out,
                                      struct pl_error *err);
/*
 * The files of one project, of all places in their order; NULL when there are
 * none. Asked twice, it reads twice.
 */
PL_MUST_CHECK bool pl_find_links_page(struct pl_find_links *links,
                                      struct pl_str project,
                                      const struct pl_page **out,
                                      struct pl_error *err);
/*
 * Of a file with a `path`. PL_ERR_INPUT: its version cannot be used, and the
 * message is the reason for people; other errors end the run.
 */
PL_MUST_CHECK bool pl_find_links_metadata(struct pl_find_links *links,
                                          const struct pl_file *file,
                                          struct pl_metadata *out,
                                          struct pl_error *err);

#endif
