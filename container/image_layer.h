/*
 * One layer of an image: a tar archive, read into its paths.
 *
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md
 *
 * Names are those below the image's root, whether they begin with "/", "./" or
 * neither; of two members of one name the later one counts. ".wh.NAME" hides
 * NAME of the layers below, ".wh..wh..opq" all that they have in its folder.
 *
 * Errors: PL_ERR_INPUT, PL_ERR_LIMIT; PL_ERR_INTEGRITY for a name that leaves
 * the image through "..".
 */
#ifndef PODLOCK_CONTAINER_IMAGE_LAYER_H
#define PODLOCK_CONTAINER_IMAGE_LAYER_H

#include "container/image_files.h"
#include "index/archive_read.h"

/* Reads on to the archive's end. */
PL_MUST_CHECK bool pl_image_layer_read(struct pl_archive *archive,
                                       struct pl_image_files *files,
                                       struct pl_error *err);

/*
 * "a/c" of "/a/./b/../c", in the buffer of PL_MAX_PATH_BYTES; empty for the
 * root. Errors: as above. Also for the names of the archive itself.
 */
PL_MUST_CHECK bool pl_image_path(struct pl_str name, char *buffer,
                                 struct pl_str *out, struct pl_error *err);
#endif
