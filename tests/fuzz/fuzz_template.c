/* A template: facts in order, places in the text, the same when packed and
 * when written. */
#include "core/limits.h"
#include "core/mask.h"
#include "core/toml_packed.h"
#include "rules/template.h"
#include "rules/template_read.h"
#include "rules/template_write.h"
#include "tests/fuzz/fuzz.h"

static void check_span(struct pl_span span, const struct pl_source *source)
{
    PL_FUZZ_WANT(span.source == source);
    PL_FUZZ_WANT(span.begin <= span.end && span.end <= source->text.len);
}

static void check_facts(const struct pl_template *t)
{
    for (size_t i = 0; i < t->fact_count; i++) {
        const struct pl_fact *fact = &t->facts[i];
        check_span(fact->span, t->source);
        PL_FUZZ_WANT(!i || pl_str_cmp(fact[-1].name, fact->name) < 0);
        PL_FUZZ_WANT(pl_template_fact(t, fact->name) == fact);
        PL_FUZZ_WANT(fact->requires_known || !fact->require_count);
    }
}

static void check_packed(struct pl_arena *arena, const struct pl_template *t)
{
    struct pl_toml *doc, *again;
    struct pl_template other;
    PL_BUF(packed, PL_MAX_OUTPUT_BYTES);
    PL_FUZZ_WANT(pl_toml_parse(t->source, &doc, NULL));
    pl_toml_pack(doc, &packed);
    again = pl_toml_unpack(t->source, pl_buf_view(&packed));
    PL_FUZZ_WANT(pl_template_read(arena, t->source, pl_toml_root(again),
                                  (struct pl_str){0}, &other, NULL));
    PL_FUZZ_WANT(pl_str_eq(t->id, other.id));
    PL_FUZZ_WANT(t->fact_count == other.fact_count);
    for (size_t i = 0; i < t->fact_count; i++)
        PL_FUZZ_WANT(t->facts[i].span.begin == other.facts[i].span.begin &&
                     t->facts[i].span.end == other.facts[i].span.end &&
                     pl_str_eq(t->facts[i].name, other.facts[i].name));
    pl_toml_destroy(doc);
    pl_toml_destroy(again);
}

/* But for secrets, which are hidden with what they may stand in. */
static void check_written(struct pl_arena *arena, const struct pl_template *t)
{
    size_t begin, end;
    struct pl_template again;
    PL_BUF(first, PL_MAX_OUTPUT_BYTES);
    PL_BUF(second, PL_MAX_OUTPUT_BYTES);
    if (pl_mask_find(t->source->text, 0, &begin, &end))
        return;
    pl_template_write(t, &first);
    PL_FUZZ_WANT(pl_template_parse(
        arena, pl_source_from_text(arena, PL_STR("again"), pl_buf_view(&first)),
        &again, NULL));
    pl_template_write(&again, &second);
    PL_FUZZ_WANT(pl_str_eq(pl_buf_view(&first), pl_buf_view(&second)));
    PL_FUZZ_WANT(t->fact_count == again.fact_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_template t;
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("t.toml"), pl_fuzz_text(data, size));
    if (pl_template_parse(&arena, source, &t, &err)) {
        check_facts(&t);
        check_packed(&arena, &t);
        check_written(&arena, &t);
        return 0;
    }
    PL_BUF(shown, PL_MAX_MESSAGE_BYTES);
    PL_FUZZ_WANT(err.code == PL_ERR_INPUT || err.code == PL_ERR_LIMIT);
    check_span(err.span, source);
    pl_error_print(&err, "error", false, &shown);
    return 0;
}
