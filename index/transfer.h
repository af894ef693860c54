/*
 * One resource on its way: a request, its attempts, its answer.
 *
 * Private to the files of fetch: fetch.c decides what is asked when,
 * transfer.c is one attempt (a libcurl handle and its callbacks),
 * transfer_head.c judges the head of an answer, transfer_error.c says in
 * words what went wrong. Times are milliseconds of the monotonic clock.
 */
#ifndef PODLOCK_INDEX_TRANSFER_H
#define PODLOCK_INDEX_TRANSFER_H

#include <curl/curl.h>

#include "core/buf.h"
#include "index/fetch.h"
#include "index/gunzip.h"
#include "index/http_field.h"
#include "index/origin.h"

/* What is remembered of one scheme, host and port. */
struct pl_site {
    struct pl_site *next;
    struct pl_origin origin;
    /*
     * Grows when a connection turned out bad: requests of a new generation
     * never share a connection with those of an older one.
     */
    unsigned generation;
    bool multiplexes;  /* HTTP/2: its requests share their bytes' flow */
    int64_t last_byte; /* of any request */
    uint64_t bytes;
};

/* Why our own callbacks ended an attempt. */
enum pl_stop {
    PL_STOP_NOT,
    PL_STOP_ENOUGH,    /* the rest of a body that nobody wants */
    PL_STOP_STATUS,    /* 408, 429, 5xx: its body does not matter */
    PL_STOP_HEADERS,   /* too many or too long */
    PL_STOP_LARGE,     /* the body, as it came or decoded */
    PL_STOP_ENCODING,  /* a Content-Encoding that was not asked for */
    PL_STOP_CUT,       /* before the end of the head */
    PL_STOP_GZIP,      /* wrong, cut or followed by garbage */
    PL_STOP_LONG,      /* more bytes than Content-Length said */
    PL_STOP_RANGE,     /* a 206 that is not what was asked */
    PL_STOP_CHANGED,   /* a part of another file than before */
    PL_STOP_UNASKED,   /* a 304 or 206 to a plain request */
    PL_STOP_SINK,      /* the file cannot be written */
    PL_STOP_SILENCE,   /* no byte for too long */
    PL_STOP_CRAWL,     /* too few bytes for too long */
    PL_STOP_TOO_SLOW,  /* the time of the whole resource */
    PL_STOP_RUN,       /* the time of the whole run */
    PL_STOP_REDIRECTS, /* too many, in a circle, or without a place */
    PL_STOP_FORBIDDEN, /* a redirect to where podlock does not go */
};

struct pl_head {
    size_t bytes, lines; /* of all answers of the attempt, 1xx too */
    long status;
    bool done; /* the end of the head was seen */
    struct pl_str content_type, content_encoding, etag, last_modified;
    struct pl_str location, retry_after;
    struct pl_http_freshness freshness;
    uint64_t age, content_length;
    bool has_content_length;
    struct pl_http_range range;
    bool has_range;
};

struct pl_transfer {
    struct pl_transfer *next;
    struct pl_fetch *fetch;
    struct pl_arena arena;  /* of the whole resource */
    struct pl_request wish; /* its texts in the arena */
    struct pl_str url;      /* asked now; after redirects another one */
    struct pl_site *site;   /* of url */
    unsigned generation;    /* of the site, when the attempt began */
    unsigned redirects, tries;
    off_t sink_start;

    /* Of the attempt. */
    CURL *easy;
    struct curl_slist *fields;
    char why[CURL_ERROR_SIZE];
    struct pl_head head;
    enum pl_stop stop;
    int sink_errno;
    bool sent;           /* the request is on a connection */
    const char *ca_file; /* that it was given */
    struct pl_gunzip *gunzip;
    struct pl_buf body;
    uint64_t came, decoded; /* bytes of the body */
    uint64_t moved;         /* bytes of heads and bodies */

    /* Clocks; see transfer_clock.c. */
    bool started;
    int64_t started_at, last_event, flowing;
    int64_t window_from;
    uint64_t window_bytes; /* came before the window, of it or of its site */
    int64_t retry_at;

    struct pl_response answer;
};

struct pl_fetch {
    struct pl_arena *arena;
    struct pl_fetch_options options;
    struct pl_fetch_limits limits;
    CURLM *multi;
    const char *ca_file, *ca_dir; /* NULL: none */
    bool own_ca;                  /* named by the user or the environment */
    const char *spare_ca_file;    /* for what ca_dir does not know, or NULL */
    const char *http_proxy;       /* of HTTP_PROXY; NULL: libcurl's rules */
    struct pl_site *sites;
    struct pl_transfer *queue, **queue_end; /* not begun */
    struct pl_transfer *active, *waiting;   /* in libcurl; for a retry */
    struct pl_transfer *done, **done_end;
    struct pl_transfer *given; /* the answer that the caller looks at */
    size_t active_count;
    int64_t opened_at, left_at;
    uint64_t dice;
    struct pl_fetch_stats stats;
};

int64_t pl_fetch_clock(void);
/* Something moved: what has been given to it is time well spent. */
void pl_transfer_note_bytes(struct pl_transfer *transfer, size_t bytes,
                            int64_t now);
/* The request is on a connection: from now on an answer is due. */
void pl_transfer_mark_sent(struct pl_transfer *transfer, int64_t now);
/* Why the attempt has to end now, or PL_STOP_NOT. */
enum pl_stop pl_transfer_overdue(struct pl_transfer *transfer, int64_t now);
/* Time that was spent without bytes flowing. */
int64_t pl_transfer_spent(const struct pl_transfer *transfer, int64_t now);

/*
 * Makes the handle of the next attempt. False: what an earlier one wrote
 * cannot be taken back; transfer->stop is PL_STOP_SINK.
 */
PL_MUST_CHECK bool pl_transfer_prepare(struct pl_transfer *transfer);
/* Frees what one attempt holds. */
void pl_transfer_drop_attempt(struct pl_transfer *transfer);

/* One line of the head. False: the attempt ends, transfer->stop says why. */
bool pl_transfer_read_field(struct pl_transfer *transfer, struct pl_str line);
bool pl_transfer_is_redirect(const struct pl_transfer *transfer);
/* Does the answer have a body that the caller wants? */
bool pl_transfer_has_body(const struct pl_transfer *transfer);

/* May the URL be asked? Else the answer's error says why not. */
bool pl_transfer_may_ask(struct pl_transfer *transfer, struct pl_str url);
/* Says what ended the last attempt. */
void pl_transfer_explain(struct pl_transfer *transfer, CURLcode code);
/* Would another attempt be of use? */
bool pl_transfer_is_passing(const struct pl_transfer *transfer, CURLcode code);

#endif
