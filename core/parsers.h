/*
 * The parsers of JSON and TOML, behind one door.
 *
 * They are C++ (core/shim/), and loading what that needs takes as long as a
 * third of a warm run. So they stand in libpodlock-parsers.so, which the
 * program opens when there is something to parse: core/parsers_open.c has the
 * functions of core/json.h and pl_toml_parse_full, and passes calls on through
 * this table. Tests and tools link the parsers themselves.
 */
#ifndef PODLOCK_CORE_PARSERS_H
#define PODLOCK_CORE_PARSERS_H

#include "core/json.h"
#include "core/toml_plain.h"

/* Grows with each change of a structure that both sides know. */
#define PL_PARSERS_VERSION 2
#define PL_PARSERS_TABLE "pl_parsers_table"

struct pl_parsers {
    uint32_t version;
    bool (*json_parse)(struct pl_str, struct pl_json **, struct pl_error *);
    void (*json_destroy)(struct pl_json *);
    struct pl_json_value (*json_root)(const struct pl_json *);
    enum pl_json_type (*json_type)(struct pl_json_value);
    bool (*json_get)(struct pl_json_value, const char *,
                     struct pl_json_value *);
    bool (*json_str)(struct pl_json_value, struct pl_str *);
    bool (*json_bool)(struct pl_json_value, bool *);
    bool (*json_u64)(struct pl_json_value, uint64_t *);
    bool (*json_get_str)(struct pl_json_value, const char *, struct pl_str *);
    struct pl_json_iter (*json_items)(struct pl_json_value);
    bool (*json_next)(struct pl_json_iter *, struct pl_str *,
                      struct pl_json_value *);
    bool (*toml_parse)(const struct pl_source *, struct pl_toml **,
                       struct pl_error *);
};

#endif
