/*
 * The options of `podlock preflight` as a plain struct: its table is in
 * cli/cmd_preflight.c. Texts are raw; the lock is the command's argument.
 */
#ifndef PODLOCK_CLI_PREFLIGHT_OPTIONS_H
#define PODLOCK_CLI_PREFLIGHT_OPTIONS_H

#include "cli/options.h"

struct pl_preflight_options {
    struct pl_str root;   /* of a container; empty: "/" */
    struct pl_str python; /* which one; empty: the one with torch */
    bool before, after;   /* neither: find out */
    bool deep;            /* hash files too */
    bool script;          /* print a Python script instead */
    bool no_progress;
    struct pl_str dockerfile;      /* empty: a container is looked at */
    struct pl_str template_wanted; /* ID, FILE or IMAGE */
    struct pl_strs ignore;         /* ids of rules */
    bool fix;                      /* a Dockerfile's corrections */
    struct pl_str index_root;      /* DIR or URL; empty: no index is asked */
    unsigned format;               /* enum pl_findings_format */
};

#endif
