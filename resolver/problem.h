/*
 * The complete question of one run: what is asked, what is there, what is
 * allowed, and what the index has answered so far.
 *
 * A problem starts with the direct inputs. gather.h adds projects and their
 * candidates as the search needs them; nothing is ever taken away but
 * candidates that turn out unusable. From here rightwards nothing touches the
 * network. problem_text.h writes and reads the whole of it as text.
 *
 * Everything lives in the arena of the run. Numbers of projects and demands
 * are those of their discovery; no answer depends on them.
 */
#ifndef PODLOCK_RESOLVER_PROBLEM_H
#define PODLOCK_RESOLVER_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/bits.h"
#include "core/map.h"
#include "core/str.h"
#include "core/vec.h"
#include "index/index.h"
#include "pep/env.h"
#include "pep/tags.h"
#include "resolver/reqfile.h"
#include "rules/abi.h"
#include "rules/template.h"
#include "rules/torch_family.h"

/* ---- what is allowed ---- */

enum pl_prerelease_mode {
    PL_PRERELEASE_IF_NECESSARY_OR_EXPLICIT, /* the default: both below */
    PL_PRERELEASE_IF_NECESSARY,             /* candidates below every final */
    PL_PRERELEASE_EXPLICIT, /* of projects whose input names one */
    PL_PRERELEASE_ALLOW,    /* ordinary versions */
    PL_PRERELEASE_DISALLOW,
};

enum pl_resolution {
    PL_RESOLUTION_HIGHEST,
    PL_RESOLUTION_LOWEST,
    PL_RESOLUTION_LOWEST_DIRECT, /* lowest of what the user names */
};

enum pl_replace_mode {
    PL_REPLACE_IF_NEEDED, /* as few preinstalled packages as possible */
    PL_REPLACE_FREELY,    /* newest versions come first */
    PL_REPLACE_NEVER,
};

struct pl_policy {
    enum pl_prerelease_mode prerelease;
    enum pl_resolution resolution;
    enum pl_replace_mode replace;
    struct pl_str exclude_newer; /* RFC 3339 UTC, exclusive; empty: none */
    struct pl_format_control no_binary, only_binary;
    bool no_deps;
    bool allow_replace_all;
    PL_VEC(struct pl_str) allow_replace; /* locked facts that may change */
    PL_VEC(struct pl_str) allow_break;   /* facts whose needs may fail */
    PL_VEC(struct pl_str) exclude;       /* names no requirement brings in */
    /*
     * Versions of an earlier answer, by name (const struct pl_version *). Each
     * is kept where it can be: it comes before newer ones, and packages that
     * keep theirs are decided before the others.
     */
    struct pl_map pins;
    PL_VEC(struct pl_str) upgrades; /* names decided before any pin is kept */
    uint32_t window; /* K of RESOLVER; 0: everything is loaded at once */
};

/* ---- what is there ---- */

enum pl_candidate_state {
    PL_CANDIDATE_UNREAD, /* taken to require nothing */
    PL_CANDIDATE_WANTED, /* its metadata has been asked for */
    PL_CANDIDATE_READ,
    PL_CANDIDATE_UNUSABLE /* its metadata cannot be used; see reason */
};

struct pl_demand;

/* The requirements of one extra of a candidate, or of none ("" first). */
struct pl_needs {
    struct pl_str extra;
    struct pl_demand *const *demands; /* in the order stated */
    size_t count;
    struct pl_needs *next;
};

struct pl_candidate {
    const struct pl_version *version;
    const struct pl_file *file; /* the best fitting one; NULL: a fact */
    const struct pl_fact *fact; /* it is preinstalled; else NULL */
    enum pl_candidate_state state;
    struct pl_str reason; /* of UNUSABLE */
    const struct pl_metadata *metadata;
    struct pl_needs *needs; /* READ: one for "", others when asked for */
};

/* Why a version that the index has is no candidate. */
enum pl_exclusion {
    PL_EXCLUDED_TAGS,   /* no wheel fits, and no sdist may be used */
    PL_EXCLUDED_WHEEL,  /* only wheels, and --no-binary */
    PL_EXCLUDED_PYTHON, /* Requires-Python */
    PL_EXCLUDED_YANKED,
    PL_EXCLUDED_NEWER, /* --exclude-newer */
    PL_EXCLUDED_PRERELEASE,
    PL_EXCLUDED_CONSTRAINT, /* -c, or the template's own */
    PL_EXCLUDED_SOURCE,     /* only an sdist, and --only-binary */
    PL_EXCLUDED_HASH,       /* no sha256 */
    PL_EXCLUDED_OTHER_HASH, /* a line lists hashes, and not this file's */
    PL_EXCLUDED_VARIANT,    /* another CUDA than the template's torch */
    PL_EXCLUDED_METADATA,   /* unusable; found while searching */
    PL_EXCLUSION_COUNT,
};

struct pl_excluded {
    const struct pl_version *version;
    enum pl_exclusion why;
};

enum pl_page_state {
    PL_PAGE_UNREAD,
    PL_PAGE_WANTED,
    PL_PAGE_READ,
    PL_PAGE_ABSENT, /* no index has the project */
};

struct pl_project {
    struct pl_str name;
    uint32_t number; /* in order of discovery */
    enum pl_page_state page_state;
    const struct pl_page *page;
    const struct pl_fact *fact; /* NULL: not preinstalled */
    /*
     * Of an earlier answer; once the page is read it is the first candidate's,
     * or NULL when it is none.
     */
    const struct pl_version *pin;
    size_t pin_place; /* among the candidates, were it none */
    /* In order of preference; the fact stands among them at its place. */
    struct pl_candidate *candidates;
    size_t candidate_count;
    /* One bit a candidate. */
    uint64_t *usable; /* unless its metadata has turned out unusable */
    uint64_t *loaded; /* it stands in the pool by itself, not in a run */
    PL_VEC(struct pl_excluded) excluded;
    PL_VEC(struct pl_demand *) demands; /* all that ask for it */
    PL_VEC(struct pl_str) extras;       /* all that are asked for */
    uint32_t window;                    /* versions to load per demand */
    uint32_t read_ahead;                /* versions to read next */
    bool is_direct;                     /* the user names it */
    bool is_upgraded;                   /* of pl_policy.upgrades */
    bool fact_barred; /* a constraint forbids the fact's version */
};

/*
 * One requirement, whoever states it: an opaque thing that candidates satisfy
 * or not. Equal requirements are one demand.
 */
struct pl_demand {
    struct pl_str text; /* "numpy[x]<2.1,>=1.26", also its key */
    struct pl_project *project;
    struct pl_str extra; /* one of the requirement's, or empty */
    const struct pl_specifier *specifier;
    bool of_fact; /* a fact's own: constraints do not bind facts for it */
    bool by_url;  /* `name @ URL`: nothing that an index lists meets it */
    uint32_t number;
    bool is_root;       /* the user's own */
    bool followed;      /* gather reads its best match */
    bool followed_fact; /* gather reads what the fact's extra needs */
    /* One bit a candidate of the project; NULL until its page is read. */
    uint64_t *matches;
};

/* Demands of the user: one for each extra of a line, or one for the name. */
struct pl_root {
    const struct pl_asked *asked;
    struct pl_demand *demand;
};

/*
 * Direct inputs that do not bind in this question: what is not true of them
 * is asked by nobody. They still say what may be a candidate at all (a pin
 * opens a yanked version), so that a question with fewer of them never has
 * fewer answers. An array may be NULL: none.
 *
 * With `exclusions` a version that is no candidate for any other reason than a
 * constraint is one all the same, and needs nothing; but for the projects and
 * reasons listed.
 */
struct pl_kept_exclusion {
    struct pl_str project;
    enum pl_exclusion why;
};

struct pl_lifted {
    bool *asked, *constraints; /* by position in the problem's lists */
    bool *facts;               /* in the template's: it need not be there */
    bool exclusions;
    PL_VEC(struct pl_kept_exclusion) kept_exclusions;
};

struct pl_problem {
    struct pl_arena *arena;
    struct pl_env env;
    const struct pl_tags *tags;
    const struct pl_template *template;     /* NULL: a bare Python */
    const struct pl_abi_rule *const *rules; /* those not ignored */
    size_t rule_count;
    const struct pl_torch_family *family;
    struct pl_policy policy;
    const struct pl_asked *asked; /* requirements, in the order given */
    size_t asked_count;
    const struct pl_asked *constraints;
    size_t constraint_count;
    const struct pl_asked *overrides;
    size_t override_count;
    struct pl_lifted lifted;
    uint64_t deadline_ns; /* of core/clock.h: no answer after it; 0: none */
    bool any_answer;      /* one is as good as another: only yes or no counts */
    bool is_unexplained;  /* only whether it can be met counts, not why not */

    /* Grown while searching. */
    PL_VEC(struct pl_root) roots;
    struct pl_map projects;   /* by name; entries in order of discovery */
    struct pl_map demands;    /* by text */
    struct pl_judged *judged; /* of candidates.c */
};

/*
 * Turns the direct inputs into roots and facts into projects. Everything that
 * the fields above say must be set. Errors: PL_ERR_INPUT for what cannot be
 * locked (a URL), with its place.
 */
PL_MUST_CHECK bool pl_problem_start(struct pl_problem *problem,
                                    struct pl_error *err);

/*
 * The same direct inputs with nothing read: a question beside this one, to be
 * changed and started; nothing in it is lifted. It shares what the inputs point
 * to, and lives in the arena given.
 */
struct pl_problem pl_problem_again(const struct pl_problem *problem,
                                   struct pl_arena *arena);

/* Errors: PL_ERR_LIMIT after the problem's deadline. */
PL_MUST_CHECK bool pl_problem_in_time(const struct pl_problem *problem,
                                      struct pl_error *err);

/* The project or demand of that name or text; made when it is new. */
struct pl_project *pl_problem_project(struct pl_problem *problem,
                                      struct pl_str name);
struct pl_demand *pl_problem_demand(struct pl_problem *problem,
                                    const struct pl_requirement *requirement,
                                    struct pl_str extra, bool of_fact);
size_t pl_problem_project_count(const struct pl_problem *problem);
struct pl_project *pl_problem_project_at(const struct pl_problem *problem,
                                         size_t number);

/* Satisfied by the candidate? Its page must have been read, or it a fact. */
bool pl_demand_matches(const struct pl_demand *demand, size_t candidate);
/* The same for a fact whose project may not have been read. */
bool pl_demand_matches_fact(const struct pl_demand *demand,
                            const struct pl_fact *fact);

/*
 * The requirements of a candidate for an extra ("" for none), markers
 * evaluated, overrides and exclusions applied. NULL while it is not read.
 */
const struct pl_needs *pl_candidate_needs(struct pl_problem *problem,
                                          struct pl_candidate *candidate,
                                          struct pl_str extra);

/* Does this reason not keep versions of the project out in this question? */
bool pl_exclusion_is_lifted(const struct pl_problem *problem,
                            struct pl_str project, enum pl_exclusion why);
/* Need the fact not be there in this question? */
bool pl_fact_is_lifted(const struct pl_problem *problem,
                       const struct pl_fact *fact);
/* Is the fact never replaced, whatever the answer costs? */
bool pl_fact_is_hard(const struct pl_problem *problem,
                     const struct pl_fact *fact);
/* The candidate that is the project's fact; its index, or SIZE_MAX. */
size_t pl_project_fact_index(const struct pl_project *project);
/* A version or its treat-as meets the specifier. */
bool pl_fact_meets(const struct pl_fact *fact,
                   const struct pl_specifier *specifier);

#endif
