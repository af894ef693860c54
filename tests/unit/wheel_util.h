/*
 * What the tests of index/wheel.h share: a usual wheel, reading it by ranges
 * and by crumbs, and what must come of it.
 *
 * Included by one .c file a test; needs cmocka.h before it.
 */
#ifndef PODLOCK_TESTS_WHEEL_UTIL_H
#define PODLOCK_TESTS_WHEEL_UTIL_H

#include "index/wheel.h"
#include "tests/unit/index_util.h"
#include "tests/unit/zip_made.h"

#define TEXT "Metadata-Version: 2.1\nName: a\nVersion: 1\n"
#define MOST_ASKED 8

enum { CODE, METADATA, RECORD }; /* members of `usual` */

static inline struct zip_made usual(struct pl_arena *arena)
{
    struct zip_made zip = zip_begin(arena);
    zip_add(&zip, "a/__init__.py", "x = 1\n");
    zip_add(&zip, "a-1.dist-info/METADATA", TEXT);
    zip_add(&zip, "a-1.dist-info/RECORD", "");
    return zip;
}

/* ---- reading ---- */

struct reading {
    struct pl_str text;
    struct pl_wheel_need asked[MOST_ASKED];
    size_t count;
};

static inline struct pl_file file_of(struct pl_arena *arena, const char *name)
{
    struct pl_wheelname *wheel = pl_new(arena, struct pl_wheelname);
    struct pl_page *page = pl_new(arena, struct pl_page);
    assert_true(pl_wheelname_parse(arena, pl_str_from(name), wheel, NULL));
    struct pl_file_details details = {.name = pl_str_from(name)};
    page->project = wheel->name;
    return (struct pl_file){.page = page,
                            .version = &wheel->version,
                            .wheel = &wheel->tags,
                            .details = pl_file_details_keep(arena, &details)};
}

/* Every range that is asked for comes in pieces of at most `most` bytes. */
static inline bool read_by(struct pl_arena *arena, struct pl_str zip,
                           const char *name, size_t most, struct reading *out,
                           struct pl_error *err)
{
    struct pl_wheel_bytes bytes = {.total = zip.len};
    struct pl_file file = file_of(arena, name);
    *out = (struct reading){0};
    *err = (struct pl_error){.arena = arena};
    for (;;) {
        struct pl_wheel_need need = {7, 7};
        if (!pl_wheel_read(arena, &bytes, &file, &need, &out->text, err)) {
            assert_int_equal(need.offset, 7);
            assert_int_equal(out->text.len, 0);
            return false;
        }
        if (!need.length)
            return true;
        assert_true(out->count < MOST_ASKED);
        out->asked[out->count++] = need;
        for (size_t at = 0; at < need.length; at += most) {
            size_t from = need.offset + at;
            size_t to = at + most < need.length ? from + most
                                                : need.offset + need.length;
            assert_true(to <= zip.len);
            struct pl_wheel_piece piece = {from, pl_str_sub(zip, from, to)};
            pl_vec_push(arena, &bytes.pieces, piece);
        }
    }
}

#define USUAL_NAME "a-1-py3-none-any.whl"

/* The same answer when all is at hand and by pieces. */
static inline bool read_both(struct pl_arena *arena, struct pl_str zip,
                             const char *name, struct pl_str *text,
                             struct pl_error *err)
{
    struct reading by_ranges, by_crumbs;
    struct pl_error other;
    bool ok = read_by(arena, zip, name, SIZE_MAX / 2, &by_ranges, err);
    assert_int_equal(read_by(arena, zip, name, 1000, &by_crumbs, &other), ok);
    assert_true(pl_str_eq(err->message, other.message));
    assert_true(pl_str_eq(by_ranges.text, by_crumbs.text));
    assert_true(by_ranges.count <= 3);
    *text = by_ranges.text;
    return ok;
}

static inline void assert_reads(struct zip_made *zip, const char *name)
{
    struct pl_error err;
    struct pl_str text;
    if (!read_both(zip->arena, zip_end(zip), name, &text, &err))
        fail_msg("%s: %.*s", name, PL_STR_ARG(err.message));
    assert_str(text, TEXT);
}

static inline void assert_refused(struct zip_made *zip, const char *name,
                                  enum pl_error_code code, const char *reason)
{
    struct pl_error err;
    struct pl_str text;
    if (read_both(zip->arena, zip_end(zip), name, &text, &err))
        fail_msg("was read, wanted `%s`", reason);
    assert_error(&err, code, reason);
    assert_true(pl_str_starts(err.message, "its wheel "));
}

static inline struct pl_str noise(struct pl_arena *arena, size_t len)
{
    char *bytes = pl_arena_alloc(arena, len);
    uint32_t seed = 1;
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = (char)(seed >> 24);
    }
    return (struct pl_str){bytes, len};
}

#endif
