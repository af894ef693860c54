/*
 * A whole wheel of project "a", version 1. However its bytes come, the answer
 * is the same; and libarchive, where it finds one member of that name, reads
 * the same METADATA. It finds more where another member's local header has that
 * name: podlock reads no local header but that of METADATA.
 */
#include <archive.h>
#include <archive_entry.h>

#include "core/limits.h"
#include "index/wheel.h"
#include "tests/fuzz/fuzz.h"

#define CRUMBS 23 /* about as many a range */
#define SUFFIX ".dist-info/METADATA"

struct answer {
    bool ok;
    struct pl_str text;
    struct pl_error err;
};

static void take(struct pl_arena *arena, struct pl_wheel_bytes *bytes,
                 struct pl_str zip, struct pl_wheel_need need, size_t most)
{
    PL_FUZZ_WANT(need.offset <= zip.len);
    PL_FUZZ_WANT(need.length <= zip.len - need.offset);
    for (size_t at = 0; at < need.length; at += most) {
        size_t from = need.offset + at, end = need.offset + need.length;
        size_t to = end - from < most ? end : from + most;
        struct pl_wheel_piece piece = {from, pl_str_sub(zip, from, to)};
        pl_vec_push(arena, &bytes->pieces, piece);
    }
}

static struct answer read_by(struct pl_arena *arena, struct pl_str zip,
                             bool all, size_t most)
{
    struct answer answer = {.err.arena = arena};
    struct pl_version version;
    struct pl_page page = {.project = PL_STR("a")};
    struct pl_file file = {.page = &page, .version = &version};
    struct pl_wheel_bytes bytes = {.total = zip.len};
    struct pl_wheel_need need = {0, all ? zip.len : 0};
    PL_FUZZ_WANT(pl_version_parse(arena, PL_STR("1"), &version, NULL));
    for (int times = 0;; times++) {
        PL_FUZZ_WANT(times <= 3 + all);
        take(arena, &bytes, zip, need, most);
        need.length = 0;
        answer.ok = pl_wheel_read(arena, &bytes, &file, &need, &answer.text,
                                  &answer.err);
        if (!answer.ok || !need.length)
            return answer;
        PL_FUZZ_WANT(!all);
    }
}

static void free_archive(struct archive **archive)
{
    archive_read_free(*archive);
}

static bool is_same_member(struct archive *archive, struct pl_str text)
{
    size_t at = 0, len;
    const void *block;
    la_int64_t offset;
    int status;
    while ((status = archive_read_data_block(archive, &block, &len, &offset)) ==
           ARCHIVE_OK) {
        if ((size_t)offset != at || len > text.len - at ||
            (len && memcmp(text.at + at, block, len) != 0))
            return false;
        at += len;
    }
    return status != ARCHIVE_EOF || at == text.len;
}

static void compare_with_libarchive(struct pl_str zip, struct pl_str text)
{
    struct archive *archive PL_CLEANUP(free_archive) = archive_read_new();
    struct archive_entry *entry;
    size_t found = 0;
    bool is_same = true;
    int status;
    PL_FUZZ_WANT(archive && archive_read_support_format_zip_seekable(archive) ==
                                ARCHIVE_OK);
    if (archive_read_open_memory(archive, zip.at, zip.len) != ARCHIVE_OK)
        return;
    while ((status = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
        struct pl_str name = pl_str_from(archive_entry_pathname(entry));
        if (!pl_str_ends(name, SUFFIX) ||
            pl_str_find(name, '/') != name.len - strlen("/METADATA"))
            continue;
        found++;
        is_same = is_same && is_same_member(archive, text);
    }
    PL_FUZZ_WANT(status != ARCHIVE_EOF || found != 1 || is_same);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_str zip = pl_fuzz_text(data, size);
    struct answer whole = read_by(&arena, zip, true, SIZE_MAX);
    struct answer ranges = read_by(&arena, zip, false, SIZE_MAX);
    struct answer crumbs = read_by(&arena, zip, false, size / CRUMBS + 1);
    PL_FUZZ_WANT(whole.ok == ranges.ok && whole.ok == crumbs.ok);
    PL_FUZZ_WANT(pl_str_eq(whole.err.message, ranges.err.message));
    PL_FUZZ_WANT(pl_str_eq(whole.err.message, crumbs.err.message));
    PL_FUZZ_WANT(pl_str_eq(whole.text, ranges.text));
    PL_FUZZ_WANT(pl_str_eq(whole.text, crumbs.text));
    if (whole.ok)
        compare_with_libarchive(zip, whole.text);
    else
        PL_FUZZ_WANT(whole.err.code == PL_ERR_INPUT ||
                     whole.err.code == PL_ERR_LIMIT);
    return 0;
}
