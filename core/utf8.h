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

#endif
