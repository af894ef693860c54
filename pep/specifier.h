/*
 * PEP 440 version specifiers: a set of clauses that must all hold.
 *
 * `==2.8.0` matches 2.8.0+cu128; `==2.8.0+cu128` does not match 2.8.0.
 * `>1.0` matches neither 1.0+local nor 1.0.post1; `<1.0` matches no
 * pre-release of 1.0 itself unless it names one. `===` compares the text,
 * without case. pl_specifier_match does not exclude pre-releases: which of
 * them may be candidates is decided by the caller with
 * pl_specifier_names_prerelease (see RESOLVER in docs/).
 *
 *     struct pl_specifier s;
 *     if (!pl_specifier_parse(arena, PL_STR(">=1.26,<2.1"), &s, err)) ...
 *     if (pl_specifier_match(&s, &version)) ...
 *
 * https://packaging.python.org/en/latest/specifications/version-specifiers/
 */
#ifndef PODLOCK_PEP_SPECIFIER_H
#define PODLOCK_PEP_SPECIFIER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/buf.h"
#include "core/error.h"
#include "core/str.h"
#include "pep/version.h"

enum pl_specifier_op {
    PL_OP_EQ,       /* == */
    PL_OP_EQ_STAR,  /* ==1.2.* ; version holds 1.2 */
    PL_OP_NE,       /* != */
    PL_OP_NE_STAR,  /* !=1.2.* */
    PL_OP_LE,       /* <= */
    PL_OP_GE,       /* >= */
    PL_OP_LT,       /* < */
    PL_OP_GT,       /* > */
    PL_OP_COMPAT,   /* ~= */
    PL_OP_ARBITRARY /* === ; text holds the operand, version may be unset */
};

/*
 * Every operator but === asks whether the version without local label lies in
 * an interval of versions (!= asks that it does not). `low` and `span` are
 * that interval in keys; they are made by parsing and of no use to callers.
 */
struct pl_clause {
    uint64_t low, span; /* low <= key < low + span; span 0: not packed */
    enum pl_specifier_op op;
    struct pl_version version;
    struct pl_str text; /* the operand as written */
};

struct pl_specifier {
    struct pl_str text;              /* as written, trimmed */
    const struct pl_clause *clauses; /* in the order written */
    uint32_t count;                  /* 0: everything matches */
};

/*
 * Strict reading, which is that of `packaging`: empty text is the specifier
 * that matches everything, and empty places between commas are passed over.
 * The text is copied into the arena. Errors: PL_ERR_INPUT with the span within
 * `text`; PL_ERR_LIMIT above PL_MAX_SPECIFIER_BYTES.
 */
PL_MUST_CHECK bool pl_specifier_parse(struct pl_arena *arena,
                                      struct pl_str text,
                                      struct pl_specifier *out,
                                      struct pl_error *err);
/*
 * For metadata in the wild: besides what the strict form accepts, repairs what
 * uv repairs (`>=1.0.*`, `!=3.3*`, a missing comma, stray quotes, `>= '2.7'`
 * ...; the list stands in docs/differences.md). *repaired tells whether it did
 * and may be NULL; out->text stays what was written. What cannot be repaired
 * gives the error of the strict reading.
 */
PL_MUST_CHECK bool pl_specifier_parse_lenient(struct pl_arena *arena,
                                              struct pl_str text,
                                              struct pl_specifier *out,
                                              bool *repaired,
                                              struct pl_error *err);

bool pl_specifier_match(const struct pl_specifier *s,
                        const struct pl_version *v);
/* An operand of a clause other than != is itself a pre-release. */
bool pl_specifier_names_prerelease(const struct pl_specifier *s);
/* A `==` without wildcard, or a `===`, that this version meets. */
bool pl_specifier_pins(const struct pl_specifier *s,
                       const struct pl_version *v);
/* Clauses sorted, each once, versions normalised: "<2.1,>=1.26". */
void pl_specifier_print(const struct pl_specifier *s, struct pl_buf *out);

#endif
