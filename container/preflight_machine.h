/*
 * What the machine below a container has: driver, space, random bytes.
 *
 *     struct pl_preflight_machine m;
 *     pl_preflight_machine_read(arena, tree, &place, &m);
 *
 * The NVIDIA driver tells its version in /proc/driver/nvidia/version or
 * /sys/module/nvidia/version; both are looked for in the tree, so that a
 * container without a GPU has none. Space is that of the file system behind
 * the nearest folder that is there. /dev/urandom is opened only below a root,
 * only when it is a character device, and 16 bytes are read of it; where a root
 * that is not "/" has none, nothing is said, because devices come when a
 * container is started.
 *
 * What cannot be told is left out; nothing here fails.
 */
#ifndef PODLOCK_CONTAINER_PREFLIGHT_MACHINE_H
#define PODLOCK_CONTAINER_PREFLIGHT_MACHINE_H

#include "container/tree.h"

struct pl_preflight_space {
    struct pl_str path; /* empty: not known */
    uint64_t free;      /* bytes, for this user */
    uint64_t device;    /* two of the same share their space */
};

struct pl_preflight_machine {
    struct pl_str driver; /* "570.124.06"; empty: none is seen */
    struct pl_str driver_from;
    struct pl_preflight_space site, temp; /* pip's folder; its downloads' */
    struct pl_str random_wrong; /* why /dev/urandom gives nothing; or empty */
};

struct pl_preflight_place {
    struct pl_str root; /* folder on this machine; empty: there is none */
    struct pl_str site; /* of the container, as pip writes to */
    struct pl_str temp; /* TMPDIR, or empty: /tmp */
};

void pl_preflight_machine_read(struct pl_arena *arena, struct pl_tree *tree,
                               const struct pl_preflight_place *place,
                               struct pl_preflight_machine *out);

#endif
