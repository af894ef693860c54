#include "container/dockerfile_check.h"
#include "core/buf.h"
#include "core/limits.h"
#include "lockfmt/lock_read.h"
#include "tests/fuzz/fuzz.h"

/* A lock of one package, which relies on the image's torch. */
static void make_lock(struct pl_arena *arena, struct pl_lock *lock)
{
    lock->template_id = PL_STR("runpod-102-cu1281-torch280-ubuntu2404");
    lock->packages = pl_new(arena, struct pl_lock_package);
    lock->packages[0].name = PL_STR("einops");
    lock->packages[0].version = PL_STR("0.8.2");
    lock->package_count = 1;
    lock->provided = pl_new(arena, struct pl_lock_provided);
    lock->provided[0].name = PL_STR("torch");
    lock->provided[0].version = PL_STR("2.8.0+cu128");
    lock->provided_count = 1;
    lock->download = 200000000;
}

/* Every place lies in the text, and edits are in order. */
static void check_places(const struct pl_source *source,
                         const struct pl_docker_verdict *verdict)
{
    uint32_t end = 0;
    for (size_t i = 0; i < verdict->findings.list.len; i++) {
        struct pl_span span = verdict->findings.list.at[i].told.span;
        PL_FUZZ_WANT(span.source == source);
        PL_FUZZ_WANT(span.begin <= span.end);
        PL_FUZZ_WANT(span.end <= source->text.len);
    }
    for (size_t i = 0; i < verdict->edits.len; i++) {
        PL_FUZZ_WANT(verdict->edits.at[i].begin >= end);
        PL_FUZZ_WANT(verdict->edits.at[i].end <= source->text.len);
        end = verdict->edits.at[i].end;
    }
}

static void judge(struct pl_arena *arena, const struct pl_source *source,
                  const struct pl_lock *lock)
{
    struct pl_docker_question question = {
        .source = source, .lock = lock, .lock_name = PL_STR("pylock.toml")};
    struct pl_docker_verdict verdict;
    PL_BUF(shown, PL_MAX_OUTPUT_BYTES);
    if (!pl_dockerfile_check(arena, &question, &verdict, NULL))
        return;
    check_places(source, &verdict);
    pl_docker_edits_diff(source, &verdict, &shown);
    for (size_t i = 0; i < verdict.findings.list.len && i < 10; i++)
        pl_error_print(&verdict.findings.list.at[i].told, "error", false,
                       &shown);
    for (size_t i = 0; verdict.edits.len == 0 && i < shown.len; i++)
        PL_FUZZ_WANT(shown.data[i] != '\x1b');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_lock lock = {0};
    /* As pl_source_load gives it: without NUL. */
    if (memchr(data, '\0', size))
        return 0;
    struct pl_str text = pl_arena_dup(&arena, pl_fuzz_text(data, size));
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("Dockerfile"), text);
    make_lock(&arena, &lock);
    judge(&arena, source, &lock);
    judge(&arena, source, NULL);
    return 0;
}
