/*
 * The commands there are. Each stands in a file of its own; a new one is
 * declared here and listed, sorted by name, in commands.c.
 */
#ifndef PODLOCK_CLI_COMMANDS_H
#define PODLOCK_CLI_COMMANDS_H

#include "cli/cli.h"

extern const struct pl_command pl_cmd_cache;
extern const struct pl_command pl_cmd_check;
extern const struct pl_command pl_cmd_completion;
extern const struct pl_command pl_cmd_diff;
extern const struct pl_command pl_cmd_export;
extern const struct pl_command pl_cmd_fetch;
extern const struct pl_command pl_cmd_guard;
extern const struct pl_command pl_cmd_help;
extern const struct pl_command pl_cmd_man;
extern const struct pl_command pl_cmd_preflight;
extern const struct pl_command pl_cmd_replay;
extern const struct pl_command pl_cmd_resolve;
extern const struct pl_command pl_cmd_rules;
extern const struct pl_command pl_cmd_schema;
extern const struct pl_command pl_cmd_show;
extern const struct pl_command pl_cmd_snapshot;
extern const struct pl_command pl_cmd_templates;
extern const struct pl_command pl_cmd_templates_fit;
extern const struct pl_command pl_cmd_tree;
extern const struct pl_command pl_cmd_version;
extern const struct pl_command pl_cmd_why;

#endif
