/*
 * The two sides of a diff: files, or files as git has them at a revision.
 *
 *     podlock diff                       HEAD:./pylock.toml   pylock.toml
 *     podlock diff LOCK                  HEAD:./LOCK          LOCK
 *     podlock diff REV                   REV:./pylock.toml    pylock.toml
 *     podlock diff OLD NEW               each a file, REV or REV:PATH
 *     podlock diff REV [REV] -- LOCK     that file
 *     podlock diff HEAD :                what is added to the index
 *
 * A word is a file when one of that name exists, when it is "-", or when it
 * ends as a lock does; a revision without a path takes that of the other side.
 *
 * An OLD that its revision does not have yet is empty, which is said.
 *
 * Beside a lock its inputs are read, from the same revision: only those whose
 * SHA-256 the lock states, so that a lock cannot make other files be shown.
 */
#ifndef PODLOCK_CLI_DIFF_INPUT_H
#define PODLOCK_CLI_DIFF_INPUT_H

#include "cli/cli.h"
#include "cli/git_file.h"
#include "lockfmt/lock_diff.h"

struct pl_diff_input {
    struct pl_str path;          /* of a file; empty: of git */
    struct pl_git_object object; /* of git */
    struct pl_str label;         /* for people: as the user wrote it */
    struct pl_lock lock;
    bool is_pins; /* of requirements.txt or `pip freeze` */
    bool is_bare; /* of the latter */
    bool has_facts;
    struct pl_template facts;
};

/*
 * Reads both, shows warnings, finds what there is to know of templates and
 * inputs. `*given` points into `inputs`, which must outlive it. Errors: those
 * of reading, and PL_ERR_USAGE.
 */
PL_MUST_CHECK bool pl_diff_read(struct pl_cli *cli,
                                struct pl_diff_input inputs[2],
                                struct pl_diff_given *given,
                                struct pl_error *err);

#endif
