/*
 * HTTP: the only code that opens a connection.
 *
 * A caller starts requests and takes what has come, in any order; all of them
 * are in flight at once, within bounds. Part of libpodlock-net.so: reached
 * through index/net.h.
 *
 *     net->fetch_start(fetch, &(struct pl_request){.url = url, .user = wish});
 *     struct pl_response response;
 *     bool any;
 *     while (net->fetch_next(fetch, &response, &any, err) && any) ...
 *
 * What is decided here, and nowhere else:
 *
 * - limits (core/limits.h, PL_FETCH_*): connecting, a pause without a byte, a
 *   crawl, a whole resource with its retries and waits, a whole run; bytes
 *   compressed and decoded;
 * - gzip is decoded here, within the bound; a body that is shorter or longer
 *   than it said, or whose gzip has a wrong CRC, is a transport error;
 * - retries, each on a new connection: 429 and 503 after Retry-After (capped),
 *   other 5xx and 408, transport errors;
 * - redirects: followed here, at most PL_FETCH_REDIRECTS, to https only (http
 *   for loopback or an insecure host), never from https down to http, and
 *   credentials never to another origin (scheme, host and port);
 * - credentials: by origin, from index/credentials.h; never part of a URL, a
 *   message, a trace or an answer;
 * - TLS: system certificates, or the files of the options; a message that
 *   names the cure when there are none.
 *
 * Errors of one request stand in its response: PL_ERR_INDEX (network, server),
 * PL_ERR_LIMIT, or PL_ERR_FILE (the sink; the user's file of certificates).
 * Statuses below 500 other than 408, 429 and redirects are answers, for the
 * caller to judge; only those of 200 and 206 have a body. Strings of a response
 * (body too) live until the next call of fetch_next or fetch_close.
 *
 * A body whose end only the end of the connection tells (HTTP/1.0) is taken as
 * it is: its reader, or its hash, has to find a cut.
 */
#ifndef PODLOCK_INDEX_FETCH_H
#define PODLOCK_INDEX_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/str.h"
#include "index/credentials.h"

/* Milliseconds where nothing else is said. */
struct pl_fetch_limits {
    int connect, silence, crawl, resource, run;
    uint64_t crawl_bytes_per_s;
    int retry_after; /* the most that a server may ask for */
    int backoff;     /* before the first retry, without Retry-After */
    unsigned retries, redirects;
    size_t header_bytes, header_lines;
};

struct pl_fetch_limits pl_fetch_usual_limits(void); /* core/limits.h */

struct pl_fetch_options {
    const struct pl_fetch_limits *limits; /* NULL: those of core/limits.h */
    struct pl_str ca_file, ca_dir;        /* empty: the system's */
    const struct pl_str *insecure_hosts;  /* "host" or "host:port" */
    size_t insecure_host_count;
    const struct pl_credentials *credentials; /* NULL: none */
};

struct pl_request {
    struct pl_str url;  /* absolute, without credentials; copied */
    const char *accept; /* of the Accept header; NULL: anything */
    struct pl_str etag, last_modified; /* to ask "has it changed?"; empty */
    size_t max_bytes;                  /* of the body, decoded */
    /*
     * Bytes from..to of the file, both included; `suffix`: the last range_to
     * bytes. Sent without gzip. When the server answers 200, because it gives
     * no parts, the body is not read: status 200 and an empty body come back
     * at once.
     */
    bool has_range, suffix;
    uint64_t range_from, range_to;
    struct pl_str if_range; /* an ETag: 200 when the file has changed */
    /*
     * The file's own bytes: no gzip is asked for, and one that the server
     * speaks of (some do for every .gz) is not undone.
     */
    bool raw;
    /* The body goes to this regular file, from where it stands; 0: memory. */
    int sink;
    /*
     * What a body that is cut has brought stays in the sink, and the error
     * comes at once: the caller asks for the rest.
     */
    bool keeps_part;
    void *user;
};

struct pl_response {
    void *user;
    int status;         /* 200, 206, 304, 404 ...; 0: see error */
    struct pl_str url;  /* what answered, after redirects; no credentials */
    struct pl_str body; /* empty with a sink */
    struct pl_str content_type; /* lower case, without parameters */
    struct pl_str etag, last_modified;
    /* Cache-Control: seconds the answer stays fresh, less its Age. */
    uint64_t max_age;
    bool has_max_age, no_store;
    /* Content-Range of a 206. */
    uint64_t range_from, range_to, total;
    uint64_t bytes;        /* that came over the network for the body */
    bool is_too_large;     /* the error: the body has more than max_bytes */
    struct pl_error error; /* code PL_OK: none */
};

struct pl_fetch_stats {
    uint64_t requests; /* sent, retries and redirects too */
    uint64_t bytes;    /* of bodies, as they came */
    uint64_t in_flight;
};

struct pl_fetch;

PL_MUST_CHECK bool pl_fetch_open(struct pl_arena *arena,
                                 const struct pl_fetch_options *options,
                                 struct pl_fetch **out, struct pl_error *err);
void pl_fetch_start(struct pl_fetch *fetch, const struct pl_request *request);
/*
 * Waits for an answer, at most `wait_ms`; *any is false when none has come
 * (yet: stats tell what is in flight).
 */
PL_MUST_CHECK bool pl_fetch_next(struct pl_fetch *fetch, int wait_ms,
                                 struct pl_response *out, bool *any,
                                 struct pl_error *err);
struct pl_fetch_stats pl_fetch_stats(const struct pl_fetch *fetch);
void pl_fetch_close(struct pl_fetch *fetch); /* NULL accepted */

#endif
