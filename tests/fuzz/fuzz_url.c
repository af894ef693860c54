#include "index/url.h"
#include "tests/fuzz/fuzz.h"

static void check_joined(struct pl_arena *arena, struct pl_str url)
{
    struct pl_url parts = pl_url_split(url);
    struct pl_str again, below;
    PL_FUZZ_WANT(parts.has_authority && parts.authority.len);
    PL_FUZZ_WANT(!pl_str_has(parts.authority, '@') && !parts.has_fragment);
    PL_FUZZ_WANT(pl_str_starts(parts.path, "/"));
    for (size_t i = 0; i < url.len; i++)
        PL_FUZZ_WANT(url.at[i] > ' ' && url.at[i] < 0x7f);
    PL_FUZZ_WANT(pl_url_clean(arena, url, &again, NULL) &&
                 pl_str_eq(url, again));
    if (pl_url_below(arena, PL_STR("https://h/r/"), url, &below))
        PL_FUZZ_WANT(below.len && below.at[0] != '/');
}

/* The base, a line end, and what is joined to it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_str text = pl_fuzz_text(data, size), base, url, name;
    if (!pl_str_cut(&text, '\n', &base))
        return 0;
    if (pl_url_join(&arena, base, text, &url, NULL))
        check_joined(&arena, url);
    if (pl_url_filename(&arena, text, &name))
        PL_FUZZ_WANT(pl_url_name_is_safe(name));
    return 0;
}
