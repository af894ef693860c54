#include "core/arena.h"
#include "index/cache_entry.h"
#include "tests/fuzz/fuzz.h"

#define WHERE PL_STR("0123456789abcdef/a.block")

/* What opens is what would be written, byte for byte; nothing else opens. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_str bytes = pl_fuzz_text(data, size), payload;
    char head[PL_CACHE_HEAD_BYTES];
    if (pl_cache_entry_open(bytes, PL_CACHE_BLOCK, WHERE, &payload)) {
        PL_FUZZ_WANT(payload.len + sizeof(head) == size);
        pl_cache_entry_head(PL_CACHE_BLOCK, WHERE, payload, head);
        PL_FUZZ_WANT(memcmp(head, data, sizeof(head)) == 0);
    }
    char *entry = pl_arena_alloc(&arena, size + sizeof(head));
    if (size)
        memcpy(entry + sizeof(head), data, size);
    pl_cache_entry_head(PL_CACHE_BLOCK, WHERE, bytes, entry);
    struct pl_str whole = {entry, size + sizeof(head)};
    PL_FUZZ_WANT(pl_cache_entry_open(whole, PL_CACHE_BLOCK, WHERE, &payload));
    PL_FUZZ_WANT(pl_str_eq(payload, bytes));
    PL_FUZZ_WANT(!pl_cache_entry_open(whole, PL_CACHE_TRAIL, WHERE, &payload));
    size_t at = size ? data[0] % whole.len : 0;
    entry[at] ^= 1;
    PL_FUZZ_WANT(!pl_cache_entry_open(whole, PL_CACHE_BLOCK, WHERE, &payload));
    return 0;
}
