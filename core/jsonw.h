/*
 * Writing JSON, indented by two spaces, keys in the order of the calls.
 *
 *     struct pl_jsonw w = pl_jsonw_to(&out);
 *     pl_jsonw_object(&w, NULL);
 *     pl_jsonw_str(&w, "name", name);
 *     pl_jsonw_array(&w, "via");
 *     pl_jsonw_str(&w, NULL, parent);
 *     pl_jsonw_end(&w);                    closes the array
 *     pl_jsonw_end(&w);                    closes the object, adds newline
 *
 * Keys are podlock's own literals; values are escaped. `key` is NULL inside
 * arrays and for the root. The caller balances opening and pl_jsonw_end;
 * nesting is at most 32 deep.
 */
#ifndef PODLOCK_CORE_JSONW_H
#define PODLOCK_CORE_JSONW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/str.h"

struct pl_jsonw {
    struct pl_buf *out;
    uint32_t depth;
    uint64_t is_array; /* bit per level */
    bool first;        /* nothing written yet at this level */
};

struct pl_jsonw pl_jsonw_to(struct pl_buf *out);
void pl_jsonw_object(struct pl_jsonw *w, const char *key);
void pl_jsonw_array(struct pl_jsonw *w, const char *key);
void pl_jsonw_end(struct pl_jsonw *w);
void pl_jsonw_str(struct pl_jsonw *w, const char *key, struct pl_str value);
void pl_jsonw_u64(struct pl_jsonw *w, const char *key, uint64_t value);
void pl_jsonw_i64(struct pl_jsonw *w, const char *key, int64_t value);
void pl_jsonw_bool(struct pl_jsonw *w, const char *key, bool value);
void pl_jsonw_null(struct pl_jsonw *w, const char *key);
/* An array of strings. */
void pl_jsonw_strs(struct pl_jsonw *w, const char *key, const struct pl_str *at,
                   size_t count);
/* A member whose key is a foreign string (a package name as key). */
void pl_jsonw_named_str(struct pl_jsonw *w, struct pl_str key,
                        struct pl_str value);

#endif
