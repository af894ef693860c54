/*
 * A Python script that looks whether a lock's packages work, for the user to
 * run: podlock itself runs nothing.
 *
 *     PL_BUF(out, PL_MAX_OUTPUT_BYTES);
 *     pl_preflight_script(&lock, template, &out);
 *
 * It imports each distribution of the lock by the names that its RECORD or
 * top_level.txt has, compares versions as importlib.metadata tells them, asks
 * torch for its CUDA and GPU, and moves an array through numpy and torch. It
 * needs Python 3.8 and nothing else, prints a line a failure and a summary, and
 * exits with 1 when there was one; `--no-gpu` is for building an image.
 *
 * The same lock and template give the same bytes. Every string of theirs is a
 * literal of ASCII, whatever it holds.
 */
#ifndef PODLOCK_CONTAINER_PREFLIGHT_SCRIPT_H
#define PODLOCK_CONTAINER_PREFLIGHT_SCRIPT_H

#include "core/buf.h"
#include "lockfmt/lock.h"
#include "rules/template.h"

/* `template` may be NULL: then only what the lock relies on is known. */
void pl_preflight_script(const struct pl_lock *lock,
                         const struct pl_template *template,
                         struct pl_buf *out);

#endif
