/*
 * What reading and writing the problem text share: its words for modes and
 * levels, and the parts of the reader (problem_text_read.c has its lines,
 * problem_text_index.c those below `project`).
 */
#ifndef PODLOCK_RESOLVER_PROBLEM_TEXT_INTERNAL_H
#define PODLOCK_RESOLVER_PROBLEM_TEXT_INTERNAL_H

#include "resolver/problem_text.h"
#include "resolver/textline.h"

#define PL_PROBLEM_TEXT_FIRST_LINE "podlock-problem 1"
/* Where pages and files are when the text does not say. */
#define PL_PROBLEM_TEXT_INDEX "https://index.invalid/simple/"

typedef PL_VEC(struct pl_requirement) pl_requirement_vec;

/* A file of the page being read, and what is known of its metadata. */
struct pl_text_file {
    struct pl_file file;
    struct pl_file_details details; /* the file's, in the end */
    bool unread;
    bool unusable;
    struct pl_str reason; /* of unusable */
    struct pl_metadata *metadata;
    pl_requirement_vec requires;
    PL_VEC(struct pl_str) extras;
};

typedef PL_VEC(struct pl_text_file) pl_text_file_vec;

struct pl_text_reader {
    struct pl_arena *arena;
    struct pl_error *err;
    struct pl_problem_text *out;
    struct pl_textreader lines;
    struct pl_textline line; /* the one at hand */
    struct pl_str python, glibc, arch;
    struct pl_template *template;
    PL_VEC(struct pl_asked) asked, constraints, overrides;
    pl_requirement_vec template_constraints;
    PL_VEC(const struct pl_abi_rule *) rules;
    PL_VEC(struct pl_fact) facts;
    /* What the indented lines that follow belong to; one of them is set. */
    struct pl_asked *asked_open; /* the last of its list */
    bool fact_open;
    pl_requirement_vec fact_requires;
    struct pl_page *page;
    pl_text_file_vec files;
};

/* Variables of markers that a text may set. */
struct pl_text_variable {
    const char *name;
    size_t offset; /* of a struct pl_str in struct pl_env */
};
extern const struct pl_text_variable pl_text_variables[];
extern const size_t pl_text_variable_count;

extern const char *const pl_text_prereleases[]; /* ends with NULL; so all */
extern const char *const pl_text_resolutions[];
extern const char *const pl_text_replaces[];
extern const char *const pl_text_protects[];

/* problem_text_read.c */
PL_MUST_CHECK bool pl_text_name(struct pl_text_reader *r, struct pl_str *out);
PL_MUST_CHECK bool pl_text_requirement(struct pl_text_reader *r, bool lenient,
                                       struct pl_requirement *out,
                                       struct pl_textword *word);
PL_MUST_CHECK bool pl_text_specifier(struct pl_text_reader *r,
                                     const struct pl_textword *word,
                                     struct pl_specifier *out);
PL_MUST_CHECK bool pl_text_version(struct pl_text_reader *r,
                                   const struct pl_textword *word,
                                   struct pl_version *out);
PL_MUST_CHECK bool pl_text_number(struct pl_text_reader *r,
                                  const struct pl_textword *word,
                                  uint64_t *out);
bool pl_text_unknown(struct pl_text_reader *r, struct pl_str word,
                     const char *what);

/* Where the index has a file when nothing is said of it. */
struct pl_str pl_text_default_url(struct pl_arena *arena,
                                  const struct pl_page *page,
                                  struct pl_str file_name);

/* problem_text_index.c: lines `project`, `absent`, and those below. */
PL_MUST_CHECK bool pl_text_read_project(struct pl_text_reader *r);
PL_MUST_CHECK bool pl_text_read_absent(struct pl_text_reader *r);
PL_MUST_CHECK bool pl_text_read_file(struct pl_text_reader *r);
PL_MUST_CHECK bool pl_text_read_metadata(struct pl_text_reader *r);
PL_MUST_CHECK bool pl_text_finish_project(struct pl_text_reader *r);

#endif
