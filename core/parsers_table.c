/* The one symbol of libpodlock-parsers.so. */
#include "core/parsers.h"

extern const struct pl_parsers pl_parsers_table;

__attribute__((visibility("default")))
const struct pl_parsers pl_parsers_table = {
    .version = PL_PARSERS_VERSION,
    .json_parse = pl_json_parse,
    .json_destroy = pl_json_destroy,
    .json_root = pl_json_root,
    .json_type = pl_json_type,
    .json_get = pl_json_get,
    .json_str = pl_json_str,
    .json_bool = pl_json_bool,
    .json_u64 = pl_json_u64,
    .json_get_str = pl_json_get_str,
    .json_items = pl_json_items,
    .json_next = pl_json_next,
    .toml_parse = pl_toml_parse_full,
};
