/* Zip files that are wrong in one place: each is refused for its reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/limits.h"
#include "tests/unit/wheel_util.h"

struct wrong {
    void (*make)(struct zip_made *zip);
    const char *reason;
};

static void check_wrong(const struct wrong *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        PL_ARENA(arena);
        struct zip_made zip = usual(&arena);
        cases[i].make(&zip);
        assert_refused(&zip, USUAL_NAME, PL_ERR_INPUT, cases[i].reason);
    }
}

static void junk_behind(struct zip_made *zip)
{
    zip->suffix = PL_STR("\n");
}

static void junk_before(struct zip_made *zip)
{
    zip->prefix = PL_STR("#!/bin/sh\n");
}

/* As when one is put behind the other: places count from its own start. */
static void second_zip(struct zip_made *zip)
{
    zip->prefix = zip_end(zip);
    for (size_t i = 0; i < zip->count; i++)
        zip->members[i].has_offset = true;
    zip->directory = zip->members[RECORD].offset + 30 +
                     zip->members[RECORD].name.len +
                     zip->members[RECORD].data.len;
}

static void end_in_comment(struct zip_made *zip)
{
    struct zip_made other = usual(zip->arena);
    zip->comment = zip_end(&other);
}

/* The first one's comment is the second one. */
static void two_ends(struct zip_made *zip)
{
    PL_BUF(out, 1000);
    struct zip_made first = zip_begin(zip->arena);
    first.comment_bytes = 22;
    zip_put_end(&out, &first, 0, 0);
    zip->behind_directory = pl_arena_dup(zip->arena, pl_buf_view(&out));
}

/* The same members, and a second directory and end behind the first. */
static void updated(struct zip_made *zip)
{
    zip->prefix = zip_end(zip);
    for (size_t i = 0; i < zip->count; i++) {
        zip->members[i].has_offset = true;
        zip->members[i].only_in_listing = true;
    }
}

static void cut_mark(struct zip_made *zip)
{
    zip->suffix = PL_STR("PK\5\6and then");
}

static void long_comment_stated(struct zip_made *zip)
{
    zip->comment_bytes = 1;
}

static void endless_comment(struct zip_made *zip)
{
    zip->prefix = noise(zip->arena, 100000);
    zip->comment = noise(zip->arena, PL_WHEEL_TAIL_BYTES - 30);
}

static void endless_comment_whole(struct zip_made *zip)
{
    zip->comment = noise(zip->arena, PL_WHEEL_TAIL_BYTES + 30);
}

static void other_disk(struct zip_made *zip)
{
    zip->disk = 1;
}

static void some_here(struct zip_made *zip)
{
    zip->here = 2;
}

static void directory_elsewhere(struct zip_made *zip)
{
    zip->directory = 1;
}

static void directory_longer(struct zip_made *zip)
{
    zip->bytes = UINT32_MAX - 1;
}

static void behind_directory(struct zip_made *zip)
{
    zip->behind_directory = PL_STR("bytes");
}

static void too_many_entries(struct zip_made *zip)
{
    zip->entries = 9;
}

static void one_entry_more(struct zip_made *zip)
{
    zip->members[RECORD].extra = PL_STR("\1\2\60\0"
                                        "123456789 123456789 123456789 "
                                        "123456789 12345678");
    zip->entries = 4;
}

static void one_entry_less(struct zip_made *zip)
{
    zip->entries = 2;
}

static void test_wrong_end(void **state)
{
    (void)state;
    static const struct wrong cases[] = {
        {junk_behind, "bytes after its end record"},
        {junk_before, "bytes before its first member"},
        {second_zip, "two end records"},
        {end_in_comment, "two end records"},
        {two_ends, "two end records"},
        {updated, "two end records"},
        {cut_mark, "cut off within its end record"},
        {long_comment_stated, "cut off within its end record"},
        {endless_comment, "comment that is too long"},
        {endless_comment_whole, "no end record"},
        {other_disk, "zip that was split"},
        {some_here, "zip that was split"},
        {directory_elsewhere, "no directory where"},
        {directory_longer, "no directory where"},
        {behind_directory, "no directory where"},
        {too_many_entries, "fewer entries"},
        {one_entry_more, "directory that cannot be read"},
        {one_entry_less, "more in its directory"},
    };
    check_wrong(cases, PL_COUNT(cases));
}

static void no_wide_record(struct zip_made *zip)
{
    zip->locator_place = 5;
    zip->zip64 = true;
}

static void wide_count(struct zip_made *zip)
{
    zip->wide_entries = 2;
    zip->zip64 = true;
}

static void wide_count_behind(struct zip_made *zip)
{
    zip->wide_entries = 2;
    zip->entries = UINT16_MAX;
    zip->zip64 = true;
}

static void wide_directory(struct zip_made *zip)
{
    zip->wide_directory = UINT64_MAX - 1;
    zip->directory = UINT32_MAX;
    zip->zip64 = true;
}

static void wide_bytes(struct zip_made *zip)
{
    zip->wide_bytes = UINT64_MAX;
    zip->wide_directory = 1;
    zip->bytes = zip->directory = UINT32_MAX;
    zip->zip64 = true;
}

static void lacks_wide(struct zip_made *zip)
{
    zip->members[CODE].packed = UINT32_MAX;
}

static void wide_is_cut(struct zip_made *zip)
{
    zip->members[CODE].packed = zip->members[CODE].size = UINT32_MAX;
    zip->members[CODE].extra = PL_STR("\1\0\10\0"
                                      "\0\0\0\0\0\0\0\0");
}

static void wide_twice(struct zip_made *zip)
{
    zip->members[CODE].extra = PL_STR("\1\0\0\0\1\0\0\0");
}

static void wide_lies(struct zip_made *zip)
{
    zip->members[CODE].packed = UINT32_MAX;
    zip->members[CODE].extra = PL_STR("\1\0\10\0"
                                      "\0\0\0\1\0\0\0\0");
}

static void wide_wraps(struct zip_made *zip)
{
    zip->members[CODE].packed = UINT32_MAX;
    zip->members[CODE].extra = PL_STR("\1\0\10\0"
                                      "\377\377\377\377\377\377\377\377");
}

static void extra_is_cut(struct zip_made *zip)
{
    zip->members[RECORD].extra = PL_STR("\5\0\5\0abc");
}

static void entry_of_disk(struct zip_made *zip)
{
    zip->members[RECORD].disk = 1;
}

static void test_wrong_zip64(void **state)
{
    (void)state;
    static const struct wrong cases[] = {
        {no_wide_record, "no zip64 end record"},
        {wide_count, "of zip and of zip64, that differ"},
        {wide_count_behind, "more in its directory"},
        {wide_directory, "no directory where"},
        {wide_bytes, "no directory where"},
        {lacks_wide, "lacks zip64 numbers"},
        {wide_is_cut, "lacks zip64 numbers"},
        {wide_twice, "extra field twice"},
        {wide_lies, "overlap"},
        {wide_wraps, "overlap"},
        {extra_is_cut, "extra field that is cut off"},
        {entry_of_disk, "zip that was split"},
    };
    check_wrong(cases, PL_COUNT(cases));
}

static void same_place(struct zip_made *zip)
{
    struct zip_member *m = zip_add(zip, "a/again", "");
    m->only_in_listing = m->has_offset = true;
    m->offset = 0;
}

static void within_another(struct zip_made *zip)
{
    zip_end(zip);
    zip->members[RECORD].has_offset = true;
    zip->members[RECORD].offset -= 5;
}

static void beyond_directory(struct zip_made *zip)
{
    zip->members[RECORD].has_offset = true;
    zip->members[RECORD].offset = 10000;
}

static void longer_than_room(struct zip_made *zip)
{
    zip->members[METADATA].packed += 100;
}

static void hidden_bytes(struct zip_made *zip)
{
    zip->members[RECORD].before = noise(zip->arena, 70000);
}

static void hidden_behind_metadata(struct zip_made *zip)
{
    zip->members[RECORD].before = PL_STR("PK\3\4");
}

static void nothing_at_front(struct zip_made *zip)
{
    zip->members[CODE].before = PL_STR("PK\3\4");
}

static void local_name_longer(struct zip_made *zip)
{
    zip->members[METADATA].local_name =
        (struct pl_str){pl_arena_alloc(zip->arena, 60000), 60000};
    zip->members[METADATA].data = PL_STR("");
}

static void test_wrong_places(void **state)
{
    (void)state;
    static const struct wrong cases[] = {
        {same_place, "overlap"},
        {within_another, "overlap"},
        {beyond_directory, "overlap"},
        {longer_than_room, "overlap"},
        {local_name_longer, "overlap"},
        {hidden_bytes, "bytes that belong to no member"},
        {hidden_behind_metadata, "bytes behind its METADATA"},
        {nothing_at_front, "bytes before its first member"},
    };
    check_wrong(cases, PL_COUNT(cases));
}

static void other_name(struct zip_made *zip)
{
    zip->members[METADATA].local_name = PL_STR("a-1.dist-info/metadata");
}

static void other_method(struct zip_made *zip)
{
    zip->members[METADATA].local_method = 0;
}

static void other_flags(struct zip_made *zip)
{
    zip->members[METADATA].local_flags = 1 << 3;
}

static void other_size(struct zip_made *zip)
{
    zip->members[METADATA].local_size--;
}

static void other_packed(struct zip_made *zip)
{
    zip->members[METADATA].local_packed = 0;
}

static void other_crc(struct zip_made *zip)
{
    zip->members[METADATA].local_crc++;
}

static void other_second_name(struct zip_made *zip)
{
    zip->members[METADATA].local_extra = PL_STR("\x75\x70\6\0\1\0\0\0\0b");
}

static void no_local(struct zip_made *zip)
{
    zip->members[METADATA].only_in_listing = true;
    zip->members[METADATA].descriptor = PL_STR("");
    zip->members[RECORD].before = noise(zip->arena, 200);
}

static void test_wrong_local(void **state)
{
    (void)state;
    static const struct wrong cases[] = {
        {other_name, "name differs"},
        {other_method, "packing differs"},
        {other_flags, "kind differs"},
        {other_size, "size differs"},
        {other_packed, "size differs"},
        {other_crc, "checksum differs"},
        {other_second_name, "name differs"},
        {no_local, "no METADATA where its directory says"},
    };
    check_wrong(cases, PL_COUNT(cases));
}

static void set_flags(struct zip_made *zip, uint32_t flags)
{
    struct zip_member *m = &zip->members[METADATA];
    m->flags = m->local_flags = flags;
}

static void encrypted(struct zip_made *zip)
{
    set_flags(zip, 1);
}

static void strongly_encrypted(struct zip_made *zip)
{
    set_flags(zip, 1 << 6);
}

static void patched(struct zip_made *zip)
{
    set_flags(zip, 1 << 5);
}

static void lzma(struct zip_made *zip)
{
    struct zip_member *m = &zip->members[METADATA];
    m->method = m->local_method = 14;
}

static void link_entry(struct zip_made *zip)
{
    zip->members[METADATA].mode = 0120777;
}

static void wrong_crc(struct zip_made *zip)
{
    struct zip_member *m = &zip->members[METADATA];
    m->local_crc = ++m->crc;
}

static void states_less(struct zip_made *zip)
{
    struct zip_member *m = &zip->members[METADATA];
    m->local_size = --m->size;
}

static void states_more(struct zip_made *zip)
{
    struct zip_member *m = &zip->members[METADATA];
    m->local_size = ++m->size;
}

static void packed_is_cut(struct zip_made *zip)
{
    struct zip_member *m = &zip->members[METADATA];
    m->data.len--;
    m->local_packed = --m->packed;
}

static void bytes_behind_stream(struct zip_made *zip)
{
    struct zip_member *m = &zip->members[METADATA];
    char *more = pl_arena_alloc(zip->arena, m->data.len + 1);
    memcpy(more, m->data.at, m->data.len);
    m->data = (struct pl_str){more, m->data.len + 1};
    m->local_packed = ++m->packed;
}

static void stored_of_two_sizes(struct zip_made *zip)
{
    struct zip_member *m = &zip->members[METADATA];
    m->method = m->local_method = 0;
}

static void bomb(struct zip_made *zip)
{
    char *zeros = pl_arena_alloc(zip->arena, 1 << 20);
    struct zip_member *m = &zip->members[METADATA];
    m->data = zip_deflate(zip->arena, (struct pl_str){zeros, 1 << 20});
    m->packed = m->local_packed = (uint32_t)m->data.len;
}

static void test_wrong_data(void **state)
{
    (void)state;
    static const struct wrong cases[] = {
        {encrypted, "encrypted"},
        {strongly_encrypted, "encrypted"},
        {patched, "unknown way"},
        {lzma, "unknown way"},
        {link_entry, "no plain file"},
        {wrong_crc, "checksum is wrong"},
        {states_less, "more METADATA than it says"},
        {states_more, "less METADATA than it says"},
        {packed_is_cut, "cannot be unpacked"},
        {bytes_behind_stream, "cannot be unpacked"},
        {stored_of_two_sizes, "two sizes"},
        {bomb, "more METADATA than it says"},
    };
    check_wrong(cases, PL_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_end),    cmocka_unit_test(test_wrong_zip64),
        cmocka_unit_test(test_wrong_places), cmocka_unit_test(test_wrong_local),
        cmocka_unit_test(test_wrong_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
