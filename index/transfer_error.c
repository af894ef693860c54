#include "index/transfer.h"

#include <string.h>
#include <unistd.h>

#include "core/file.h"

/* Numbers of X509_V_ERR_* that stand in CURLINFO_SSL_VERIFYRESULT. */
enum {
    NOT_YET_VALID = 9,
    EXPIRED = 10,
};
/* Nothing was found wrong but the name. */
#define IS_WRONG_NAME(result) ((result) == 0 || (result) == 1)

static const char cert_hint[] =
    "if a company proxy stands between, give its certificate: --cert FILE";

static void say(struct pl_transfer *transfer, enum pl_error_code code,
                const char *what)
{
    struct pl_error *err = &transfer->answer.error;
    *err = (struct pl_error){.arena = &transfer->arena};
    struct pl_arena *arena = &transfer->arena;
    struct pl_str first = transfer->wish.url;
    struct pl_str via = PL_STR(""), tries = PL_STR("");
    if (!pl_str_eq(first, transfer->url))
        via = pl_arena_printf(arena, " (redirected to %.*s)",
                              PL_STR_ARG(transfer->url));
    if (transfer->tries > 1)
        tries = pl_arena_printf(arena, " (%u tries)", transfer->tries);
    pl_error_plain(err, code, "cannot read %.*s%.*s: %s%.*s", PL_STR_ARG(first),
                   PL_STR_ARG(via), what, PL_STR_ARG(tries));
}

static void hint(struct pl_transfer *transfer, const char *what)
{
    pl_error_hint(&transfer->answer.error, "%s", what);
}

static const char *print_ms(struct pl_arena *arena, const char *what, int ms)
{
    return pl_arena_printf(arena, "%s %g s", what, ms / 1000.0).at;
}

static const char *status_text(struct pl_transfer *transfer)
{
    return pl_arena_printf(&transfer->arena, "the server answers %ld%s",
                           transfer->head.status,
                           transfer->head.status == 429 ? ", too many requests"
                                                        : "")
        .at;
}

static const char *range_text(struct pl_transfer *transfer)
{
    (void)transfer;
    return "the server sent another part of the file than was asked for";
}

/* What our own callbacks and clocks found. */
static const char *stop_text(struct pl_transfer *transfer)
{
    const struct pl_fetch_limits *limits = &transfer->fetch->limits;
    struct pl_arena *arena = &transfer->arena;
    switch (transfer->stop) {
    case PL_STOP_NOT:
    case PL_STOP_ENOUGH:
        break;
    case PL_STOP_STATUS:
        return status_text(transfer);
    case PL_STOP_HEADERS:
        return "the head of the answer is too long";
    case PL_STOP_LARGE:
        return pl_arena_printf(arena, "the answer is larger than %zu bytes",
                               transfer->wish.max_bytes)
            .at;
    case PL_STOP_ENCODING:
        return "the answer is encoded in a way that was not asked for";
    case PL_STOP_CUT:
        return "the answer was cut";
    case PL_STOP_GZIP:
        return "the answer was damaged or cut (its gzip is not whole)";
    case PL_STOP_LONG:
        return "the answer is longer than the server said";
    case PL_STOP_RANGE:
        return range_text(transfer);
    case PL_STOP_CHANGED:
        return "the file changed while it was being read";
    case PL_STOP_UNASKED:
        return pl_arena_printf(arena,
                               "the server answers %ld, which does not fit "
                               "what was asked",
                               transfer->head.status)
            .at;
    case PL_STOP_SINK:
        return pl_arena_printf(arena, "its bytes cannot be written: %s",
                               strerror(transfer->sink_errno))
            .at;
    case PL_STOP_SILENCE:
        return print_ms(arena, "nothing came for", limits->silence);
    case PL_STOP_CRAWL:
        return pl_arena_printf(arena, "less than %ju bytes a second for %g s",
                               (uintmax_t)limits->crawl_bytes_per_s,
                               limits->crawl / 1000.0)
            .at;
    case PL_STOP_TOO_SLOW:
        return print_ms(arena, "no whole answer within", limits->resource);
    case PL_STOP_RUN:
        return print_ms(arena, "all requests together took more than",
                        limits->run);
    case PL_STOP_REDIRECTS:
        return "it is redirected in a circle, too often or to nowhere";
    case PL_STOP_FORBIDDEN:
        break;
    }
    return "it failed";
}

static enum pl_error_code stop_code(enum pl_stop stop)
{
    if (stop == PL_STOP_LARGE || stop == PL_STOP_HEADERS || stop == PL_STOP_RUN)
        return PL_ERR_LIMIT;
    return stop == PL_STOP_SINK ? PL_ERR_FILE : PL_ERR_INDEX;
}

/* As OpenSSL takes it: one folder, or several with a ':' between. */
static bool has_files(struct pl_str folders)
{
    PL_ARENA(arena);
    struct pl_str folder, *names;
    size_t count = 0;
    while (pl_str_cut(&folders, ':', &folder))
        if (pl_dir_list(&arena, folder, &names, &count, NULL) && count)
            return true;
    return false;
}

static bool has_certificates(const struct pl_fetch *fetch)
{
    return (fetch->ca_file && !access(fetch->ca_file, R_OK)) ||
           has_files(pl_str_from(fetch->ca_dir));
}

static void explain_no_certificates(struct pl_transfer *transfer)
{
    const struct pl_fetch *fetch = transfer->fetch;
    struct pl_arena *arena = &transfer->arena;
    const char *place = fetch->ca_file  ? fetch->ca_file
                        : fetch->ca_dir ? fetch->ca_dir
                                        : "its usual place";
    if (fetch->own_ca) {
        say(transfer, PL_ERR_FILE,
            pl_arena_printf(arena,
                            "the certificates of authorities in %s "
                            "cannot be read",
                            place)
                .at);
        hint(transfer, "check --cert, SSL_CERT_FILE and SSL_CERT_DIR");
        return;
    }
    say(transfer, PL_ERR_INDEX,
        pl_arena_printf(arena,
                        "this system has no certificates of authorities "
                        "(%s)",
                        place)
            .at);
    hint(transfer, "install ca-certificates, or --cert FILE");
}

static void explain_certificate(struct pl_transfer *transfer)
{
    long result = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_SSL_VERIFYRESULT, &result);
    if (!has_certificates(transfer->fetch)) {
        explain_no_certificates(transfer);
    } else if (result == EXPIRED) {
        say(transfer, PL_ERR_INDEX, "the server's certificate has expired");
        hint(transfer, "check this machine's clock, or tell the server's "
                       "operator");
    } else if (result == NOT_YET_VALID) {
        say(transfer, PL_ERR_INDEX,
            "the server's certificate is not valid yet");
        hint(transfer, "check this machine's clock");
    } else if (!IS_WRONG_NAME(result)) {
        say(transfer, PL_ERR_INDEX,
            "the server's certificate is from an unknown authority");
        hint(transfer, cert_hint);
    } else {
        say(transfer, PL_ERR_INDEX,
            "the server's certificate is for another host name");
        hint(transfer, "check the URL; if a company proxy stands between, "
                       "ask its operator");
    }
}

/* "HOST port PORT" of libcurl's words about whom it could not reach. */
static struct pl_str unreached(const struct pl_transfer *transfer)
{
    struct pl_str text = pl_str_from(transfer->why);
    struct pl_str before = PL_STR("Failed to connect to ");
    if (!pl_str_starts(text, before.at))
        return (struct pl_str){0};
    text = pl_str_sub(text, before.len, text.len);
    size_t after = pl_str_find_str(text, PL_STR(" after "));
    return pl_str_sub(text, 0, after);
}

static void explain_unreached(struct pl_transfer *transfer)
{
    const struct pl_origin *origin = &transfer->site->origin;
    struct pl_arena *arena = &transfer->arena;
    struct pl_str host = origin->host;
    if (pl_str_starts(host, "["))
        host = pl_str_sub(host, 1, host.len - 1);
    struct pl_str server = pl_arena_printf(
        arena, "%.*s port %u", PL_STR_ARG(host), (unsigned)origin->port);
    struct pl_str reached = unreached(transfer);
    if (pl_str_starts(pl_str_from(transfer->why), "Unsupported proxy")) {
        say(transfer, PL_ERR_INDEX,
            "the proxy that the environment names is not of a known kind");
        hint(transfer, "check http_proxy, https_proxy and all_proxy");
    } else if (reached.len && !pl_str_eq(reached, server)) {
        say(transfer, PL_ERR_INDEX,
            pl_arena_printf(arena,
                            "the proxy %.*s cannot be reached: connection "
                            "refused or no answer",
                            PL_STR_ARG(reached))
                .at);
        hint(transfer, "check http_proxy, https_proxy and all_proxy, or "
                       "no_proxy, or --offline");
    } else {
        say(transfer, PL_ERR_INDEX,
            "the server cannot be reached: connection refused or no way "
            "there");
        hint(transfer, "check the URL and the network, or --offline");
    }
}

static bool explain_proxy(struct pl_transfer *transfer, long status)
{
    if (status != 407 && (status < 400 || !status))
        return false;
    if (status == 407) {
        say(transfer, PL_ERR_INDEX,
            "the proxy wants a user name and password (407)");
        hint(transfer, "put them before the proxy's host name in http_proxy "
                       "or https_proxy, with an @ behind them");
        return true;
    }
    say(transfer, PL_ERR_INDEX,
        pl_arena_printf(&transfer->arena,
                        "the proxy refuses to connect to the server (%ld)",
                        status)
            .at);
    hint(transfer, "check http_proxy, https_proxy and all_proxy, or no_proxy");
    return true;
}

static long connect_status(const struct pl_transfer *transfer)
{
    long status = 0;
    if (transfer->easy)
        curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    return status;
}

/* libcurl's own long words may hold a proxy's password: only short ones. */
static void explain_curl(struct pl_transfer *transfer, CURLcode code)
{
    struct pl_arena *arena = &transfer->arena;
    const struct pl_origin *origin = &transfer->site->origin;
    if (code == CURLE_PEER_FAILED_VERIFICATION) {
        explain_certificate(transfer);
    } else if (code == CURLE_SSL_CACERT_BADFILE) {
        explain_no_certificates(transfer);
    } else if (code == CURLE_COULDNT_CONNECT) {
        explain_unreached(transfer);
    } else if (code == CURLE_UNSUPPORTED_PROTOCOL) {
        say(transfer, PL_ERR_INDEX, "what answers does not speak HTTP");
    } else if (code == CURLE_COULDNT_RESOLVE_HOST) {
        say(transfer, PL_ERR_INDEX,
            pl_arena_printf(arena, "the host name %.*s is not known",
                            PL_STR_ARG(origin->host))
                .at);
        hint(transfer, "check the URL and the network, or --offline");
    } else if (code == CURLE_COULDNT_RESOLVE_PROXY) {
        say(transfer, PL_ERR_INDEX, "the host name of the proxy is not known");
        hint(transfer, "check http_proxy, https_proxy and all_proxy");
    } else if (code == CURLE_OPERATION_TIMEDOUT) {
        say(transfer, PL_ERR_INDEX,
            print_ms(arena, "no connection within",
                     transfer->fetch->limits.connect));
        hint(transfer, "check the network and its proxies, or --offline");
    } else if (code == CURLE_PARTIAL_FILE) {
        say(transfer, PL_ERR_INDEX,
            "the answer was cut: shorter than the server said");
    } else {
        say(transfer, PL_ERR_INDEX, curl_easy_strerror(code));
    }
}

void pl_transfer_explain(struct pl_transfer *transfer, CURLcode code)
{
    transfer->answer.status = 0;
    transfer->answer.is_too_large = transfer->stop == PL_STOP_LARGE;
    transfer->answer.content_type =
        pl_http_media_type(&transfer->arena, transfer->head.content_type);
    if (transfer->stop == PL_STOP_FORBIDDEN)
        return;
    if (explain_proxy(transfer, connect_status(transfer)))
        return;
    if (transfer->head.done && transfer->head.status == 407) {
        explain_proxy(transfer, 407);
        return;
    }
    if (transfer->stop)
        say(transfer, stop_code(transfer->stop), stop_text(transfer));
    else
        explain_curl(transfer, code);
}

bool pl_transfer_is_passing(const struct pl_transfer *transfer, CURLcode code)
{
    long proxy = connect_status(transfer);
    if ((proxy >= 400 && proxy < 500) || transfer->head.status == 407)
        return false;
    switch (transfer->stop) {
    case PL_STOP_STATUS:
    case PL_STOP_CUT:
    case PL_STOP_GZIP:
    case PL_STOP_LONG:
    case PL_STOP_RANGE:
    case PL_STOP_SILENCE:
    case PL_STOP_CRAWL:
        return true;
    case PL_STOP_NOT:
        break;
    case PL_STOP_ENOUGH:
    case PL_STOP_HEADERS:
    case PL_STOP_LARGE:
    case PL_STOP_ENCODING:
    case PL_STOP_CHANGED:
    case PL_STOP_UNASKED:
    case PL_STOP_SINK:
    case PL_STOP_TOO_SLOW:
    case PL_STOP_RUN:
    case PL_STOP_REDIRECTS:
    case PL_STOP_FORBIDDEN:
        return false;
    }
    return code != CURLE_PEER_FAILED_VERIFICATION &&
           code != CURLE_SSL_CACERT_BADFILE && code != CURLE_URL_MALFORMAT &&
           !pl_str_starts(pl_str_from(transfer->why), "Unsupported proxy");
}

/* What is wrong with the URL, or NULL. */
static const char *refusal(struct pl_transfer *transfer, struct pl_str url)
{
    const struct pl_fetch_options *options = &transfer->fetch->options;
    struct pl_origin to;
    if (!pl_origin_parse(url, &to))
        return "the URL has no usable host or port";
    bool plain = pl_origin_is_loopback(&to) ||
                 pl_origin_is_listed(&to, options->insecure_hosts,
                                     options->insecure_host_count);
    if (to.https)
        return NULL;
    if (transfer->redirects && transfer->site->origin.https)
        return "from https to http, which anyone on the way could change";
    return plain ? NULL
                 : "podlock does not use http, which anyone on the way could "
                   "change";
}

bool pl_transfer_may_ask(struct pl_transfer *transfer, struct pl_str url)
{
    const char *why = refusal(transfer, url);
    if (!why)
        return true;
    transfer->stop = PL_STOP_FORBIDDEN;
    if (transfer->redirects)
        why = pl_arena_printf(&transfer->arena, "it is redirected to %.*s: %s",
                              PL_STR_ARG(url), why)
                  .at;
    say(transfer, PL_ERR_INDEX, why);
    if (!transfer->redirects)
        hint(transfer, "use https, or allow the host: --allow-insecure-host "
                       "HOST");
    return false;
}
