/*
 * How long compiled blocks of the cache take to read.
 *
 * usage: block_load fill DIR ROOT PROJECT...     ROOT: a recorded index
 *        block_load read DIR METADATA PROJECT...
 *
 * `fill` puts the page of each PROJECT into the cache DIR, with the metadata of
 * the best file of each version, as if a search had read them all. `read` reads
 * the pages back, then the metadata of the newest METADATA versions of each;
 * it prints counts, processor time and the arena's size.
 */
#include <stdio.h>
#include <time.h>

#include "core/buf.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/vec.h"
#include "index/block.h"
#include "index/cache.h"
#include "index/folder.h"

#define SITE PL_STR("https://index.invalid/pypi/simple/")

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int fail(struct pl_error *err)
{
    PL_BUF(out, 65536);
    pl_error_print(err, "error", false, &out);
    fwrite(out.data, 1, out.len, stderr);
    return 1;
}

static bool starts_version(const struct pl_page *page, size_t file)
{
    return file == 0 || pl_version_cmp(page->files[file - 1].version,
                                       page->files[file].version) != 0;
}

/* ---- filling ---- */

static void want_versions(struct pl_index *index, const struct pl_page *page)
{
    for (size_t i = 0; i < page->file_count; i++)
        if (starts_version(page, i))
            pl_index_want_metadata(index, &page->files[i]);
}

static bool take_metadata(struct pl_arena *arena, struct pl_index *index,
                          struct pl_block *block, struct pl_error *err)
{
    struct pl_index_event event;
    bool any;
    while (pl_index_next(index, &event, &any, err)) {
        if (!any)
            return true;
        if (event.metadata)
            pl_block_add_metadata(arena, block, event.file, event.metadata);
        else
            pl_block_add_reason(arena, block, event.file, event.reason);
    }
    return false;
}

static bool fill(struct pl_arena *arena, struct pl_cache *cache,
                 struct pl_str root, struct pl_str project,
                 struct pl_error *err)
{
    struct pl_folder_options opts = {.root = root};
    struct pl_freshness freshness = {.checked = time(NULL), .max_age = 600};
    struct pl_index_event event;
    struct pl_index *index;
    bool any;
    if (!pl_index_open_folder(arena, &opts, &index, err))
        return false;
    pl_index_want_page(index, project);
    if (!pl_index_next(index, &event, &any, err))
        return false;
    struct pl_block *block = pl_block_make(arena, event.page, &freshness);
    if (block->page)
        want_versions(index, block->page);
    if (!take_metadata(arena, index, block, err))
        return false;
    PL_BUF(payload, PL_MAX_CACHE_ENTRY_BYTES);
    pl_block_write(block, &payload);
    pl_cache_save(cache, PL_CACHE_BLOCK,
                  pl_cache_site(cache, SITE, (struct pl_str){0}), project,
                  pl_buf_view(&payload));
    pl_index_close(index);
    return true;
}

static int fill_all(struct pl_cache *cache, char **projects)
{
    for (char **project = projects + 1; *project; project++) {
        PL_ARENA(arena);
        struct pl_error err = {.arena = &arena};
        if (!fill(&arena, cache, pl_str_from(projects[0]),
                  pl_str_from(*project), &err))
            return fail(&err);
    }
    return 0;
}

/* ---- reading ---- */

static size_t read_metadata(struct pl_arena *arena,
                            const struct pl_block *block, uint64_t most,
                            size_t *requirements)
{
    size_t count = 0;
    struct pl_metadata metadata;
    struct pl_str reason;
    for (size_t i = block->page->file_count; i-- > 0 && count < most;)
        if (starts_version(block->page, i) &&
            pl_block_metadata(arena, block, &block->page->files[i], &metadata,
                              &reason) == PL_BLOCK_KNOWN) {
            *requirements += metadata.require_count;
            count++;
        }
    return count;
}

static int read_all(struct pl_arena *arena, struct pl_cache *cache,
                    char **projects)
{
    struct pl_str site = pl_cache_site(cache, SITE, (struct pl_str){0});
    struct pl_block_place place = {.index_url = SITE};
    size_t files = 0, known = 0, requirements = 0;
    uint64_t most = 0;
    PL_VEC(struct pl_block) blocks = {0};
    (void)!pl_str_to_u64(pl_str_from(projects[0]), &most);
    double start = milliseconds();
    for (char **project = projects + 1; *project; project++) {
        struct pl_block block;
        place.project = pl_str_from(*project);
        if (!pl_block_load(arena, cache, site, &place, &block))
            return fprintf(stderr, "%s is not there\n", *project), 1;
        files += block.page->file_count;
        pl_vec_push(arena, &blocks, block);
    }
    printf("%zu pages, %zu files: %.2f ms, arena %zu KB\n", blocks.len, files,
           milliseconds() - start, arena->total / 1024);
    start = milliseconds();
    for (size_t i = 0; i < blocks.len; i++)
        known += read_metadata(arena, &blocks.at[i], most, &requirements);
    printf("%zu metadata, %zu requirements: %.2f ms, arena %zu KB\n", known,
           requirements, milliseconds() - start, arena->total / 1024);
    return 0;
}

int main(int argc, char **argv)
{
    PL_ARENA(arena);
    bool fills = argc > 1 && pl_str_is(pl_str_from(argv[1]), "fill");
    if (argc < 5)
        return fprintf(stderr, "usage: block_load fill DIR ROOT PROJECT...\n"
                               "       block_load read DIR METADATA "
                               "PROJECT...\n"),
               2;
    struct pl_cache *cache = pl_cache_open(&arena, pl_str_from(argv[2]));
    return fills ? fill_all(cache, argv + 3)
                 : read_all(&arena, cache, argv + 3);
}
