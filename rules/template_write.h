/*
 * Writing a template: the TOML of docs/template-format.md.
 *
 * The layout is that of the shipped templates: keys in the order of the
 * format, packages by name, lists of more than one string a line each but for
 * `requires`. What a template does not say has no line. The same template
 * gives the same bytes, and reading them gives the same template, but for the
 * places and the digest of its text:
 *
 *     PL_BUF(out, PL_MAX_OUTPUT_BYTES);
 *     pl_template_write(&template, &out);
 *     if (!pl_buf_ok(&out)) ...
 *
 * Foreign strings are escaped, and secrets of URLs come out as *** (core/
 * escape.h). Two facts of a file are not in struct pl_template and so not
 * written: image-digests and image-pattern.
 */
#ifndef PODLOCK_RULES_TEMPLATE_WRITE_H
#define PODLOCK_RULES_TEMPLATE_WRITE_H

#include "core/buf.h"
#include "rules/template.h"

void pl_template_write(const struct pl_template *t, struct pl_buf *out);
/* "locked", "keep", "os": as the format has them. */
const char *pl_protect_name(enum pl_protect protect);

#endif
