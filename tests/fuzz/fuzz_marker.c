/* A marker, evaluated for several targets and extras. */
#include "core/limits.h"
#include "pep/marker.h"
#include "tests/fuzz/fuzz.h"

#define MAX_EXTRAS 64

static struct pl_str printed(struct pl_arena *arena, const struct pl_marker *m)
{
    /* Printing adds spaces and doubles backslashes. */
    PL_BUF(text, 8 * PL_MAX_REQUIREMENT_BYTES);
    pl_marker_print(m, &text);
    PL_FUZZ_WANT(pl_buf_ok(&text));
    return pl_arena_dup(arena, pl_buf_view(&text));
}

struct targets {
    struct pl_env env[3];
};

static struct targets make_targets(struct pl_arena *arena)
{
    struct targets t;
    PL_FUZZ_WANT(pl_env_make(arena, PL_STR("3.11"), PL_STR("2.35"),
                             PL_STR("x86_64"), &t.env[0], NULL));
    PL_FUZZ_WANT(pl_env_make(arena, PL_STR("3.9.18"), PL_STR("2.17"),
                             PL_STR("aarch64"), &t.env[1], NULL));
    t.env[2] = t.env[0];
    t.env[2].implementation_version = PL_STR("7.3.13+local");
    t.env[2].platform_release = PL_STR("6.1.0-18-amd64");
    return t;
}

/* What is printed reads back, prints the same and means the same. */
static const struct pl_marker *check_round_trip(struct pl_arena *arena,
                                                const struct pl_marker *m)
{
    const struct pl_marker *again;
    struct pl_str text = printed(arena, m);
    if (text.len > PL_MAX_REQUIREMENT_BYTES)
        return m;
    PL_FUZZ_WANT(pl_marker_parse(arena, text, &again, NULL));
    PL_FUZZ_WANT(pl_str_eq(text, printed(arena, again)));
    PL_FUZZ_WANT(pl_marker_mentions_extra(m) ==
                 pl_marker_mentions_extra(again));
    return again;
}

/* Only a marker that mentions `extra` may depend on it. */
static void check_eval(const struct pl_marker *m, const struct pl_marker *again,
                       const struct pl_env *env, struct pl_str extra)
{
    bool holds = pl_marker_eval(m, env, extra);
    PL_FUZZ_WANT(pl_marker_eval(again, env, extra) == holds);
    PL_FUZZ_WANT(pl_marker_mentions_extra(m) ||
                 pl_marker_eval(m, env, PL_STR("")) == holds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str text = pl_fuzz_text(data, size), extras[MAX_EXTRAS];
    const struct pl_marker *m;
    size_t count = 0;
    if (!pl_marker_parse(&arena, text, &m, &err)) {
        PL_FUZZ_WANT(err.code != PL_OK && err.span.begin <= err.span.end &&
                     err.span.end <= text.len);
        return 0;
    }
    const struct pl_marker *again = check_round_trip(&arena, m);
    bool all = pl_marker_extras(m, extras, MAX_EXTRAS, &count);
    PL_FUZZ_WANT(all || count == MAX_EXTRAS);
    struct targets t = make_targets(&arena);
    for (size_t i = 0; i < PL_COUNT(t.env); i++) {
        check_eval(m, again, &t.env[i], PL_STR(""));
        for (size_t e = 0; e < count; e++)
            check_eval(m, again, &t.env[i], extras[e]);
    }
    return 0;
}
