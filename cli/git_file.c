#include "cli/git_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/limits.h"

extern char **environ;

#define CHUNK 65536
#define MAX_SAID 4000 /* bytes of git's own message */
#define MAX_ARGS 8

/* ---- names of objects ---- */

struct pl_git_object pl_git_object_of(struct pl_arena *arena,
                                      struct pl_str revision,
                                      struct pl_str path)
{
    struct pl_git_object object = {0};
    if (pl_str_starts(path, "/")) {
        object.dir = pl_path_dir(path);
        path = pl_path_base(path);
    }
    object.name = pl_arena_printf(arena, "%.*s:./%.*s", PL_STR_ARG(revision),
                                  PL_STR_ARG(path));
    return object;
}

struct pl_git_object pl_git_object_beside(struct pl_arena *arena,
                                          const struct pl_git_object *object,
                                          struct pl_str name)
{
    size_t slash = pl_str_rfind(object->name, '/');
    size_t colon = pl_str_rfind(object->name, ':');
    size_t end = slash < object->name.len ? slash : colon;
    return (struct pl_git_object){
        .dir = object->dir,
        .name = pl_arena_printf(
            arena, "%.*s%.*s", PL_STR_ARG(pl_str_sub(object->name, 0, end + 1)),
            PL_STR_ARG(name)),
    };
}

/* ---- the child ---- */

struct child {
    pid_t pid;
    int out, said; /* what can be read; -1: closed */
};

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void end_child(struct child *child)
{
    close_end(&child->out);
    close_end(&child->said);
    if (child->pid <= 0)
        return;
    kill(child->pid, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static char *c_text(struct pl_arena *arena, struct pl_str text)
{
    return (char *)(uintptr_t)pl_arena_dup(arena, text).at;
}

/* Messages are compared by tests and shown to people: one language. */
static char **make_environment(struct pl_arena *arena)
{
    static const char *const fixed[] = {"LC_ALL=C", "GIT_TERMINAL_PROMPT=0",
                                        "GIT_OPTIONAL_LOCKS=0"};
    size_t count = 0, kept = 0;
    while (environ[count])
        count++;
    char **vars = pl_new_array(arena, char *, count + PL_COUNT(fixed) + 1);
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], "LC_ALL=", 7) != 0 &&
            strncmp(environ[i], "LANGUAGE=", 9) != 0 &&
            strncmp(environ[i], "GIT_TRACE", 9) != 0)
            vars[kept++] = environ[i];
    for (size_t i = 0; i < PL_COUNT(fixed); i++)
        vars[kept++] = c_text(arena, pl_str_from(fixed[i]));
    return vars;
}

static void make_words(struct pl_arena *arena,
                       const struct pl_git_object *object, const char *what,
                       char **words)
{
    size_t n = 0;
    words[n++] = c_text(arena, PL_STR("git"));
    if (object->dir.len) {
        words[n++] = c_text(arena, PL_STR("-C"));
        words[n++] = c_text(arena, object->dir);
    }
    words[n++] = c_text(arena, PL_STR("cat-file"));
    words[n++] = c_text(arena, pl_str_from(what));
    words[n] = c_text(arena, object->name);
}

static int spawn(struct pl_arena *arena, const struct pl_git_object *object,
                 const char *what, const int out[2], const int said[2],
                 pid_t *pid)
{
    char *words[MAX_ARGS] = {0};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    make_words(arena, object, what, words);
    if (posix_spawn_file_actions_init(&actions))
        pl_out_of_memory();
    if (posix_spawnattr_init(&attributes))
        pl_out_of_memory();
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    int failed =
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                         O_RDONLY, 0) |
        posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO) |
        posix_spawn_file_actions_adddup2(&actions, said[1], STDERR_FILENO) |
        posix_spawnattr_setsigdefault(&attributes, &defaults) |
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    int result = failed ? ENOMEM
                        : posix_spawnp(pid, "git", &actions, &attributes, words,
                                       make_environment(arena));
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return result;
}

static bool start(struct pl_arena *arena, const struct pl_git_object *object,
                  const char *what, struct child *child, struct pl_error *err)
{
    int out[2], said[2] = {-1, -1};
    if (pipe2(out, O_CLOEXEC) != 0)
        return pl_error_plain(err, PL_ERR_FILE, "no pipe can be opened");
    int result = pipe2(said, O_CLOEXEC) != 0
                     ? errno
                     : spawn(arena, object, what, out, said, &child->pid);
    child->out = out[0];
    child->said = said[0];
    close_end(&out[1]);
    close_end(&said[1]);
    if (!result)
        return true;
    child->pid = 0;
    if (result != ENOENT)
        return pl_error_plain(err, PL_ERR_FILE, "git cannot be started: %s",
                              strerror(result));
    pl_error_plain(err, PL_ERR_USAGE, "git is not installed");
    return pl_error_hint(err, "name two files instead of a revision");
}

/* ---- what it says ---- */

static void take(int *fd, struct pl_buf *out)
{
    char chunk[CHUNK];
    ssize_t n = read(*fd, chunk, sizeof(chunk));
    if (n > 0)
        pl_buf_add(out, chunk, (size_t)n);
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        close_end(fd);
}

/* False when the time is over; stops, too, when there is too much. */
static bool listen_to(struct child *child, struct pl_buf *out,
                      struct pl_buf *said)
{
    uint64_t end = pl_clock_ns() + (uint64_t)PL_GIT_SECONDS * PL_SECOND_NS;
    while ((child->out >= 0 || child->said >= 0) && !out->over) {
        struct pollfd fds[] = {{.fd = child->out, .events = POLLIN},
                               {.fd = child->said, .events = POLLIN}};
        uint64_t now = pl_clock_ns();
        if (now >= end)
            return false;
        int ready = poll(fds, PL_COUNT(fds), (int)((end - now) / 1000000) + 1);
        if (ready > 0 && fds[0].revents)
            take(&child->out, out);
        if (ready > 0 && fds[1].revents)
            take(&child->said, said);
    }
    return true;
}

/* Both pipes are closed: it ends by itself, or it is not git. */
static bool wait_for(struct child *child, int *status)
{
    pid_t got;
    do
        got = waitpid(child->pid, status, 0);
    while (got < 0 && errno == EINTR);
    child->pid = 0;
    return got > 0 && WIFEXITED(*status);
}

static bool refuse(const struct pl_git_object *object,
                   const struct pl_buf *said, struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_INPUT, "git has no `%.*s`",
                   PL_STR_ARG(object->name));
    return pl_error_because(err, "%.*s",
                            PL_STR_ARG(pl_str_trim(pl_buf_view(said))));
}

/* `git cat-file WHAT OBJECT` */
static bool run(struct pl_arena *arena, const struct pl_git_object *object,
                const char *what, struct pl_buf *out, struct pl_error *err)
{
    struct child child PL_CLEANUP(end_child) = {.out = -1, .said = -1};
    PL_BUF(said, MAX_SAID);
    int status;
    if (!start(arena, object, what, &child, err))
        return false;
    if (!listen_to(&child, out, &said))
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "git took more than %d seconds for `%.*s`",
                              PL_GIT_SECONDS, PL_STR_ARG(object->name));
    if (out->over)
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "`%.*s` is larger than %u bytes",
                              PL_STR_ARG(object->name), PL_MAX_USER_FILE_BYTES);
    if (!wait_for(&child, &status) || WEXITSTATUS(status) != 0)
        return refuse(object, &said, err);
    return true;
}

/* ---- the file ---- */

static bool is_sound(struct pl_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == '\x7f')
            return false;
    return text.len && text.at[0] != '-';
}

bool pl_git_load(struct pl_arena *arena, const struct pl_git_object *object,
                 const struct pl_source **out, struct pl_error *err)
{
    PL_BUF(text, PL_MAX_USER_FILE_BYTES);
    if (!is_sound(object->name))
        return pl_error_plain(err, PL_ERR_USAGE,
                              "`%.*s` is no revision of a file",
                              PL_STR_ARG(object->name));
    if (!run(arena, object, "blob", &text, err))
        return false;
    struct pl_str body = pl_arena_dup(arena, pl_buf_view(&text));
    if (pl_str_has(body, '\0'))
        return pl_error_plain(err, PL_ERR_INPUT, "`%.*s` holds a NUL byte",
                              PL_STR_ARG(object->name));
    if (pl_str_starts(body, "\xef\xbb\xbf"))
        body = pl_str_sub(body, 3, body.len);
    *out = pl_source_from_text(arena, object->name, body);
    return true;
}

static bool has(struct pl_arena *arena, const struct pl_git_object *object)
{
    PL_BUF(nothing, CHUNK);
    return is_sound(object->name) && run(arena, object, "-e", &nothing, NULL);
}

bool pl_git_lacks(struct pl_arena *arena, const struct pl_git_object *object)
{
    struct pl_str revision =
        pl_str_sub(object->name, 0, pl_str_rfind(object->name, ':'));
    struct pl_git_object tree = {
        .dir = object->dir,
        .name = pl_arena_printf(arena, "%.*s^{tree}", PL_STR_ARG(revision)),
    };
    return !has(arena, object) && has(arena, &tree);
}
