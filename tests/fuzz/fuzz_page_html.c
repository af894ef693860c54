#include "index/page_html.h"
#include "tests/fuzz/fuzz_page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_page_input input = fuzz_page_input(pl_fuzz_text(data, size));
    const struct pl_page *page;
    if (pl_page_parse_html(&arena, &input, &page, &err))
        fuzz_check_page(&arena, page);
    else
        PL_FUZZ_WANT(err.code == PL_ERR_INDEX || err.code == PL_ERR_LIMIT);
    return 0;
}
