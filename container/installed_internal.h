/*
 * One package folder while it is read: what installed*.c share.
 *
 * `scratch` lasts for one distribution: the texts that are read live there,
 * and what the rows keep is copied out of them.
 */
#ifndef PODLOCK_CONTAINER_INSTALLED_INTERNAL_H
#define PODLOCK_CONTAINER_INSTALLED_INTERNAL_H

#include "container/installed.h"
#include "core/file.h"
#include "core/map.h"

struct pl_installed_reader {
    struct pl_arena *arena;
    struct pl_tree *tree;
    struct pl_str folder;
    const struct pl_tree_entry *entries;
    size_t entry_count;
    struct pl_installed_list *list;
    struct pl_map parsed; /* requirements by their text: many stand often */
    size_t first;         /* of its rows in the list */
    size_t read_bytes, require_bytes; /* of all metadata so far */
};

/* `name` and `path` live as long as the list. */
void pl_installed_damage(struct pl_installed_reader *reader,
                         enum pl_damage_kind kind, struct pl_str name,
                         struct pl_str path, struct pl_str why);

/*
 * Reads what lies at `info` and adds its row, or damage alone when nothing
 * says its name. `stem` is its name and version as its file name has them.
 */
PL_MUST_CHECK bool pl_installed_add(struct pl_installed_reader *reader,
                                    enum pl_installed_form form,
                                    struct pl_str info, struct pl_str stem,
                                    struct pl_error *err);
/* Sets direct_url and is_editable of a dist-info that has direct_url.json. */
void pl_installed_direct_url(struct pl_installed_reader *reader,
                             struct pl_installed *row);
/* CODE_ABSENT and INFO_ABSENT, by every RECORD of the folder. */
void pl_installed_owners(struct pl_installed_reader *reader);

#endif
