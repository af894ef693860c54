#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "index/block.h"
#include "index/cache_admin.h"
#include "tests/unit/index_util.h"

#define URL "https://index.example/simple/"

struct world {
    struct pl_arena arena;
    struct pl_error err;
    const char *root;
    struct pl_str dir; /* of the cache, below root */
    struct pl_cache *cache;
    struct pl_str site;
};

/* Three entries of two sites, one of them read. */
static void make_world(struct world *w)
{
    PL_BUF(block, 4096);
    struct pl_freshness fresh = {.max_age = 600};
    w->err.arena = &w->arena;
    w->root = tree_make();
    w->dir = pl_arena_printf(&w->arena, "%s/podlock", w->root);
    w->cache = pl_cache_open(&w->arena, w->dir);
    w->site = pl_cache_site(w->cache, PL_STR(URL), PL_STR("me"));
    pl_block_write(pl_block_make(&w->arena, NULL, &fresh), &block);
    pl_cache_save(w->cache, PL_CACHE_BLOCK, w->site, PL_STR("a"),
                  pl_buf_view(&block));
    pl_cache_save(w->cache, PL_CACHE_LISTING, w->site, PL_STR("b"),
                  PL_STR("names"));
    pl_cache_save(w->cache, PL_CACHE_TRAIL, PL_STR("trails"), PL_STR("c"),
                  PL_STR("trail"));
    assert_str(pl_cache_trouble(w->cache), "");
}

static void finish_world(struct world *w)
{
    tree_remove(w->root);
    pl_arena_finish(&w->arena);
}

#define WORLD(name)                                                            \
    struct world name PL_CLEANUP(finish_world) = {0};                          \
    make_world(&name)

static const char *path_of(struct world *w, const char *below)
{
    return pl_arena_printf(&w->arena, "%.*s/v1/%s", PL_STR_ARG(w->dir), below)
        .at;
}

static const char *entry_path(struct world *w, const char *name)
{
    return path_of(
        w, pl_arena_printf(&w->arena, "%.*s/%s", PL_STR_ARG(w->site), name).at);
}

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_true(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static void make_older(const char *path, int seconds)
{
    struct timespec times[2] = {{.tv_sec = time(NULL) - seconds},
                                {.tv_sec = time(NULL) - seconds}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

static bool is_there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static struct pl_cache_removed prune(struct world *w, uint64_t older_than)
{
    struct pl_cache_removed done;
    if (!pl_cache_prune(w->cache, &w->arena, older_than, &done, &w->err))
        fail_msg("%.*s", PL_STR_ARG(w->err.message));
    return done;
}

static struct pl_cache_removed clean(struct world *w)
{
    struct pl_cache_removed done;
    if (!pl_cache_clean(w->cache, &w->arena, &done, &w->err))
        fail_msg("%.*s", PL_STR_ARG(w->err.message));
    return done;
}

static void test_look(void **state)
{
    (void)state;
    WORLD(w);
    struct pl_cache_survey survey;
    assert_true(pl_cache_look(w.cache, &w.arena, &survey, &w.err));
    assert_int_equal(survey.places.len, 2);
    assert_true(pl_str_eq(survey.places.at[0].site, w.site));
    assert_str(survey.places.at[0].url, URL);
    assert_true(survey.places.at[0].has_user);
    assert_str(survey.places.at[1].site, "trails");
    assert_str(survey.places.at[1].url, "");
    assert_int_equal(survey.entries.len, 3);
    assert_str(survey.entries.at[0].name, "a");
    assert_int_equal(survey.entries.at[1].kind, PL_CACHE_LISTING);
    assert_true(survey.entries.at[2].size > strlen("trail"));
    assert_int_equal(survey.others, 1);
    assert_int_equal(survey.foreign, 0);
    for (size_t i = 0; i < survey.entries.len; i++)
        assert_true(pl_cache_is_whole(w.cache, &survey.entries.at[i]));
}

static void test_damage(void **state)
{
    (void)state;
    WORLD(w);
    struct pl_cache_survey survey;
    put(entry_path(&w, "b.listing"), "x");
    /* A whole entry whose payload is no block. */
    pl_cache_save(w.cache, PL_CACHE_BLOCK, w.site, PL_STR("d"), PL_STR("x"));
    assert_true(pl_cache_look(w.cache, &w.arena, &survey, &w.err));
    for (size_t i = 0; i < survey.entries.len; i++) {
        struct pl_str name = survey.entries.at[i].name;
        assert_int_equal(pl_cache_is_whole(w.cache, &survey.entries.at[i]),
                         !pl_str_is(name, "b") && !pl_str_is(name, "d"));
    }
    struct pl_cache_removed done = prune(&w, UINT64_MAX);
    assert_int_equal(done.entries, 2);
    assert_int_equal(done.damaged, 2);
    assert_true(is_there(entry_path(&w, "a.block")));
    assert_true(is_there(entry_path(&w, "site")));
    assert_int_equal(prune(&w, UINT64_MAX).entries, 0);
}

static void test_prune_by_age(void **state)
{
    (void)state;
    WORLD(w);
    make_older(entry_path(&w, "a.block"), 1000);
    make_older(path_of(&w, "trails/c.trail"), 1000);
    assert_int_equal(prune(&w, 2000).entries, 0);
    assert_int_equal(prune(&w, 500).entries, 2);
    assert_false(is_there(path_of(&w, "trails")));
    assert_true(is_there(entry_path(&w, "b.listing")));
    /* What was removed can be saved again. */
    pl_cache_save(w.cache, PL_CACHE_TRAIL, PL_STR("trails"), PL_STR("c"),
                  PL_STR("trail"));
    assert_str(pl_cache_trouble(w.cache), "");
    assert_true(is_there(path_of(&w, "trails/c.trail")));
}

/* What a process left when it was killed, and what one is at just now. */
static void test_prune_leftovers(void **state)
{
    (void)state;
    WORLD(w);
    const char *dead = entry_path(&w, ".new-1"),
               *alive = entry_path(&w, ".new-2");
    assert_true(pl_cache_claim(w.cache, PL_STR("k")));
    put(dead, "x");
    put(alive, "x");
    make_older(dead, 3600);
    assert_int_equal(prune(&w, UINT64_MAX).others, 1);
    assert_false(is_there(dead));
    assert_true(is_there(alive));
    assert_true(is_there(path_of(&w, "claims/k")));
    make_older(path_of(&w, "claims/k"), 3600);
    assert_int_equal(prune(&w, UINT64_MAX).others, 1);
    assert_false(is_there(path_of(&w, "claims")));
    pl_cache_claim_release(w.cache);
}

static void test_clean(void **state)
{
    (void)state;
    WORLD(w);
    assert_true(pl_cache_claim(w.cache, PL_STR("k")));
    struct pl_cache_removed done = clean(&w);
    assert_int_equal(done.entries, 3);
    assert_int_equal(done.foreign, 0);
    assert_false(is_there(path_of(&w, "")));
    assert_true(is_there(w.dir.at));
    assert_int_equal(clean(&w).entries, 0);
    pl_cache_save(w.cache, PL_CACHE_TRAIL, PL_STR("trails"), PL_STR("c"),
                  PL_STR("trail"));
    assert_true(is_there(path_of(&w, "trails/c.trail")));
}

/* Of other names, behind links, or in folders within: it all stays. */
static void test_what_is_not_ours(void **state)
{
    (void)state;
    WORLD(w);
    const char *outside = pl_arena_printf(&w.arena, "%s/outside", w.root).at;
    const char *stays[] = {
        path_of(&w, "notes"),         entry_path(&w, "notes.txt"),
        entry_path(&w, "link.block"), path_of(&w, "linked"),
        entry_path(&w, "inner"),      entry_path(&w, "x.block.bak"),
    };
    assert_int_equal(mkdir(outside, 0700), 0);
    put(pl_arena_printf(&w.arena, "%s/z.block", outside).at, "x");
    put(stays[0], "x");
    put(stays[1], "x");
    assert_int_equal(symlink("../notes", stays[2]), 0);
    assert_int_equal(symlink(outside, stays[3]), 0);
    assert_int_equal(mkdir(stays[4], 0700), 0);
    put(stays[5], "x");
    struct pl_cache_removed done = clean(&w);
    assert_int_equal(done.entries, 3);
    assert_int_equal(done.foreign, PL_COUNT(stays));
    for (size_t i = 0; i < PL_COUNT(stays); i++)
        if (!is_there(stays[i]))
            fail_msg("%s is gone", stays[i]);
    assert_true(is_there(pl_arena_printf(&w.arena, "%s/z.block", outside).at));
    assert_true(is_there(path_of(&w, "CACHEDIR.TAG")));
}

static void assert_refused(struct world *w, struct pl_str dir)
{
    struct pl_cache_removed done;
    struct pl_cache *cache = pl_cache_open(&w->arena, dir);
    assert_false(pl_cache_clean(cache, &w->arena, &done, &w->err));
    assert_error(&w->err, PL_ERR_FILE, "is not a podlock cache");
    assert_false(pl_cache_prune(cache, &w->arena, 0, &done, &w->err));
    assert_error(&w->err, PL_ERR_FILE, "is not a podlock cache");
}

static void test_no_cache(void **state)
{
    (void)state;
    WORLD(w);
    struct pl_str parent = pl_str_from(w.root);
    assert_refused(&w, parent);
    assert_true(is_there(entry_path(&w, "a.block")));
    unlink(path_of(&w, "CACHEDIR.TAG"));
    assert_refused(&w, w.dir);
    put(path_of(&w, "CACHEDIR.TAG"), "of somebody else");
    assert_refused(&w, w.dir);
    assert_true(is_there(entry_path(&w, "a.block")));
    struct pl_cache_survey survey;
    struct pl_str none = pl_arena_printf(&w.arena, "%s/none", w.root);
    struct pl_cache *absent = pl_cache_open(&w.arena, none);
    assert_true(pl_cache_look(absent, &w.arena, &survey, &w.err));
    assert_int_equal(survey.entries.len, 0);
    assert_false(is_there(none.at));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_prune_by_age),
        cmocka_unit_test(test_prune_leftovers),
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_what_is_not_ours),
        cmocka_unit_test(test_no_cache),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
