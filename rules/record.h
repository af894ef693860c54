/*
 * A TOML table read against the list of its known keys.
 *
 * A shape lists the keys of one kind of table, with the type of each. Reading
 * a table by its shape refuses unknown keys, absent required ones, values of
 * another type and empty strings; afterwards the members are got by number,
 * and getting a plain one cannot fail.
 *
 *     enum { NAME, SIZE };
 *     static const struct pl_key keys[] = {
 *         [NAME] = {"name", PL_KEY_STR, true},
 *         [SIZE] = {"size", PL_KEY_INT, false},
 *     };
 *     static const struct pl_shape shape = {"[[thing]]", keys, 2};
 *     struct pl_record r = {arena, source, err};
 *     if (!pl_record_read(&r, &shape, node)) return false;
 *     struct pl_str name = pl_record_str(&r, NAME);
 *
 * Every error is PL_ERR_INPUT (PL_ERR_LIMIT where a limit is reached) and
 * stands at the key or the value that is wrong. Strings are views of the
 * source's text, or copies in the arena where the text has escapes.
 * Internal to rules/.
 */
#ifndef PODLOCK_RULES_RECORD_H
#define PODLOCK_RULES_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/source.h"
#include "core/str.h"
#include "core/toml.h"
#include "pep/pack.h"
#include "pep/requirement.h"
#include "pep/version.h"

enum pl_key_type {
    PL_KEY_STR,
    PL_KEY_STRS, /* an array of strings */
    PL_KEY_INT,
    PL_KEY_BOOL,
    PL_KEY_TABLE,
    PL_KEY_TABLES, /* an array of tables */
};

struct pl_key {
    const char *name;
    enum pl_key_type type;
    bool required;
};

struct pl_shape {
    const char *what; /* in messages: "[[package]]", "the template" */
    const struct pl_key *keys;
    size_t count; /* at most PL_MAX_SHAPE_KEYS */
};

#define PL_MAX_SHAPE_KEYS 12

struct pl_record {
    struct pl_arena *arena;
    const struct pl_source *source;
    struct pl_error *err;
    /* All requirements of the file, in the order they are read; or NULL. */
    struct pl_unpacker *requirements;
    const struct pl_shape *shape;
    const struct pl_toml_node *members[PL_MAX_SHAPE_KEYS]; /* NULL: absent */
};

/*
 * `key = 1` tells what kind of file this is, and its format. Asked first, so
 * that a file of another kind or a newer format is not blamed for its keys.
 * `what` with its article: "a template".
 */
PL_MUST_CHECK bool pl_record_format(const struct pl_record *r,
                                    const struct pl_toml_node *root,
                                    const char *key, const char *what);
PL_MUST_CHECK bool pl_record_read(struct pl_record *r,
                                  const struct pl_shape *shape,
                                  const struct pl_toml_node *table);

/* ---- plain members; absent ones are empty, 0, or the default ---- */
bool pl_record_has(const struct pl_record *r, size_t key);
struct pl_str pl_record_str(const struct pl_record *r, size_t key);
bool pl_record_bool(const struct pl_record *r, size_t key, bool otherwise);
/* A member's value; the place of the record's first member when absent. */
struct pl_span pl_record_span(const struct pl_record *r, size_t key);
/* The strings of an array in the arena; their number, 0 when absent. */
size_t pl_record_strs(const struct pl_record *r, size_t key,
                      const struct pl_str **out);
size_t pl_record_count(const struct pl_record *r, size_t key);
const struct pl_toml_node *pl_record_at(const struct pl_record *r, size_t key,
                                        size_t i);

/* ---- members that must be something; the key must be there ---- */
PL_MUST_CHECK bool pl_record_version(const struct pl_record *r, size_t key,
                                     struct pl_version *out);
/* A normalised project name. */
PL_MUST_CHECK bool pl_record_name(const struct pl_record *r, size_t key,
                                  struct pl_str *out);
/* Normalised project names of an array, as written one by one. */
PL_MUST_CHECK bool pl_record_names(const struct pl_record *r, size_t key,
                                   const struct pl_str **out, size_t *count);
/* An id for the command line: letters, digits, . _ -; not `reserved`. */
PL_MUST_CHECK bool pl_record_id(const struct pl_record *r, size_t key,
                                const char *reserved, struct pl_str *out);
/* One of the words; its number. */
PL_MUST_CHECK bool pl_record_choice(const struct pl_record *r, size_t key,
                                    const char *const *words, size_t count,
                                    size_t *out);
/* The requirements of an array; at most `max`. */
PL_MUST_CHECK bool pl_record_requirements(const struct pl_record *r, size_t key,
                                          bool lenient, size_t max,
                                          const struct pl_requirement **out,
                                          size_t *count);

/* ---- for parsers of a value's own ---- */
/* Moves an error that is relative to the member's string to its place. */
bool pl_record_locate(const struct pl_record *r, size_t key);
bool pl_record_fail(const struct pl_record *r, size_t key, const char *format,
                    ...) PL_PRINTF(3, 4);

#endif
