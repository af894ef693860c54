/*
 * Inside of the requirements reader: shared by resolver/reqfile*.c only.
 *
 * A logical line is what pip would parse: physical lines joined at `\`, the
 * comment cut, ${VAR} replaced. It remembers where each of its bytes came
 * from, so that a parser works on offsets of the text and every error points
 * into the file. All of it lives in the arena of the inputs.
 *
 *     struct pl_reqreader reader = {.in = in, .source = source, ...};
 *     bool more;
 *     while (pl_reqreader_next(&reader, &line, &more, err) && more) ...
 *
 * Errors of parsers that know only `line.text` are moved into the file by
 * pl_reqline_locate. Values of variables may be secrets: no error shows one,
 * and the file's own line, which an error prints, holds only the name.
 */
#ifndef PODLOCK_RESOLVER_REQFILE_INTERNAL_H
#define PODLOCK_RESOLVER_REQFILE_INTERNAL_H

#include "core/map.h"
#include "core/toml.h"
#include "resolver/reqfile.h"

enum pl_reqkind {
    PL_REQKIND_REQUIREMENT,
    PL_REQKIND_CONSTRAINT,
    PL_REQKIND_OVERRIDE,
};

/* One file while it is read. */
struct pl_reqfile {
    struct pl_inputs *in;
    enum pl_reqkind kind;
    const struct pl_source *source;
    bool standard_only; /* pyproject.toml: PEP 508 without pip's additions */
    PL_VEC(struct pl_str) hashes; /* --hash of the line at hand */
};

/* Bytes [at, at + len) of a line's text, from bytes [from, to) of the file. */
struct pl_reqpiece {
    uint32_t at, len;
    uint32_t from, to;
    bool replaced; /* not the file's own bytes: a variable, an escape */
};

struct pl_reqline {
    const struct pl_source *source;
    struct pl_str text;    /* trimmed; empty for a blank line or a comment */
    struct pl_str comment; /* a line of its own: from the '#' or before */
    uint32_t number;       /* of the first physical line, from 1 */
    const struct pl_reqpiece *pieces; /* in order, covering the text */
    size_t piece_count;
};

struct pl_reqreader {
    struct pl_inputs *in;
    const struct pl_source *source;
    struct pl_str rest;
    uint32_t number; /* of physical lines read */
};

/* ---- reqfile_line.c ---- */

PL_MUST_CHECK bool pl_reqreader_next(struct pl_reqreader *reader,
                                     struct pl_reqline *out, bool *more,
                                     struct pl_error *err);
/* Bytes [begin, end) of the text, as a place in the file. */
struct pl_span pl_reqline_span(const struct pl_reqline *line, size_t begin,
                               size_t end);
struct pl_span pl_reqline_span_of(const struct pl_reqline *line,
                                  struct pl_str view);
/* Moves an error about text[base...] into the file; returns false. */
bool pl_reqline_locate(const struct pl_reqline *line, size_t base,
                       struct pl_error *err);
/* Takes the values of variables out of an error's texts; returns false. */
bool pl_reqline_hide(const struct pl_reqline *line, struct pl_error *err);
/* "NAME" when a reference ${NAME} stands there, else empty. */
struct pl_str pl_reqline_variable_at(struct pl_str text, size_t at);

/* ---- reqfile.c ---- */

/* Reads a file of one kind; `span` is where it was asked for, if anywhere. */
PL_MUST_CHECK bool pl_reqfile_read(struct pl_inputs *in, enum pl_reqkind kind,
                                   struct pl_str path, struct pl_span span,
                                   struct pl_error *err);
/* Errors: PL_ERR_LIMIT. */
PL_MUST_CHECK bool pl_reqfile_push(struct pl_reqfile *file,
                                   const struct pl_asked *asked,
                                   struct pl_error *err);
void pl_reqfile_warn(struct pl_inputs *in, struct pl_span span,
                     const char *format, ...) PL_PRINTF(3, 4);
/* The path that `name` means in this file. */
struct pl_str pl_reqfile_beside(const struct pl_reqfile *file,
                                struct pl_str name);

/* ---- reqfile_pip.c, reqfile_option.c ---- */

PL_MUST_CHECK bool pl_reqfile_read_pip(struct pl_reqfile *file,
                                       struct pl_error *err);
/* Where the options of a line begin: after white space, at a '-'. */
size_t pl_reqoption_begin(struct pl_str text);
/* Applies the options in text[from...]; `alone`: no requirement before. */
PL_MUST_CHECK bool pl_reqoption_apply(struct pl_reqfile *file,
                                      const struct pl_reqline *line,
                                      size_t from, bool alone,
                                      struct pl_error *err);

/* ---- reqfile_entry.c ---- */

/* A requirement in any of pip's forms; `text` is a view of line->text. */
PL_MUST_CHECK bool pl_reqfile_parse_entry(struct pl_reqfile *file,
                                          const struct pl_reqline *line,
                                          struct pl_str text,
                                          struct pl_asked *out,
                                          struct pl_error *err);

/* ---- reqfile_location.c ---- */

/* An entry that begins with a path or URL instead of a name? */
bool pl_reqlocation_is(struct pl_str text);
/* A wheel's URL or path by itself: name and version from the file name. */
PL_MUST_CHECK bool pl_reqlocation_parse(struct pl_reqfile *file,
                                        const struct pl_reqline *line,
                                        struct pl_str text,
                                        struct pl_requirement *out,
                                        struct pl_error *err);
/* `location` of out->url is a wheel of that project; sets url and hashes. */
PL_MUST_CHECK bool pl_reqlocation_check(struct pl_reqfile *file,
                                        const struct pl_reqline *line,
                                        struct pl_str location,
                                        struct pl_requirement *out,
                                        struct pl_error *err);

/* ---- reqfile_mistake.c, reqfile_version_mistake.c ---- */

/*
 * Explains what a parser refused, where it is a common mistake: replaces the
 * error. Spans stay relative to the text. Returns false.
 */
bool pl_reqmistake_explain(struct pl_str text, struct pl_error *err);
/* The same for what follows the name; true when it found something. */
bool pl_reqmistake_version(struct pl_str text, struct pl_error *err);
bool pl_reqmistake_is_marker_variable(struct pl_str word);

/* ---- reqfile_pyproject.c, reqfile_names.c, reqfile_group.c ---- */

/* A table whose keys are names: extras or groups. */
struct pl_pynames {
    const struct pl_toml_node *table; /* NULL: none */
    struct pl_map members;            /* normalised name -> node */
    struct pl_map again;              /* of names that occur twice */
    struct pl_map done;               /* names read, without a marker */
    PL_VEC(struct pl_str) stack;      /* names being read */
};

struct pl_pyproject {
    struct pl_reqfile *file;
    const struct pl_toml_node *project; /* NULL: none */
    struct pl_pynames extras, groups;
    struct pl_str name; /* normalised; may be empty */
    PL_VEC(uint32_t) line_starts;
    uint32_t expansions;
};

PL_MUST_CHECK bool pl_reqfile_read_pyproject(struct pl_reqfile *file,
                                             struct pl_error *err);
/* A requirement; `marker` holds for it besides its own, or is empty. */
PL_MUST_CHECK bool pl_pyproject_add(struct pl_pyproject *p,
                                    const struct pl_toml_node *node,
                                    struct pl_str marker, struct pl_error *err);
void pl_pynames_init(struct pl_pynames *names, struct pl_arena *arena,
                     const struct pl_toml_node *table);
/*
 * The member with a normalised name; *out is NULL when there is none. Two
 * that normalise to it are an error; `what` is "extra" or "group".
 */
PL_MUST_CHECK bool pl_pynames_find(const struct pl_pynames *names,
                                   const char *what, struct pl_str name,
                                   const struct pl_toml_node **out,
                                   struct pl_error *err);
/* "it has a, b and c", for a hint. */
bool pl_pynames_hint(const struct pl_pynames *names, struct pl_error *err);
PL_MUST_CHECK bool pl_pyproject_add_group(struct pl_pyproject *p,
                                          struct pl_str name,
                                          struct pl_span span,
                                          struct pl_error *err);

/*
 * "requirements.in:2". It enters locks, so an absolute path, which is one of
 * this machine, is cut to its last part.
 */
struct pl_str pl_reqfile_place(const struct pl_reqfile *file, uint32_t line);

#endif
