/*
 * The words of a diff that text and Markdown share.
 *
 * All are plain and unescaped: who shows them escapes the whole.
 */
#ifndef PODLOCK_CLI_DIFF_WORDS_H
#define PODLOCK_CLI_DIFF_WORDS_H

#include "cli/diff_input.h"

/* A diff and where it came from, as the writers take it. */
struct pl_diff_view {
    struct pl_arena *arena;
    const struct pl_diff_input *old, *new;
    const struct pl_diff *diff;
    bool all; /* nothing is folded */
};

/*
 * The first line: "torch changes: 2.8.0+cu128 -> 2.9.1+cu128; 3 upgraded,
 * +12.0 MB". `*alarm`: something has the same version and other contents.
 */
struct pl_str pl_diff_verdict(const struct pl_diff_view *view, bool *alarm);
/* A file of the same name with another hash, or another commit or folder. */
bool pl_diff_is_alarm(const struct pl_diff_change *change);
/* Only who asks for what, what it depends on, or a sum; and how many are so. */
bool pl_diff_is_quiet(const struct pl_diff_change *change);
size_t pl_diff_count_quiet(const struct pl_diff *diff);
/*
 * Reasons that explain much at once ("another template"): told here, and not
 * beside each change, unless all are wanted.
 */
struct pl_strs pl_diff_common_reasons(const struct pl_diff_view *view);
/* "torch, CUDA", "Other files changed, version not" ... */
const char *pl_diff_group_title(enum pl_diff_group group);
/* Is it one that a reviewer must not overlook? */
bool pl_diff_group_matters(enum pl_diff_group group);
/* "1.0 -> 2.0", "2.0", "2.32.3, another file"; may be empty. */
struct pl_str pl_diff_versions(struct pl_arena *arena,
                               const struct pl_diff_change *change);
/* "+1.2 MB"; empty: not known, or, unless `all`, too little to matter. */
struct pl_str pl_diff_delta(struct pl_arena *arena,
                            const struct pl_diff_change *change, bool all);
/*
 * The sentences below a change: what of files, values and rules differs, and
 * why. At most three of each kind unless `all`; the last one then says how
 * many more there are.
 */
struct pl_strs pl_diff_sentences(struct pl_arena *arena,
                                 const struct pl_diff_change *change, bool all);
/* "40 packages, 1.0 MB -> 41 packages, 1.2 MB". */
struct pl_str pl_diff_totals(const struct pl_diff_view *view);

#endif
