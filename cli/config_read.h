/*
 * What is common to the readers of podlock.toml (cli/config.h).
 */
#ifndef PODLOCK_CLI_CONFIG_READ_H
#define PODLOCK_CLI_CONFIG_READ_H

#include "cli/config.h"
#include "core/toml.h"

struct pl_config_reader {
    struct pl_arena *arena;
    const struct pl_source *source;
    struct pl_str dir; /* put before relative paths */
    struct pl_error *err;
};

/* An option's value from its key's node. Errors: PL_ERR_INPUT. */
PL_MUST_CHECK bool pl_config_read_value(const struct pl_config_reader *r,
                                        const struct pl_option *option,
                                        const struct pl_toml_node *node,
                                        struct pl_config_value *out);
/* Stores it in the options. */
void pl_config_put(const struct pl_config_value *value,
                   struct pl_resolve_options *options);
/* A text that is not empty and has no control characters; copied. */
PL_MUST_CHECK bool pl_config_read_text(const struct pl_config_reader *r,
                                       const struct pl_toml_node *node,
                                       struct pl_str key, struct pl_str *out);
/* An array of such texts. */
PL_MUST_CHECK bool pl_config_read_texts(const struct pl_config_reader *r,
                                        const struct pl_toml_node *node,
                                        struct pl_str key, struct pl_strs *out);
/* "`key` takes WANTS, not a string", at the value; returns false. */
bool pl_config_wrong_type(const struct pl_config_reader *r,
                          const struct pl_toml_node *node, struct pl_str key,
                          const char *wants);
/* "podlock.toml:4" */
struct pl_str pl_config_origin(const struct pl_config_reader *r,
                               struct pl_span span);

#endif
