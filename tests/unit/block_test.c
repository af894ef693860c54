#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/limits.h"
#include "index/block.h"
#include "index/folder.h"
#include "index/metadata.h"
#include "index/page_json.h"
#include "pep/tags.h"
#include "tests/unit/index_util.h"
#include "tests/unit/pack_util.h"

#define HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define OTHER "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"

/* ---- comparing ---- */

static void same_tags(const struct pl_wheeltags *a,
                      const struct pl_wheeltags *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (!a || !b)
        return;
    same_text(a->python, b->python);
    same_text(a->abi, b->abi);
    same_text(a->platform, b->platform);
    same_text(a->build_rest, b->build_rest);
    assert_int_equal(a->has_build, b->has_build);
    assert_true(a->build_number == b->build_number);
}

static void same_file(const struct pl_file *a, const struct pl_file *b)
{
    assert_int_equal(a->kind, b->kind);
    same_version(a->version, b->version);
    same_tags(a->wheel, b->wheel);
    same_text(a->details->name, b->details->name);
    same_text(a->details->url, b->details->url);
    same_text(a->details->path, b->details->path);
    same_text(a->details->sha256, b->details->sha256);
    same_text(a->details->upload_time, b->details->upload_time);
    same_text(a->requires_python, b->requires_python);
    same_text(a->yanked_reason, b->yanked_reason);
    same_text(a->details->metadata_sha256, b->details->metadata_sha256);
    assert_true(a->details->size == b->details->size &&
                a->details->has_size == b->details->has_size);
    assert_int_equal(a->yanked, b->yanked);
    assert_int_equal(a->has_metadata, b->has_metadata);
}

static void same_page(const struct pl_page *a, const struct pl_page *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (!a || !b)
        return;
    same_text(a->project, b->project);
    same_text(a->index_url, b->index_url);
    same_text(a->status, b->status);
    assert_int_equal(a->is_torch, b->is_torch);
    assert_int_equal(a->dropped, b->dropped);
    assert_int_equal(a->file_count, b->file_count);
    for (size_t i = 0; i < a->file_count; i++) {
        same_file(&a->files[i], &b->files[i]);
        assert_ptr_equal(b->files[i].page, b);
    }
}

static void same_metadata(const struct pl_metadata *a,
                          const struct pl_metadata *b)
{
    assert_int_equal(a->require_count, b->require_count);
    for (size_t i = 0; i < a->require_count; i++)
        same_requirement(&a->requires[i], &b -> requires[i]);
    same_specifier(&a->requires_python, &b->requires_python);
    assert_int_equal(a->extra_count, b->extra_count);
    for (size_t i = 0; i < a->extra_count; i++)
        same_text(a->extras[i], b->extras[i]);
    assert_int_equal(a->from_sdist, b->from_sdist);
    assert_int_equal(a->repaired, b->repaired);
}

static void same_known(struct pl_arena *arena, const struct pl_block *a,
                       const struct pl_block *b, size_t file)
{
    struct pl_metadata of_a, of_b;
    struct pl_str why_a = {0}, why_b = {0};
    enum pl_block_answer known =
        pl_block_metadata(arena, a, &a->page->files[file], &of_a, &why_a);
    assert_int_equal(
        pl_block_metadata(arena, b, &b->page->files[file], &of_b, &why_b),
        known);
    if (known == PL_BLOCK_KNOWN)
        same_metadata(&of_a, &of_b);
    if (known == PL_BLOCK_UNUSABLE)
        same_text(why_a, why_b);
}

/* ---- making ---- */

static const struct pl_freshness fresh = {.checked = 1763800000,
                                          .max_age = 600,
                                          .etag = {"\"x\"", 3},
                                          .last_modified = {"then", 4}};

static struct pl_str written(struct pl_arena *arena,
                             const struct pl_block *block)
{
    PL_BUF(bytes, PL_MAX_CACHE_ENTRY_BYTES);
    pl_block_write(block, &bytes);
    assert_true(pl_buf_ok(&bytes));
    return pl_arena_dup(arena, pl_buf_view(&bytes));
}

static struct pl_block_place place_of(const struct pl_page *page)
{
    return (struct pl_block_place){.project = page->project,
                                   .index_url = page->index_url,
                                   .is_torch = page->is_torch,
                                   .order = page->order};
}

static struct pl_block *read_back(struct pl_arena *arena,
                                  const struct pl_block *block)
{
    struct pl_block_place place = {0};
    struct pl_block *again = pl_new(arena, struct pl_block);
    if (block->page)
        place = place_of(block->page);
    assert_true(pl_block_read(arena, written(arena, block), &place, again));
    assert_false(again->changed);
    assert_true(again->freshness.checked == block->freshness.checked &&
                again->freshness.max_age == block->freshness.max_age);
    same_text(block->freshness.etag, again->freshness.etag);
    same_text(block->freshness.last_modified, again->freshness.last_modified);
    same_page(block->page, again->page);
    for (size_t i = 0; block->page && i < block->page->file_count; i++)
        same_known(arena, block, again, i);
    return again;
}

static const struct pl_page *parse(struct pl_arena *arena, const char *files)
{
    struct pl_error err;
    struct pl_str body = pl_arena_printf(
        arena,
        "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"a\","
        "\"project-status\":{\"status\":\"archived\"},\"files\":[%s]}",
        files);
    const struct pl_page *page = page_of(arena, pl_page_parse_json, body, &err);
    assert_non_null(page);
    return page;
}

/* clang-format off */
#define FILE(name, hash, more) \
    "{\"filename\":\"" name "\",\"url\":\"f/" name "\"," \
    "\"hashes\":{" hash "}" more "}"
#define SHA(hash) "\"sha256\":\"" hash "\""

static const char small[] =
    FILE("a-1.0.tar.gz", SHA(HASH), ",\"size\":12,\"yanked\":\"broken\"") ","
    FILE("a-1.0-2_x-py3-none-any.whl", SHA(OTHER),
         ",\"requires-python\":\">=3.8\",\"core-metadata\":{\"sha256\":\""
         HASH "\"},\"upload-time\":\"2024-01-31T23:59:59.25Z\"") ","
    "{\"filename\":\"a-1!2.0rc1.post2.dev3+L.01-cp312-abi3-linux_x86_64.whl\","
    "\"url\":\"a-1!2.0rc1.post2.dev3%2BL.01-cp312-abi3-linux_x86_64.whl\","
    "\"hashes\":{},\"yanked\":true,\"core-metadata\":true},"
    "{\"filename\":\"a-3.zip\",\"url\":\"https://h.example/%61-3.zip\","
    "\"hashes\":{}},"
    FILE("no version at all.whl", "", "");

/* Two of these names are among the small ones. */
static const char other_hashes[] =
    FILE("a-0.9.tar.gz", SHA(HASH), "") ","
    FILE("a-1.0.tar.gz", SHA(OTHER), "") ","
    FILE("a-1.0-2_x-py3-none-any.whl", SHA(OTHER),
         ",\"core-metadata\":{\"sha256\":\"" OTHER "\"}");

#define PYTHON ",\"requires-python\":\">=3.8\""

static const char alike[] =
    FILE("a-1-cp312-cp312-linux_x86_64.whl", "", PYTHON) ","
    FILE("a-1.tar.gz", "", PYTHON) ","
    FILE("a-2-cp312-cp312-linux_x86_64.whl", "", PYTHON);

/* The same version, and then some, for other machines. */
static const char foreign[] =
    FILE("a-1.0-cp312-cp312-win_amd64.whl", "", "") ","
    FILE("a-1.0-cp312-cp312-manylinux_2_17_x86_64.whl", "", "") ","
    FILE("a-1.0-cp312-cp312-musllinux_1_2_x86_64.whl", "", "") ","
    FILE("a-1.0-pp310-pypy310_pp73-manylinux_2_17_x86_64.whl", "", "") ","
    FILE("a-2.0-cp312-cp312-macosx_11_0_arm64.whl", "", "") ","
    FILE("a-2.0-cp312-cp312-win_amd64.whl", "", "") ","
    FILE("a-3.0-cp313-cp313t-manylinux_2_17_x86_64.whl", "", "") ","
    FILE("a-3.0.tar.gz", "", "") ","
    FILE("a-4.0-cp39-cp39-manylinux_2_17_ppc64le.manylinux2014_ppc64le.whl",
         "", "") ","
    FILE("a-4.0-py2.py3-none-any.whl", "", "");
/* clang-format on */

static const struct pl_metadata *metadata_of(struct pl_arena *arena,
                                             const struct pl_file *file,
                                             const char *headers)
{
    struct pl_error err = {.arena = arena};
    struct pl_metadata *m = pl_new(arena, struct pl_metadata);
    struct pl_str text =
        pl_arena_printf(arena, "Metadata-Version: 2.1\nName: a\n%s", headers);
    if (!pl_metadata_parse(arena, text, file, m, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    return m;
}

static struct pl_block *make_small(struct pl_arena *arena)
{
    struct pl_block *block = pl_block_make(arena, parse(arena, small), &fresh);
    const struct pl_file *files = block->page->files;
    assert_int_equal(block->page->file_count, 4);
    pl_block_add_metadata(
        arena, block, &files[0],
        metadata_of(arena, &files[0],
                    "Requires-Python: >=3.8, !=3.9.*\nRequires-Dist: b>=1\n"
                    "Requires-Dist: c[x,y] (>=1.0.*); os_name == 'posix'\n"
                    "Provides-Extra: Q.r\n"));
    pl_block_add_metadata(
        arena, block, &files[1],
        metadata_of(arena, &files[1],
                    "Requires-Dist: d; extra == 'q-r'\nRequires-Dist: b>=1\n"));
    pl_block_add_reason(arena, block, &files[2], PL_STR("line 3: rubbish"));
    return block;
}

/* ---- tests ---- */

static void test_small(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_block *block = make_small(&arena);
    struct pl_block *again = read_back(&arena, block);
    const struct pl_file *files = again->page->files;
    assert_str(again->page->status, "archived");
    assert_int_equal(again->page->dropped, 1);
    assert_str(files[0].yanked_reason, "");
    assert_str(files[0].details->url, "https://i.example/simple/a/f/"
                                      "a-1.0-2_x-py3-none-any.whl");
    struct pl_metadata m;
    struct pl_str why;
    assert_int_equal(pl_block_metadata(&arena, again, &files[3], &m, &why),
                     PL_BLOCK_UNKNOWN);
    assert_int_equal(pl_block_metadata(&arena, again, &files[2], &m, &why),
                     PL_BLOCK_UNUSABLE);
    assert_str(why, "line 3: rubbish");
    /* A copy of a file, as index/twins.h makes them. */
    struct pl_file copy = files[1];
    assert_int_equal(pl_block_metadata(&arena, again, &copy, &m, &why),
                     PL_BLOCK_KNOWN);
    assert_int_equal(m.require_count, 2);
    struct pl_page elsewhere = *again->page;
    copy.page = &elsewhere;
    assert_int_equal(pl_block_metadata(&arena, again, &copy, &m, &why),
                     PL_BLOCK_UNKNOWN);
    /* Written again without a change, it is the same. */
    assert_true(pl_str_eq(written(&arena, block), written(&arena, again)));
}

static void test_texts_are_shared(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct pl_page *page = parse(&arena, alike);
    struct pl_block *block = pl_block_make(&arena, page, &fresh);
    const struct pl_file *files = read_back(&arena, block)->page->files;
    assert_ptr_equal(files[0].version, files[1].version);
    assert_ptr_equal(files[0].wheel, files[2].wheel);
    assert_null(files[1].wheel);
    assert_ptr_equal(files[0].requires_python.at, files[2].requires_python.at);
}

static void test_absent(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_block *block = pl_block_make(&arena, NULL, &fresh);
    struct pl_block *again = read_back(&arena, block);
    struct pl_file_details details = {.name = PL_STR("a")};
    struct pl_file file = {.details = &details};
    struct pl_metadata m;
    struct pl_str why;
    assert_null(again->page);
    assert_int_equal(pl_block_metadata(&arena, again, &file, &m, &why),
                     PL_BLOCK_UNKNOWN);
    pl_block_add_reason(&arena, again, &file, PL_STR("x"));
    assert_false(again->changed);
}

static void test_files_that_can_matter(void **state)
{
    (void)state;
    PL_ARENA(arena);
    static const char *const kept[] = {
        "a-1.0-cp312-cp312-manylinux_2_17_x86_64.whl",
        "a-2.0-cp312-cp312-macosx_11_0_arm64.whl",
        "a-3.0.tar.gz",
        "a-4.0-py2.py3-none-any.whl",
    };
    const struct pl_page *page = parse(&arena, foreign);
    assert_int_equal(page->file_count, 10);
    struct pl_block *block = pl_block_make(&arena, page, &fresh);
    assert_int_equal(block->page->file_count, PL_COUNT(kept));
    for (size_t i = 0; i < PL_COUNT(kept); i++)
        assert_str(block->page->files[i].details->name, kept[i]);
    const struct pl_block *again = read_back(&arena, block);
    assert_ptr_equal(pl_block_make(&arena, again->page, &fresh)->page,
                     again->page);
}

static void test_freshness(void **state)
{
    (void)state;
    struct pl_block block = {.freshness = {.checked = 1000, .max_age = 600}};
    assert_true(pl_freshness_lasts(&block.freshness, 1000));
    assert_true(pl_freshness_lasts(&block.freshness, 1599));
    assert_false(pl_freshness_lasts(&block.freshness, 1600));
    assert_false(pl_freshness_lasts(&block.freshness, 999));
    block.freshness = (struct pl_freshness){.checked = INT64_MIN, .max_age = 1};
    assert_false(pl_freshness_lasts(&block.freshness, INT64_MAX));
    block.freshness = (struct pl_freshness){.checked = INT64_MAX, .max_age = 1};
    assert_false(pl_freshness_lasts(&block.freshness, INT64_MIN));
}

/* What was packed, what was added, and what has changed meanwhile. */
static void test_inherit(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_block *older = read_back(&arena, make_small(&arena));
    struct pl_metadata m;
    struct pl_str why;
    struct pl_block *block =
        pl_block_make(&arena, parse(&arena, small), &fresh);
    pl_block_inherit(&arena, block, older);
    block = read_back(&arena, block);
    const struct pl_file *files = block->page->files;
    for (size_t i = 0; i < 2; i++)
        same_known(&arena, older, block, i);
    /* No hash: it may be another file by now. A reason is asked again. */
    assert_int_equal(pl_block_metadata(&arena, block, &files[2], &m, &why),
                     PL_BLOCK_UNKNOWN);
    pl_block_add_reason(&arena, block, &files[0], PL_STR("it was gone"));
    older = read_back(&arena, block);
    struct pl_block *again =
        pl_block_make(&arena, parse(&arena, small), &fresh);
    pl_block_inherit(&arena, again, older);
    assert_int_equal(
        pl_block_metadata(&arena, again, &again->page->files[0], &m, &why),
        PL_BLOCK_UNKNOWN);
    const struct pl_page *changed = parse(&arena, other_hashes);
    block = pl_block_make(&arena, changed, &fresh);
    pl_block_inherit(&arena, block, older);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            pl_block_metadata(&arena, block, &block->page->files[i], &m, &why),
            PL_BLOCK_UNKNOWN);
}

/* An older block and new metadata make one, with each requirement once. */
static void test_add_to_what_was_read(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_block *block = read_back(&arena, make_small(&arena));
    const struct pl_file *file = &block->page->files[3];
    pl_block_add_metadata(
        &arena, block, file,
        metadata_of(&arena, file, "Requires-Dist: b>=1\nRequires-Dist: e\n"));
    assert_true(block->changed);
    struct pl_block *again = read_back(&arena, block);
    struct pl_metadata first, last;
    struct pl_str why;
    assert_int_equal(
        pl_block_metadata(&arena, again, &again->page->files[0], &first, &why),
        PL_BLOCK_KNOWN);
    assert_int_equal(
        pl_block_metadata(&arena, again, &again->page->files[3], &last, &why),
        PL_BLOCK_KNOWN);
    assert_str(first.requires[0].text, "b>=1");
    assert_ptr_equal(first.requires[0].text.at, last.requires[0].text.at);
}

/* In a copy of just that size, so that the sanitizer sees a byte too far. */
static bool read_copy(const char *bytes, size_t len)
{
    PL_ARENA(arena);
    struct pl_block_place place = {.project = PL_STR("a"),
                                   .index_url = PL_STR("https://i/")};
    struct pl_block block;
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    bool read =
        pl_block_read(&arena, (struct pl_str){copy, len}, &place, &block);
    for (size_t i = 0; read && block.page && i < block.page->file_count; i++) {
        struct pl_metadata m;
        struct pl_str why;
        (void)pl_block_metadata(&arena, &block, &block.page->files[i], &m,
                                &why);
    }
    free(copy);
    return read;
}

static void test_damage(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_str bytes = written(&arena, make_small(&arena));
    char *damaged = pl_arena_alloc(&arena, bytes.len + 1);
    memcpy(damaged, bytes.at, bytes.len);
    assert_true(read_copy(bytes.at, bytes.len));
    assert_false(read_copy(damaged, bytes.len + 1));
    for (size_t at = 0; at < bytes.len; at++) {
        assert_false(read_copy(bytes.at, at));
        for (unsigned bit = 0; bit < 8; bit++) {
            damaged[at] = (char)(bytes.at[at] ^ 1 << bit);
            read_copy(damaged, bytes.len);
        }
        damaged[at] = bytes.at[at];
    }
}

/* ---- from the cache ---- */

struct cached {
    struct pl_arena arena;
    const char *root;
    struct pl_cache *cache;
    struct pl_str site;
    struct pl_block *block; /* that was saved */
    struct pl_block loaded;
};

static void save_block(struct cached *c, const struct pl_block *block)
{
    pl_cache_save(c->cache, PL_CACHE_BLOCK, c->site, block->page->project,
                  written(&c->arena, block));
    assert_str(pl_cache_trouble(c->cache), "");
}

static void make_cached(struct cached *c)
{
    c->root = tree_make();
    c->cache = pl_cache_open(&c->arena, pl_str_from(c->root));
    c->site = pl_cache_site(c->cache, PL_STR("https://i/"), PL_STR(""));
    c->block = make_small(&c->arena);
    struct pl_block_place place = place_of(c->block->page);
    save_block(c, c->block);
    assert_true(
        pl_block_load(&c->arena, c->cache, c->site, &place, &c->loaded));
    /* The cache's memory is used again by the next peek. */
    struct pl_str payload;
    pl_cache_save(c->cache, PL_CACHE_TRAIL, c->site, PL_STR("other"),
                  pl_arena_printf(&c->arena, "%01000d", 0));
    assert_true(pl_cache_peek(c->cache, PL_CACHE_TRAIL, c->site,
                              PL_STR("other"), &payload));
}

static void finish_cached(struct cached *c)
{
    tree_remove(c->root);
    pl_arena_finish(&c->arena);
}

#define CACHED(name)                                                           \
    struct cached name PL_CLEANUP(finish_cached) = {0};                        \
    make_cached(&name)

static void test_brief_files(void **state)
{
    (void)state;
    CACHED(c);
    const struct pl_page *page = c.block->page, *brief = c.loaded.page;
    assert_int_equal(brief->file_count, page->file_count);
    for (size_t i = 0; i < page->file_count; i++) {
        const struct pl_file *a = &page->files[i], *b = &brief->files[i];
        assert_null(b->details);
        same_version(a->version, b->version);
        same_tags(a->wheel, b->wheel);
        same_text(a->requires_python, b->requires_python);
        same_text(a->yanked_reason, b->yanked_reason);
        assert_int_equal(a->kind, b->kind);
        assert_int_equal(a->yanked, b->yanked);
        assert_int_equal(a->has_metadata, b->has_metadata);
        assert_int_equal(a->has_sha256, b->has_sha256);
        same_known(&c.arena, c.block, &c.loaded, i);
    }
    assert_true(pl_file_complete(&brief->files[1], NULL));
    same_file(&page->files[1], &brief->files[1]);
    assert_null(brief->files[0].details);
    struct pl_file copy = brief->files[2];
    assert_true(pl_file_complete(&copy, NULL));
    same_file(&page->files[2], &copy);
    assert_true(pl_page_complete(brief, NULL));
    same_page(page, brief);
    assert_true(
        pl_str_eq(written(&c.arena, c.block), written(&c.arena, &c.loaded)));
}

/* Each of them in another way: file by file, or the page at once. */
static void assert_completes(struct cached *c, bool at_once)
{
    const struct pl_page *page = c->block->page, *brief = c->loaded.page;
    if (at_once)
        assert_true(pl_page_complete(brief, NULL));
    for (size_t i = 0; i < page->file_count; i++) {
        assert_true(pl_file_complete(&brief->files[i], NULL));
        same_file(&page->files[i], &brief->files[i]);
    }
}

/* Another process has written more metadata, or a page with more files. */
static void test_replaced_meanwhile(void **state)
{
    (void)state;
    for (int at_once = 0; at_once < 2; at_once++) {
        CACHED(c);
        struct pl_str more =
            pl_arena_printf(&c.arena, "%s,%s,%s", FILE("a-0.1.tar.gz", "", ""),
                            small, FILE("a-0.2.tar.gz", "", ""));
        save_block(&c,
                   pl_block_make(&c.arena, parse(&c.arena, more.at), &fresh));
        assert_completes(&c, at_once);
    }
}

static void assert_changed(struct cached *c)
{
    struct pl_error err = {.arena = &c->arena};
    const struct pl_page *page = c->loaded.page;
    assert_false(pl_file_complete(&page->files[0], &err));
    assert_error(&err, PL_ERR_INDEX, "has changed while podlock read it");
    assert_null(page->files[0].details);
    assert_false(pl_page_complete(page, NULL));
    PL_BUF(out, PL_MAX_CACHE_ENTRY_BYTES);
    pl_block_write(&c->loaded, &out);
    assert_false(pl_buf_ok(&out));
}

static void test_gone_meanwhile(void **state)
{
    (void)state;
    CACHED(other);
    save_block(
        &other,
        pl_block_make(&other.arena, parse(&other.arena, other_hashes), &fresh));
    assert_changed(&other);
    CACHED(removed);
    tree_remove(removed.root);
    assert_changed(&removed);
}

/* The page's details, one byte after another: never anything wrong. */
static void test_damaged_meanwhile(void **state)
{
    (void)state;
    CACHED(c);
    struct pl_str path = pl_arena_printf(&c.arena, "%s/v1/%.*s/a.block", c.root,
                                         PL_STR_ARG(c.site));
    struct pl_str good;
    assert_true(pl_file_load(&c.arena, path, 1 << 20, &good, NULL, NULL));
    char *bad = pl_arena_alloc(&c.arena, good.len);
    size_t refused = 0;
    for (size_t at = 0; at < good.len; at += 3) {
        struct pl_block_place place = place_of(c.block->page);
        struct pl_block block;
        memcpy(bad, good.at, good.len);
        bad[at] ^= 0x10;
        assert_true(pl_file_save(path, good, NULL));
        assert_true(pl_block_load(&c.arena, c.cache, c.site, &place, &block));
        assert_true(pl_file_save(path, (struct pl_str){bad, good.len}, NULL));
        if (pl_file_complete(&block.page->files[0], NULL))
            same_file(&c.block->page->files[0], &block.page->files[0]);
        else
            refused++;
    }
    assert_true(refused > 20);
}

/* ---- the recorded index ---- */

static void want_versions(struct pl_index *index, const struct pl_page *page)
{
    for (size_t i = 0; i < page->file_count; i++)
        if (page->files[i].has_metadata)
            pl_index_want_metadata(index, &page->files[i]);
}

static void add_answers(struct pl_arena *arena, struct pl_index *index,
                        struct pl_block *block)
{
    struct pl_index_event event;
    bool any;
    while (pl_index_next(index, &event, &any, NULL) && any) {
        assert_int_equal(event.kind, PL_EVENT_METADATA);
        if (event.metadata)
            pl_block_add_metadata(arena, block, event.file, event.metadata);
        else
            pl_block_add_reason(arena, block, event.file, event.reason);
    }
}

/* Everything of one page; in an arena of its own, for there are many. */
static size_t check_recorded(struct pl_str root, struct pl_str project)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_folder_options opts = {.root = root};
    struct pl_index *index;
    struct pl_index_event event;
    bool any;
    assert_true(pl_index_open_folder(&arena, &opts, &index, &err));
    pl_index_want_page(index, project);
    if (!pl_index_next(index, &event, &any, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
    assert_true(any && event.page);
    struct pl_block *block = pl_block_make(&arena, event.page, &fresh);
    want_versions(index, block->page);
    add_answers(&arena, index, block);
    struct pl_block *again = read_back(&arena, block);
    assert_true(pl_str_eq(written(&arena, block), written(&arena, again)));
    size_t count = event.page->file_count;
    pl_index_close(index);
    return count;
}

static void test_recorded(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *recorded = getenv("PODLOCK_RECORDED_INDEX");
    struct pl_str *names;
    size_t count, files = 0;
    if (!recorded)
        skip();
    struct pl_str root = pl_str_from(recorded);
    struct pl_str simple = pl_path_join(&arena, root, PL_STR("pypi/simple"));
    assert_true(pl_dir_list(&arena, simple, &names, &count, NULL));
    assert_true(count > 600);
    for (size_t i = 0; i < count; i++)
        if (pl_dir_exists(pl_path_join(&arena, simple, names[i])))
            files += check_recorded(root, names[i]);
    assert_true(files > 50000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_texts_are_shared),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_files_that_can_matter),
        cmocka_unit_test(test_freshness),
        cmocka_unit_test(test_inherit),
        cmocka_unit_test(test_add_to_what_was_read),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_brief_files),
        cmocka_unit_test(test_replaced_meanwhile),
        cmocka_unit_test(test_gone_meanwhile),
        cmocka_unit_test(test_damaged_meanwhile),
        cmocka_unit_test(test_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
