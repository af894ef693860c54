#include "index/page_html.h"
#include "pep/name.h"
#include "tests/fuzz/fuzz_page.h"

static void check_listing(struct pl_arena *arena, struct pl_str body)
{
    struct pl_error err = {.arena = arena};
    struct pl_str *names;
    size_t count;
    if (!pl_listing_parse_html(arena, body, &names, &count, &err)) {
        PL_FUZZ_WANT(err.code == PL_ERR_INDEX || err.code == PL_ERR_LIMIT);
        return;
    }
    PL_FUZZ_WANT(count);
    for (size_t i = 0; i < count; i++) {
        PL_FUZZ_WANT(pl_name_is_normal(names[i]));
        PL_FUZZ_WANT(!i || pl_str_cmp(names[i - 1], names[i]) < 0);
    }
}

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
    check_listing(&arena, input.body);
    return 0;
}
