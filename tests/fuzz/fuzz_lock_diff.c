/*
 * Two locks, one after the other, with a line "%%" between: their diff tells
 * all that differs, and what tests/lock_diff_check.h says holds of it. What
 * comes after a second "%%" is an input of both, in other words for each.
 */
#include "lockfmt/lock_read.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lock_diff_check.h"

static struct pl_str cut(struct pl_str *rest)
{
    static const char mark[] = "\n%%\n";
    struct pl_str all = *rest;
    size_t at = pl_str_find_str(all, pl_str_from(mark));
    *rest = pl_str_sub(all, at + sizeof(mark) - 1, all.len);
    return pl_str_sub(all, 0, at + (at < all.len));
}

static bool read_lock(struct pl_arena *arena, struct pl_str text,
                      struct pl_lock *out)
{
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("pylock.toml"), text);
    return pl_lock_read(arena, source, out, NULL, NULL);
}

/* Named as the lock's first input, so that its places find it. */
static void add_input(struct pl_arena *arena, struct pl_diff_side *side,
                      struct pl_str text)
{
    const struct pl_source **inputs = pl_new(arena, const struct pl_source *);
    struct pl_str name =
        side->lock->input_count ? side->lock->inputs[0].name : PL_STR("r.in");
    inputs[0] = pl_source_from_text(arena, name, text);
    side->inputs = inputs;
    side->input_count = text.len > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_str rest = pl_fuzz_text(data, size);
    struct pl_str first = cut(&rest), second = cut(&rest), third = cut(&rest);
    struct pl_lock old, new;
    if (!read_lock(&arena, first, &old) || !read_lock(&arena, second, &new))
        return 0;
    struct pl_diff_given given = {.old = {.lock = &old}, .new = {.lock = &new}};
    add_input(&arena, &given.old, third);
    add_input(&arena, &given.new, rest);
    lock_diff_checked(&arena, &given);
    return 0;
}
