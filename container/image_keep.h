/*
 * Which files of an image have their contents kept while it is read.
 *
 * An archive is read once and its layers come in any order, so what a scan
 * will read (docs/snapshot.md lists it) is chosen by name alone, in every
 * folder: a link or a later layer may put it anywhere.
 */
#ifndef PODLOCK_CONTAINER_IMAGE_KEEP_H
#define PODLOCK_CONTAINER_IMAGE_KEEP_H

#include <stddef.h>

#include "core/str.h"

/* How many bytes from its beginning; 0: none. The path is without a '/'
 * before it. */
size_t pl_image_keep(struct pl_str path);

#endif
