/*
 * Growable bytes with a compulsory maximum.
 *
 * Adding beyond the maximum sets `over` and drops what does not fit; the
 * caller checks once, at the end, with pl_buf_ok. Contents are followed by a
 * NUL that is not counted. Owned by the caller: pl_buf_finish frees it.
 *
 *     PL_BUF(out, PL_MAX_OUTPUT_BYTES);
 *     pl_buf_addf(&out, "%d files\n", n);
 */
#ifndef PODLOCK_CORE_BUF_H
#define PODLOCK_CORE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/str.h"

struct pl_buf {
    char *data; /* NULL while empty */
    size_t len, cap, max;
    bool over;
};

void pl_buf_init(struct pl_buf *buf, size_t max);
void pl_buf_finish(struct pl_buf *buf);
void pl_buf_clear(struct pl_buf *buf); /* keeps the memory */

#define PL_BUF(name, maximum)                                                  \
    struct pl_buf name PL_CLEANUP(pl_buf_finish) = {.max = (maximum)}

void pl_buf_add(struct pl_buf *buf, const void *bytes, size_t len);
void pl_buf_add_char(struct pl_buf *buf, char c);
void pl_buf_add_str(struct pl_buf *buf, struct pl_str s);
void pl_buf_add_cstr(struct pl_buf *buf, const char *s);
void pl_buf_add_u64(struct pl_buf *buf, uint64_t n); /* in decimal */
void pl_buf_addf(struct pl_buf *buf, const char *format, ...) PL_PRINTF(2, 3);
void pl_buf_addv(struct pl_buf *buf, const char *format, va_list args)
    PL_PRINTF(2, 0);
void pl_buf_pad(struct pl_buf *buf, char c, size_t count);

bool pl_buf_ok(const struct pl_buf *buf) PL_MUST_CHECK;
struct pl_str pl_buf_view(const struct pl_buf *buf); /* until it changes */

#endif
