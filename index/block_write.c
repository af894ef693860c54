#include "index/block_internal.h"

#include "core/digest.h"
#include "core/limits.h"
#include "core/vec.h"
#include "pep/pack.h"
#include "pep/tags.h"

/* ---- making ---- */

static bool can_matter(const struct pl_file *file)
{
    const struct pl_wheeltags *tags = file->wheel;
    return !tags || pl_tags_possible(tags->python, tags->abi, tags->platform);
}

static bool same_version(const struct pl_file *a, const struct pl_file *b)
{
    return a->version == b->version ||
           pl_version_cmp(a->version, b->version) == 0;
}

/* The files of one version: those that can matter, else the first. */
static size_t select_files(const struct pl_file *files, size_t count,
                           struct pl_file *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (can_matter(&files[i]))
            out[kept++] = files[i];
    if (!kept)
        out[kept++] = files[0];
    return kept;
}

static const struct pl_page *select_page(struct pl_arena *arena,
                                         const struct pl_page *page)
{
    struct pl_page *selected = pl_new(arena, struct pl_page);
    struct pl_file *files =
        pl_new_array(arena, struct pl_file, page->file_count);
    *selected = *page;
    selected->file_count = 0;
    for (size_t i = 0, next; i < page->file_count; i = next) {
        for (next = i + 1; next < page->file_count; next++)
            if (!same_version(&page->files[i], &page->files[next]))
                break;
        selected->file_count += select_files(&page->files[i], next - i,
                                             files + selected->file_count);
    }
    for (size_t i = 0; i < selected->file_count; i++) {
        files[i].page = selected;
        files[i].number = (uint32_t)i;
    }
    selected->files = files;
    return selected;
}

static bool all_matter(const struct pl_page *page)
{
    for (size_t i = 0; i < page->file_count; i++)
        if (!can_matter(&page->files[i]))
            return false;
    return true;
}

struct pl_block *pl_block_make(struct pl_arena *arena,
                               const struct pl_page *page,
                               const struct pl_freshness *freshness)
{
    struct pl_block *block = pl_new(arena, struct pl_block);
    block->freshness = *freshness;
    block->freshness.etag = pl_arena_dup(arena, freshness->etag);
    block->freshness.last_modified =
        pl_arena_dup(arena, freshness->last_modified);
    /* A copy of a block's page would part its files from what is known. */
    bool is_selected = !page || page->source || all_matter(page);
    block->page = is_selected ? page : select_page(arena, page);
    block->changed = true;
    block->parts = pl_new(arena, struct pl_block_parts);
    return block;
}

/* The order of a page; see index/page.c. */
static int compare(const struct pl_file *a, const struct pl_file *b)
{
    int order = pl_version_cmp(a->version, b->version);
    if (!order)
        order = pl_str_cmp(a->details->name, b->details->name);
    if (!order)
        order = pl_str_cmp(a->details->url, b->details->url);
    return order ? order : pl_str_cmp(a->details->path, b->details->path);
}

static bool is_same_file(const struct pl_file *a, const struct pl_file *b)
{
    return a->details->sha256.len &&
           pl_str_eq(a->details->sha256, b->details->sha256) &&
           pl_str_eq(a->details->metadata_sha256, b->details->metadata_sha256);
}

static bool is_reason(const struct block_known *known)
{
    if (known->kind != KNOWN_PACKED)
        return known->kind == KNOWN_REASON;
    const struct block_slices *metadata = &known->store->metadata;
    if (known->number >= metadata->count)
        return true;
    struct pl_str bytes = pl_block_slice(metadata, known->number);
    return !bytes.len || bytes.at[0] & METADATA_UNUSABLE;
}

static void inherit_one(struct pl_block *block, size_t file,
                        const struct pl_block *older, size_t from)
{
    struct block_known *to = &block->parts->added[file];
    struct block_known known = pl_block_known(older, from);
    if (to->kind == KNOWN_NOTHING && !is_reason(&known))
        *to = known;
}

void pl_block_inherit(struct pl_arena *arena, struct pl_block *block,
                      const struct pl_block *older)
{
    const struct pl_page *page = block->page, *old = older->page;
    if (!page || !old || !page->file_count)
        return;
    if (!block->parts->added)
        block->parts->added =
            pl_new_array(arena, struct block_known, page->file_count);
    for (size_t i = 0; page == old && i < page->file_count; i++)
        inherit_one(block, i, older, i);
    if (page == old || !pl_page_complete(old, NULL))
        return;
    for (size_t i = 0, at = 0; i < page->file_count; i++) {
        const struct pl_file *file = &page->files[i];
        while (at < old->file_count && compare(&old->files[at], file) < 0)
            at++;
        if (at == old->file_count)
            return;
        if (compare(&old->files[at], file) == 0 &&
            is_same_file(&old->files[at], file))
            inherit_one(block, i, older, at);
    }
}

/* ---- writing ---- */

struct writer {
    struct pl_packer p;
    struct pl_arena *arena; /* until the block is written */
    struct pl_packtable texts;
    struct pl_packtable versions; /* by their texts */
    PL_VEC(const struct pl_version *) version_list;
    const struct pl_version *last_version; /* and its number */
    uint32_t last_number;
    struct pl_packtable tags; /* by their texts, joined */
    PL_VEC(const struct pl_wheeltags *) tags_list;
    struct pl_map tags_seen;                    /* number + 1 by address */
    struct pl_packtable requirements, metadata; /* by their bytes */
    bool has_packed;     /* the page's details need no packing */
    struct pl_map moved; /* number + 1 by the address of an older slice */
};

static uint32_t add_text(struct writer *w, struct pl_str text)
{
    return pl_packtable_add(&w->texts, text);
}

/* Files of one version stand together and mostly share it. */
static uint32_t add_version(struct writer *w, const struct pl_version *version)
{
    if (version == w->last_version)
        return w->last_number;
    uint32_t number = pl_packtable_add(&w->versions, version->text);
    if (number == w->version_list.len)
        pl_vec_push(w->arena, &w->version_list, version);
    w->last_version = version;
    w->last_number = number;
    return number;
}

/* No text of a tag has a '-'. */
static uint32_t add_new_tags(struct writer *w, const struct pl_wheeltags *t)
{
    struct pl_str key = pl_arena_printf(
        w->arena, "%.*s-%.*s-%.*s-%d%llu%.*s", PL_STR_ARG(t->python),
        PL_STR_ARG(t->abi), PL_STR_ARG(t->platform), t->has_build,
        (unsigned long long)t->build_number, PL_STR_ARG(t->build_rest));
    uint32_t number = pl_packtable_add(&w->tags, key);
    if (number == w->tags_list.len) {
        pl_vec_push(w->arena, &w->tags_list, t);
        add_text(w, t->python);
        add_text(w, t->abi);
        add_text(w, t->platform);
        add_text(w, t->build_rest);
    }
    return number;
}

/* Tags of a block that was read are shared by address. */
static uint32_t add_tags(struct writer *w, const struct pl_wheeltags *t)
{
    struct pl_str address = {(const char *)&t, sizeof(t)};
    uintptr_t known = (uintptr_t)pl_map_get(&w->tags_seen, address);
    if (!known) {
        known = add_new_tags(w, t) + (uintptr_t)1;
        pl_map_put(&w->tags_seen, pl_arena_dup(w->arena, address),
                   (void *)known);
    }
    return (uint32_t)(known - 1);
}

/* ---- metadata ---- */

static uint32_t add_requirement(struct writer *w,
                                const struct pl_requirement *requirement)
{
    PL_BUF(bytes, PL_MAX_CACHE_ENTRY_BYTES);
    struct pl_packer p = {.out = &bytes};
    pl_pack_requirement(&p, requirement);
    if (!pl_buf_ok(&bytes))
        w->p.out->over = true;
    return pl_packtable_add(&w->requirements,
                            pl_arena_dup(w->arena, pl_buf_view(&bytes)));
}

static void pack_metadata(struct writer *w, struct pl_packer *p,
                          const struct pl_metadata *m)
{
    pl_pack_u8(p, (uint8_t)((m->from_sdist ? METADATA_FROM_SDIST : 0) |
                            (m->repaired ? METADATA_REPAIRED : 0)));
    pl_pack_specifier(p, &m->requires_python);
    pl_pack_number(p, m->extra_count);
    for (size_t i = 0; i < m->extra_count; i++)
        pl_pack_text(p, m->extras[i]);
    pl_pack_number(p, m->require_count);
    for (size_t i = 0; i < m->require_count; i++)
        pl_pack_number(p, add_requirement(w, &m->requires[i]));
}

/* Nothing is moved of what is damaged: `u` is before the numbers. */
static bool has_requirements(struct pl_unpacker u,
                             const struct block_store *store)
{
    for (size_t i = pl_unpack_count(&u, 1); i > 0; i--)
        if (pl_unpack_number(&u) >= store->requirements.count)
            return false;
    return !u.bad && u.at == u.end;
}

/* All but the numbers of the requirements stays as it was. */
static bool move_metadata(struct writer *w, struct pl_packer *p,
                          const struct block_known *known)
{
    struct block_store *store = known->store;
    struct pl_str bytes = pl_block_slice(&store->metadata, known->number);
    struct pl_unpacker u = pl_unpacker_from(bytes);
    if (pl_unpack_u8(&u) & METADATA_UNUSABLE) {
        pl_buf_add_str(p->out, bytes);
        return true;
    }
    struct pl_specifier python;
    pl_unpack_specifier(&u, w->arena, &python);
    for (size_t i = pl_unpack_count(&u, 1); i > 0; i--)
        pl_unpack_text(&u);
    if (!has_requirements(u, store))
        return false;
    pl_buf_add(p->out, bytes.at, (size_t)(u.at - bytes.at));
    size_t count = pl_unpack_count(&u, 1);
    pl_pack_number(p, count);
    for (size_t i = 0; i < count; i++) {
        struct pl_str slice =
            pl_block_slice(&store->requirements, pl_unpack_number(&u));
        pl_pack_number(p, pl_packtable_add(&w->requirements, slice));
    }
    return true;
}

static uint32_t add_known(struct writer *w, const struct block_known *known)
{
    PL_BUF(bytes, PL_MAX_CACHE_ENTRY_BYTES);
    struct pl_packer p = {.out = &bytes};
    switch (known->kind) {
    case KNOWN_NOTHING:
        return 0;
    case KNOWN_METADATA:
        pack_metadata(w, &p, known->metadata);
        break;
    case KNOWN_REASON:
        pl_pack_u8(&p, METADATA_UNUSABLE);
        pl_pack_text(&p, known->reason);
        break;
    case KNOWN_PACKED:
        if (!move_metadata(w, &p, known))
            return 0;
        break;
    }
    if (!pl_buf_ok(&bytes))
        w->p.out->over = true;
    return 1 + pl_packtable_add(&w->metadata,
                                pl_arena_dup(w->arena, pl_buf_view(&bytes)));
}

/* Files share metadata: what stood once stands once again. */
static uint32_t add_metadata(struct writer *w, const struct pl_block *block,
                             size_t file)
{
    struct block_known known = pl_block_known(block, file);
    if (known.kind != KNOWN_PACKED)
        return add_known(w, &known);
    if (known.number >= known.store->metadata.count)
        return 0;
    const char *ends = known.store->metadata.ends + 4 * known.number;
    struct pl_str address = {(const char *)&ends, sizeof(ends)};
    /* Values are one more, so that 0, "damaged", is remembered too. */
    uintptr_t moved = (uintptr_t)pl_map_get(&w->moved, address);
    if (!moved) {
        moved = (uintptr_t)add_known(w, &known) + 1;
        pl_map_put(&w->moved, pl_arena_dup(w->arena, address), (void *)moved);
    }
    return (uint32_t)(moved - 1);
}

/* ---- files ---- */

static unsigned flags_of(const struct pl_file *f, struct pl_str place)
{
    bool is_tail = place.len >= f->details->name.len &&
                   pl_str_eq(pl_str_sub(place, place.len - f->details->name.len,
                                        place.len),
                             f->details->name);
    return (f->kind == PL_FILE_WHEEL ? FILE_IS_WHEEL : 0u) |
           (f->details->has_size ? FILE_HAS_SIZE : 0u) |
           (f->yanked ? FILE_IS_YANKED : 0u) |
           (f->has_metadata ? FILE_HAS_METADATA : 0u) |
           (f->details->url.len ? 0u : FILE_IS_PATH) |
           (is_tail ? 0u : FILE_NAME_APART) |
           (f->details->sha256.len ? FILE_HAS_SHA256 : 0u) |
           (f->details->metadata_sha256.len ? FILE_HAS_METADATA_SHA256 : 0u);
}

static unsigned digit(char c)
{
    return (unsigned)(pl_is_digit(c) ? c - '0' : c - 'a' + 10);
}

static void pack_hash(struct pl_packer *p, struct pl_str hex)
{
    if (!hex.len)
        return;
    if (!pl_sha256_valid(hex)) {
        p->out->over = true;
        return;
    }
    char bytes[BLOCK_HASH_BYTES];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(digit(hex.at[2 * i]) << 4 | digit(hex.at[2 * i + 1]));
    pl_buf_add(p->out, bytes, sizeof(bytes));
}

/* The flags of its record. */
static unsigned pack_details(struct pl_packer *p, const struct pl_file *f)
{
    struct pl_str place =
        f->details->url.len ? f->details->url : f->details->path;
    unsigned flags = flags_of(f, place);
    if (place.len > UINT16_MAX || f->details->name.len > UINT16_MAX ||
        f->details->upload_time.len > UINT8_MAX ||
        (f->details->url.len && f->details->path.len))
        p->out->over = true;
    pl_pack_u16(p, (uint16_t)place.len);
    pl_pack_u16(p, (uint16_t)f->details->name.len);
    pl_pack_u8(p, (uint8_t)f->details->upload_time.len);
    pl_pack_number(p, f->details->size);
    pl_buf_add_str(p->out, place);
    if (flags & FILE_NAME_APART)
        pl_buf_add_str(p->out, f->details->name);
    pl_buf_add_str(p->out, f->details->upload_time);
    pack_hash(p, f->details->sha256);
    pack_hash(p, f->details->metadata_sha256);
    return flags;
}

static void add_file(struct writer *w, const struct pl_block *block, size_t at,
                     struct pl_packer *records, struct pl_packer *details)
{
    const struct pl_file *f = &block->page->files[at];
    unsigned flags;
    size_t from = details->out->len;
    if (w->has_packed)
        pl_buf_add_str(details->out, pl_block_packed(block->page, at, &flags));
    else
        flags = pack_details(details, f);
    struct pl_str all = pl_buf_view(details->out);
    pl_pack_u32(records, add_version(w, f->version));
    pl_pack_u32(records, f->wheel ? add_tags(w, f->wheel) + 1 : 0);
    pl_pack_u32(records, add_text(w, f->requires_python));
    pl_pack_u32(records, add_text(w, f->yanked_reason));
    pl_pack_u32(records, add_metadata(w, block, at));
    pl_pack_u32(records, (uint32_t)all.len);
    pl_pack_u32(records, pl_block_check(pl_str_sub(all, from, all.len)));
    pl_pack_u8(records, (uint8_t)flags);
}

/* ---- the whole ---- */

static bool is_small(uint64_t number)
{
    return number <= UINT32_MAX;
}

static bool is_odd(const struct pl_version *v)
{
    bool small = is_small(v->epoch) && is_small(v->pre_number) &&
                 is_small(v->post_number) && is_small(v->dev_number);
    for (uint32_t i = 0; i < v->release_count; i++)
        small = small && is_small(v->release[i]);
    return !small || v->local.len || v->text.len > UINT8_MAX ||
           v->release_count > UINT8_MAX;
}

static void pack_numbers(struct pl_packer *p, const struct pl_version *v)
{
    for (uint32_t i = 0; i < v->release_count; i++)
        pl_pack_u32(p, (uint32_t)v->release[i]);
    if (v->epoch)
        pl_pack_u32(p, (uint32_t)v->epoch);
    if (v->pre != PL_PRE_NONE)
        pl_pack_u32(p, (uint32_t)v->pre_number);
    if (v->has_post)
        pl_pack_u32(p, (uint32_t)v->post_number);
    if (v->has_dev)
        pl_pack_u32(p, (uint32_t)v->dev_number);
}

static void pack_version_record(struct pl_packer *p, const struct pl_version *v)
{
    bool odd = is_odd(v);
    unsigned flags = (unsigned)v->pre | (v->has_post ? VERSION_HAS_POST : 0u) |
                     (v->has_dev ? VERSION_HAS_DEV : 0u) |
                     (v->epoch ? VERSION_HAS_EPOCH : 0u);
    pl_pack_u64(p, v->key);
    pl_pack_u8(p, (uint8_t)(odd ? VERSION_IS_ODD : flags));
    pl_pack_u8(p, (uint8_t)(odd ? 0 : v->text.len));
    pl_pack_u8(p, (uint8_t)(odd ? 0 : v->release_count));
}

static void write_versions(struct writer *w)
{
    PL_BUF(texts, PL_MAX_CACHE_ENTRY_BYTES);
    PL_BUF(numbers, PL_MAX_CACHE_ENTRY_BYTES);
    struct pl_packer number_packer = {.out = &numbers};
    pl_pack_number(&w->p, w->version_list.len);
    for (size_t i = 0; i < w->version_list.len; i++) {
        const struct pl_version *v = w->version_list.at[i];
        pack_version_record(&w->p, v);
        if (is_odd(v))
            continue;
        pl_buf_add_str(&texts, v->text);
        pack_numbers(&number_packer, v);
    }
    pl_pack_number(&w->p, texts.len);
    pl_buf_add_str(w->p.out, pl_buf_view(&texts));
    pl_pack_number(&w->p, numbers.len / 4);
    pl_buf_add_str(w->p.out, pl_buf_view(&numbers));
    for (size_t i = 0; i < w->version_list.len; i++)
        if (is_odd(w->version_list.at[i]))
            pl_pack_version(&w->p, w->version_list.at[i]);
}

static void write_tags(struct writer *w)
{
    pl_pack_number(&w->p, w->tags_list.len);
    for (size_t i = 0; i < w->tags_list.len; i++) {
        const struct pl_wheeltags *t = w->tags_list.at[i];
        pl_pack_number(&w->p, add_text(w, t->python));
        pl_pack_number(&w->p, add_text(w, t->abi));
        pl_pack_number(&w->p, add_text(w, t->platform));
        pl_pack_number(&w->p, add_text(w, t->build_rest));
        pl_pack_u8(&w->p, t->has_build);
        pl_pack_number(&w->p, t->build_number);
    }
}

static void write_slices(struct writer *w, const struct pl_packtable *table)
{
    size_t end = 0;
    pl_pack_number(&w->p, table->map.len);
    for (size_t i = 0; i < table->map.len; i++) {
        end += table->map.entries[i].key.len;
        pl_pack_u32(&w->p, (uint32_t)end);
    }
    for (size_t i = 0; i < table->map.len; i++)
        pl_buf_add_str(w->p.out, table->map.entries[i].key);
}

/* Records are made first: they fill the tables that are written before. */
static void write_page(struct writer *w, const struct pl_block *block,
                       struct pl_packer *details)
{
    PL_BUF(records, PL_MAX_CACHE_ENTRY_BYTES);
    const struct pl_page *page = block->page;
    struct pl_packer record_packer = {.out = &records};
    add_text(w, PL_STR(""));
    for (size_t i = 0; i < page->file_count; i++)
        add_file(w, block, i, &record_packer, details);
    pl_pack_text(&w->p, page->status);
    pl_pack_number(&w->p, page->dropped);
    pl_pack_table(&w->p, &w->texts);
    write_versions(w);
    write_tags(w);
    write_slices(w, &w->requirements);
    write_slices(w, &w->metadata);
    pl_pack_number(&w->p, page->file_count);
    pl_buf_add_str(w->p.out, pl_buf_view(&records));
    if (!pl_buf_ok(&records))
        w->p.out->over = true;
}

static void write_kept(const struct pl_block *block, bool has_packed,
                       struct pl_buf *out, struct pl_buf *details)
{
    PL_ARENA(arena);
    struct writer w = {.p.out = out, .arena = &arena, .has_packed = has_packed};
    struct pl_packer detail_packer = {.out = details};
    w.texts.map.arena = w.versions.map.arena = w.tags.map.arena = &arena;
    w.requirements.map.arena = w.metadata.map.arena = &arena;
    w.tags_seen.arena = w.moved.arena = &arena;
    pl_pack_u8(&w.p, block->page != NULL);
    pl_pack_u64(&w.p, (uint64_t)block->freshness.checked);
    pl_pack_number(&w.p, block->freshness.max_age);
    pl_pack_text(&w.p, block->freshness.etag);
    pl_pack_text(&w.p, block->freshness.last_modified);
    if (block->page)
        write_page(&w, block, &detail_packer);
}

void pl_block_write(const struct pl_block *block, struct pl_buf *out)
{
    PL_BUF(kept, PL_MAX_CACHE_ENTRY_BYTES);
    PL_BUF(details, PL_MAX_CACHE_ENTRY_BYTES);
    struct pl_packer p = {.out = out};
    bool has_packed = block->page && pl_block_has_packed(block->page);
    if (block->page && !has_packed && !pl_page_complete(block->page, NULL)) {
        out->over = true;
        return;
    }
    write_kept(block, has_packed, &kept, &details);
    pl_pack_u8(&p, BLOCK_FORMAT);
    pl_pack_u32(&p, (uint32_t)details.len);
    pl_buf_add_str(out, pl_buf_view(&kept));
    pl_buf_add_str(out, pl_buf_view(&details));
    if (!pl_buf_ok(&kept) || !pl_buf_ok(&details))
        out->over = true;
}
