/*
 * A TOML document parsed at build time.
 *
 * A text that is built into the program is parsed while building: pl_toml_pack
 * writes down its nodes and their places, and pl_toml_unpack makes the same
 * document of them again, some eighty times faster than toml++ parses. The
 * packed bytes belong to exactly one text and one version of this code: they
 * are never written to a file that outlives a build, and never read from
 * outside.
 *
 * The format: a byte of type and marks, then variable-length numbers; places as
 * differences to the one before; strings that stand in the text unescaped are
 * not repeated.
 */
#ifndef PODLOCK_CORE_TOML_PACKED_H
#define PODLOCK_CORE_TOML_PACKED_H

#include "core/buf.h"
#include "core/source.h"
#include "core/str.h"
#include "core/toml.h"

void pl_toml_pack(const struct pl_toml *doc, struct pl_buf *out);
/*
 * `packed` must come from pl_toml_pack of this very text, and both must
 * outlive the document. Release it with pl_toml_destroy.
 */
struct pl_toml *pl_toml_unpack(const struct pl_source *source,
                               struct pl_str packed);

#endif
