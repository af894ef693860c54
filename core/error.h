/*
 * The error value, and how it is shown.
 *
 * A fallible function returns bool and takes `struct pl_error *err` last.
 * It returns false after pl_error_set; its outputs are then untouched. `err`
 * may be NULL where the caller does not want to know why. Messages are copied
 * into err->arena; an error without arena keeps only its code.
 *
 *     PL_ARENA(arena);
 *     struct pl_error err = {.arena = &arena};
 *     if (!pl_thing_parse(text, &thing, &err))
 *         return pl_error_wrap(&err, "while reading %s", name);
 *
 * The exit code of a command follows from the code of the outermost error.
 * Rendered form:
 *
 *     requirements.in:7:6: error: `torch==2.9` cannot be met
 *       7 | torch==2.9
 *         |      ^~~~~
 *     because: ...
 *     fix: ...
 */
#ifndef PODLOCK_CORE_ERROR_H
#define PODLOCK_CORE_ERROR_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/buf.h"
#include "core/source.h"
#include "core/str.h"

enum pl_error_code {
    PL_OK,
    PL_ERR_NO,        /* the answer is no */
    PL_ERR_USAGE,     /* command line */
    PL_ERR_INPUT,     /* a user's file or a shipped one is malformed */
    PL_ERR_INDEX,     /* network, or an index that is not as it should be */
    PL_ERR_INTEGRITY, /* a hash that differs, or another security matter */
    PL_ERR_FILE,      /* the local file system */
    PL_ERR_LIMIT,     /* a limit of core/limits.h was reached */
};

struct pl_error {
    struct pl_arena *arena;
    enum pl_error_code code;
    struct pl_span span;
    struct pl_str message; /* one line, without a full stop */
    struct pl_str because; /* may be empty; may have several lines */
    struct pl_str hint;    /* what helps ("fix:"); may be empty */
};

/* Sets code, span and message, clears the rest; always returns false. */
bool pl_error_set(struct pl_error *err, enum pl_error_code code,
                  struct pl_span span, const char *format, ...) PL_PRINTF(4, 5);
/* The same without a place. */
#define pl_error_plain(err, code, ...)                                         \
    pl_error_set((err), (code), (struct pl_span){0}, __VA_ARGS__)
/* These change one part of an error that is set; return false. */
bool pl_error_hint(struct pl_error *err, const char *format, ...)
    PL_PRINTF(2, 3);
bool pl_error_because(struct pl_error *err, const char *format, ...)
    PL_PRINTF(2, 3);
/* Puts "context: " before the message. */
bool pl_error_wrap(struct pl_error *err, const char *format, ...)
    PL_PRINTF(2, 3);
/*
 * Moves a span that a parser gave relative to `view` into the source. An
 * error that already has a source is left alone. Returns false.
 */
bool pl_error_locate(struct pl_error *err, const struct pl_source *source,
                     struct pl_str view);

int pl_error_exit_code(enum pl_error_code code); /* FORMATS: 0 to 6 */

/*
 * Renders for a terminal or a log; every foreign byte is escaped. `label` is
 * "error" or "warning". Ends with a newline.
 */
void pl_error_print(const struct pl_error *err, const char *label, bool colour,
                    struct pl_buf *out);

#endif
