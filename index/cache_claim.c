#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/trace.h"
#include "index/cache_internal.h"

/*
 * A claim is a file with one line: token, moves, process, host. It is made
 * with O_EXCL, which NFS has too, and moves by its bytes: each reading opens
 * it anew, so that no stale attribute of a network volume is looked at.
 */
#define TOKEN_DIGITS 16
#define MOVES_AT (TOKEN_DIGITS + 1)
#define MOVE_NS PL_SECOND_NS
#define DEAD_NS ((uint64_t)PL_CACHE_CLAIM_SECONDS * PL_SECOND_NS)
#define HOST_BYTES 128

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* ---- hosts ---- */

struct host {
    char text[HOST_BYTES];
};

/* One word of a file of the system. */
static void add_word(struct host *host, const char *word, ssize_t len)
{
    size_t at = strlen(host->text);
    for (ssize_t i = 0; i < len && at + 1 < sizeof(host->text); i++)
        if (pl_is_alnum(word[i]) || word[i] == '-')
            host->text[at++] = word[i];
    host->text[at] = '\0';
}

/*
 * Process numbers mean the same where this is the same: one boot of one
 * kernel, one namespace. Empty where /proc does not tell.
 */
static struct host this_host(void)
{
    struct host host = {""};
    char word[64];
    ssize_t boot = -1;
    int fd PL_CLEANUP(close_fd) =
        open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        boot = read(fd, word, sizeof(word));
    if (boot <= 0)
        return host;
    add_word(&host, word, boot);
    ssize_t space = readlink("/proc/self/ns/pid", word, sizeof(word));
    if (space <= 0)
        host.text[0] = '\0';
    else
        add_word(&host, word, space);
    return host;
}

/* ---- reading claims ---- */

/*
 * False: it is not there, not a file, or nobody may read it; *len is 0, and as
 * it never moves it is dead after a while.
 */
static bool read_claim(const char *path, char *text, size_t size, size_t *len)
{
    struct stat info;
    *len = 0;
    int fd PL_CLEANUP(close_fd) =
        open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
        return false;
    ssize_t got = read(fd, text, size);
    *len = got > 0 ? (size_t)got : 0;
    return true;
}

static bool is_mine(const struct pl_cache *cache)
{
    char text[TOKEN_DIGITS];
    size_t len;
    return read_claim(cache->claim.text, text, sizeof(text), &len) &&
           len == sizeof(text) &&
           memcmp(text, cache->claim_token, sizeof(text)) == 0;
}

static struct pl_str word_of(struct pl_str line, size_t number)
{
    struct pl_str rest = {line.at, pl_str_find(line, '\n')};
    struct pl_str word = {0};
    for (size_t i = 0; i <= number; i++)
        if (!pl_str_cut(&rest, ' ', &word))
            return (struct pl_str){0};
    return word;
}

/* Only what ran on this host can be known to be gone. */
static bool is_gone(struct pl_str claim)
{
    struct host host = this_host();
    uint64_t process;
    if (!host.text[0] || !pl_str_is(word_of(claim, 3), host.text) ||
        !pl_str_to_u64(word_of(claim, 2), &process) || process < 1 ||
        process > INT32_MAX)
        return false;
    return kill((pid_t)process, 0) < 0 && errno == ESRCH;
}

/* ---- taking ---- */

static void write_claim(struct pl_cache *cache, int fd)
{
    char text[sizeof(cache->rival.text)];
    struct host host = this_host();
    int len = snprintf(text, sizeof(text), "%s %010llu %ld %s\n",
                       cache->claim_token, 0ull, (long)getpid(), host.text);
    if (write(fd, text, (size_t)len) != len)
        PL_TRACE(PL_TRACE_INDEX, "a claim could not be written");
}

static bool create(struct pl_cache *cache, const struct cache_path *path)
{
    int fd PL_CLEANUP(close_fd) = open(
        path->text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    snprintf(cache->claim_token, sizeof(cache->claim_token), "%016llx",
             (unsigned long long)pl_cache_random());
    write_claim(cache, fd);
    cache->claim = *path;
    cache->claim_moves = 0;
    cache->claim_moved_ns = pl_clock_ns();
    cache->rival.len = 0;
    return true;
}

/* Has it stood still for long enough? */
static bool is_dead(struct pl_cache *cache, const char *text, size_t len)
{
    struct cache_rival *rival = &cache->rival;
    uint64_t now = pl_clock_ns();
    bool moved = !rival->since_ns || rival->len != len ||
                 memcmp(rival->text, text, len) != 0;
    if (moved) {
        memcpy(rival->text, text, len);
        rival->len = len;
        rival->since_ns = now;
    }
    return is_gone((struct pl_str){text, len}) ||
           now - rival->since_ns >= DEAD_NS;
}

/*
 * Moves a dead claim aside. When somebody was faster, what was moved is his
 * new claim: it goes back.
 */
static void bury(struct pl_cache *cache, const struct cache_path *path)
{
    char name[40], text[sizeof(cache->rival.text)];
    size_t len = 0;
    snprintf(name, sizeof(name), CACHE_TEMPORARY "%016llx",
             (unsigned long long)pl_cache_random());
    struct cache_path aside =
        pl_cache_path(cache->root, PL_STR(CACHE_CLAIMS), pl_str_from(name),
                      (struct pl_str){0});
    if (aside.over || rename(path->text, aside.text) < 0) {
        /* Nobody could ever take it over. */
        if (errno != ENOENT)
            pl_cache_set_trouble(cache, "cannot be written");
        return;
    }
    (void)!read_claim(aside.text, text, sizeof(text), &len);
    bool is_the_dead =
        len == cache->rival.len && memcmp(text, cache->rival.text, len) == 0;
    if (is_the_dead || rename(aside.text, path->text) < 0)
        remove(aside.text);
}

bool pl_cache_claim(struct pl_cache *cache, struct pl_str key)
{
    char text[sizeof(cache->rival.text)];
    size_t len;
    struct stat info;
    if (cache->claim.len || !pl_cache_name_safe(key) ||
        !pl_cache_make_folder(cache, PL_STR(CACHE_CLAIMS)))
        return true;
    struct cache_path path = pl_cache_path(cache->root, PL_STR(CACHE_CLAIMS),
                                           key, (struct pl_str){0});
    if (path.over || create(cache, &path))
        return true;
    if (errno != EEXIST) {
        pl_cache_set_trouble(cache, "cannot be written");
        return true;
    }
    if (!read_claim(path.text, text, sizeof(text), &len) &&
        lstat(path.text, &info) < 0 && errno == ENOENT)
        /* It was released between the two steps: the next call makes it. */
        return false;
    if (!is_dead(cache, text, len))
        return false;
    bury(cache, &path);
    return create(cache, &path);
}

/* ---- holding ---- */

void pl_cache_claim_refresh(struct pl_cache *cache)
{
    char moves[16];
    uint64_t now = pl_clock_ns();
    if (!cache->claim.len || now - cache->claim_moved_ns < MOVE_NS)
        return;
    cache->claim_moved_ns = now;
    if (!is_mine(cache))
        return;
    snprintf(moves, sizeof(moves), "%010llu",
             (unsigned long long)++cache->claim_moves % 10000000000ull);
    int fd PL_CLEANUP(close_fd) =
        open(cache->claim.text, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0 && pwrite(fd, moves, 10, MOVES_AT) != 10)
        PL_TRACE(PL_TRACE_INDEX, "a claim could not be refreshed");
}

void pl_cache_claim_release(struct pl_cache *cache)
{
    if (cache->claim.len && is_mine(cache))
        unlink(cache->claim.text);
    cache->claim.len = 0;
}
