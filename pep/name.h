/*
 * Names of projects and extras.
 *
 * A name is ASCII letters, digits, '-', '_' and '.', begins and ends with a
 * letter or digit, and has at most PL_MAX_NAME_BYTES. Its normal form is
 * lower case with each run of separators as one '-'. Extras are normalised
 * the same way (PEP 685). Every name in podlock's structures is normalised.
 *
 * https://packaging.python.org/en/latest/specifications/name-normalization/
 */
#ifndef PODLOCK_PEP_NAME_H
#define PODLOCK_PEP_NAME_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/str.h"

bool pl_name_valid(struct pl_str name);
bool pl_name_is_normal(struct pl_str name);
/* The normal form; the view itself when it is normal already. */
struct pl_str pl_name_normalize(struct pl_arena *arena, struct pl_str name);

#endif
