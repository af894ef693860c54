/*
 * A TOML document: nodes lie in the text, and strings survive a rewrite. What
 * the plain reader takes, the full one takes and makes the same of.
 */
#include "core/escape.h"
#include "core/limits.h"
#include "core/mask.h"
#include "core/toml_plain.h"
#include "tests/fuzz/fuzz.h"
#include "tests/toml_same.h"

static void check_span(struct pl_span span, const struct pl_source *source)
{
    PL_FUZZ_WANT(span.source == source);
    PL_FUZZ_WANT(span.begin <= span.end);
    PL_FUZZ_WANT(span.end <= source->text.len);
    (void)pl_span_place(span);
}

static void check_string(struct pl_arena *arena, struct pl_str text)
{
    PL_BUF(line, PL_MAX_OUTPUT_BYTES);
    pl_buf_add_cstr(&line, "k = ");
    pl_escape_toml(&line, text);
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("again"), pl_buf_view(&line));
    struct pl_toml *doc;
    struct pl_str again;
    PL_FUZZ_WANT(pl_toml_parse(source, &doc, NULL));
    PL_FUZZ_WANT(pl_toml_req_str(pl_toml_root(doc), "k", &again, NULL));
    PL_FUZZ_WANT(pl_str_eq(pl_mask(arena, text), again));
    pl_toml_destroy(doc);
}

static void check_node(struct pl_arena *arena, const struct pl_source *source,
                       const struct pl_toml_node *node, unsigned depth)
{
    /* The parts of a header through arrays of tables count twice. */
    PL_FUZZ_WANT(depth <= 2 * PL_MAX_TOML_DEPTH);
    check_span(pl_toml_span(node), source);
    check_span(pl_toml_key_span(node), source);
    struct pl_str text;
    if (pl_toml_str(node, &text))
        check_string(arena, text);
    for (size_t i = 0; i < pl_toml_count(node); i++) {
        const struct pl_toml_node *member = pl_toml_at(node, i);
        if (i && pl_toml_type(node) == PL_TOML_TABLE)
            PL_FUZZ_WANT(pl_str_cmp(pl_toml_key_at(node, i - 1),
                                    pl_toml_key(member)) < 0);
        check_node(arena, source, member, depth + 1);
    }
}

static void check_plain(const struct pl_source *source)
{
    struct pl_toml *plain, *full;
    size_t nodes = 0;
    if (!pl_toml_parse_plain(source, &plain))
        return;
    PL_FUZZ_WANT(pl_toml_parse_full(source, &full, NULL));
    PL_FUZZ_WANT(
        !toml_difference(pl_toml_root(full), pl_toml_root(plain), &nodes));
    pl_toml_destroy(plain);
    pl_toml_destroy(full);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_toml *doc;
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("fuzz"), pl_fuzz_text(data, size));
    check_plain(source);
    if (!pl_toml_parse_full(source, &doc, &err)) {
        PL_FUZZ_WANT(err.code == PL_ERR_INPUT || err.code == PL_ERR_LIMIT);
        check_span(err.span, source);
        return 0;
    }
    check_node(&arena, source, pl_toml_root(doc), 0);
    pl_toml_destroy(doc);
    return 0;
}
