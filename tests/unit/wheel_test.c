/* METADATA out of wheels: which bytes are asked for, and which names do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/limits.h"
#include "tests/unit/wheel_util.h"

/* ---- what is read ---- */

static void test_reads(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct zip_made zip = usual(&arena);
    assert_reads(&zip, USUAL_NAME);
    zip.comment = PL_STR("a comment");
    assert_reads(&zip, USUAL_NAME);
    zip.zip64 = true;
    assert_reads(&zip, USUAL_NAME);
    zip.entries = UINT16_MAX;
    zip.bytes = zip.directory = UINT32_MAX;
    assert_reads(&zip, USUAL_NAME);
}

static void test_stored(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct zip_made zip = zip_begin(&arena);
    zip_add_bytes(&zip, "a-1.dist-info/METADATA", PL_STR(TEXT), false);
    assert_reads(&zip, USUAL_NAME);
}

/* A zip that is stored in a wheel has an end record, but of its own. */
static void test_zip_within(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct zip_made inner = usual(&arena), zip = usual(&arena);
    zip_add_bytes(&zip, "a/inner.zip", zip_end(&inner), false);
    assert_reads(&zip, USUAL_NAME);
}

static struct pl_str descriptor(struct pl_arena *arena,
                                const struct zip_member *m, bool marked,
                                unsigned width)
{
    PL_BUF(out, 100);
    if (marked)
        pl_buf_add(&out, "PK\7\10", 4);
    zip_put(&out, 4, m->crc);
    zip_put(&out, width, m->packed);
    zip_put(&out, width, m->size);
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static void test_descriptors(void **state)
{
    (void)state;
    PL_ARENA(arena);
    for (unsigned i = 0; i < 8; i++) {
        struct zip_made zip = usual(&arena);
        struct zip_member *m = &zip.members[METADATA];
        m->flags = m->local_flags = 1 << 3 | 1 << 11;
        if (i & 1)
            m->local_crc = m->local_packed = m->local_size = 0;
        m->descriptor = descriptor(&arena, m, i & 2, i & 4 ? 8 : 4);
        assert_reads(&zip, USUAL_NAME);
        m->descriptor = pl_str_sub(m->descriptor, 0, m->descriptor.len - 1);
        assert_refused(&zip, USUAL_NAME, PL_ERR_INPUT, "data descriptor");
    }
}

/* As Python's zipfile writes a member whose size it does not know. */
static void test_wide_local_header(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct zip_made zip = usual(&arena);
    struct zip_member *m = &zip.members[METADATA];
    PL_BUF(extra, 100);
    zip_put(&extra, 2, 1);
    zip_put(&extra, 2, 16);
    zip_put(&extra, 8, m->size);
    zip_put(&extra, 8, m->packed);
    m->local_extra = pl_arena_dup(&arena, pl_buf_view(&extra));
    m->local_size = m->local_packed = UINT32_MAX;
    assert_reads(&zip, USUAL_NAME);
    extra.data[4]++;
    m->local_extra = pl_buf_view(&extra);
    assert_refused(&zip, USUAL_NAME, PL_ERR_INPUT, "size differs");
}

static void test_folder_names(void **state)
{
    (void)state;
    static const struct {
        const char *file, *metadata;
    } cases[] = {
        {"Flask_SQLAlchemy-3.0-py3-none-any.whl",
         "flask_sqlalchemy-3.0.0.dist-info/METADATA"},
        {"flask_sqlalchemy-3.0-py3-none-any.whl",
         "Flask-SQLAlchemy-3.0.dist-info/METADATA"},
        {"zope.interface-5.0-py3-none-any.whl",
         "zope.interface-5.0.dist-info/METADATA"},
        {"zope_interface-5.0-py3-none-any.whl",
         "zope.interface-5.0.dist-info/METADATA"},
        {"torch-2.4.0+cu121-cp311-cp311-linux_x86_64.whl",
         "torch-2.4.0+cu121.dist-info/METADATA"},
        {"a-1.0+ubuntu.1-py3-none-any.whl",
         "a-1.0+ubuntu_1.dist-info/METADATA"},
        {"a-1.0.post1-2-py3-none-any.whl", "a-1.0_1.dist-info/METADATA"},
    };
    PL_ARENA(arena);
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        struct zip_made zip = zip_begin(&arena);
        zip_add(&zip, cases[i].metadata, TEXT);
        assert_reads(&zip, cases[i].file);
    }
}

/* Odd names elsewhere, and other packages' METADATA, are nobody's concern. */
static void test_other_members(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const char *const names[] = {
        "a/_vendor/b-2.dist-info/METADATA",
        "a-1.dist-info/licenses/METADATA",
        "a-1.dist-info/./LICENSE",
        "a-1.data/METADATA",
        "a/xt_MARK.h",
        "a/xt_mark.h",
        "a/xt_mark.h",
        "METADATA",
        "a\\b",
        "../up",
        "a-1.dist-info/",
    };
    struct zip_made zip = usual(&arena);
    for (size_t i = 0; i < PL_COUNT(names); i++)
        zip_add(&zip, names[i], "something else");
    assert_reads(&zip, USUAL_NAME);
}

/* ---- which bytes are asked for ---- */

static void assert_asked(struct pl_arena *arena, struct zip_made *zip,
                         size_t times, struct reading *reading)
{
    struct pl_error err;
    struct pl_str bytes = zip_end(zip);
    if (!read_by(arena, bytes, USUAL_NAME, SIZE_MAX / 2, reading, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    assert_str(reading->text, TEXT);
    assert_int_equal(reading->count, times);
    assert_int_equal(reading->asked[0].offset + reading->asked[0].length,
                     bytes.len);
}

static void test_asks_once(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct reading r;
    struct zip_made zip = usual(&arena);
    assert_asked(&arena, &zip, 1, &r);
    assert_int_equal(r.asked[0].offset, 0);
    zip = zip_begin(&arena);
    zip_add_bytes(&zip, "a/big", noise(&arena, 100000), false);
    zip_add(&zip, "a-1.dist-info/METADATA", TEXT);
    assert_asked(&arena, &zip, 1, &r);
    assert_int_equal(r.asked[0].length, PL_WHEEL_TAIL_BYTES);
}

static void test_asks_for_member(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct reading r;
    struct zip_made zip = zip_begin(&arena);
    zip_add(&zip, "a-1.dist-info/METADATA", TEXT);
    zip_add_bytes(&zip, "a/big", noise(&arena, 100000), false);
    assert_asked(&arena, &zip, 2, &r);
    assert_int_equal(r.asked[1].offset, 0);
    assert_int_equal(r.asked[1].length, zip.members[1].offset);
}

static void test_asks_for_directory(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct reading r;
    char *name = pl_arena_alloc(&arena, 30001);
    memset(name, 'n', 30000);
    struct zip_made zip = zip_begin(&arena);
    zip_add(&zip, "a-1.dist-info/METADATA", TEXT);
    zip_add_bytes(&zip, "a/big", noise(&arena, 100000), false);
    zip_add(&zip, name, "");
    struct pl_str bytes = zip_end(&zip);
    assert_asked(&arena, &zip, 3, &r);
    /* Only what the tail did not have. */
    assert_int_equal(r.asked[1].offset + r.asked[1].length,
                     bytes.len - PL_WHEEL_TAIL_BYTES);
    assert_memory_equal(bytes.at + r.asked[1].offset, "PK\1\2", 4);
    assert_int_equal(r.asked[2].length, zip.members[1].offset);
}

/* ---- names ---- */

static void test_wrong_names(void **state)
{
    (void)state;
    static const struct {
        const char *name, *reason;
    } cases[] = {
        {"a-1.dist-info/METADATA", "METADATA twice"},
        {"a-1.dist-info/metadata", "spells a name"},
        {"a-1.dist-info/./METADATA", "spells a name"},
        {"a-1.dist-info//METADATA", "spells a name"},
        {"a-1.dist-info/METADATA/", "spells a name"},
        {"a-1.dist-info/x/../METADATA", "spells a name"},
        {"a-1.dist-info\\METADATA", "spells a name"},
        {"./a-1.dist-info/METADATA", "spells a name"},
        {"/a-1.dist-info/METADATA", "spells a name"},
        {"../a-1.dist-info/METADATA", "spells a name"},
        {"x/../a-1.dist-info/METADATA", "spells a name"},
        {"A-1.dist-info/METADATA", "two dist-info folders"},
        {"a-1.DIST-INFO/METADATA", "two dist-info folders"},
        {"b-1.dist-info/METADATA", "two dist-info folders"},
        {"b-1.dist-info/RECORD", "two dist-info folders"},
        {"a-1.0.dist-info/METADATA", "two dist-info folders"},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        PL_ARENA(arena);
        struct zip_made zip = usual(&arena);
        zip_add(&zip, cases[i].name, TEXT);
        assert_refused(&zip, USUAL_NAME, PL_ERR_INPUT, cases[i].reason);
    }
}

static void test_name_with_nul(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct zip_made zip = usual(&arena);
    struct zip_member *m = zip_add(&zip, "x", TEXT);
    m->name = m->local_name = PL_STR("a-1.dist-info/METADATA\0x");
    assert_refused(&zip, USUAL_NAME, PL_ERR_INPUT, "spells a name");
}

#define SECOND_NAME(name, length) "\x75\x70" length "\0\1\0\0\0\0" name

static void test_second_names(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct zip_made zip = usual(&arena);
    struct zip_member *code = &zip.members[CODE];
    struct zip_member *metadata = &zip.members[METADATA];
    code->extra = PL_STR(SECOND_NAME("a/other", "\14"));
    metadata->extra = PL_STR(SECOND_NAME("a-1.dist-info/METADATA", "\33"));
    assert_reads(&zip, USUAL_NAME);
    code->extra = PL_STR(SECOND_NAME("a-1.dist-info/METADATA", "\33"));
    assert_refused(&zip, USUAL_NAME, PL_ERR_INPUT, "spells a name");
    code->extra = PL_STR("");
    metadata->extra = PL_STR(SECOND_NAME("a-2.dist-info/METADATA", "\33"));
    assert_refused(&zip, USUAL_NAME, PL_ERR_INPUT, "spells a name");
}

static void test_other_project(void **state)
{
    (void)state;
    static const char *const names[] = {
        "b-1.dist-info/METADATA",       "a-2.dist-info/METADATA",
        "a-1+local.dist-info/METADATA", "a.dist-info/METADATA",
        "-1.dist-info/METADATA",        "a-.dist-info/METADATA",
        ".dist-info/METADATA",          "a-1.DIST-INFO/METADATA",
        "a-1-1.dist-info/METADATA",     "a-x.dist-info/METADATA",
    };
    for (size_t i = 0; i < PL_COUNT(names); i++) {
        PL_ARENA(arena);
        struct zip_made zip = zip_begin(&arena);
        zip_add(&zip, names[i], TEXT);
        assert_refused(&zip, USUAL_NAME, PL_ERR_INPUT,
                       "another name or version");
    }
}

static void test_no_metadata(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct zip_made zip = zip_begin(&arena);
    assert_refused(&zip, USUAL_NAME, PL_ERR_INPUT, "no METADATA");
    zip_add(&zip, "a/METADATA", TEXT);
    zip_add(&zip, "a-1.dist-info/RECORD", "");
    assert_refused(&zip, USUAL_NAME, PL_ERR_INPUT, "no METADATA");
}

/* ---- limits and cuts ---- */

static void test_limits(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct zip_made zip = usual(&arena);
    struct zip_member *m = &zip.members[METADATA];
    m->size = m->local_size = PL_MAX_METADATA_BYTES + 1;
    assert_refused(&zip, USUAL_NAME, PL_ERR_LIMIT, "METADATA of more than");
    zip = usual(&arena);
    zip.zip64 = true;
    zip.entries = UINT16_MAX;
    zip.wide_entries = PL_MAX_WHEEL_MEMBERS + 1;
    zip.bytes = zip.directory = UINT32_MAX;
    zip.prefix = noise(&arena, 46 * (PL_MAX_WHEEL_MEMBERS + 1));
    struct pl_str whole = zip_end(&zip);
    m = &zip.members[RECORD];
    zip.wide_directory = 0;
    zip.wide_bytes = whole.len - 22 - 76;
    assert_refused(&zip, USUAL_NAME, PL_ERR_LIMIT, "a directory of more than");
}

/* Every cut wheel is refused; none is read as a whole one. */
static void test_cut(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct zip_made zip = usual(&arena);
    struct pl_str whole = zip_end(&zip);
    for (size_t len = 0; len < whole.len; len++) {
        struct reading r;
        struct pl_error err;
        assert_false(read_by(&arena, pl_str_sub(whole, 0, len), USUAL_NAME,
                             SIZE_MAX / 2, &r, &err));
        assert_int_equal(err.code, PL_ERR_INPUT);
    }
}

/* A byte that changes is either of another member or makes it refused. */
static void test_flipped(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct zip_made zip = usual(&arena);
    struct pl_str whole = zip_end(&zip);
    for (size_t i = 0; i < whole.len * 8; i++) {
        PL_ARENA(scratch);
        struct pl_error err;
        struct pl_str text, copy = pl_arena_dup(&scratch, whole);
        char *flipped = pl_arena_alloc(&scratch, copy.len);
        memcpy(flipped, whole.at, whole.len);
        flipped[i / 8] ^= (char)(1 << (i % 8));
        copy.at = flipped;
        if (read_both(&scratch, copy, USUAL_NAME, &text, &err))
            assert_str(text, TEXT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_stored),
        cmocka_unit_test(test_zip_within),
        cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_wide_local_header),
        cmocka_unit_test(test_folder_names),
        cmocka_unit_test(test_other_members),
        cmocka_unit_test(test_asks_once),
        cmocka_unit_test(test_asks_for_member),
        cmocka_unit_test(test_asks_for_directory),
        cmocka_unit_test(test_wrong_names),
        cmocka_unit_test(test_name_with_nul),
        cmocka_unit_test(test_second_names),
        cmocka_unit_test(test_other_project),
        cmocka_unit_test(test_no_metadata),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_flipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
