/*
 * URLs as an index writes them: joined, cleaned, decoded.
 *
 * Standard: https://www.rfc-editor.org/rfc/rfc3986 (section 5 for joining).
 *
 * Only http and https URLs with a plain host come out of here, at most
 * PL_MAX_URL_BYTES long. A user name and password are left out of every
 * result: podlock keeps credentials by host, never in a URL that could be
 * printed. Bytes that no URL may hold (controls, spaces, non-ASCII, quotes)
 * come out percent-encoded; existing escapes stay as they are. Results live in
 * the arena of the call.
 *
 *     struct pl_str url;
 *     if (!pl_url_join(arena, page_url, PL_STR("../f/a-1.whl"), &url, err))
 *
 * It does not normalise case or escapes: two spellings of a URL stay two.
 */
#ifndef PODLOCK_INDEX_URL_H
#define PODLOCK_INDEX_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/str.h"

/* A reference taken apart; all views into it, delimiters left out. */
struct pl_url {
    struct pl_str scheme, authority, path, query, fragment;
    bool has_scheme, has_authority, has_query, has_fragment;
};

/* Any text can be taken apart; nothing is checked. */
struct pl_url pl_url_split(struct pl_str text);

/*
 * The absolute URL that `reference` means beside `base`, without a fragment.
 * Errors: PL_ERR_INDEX (not http or https, no host, too long).
 */
PL_MUST_CHECK bool pl_url_join(struct pl_arena *arena, struct pl_str base,
                               struct pl_str reference, struct pl_str *out,
                               struct pl_error *err);
/* An absolute URL alone: checked and cleaned. */
PL_MUST_CHECK bool pl_url_clean(struct pl_arena *arena, struct pl_str url,
                                struct pl_str *out, struct pl_error *err);

/*
 * The host of an authority without a user, and its port: 0 when none is
 * stated. False: not a plain host name, IPv4 or [IPv6] address, or no port.
 */
bool pl_url_host(struct pl_str authority, struct pl_str *host, uint16_t *port);
/* The text with %XX decoded, once; what is no escape stays as it is. */
struct pl_str pl_url_decode(struct pl_arena *arena, struct pl_str text);
/*
 * The last part of the URL's path, decoded once. False when that is not a
 * name that pl_url_name_is_safe accepts.
 */
PL_MUST_CHECK bool pl_url_filename(struct pl_arena *arena, struct pl_str url,
                                   struct pl_str *out);
/*
 * May the text be one part of a path: not empty, "." or "..", no slash or
 * backslash, no control byte, UTF-8, at most PL_MAX_FILE_NAME_BYTES?
 */
bool pl_url_name_is_safe(struct pl_str name);
/*
 * Parts of letters, digits, '.', '-' and '_' between slashes, each a safe name:
 * "cu124", "nightly/cu128". Such a text may become part of a path or a URL.
 */
bool pl_url_parts_are_plain(struct pl_str text);
/*
 * The path below `prefix` (an absolute URL ending in '/') that the URL means,
 * decoded once: "files/a-1.whl". False when the URL does not lie below it or
 * a part of the path is not safe, so that joining it to a folder stays inside.
 */
PL_MUST_CHECK bool pl_url_below(struct pl_arena *arena, struct pl_str prefix,
                                struct pl_str url, struct pl_str *out);

#endif
