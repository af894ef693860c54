/*
 * Members of a lock's tables, each error with its place.
 *
 * An absent member leaves the output empty and is no error, except where the
 * function is called `_req`. A string that is empty is an error. Strings are
 * views of the source's text, or copies in the arena where the text has
 * escapes, so that the TOML document need not outlive the lock.
 *
 * Errors: PL_ERR_INPUT at the value, or at the table's head where a key is
 * missing; PL_ERR_LIMIT. Internal to lockfmt/.
 */
#ifndef PODLOCK_LOCKFMT_LOCK_NODE_H
#define PODLOCK_LOCKFMT_LOCK_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/toml.h"
#include "lockfmt/lock_read.h"

/* What reading one lock needs everywhere. */
struct pl_lock_reader {
    struct pl_arena *arena;
    const struct pl_source *source;
    struct pl_lock_warnings *warnings; /* NULL: not wanted */
    struct pl_error *err;
};

/* Fails at the node's value, or at the head of a table. Always false. */
bool pl_lock_fail(const struct pl_lock_reader *r,
                  const struct pl_toml_node *node, const char *format, ...)
    PL_PRINTF(3, 4);
/* The same at its key. */
bool pl_lock_fail_key(const struct pl_lock_reader *r,
                      const struct pl_toml_node *node, const char *format, ...)
    PL_PRINTF(3, 4);
void pl_lock_warn(const struct pl_lock_reader *r, struct pl_span span,
                  const char *format, ...) PL_PRINTF(3, 4);
enum pl_lock_once {
    PL_LOCK_ABSOLUTE_PATH = 1,
    PL_LOCK_OUTSIDE_PATH = 2,
    PL_LOCK_WEAK_HASH = 4,
};
/* The same for what stands in many places: the first one only. */
void pl_lock_warn_once(const struct pl_lock_reader *r, enum pl_lock_once what,
                       struct pl_span span, const char *text);
/* Moves an error of a parser of `text`, the node's string, to its place. */
bool pl_lock_locate(const struct pl_lock_reader *r,
                    const struct pl_toml_node *node, struct pl_str text);

/* The string of a node that is one; where it can, a view of the source. */
struct pl_str pl_lock_text(const struct pl_lock_reader *r,
                           const struct pl_toml_node *node);
/* `what` is the table in messages: "the lock", "[[packages]]". */
PL_MUST_CHECK bool pl_lock_get(const struct pl_lock_reader *r,
                               const struct pl_toml_node *table,
                               const char *key, enum pl_toml_type type,
                               const struct pl_toml_node **out);
PL_MUST_CHECK bool pl_lock_req(const struct pl_lock_reader *r,
                               const struct pl_toml_node *table,
                               const char *what, const char *key,
                               enum pl_toml_type type,
                               const struct pl_toml_node **out);
PL_MUST_CHECK bool pl_lock_str(const struct pl_lock_reader *r,
                               const struct pl_toml_node *table,
                               const char *key, struct pl_str *out);
PL_MUST_CHECK bool pl_lock_req_str(const struct pl_lock_reader *r,
                                   const struct pl_toml_node *table,
                                   const char *what, const char *key,
                                   struct pl_str *out);
/* An array of strings; *array is NULL when it is absent. */
PL_MUST_CHECK bool pl_lock_strs(const struct pl_lock_reader *r,
                                const struct pl_toml_node *table,
                                const char *key,
                                const struct pl_toml_node **array,
                                struct pl_str **out, size_t *count);
/* An array of tables, at most `max`; *array is NULL when it is absent. */
PL_MUST_CHECK bool pl_lock_tables(const struct pl_lock_reader *r,
                                  const struct pl_toml_node *table,
                                  const char *key, size_t max,
                                  const struct pl_toml_node **array);
/* A whole number from 0 on. */
PL_MUST_CHECK bool pl_lock_size(const struct pl_lock_reader *r,
                                const struct pl_toml_node *table,
                                const char *key, uint64_t *out, bool *has);

/*
 * The members that are not in the list (ended by NULL), as TOML. With `what`,
 * a warning for each of them.
 */
struct pl_lock_others pl_lock_rest(const struct pl_lock_reader *r,
                                   const struct pl_toml_node *table,
                                   const char *const *known, const char *what);
/* A value as TOML on one line, tables inline. */
struct pl_str pl_lock_toml(const struct pl_lock_reader *r,
                           const struct pl_toml_node *node);

#endif
