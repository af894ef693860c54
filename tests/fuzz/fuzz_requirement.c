/* A requirement, read both ways. */
#include "core/limits.h"
#include "pep/name.h"
#include "pep/requirement.h"
#include "tests/fuzz/fuzz.h"

static struct pl_str printed(struct pl_arena *arena,
                             const struct pl_requirement *r)
{
    PL_BUF(text, 8 * PL_MAX_REQUIREMENT_BYTES);
    pl_requirement_print(r, &text);
    PL_FUZZ_WANT(pl_buf_ok(&text));
    return pl_arena_dup(arena, pl_buf_view(&text));
}

static void check_names(const struct pl_requirement *r)
{
    PL_FUZZ_WANT(pl_name_is_normal(r->name));
    for (uint32_t i = 0; i < r->extra_count; i++) {
        PL_FUZZ_WANT(pl_name_is_normal(r->extras[i]));
        PL_FUZZ_WANT(i == 0 || pl_str_cmp(r->extras[i - 1], r->extras[i]) < 0);
    }
    PL_FUZZ_WANT(!r->url.len || !r->specifier.count);
}

/* What is printed is one line that reads back strictly and prints the same. */
static void check_round_trip(struct pl_arena *arena,
                             const struct pl_requirement *r)
{
    struct pl_requirement again;
    struct pl_str text = printed(arena, r);
    PL_FUZZ_WANT(!pl_str_has(text, '\n') && !pl_str_has(text, '\r'));
    if (text.len > PL_MAX_SPECIFIER_BYTES)
        return;
    PL_FUZZ_WANT(pl_requirement_parse(arena, text, &again, NULL));
    PL_FUZZ_WANT(pl_str_eq(text, printed(arena, &again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str text = pl_fuzz_text(data, size);
    struct pl_requirement r, lenient;
    bool repaired = false;
    bool strict = pl_requirement_parse(&arena, text, &r, &err);
    PL_FUZZ_WANT(strict ||
                 (err.code != PL_OK && err.span.begin <= err.span.end &&
                  err.span.end <= text.len));
    err = (struct pl_error){.arena = &arena};
    if (!pl_requirement_parse_lenient(&arena, text, &lenient, &repaired,
                                      &err)) {
        PL_FUZZ_WANT(!strict && !repaired && err.code != PL_OK);
        return 0;
    }
    PL_FUZZ_WANT(err.code == PL_OK);
    PL_FUZZ_WANT(!strict ||
                 (!repaired &&
                  pl_str_eq(printed(&arena, &r), printed(&arena, &lenient))));
    check_names(&lenient);
    check_round_trip(&arena, &lenient);
    return 0;
}
