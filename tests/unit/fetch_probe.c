/*
 * Asks for what its standard input says, and prints what came.
 *
 * usage: fetch_probe [KEY=VALUE...]
 *
 * Each argument is an option of the run or a limit (see read_option); each
 * line of input is a request: KEY=VALUE fields separated by tabs, `url` among
 * them. A line "wait" answers everything asked before it; "nap MS" looks once
 * and then sleeps, as a caller with other work does. One JSON object an answer
 * is printed as it comes, and one with the counters at the end.
 */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "core/file.h"
#include "core/jsonw.h"
#include "core/limits.h"
#include "index/fetch.h"

#define MAX_HOSTS 16

struct probe {
    struct pl_arena arena;
    struct pl_fetch_limits limits;
    struct pl_fetch_options options;
    struct pl_credentials credentials;
    struct pl_str hosts[MAX_HOSTS];
    struct pl_fetch *fetch;
    bool hide_bodies;
};

static void die(const char *why, struct pl_str what)
{
    fprintf(stderr, "fetch_probe: %s: %.*s\n", why, PL_STR_ARG(what));
    exit(2);
}

static uint64_t number(struct pl_str text)
{
    uint64_t value = 0;
    if (!pl_str_to_u64(text, &value))
        die("not a number", text);
    return value;
}

static void add_credentials(struct probe *probe, struct pl_str url)
{
    struct pl_str clean;
    struct pl_error err = {.arena = &probe->arena};
    if (!pl_credentials_take(&probe->credentials, url, &clean, &err))
        die("credentials", err.message);
}

static bool read_limit(struct probe *probe, struct pl_str key,
                       struct pl_str value)
{
    struct pl_fetch_limits *limits = &probe->limits;
    const struct {
        const char *name;
        int *to;
    } times[] = {
        {"connect", &limits->connect}, {"silence", &limits->silence},
        {"crawl", &limits->crawl},     {"resource", &limits->resource},
        {"run", &limits->run},         {"retry_after", &limits->retry_after},
        {"backoff", &limits->backoff},
    };
    for (size_t i = 0; i < PL_COUNT(times); i++) {
        if (!pl_str_is(key, times[i].name))
            continue;
        *times[i].to = (int)number(value);
        return true;
    }
    if (pl_str_is(key, "retries"))
        limits->retries = (unsigned)number(value);
    return pl_str_is(key, "retries");
}

static void read_option(struct probe *probe, struct pl_str text)
{
    struct pl_str key = pl_str_sub(text, 0, pl_str_find(text, '='));
    struct pl_str value = pl_str_sub(text, key.len + 1, text.len);
    struct pl_fetch_options *options = &probe->options;
    if (pl_str_is(key, "ca_file"))
        options->ca_file = value;
    else if (pl_str_is(key, "ca_dir"))
        options->ca_dir = value;
    else if (pl_str_is(key, "insecure"))
        probe->hosts[options->insecure_host_count++] = value;
    else if (pl_str_is(key, "index"))
        add_credentials(probe, value);
    else if (pl_str_is(key, "netrc"))
        pl_credentials_take_netrc_file(&probe->credentials);
    else if (pl_str_is(key, "bodies"))
        probe->hide_bodies = !number(value);
    else if (!read_limit(probe, key, value))
        die("unknown option", text);
}

static void set_field(struct probe *probe, struct pl_request *wish,
                      struct pl_str key, struct pl_str value)
{
    if (pl_str_is(key, "url"))
        wish->url = value;
    else if (pl_str_is(key, "accept"))
        wish->accept = pl_arena_dup(&probe->arena, value).at;
    else if (pl_str_is(key, "etag"))
        wish->etag = value;
    else if (pl_str_is(key, "last_modified"))
        wish->last_modified = value;
    else if (pl_str_is(key, "max_bytes"))
        wish->max_bytes = number(value);
    else if (pl_str_is(key, "from"))
        wish->has_range = (wish->range_from = number(value), true);
    else if (pl_str_is(key, "to"))
        wish->range_to = number(value);
    else if (pl_str_is(key, "suffix"))
        wish->has_range = wish->suffix = (wish->range_to = number(value), true);
    else if (pl_str_is(key, "if_range"))
        wish->if_range = value;
    else if (pl_str_is(key, "raw"))
        wish->raw = true;
    else if (pl_str_is(key, "sink"))
        wish->sink = open(pl_arena_dup(&probe->arena, value).at,
                          O_WRONLY | O_CREAT, 0600);
    else
        die("unknown field", key);
}

static void print_error(struct pl_jsonw *w, const struct pl_error *err)
{
    if (!err->code)
        return;
    pl_jsonw_u64(w, "exit", (uint64_t)pl_error_exit_code(err->code));
    pl_jsonw_str(w, "error", err->message);
    pl_jsonw_str(w, "because", err->because);
    pl_jsonw_str(w, "hint", err->hint);
}

static void print_line(struct pl_buf *out)
{
    for (size_t i = 0; i + 1 < out->len; i++)
        if (out->data[i] == '\n')
            out->data[i] = ' ';
    fwrite(out->data, 1, out->len, stdout);
    fflush(stdout);
}

static void print_answer(const struct probe *probe,
                         const struct pl_response *answer)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    struct pl_jsonw w = pl_jsonw_to(&out);
    pl_jsonw_object(&w, NULL);
    pl_jsonw_u64(&w, "id", (uint64_t)(uintptr_t)answer->user);
    pl_jsonw_u64(&w, "status", (uint64_t)answer->status);
    pl_jsonw_str(&w, "url", answer->url);
    if (!probe->hide_bodies)
        pl_jsonw_str(&w, "body", answer->body);
    pl_jsonw_u64(&w, "body_bytes", answer->body.len);
    pl_jsonw_str(&w, "content_type", answer->content_type);
    pl_jsonw_str(&w, "etag", answer->etag);
    pl_jsonw_str(&w, "last_modified", answer->last_modified);
    if (answer->has_max_age)
        pl_jsonw_u64(&w, "max_age", answer->max_age);
    pl_jsonw_bool(&w, "no_store", answer->no_store);
    if (answer->status == 206) {
        pl_jsonw_u64(&w, "from", answer->range_from);
        pl_jsonw_u64(&w, "to", answer->range_to);
        pl_jsonw_u64(&w, "total", answer->total);
    }
    pl_jsonw_u64(&w, "bytes", answer->bytes);
    print_error(&w, &answer->error);
    pl_jsonw_end(&w);
    print_line(&out);
}

static void print_counters(const struct probe *probe)
{
    struct pl_fetch_stats stats = pl_fetch_stats(probe->fetch);
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    struct pl_jsonw w = pl_jsonw_to(&out);
    pl_jsonw_object(&w, NULL);
    pl_jsonw_u64(&w, "requests", stats.requests);
    pl_jsonw_u64(&w, "bytes", stats.bytes);
    pl_jsonw_u64(&w, "in_flight", stats.in_flight);
    pl_jsonw_end(&w);
    print_line(&out);
}

static void answer_all(struct probe *probe)
{
    struct pl_response answer;
    bool any = true;
    while (any || pl_fetch_stats(probe->fetch).in_flight) {
        struct pl_error err = {.arena = &probe->arena};
        if (!pl_fetch_next(probe->fetch, 1000, &answer, &any, &err))
            die("fetch_next", err.message);
        if (any)
            print_answer(probe, &answer);
    }
}

static void nap(struct probe *probe, struct pl_str ms)
{
    struct pl_response answer;
    struct pl_error err = {.arena = &probe->arena};
    bool any;
    if (!pl_fetch_next(probe->fetch, 100, &answer, &any, &err))
        die("fetch_next", err.message);
    if (any)
        print_answer(probe, &answer);
    usleep((useconds_t)number(ms) * 1000);
}

static void ask(struct probe *probe, struct pl_str line, size_t id)
{
    struct pl_request wish = {.max_bytes = PL_MAX_PAGE_BYTES,
                              .user = (void *)(uintptr_t)id};
    struct pl_str part;
    while (pl_str_cut(&line, '\t', &part)) {
        size_t equals = pl_str_find(part, '=');
        set_field(probe, &wish, pl_str_sub(part, 0, equals),
                  pl_str_sub(part, equals + 1, part.len));
    }
    pl_fetch_start(probe->fetch, &wish);
}

static void run(struct probe *probe)
{
    struct pl_str text, line;
    struct pl_error err = {.arena = &probe->arena};
    size_t id = 0;
    if (!pl_fetch_open(&probe->arena, &probe->options, &probe->fetch, &err) ||
        !pl_file_load(&probe->arena, PL_STR("/dev/stdin"),
                      PL_MAX_USER_FILE_BYTES, &text, NULL, &err))
        die("cannot begin", err.message);
    while (pl_str_cut(&text, '\n', &line)) {
        if (pl_str_is(line, "wait"))
            answer_all(probe);
        else if (pl_str_starts(line, "nap "))
            nap(probe, pl_str_sub(line, 4, line.len));
        else if (line.len)
            ask(probe, line, id++);
    }
    answer_all(probe);
    print_counters(probe);
    pl_fetch_close(probe->fetch);
}

int main(int argc, char **argv)
{
    static struct probe probe;
    probe.limits = pl_fetch_usual_limits();
    probe.credentials.arena = &probe.arena;
    probe.options.insecure_hosts = probe.hosts;
    probe.options.limits = &probe.limits;
    probe.options.credentials = &probe.credentials;
    for (int i = 1; i < argc; i++)
        read_option(&probe, pl_str_from(argv[i]));
    run(&probe);
    pl_arena_finish(&probe.arena);
    return 0;
}
