/*
 * gzip, decoded as it comes, with a bound.
 *
 * Standard: https://www.rfc-editor.org/rfc/rfc1952. Several members one after
 * another are one text; anything else after the end is wrong.
 *
 * The decoded bytes go to `emit` in pieces of at most 64 KiB; decoding stops
 * at once when it returns false, so that a small body that stands for a huge
 * one costs no more than its bound. The object is pl_gunzip_close'd by whom
 * opened it.
 */
#ifndef PODLOCK_INDEX_GUNZIP_H
#define PODLOCK_INDEX_GUNZIP_H

#include <stdbool.h>

#include "core/str.h"

struct pl_gunzip;

enum pl_gunzip_state {
    PL_GUNZIP_MORE,  /* the text is not at its end */
    PL_GUNZIP_WHOLE, /* it is, and its checksums are right */
    PL_GUNZIP_WRONG, /* not gzip, a checksum differs, or garbage behind it */
    PL_GUNZIP_STOPPED,
};

typedef bool (*pl_gunzip_emit)(void *user, struct pl_str bytes);

struct pl_gunzip *pl_gunzip_open(void);
/* After WRONG or STOPPED nothing more is decoded. */
enum pl_gunzip_state pl_gunzip_push(struct pl_gunzip *gunzip,
                                    struct pl_str bytes, pl_gunzip_emit emit,
                                    void *user);
enum pl_gunzip_state pl_gunzip_state(const struct pl_gunzip *gunzip);
void pl_gunzip_close(struct pl_gunzip *gunzip); /* NULL accepted */

#endif
