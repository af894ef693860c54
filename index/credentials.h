/*
 * User names and passwords, by the origin they are for.
 *
 * From, in this order: the URL of an index, PODLOCK_INDEX_<NAME>_USERNAME and
 * _PASSWORD of a named index, netrc (NETRC, else ~/.netrc). An origin is
 * scheme, host and port; nothing is ever sent to another one. No function
 * here prints, and no message holds a secret.
 *
 * netrc:
 * https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html
 * (machine, default, login, password, account; macdef is skipped).
 */
#ifndef PODLOCK_INDEX_CREDENTIALS_H
#define PODLOCK_INDEX_CREDENTIALS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/str.h"
#include "core/vec.h"

struct pl_credential {
    struct pl_str origin; /* "https://host:443", lower case */
    struct pl_str host;   /* netrc: any scheme and port; "": any host */
    struct pl_str username, password;
};

struct pl_credentials {
    struct pl_arena *arena;
    PL_VEC(struct pl_credential) list; /* the first that fits counts */
};

/* "https://host:port" of a URL, port always there. False: not http(s). */
PL_MUST_CHECK bool pl_origin_of(struct pl_arena *arena, struct pl_str url,
                                struct pl_str *out);
/*
 * Takes the user name and password out of an index URL, percent-decoded, and
 * keeps them for its origin; *clean is the URL without them, checked as
 * pl_url_clean does. Errors: PL_ERR_INDEX; the message holds no secret.
 */
PL_MUST_CHECK bool pl_credentials_take(struct pl_credentials *credentials,
                                       struct pl_str url, struct pl_str *clean,
                                       struct pl_error *err);
/* PODLOCK_INDEX_<NAME>_USERNAME/_PASSWORD: NAME in upper case, - . as _. */
void pl_credentials_take_environment(struct pl_credentials *credentials,
                                     struct pl_str index_name,
                                     struct pl_str url);
/* The entries of a netrc file's text; what is not understood is skipped. */
void pl_credentials_take_netrc(struct pl_credentials *credentials,
                               struct pl_str text);
/* Those of NETRC, else ~/.netrc; one that cannot be read is no error. */
void pl_credentials_take_netrc_file(struct pl_credentials *credentials);
/* NULL: none for this URL. */
const struct pl_credential *
pl_credentials_find(const struct pl_credentials *credentials,
                    struct pl_str url);

#endif
