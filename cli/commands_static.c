#include "cli/commands.h"

/* Those that need neither a network nor the search. */
const struct pl_command *const pl_commands[] = {
    &pl_cmd_check, &pl_cmd_completion, &pl_cmd_diff,     &pl_cmd_export,
    &pl_cmd_guard, &pl_cmd_help,       &pl_cmd_man,      &pl_cmd_preflight,
    &pl_cmd_rules, &pl_cmd_show,       &pl_cmd_snapshot, &pl_cmd_templates,
    &pl_cmd_tree,  &pl_cmd_version,
};

const size_t pl_command_count = PL_COUNT(pl_commands);

const char *const pl_commands_elsewhere[] = {
    "cache", "fetch", "replay", "resolve", "schema", "why", NULL,
};

const struct pl_first_step pl_first_steps[] = {
    {"podlock preflight --before", "is this what pylock.toml was made for?"},
    {"podlock preflight --after", "is everything there, and torch as it was?"},
    {"podlock snapshot", "what is here, as a template"},
};

const size_t pl_first_step_count = PL_COUNT(pl_first_steps);
