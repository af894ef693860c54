/*
 * The options of `podlock resolve` as a plain struct.
 *
 * The table fills it; files to read are the command's arguments. Texts are
 * raw: who uses a name or a path checks it. Choices hold the numbers of the
 * enumerations named here; 0, the default, stands first in each.
 *
 * What a lock does by itself is known and refused with a hint, not ignored.
 */
#ifndef PODLOCK_CLI_RESOLVE_OPTIONS_H
#define PODLOCK_CLI_RESOLVE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "cli/options.h"
#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/source.h"
#include "resolver/problem.h"

enum pl_output_format {
    PL_OUTPUT_AUTO, /* by the output's name; else pylock.toml */
    PL_OUTPUT_PYLOCK,
    PL_OUTPUT_REQUIREMENTS,
    PL_OUTPUT_CONSTRAINTS,
    PL_OUTPUT_JSON,
};

enum pl_annotation_style { PL_ANNOTATION_SPLIT, PL_ANNOTATION_LINE };

/* A rule that podlock.toml lifts. */
struct pl_ignored_rule {
    struct pl_str id, reason;
    struct pl_span span; /* of the id */
};

struct pl_ignored_vec {
    struct pl_ignored_rule *at;
    size_t len, cap;
};

struct pl_resolve_options {
    /* what to lock */
    struct pl_strs constraints, overrides, excludes;
    struct pl_strs extras, groups;
    bool all_extras, no_deps;
    /* for which container */
    struct pl_str template_wanted; /* ID, FILE, IMAGE or "none" */
    struct pl_str python_version, python_platform, torch_backend;
    /* which versions */
    unsigned resolution; /* enum pl_resolution */
    unsigned prerelease; /* enum pl_prerelease_mode */
    struct pl_str exclude_newer;
    struct pl_strs no_binary, only_binary;
    struct pl_str max_download;
    /* what is preinstalled */
    unsigned replace; /* enum pl_replace_mode */
    struct pl_strs allow_replace, allow_break;
    /* rules */
    struct pl_strs ignore_rules; /* ids, or "all" */
    struct pl_str rules_dir;
    /* index: cli/resolve_index.h makes a plan of it */
    struct pl_str index_root, index_url, torch_index_url;
    struct pl_strs extra_index_urls, find_links;
    bool no_index;
    unsigned index_strategy; /* enum pl_index_strategy */
    /* network and cache */
    bool offline, no_cache, refresh;
    struct pl_strs refresh_packages, insecure_hosts;
    struct pl_str cert, cache_dir;
    /* what is locked already */
    bool upgrade;
    struct pl_strs upgrade_packages; /* NAME or NAME==V */
    /* output */
    struct pl_str output_file; /* empty or "-": standard output */
    unsigned format;           /* enum pl_output_format */
    unsigned annotation_style; /* enum pl_annotation_style */
    bool no_annotate, no_header, dry_run, check, no_progress;
    bool no_repairs;
    struct pl_str repair_time; /* seconds; empty: as it is by default */
    /* to find defects */
    struct pl_str dump_dir;
    struct pl_str window; /* a number; empty: as it is by default */
    /* podlock.toml or [tool.podlock] */
    struct pl_str config; /* empty: what is found */
    struct pl_str lock;   /* of [lock.NAME]; empty: all */
    bool no_config;
    /* Not of the table: what cli/config.h finds in that file. */
    struct pl_str config_template; /* a requirements file's goes first */
    struct pl_str config_origin;   /* "podlock.toml:4", of that template */
    struct pl_ignored_vec ignored_rules; /* why; empty: not from there */
};

#define PL_RESOLVE_OPTION_COUNT 59
extern const struct pl_option pl_resolve_option_table[PL_RESOLVE_OPTION_COUNT];

/*
 * First in the table stand the options that name the container; then those
 * that other commands with the same question take too (pl_command.shared),
 * from --constraint to --lock.
 */
#define PL_RESOLVE_TARGET_COUNT 4
#define PL_RESOLVE_SHARED_COUNT 39

/* Of these the ones that `podlock check` takes: --index-url to --lock. */
#define PL_RESOLVE_INDEX_FIRST 23
#define PL_RESOLVE_INDEX_COUNT 20

#define PL_DEFAULT_WINDOW 4

/*
 * What the options say about the search, checked: names normalised, the
 * moment of --exclude-newer as RFC 3339 in UTC (a duration counts back from
 * `now`). *max_download is UINT64_MAX when there is no bound. Errors:
 * PL_ERR_USAGE.
 */
PL_MUST_CHECK bool pl_resolve_policy(struct pl_arena *arena,
                                     const struct pl_resolve_options *options,
                                     time_t now, struct pl_policy *policy,
                                     uint64_t *max_download,
                                     struct pl_error *err);

/*
 * The format that is to be written: --format, else by the output's name:
 * pylock.toml for .toml, requirements.txt for .txt, JSON for .json, and
 * pylock.toml without a name. Errors: PL_ERR_USAGE for another ending.
 */
PL_MUST_CHECK bool pl_resolve_format(const struct pl_resolve_options *options,
                                     enum pl_output_format *out,
                                     struct pl_error *err);

#endif
