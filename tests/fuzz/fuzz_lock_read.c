/*
 * A lock: what is read can be written, read again as the same, and is then
 * written as the same bytes. The first writing masks secrets and drops times
 * that are none, so the second one is compared.
 */
#include "core/limits.h"
#include "core/mask.h"
#include "lockfmt/lock_read.h"
#include "lockfmt/lock_write.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lock_equal.h"

static void check_span(struct pl_span span, const struct pl_source *source)
{
    PL_FUZZ_WANT(span.source == source);
    PL_FUZZ_WANT(span.begin <= span.end && span.end <= source->text.len);
}

static struct pl_str write_lock(struct pl_arena *arena,
                                const struct pl_lock *lock)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_lock_write(lock, PL_STR("pylock.toml"), &out);
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static void read_again(struct pl_arena *arena, struct pl_str text,
                       struct pl_lock *out)
{
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("pylock.toml"), text);
    PL_FUZZ_WANT(pl_lock_read(arena, source, out, NULL, NULL));
}

static void check_lock(struct pl_arena *arena, const struct pl_lock *lock)
{
    struct pl_lock second, third;
    read_again(arena, write_lock(arena, lock), &second);
    struct pl_str text = write_lock(arena, &second);
    read_again(arena, text, &third);
    PL_FUZZ_WANT(!lock_difference(&second, &third));
    PL_FUZZ_WANT(pl_str_eq(write_lock(arena, &third), text));
    PL_FUZZ_WANT(second.package_count == lock->package_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_lock_warnings warnings = {0};
    struct pl_lock lock;
    struct pl_str text = pl_fuzz_text(data, size);
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("t.toml"), text);
    if (!pl_lock_read(&arena, source, &lock, &warnings, &err)) {
        PL_BUF(shown, PL_MAX_MESSAGE_BYTES);
        PL_FUZZ_WANT(err.code == PL_ERR_INPUT || err.code == PL_ERR_LIMIT);
        check_span(err.span, source);
        pl_error_print(&err, "error", false, &shown);
        return 0;
    }
    for (size_t i = 0; i < warnings.count; i++)
        check_span(warnings.at[i].span, source);
    /* Two URLs that differ by their secrets only are one when masked. */
    if (pl_str_eq(pl_mask(&arena, text), text))
        check_lock(&arena, &lock);
    return 0;
}
