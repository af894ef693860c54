/*
 * Reading JSON: plain C views over simdjson (core/shim/json.cc).
 *
 * A document owns its values; every value and string is valid until
 * pl_json_destroy. Strings are decoded UTF-8 (simdjson refuses invalid UTF-8,
 * lone surrogates and numbers that do not fit). Depth is limited to
 * PL_MAX_JSON_DEPTH. Of duplicate keys in an object the first counts.
 *
 *     struct pl_json *doc;
 *     if (!pl_json_parse(text, &doc, err)) return false;
 *     struct pl_json_value files;
 *     if (pl_json_get(pl_json_root(doc), "files", &files)) {
 *         struct pl_json_iter it = pl_json_items(files);
 *         struct pl_json_value file;
 *         while (pl_json_next(&it, NULL, &file)) ...
 *     }
 *     pl_json_destroy(doc);
 *
 * Standard: https://www.rfc-editor.org/rfc/rfc8259
 */
#ifndef PODLOCK_CORE_JSON_H
#define PODLOCK_CORE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/error.h"
#include "core/str.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pl_json;

enum pl_json_type {
    PL_JSON_NULL,
    PL_JSON_BOOL,
    PL_JSON_NUMBER,
    PL_JSON_STRING,
    PL_JSON_ARRAY,
    PL_JSON_OBJECT,
};

/* A value of a document; opaque words. */
struct pl_json_value {
    const void *doc;
    uint64_t where;
};

struct pl_json_iter {
    struct pl_json_value container;
    uint64_t at, end;
};

/* Errors: PL_ERR_INPUT with the byte offset in the span; PL_ERR_LIMIT. */
PL_MUST_CHECK bool pl_json_parse(struct pl_str text, struct pl_json **out,
                                 struct pl_error *err);
void pl_json_destroy(struct pl_json *doc); /* NULL accepted */
struct pl_json_value pl_json_root(const struct pl_json *doc);

enum pl_json_type pl_json_type(struct pl_json_value value);
/* False when the value is no object or has no such key. */
bool pl_json_get(struct pl_json_value object, const char *key,
                 struct pl_json_value *out);
/* False unless the value has the type (numbers: unless it fits). */
bool pl_json_str(struct pl_json_value value, struct pl_str *out);
bool pl_json_bool(struct pl_json_value value, bool *out);
bool pl_json_u64(struct pl_json_value value, uint64_t *out);
/* Get and convert in one: false when missing or of another type. */
bool pl_json_get_str(struct pl_json_value object, const char *key,
                     struct pl_str *out);

/* Members of an array or object, in order; none of anything else. */
struct pl_json_iter pl_json_items(struct pl_json_value container);
/* `key` may be NULL; it is empty for arrays. */
bool pl_json_next(struct pl_json_iter *it, struct pl_str *key,
                  struct pl_json_value *value);

#ifdef __cplusplus
}
#endif

#endif
