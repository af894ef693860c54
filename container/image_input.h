/*
 * The bytes of an archive's file, or of standard input ("-"), in parts.
 *
 *     struct pl_image_input *input PL_CLEANUP(pl_image_input_close) = NULL;
 *     if (!pl_image_input_open(arena, path, &input, err)) return false;
 *     ... pl_image_input_feed(input, &bytes, err) ...
 *
 * Errors: PL_ERR_FILE; messages do not name the file.
 */
#ifndef PODLOCK_CONTAINER_IMAGE_INPUT_H
#define PODLOCK_CONTAINER_IMAGE_INPUT_H

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/str.h"

struct pl_image_input;

PL_MUST_CHECK bool pl_image_input_open(struct pl_arena *arena,
                                       struct pl_str path,
                                       struct pl_image_input **out,
                                       struct pl_error *err);
/* A pl_archive_feed (index/archive_read.h); `user` is the input. */
bool pl_image_input_feed(void *user, struct pl_str *bytes,
                         struct pl_error *err);
/*
 * What a pipe still holds is read, up to a bound: its writer need not know
 * that an archive ended before its padding. NULL is accepted.
 */
void pl_image_input_close(struct pl_image_input **input);

#endif
