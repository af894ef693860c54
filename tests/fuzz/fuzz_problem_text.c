/* A problem as text: what is written of it is written again the same. */
#include "core/limits.h"
#include "resolver/problem_text.h"
#include "tests/fuzz/fuzz.h"

static struct pl_str written(struct pl_arena *arena,
                             const struct pl_problem_text *text)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_problem_text_write(&text->problem, &out);
    PL_FUZZ_WANT(pl_buf_ok(&out));
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static bool read(struct pl_arena *arena, struct pl_str text,
                 struct pl_problem_text *out)
{
    struct pl_error err = {.arena = arena};
    if (pl_problem_text_read(
            arena, pl_source_from_text(arena, PL_STR("fuzz"), text), out, &err))
        return true;
    PL_BUF(message, PL_MAX_MESSAGE_BYTES);
    pl_error_print(&err, "error", false, &message);
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_problem_text first, again;
    if (!read(&arena, pl_fuzz_text(data, size), &first))
        return 0;
    struct pl_str text = written(&arena, &first);
    PL_FUZZ_WANT(read(&arena, text, &again));
    PL_FUZZ_WANT(pl_str_eq(text, written(&arena, &again)));
    return 0;
}
