/*
 * Reading TOML 1.0: plain C nodes result. What tools write is read here
 * (core/toml_plain.h), all else and every mistake by toml++
 * (core/shim/toml.cc).
 *
 * A document owns its nodes and strings, which are valid until
 * pl_toml_destroy; the source must live as long. Every node knows its place,
 * so that an error about a value can point at it. The path to a value, keys
 * and array indices counted, is at most PL_MAX_TOML_DEPTH steps long, and
 * headers and dotted keys make at most PL_MAX_TOML_TABLES steps, and there
 * are at most PL_MAX_TOML_VALUES values; all of it is
 * measured before toml++ sees the text. Getting a key costs a binary search,
 * all else O(1).
 *
 *     struct pl_toml *doc;
 *     if (!pl_toml_parse(source, &doc, err)) return false;
 *     const struct pl_toml_node *root = pl_toml_root(doc), *id;
 *     struct pl_str text;
 *     if (pl_toml_get(root, "id", &id) && pl_toml_str(id, &text)) ...
 *     pl_toml_destroy(doc);
 *
 * Standard: https://toml.io/en/v1.0.0
 */
#ifndef PODLOCK_CORE_TOML_H
#define PODLOCK_CORE_TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/error.h"
#include "core/source.h"
#include "core/str.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pl_toml;
struct pl_toml_node;

enum pl_toml_type {
    PL_TOML_STRING,
    PL_TOML_INTEGER,
    PL_TOML_FLOAT,
    PL_TOML_BOOL,
    PL_TOML_DATETIME, /* of any of TOML's four kinds */
    PL_TOML_ARRAY,
    PL_TOML_TABLE,
};

/* Errors: PL_ERR_INPUT with the place in the source; PL_ERR_LIMIT. */
PL_MUST_CHECK bool pl_toml_parse(const struct pl_source *source,
                                 struct pl_toml **out, struct pl_error *err);
void pl_toml_destroy(struct pl_toml *doc); /* NULL accepted */
const struct pl_toml_node *pl_toml_root(const struct pl_toml *doc);

enum pl_toml_type pl_toml_type(const struct pl_toml_node *node);
const char *pl_toml_type_name(enum pl_toml_type type); /* "string" ... */
/*
 * Where the value stands: the header of a [table], all from the first header
 * to the last of an array of tables, the first key of a dotted table.
 */
struct pl_span pl_toml_span(const struct pl_toml_node *node);
/* Where its key stands; empty and at the value for members of arrays. */
struct pl_span pl_toml_key_span(const struct pl_toml_node *node);
/* The value as it is written, for what has no accessor (dates, floats). */
struct pl_str pl_toml_text(const struct pl_toml_node *node);

/*
 * A string as a view of the source, where it is written without escapes, so
 * that a parser's error has a place; else a copy. Empty for what is none.
 */
struct pl_str pl_toml_view(struct pl_arena *arena,
                           const struct pl_toml_node *node);
/*
 * Places an error of a parser that knows the text of such a string but not
 * whose it is: in the string, or at the whole value where it is a copy. One
 * that has a source is left alone. Returns false.
 */
bool pl_toml_locate(const struct pl_toml_node *node, struct pl_str text,
                    struct pl_error *err);

/* False when the node is no table or has no such key. */
bool pl_toml_get(const struct pl_toml_node *table, const char *key,
                 const struct pl_toml_node **out);
size_t pl_toml_count(const struct pl_toml_node *node); /* array or table */
/* Member i < count of an array, or of a table in order of its keys' bytes. */
const struct pl_toml_node *pl_toml_at(const struct pl_toml_node *node,
                                      size_t i);
struct pl_str pl_toml_key(const struct pl_toml_node *node); /* or empty */
struct pl_str pl_toml_key_at(const struct pl_toml_node *table, size_t i);

/* False unless the node has the type. */
bool pl_toml_str(const struct pl_toml_node *node, struct pl_str *out);
bool pl_toml_int(const struct pl_toml_node *node, int64_t *out);
bool pl_toml_bool(const struct pl_toml_node *node, bool *out);

/*
 * Get and convert in one. An absent key leaves *out untouched and is no
 * error; a value of another type is PL_ERR_INPUT with its place. `_req`
 * wants the key to be there.
 */
PL_MUST_CHECK bool pl_toml_get_str(const struct pl_toml_node *table,
                                   const char *key, struct pl_str *out,
                                   struct pl_error *err);
PL_MUST_CHECK bool pl_toml_req_str(const struct pl_toml_node *table,
                                   const char *key, struct pl_str *out,
                                   struct pl_error *err);
PL_MUST_CHECK bool pl_toml_get_int(const struct pl_toml_node *table,
                                   const char *key, int64_t *out,
                                   struct pl_error *err);
PL_MUST_CHECK bool pl_toml_get_bool(const struct pl_toml_node *table,
                                    const char *key, bool *out,
                                    struct pl_error *err);
/* An array or table under the key; *out becomes NULL when it is absent. */
PL_MUST_CHECK bool pl_toml_get_array(const struct pl_toml_node *table,
                                     const char *key,
                                     const struct pl_toml_node **out,
                                     struct pl_error *err);
PL_MUST_CHECK bool pl_toml_get_table(const struct pl_toml_node *table,
                                     const char *key,
                                     const struct pl_toml_node **out,
                                     struct pl_error *err);

#ifdef __cplusplus
}
#endif

#endif
