/* A specifier on the first line, versions on the others. */
#include "core/limits.h"
#include "pep/specifier.h"
#include "tests/fuzz/fuzz.h"

static struct pl_str printed(struct pl_arena *arena,
                             const struct pl_specifier *s)
{
    PL_BUF(text, 4 * PL_MAX_SPECIFIER_BYTES);
    pl_specifier_print(s, &text);
    PL_FUZZ_WANT(pl_buf_ok(&text));
    return pl_arena_dup(arena, pl_buf_view(&text));
}

/* What is printed reads back, prints the same and means the same. */
static struct pl_specifier check_round_trip(struct pl_arena *arena,
                                            const struct pl_specifier *s)
{
    struct pl_specifier again = {0};
    struct pl_str text = printed(arena, s);
    if (text.len > PL_MAX_SPECIFIER_BYTES)
        return *s;
    PL_FUZZ_WANT(pl_specifier_parse(arena, text, &again, NULL));
    PL_FUZZ_WANT(pl_str_eq(text, printed(arena, &again)));
    PL_FUZZ_WANT(pl_specifier_names_prerelease(s) ==
                 pl_specifier_names_prerelease(&again));
    return again;
}

static bool is_negative(enum pl_specifier_op op)
{
    return op == PL_OP_NE || op == PL_OP_NE_STAR;
}

/* Of `==V` and `!=V`, and of `==V.*` and `!=V.*`, exactly one holds. */
static bool match_opposite(const struct pl_clause *clause,
                           const struct pl_version *v)
{
    static const enum pl_specifier_op opposites[] = {
        [PL_OP_EQ] = PL_OP_NE,
        [PL_OP_EQ_STAR] = PL_OP_NE_STAR,
        [PL_OP_NE] = PL_OP_EQ,
        [PL_OP_NE_STAR] = PL_OP_EQ_STAR,
    };
    struct pl_clause other = *clause;
    other.op = opposites[clause->op];
    struct pl_specifier s = {.clauses = &other, .count = 1};
    return pl_specifier_match(&s, v);
}

/* All clauses hold exactly when each does, packed and unpacked. */
static void check_match(const struct pl_specifier *s,
                        const struct pl_version *v)
{
    bool all = true;
    for (uint32_t i = 0; i < s->count; i++) {
        struct pl_clause slow = s->clauses[i];
        slow.span = 0;
        struct pl_specifier one = {.clauses = &s->clauses[i], .count = 1};
        struct pl_specifier same = {.clauses = &slow, .count = 1};
        bool match = pl_specifier_match(&one, v);
        PL_FUZZ_WANT(pl_specifier_match(&same, v) == match);
        if (slow.op == PL_OP_EQ || slow.op == PL_OP_EQ_STAR ||
            is_negative(slow.op))
            PL_FUZZ_WANT(match_opposite(&slow, v) != match);
        all = all && match;
    }
    PL_FUZZ_WANT(pl_specifier_match(s, v) == all);
}

static void check_versions(struct pl_arena *arena, struct pl_str rest,
                           const struct pl_specifier *s,
                           const struct pl_specifier *again)
{
    struct pl_str line;
    struct pl_version v;
    while (pl_str_cut(&rest, '\n', &line)) {
        if (!pl_version_parse(arena, line, &v, NULL))
            continue;
        check_match(s, &v);
        bool match = pl_specifier_match(s, &v);
        PL_FUZZ_WANT(pl_specifier_match(again, &v) == match);
        v.key = 0;
        PL_FUZZ_WANT(pl_specifier_match(s, &v) == match);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_str rest = pl_fuzz_text(data, size), line = {0};
    struct pl_specifier s, lenient;
    bool repaired = false;
    (void)pl_str_cut(&rest, '\n', &line);
    bool strict = pl_specifier_parse(&arena, line, &s, &err);
    PL_FUZZ_WANT(strict || err.code == PL_ERR_LIMIT ||
                 (err.span.begin <= err.span.end && err.span.end <= line.len));
    if (!pl_specifier_parse_lenient(&arena, line, &lenient, &repaired, NULL)) {
        PL_FUZZ_WANT(!strict && !repaired);
        return 0;
    }
    PL_FUZZ_WANT(repaired != strict);
    struct pl_specifier again = check_round_trip(&arena, &lenient);
    check_versions(&arena, rest, &lenient, &again);
    return 0;
}
