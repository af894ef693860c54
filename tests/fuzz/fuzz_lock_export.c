/*
 * Any lock in other formats: the graph leads everywhere and weighs what it
 * should, requirements.txt and constraints have one line a package and no
 * other one, the bill of materials is JSON, twice the same; and no user name
 * of a URL comes through.
 */
#include "core/json.h"
#include "core/limits.h"
#include "core/mask.h"
#include "core/utf8.h"
#include "lockfmt/cyclonedx.h"
#include "lockfmt/lock_graph.h"
#include "lockfmt/lock_public.h"
#include "lockfmt/lock_read.h"
#include "lockfmt/reqs_write.h"
#include "tests/fuzz/fuzz.h"

static void check_graph(struct pl_arena *arena, const struct pl_lock *lock)
{
    struct pl_lock_graph graph;
    if (!pl_lock_graph_make(arena, lock, &graph, NULL))
        return;
    for (size_t i = 0; i < graph.count; i++) {
        const struct pl_lock_node *node = &graph.nodes[i];
        PL_FUZZ_WANT(node->all.packages >= node->own.packages);
        PL_FUZZ_WANT(node->all.packages <= lock->package_count);
        PL_FUZZ_WANT(node->alone.bytes <= node->all.bytes);
        PL_FUZZ_WANT(node->is_start || node->askers.count || !node->package);
        for (size_t k = 0; k < node->needs.count; k++)
            PL_FUZZ_WANT(graph.nodes[node->needs.at[k]].all.bytes <=
                         node->all.bytes);
    }
}

static void check_bill(struct pl_arena *arena, const struct pl_lock *lock)
{
    const struct pl_cyclonedx_made_by by = {PL_STR("l.toml"), PL_STR("1")};
    struct pl_json *doc = NULL;
    PL_BUF(first, PL_MAX_OUTPUT_BYTES);
    PL_BUF(second, PL_MAX_OUTPUT_BYTES);
    if (!pl_cyclonedx_write(arena, lock, &by, &first, NULL))
        return;
    PL_FUZZ_WANT(pl_cyclonedx_write(arena, lock, &by, &second, NULL));
    PL_FUZZ_WANT(pl_str_eq(pl_buf_view(&first), pl_buf_view(&second)));
    PL_FUZZ_WANT(pl_json_parse(pl_buf_view(&first), &doc, NULL));
    pl_json_destroy(doc);
}

static void check_lines(const struct pl_lock *lock, struct pl_buf *text)
{
    size_t lines = 0;
    struct pl_str rest = pl_buf_view(text), line;
    PL_FUZZ_WANT(pl_utf8_invalid_at(rest) == rest.len);
    while (rest.len && pl_str_cut(&rest, '\n', &line)) {
        bool more = pl_str_starts(line, "    ");
        PL_FUZZ_WANT(more || !pl_str_has(line, '\\') ||
                     pl_str_ends(line, " \\"));
        lines += !more && line.len && line.at[0] != '#' &&
                 !pl_str_starts(line, "--");
    }
    PL_FUZZ_WANT(lines <= lock->package_count + lock->provided_count);
}

static void check_requirements(struct pl_arena *arena,
                               const struct pl_lock *lock)
{
    struct pl_lock flat;
    struct pl_lock_left left = {0};
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    PL_BUF(pins, PL_MAX_OUTPUT_BYTES);
    if (!pl_lock_for_requirements(arena, lock, PL_STR("f"), &flat, &left, NULL))
        return;
    PL_FUZZ_WANT(flat.package_count + left.packages == lock->package_count);
    flat.with_via = flat.with_header = true;
    for (int hashes = 0; hashes < 2; hashes++) {
        flat.without_hashes = !hashes;
        if (!pl_reqs_check(&flat, NULL))
            continue;
        pl_buf_clear(&text);
        pl_reqs_write(&flat, PL_STR("r.txt"), &text);
        check_lines(&flat, &text);
    }
    pl_constraints_write(&flat, &pins);
    check_lines(&flat, &pins);
}

static void check_users(const struct pl_lock *plain)
{
    size_t begin, end;
    for (size_t i = 0; i < plain->package_count; i++) {
        const struct pl_lock_package *package = &plain->packages[i];
        PL_FUZZ_WANT(!pl_mask_find(package->index, 0, &begin, &end));
        PL_FUZZ_WANT(!pl_mask_find(package->file.url, 0, &begin, &end));
        PL_FUZZ_WANT(!pl_mask_find(package->tree.url, 0, &begin, &end));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_lock lock, plain;
    struct pl_lock_left left = {0};
    const struct pl_source *source =
        pl_source_from_text(&arena, PL_STR("t.toml"), pl_fuzz_text(data, size));
    if (!pl_lock_read(&arena, source, &lock, NULL, NULL))
        return 0;
    check_graph(&arena, &lock);
    pl_lock_without_users(&arena, &lock, false, &plain, &left);
    check_users(&plain);
    check_bill(&arena, &plain);
    pl_lock_without_users(&arena, &lock, true, &plain, &left);
    check_requirements(&arena, &plain);
    return 0;
}
