#include "index/download.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/digest.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/map.h"
#include "core/vec.h"
#include "index/net.h"
#include "pep/wheelname.h"

#define TICK_MS 100
#define COPY_BYTES ((size_t)1 << 20)
/* More than any folder holds, and no sum of sizes overflows. */
#define FAR_TOO_MUCH ((uint64_t)1 << 62)

struct slot {
    struct pl_download *file;
    struct pl_str part; /* its name in the folder */
    int fd;             /* of the part; 0: none */
    uint64_t have;      /* bytes of the part when it was asked for */
    unsigned goes;
    bool is_resumed; /* some of the bytes are of an earlier try */
};

struct run {
    struct pl_arena *arena;
    const struct pl_download_options *options;
    struct pl_download *files;
    size_t count, next, active, done;
    uint64_t bytes;
    int folder;
    const struct pl_net *net;
    struct pl_fetch *fetch;
    struct pl_fetch_limits limits;
};

/* ---- names ---- */

bool pl_download_is_name(struct pl_str name)
{
    static const char *const endings[] = {".whl",     ".tar.gz", ".zip",
                                          ".tar.bz2", ".tar.xz", ".tgz"};
    bool is_kind = false;
    for (size_t i = 0; i < PL_COUNT(endings); i++)
        is_kind = is_kind || pl_str_ends(name, endings[i]);
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] == '/' || (unsigned char)name.at[i] < ' ' ||
            name.at[i] == 0x7f)
            return false;
    return is_kind && name.len <= PL_MAX_DOWNLOAD_NAME && name.at[0] != '.' &&
           name.at[0] != '-';
}

bool pl_download_is_part(struct pl_str name)
{
    return pl_str_starts(name, ".") && pl_str_ends(name, ".part") &&
           name.len > strlen("..part") &&
           pl_download_is_name(pl_str_sub(name, 1, name.len - strlen(".part")));
}

/* ---- one file's end ---- */

static void close_part(struct slot *slot)
{
    if (slot->fd > 0)
        close(slot->fd);
    slot->fd = 0;
}

static bool fail(struct slot *slot, enum pl_error_code code, const char *what,
                 int why)
{
    struct pl_download *file = slot->file;
    pl_error_plain(&file->error, code, "%.*s %s", PL_STR_ARG(file->name), what);
    if (why)
        pl_error_because(&file->error, "%s", strerror(why));
    close_part(slot);
    return false;
}

/* Begins anew; false when that is not possible. */
static bool empty_part(struct slot *slot)
{
    slot->have = 0;
    slot->is_resumed = false;
    if (!ftruncate(slot->fd, 0) && lseek(slot->fd, 0, SEEK_SET) == 0)
        return true;
    return fail(slot, PL_ERR_FILE, "cannot be written", errno);
}

static bool part_size(struct slot *slot, uint64_t *size)
{
    struct stat st;
    *size = 0;
    if (fstat(slot->fd, &st))
        return fail(slot, PL_ERR_FILE, "cannot be read again", errno);
    *size = (uint64_t)st.st_size;
    return true;
}

/* What has got the name meanwhile stays, where the file system can do that. */
static int rename_part(const struct run *run, const char *part,
                       const char *name)
{
    if (!renameat2(run->folder, part, run->folder, name, RENAME_NOREPLACE))
        return 0;
    return errno == EINVAL || errno == ENOSYS
               ? renameat(run->folder, part, run->folder, name)
               : -1;
}

/* Onto the disk first: a name stands for what is whole. */
static bool name_part(struct run *run, struct slot *slot)
{
    struct pl_str name = pl_arena_dup(run->arena, slot->file->name);
    if (fsync(slot->fd) || rename_part(run, slot->part.at, name.at))
        return fail(slot, PL_ERR_FILE, "cannot be written", errno);
    close_part(slot);
    slot->file->outcome = PL_DOWNLOAD_CAME;
    return true;
}

static void drop_part(struct run *run, struct slot *slot)
{
    unlinkat(run->folder, slot->part.at, 0);
    close_part(slot);
}

static bool fail_contents(struct run *run, struct slot *slot,
                          struct pl_str found)
{
    struct pl_download *file = slot->file;
    pl_error_plain(&file->error, PL_ERR_INTEGRITY,
                   "%.*s is not the file that the lock names",
                   PL_STR_ARG(file->name));
    pl_error_because(&file->error, "its sha256 is %.*s, and the lock has %.*s",
                     PL_STR_ARG(found), PL_STR_ARG(file->sha256));
    drop_part(run, slot);
    return false;
}

/* True: it is done, or failed. False: what was resumed begins anew. */
static bool finish_part(struct run *run, struct slot *slot)
{
    struct pl_str found;
    if (!pl_sha256_file(run->arena, slot->fd, &found, NULL))
        fail(slot, PL_ERR_FILE, "cannot be read again", errno);
    else if (pl_str_eq(found, slot->file->sha256))
        (void)!name_part(run, slot);
    else if (slot->is_resumed)
        return !empty_part(slot);
    else
        fail_contents(run, slot, found);
    return true;
}

/* ---- what is there ---- */

static bool open_part(struct run *run, struct slot *slot)
{
    struct stat st;
    int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    for (int i = 0; i < 2; i++) {
        slot->fd = openat(run->folder, slot->part.at, flags, 0666);
        if (slot->fd >= 0 && !fstat(slot->fd, &st) && S_ISREG(st.st_mode) &&
            st.st_nlink == 1)
            return true;
        int why = slot->fd < 0 ? errno : ELOOP;
        close_part(slot);
        if (why != ELOOP && why != ENXIO)
            return fail(slot, PL_ERR_FILE, "cannot be written", why);
        /* A link or a fifo that somebody left: ours is made in its place. */
        if (unlinkat(run->folder, slot->part.at, 0))
            return fail(slot, PL_ERR_FILE, "cannot be written", errno);
    }
    return fail(slot, PL_ERR_FILE, "cannot be written", EEXIST);
}

static bool fail_other(struct run *run, struct pl_download *file)
{
    pl_error_plain(&file->error, PL_ERR_INTEGRITY,
                   "%.*s is there with other contents than the lock names",
                   PL_STR_ARG(file->name));
    PL_BUF(path, PL_MAX_MESSAGE_BYTES);
    pl_escape_shell(&path,
                    pl_path_join(run->arena, run->options->folder, file->name));
    return pl_error_hint(&file->error,
                         "remove it, and it is fetched: rm -- %.*s",
                         PL_STR_ARG(pl_buf_view(&path)));
}

/* True: nothing is left to do for it. */
static bool is_settled(struct run *run, struct pl_download *file)
{
    struct stat st;
    struct slot slot = {.file = file};
    struct pl_str name = pl_arena_dup(run->arena, file->name);
    if (fstatat(run->folder, name.at, &st, AT_SYMLINK_NOFOLLOW))
        return errno != ENOENT &&
               !fail(&slot, PL_ERR_FILE, "cannot be looked at", errno);
    if (!S_ISREG(st.st_mode))
        return !fail(&slot, PL_ERR_FILE, "is there, and no regular file", 0);
    int fd = openat(run->folder, name.at,
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return !fail(&slot, PL_ERR_FILE, "cannot be read", errno);
    struct pl_str found = {0};
    bool fits = !fstat(fd, &st) &&
                (!file->has_size || (uint64_t)st.st_size == file->size);
    if (fits && !pl_sha256_file(run->arena, fd, &found, NULL))
        fail(&slot, PL_ERR_FILE, "cannot be read", errno);
    else if (fits && pl_str_eq(found, file->sha256))
        file->outcome = PL_DOWNLOAD_THERE;
    else
        (void)!fail_other(run, file);
    close(fd);
    return true;
}

/* ---- from this machine ---- */

static bool write_all(int fd, struct pl_str bytes)
{
    while (bytes.len) {
        ssize_t put = write(fd, bytes.at, bytes.len);
        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0)
            bytes = pl_str_sub(bytes, (size_t)put, bytes.len);
    }
    return true;
}

/* No more than the file was said to have, should it grow. */
static bool copy_bytes(struct slot *slot, int from, uint64_t left)
{
    PL_ARENA(arena);
    char *bytes = pl_arena_alloc(&arena, COPY_BYTES);
    while (left) {
        ssize_t got =
            read(from, bytes, left < COPY_BYTES ? (size_t)left : COPY_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(slot, PL_ERR_FILE, "cannot be copied", errno);
        if (!got)
            return true;
        if (!write_all(slot->fd, (struct pl_str){bytes, (size_t)got}))
            return fail(slot, PL_ERR_FILE, "cannot be written", errno);
        left -= (uint64_t)got;
    }
    return true;
}

static bool fail_size(struct run *run, struct slot *slot, uint64_t size)
{
    struct pl_download *file = slot->file;
    pl_error_plain(&file->error, PL_ERR_INTEGRITY,
                   "%.*s is not the file that the lock names",
                   PL_STR_ARG(file->name));
    pl_error_because(&file->error, "it has %" PRIu64 " bytes", size);
    drop_part(run, slot);
    return false;
}

static void copy(struct run *run, struct slot *slot)
{
    struct stat st;
    const struct pl_download *file = slot->file;
    struct pl_str path = pl_arena_dup(run->arena, file->path);
    int from = open(path.at, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    bool is_file = from >= 0 && !fstat(from, &st) && S_ISREG(st.st_mode);
    uint64_t size = is_file ? (uint64_t)st.st_size : 0;
    if (!is_file)
        fail(slot, PL_ERR_FILE, "cannot be copied from where the lock says",
             from < 0 ? errno : 0);
    else if ((file->has_size && size != file->size) ||
             size > PL_MAX_WHEEL_BYTES)
        fail_size(run, slot, size);
    else if (empty_part(slot) && copy_bytes(slot, from, size))
        (void)!finish_part(run, slot);
    if (from >= 0)
        close(from);
}

/* ---- over the network ---- */

static void ask(struct run *run, struct slot *slot)
{
    const struct pl_download *file = slot->file;
    uint64_t most = file->has_size ? file->size : PL_MAX_WHEEL_BYTES;
    struct pl_request request = {
        .url = file->url,
        .max_bytes = (size_t)(most - slot->have),
        .has_range = slot->have > 0,
        .range_from = slot->have,
        .range_to = most - 1,
        .raw = true,
        .keeps_part = true,
        .sink = slot->fd,
        .user = slot,
    };
    slot->goes++;
    run->net->fetch_start(run->fetch, &request);
}

/* A part that is as long as the file, or longer, is judged at once. */
static bool resume(struct run *run, struct slot *slot)
{
    if (!part_size(slot, &slot->have))
        return true;
    const struct pl_download *file = slot->file;
    uint64_t most = file->has_size ? file->size : PL_MAX_WHEEL_BYTES;
    slot->is_resumed = slot->have > 0;
    if (slot->have >= most && finish_part(run, slot))
        return true;
    if (lseek(slot->fd, (off_t)slot->have, SEEK_SET) < 0)
        return !fail(slot, PL_ERR_FILE, "cannot be written", errno);
    ask(run, slot);
    return false;
}

static bool fail_status(struct slot *slot, const struct pl_response *response)
{
    struct pl_download *file = slot->file;
    pl_error_plain(&file->error, PL_ERR_INDEX,
                   "%.*s is not given: the server answers %d",
                   PL_STR_ARG(file->name), response->status);
    pl_error_because(&file->error, "%.*s", PL_STR_ARG(response->url));
    if (response->status == 404 || response->status == 410)
        pl_error_hint(&file->error, "is the lock old? `podlock resolve -U` "
                                    "makes it anew");
    else if (response->status == 401 || response->status == 403)
        pl_error_hint(&file->error, "a user name and password come from netrc "
                                    "or the URL of --index-url");
    close_part(slot);
    return true;
}

/* A page in place of a file is most often that of somebody on the way. */
static void hint_page(struct slot *slot, const struct pl_response *response)
{
    if (slot->file->error.code == PL_ERR_INTEGRITY &&
        pl_str_is(response->content_type, "text/html"))
        pl_error_hint(&slot->file->error, "a web page answered: does this "
                                          "network ask for a login first?");
}

/* Asked for a part and not given just that: all of it is asked for. */
static bool start_over(struct run *run, struct slot *slot)
{
    if (!empty_part(slot))
        return true;
    ask(run, slot);
    return false;
}

static bool fail_transfer(struct run *run, struct slot *slot,
                          const struct pl_response *response)
{
    struct pl_download *file = slot->file;
    if (response->is_too_large && file->has_size) {
        drop_part(run, slot);
        pl_error_plain(&file->error, PL_ERR_INTEGRITY,
                       "%.*s is longer than the %" PRIu64
                       " bytes that the lock names",
                       PL_STR_ARG(file->name), file->size);
        hint_page(slot, response);
        return true;
    }
    file->error = response->error;
    file->error.arena = run->arena;
    file->error.message = pl_arena_dup(run->arena, response->error.message);
    file->error.because = pl_arena_dup(run->arena, response->error.because);
    file->error.hint = pl_arena_dup(run->arena, response->error.hint);
    close_part(slot);
    return true;
}

/* What came of a body that was cut is gone on with, as long as more comes. */
static bool go_on(struct run *run, struct slot *slot,
                  const struct pl_response *response)
{
    uint64_t size;
    if (response->error.code != PL_ERR_INDEX ||
        slot->goes > PL_MAX_DOWNLOAD_GOES)
        return fail_transfer(run, slot, response);
    if (!part_size(slot, &size))
        return true;
    if (size <= slot->have)
        return fail_transfer(run, slot, response);
    return resume(run, slot);
}

/* True: the file is settled; false: it was asked for again. */
static bool take(struct run *run, struct slot *slot,
                 const struct pl_response *response)
{
    bool is_part = response->status == 206;
    bool had_part = slot->have > 0;
    slot->file->came += response->bytes;
    run->bytes += response->bytes;
    if (response->error.code)
        return go_on(run, slot, response);
    if (had_part && (response->status == 200 || response->status == 416 ||
                     (is_part && response->range_from != slot->have)))
        return start_over(run, slot);
    if (response->status != 200 && !is_part)
        return fail_status(slot, response);
    if (!finish_part(run, slot))
        return start_over(run, slot);
    hint_page(slot, response);
    return true;
}

/* ---- all of them ---- */

static void report(struct run *run, bool is_waiting)
{
    const struct pl_download_options *options = run->options;
    uint64_t bytes =
        run->fetch ? run->net->fetch_stats(run->fetch).bytes : run->bytes;
    struct pl_download_progress progress = {.done = run->done,
                                            .count = run->count,
                                            .bytes = bytes,
                                            .is_waiting = is_waiting};
    if (options->report)
        options->report(options->user, &progress);
}

static bool open_network(struct run *run, struct pl_error *err)
{
    struct pl_fetch_options options = run->options->fetch;
    if (run->fetch)
        return true;
    run->limits = pl_fetch_usual_limits();
    run->limits.run = PL_DOWNLOAD_RUN_SECONDS * 1000;
    options.limits = &run->limits;
    return pl_net_load(&run->net, err) &&
           run->net->fetch_open(run->arena, &options, &run->fetch, err);
}

static bool fail_offline(struct slot *slot)
{
    fail(slot, PL_ERR_INDEX, "is not in the folder", 0);
    return pl_error_hint(&slot->file->error,
                         "--offline asks no network: fetch it without");
}

/* False is an error of the whole run. */
static bool begin(struct run *run, struct pl_download *file,
                  struct pl_error *err)
{
    struct slot *slot = pl_new(run->arena, struct slot);
    *slot = (struct slot){.file = file};
    file->error = (struct pl_error){.arena = run->arena};
    bool is_settled_now = true;
    if (!pl_download_is_name(file->name)) {
        fail(slot, PL_ERR_INPUT, "is no name for a wheel", 0);
    } else if (is_settled(run, file)) {
        ;
    } else if (run->options->offline && file->url.len) {
        (void)!fail_offline(slot);
    } else {
        slot->part =
            pl_arena_printf(run->arena, ".%.*s.part", PL_STR_ARG(file->name));
        if (file->url.len && !open_network(run, err))
            return false;
        if (open_part(run, slot)) {
            if (file->url.len)
                is_settled_now = resume(run, slot);
            else
                copy(run, slot);
        }
    }
    run->done += is_settled_now;
    run->active += !is_settled_now;
    return true;
}

static bool wait_for_one(struct run *run, struct pl_error *err)
{
    struct pl_response response;
    bool any;
    if (!run->net->fetch_next(run->fetch, TICK_MS, &response, &any, err))
        return false;
    if (any && take(run, response.user, &response)) {
        run->active--;
        run->done++;
    }
    return true;
}

static bool run_all(struct run *run, struct pl_error *err)
{
    while (run->next < run->count || run->active) {
        report(run, false);
        if (run->next < run->count && run->active < PL_DOWNLOAD_ACTIVE) {
            if (!begin(run, &run->files[run->next++], err))
                return false;
        } else if (!wait_for_one(run, err)) {
            return false;
        }
    }
    /* The names, too, are to outlast a machine that stops. */
    (void)!fsync(run->folder);
    return true;
}

/* ---- the folder ---- */

static bool open_folder(struct run *run, struct pl_error *err)
{
    struct pl_str path = pl_arena_dup(run->arena, run->options->folder);
    run->folder = open(path.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (run->folder >= 0)
        return true;
    int why = errno;
    pl_error_plain(err, PL_ERR_FILE, "the folder %.*s cannot be opened",
                   PL_STR_ARG(path));
    return pl_error_because(err, "%s", strerror(why));
}

static void lock_folder(struct run *run)
{
    if (!flock(run->folder, LOCK_EX | LOCK_NB) || errno != EWOULDBLOCK)
        return;
    report(run, true);
    while (flock(run->folder, LOCK_EX) && errno == EINTR)
        ;
}

static uint64_t size_at(struct run *run, struct pl_str name)
{
    struct stat st;
    bool is_there = !fstatat(run->folder, name.at, &st, AT_SYMLINK_NOFOLLOW);
    return is_there && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

static bool has_space(struct run *run, struct pl_error *err)
{
    struct statvfs vfs;
    uint64_t needed = 0;
    for (size_t i = 0; i < run->count; i++) {
        const struct pl_download *file = &run->files[i];
        struct pl_str name = pl_arena_dup(run->arena, file->name);
        struct pl_str part =
            pl_arena_printf(run->arena, ".%.*s.part", PL_STR_ARG(name));
        uint64_t have = pl_download_is_name(name)
                            ? size_at(run, name) + size_at(run, part)
                            : 0;
        if (file->has_size && have < file->size && needed < FAR_TOO_MUCH)
            needed += file->size - have;
    }
    if (fstatvfs(run->folder, &vfs) || !vfs.f_frsize ||
        needed / vfs.f_frsize <= vfs.f_bavail)
        return true;
    pl_error_plain(err, PL_ERR_FILE, "there is not enough space in %.*s",
                   PL_STR_ARG(run->options->folder));
    return pl_error_because(
        err, "%" PRIu64 " MB are needed, and %" PRIu64 " MB are free",
        needed / 1000000, (uint64_t)vfs.f_bavail * vfs.f_frsize / 1000000);
}

bool pl_download_run(struct pl_arena *arena,
                     const struct pl_download_options *options,
                     struct pl_download *files, size_t count,
                     struct pl_error *err)
{
    struct run run = {
        .arena = arena, .options = options, .files = files, .count = count};
    if (!pl_dir_make(options->folder, err) || !open_folder(&run, err))
        return false;
    lock_folder(&run);
    bool good = has_space(&run, err) && run_all(&run, err);
    if (run.fetch)
        run.net->fetch_close(run.fetch);
    close(run.folder);
    return good;
}

/* ---- what nothing names ---- */

/* A ZIP file of somebody's models is no source distribution. */
static bool is_distribution(struct pl_str name)
{
    PL_ARENA(arena);
    struct pl_wheelname wheel;
    struct pl_version version;
    return pl_download_is_name(name) &&
           (pl_wheelname_parse(&arena, name, &wheel, NULL) ||
            pl_sdistname_parse(&arena, name, (struct pl_str){0}, &version,
                               NULL));
}

static bool is_ours(struct pl_str name)
{
    return is_distribution(name) || pl_download_is_part(name);
}

static bool remove_one(struct pl_arena *arena, int folder, struct pl_str name,
                       bool dry, struct pl_removed *out, struct pl_error *err)
{
    struct stat st;
    if (fstatat(folder, name.at, &st, AT_SYMLINK_NOFOLLOW) ||
        !S_ISREG(st.st_mode))
        return true;
    if (!dry && unlinkat(folder, name.at, 0)) {
        int why = errno;
        pl_error_plain(err, PL_ERR_FILE, "%.*s cannot be removed",
                       PL_STR_ARG(name));
        return pl_error_because(err, "%s", strerror(why));
    }
    out->names[out->count++] = pl_arena_dup(arena, name);
    out->bytes += (uint64_t)st.st_size;
    return true;
}

bool pl_download_prune(struct pl_arena *arena, struct pl_str folder,
                       const struct pl_str *keep, size_t keep_count, bool dry,
                       struct pl_removed *out, struct pl_error *err)
{
    struct pl_str *names;
    size_t count;
    struct pl_map kept = {.arena = arena};
    struct run run = {.arena = arena};
    const struct pl_download_options options = {.folder = folder};
    run.options = &options;
    if (!open_folder(&run, err))
        return false;
    lock_folder(&run);
    for (size_t i = 0; i < keep_count; i++)
        pl_map_put(&kept, keep[i], &kept);
    bool good = pl_dir_list(arena, folder, &names, &count, err);
    *out = (struct pl_removed){
        .names = pl_new_array(arena, struct pl_str, good ? count + 1 : 1)};
    for (size_t i = 0; good && i < count; i++) {
        bool is_named = pl_map_get(&kept, names[i]);
        if (is_ours(names[i]) && !is_named)
            good = remove_one(arena, run.folder, pl_arena_dup(arena, names[i]),
                              dry, out, err);
    }
    close(run.folder);
    return good;
}
