/*
 * What a TOML document is made of: shared by core/shim/toml.cc, which builds
 * it, and the core/toml*.c files. Nothing outside core/ includes this.
 */
#ifndef PODLOCK_CORE_TOML_NODE_H
#define PODLOCK_CORE_TOML_NODE_H

#include "core/arena.h"
#include "core/source.h"
#include "core/str.h"
#include "core/toml.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pl_toml_node {
    const struct pl_toml *doc;
    enum pl_toml_type type;
    uint32_t begin, end;         /* bytes of the source */
    uint32_t key_begin, key_end; /* equal to begin in arrays */
    struct pl_str key;           /* empty in arrays */
    union {
        struct pl_str text; /* of strings */
        int64_t integer;
        bool truth;
        struct {
            struct pl_toml_node *at; /* of tables: sorted by key bytes */
            size_t len;
        } members;
    } as;
};

struct pl_toml {
    struct pl_arena arena; /* of all its nodes and strings */
    const struct pl_source *source;
    struct pl_toml_node root;
};

enum pl_toml_shape {
    PL_TOML_FITS,
    PL_TOML_TOO_DEEP,
    PL_TOML_TOO_MANY, /* steps */
    PL_TOML_TOO_LONG, /* more than PL_MAX_TOML_VALUES */
};

/*
 * Does no path in the text have more than `depth` steps, and do all its
 * headers and dotted keys together make at most `tables` of them? Else *where
 * is the offset of the step too many. toml++ recurses once a step, and looks
 * through lists of such tables at each of them: its time is their square.
 * Strings and comments are skipped as TOML has them; text that is not TOML
 * gives some answer, which holds up to the first mistake in it.
 */
enum pl_toml_shape pl_toml_shape_of(struct pl_str text, uint32_t depth,
                                    uint32_t tables, uint32_t *where);

/* Turns (line, column) as toml++ counts them into offsets, in O(1). */
struct pl_toml_places {
    struct pl_str text;
    uint32_t *lines;   /* of each line: how many characters precede it */
    uint32_t *samples; /* byte offset of every 64th; NULL: all is ASCII */
    uint32_t line_count, characters;
};

struct pl_toml_places pl_toml_places_of(struct pl_arena *arena,
                                        struct pl_str text);
uint32_t pl_toml_offset(const struct pl_toml_places *places, uint32_t line,
                        uint32_t column);

#ifdef __cplusplus
}
#endif

#endif
