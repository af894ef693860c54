/*
 * The parts of the network back end, for its own files only.
 *
 * A wish of the search becomes tasks; a task is answered by the cache at once,
 * or queued, sent, and answered by a response. remote.c has the queue and the
 * loop, remote_page.c what pages mean, remote_metadata.c how metadata are had.
 */
#ifndef PODLOCK_INDEX_REMOTE_INTERNAL_H
#define PODLOCK_INDEX_REMOTE_INTERNAL_H

#include "core/vec.h"
#include "index/backend.h"
#include "index/block.h"
#include "index/find_links.h"
#include "index/net.h"
#include "index/remote.h"

struct remote_site {
    struct pl_str url;    /* ends in '/', without credentials */
    struct pl_str folder; /* of the cache */
    bool is_torch;
    uint32_t order;          /* of its pages */
    struct listing *listing; /* NULL until it is asked for */
    bool is_down;            /* a page could not be had from it */
};

/*
 * The answer to a wish, at its place among them: given to the search in the
 * order of the wishes, so that what it wants next never depends on which
 * answer came first. A run with everything in the cache, and one from a
 * recorded folder, then read just what this one does.
 */
struct slot {
    struct pl_index_event event;
    bool is_ready;
};

enum task_kind { TASK_PAGE, TASK_LISTING, TASK_FLAT, TASK_METADATA };

/* What a response is about: each kind of task begins with one. */
struct task {
    enum task_kind kind;
};

/* A project on one site. */
struct holding {
    struct task task;
    struct remote_site *site;
    struct page_wish *wish;
    struct pl_block *block; /* NULL: not known, now or before */
    bool no_store;          /* the server forbids to keep it */
    bool is_settled;        /* the block is the answer, or error is set */
    struct pl_error error;  /* code PL_OK: none */
};

/* The names that a torch index lists, once a 403 made that of interest. */
struct listing {
    struct task task;
    struct remote_site *site;
    bool is_known; /* read, now or before; perhaps stale */
    bool is_settled;
    bool is_changed; /* differs from what the cache holds */
    struct pl_freshness freshness;
    const struct pl_str *names; /* sorted */
    size_t count;
    PL_VEC(struct holding *) waiting;
};

struct page_wish {
    struct pl_str project;
    size_t slot;
    const struct pl_torch_project *member; /* NULL: not of the family */
    /* The torch index first, where it is asked; then the sites in order. */
    PL_VEC(struct holding *) holdings;
    bool asked_sites;
    bool is_waiting; /* stands in remote.waiting */
    bool is_answered;
    uint64_t found_ns; /* when the first site that counts had it; 0: not yet */
};

/* A page of --find-links on a server: files of many projects. */
struct flat {
    struct task task;
    struct pl_str url;
    bool is_read;
    struct pl_page_rows rows;
};

enum metadata_stage {
    STAGE_METADATA_FILE, /* NAME.metadata */
    STAGE_RANGES,        /* of the wheel */
    STAGE_WHOLE_WHEEL,   /* into a temporary file */
    STAGE_SDIST,
};

struct metadata_wish {
    struct task task;
    const struct pl_file *file;
    size_t slot;
    struct holding *holding; /* whose block keeps what is learnt */
    enum metadata_stage stage;
    struct pl_wheel_bytes wheel; /* pieces read so far */
    struct pl_wheel_need need;
    struct pl_str etag; /* of the wheel, as the first piece had it */
    int sink;           /* of STAGE_WHOLE_WHEEL; 0: none */
};

struct remote {
    struct pl_index index;
    struct pl_arena *arena;
    struct pl_remote_options opts;
    struct remote_site *sites;   /* opts.site_count of them */
    struct remote_site torch;    /* url empty: none */
    struct pl_find_links *links; /* places on this machine; NULL: none */
    struct flat *flats;
    size_t flat_count;
    PL_VEC(struct page_wish *) waiting; /* for a flat page */
    const struct pl_net *net;           /* NULL until it is needed */
    struct pl_fetch *fetch;
    struct pl_map holdings; /* by the address of the page */
    PL_VEC(struct holding *) blocks;
    PL_VEC(struct task *) queue;              /* to be sent */
    PL_VEC(struct metadata_wish *) downloads; /* that have had a sink */
    size_t open;                              /* queued or in flight */
    PL_VEC(struct slot) slots;
    size_t given;   /* slots */
    int64_t opened; /* seconds since 1970 */
    bool has_claim, has_waited;
    size_t doubled; /* names that stand on two indexes */
    struct pl_str doubled_names;
    struct pl_str doubled_text, unasked_text; /* warnings; empty: none */
    PL_VEC(struct page_wish *) late; /* may wait for what they do not need */
    struct pl_error failure;         /* of a wish that the cache answered */
    uint64_t flushed_ns;             /* when the cache was last written */
};

/* ---- remote.c ---- */
void pl_remote_queue(struct remote *r, struct task *task);
size_t pl_remote_new_slot(struct remote *r, struct pl_str project);
void pl_remote_answer(struct remote *r, size_t slot,
                      struct pl_index_event event);
/* What the network said, kept beyond the response; returns false. */
bool pl_remote_fail(struct remote *r, const struct pl_response *response,
                    struct pl_error *err);
int64_t pl_remote_clock(void); /* seconds since 1970 */

/* ---- remote_page.c ---- */
void pl_remote_want_page(struct pl_index *index, struct pl_str project);
/* From the cache, if it can; false: to be sent. */
bool pl_remote_look_up_page(struct remote *r, struct holding *h);
void pl_remote_send_page(struct remote *r, struct holding *h);
PL_MUST_CHECK bool pl_remote_take_page(struct remote *r, struct holding *h,
                                       struct pl_response *response,
                                       struct pl_error *err);
void pl_remote_send_flat(struct remote *r, struct flat *flat);
PL_MUST_CHECK bool pl_remote_take_flat(struct remote *r, struct flat *flat,
                                       struct pl_response *response,
                                       struct pl_error *err);
/* Answers the wish when all of its holdings are settled. */
PL_MUST_CHECK bool pl_remote_settle(struct remote *r, struct page_wish *wish,
                                    struct pl_error *err);

/* Answers wishes that need not wait any longer. */
PL_MUST_CHECK bool pl_remote_settle_late(struct remote *r,
                                         struct pl_error *err);
/* An answer that is none; returns false. */
bool pl_remote_refused(const struct remote *r,
                       const struct pl_response *response,
                       struct pl_error *err);
struct pl_freshness pl_remote_freshness(struct remote *r,
                                        const struct pl_response *response);
/* Of a 304: it keeps what it does not state. */
struct pl_freshness pl_remote_renewed(struct remote *r,
                                      const struct pl_response *response,
                                      const struct pl_freshness *older);
void pl_remote_settle_absent(struct remote *r, struct holding *h,
                             const struct pl_freshness *freshness);
/* What went wrong is the holding's: another site may have the project. */
void pl_remote_keep_error(struct remote *r, struct holding *h,
                          const struct pl_error *why);

/* ---- remote_listing.c ---- */
/* A 403 of the torch index: settles the holding, now or later. */
PL_MUST_CHECK bool pl_remote_judge_forbidden(struct remote *r,
                                             struct holding *h,
                                             const struct pl_response *response,
                                             struct pl_error *err);
void pl_remote_send_listing(struct remote *r, struct listing *listing);
PL_MUST_CHECK bool pl_remote_take_listing(struct remote *r,
                                          struct listing *listing,
                                          struct pl_response *response,
                                          struct pl_error *err);
void pl_remote_save_listing(struct remote *r);

/* ---- remote_metadata.c ---- */
void pl_remote_want_metadata(struct pl_index *index,
                             const struct pl_file *file);
bool pl_remote_look_up_metadata(struct remote *r, struct metadata_wish *wish);
void pl_remote_close_sink(struct metadata_wish *wish);
PL_MUST_CHECK bool pl_remote_send_metadata(struct remote *r,
                                           struct metadata_wish *wish,
                                           struct pl_error *err);
PL_MUST_CHECK bool pl_remote_take_metadata(struct remote *r,
                                           struct metadata_wish *wish,
                                           struct pl_response *response,
                                           struct pl_error *err);

#endif
