/* A file of ABI rules, read as a torch family as well. */
#include "core/limits.h"
#include "rules/abi.h"
#include "rules/torch_family.h"
#include "tests/fuzz/fuzz.h"

static void check_span(struct pl_span span, const struct pl_source *source)
{
    PL_FUZZ_WANT(span.source == source);
    PL_FUZZ_WANT(span.begin <= span.end && span.end <= source->text.len);
}

static void check_error(const struct pl_error *err,
                        const struct pl_source *source)
{
    PL_BUF(shown, PL_MAX_MESSAGE_BYTES);
    PL_FUZZ_WANT(err->code == PL_ERR_INPUT || err->code == PL_ERR_LIMIT);
    check_span(err->span, source);
    pl_error_print(err, "error", false, &shown);
}

static void check_rules(const struct pl_abi_rules *rules,
                        const struct pl_source *source)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct pl_abi_rule *rule = &rules->rules[i];
        check_span(rule->span, source);
        PL_FUZZ_WANT(!i || pl_str_cmp(rule[-1].id, rule->id) < 0);
        PL_FUZZ_WANT(pl_abi_find(rules, rule->id) == rule);
        PL_FUZZ_WANT(!pl_str_eq(rule->package, rule->other));
        PL_FUZZ_WANT(!rule->is_requires || rule->other_versions.count);
    }
}

static void check_family(const struct pl_torch_family *family)
{
    for (size_t i = 0; i < family->count; i++)
        PL_FUZZ_WANT(pl_torch_family_find(family, family->projects[i].name) ==
                     &family->projects[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_abi_rules rules;
    struct pl_torch_family family;
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("r.toml"), pl_fuzz_text(data, size));
    if (pl_abi_parse(&arena, source, &rules, &err))
        check_rules(&rules, source);
    else
        check_error(&err, source);
    if (pl_torch_family_parse(&arena, source, &family, &err))
        check_family(&family);
    else
        check_error(&err, source);
    return 0;
}
