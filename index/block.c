#include "index/block.h"

#include "core/limits.h"
#include "index/block_internal.h"
#include "pep/pack.h"

#define HEAD_BYTES 5 /* format, bytes of details */

struct reader {
    struct pl_unpacker u;
    struct pl_arena *arena;
    size_t details_len;
    const struct pl_str *texts;
    size_t text_count;
    const struct pl_version *versions;
    size_t version_count;
    const struct pl_wheeltags *tags; /* from number 1 on */
    size_t tags_count;
};

/* ---- versions ---- */

/* What was written in fixed places; odd versions are read one by one. */
struct version_tables {
    const char *records;
    size_t count;
    struct pl_str texts;
    uint64_t *numbers;
    size_t number_count;
};

static struct version_tables read_version_tables(struct reader *r)
{
    struct version_tables t = {0};
    t.count = pl_unpack_count(&r->u, BLOCK_VERSION_BYTES);
    t.records = pl_unpack_bytes(&r->u, t.count * BLOCK_VERSION_BYTES).at;
    t.texts = pl_unpack_bytes(&r->u, pl_unpack_number(&r->u));
    t.number_count = pl_unpack_count(&r->u, 4);
    const char *packed = pl_unpack_bytes(&r->u, t.number_count * 4).at;
    t.numbers = pl_new_array(r->arena, uint64_t, t.number_count);
    for (size_t i = 0; i < t.number_count; i++)
        t.numbers[i] = pl_load_u32(packed + 4 * i);
    return t;
}

static uint64_t take_number(struct version_tables *t, bool is_there)
{
    if (!is_there || !t->number_count)
        return 0;
    t->number_count--;
    return *t->numbers++;
}

static bool read_plain_version(struct version_tables *t, const char *record,
                               struct pl_version *v)
{
    unsigned flags = (unsigned char)record[8];
    size_t text = (unsigned char)record[9];
    size_t release = (unsigned char)record[10];
    if (!release || release > PL_MAX_VERSION_SEGMENTS || text > t->texts.len ||
        release > t->number_count)
        return false;
    v->key = pl_load_u64(record);
    v->text = (struct pl_str){t->texts.at, text};
    t->texts.at += text;
    t->texts.len -= text;
    v->release = t->numbers;
    v->release_count = (uint32_t)release;
    t->numbers += release;
    t->number_count -= release;
    if (!flags)
        return true;
    v->pre = flags & VERSION_PRE_BITS;
    v->has_post = flags & VERSION_HAS_POST;
    v->has_dev = flags & VERSION_HAS_DEV;
    v->epoch = take_number(t, flags & VERSION_HAS_EPOCH);
    v->pre_number = take_number(t, v->pre != PL_PRE_NONE);
    v->post_number = take_number(t, v->has_post);
    v->dev_number = take_number(t, v->has_dev);
    return true;
}

static void read_versions(struct reader *r)
{
    struct version_tables t = read_version_tables(r);
    struct pl_version *versions =
        pl_new_array(r->arena, struct pl_version, t.count);
    for (size_t i = 0; i < t.count && !r->u.bad; i++) {
        const char *record = t.records + i * BLOCK_VERSION_BYTES;
        if (!(record[8] & VERSION_IS_ODD)) {
            r->u.bad = !read_plain_version(&t, record, &versions[i]);
            continue;
        }
        pl_unpack_version(&r->u, r->arena, &versions[i]);
        if (!versions[i].release_count)
            r->u.bad = true;
    }
    r->versions = versions;
    r->version_count = t.count;
}

/* ---- tables ---- */

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

/* Thousands a run: what few of them need is left for later. */
static bool read_file(const struct reader *r, const char *record,
                      struct pl_file *f)
{
    uint32_t version = pl_load_u32(record), tags = pl_load_u32(record + 4);
    uint32_t python = pl_load_u32(record + 8), why = pl_load_u32(record + 12);
    unsigned flags = (unsigned char)record[BLOCK_FLAGS_AT];
    bool is_wheel = flags & FILE_IS_WHEEL;
    if (version >= r->version_count || tags > r->tags_count ||
        python >= r->text_count || why >= r->text_count ||
        is_wheel != (tags > 0))
        return false;
    f->version = &r->versions[version];
    f->wheel = is_wheel ? &r->tags[tags] : NULL;
    f->kind = is_wheel ? PL_FILE_WHEEL : PL_FILE_SDIST;
    f->requires_python = r->texts[python];
    f->yanked_reason = r->texts[why];
    f->yanked = flags & FILE_IS_YANKED;
    f->has_metadata = flags & FILE_HAS_METADATA;
    f->has_sha256 = flags & FILE_HAS_SHA256;
    return true;
}

static bool read_file_list(const struct reader *r, const struct pl_page *page,
                           const char *records, size_t details_len,
                           struct pl_file *files, size_t count)
{
    uint32_t end = 0;
    for (size_t i = 0; i < count; i++) {
        const char *record = records + i * BLOCK_RECORD_BYTES;
        uint32_t next = pl_load_u32(record + BLOCK_DETAILS_END_AT);
        files[i].page = page;
        files[i].number = (uint32_t)i;
        if (next < end || !read_file(r, record, &files[i]))
            return false;
        end = next;
    }
    return end == details_len;
}

static void read_files(struct reader *r, struct pl_block_parts *parts,
                       struct pl_page *page)
{
    size_t count = pl_unpack_count(&r->u, BLOCK_RECORD_BYTES);
    const char *records = pl_unpack_bytes(&r->u, count * BLOCK_RECORD_BYTES).at;
    if (count > PL_MAX_FILES_PER_PAGE)
        r->u.bad = true;
    if (r->u.bad)
        return;
    struct pl_file *files = pl_new_array(r->arena, struct pl_file, count);
    r->u.bad = !read_file_list(r, page, records, r->details_len, files, count);
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
    page->order = place->order;
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

/* `kept` is the payload without the details, where it stays. */
static bool read_kept(struct pl_arena *arena, struct pl_str kept,
                      size_t details_len, const struct pl_block_place *place,
                      struct pl_block *out)
{
    struct reader r = {.u = pl_unpacker_from(kept),
                       .arena = arena,
                       .details_len = details_len};
    struct pl_block block = {.parts = pl_new(arena, struct pl_block_parts)};
    pl_unpack_bytes(&r.u, HEAD_BYTES);
    uint8_t has_page = pl_unpack_u8(&r.u);
    block.freshness.checked = (int64_t)pl_unpack_u64(&r.u);
    block.freshness.max_age = pl_unpack_number(&r.u);
    block.freshness.etag = pl_unpack_text(&r.u);
    block.freshness.last_modified = pl_unpack_text(&r.u);
    if (has_page)
        block.page = read_page(&r, place, block.parts);
    else if (details_len)
        return false;
    if (r.u.bad || r.u.at != r.u.end || has_page > 1)
        return false;
    *out = block;
    return true;
}

/* Takes the details off the end of the payload. */
static bool split(struct pl_str payload, struct pl_str *kept,
                  struct pl_str *details)
{
    struct pl_unpacker u = pl_unpacker_from(payload);
    uint8_t format = pl_unpack_u8(&u);
    uint32_t len = pl_unpack_u32(&u);
    if (u.bad || format != BLOCK_FORMAT || len > payload.len - HEAD_BYTES)
        return false;
    *kept = pl_str_sub(payload, 0, payload.len - len);
    *details = pl_str_sub(payload, payload.len - len, payload.len);
    return true;
}

static struct block_source *add_source(struct pl_arena *arena,
                                       const struct pl_block *block)
{
    struct block_source *source = pl_new(arena, struct block_source);
    pl_block_source_init(source);
    source->arena = arena;
    source->page = block->page;
    source->records = block->parts->records;
    ((struct pl_page *)block->page)->source = &source->base;
    return source;
}

bool pl_block_read(struct pl_arena *arena, struct pl_str payload,
                   const struct pl_block_place *place, struct pl_block *out)
{
    struct pl_str kept, details;
    struct pl_block block;
    if (!split(payload, &kept, &details) ||
        !read_kept(arena, kept, details.len, place, &block))
        return false;
    if (block.page) {
        add_source(arena, &block)->details = details;
        if (!pl_page_complete(block.page, NULL))
            return false;
    }
    *out = block;
    return true;
}

bool pl_block_load(struct pl_arena *arena, struct pl_cache *cache,
                   struct pl_str site, const struct pl_block_place *place,
                   struct pl_block *out)
{
    struct pl_str payload, kept, details;
    struct pl_block block;
    if (!pl_cache_peek(cache, PL_CACHE_BLOCK, site, place->project, &payload) ||
        !split(payload, &kept, &details) ||
        !read_kept(arena, pl_arena_dup(arena, kept), details.len, place,
                   &block))
        return false;
    if (block.page) {
        struct block_source *source = add_source(arena, &block);
        source->cache = cache;
        source->site = site;
        source->from = kept.len;
        source->len = details.len;
    }
    *out = block;
    return true;
}

bool pl_freshness_lasts(const struct pl_freshness *freshness, int64_t now)
{
    int64_t age;
    return !__builtin_sub_overflow(now, freshness->checked, &age) && age >= 0 &&
           (uint64_t)age < freshness->max_age;
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
    if (!page || file->page != page || file->number >= page->file_count)
        return page ? page->file_count : 0;
    return file->number;
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
