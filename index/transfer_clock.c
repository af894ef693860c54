#include "core/clock.h"
#include "index/transfer.h"

/* Bytes flow while no longer pause than this lies between them. */
#define FLOW_GAP_MS 2000

int64_t pl_fetch_clock(void)
{
    return (int64_t)(pl_clock_ns() / 1000000);
}

static void note_event(struct pl_transfer *transfer, int64_t now, int64_t most)
{
    int64_t gap = now - transfer->last_event;
    if (gap > 0 && gap <= most)
        transfer->flowing += gap;
    if (gap > 0)
        transfer->last_event = now;
}

void pl_transfer_note_bytes(struct pl_transfer *transfer, size_t bytes,
                            int64_t now)
{
    note_event(transfer, now, FLOW_GAP_MS);
    transfer->moved += bytes;
    transfer->site->bytes += bytes;
    transfer->site->last_byte = now;
}

int64_t pl_transfer_spent(const struct pl_transfer *transfer, int64_t now)
{
    return now - transfer->started_at - transfer->flowing;
}

static uint64_t moved_bytes(const struct pl_transfer *transfer)
{
    return transfer->site->multiplexes ? transfer->site->bytes
                                       : transfer->moved;
}

static void open_window(struct pl_transfer *transfer, int64_t now)
{
    transfer->window_from = now;
    transfer->window_bytes = moved_bytes(transfer);
}

void pl_transfer_mark_sent(struct pl_transfer *transfer, int64_t now)
{
    transfer->sent = true;
    transfer->last_event = now;
    open_window(transfer, now);
}

static bool crawls(struct pl_transfer *transfer, int64_t now)
{
    const struct pl_fetch_limits *limits = &transfer->fetch->limits;
    if (now - transfer->window_from < limits->crawl)
        return false;
    uint64_t bytes = moved_bytes(transfer) - transfer->window_bytes;
    uint64_t least = limits->crawl_bytes_per_s * (uint64_t)limits->crawl / 1000;
    open_window(transfer, now);
    return bytes < least;
}

enum pl_stop pl_transfer_overdue(struct pl_transfer *transfer, int64_t now)
{
    const struct pl_fetch_limits *limits = &transfer->fetch->limits;
    /*
     * A request that waits for a connection, or shares one, is not slow as
     * long as the others of its site move; one that waits is not even where
     * each of them takes its time.
     */
    if (!transfer->sent)
        note_event(transfer, transfer->site->last_byte, limits->silence);
    else if (transfer->site->multiplexes)
        note_event(transfer, transfer->site->last_byte, FLOW_GAP_MS);
    if (now - transfer->fetch->opened_at >= limits->run)
        return PL_STOP_RUN;
    if (transfer->sent && now - transfer->last_event >= limits->silence)
        return PL_STOP_SILENCE;
    if (transfer->sent && crawls(transfer, now))
        return PL_STOP_CRAWL;
    if (pl_transfer_spent(transfer, now) >= limits->resource)
        return PL_STOP_TOO_SLOW;
    return PL_STOP_NOT;
}
