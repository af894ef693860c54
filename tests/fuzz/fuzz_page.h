/*
 * What must hold of every page, whatever was read: used by the fuzz entries
 * of both forms of a page.
 */
#ifndef PODLOCK_TESTS_FUZZ_PAGE_H
#define PODLOCK_TESTS_FUZZ_PAGE_H

#include "core/digest.h"
#include "index/page.h"
#include "index/url.h"
#include "tests/fuzz/fuzz.h"

static inline struct pl_page_input fuzz_page_input(struct pl_str body)
{
    return (struct pl_page_input){
        .body = body,
        .url = PL_STR("https://i.example/simple/a/"),
        .index_url = PL_STR("https://i.example/simple/"),
        .project = PL_STR("a"),
        .path_root = PL_STR("https://i.example/"),
    };
}

static inline void fuzz_check_hash(struct pl_str sha256)
{
    PL_FUZZ_WANT(!sha256.len || pl_sha256_valid(sha256));
}

static inline void fuzz_check_url(struct pl_arena *arena, struct pl_str url)
{
    struct pl_str again;
    PL_FUZZ_WANT(pl_str_starts(url, "https://") ||
                 pl_str_starts(url, "http://"));
    PL_FUZZ_WANT(pl_url_clean(arena, url, &again, NULL));
    PL_FUZZ_WANT(pl_str_eq(url, again));
}

/* Every part of the path stays where it is put. */
static inline void fuzz_check_path(struct pl_str path)
{
    struct pl_str part;
    while (pl_str_cut(&path, '/', &part))
        PL_FUZZ_WANT(pl_url_name_is_safe(part));
}

static inline void fuzz_check_page(struct pl_arena *arena,
                                   const struct pl_page *page)
{
    for (size_t i = 0; i < page->file_count; i++) {
        const struct pl_file *file = &page->files[i];
        PL_FUZZ_WANT(pl_url_name_is_safe(file->details->name));
        PL_FUZZ_WANT(!file->details->url.len != !file->details->path.len);
        if (file->details->url.len)
            fuzz_check_url(arena, file->details->url);
        else
            fuzz_check_path(file->details->path);
        fuzz_check_hash(file->details->sha256);
        fuzz_check_hash(file->details->metadata_sha256);
        PL_FUZZ_WANT(i == 0 || pl_version_cmp(page->files[i - 1].version,
                                              file->version) <= 0);
    }
}

#endif
