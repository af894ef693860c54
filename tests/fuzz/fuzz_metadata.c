#include "index/metadata.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pl_page page = {.project = {"a", 1}};
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str text = pl_fuzz_text(data, size);
    struct pl_version version;
    struct pl_file file = {.page = &page, .version = &version};
    struct pl_metadata metadata;
    PL_FUZZ_WANT(pl_version_parse(&arena, PL_STR("1"), &version, NULL));
    bool ok = pl_metadata_parse(&arena, text, &file, &metadata, &err);
    PL_FUZZ_WANT(ok || err.code == PL_ERR_INPUT || err.code == PL_ERR_LIMIT);
    if (ok)
        PL_FUZZ_WANT(pl_metadata_scan(&arena, text).requires.len ==
                     metadata.require_count);
    return 0;
}
