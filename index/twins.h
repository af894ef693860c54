/*
 * PyPI's twin of a wheel on the torch index.
 *
 * A companion of torch (torchvision, torchaudio) stands on the torch index
 * with a local label and on PyPI without one. When PyPI builds for the same
 * CUDA its file serves as well, and sometimes only that one says what it
 * requires. Which CUDA that is, the resolver decides; here only versions that
 * the torch index has too are let in: no version is ever taken from elsewhere
 * because its number is higher.
 */
#ifndef PODLOCK_INDEX_TWINS_H
#define PODLOCK_INDEX_TWINS_H

#include "index/index.h"

/* The torch index's page with PyPI's twins; `pypi` may be NULL. */
const struct pl_page *pl_page_add_twins(struct pl_arena *arena,
                                        const struct pl_page *torch,
                                        const struct pl_page *pypi);

#endif
