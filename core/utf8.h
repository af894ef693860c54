/*
 * UTF-8, one code point at a time.
 *
 * Standard: https://www.rfc-editor.org/rfc/rfc3629 (no overlong forms, no
 * surrogates, nothing above U+10FFFF).
 *
 *     struct pl_str rest = text;
 *     uint32_t code;
 *     while (rest.len && pl_utf8_take(&rest, &code)) ...
 */
#ifndef PODLOCK_CORE_UTF8_H
#define PODLOCK_CORE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"

/*
 * Takes the first code point off a text that is not empty. Where the bytes
 * are not UTF-8, takes a single byte, gives its value and returns false.
 */
bool pl_utf8_take(struct pl_str *rest, uint32_t *code);
/* The offset of the first byte that is not UTF-8, or s.len. */
size_t pl_utf8_invalid_at(struct pl_str s);

/*
 * How many columns of a terminal the text takes, whatever the locale: one for
 * each code point, none for those that combine with the letter before, two for
 * the blocks of East Asian scripts and emoji. By blocks: a few characters, and
 * scripts that join their letters, are another width on some terminals.
 * https://www.unicode.org/reports/tr11/
 */
size_t pl_utf8_width(struct pl_str s);
/* Its beginning of at most so many columns, by whole code points. */
struct pl_str pl_utf8_cut(struct pl_str s, size_t columns);

#endif
