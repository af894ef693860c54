/* Two versions, one a line: they print, parse and compare consistently. */
#include "core/limits.h"
#include "pep/version.h"
#include "tests/fuzz/fuzz.h"

/* What is printed reads back as the same version, and prints the same. */
static void check_round_trip(struct pl_arena *arena, const struct pl_version *v)
{
    struct pl_version again;
    struct pl_str text = pl_version_text(arena, v);
    PL_FUZZ_WANT(pl_version_parse(arena, text, &again, NULL));
    PL_FUZZ_WANT(pl_version_cmp(v, &again) == 0);
    PL_FUZZ_WANT(v->key == again.key);
    PL_FUZZ_WANT(pl_str_eq(text, pl_version_text(arena, &again)));
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

/* Antisymmetry, and one order with packed keys and without. */
static void check_order(struct pl_version a, struct pl_version b)
{
    int order = sign(pl_version_cmp(&a, &b));
    int public_order = sign(pl_version_cmp_public(&a, &b));
    PL_FUZZ_WANT(sign(pl_version_cmp(&b, &a)) == -order);
    PL_FUZZ_WANT(pl_version_cmp(&a, &a) == 0);
    PL_FUZZ_WANT(public_order == 0 || public_order == order);
    a.key = b.key = 0;
    PL_FUZZ_WANT(sign(pl_version_cmp(&a, &b)) == order);
    PL_FUZZ_WANT(sign(pl_version_cmp_public(&a, &b)) == public_order);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str rest = pl_fuzz_text(data, size), line = {0};
    struct pl_version v, last = {0};
    while (pl_str_cut(&rest, '\n', &line)) {
        if (!pl_version_parse(&arena, line, &v, &err)) {
            PL_FUZZ_WANT(
                err.code == PL_ERR_LIMIT ||
                (err.span.begin <= err.span.end && err.span.end <= line.len));
            continue;
        }
        check_round_trip(&arena, &v);
        check_order(v, last.release_count ? last : v);
        last = v;
    }
    return 0;
}
