/*
 * A lock's marker once its extras and dependency groups are chosen.
 *
 * PEP 751 has two variables that no other standard has: `'test' in extras` and
 * `'dev' in dependency_groups`. Where they are not known (requirements.txt),
 * what is left of a marker is one of today's, or nothing:
 *
 *     "'dev' in dependency_groups and os_name == 'nt'"
 *
 * never holds without the group, and is `os_name == 'nt'` with it.
 *
 * https://packaging.python.org/en/latest/specifications/pylock-toml/
 */
#ifndef PODLOCK_PEP_MARKER_CHOICE_H
#define PODLOCK_PEP_MARKER_CHOICE_H

#include "pep/marker.h"

struct pl_choice {
    const struct pl_str *extras, *groups; /* names, in any spelling */
    size_t extra_count, group_count;
};

/*
 * False: it never holds. Else *out is what is left, NULL when that is nothing;
 * parts are those of `marker`, new ones are in the arena.
 */
bool pl_marker_choose(struct pl_arena *arena, const struct pl_marker *marker,
                      const struct pl_choice *choice,
                      const struct pl_marker **out);

#endif
