#include "index/egg_requires.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_metadata metadata = {0};
    bool ok = pl_egg_requires_parse(&arena, pl_fuzz_text(data, size), &metadata,
                                    &err);
    PL_FUZZ_WANT(ok || err.code == PL_ERR_INPUT || err.code == PL_ERR_LIMIT);
    for (size_t i = 0; ok && i < metadata.require_count; i++)
        PL_FUZZ_WANT(!metadata.requires[i].url.len ||
                     metadata.requires[i].marker);
    return 0;
}
