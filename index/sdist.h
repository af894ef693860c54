/*
 * What a source distribution says about itself without being run.
 *
 * Standards:
 * https://packaging.python.org/en/latest/specifications/source-distribution-format/
 * and PEP 643. In this order:
 *
 * 1. PKG-INFO at the top, of Metadata-Version 2.2 or newer, with
 *    Requires-Dist not named by Dynamic: binding, read as it is.
 * 2. requires.txt in an egg-info folder of the project's name (the one
 *    nearest to the top): what setuptools computed at release. `from_sdist`.
 * 3. Such an egg-info folder without requires.txt: setuptools writes that file
 *    only when there is something to say, so nothing is required.
 *    `from_sdist`.
 * 4. PKG-INFO that states Requires-Dist although nothing binds it to them
 *    (older flit, poetry, pdm): computed at release too. `from_sdist`.
 *
 * Otherwise it says nothing: distutils' PKG-INFO never held requirements, so
 * that none are stated means nothing. Requires-Python is always PKG-INFO's;
 * extras are those of both files. `FILE.metadata` beside a source distribution
 * is not looked at: no index offers it.
 *
 * Read are .tar.gz and .zip, streaming, members' names are compared and never
 * used as paths. Bounds: PL_MAX_SDIST_BYTES unpacked, PL_MAX_SDIST_MEMBERS,
 * PL_MAX_METADATA_BYTES for one file.
 *
 * Errors: PL_ERR_INPUT, whose message is the reason for people that it cannot
 * be used; PL_ERR_LIMIT.
 */
#ifndef PODLOCK_INDEX_SDIST_H
#define PODLOCK_INDEX_SDIST_H

#include "index/index.h"

PL_MUST_CHECK bool pl_sdist_parse(struct pl_arena *arena, struct pl_str bytes,
                                  const struct pl_file *file,
                                  struct pl_metadata *out,
                                  struct pl_error *err);

#endif
