#include "cli/commands.h"

const struct pl_command *const pl_commands[] = {
    &pl_cmd_cache,     &pl_cmd_check,     &pl_cmd_completion,
    &pl_cmd_diff,      &pl_cmd_export,    &pl_cmd_fetch,
    &pl_cmd_guard,     &pl_cmd_help,      &pl_cmd_man,
    &pl_cmd_preflight, &pl_cmd_replay,    &pl_cmd_resolve,
    &pl_cmd_rules,     &pl_cmd_schema,    &pl_cmd_show,
    &pl_cmd_snapshot,  &pl_cmd_templates, &pl_cmd_templates_fit,
    &pl_cmd_tree,      &pl_cmd_version,   &pl_cmd_why,
};

const size_t pl_command_count = PL_COUNT(pl_commands);

const char *const pl_commands_elsewhere[] = {NULL};

const struct pl_first_step pl_first_steps[] = {
    {"podlock templates", "which containers podlock knows"},
    {"podlock resolve requirements.in --template ID -o pylock.toml",
     "lock what that container lacks"},
    {"pip install --no-deps -r pylock.toml",
     "install it there (pip 26.1 or newer, or uv pip)"},
};

const size_t pl_first_step_count = PL_COUNT(pl_first_steps);
