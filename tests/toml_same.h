/*
 * Are two TOML documents the same, places and all?
 *
 * NULL, or the node of the first one at which they differ; *nodes grows by the
 * number of nodes that were looked at. Both must be of one source.
 */
#ifndef PODLOCK_TESTS_TOML_SAME_H
#define PODLOCK_TESTS_TOML_SAME_H

#include "core/toml.h"

static inline bool same_span(struct pl_span a, struct pl_span b)
{
    return a.source == b.source && a.begin == b.begin && a.end == b.end;
}

static inline bool same_value(const struct pl_toml_node *a,
                              const struct pl_toml_node *b)
{
    struct pl_str text_a = {0}, text_b = {0};
    int64_t int_a = 0, int_b = 0;
    bool bool_a = false, bool_b = false;
    return pl_toml_str(a, &text_a) == pl_toml_str(b, &text_b) &&
           pl_str_eq(text_a, text_b) &&
           pl_toml_int(a, &int_a) == pl_toml_int(b, &int_b) && int_a == int_b &&
           pl_toml_bool(a, &bool_a) == pl_toml_bool(b, &bool_b) &&
           bool_a == bool_b && pl_str_eq(pl_toml_text(a), pl_toml_text(b));
}

static inline const struct pl_toml_node *
toml_difference(const struct pl_toml_node *a, const struct pl_toml_node *b,
                size_t *nodes)
{
    ++*nodes;
    if (pl_toml_type(a) != pl_toml_type(b) ||
        !same_span(pl_toml_span(a), pl_toml_span(b)) ||
        !same_span(pl_toml_key_span(a), pl_toml_key_span(b)) ||
        !pl_str_eq(pl_toml_key(a), pl_toml_key(b)) || !same_value(a, b) ||
        pl_toml_count(a) != pl_toml_count(b))
        return a;
    for (size_t i = 0; i < pl_toml_count(a); i++) {
        const struct pl_toml_node *differs =
            toml_difference(pl_toml_at(a, i), pl_toml_at(b, i), nodes);
        if (differs)
            return differs;
    }
    return NULL;
}

#endif
