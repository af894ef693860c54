/*
 * Reading TOML 1.0 as tools write it, and reading all of it.
 *
 * toml++ costs some 75 ns a byte, and loading it a millisecond. So the plain
 * reader tries first: keys without dots and escapes, strings of one line,
 * decimal integers, booleans, times with a zone, arrays, inline tables, headers
 * in the usual order, comments. Of such text it makes the very document that
 * the full reader makes, to the last place. Whatever else there is, and every
 * mistake, it leaves: it never refuses a text and has no errors of its own.
 *
 *     pl_toml_parse = pl_toml_parse_plain, or else pl_toml_parse_full
 *
 * Everything outside core/ and tests calls pl_toml_parse of core/toml.h, where
 * ownership and errors are told. The plain reader's time is linear in the text
 * but for headers beside many others, of which it looks at PL_TOML_PLAIN_LOOKS.
 *
 * Standard: https://toml.io/en/v1.0.0
 */
#ifndef PODLOCK_CORE_TOML_PLAIN_H
#define PODLOCK_CORE_TOML_PLAIN_H

#include "core/toml.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Together below PL_MAX_TOML_DEPTH: nothing too deep is read here. */
#define PL_TOML_PLAIN_STEPS 16 /* of one header */
#define PL_TOML_PLAIN_NEST 16  /* arrays and tables inline in one another */
#define PL_TOML_PLAIN_LOOKS 256

/* False: left to the other; nothing has been allocated. */
PL_MUST_CHECK bool pl_toml_parse_plain(const struct pl_source *source,
                                       struct pl_toml **out);
PL_MUST_CHECK bool pl_toml_parse_full(const struct pl_source *source,
                                      struct pl_toml **out,
                                      struct pl_error *err);

#ifdef __cplusplus
}
#endif

#endif
