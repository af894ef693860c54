#include "core/limits.h"
#include "index/block.h"
#include "tests/fuzz/fuzz.h"

/* What was read may be used: everything of it is looked at once. */
static void use(struct pl_arena *arena, const struct pl_block *block)
{
    const struct pl_page *page = block->page;
    for (size_t i = 0; page && i < page->file_count; i++) {
        const struct pl_file *file = &page->files[i];
        struct pl_metadata metadata;
        struct pl_str reason;
        PL_FUZZ_WANT(file->details && file->page == page);
        PL_FUZZ_WANT((file->kind == PL_FILE_WHEEL) == (file->wheel != NULL));
        (void)pl_version_cmp(file->version, page->files[0].version);
        (void)pl_version_text(arena, file->version);
        if (pl_block_metadata(arena, block, file, &metadata, &reason) !=
            PL_BLOCK_KNOWN)
            continue;
        PL_BUF(text, 1 << 20);
        for (size_t r = 0; r < metadata.require_count; r++) {
            pl_requirement_print(&metadata.requires[r], &text);
            (void)pl_specifier_match(&metadata.requires[r].specifier,
                                     file->version);
        }
    }
}

/* A block that can be read is written and read again the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_block_place place = {.project = PL_STR("a"),
                                   .index_url = PL_STR("https://i.example/")};
    struct pl_block block, again;
    if (!pl_block_read(&arena, pl_fuzz_text(data, size), &place, &block))
        return 0;
    use(&arena, &block);
    PL_BUF(bytes, PL_MAX_CACHE_ENTRY_BYTES);
    PL_BUF(twice, PL_MAX_CACHE_ENTRY_BYTES);
    pl_block_write(&block, &bytes);
    if (!pl_buf_ok(&bytes))
        return 0;
    PL_FUZZ_WANT(pl_block_read(&arena, pl_buf_view(&bytes), &place, &again));
    pl_block_write(&again, &twice);
    PL_FUZZ_WANT(pl_str_eq(pl_buf_view(&bytes), pl_buf_view(&twice)));
    return 0;
}
