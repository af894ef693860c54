/* Pins of another form: places stay inside, and matching keeps every name. */
#include "lockfmt/pins_read.h"
#include "tests/fuzz/fuzz.h"

static void check_span(const struct pl_source *source, struct pl_span span)
{
    PL_FUZZ_WANT(span.source == source);
    PL_FUZZ_WANT(span.begin <= span.end && span.end <= source->text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("fuzz"), pl_fuzz_text(data, size));
    struct pl_lock pins, again;
    if (!pl_pins_read(&arena, source, &pins, &err)) {
        PL_FUZZ_WANT(err.code && err.message.len);
        return 0;
    }
    for (size_t i = 0; i < pins.package_count; i++) {
        check_span(source, pins.packages[i].span);
        PL_FUZZ_WANT(pins.packages[i].name.len);
    }
    /* a lock that says the same leaves nothing out */
    PL_FUZZ_WANT(pl_pins_read(&arena, source, &again, NULL));
    pl_pins_match(&arena, &again, &pins, NULL);
    PL_FUZZ_WANT(again.package_count == pins.package_count);
    return 0;
}
