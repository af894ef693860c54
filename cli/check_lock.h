/*
 * One lock of `podlock check`: what is wrong with it, as values.
 *
 * The lock's own words say what it was made from: its `arguments`, `inputs`
 * and template. A lock may come from a stranger, in a pull request, so these
 * words are read with care:
 *
 * - they must be as `podlock resolve` writes them, which excludes files and
 *   folders that begin with "/" and every option of one machine (--dump,
 *   --cert, --output-file ...);
 * - a file outside the working folder (..) is looked into only where its
 *   digest is the recorded one; a folder of rules outside never;
 * - the template is a shipped one of that id, or the one the caller names;
 * - nobody is asked: --fresh takes indexes from the command line alone.
 *
 * Inputs are looked for in the working folder, and beside the lock when they
 * are not there.
 */
#ifndef PODLOCK_CLI_CHECK_LOCK_H
#define PODLOCK_CLI_CHECK_LOCK_H

#include "cli/resolve_setup.h"
#include "lockfmt/lock_check.h"

struct pl_check {
    struct pl_str path;
    struct pl_lock lock;
    struct pl_lock_findings findings;
    struct pl_strs notes;  /* sentences; no reason to refuse it */
    struct pl_str folder;  /* where the inputs are; "." mostly */
    struct pl_str command; /* to lock again; for a shell */
    bool is_fresh;         /* resolving has given the same again */
    /* The question that the arguments are; not when they cannot be read. */
    bool is_asked;
    struct pl_resolve_options options;
    struct pl_strs files;
    struct pl_setup setup;
};

/*
 * `template` is what --template of the check says, or empty. Errors: those of
 * reading the lock and of reading what it was made from, where these files
 * are malformed.
 */
PL_MUST_CHECK bool pl_check_lock(struct pl_cli *cli, struct pl_str path,
                                 struct pl_str template, struct pl_check *out,
                                 struct pl_error *err);
/*
 * The working folder while `folder` is another; *back leads back. Errors:
 * PL_ERR_FILE.
 */
PL_MUST_CHECK bool pl_check_enter(struct pl_str folder, int *back,
                                  struct pl_error *err);
void pl_check_leave(int back);

#endif
