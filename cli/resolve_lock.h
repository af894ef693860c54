/*
 * From a solution to the model of a lock (lockfmt/lock.h).
 */
#ifndef PODLOCK_CLI_RESOLVE_LOCK_H
#define PODLOCK_CLI_RESOLVE_LOCK_H

#include "cli/resolve_options.h"
#include "cli/resolve_setup.h"
#include "lockfmt/lock.h"
#include "resolver/solution.h"

/* Errors: PL_ERR_INDEX; see pl_file_complete. */
PL_MUST_CHECK bool pl_resolve_lock(const struct pl_setup *setup,
                                   const struct pl_resolve_options *options,
                                   const struct pl_solution *solution,
                                   struct pl_lock *out, struct pl_error *err);

/*
 * The words after "podlock resolve" that give this answer: the files, the
 * template by its id and every option with a part in the answer, without
 * folders that begin with "/" and without user names and passwords.
 */
struct pl_strs pl_resolve_arguments(const struct pl_setup *setup,
                                    const struct pl_resolve_options *options);
/* Those of them that name indexes, of any options. */
struct pl_strs pl_resolve_index_words(struct pl_arena *arena,
                                      const struct pl_resolve_options *options);
/* A file of an index as a lock has it. */
struct pl_lock_file pl_resolve_file(const struct pl_file *file);
/* A path as a lock may hold it: an absolute one is cut to its last part. */
struct pl_str pl_resolve_portable(struct pl_str path);
/* The same of an input, which is no option even if it begins with '-'. */
struct pl_str pl_resolve_input_name(struct pl_arena *arena, struct pl_str path);

/* Warnings for people, in a fixed order: sources, extras, the template. */
typedef PL_VEC(struct pl_str) pl_warning_vec;
void pl_resolve_warnings(const struct pl_setup *setup,
                         const struct pl_solution *solution,
                         pl_warning_vec *out);

/* Bytes of locked facts the answer relies on; *unknown counts the others. */
uint64_t pl_resolve_saved(const struct pl_solution *solution, size_t *unknown);

#endif
