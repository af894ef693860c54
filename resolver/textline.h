/*
 * Lines of words: the lower half of the problem text (problem_text.h).
 *
 * A line is spaces, words and options between spaces, and may end with text
 * that goes to the end of the line. Blank lines and lines that begin with '#'
 * (after spaces) are skipped. A word that has spaces, quotes or control
 * characters in it is written as a JSON string; an option is `key` or
 * `key=word`.
 *
 *     struct pl_textreader reader = {.arena = arena, .source = source};
 *     struct pl_textline line;
 *     while (pl_textreader_next(&reader, &line)) {
 *         struct pl_textword name;
 *         if (!pl_textline_word(&line, "a name", &name, err)) return false;
 *     }
 *
 * Errors are PL_ERR_INPUT with the place in the source.
 */
#ifndef PODLOCK_RESOLVER_TEXTLINE_H
#define PODLOCK_RESOLVER_TEXTLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"
#include "core/source.h"

struct pl_textreader {
    struct pl_arena *arena;
    const struct pl_source *source;
    size_t at;       /* bytes read */
    uint32_t number; /* of lines read */
};

struct pl_textline {
    struct pl_arena *arena;
    const struct pl_source *source;
    uint32_t number, indent; /* from 1; spaces before the first word */
    struct pl_str whole;     /* without spaces around */
    struct pl_str rest;      /* not taken yet */
};

struct pl_textword {
    struct pl_str text; /* decoded */
    struct pl_str raw;  /* as it stands in the source */
};

struct pl_textoption {
    struct pl_str key;        /* empty: the line has no more */
    struct pl_textword value; /* empty when there is no '=' */
};

bool pl_textreader_next(struct pl_textreader *reader, struct pl_textline *out);
/* `what` is expected, for the error when the line has no more. */
PL_MUST_CHECK bool pl_textline_word(struct pl_textline *line, const char *what,
                                    struct pl_textword *out,
                                    struct pl_error *err);
PL_MUST_CHECK bool pl_textline_option(struct pl_textline *line,
                                      struct pl_textoption *out,
                                      struct pl_error *err);
/* All that is left, as one text. */
PL_MUST_CHECK bool pl_textline_rest(struct pl_textline *line, const char *what,
                                    struct pl_textword *out,
                                    struct pl_error *err);
PL_MUST_CHECK bool pl_textline_end(const struct pl_textline *line,
                                   struct pl_error *err);
/* Text that stands as a word inside another, after '@': decoded. */
PL_MUST_CHECK bool pl_textline_decode(const struct pl_textline *line,
                                      struct pl_str raw,
                                      struct pl_textword *out,
                                      struct pl_error *err);
struct pl_span pl_textline_span(const struct pl_textline *line,
                                struct pl_str raw);
/*
 * Moves an error about word->text into the source; returns false. An error
 * within a word that is quoted points at the whole of it.
 */
bool pl_textline_locate(const struct pl_textline *line,
                        const struct pl_textword *word, struct pl_error *err);

/* A space, then the word, quoted when it must be. */
void pl_textword_print(struct pl_buf *out, struct pl_str text);
/* " key=word"; nothing when the text is empty. */
void pl_textoption_print(struct pl_buf *out, const char *key,
                         struct pl_str text);
/* A space, then the text to the end of the line, quoted when it must be. */
void pl_textrest_print(struct pl_buf *out, struct pl_str text);

#endif
