#include "core/digest.h"
#include "index/block_internal.h"
#include "pep/pack.h"

uint32_t pl_block_check(struct pl_str details)
{
    return (uint32_t)pl_pack_checksum(0, details);
}

/* ---- one file's ---- */

static struct pl_str unpack_hash(struct pl_unpacker *u, struct pl_arena *arena,
                                 bool is_there)
{
    static const char digits[] = "0123456789abcdef";
    struct pl_str bytes = pl_unpack_bytes(u, is_there ? BLOCK_HASH_BYTES : 0);
    if (!bytes.len)
        return PL_STR("");
    char *hex = pl_arena_alloc(arena, PL_SHA256_HEX);
    for (size_t i = 0; i < bytes.len; i++) {
        hex[2 * i] = digits[(unsigned char)bytes.at[i] >> 4];
        hex[2 * i + 1] = digits[(unsigned char)bytes.at[i] & 0xf];
    }
    return (struct pl_str){hex, PL_SHA256_HEX};
}

/* The bytes must stay where they are. */
static bool read_details(struct pl_arena *arena, struct pl_str details,
                         unsigned flags, struct pl_file *file)
{
    struct pl_unpacker u = pl_unpacker_from(details);
    struct pl_file_details f = {0};
    size_t place_len = pl_unpack_u16(&u), name_len = pl_unpack_u16(&u);
    size_t upload_len = pl_unpack_u8(&u);
    f.size = pl_unpack_number(&u);
    f.has_size = flags & FILE_HAS_SIZE;
    struct pl_str place = pl_unpack_bytes(&u, place_len);
    if (flags & FILE_NAME_APART)
        f.name = pl_unpack_bytes(&u, name_len);
    else if (name_len <= place.len)
        f.name = pl_str_sub(place, place.len - name_len, place.len);
    else
        return false;
    *(flags & FILE_IS_PATH ? &f.path : &f.url) = place;
    f.upload_time = pl_unpack_bytes(&u, upload_len);
    f.sha256 = unpack_hash(&u, arena, flags & FILE_HAS_SHA256);
    f.metadata_sha256 =
        unpack_hash(&u, arena, flags & FILE_HAS_METADATA_SHA256);
    if (u.bad || u.at != u.end)
        return false;
    file->details = pl_file_details_keep(arena, &f);
    return true;
}

static struct pl_str slice_of(const char *records, size_t number,
                              struct pl_str details)
{
    const char *end =
        records + number * BLOCK_RECORD_BYTES + BLOCK_DETAILS_END_AT;
    size_t from = number ? pl_load_u32(end - BLOCK_RECORD_BYTES) : 0;
    return pl_str_sub(details, from, pl_load_u32(end));
}

/* ---- finding them ---- */

static bool accept(struct block_source *s, const char *record,
                   struct pl_str details, struct pl_file *file)
{
    return pl_block_check(details) == pl_load_u32(record + BLOCK_CHECK_AT) &&
           read_details(s->arena, details,
                        (unsigned char)record[BLOCK_FLAGS_AT], file);
}

static bool changed(const struct block_source *s, struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_INDEX,
                   "the cache of %.*s has changed while podlock read it",
                   PL_STR_ARG(s->page->project));
    return pl_error_hint(err, "run the command again");
}

/* Once: all files of a page may be looked for one after another. */
static const struct pl_block *read_newer(struct block_source *s)
{
    struct pl_block_place place = {.project = s->page->project};
    struct pl_str payload;
    if (s->newer)
        return s->newer;
    struct pl_block *block = pl_new(s->arena, struct pl_block);
    if (pl_cache_peek(s->cache, PL_CACHE_BLOCK, s->site, place.project,
                      &payload) &&
        pl_block_read(s->arena, pl_arena_dup(s->arena, payload), &place,
                      block) &&
        block->page)
        s->newer = block;
    return s->newer;
}

/* Another process has written a newer block: the same file stands in it. */
static bool find_again(struct block_source *s, const char *record,
                       struct pl_file *file, struct pl_error *err)
{
    const struct pl_block *newer = read_newer(s);
    if (!newer)
        return changed(s, err);
    const struct pl_page *page = newer->page;
    const char *records = newer->parts->records;
    struct block_source *other = (struct block_source *)page->source;
    for (size_t n = 0; n < page->file_count; n++) {
        size_t i = (file->number + n) % page->file_count;
        if (memcmp(records + i * BLOCK_RECORD_BYTES + BLOCK_CHECK_AT,
                   record + BLOCK_CHECK_AT,
                   BLOCK_RECORD_BYTES - BLOCK_CHECK_AT) == 0 &&
            pl_str_eq(page->files[i].version->text, file->version->text))
            return accept(s, record, slice_of(records, i, other->details),
                          file) ||
                   changed(s, err);
    }
    return changed(s, err);
}

static bool complete(struct pl_page_source *source, struct pl_file *file,
                     struct pl_error *err)
{
    struct block_source *s = (struct block_source *)source;
    const char *record = s->records + file->number * BLOCK_RECORD_BYTES;
    if (s->details.at)
        return accept(s, record, slice_of(s->records, file->number, s->details),
                      file) ||
               (s->cache ? find_again(s, record, file, err) : changed(s, err));
    const char *end = record + BLOCK_DETAILS_END_AT;
    size_t from = file->number ? pl_load_u32(end - BLOCK_RECORD_BYTES) : 0;
    struct pl_str details;
    return (pl_cache_read_part(s->cache, s->arena, PL_CACHE_BLOCK, s->site,
                               s->page->project, s->from + from,
                               pl_load_u32(end) - from, &details) &&
            accept(s, record, details, file)) ||
           find_again(s, record, file, err);
}

static void prepare(struct pl_page_source *source)
{
    struct block_source *s = (struct block_source *)source;
    if (!s->details.at)
        (void)pl_cache_read_part(s->cache, s->arena, PL_CACHE_BLOCK, s->site,
                                 s->page->project, s->from, s->len,
                                 &s->details);
}

/* ---- as they were written ---- */

bool pl_block_has_packed(const struct pl_page *page)
{
    struct block_source *s = (struct block_source *)page->source;
    if (!s || s->base.complete != complete)
        return false;
    prepare(&s->base);
    if (!s->details.at)
        return false;
    for (size_t i = 0; i < page->file_count; i++) {
        const char *record = s->records + i * BLOCK_RECORD_BYTES;
        if (pl_block_check(slice_of(s->records, i, s->details)) !=
            pl_load_u32(record + BLOCK_CHECK_AT))
            return false;
    }
    return true;
}

struct pl_str pl_block_packed(const struct pl_page *page, size_t file,
                              unsigned *flags)
{
    const struct block_source *s = (const struct block_source *)page->source;
    *flags =
        (unsigned char)s->records[file * BLOCK_RECORD_BYTES + BLOCK_FLAGS_AT];
    return slice_of(s->records, file, s->details);
}

void pl_block_source_init(struct block_source *source)
{
    source->base.complete = complete;
    source->base.prepare = prepare;
}
