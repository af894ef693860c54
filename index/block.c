#include "index/block.h"

#include "core/digest.h"
#include "core/limits.h"
#include "index/block_internal.h"
#include "pep/pack.h"

struct reader {
    struct pl_unpacker u;
    struct pl_arena *arena;
    const struct pl_str *texts;
    size_t text_count;
    const struct pl_version *versions;
    size_t version_count;
    const struct pl_wheeltags *tags; /* from number 1 on */
    size_t tags_count;
};

/* ---- tables ---- */

static void read_versions(struct reader *r)
{
    size_t count = pl_unpack_count(&r->u, PL_PACKED_VERSION_BYTES);
    struct pl_version *versions =
        pl_new_array(r->arena, struct pl_version, count);
    for (size_t i = 0; i < count && !r->u.bad; i++) {
        pl_unpack_version(&r->u, r->arena, &versions[i]);
        if (!versions[i].release_count)
            r->u.bad = true;
    }
    r->versions = versions;
    r->version_count = count;
}

static struct pl_str read_text_number(struct reader *r)
{
    uint64_t number = pl_unpack_number(&r->u);
    if (number < r->text_count)
        return r->texts[number];
    r->u.bad = true;
    return PL_STR("");
}

static void read_tags(struct reader *r)
{
    size_t count = pl_unpack_count(&r->u, 6);
    struct pl_wheeltags *tags =
        pl_new_array(r->arena, struct pl_wheeltags, count + 1);
    for (size_t i = 1; i <= count && !r->u.bad; i++) {
        tags[i].python = read_text_number(r);
        tags[i].abi = read_text_number(r);
        tags[i].platform = read_text_number(r);
        tags[i].build_rest = read_text_number(r);
        tags[i].has_build = pl_unpack_u8(&r->u);
        tags[i].build_number = pl_unpack_number(&r->u);
    }
    r->tags = tags;
    r->tags_count = count;
}

static void read_slices(struct reader *r, struct block_slices *out)
{
    struct pl_unpacker *u = &r->u;
    size_t count = pl_unpack_count(u, 4);
    const char *ends = pl_unpack_bytes(u, count * 4).at;
    uint32_t end = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t next = pl_load_u32(ends + 4 * i);
        if (next < end)
            u->bad = true;
        end = next;
    }
    *out = (struct block_slices){ends, count, pl_unpack_bytes(u, end)};
}

struct pl_str pl_block_slice(const struct block_slices *slices, size_t number)
{
    const char *end = slices->ends + 4 * number;
    size_t from = number ? pl_load_u32(end - 4) : 0;
    return pl_str_sub(slices->bytes, from, pl_load_u32(end));
}

/* ---- files ---- */

static struct pl_str take(const char **at, size_t len)
{
    struct pl_str text = {*at, len};
    *at += len;
    return text;
}

/* Thousands a run: everything is checked at once, and nothing is copied. */
static bool read_file(const struct reader *r, const char *record,
                      const char **at, const char *end, struct pl_file *f)
{
    uint32_t version = pl_load_u32(record), tags = pl_load_u32(record + 4);
    uint32_t python = pl_load_u32(record + 8), why = pl_load_u32(record + 12);
    size_t url = pl_load_u16(record + 28), name = pl_load_u16(record + 30);
    size_t upload = (unsigned char)record[32];
    unsigned flags = (unsigned char)record[33];
    size_t sha256 = flags & FILE_HAS_SHA256 ? PL_SHA256_HEX : 0;
    size_t other = flags & FILE_HAS_METADATA_SHA256 ? PL_SHA256_HEX : 0;
    size_t apart = flags & FILE_NAME_APART ? name : 0;
    bool is_wheel = flags & FILE_IS_WHEEL;
    if (version >= r->version_count || tags > r->tags_count ||
        python >= r->text_count || why >= r->text_count ||
        is_wheel != (tags > 0) || name - apart > url ||
        url + apart + sha256 + upload + other > (size_t)(end - *at))
        return false;
    struct pl_str place = take(at, url);
    f->version = &r->versions[version];
    f->wheel = is_wheel ? &r->tags[tags] : NULL;
    f->kind = is_wheel ? PL_FILE_WHEEL : PL_FILE_SDIST;
    *(flags & FILE_IS_PATH ? &f->path : &f->url) = place;
    f->name = take(at, apart);
    if (!apart)
        f->name = (struct pl_str){*at - name, name};
    f->sha256 = take(at, sha256);
    f->upload_time = take(at, upload);
    f->metadata_sha256 = take(at, other);
    f->requires_python = r->texts[python];
    f->yanked_reason = r->texts[why];
    f->size = pl_load_u64(record + 20);
    f->has_size = flags & FILE_HAS_SIZE;
    f->yanked = flags & FILE_IS_YANKED;
    f->has_metadata = flags & FILE_HAS_METADATA;
    return true;
}

static void read_files(struct reader *r, struct pl_block_parts *parts,
                       struct pl_page *page)
{
    size_t count = pl_unpack_count(&r->u, BLOCK_RECORD_BYTES);
    uint64_t text_bytes = pl_unpack_number(&r->u);
    if (count > PL_MAX_FILES_PER_PAGE)
        r->u.bad = true;
    const char *records = pl_unpack_bytes(&r->u, count * BLOCK_RECORD_BYTES).at;
    struct pl_str texts = pl_unpack_bytes(&r->u, text_bytes);
    if (r->u.bad)
        return;
    const char *at = texts.at, *end = at + texts.len;
    struct pl_file *files = pl_new_array(r->arena, struct pl_file, count);
    for (size_t i = 0; i < count; i++) {
        files[i].page = page;
        if (!read_file(r, records + i * BLOCK_RECORD_BYTES, &at, end,
                       &files[i])) {
            r->u.bad = true;
            return;
        }
    }
    parts->records = records;
    page->files = files;
    page->file_count = count;
}

/* ---- the whole ---- */

static const struct pl_page *read_page(struct reader *r,
                                       const struct pl_block_place *place,
                                       struct pl_block_parts *parts)
{
    struct pl_page *page = pl_new(r->arena, struct pl_page);
    page->project = place->project;
    page->index_url = place->index_url;
    page->is_torch = place->is_torch;
    page->status = pl_unpack_text(&r->u);
    page->dropped = (size_t)pl_unpack_number(&r->u);
    r->texts = pl_unpack_table(&r->u, r->arena, &r->text_count);
    read_versions(r);
    read_tags(r);
    read_slices(r, &parts->store.requirements);
    read_slices(r, &parts->store.metadata);
    read_files(r, parts, page);
    return page;
}

bool pl_block_read(struct pl_arena *arena, struct pl_str payload,
                   const struct pl_block_place *place, struct pl_block *out)
{
    struct reader r = {.u = pl_unpacker_from(payload), .arena = arena};
    struct pl_block block = {.parts = pl_new(arena, struct pl_block_parts)};
    if (pl_unpack_u8(&r.u) != BLOCK_FORMAT)
        return false;
    uint8_t has_page = pl_unpack_u8(&r.u);
    block.freshness.checked = (int64_t)pl_unpack_u64(&r.u);
    block.freshness.max_age = pl_unpack_number(&r.u);
    block.freshness.etag = pl_unpack_text(&r.u);
    block.freshness.last_modified = pl_unpack_text(&r.u);
    if (has_page)
        block.page = read_page(&r, place, block.parts);
    if (r.u.bad || r.u.at != r.u.end || has_page > 1)
        return false;
    *out = block;
    return true;
}

bool pl_block_is_fresh(const struct pl_block *block, int64_t now)
{
    int64_t age;
    return !__builtin_sub_overflow(now, block->freshness.checked, &age) &&
           age >= 0 && (uint64_t)age < block->freshness.max_age;
}

/* ---- metadata ---- */

static const struct pl_requirement *
decode_requirement(struct pl_arena *arena, struct block_store *store,
                   uint64_t number)
{
    if (number >= store->requirements.count)
        return NULL;
    if (!store->decoded_requirements)
        store->decoded_requirements = pl_new_array(
            arena, const struct pl_requirement *, store->requirements.count);
    const struct pl_requirement **known = &store->decoded_requirements[number];
    if (*known)
        return *known;
    struct pl_unpacker u =
        pl_unpacker_from(pl_block_slice(&store->requirements, number));
    struct pl_requirement *r = pl_new(arena, struct pl_requirement);
    pl_unpack_requirement(&u, arena, r);
    if (!u.bad)
        *known = r;
    return *known;
}

static void decode_extras(struct pl_unpacker *u, struct pl_arena *arena,
                          struct pl_metadata *out)
{
    size_t count = pl_unpack_count(u, 1);
    struct pl_str *extras = pl_new_array(arena, struct pl_str, count);
    for (size_t i = 0; i < count; i++)
        extras[i] = pl_unpack_text(u);
    out->extras = extras;
    out->extra_count = count;
}

static void decode_requires(struct pl_unpacker *u, struct pl_arena *arena,
                            struct block_store *store, struct pl_metadata *out)
{
    size_t count = pl_unpack_count(u, 1);
    struct pl_requirement *requires =
        pl_new_array(arena, struct pl_requirement, count);
    for (size_t i = 0; i < count && !u->bad; i++) {
        const struct pl_requirement *one =
            decode_requirement(arena, store, pl_unpack_number(u));
        if (one)
        requires[i] = *one;
        else u->bad = true;
    }
    out->requires = requires;
    out->require_count = count;
}

const struct block_metadata *pl_block_decode(struct pl_arena *arena,
                                             struct block_store *store,
                                             size_t number)
{
    if (number >= store->metadata.count)
        return NULL;
    if (!store->decoded_metadata)
        store->decoded_metadata = pl_new_array(
            arena, const struct block_metadata *, store->metadata.count);
    const struct block_metadata **known = &store->decoded_metadata[number];
    if (*known)
        return *known;
    struct pl_unpacker u =
        pl_unpacker_from(pl_block_slice(&store->metadata, number));
    struct block_metadata *m = pl_new(arena, struct block_metadata);
    uint8_t flags = pl_unpack_u8(&u);
    m->unusable = flags & METADATA_UNUSABLE;
    m->metadata.from_sdist = flags & METADATA_FROM_SDIST;
    m->metadata.repaired = flags & METADATA_REPAIRED;
    if (m->unusable) {
        m->reason = pl_unpack_text(&u);
    } else {
        pl_unpack_specifier(&u, arena, &m->metadata.requires_python);
        decode_extras(&u, arena, &m->metadata);
        decode_requires(&u, arena, store, &m->metadata);
    }
    if (!u.bad && u.at == u.end)
        *known = m;
    return *known;
}

struct block_known pl_block_known(const struct pl_block *block, size_t file)
{
    struct pl_block_parts *parts = block->parts;
    struct block_known known = {.kind = KNOWN_NOTHING};
    if (parts->added && parts->added[file].kind != KNOWN_NOTHING)
        return parts->added[file];
    if (!parts->records)
        return known;
    uint32_t number = pl_load_u32(parts->records + file * BLOCK_RECORD_BYTES +
                                  BLOCK_METADATA_AT);
    if (number)
        known = (struct block_known){
            .kind = KNOWN_PACKED, .number = number - 1, .store = &parts->store};
    return known;
}

/* The file's number on the page; file_count when it is none of it. */
static size_t find_file(const struct pl_block *block,
                        const struct pl_file *file)
{
    const struct pl_page *page = block->page;
    size_t count = page ? page->file_count : 0;
    size_t i = count ? ((uintptr_t)file - (uintptr_t)page->files) /
                           sizeof(struct pl_file)
                     : 0;
    if (i < count && file == &page->files[i])
        return i;
    i = 0;
    while (i < count && !(pl_str_eq(page->files[i].name, file->name) &&
                          pl_str_eq(page->files[i].url, file->url) &&
                          pl_str_eq(page->files[i].path, file->path)))
        i++;
    return i;
}

enum pl_block_answer pl_block_metadata(struct pl_arena *arena,
                                       const struct pl_block *block,
                                       const struct pl_file *file,
                                       struct pl_metadata *out,
                                       struct pl_str *reason)
{
    size_t at = find_file(block, file);
    if (!block->page || at == block->page->file_count)
        return PL_BLOCK_UNKNOWN;
    struct block_known known = pl_block_known(block, at);
    const struct block_metadata *m;
    switch (known.kind) {
    case KNOWN_METADATA:
        *out = *known.metadata;
        return PL_BLOCK_KNOWN;
    case KNOWN_REASON:
        *reason = known.reason;
        return PL_BLOCK_UNUSABLE;
    case KNOWN_PACKED:
        m = pl_block_decode(arena, known.store, known.number);
        if (!m)
            return PL_BLOCK_UNKNOWN;
        if (m->unusable)
            *reason = m->reason;
        else
            *out = m->metadata;
        return m->unusable ? PL_BLOCK_UNUSABLE : PL_BLOCK_KNOWN;
    case KNOWN_NOTHING:
        break;
    }
    return PL_BLOCK_UNKNOWN;
}

static void add(struct pl_arena *arena, struct pl_block *block,
                const struct pl_file *file, struct block_known known)
{
    size_t at = find_file(block, file);
    if (!block->page || at == block->page->file_count)
        return;
    if (!block->parts->added)
        block->parts->added =
            pl_new_array(arena, struct block_known, block->page->file_count);
    block->parts->added[at] = known;
    block->changed = true;
}

void pl_block_add_metadata(struct pl_arena *arena, struct pl_block *block,
                           const struct pl_file *file,
                           const struct pl_metadata *metadata)
{
    add(arena, block, file,
        (struct block_known){.kind = KNOWN_METADATA, .metadata = metadata});
}

void pl_block_add_reason(struct pl_arena *arena, struct pl_block *block,
                         const struct pl_file *file, struct pl_str reason)
{
    add(arena, block, file,
        (struct block_known){.kind = KNOWN_REASON,
                             .reason = pl_arena_dup(arena, reason)});
}
