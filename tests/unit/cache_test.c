#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "core/limits.h"
#include "index/cache.h"
#include "index/cache_entry.h"
#include "tests/unit/index_util.h"

#define URL "https://index.example/simple/"
#define NAME PL_STR("a-b")

struct world {
    struct pl_arena arena;
    const char *root;
    struct pl_str dir; /* of the cache, below root */
    struct pl_cache *cache;
    struct pl_str site;
};

static void reopen(struct world *w)
{
    w->cache = pl_cache_open(&w->arena, w->dir);
    w->site = pl_cache_site(w->cache, PL_STR(URL), PL_STR(""));
}

static void make_world(struct world *w)
{
    w->root = tree_make();
    w->dir = pl_arena_printf(&w->arena, "%s/x/podlock", w->root);
    reopen(w);
}

static void finish_world(struct world *w)
{
    tree_remove(w->root);
    pl_arena_finish(&w->arena);
}

#define WORLD(name)                                                            \
    struct world name PL_CLEANUP(finish_world) = {0};                          \
    make_world(&name)

static void save(struct world *w, const char *payload)
{
    pl_cache_save(w->cache, PL_CACHE_BLOCK, w->site, NAME,
                  pl_str_from(payload));
    assert_str(pl_cache_trouble(w->cache), "");
}

static bool loads(struct world *w, struct pl_str *payload)
{
    return pl_cache_load(w->cache, &w->arena, PL_CACHE_BLOCK, w->site, NAME,
                         payload);
}

static void assert_loads(struct world *w, const char *wanted)
{
    struct pl_str payload;
    assert_true(loads(w, &payload));
    assert_str(payload, wanted);
}

static void assert_absent(struct world *w)
{
    struct pl_str payload;
    assert_false(loads(w, &payload));
}

static const char *entry_path(struct world *w)
{
    return pl_arena_printf(&w->arena, "%.*s/v1/%.*s/a-b.block",
                           PL_STR_ARG(w->dir), PL_STR_ARG(w->site))
        .at;
}

static void put(struct world *w, struct pl_str bytes)
{
    int fd = open(entry_path(w), O_WRONLY | O_TRUNC);
    assert_true(fd >= 0);
    assert_true(write(fd, bytes.at, bytes.len) == (ssize_t)bytes.len);
    close(fd);
}

static struct pl_str get(struct world *w)
{
    struct pl_str bytes;
    assert_true(pl_file_load(&w->arena, pl_str_from(entry_path(w)), 1 << 20,
                             &bytes, NULL, NULL));
    return bytes;
}

/* ---- loading and saving ---- */

static void test_round_trip(void **state)
{
    (void)state;
    WORLD(w);
    assert_absent(&w);
    assert_false(pl_dir_exists(w.dir));
    save(&w, "some bytes");
    assert_loads(&w, "some bytes");
    save(&w, "");
    assert_loads(&w, "");
    save(&w, "others");
    reopen(&w);
    assert_loads(&w, "others");
    struct pl_str payload;
    assert_false(pl_cache_load(w.cache, &w.arena, PL_CACHE_TRAIL, w.site, NAME,
                               &payload));
    assert_false(pl_cache_load(w.cache, &w.arena, PL_CACHE_BLOCK, w.site,
                               PL_STR("a-c"), &payload));
    pl_cache_save(w.cache, PL_CACHE_TRAIL, PL_STR("trails"), NAME, PL_STR("t"));
    assert_true(pl_cache_load(w.cache, &w.arena, PL_CACHE_TRAIL,
                              PL_STR("trails"), NAME, &payload));
}

static void assert_mode(const char *path, unsigned mode)
{
    struct stat info;
    assert_int_equal(lstat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, mode);
}

/* Nothing else lies there, and nobody else may look. */
static void test_files(void **state)
{
    (void)state;
    WORLD(w);
    umask(022);
    save(&w, "some bytes");
    save(&w, "others");
    struct pl_str *names;
    size_t count;
    const char *site = pl_arena_printf(&w.arena, "%.*s/v1/%.*s",
                                       PL_STR_ARG(w.dir), PL_STR_ARG(w.site))
                           .at;
    assert_true(pl_dir_list(&w.arena, pl_str_from(site), &names, &count, NULL));
    assert_int_equal(count, 2);
    assert_str(names[0], "a-b.block");
    assert_str(names[1], "site");
    assert_mode(entry_path(&w), 0600);
    assert_mode(site, 0700);
    assert_mode(w.dir.at, 0700);
}

static void test_sites(void **state)
{
    (void)state;
    WORLD(w);
    struct pl_str user = pl_cache_site(w.cache, PL_STR(URL), PL_STR("me"));
    struct pl_str other = pl_cache_site(w.cache, PL_STR(URL "x"), PL_STR(""));
    assert_int_equal(w.site.len, 16);
    assert_false(pl_str_eq(w.site, user));
    assert_false(pl_str_eq(w.site, other));
    assert_true(pl_str_eq(
        w.site, pl_cache_site(w.cache, PL_STR(URL), (struct pl_str){0})));
    pl_cache_save(w.cache, PL_CACHE_BLOCK, user, NAME, PL_STR("x"));
    struct pl_str text;
    struct pl_str path = pl_arena_printf(&w.arena, "%.*s/v1/%.*s/site",
                                         PL_STR_ARG(w.dir), PL_STR_ARG(user));
    assert_true(pl_file_load(&w.arena, path, 1000, &text, NULL, NULL));
    assert_str(text, URL "\nwith a user name\n");
}

static void test_names(void **state)
{
    (void)state;
    WORLD(w);
    static const char *const unsafe[] = {"",    ".",   "..",  ".x",
                                         "a/b", "a b", "a\n", "../a"};
    for (size_t i = 0; i < PL_COUNT(unsafe); i++) {
        pl_cache_save(w.cache, PL_CACHE_BLOCK, w.site, pl_str_from(unsafe[i]),
                      PL_STR("x"));
        pl_cache_save(w.cache, PL_CACHE_BLOCK, pl_str_from(unsafe[i]), NAME,
                      PL_STR("x"));
    }
    assert_str(pl_cache_trouble(w.cache), "");
    assert_false(pl_dir_exists(w.dir));
}

/* ---- damage ---- */

static void test_every_flip_and_cut(void **state)
{
    (void)state;
    WORLD(w);
    save(&w, "a payload whose length is odd");
    struct pl_str good = get(&w);
    char *bad = pl_arena_alloc(&w.arena, good.len + 1);
    for (size_t at = 0; at < good.len; at++) {
        memcpy(bad, good.at, good.len);
        for (unsigned flip = 1; flip < 256; flip++) {
            struct pl_str ignored;
            bad[at] = (char)((unsigned char)good.at[at] ^ flip);
            struct pl_str where =
                pl_arena_printf(&w.arena, "%.*s/a-b.block", PL_STR_ARG(w.site));
            assert_false(pl_cache_entry_open((struct pl_str){bad, good.len},
                                             PL_CACHE_BLOCK, where, &ignored));
        }
        put(&w, (struct pl_str){bad, good.len});
        assert_absent(&w);
        put(&w, pl_str_sub(good, 0, at));
        assert_absent(&w);
    }
    bad[good.len] = '\0';
    memcpy(bad, good.at, good.len);
    put(&w, (struct pl_str){bad, good.len + 1});
    assert_absent(&w);
    memset(bad, 0, good.len);
    put(&w, (struct pl_str){bad, good.len});
    assert_absent(&w);
    put(&w, good);
    assert_loads(&w, "a payload whose length is odd");
}

/* Two words that change places, which a sum would not see. */
static void test_swapped_words(void **state)
{
    (void)state;
    struct pl_str payload;
    char bytes[PL_CACHE_HEAD_BYTES + 16];
    memcpy(bytes + PL_CACHE_HEAD_BYTES, "12345678abcdefgh", 16);
    pl_cache_entry_head(PL_CACHE_BLOCK, NAME,
                        (struct pl_str){bytes + PL_CACHE_HEAD_BYTES, 16},
                        bytes);
    struct pl_str whole = {bytes, sizeof(bytes)};
    assert_true(pl_cache_entry_open(whole, PL_CACHE_BLOCK, NAME, &payload));
    assert_str(payload, "12345678abcdefgh");
    assert_false(pl_cache_entry_open(whole, PL_CACHE_LISTING, NAME, &payload));
    assert_false(
        pl_cache_entry_open(whole, PL_CACHE_BLOCK, PL_STR("b"), &payload));
    memcpy(bytes + PL_CACHE_HEAD_BYTES, "abcdefgh12345678", 16);
    assert_false(pl_cache_entry_open(whole, PL_CACHE_BLOCK, NAME, &payload));
}

static void test_an_entry_of_another_place(void **state)
{
    (void)state;
    WORLD(w);
    save(&w, "x");
    struct pl_str path = pl_arena_printf(&w.arena, "%.*s/v1/%.*s/c.block",
                                         PL_STR_ARG(w.dir), PL_STR_ARG(w.site));
    assert_int_equal(rename(entry_path(&w), path.at), 0);
    struct pl_str payload;
    assert_false(pl_cache_load(w.cache, &w.arena, PL_CACHE_BLOCK, w.site,
                               PL_STR("c"), &payload));
}

static void test_what_is_no_file(void **state)
{
    (void)state;
    WORLD(w);
    save(&w, "x");
    const char *path = entry_path(&w);
    struct pl_str aside = pl_arena_printf(&w.arena, "%s/aside", w.root);
    assert_int_equal(rename(path, aside.at), 0);
    assert_int_equal(symlink(aside.at, path), 0);
    assert_absent(&w);
    /* Written over, not through. */
    save(&w, "y");
    assert_loads(&w, "y");
    struct stat info;
    assert_int_equal(lstat(path, &info), 0);
    assert_true(S_ISREG(info.st_mode));
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_absent(&w);
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_absent(&w);
}

static void test_links_in_the_way(void **state)
{
    (void)state;
    WORLD(w);
    save(&w, "x");
    struct pl_str v1 = pl_arena_printf(&w.arena, "%.*s/v1", PL_STR_ARG(w.dir));
    struct pl_str site =
        pl_arena_printf(&w.arena, "%s/%.*s", v1.at, PL_STR_ARG(w.site));
    struct pl_str aside = pl_arena_printf(&w.arena, "%s/aside", w.root);
    assert_int_equal(rename(site.at, aside.at), 0);
    assert_int_equal(symlink(aside.at, site.at), 0);
    reopen(&w);
    assert_absent(&w);
    pl_cache_save(w.cache, PL_CACHE_BLOCK, w.site, PL_STR("q"), PL_STR("x"));
    assert_true(pl_cache_trouble(w.cache).len > 0);
    assert_false(
        pl_file_exists(pl_path_join(&w.arena, aside, PL_STR("q.block"))));
    unlink(site.at);
    assert_int_equal(rename(aside.at, site.at), 0);
    assert_int_equal(rename(v1.at, aside.at), 0);
    assert_int_equal(symlink(aside.at, v1.at), 0);
    reopen(&w);
    assert_absent(&w);
    assert_true(pl_str_has(pl_cache_trouble(w.cache), ':'));
}

/* ---- trouble ---- */

static void assert_trouble(struct world *w, const char *part)
{
    struct pl_str text = pl_cache_trouble(w->cache), what = pl_str_from(part);
    if (pl_str_find_str(text, what) == text.len)
        fail_msg("`%.*s` does not say `%s`", PL_STR_ARG(text), part);
}

static void test_no_folder(void **state)
{
    (void)state;
    WORLD(w);
    w.dir = PL_STR("");
    reopen(&w);
    assert_absent(&w);
    pl_cache_save(w.cache, PL_CACHE_BLOCK, w.site, NAME, PL_STR("x"));
    assert_trouble(&w, "HOME");
    assert_true(pl_cache_claim(w.cache, PL_STR("k")));
    pl_cache_claim_refresh(w.cache);
    pl_cache_claim_release(w.cache);
}

/* Root may write everywhere; a file in the way stops it too. */
static void test_a_file_in_the_way(void **state)
{
    (void)state;
    WORLD(w);
    tree_add(w.root, "x/podlock", "a file");
    reopen(&w);
    assert_absent(&w);
    pl_cache_save(w.cache, PL_CACHE_BLOCK, w.site, NAME, PL_STR("x"));
    assert_trouble(&w, "cannot be made: Not a directory");
    assert_true(pl_cache_claim(w.cache, PL_STR("k")));
    pl_cache_claim_release(w.cache);
}

static void test_a_full_disk(void **state)
{
    (void)state;
    WORLD(w);
    save(&w, "x");
    /* The limit of a file's size stands for a disk without room. */
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        static char much[100000];
        PL_ARENA(arena);
        struct pl_cache *cache = pl_cache_open(&arena, w.dir);
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit = {50000, 50000};
        setrlimit(RLIMIT_FSIZE, &limit);
        pl_cache_save(cache, PL_CACHE_BLOCK, w.site, NAME,
                      (struct pl_str){much, sizeof(much)});
        bool told = pl_str_has(pl_cache_trouble(cache), ':');
        pl_cache_save(cache, PL_CACHE_BLOCK, w.site, NAME, PL_STR("y"));
        _exit(told ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_loads(&w, "x");
    struct pl_str *names;
    size_t count;
    struct pl_str site = pl_path_dir(pl_str_from(entry_path(&w)));
    assert_true(pl_dir_list(&w.arena, site, &names, &count, NULL));
    assert_int_equal(count, 2);
}

static void test_cleaned_meanwhile(void **state)
{
    (void)state;
    WORLD(w);
    save(&w, "x");
    tree_remove(w.dir.at);
    save(&w, "y");
    assert_loads(&w, "y");
}

/* ---- claims ---- */

#define KEY PL_STR("0123456789abcdef")

static const char *claim_path(struct world *w)
{
    return pl_arena_printf(&w->arena, "%.*s/v1/claims/0123456789abcdef",
                           PL_STR_ARG(w->dir))
        .at;
}

static void test_claims(void **state)
{
    (void)state;
    WORLD(w);
    struct pl_cache *first = w.cache;
    struct pl_cache *second = pl_cache_open(&w.arena, w.dir);
    assert_true(pl_cache_claim(first, KEY));
    assert_false(pl_cache_claim(second, KEY));
    assert_false(pl_cache_claim(second, KEY));
    pl_cache_claim_refresh(first);
    pl_cache_claim_release(first);
    assert_false(pl_file_exists(pl_str_from(claim_path(&w))));
    assert_true(pl_cache_claim(second, KEY));
    assert_false(pl_cache_claim(first, KEY));
    pl_cache_claim_release(second);
}

/* Its process is gone: nobody waits. */
static void test_a_dead_process(void **state)
{
    (void)state;
    WORLD(w);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(pl_cache_claim(w.cache, KEY) ? 0 : 1);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(pl_file_exists(pl_str_from(claim_path(&w))));
    assert_true(pl_cache_claim(w.cache, KEY));
    pl_cache_claim_release(w.cache);
}

/* A claim of another host, or none at all: only standing still tells. */
static void test_a_dead_host(void **state)
{
    (void)state;
    WORLD(w);
    save(&w, "x");
    struct pl_cache *other = pl_cache_open(&w.arena, w.dir);
    struct pl_str odd =
        pl_arena_printf(&w.arena, "%.*s/v1/claims/odd", PL_STR_ARG(w.dir));
    assert_true(pl_dir_make(odd, NULL));
    tree_add(w.root, "x/podlock/v1/claims/0123456789abcdef",
             "00112233445566ff 0000000001 1 another-host\n");
    const struct timespec pause = {.tv_nsec = 100000000};
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    bool claimed = false, odd_claimed = false;
    for (int i = 0; i < 200 && !(claimed && odd_claimed); i++) {
        claimed = claimed || pl_cache_claim(w.cache, KEY);
        odd_claimed = odd_claimed || pl_cache_claim(other, PL_STR("odd"));
        nanosleep(&pause, NULL);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_true(claimed && odd_claimed);
    assert_true(end.tv_sec - begin.tv_sec >= PL_CACHE_CLAIM_SECONDS);
    pl_cache_claim_release(w.cache);
    assert_false(pl_file_exists(pl_str_from(claim_path(&w))));
}

/* What was taken over is not released by its first owner. */
static void test_not_mine_any_more(void **state)
{
    (void)state;
    WORLD(w);
    assert_true(pl_cache_claim(w.cache, KEY));
    tree_add(w.root, "x/podlock/v1/claims/0123456789abcdef",
             "00112233445566ff 0000000001 1 another-host\n");
    pl_cache_claim_release(w.cache);
    assert_true(pl_file_exists(pl_str_from(claim_path(&w))));
}

static void test_rubbish_for_a_claim(void **state)
{
    (void)state;
    static const char *const rubbish[] = {"", " ", "x y z", "\n\n",
                                          "0 0 -1 x\n"};
    for (size_t i = 0; i < PL_COUNT(rubbish); i++) {
        WORLD(w);
        save(&w, "x");
        tree_add(w.root, "x/podlock/v1/claims/0123456789abcdef", rubbish[i]);
        assert_false(pl_cache_claim(w.cache, KEY));
    }
}

static void test_default_dir(void **state)
{
    (void)state;
    PL_ARENA(arena);
    setenv("XDG_CACHE_HOME", "/xdg", 1);
    setenv("HOME", "/me", 1);
    assert_str(pl_cache_default_dir(&arena), "/xdg/podlock");
    setenv("XDG_CACHE_HOME", "relative", 1);
    assert_str(pl_cache_default_dir(&arena), "/me/.cache/podlock");
    unsetenv("XDG_CACHE_HOME");
    setenv("HOME", "", 1);
    assert_str(pl_cache_default_dir(&arena), "");
    unsetenv("HOME");
    assert_str(pl_cache_default_dir(&arena), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_sites),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_every_flip_and_cut),
        cmocka_unit_test(test_swapped_words),
        cmocka_unit_test(test_an_entry_of_another_place),
        cmocka_unit_test(test_what_is_no_file),
        cmocka_unit_test(test_links_in_the_way),
        cmocka_unit_test(test_no_folder),
        cmocka_unit_test(test_a_file_in_the_way),
        cmocka_unit_test(test_a_full_disk),
        cmocka_unit_test(test_cleaned_meanwhile),
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_a_dead_process),
        cmocka_unit_test(test_a_dead_host),
        cmocka_unit_test(test_not_mine_any_more),
        cmocka_unit_test(test_rubbish_for_a_claim),
        cmocka_unit_test(test_default_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
